"""Arithmetic of days, weeks and months that never leaves the calendar."""

from __future__ import annotations

import datetime as dt

Span = tuple[dt.date, dt.date]


def shift(day: dt.date, days: int) -> dt.date:
    """`day` moved by `days`; stops at the first and the last day of the calendar."""
    ordinal = min(max(day.toordinal() + days, dt.date.min.toordinal()), dt.date.max.toordinal())
    return dt.date.fromordinal(ordinal)


def week(day: dt.date, weeks: int = 0) -> Span:
    """Monday and Sunday of the week of `day`, moved by `weeks`."""
    monday = shift(day, 7 * weeks - day.weekday())
    return monday, shift(monday, 6)


def month(year: int, number: int, part: str = "") -> Span:
    """First and last day of a month; months beyond 1–12 count on into other years.

    `part`: ``early`` is the first ten days, ``mid`` the 11th to the 20th, ``late`` the 20th to the end.
    """
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    if not 1 <= year <= 9999:
        return (dt.date.min, dt.date.min) if year < 1 else (dt.date.max, dt.date.max)
    first = dt.date(year, number, 1)
    last = dt.date(year, 12, 31) if number == 12 else shift(dt.date(year, number + 1, 1), -1)
    return {"early": (first, first.replace(day=10)), "mid": (first.replace(day=11), first.replace(day=20)),
            "late": (first.replace(day=20), last)}.get(part, (first, last))


def year(number: int, part: str = "") -> Span:
    """First and last day of a year; ``early``, ``mid`` and ``late`` are four months each."""
    number = min(max(number, 1), 9999)
    first, last = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}.get(part, (1, 12))
    return month(number, first)[0], month(number, last)[1]


def day_of(year: int, number: int, day: int) -> dt.date | None:
    """The date, or None where there is no such day."""
    try:
        return dt.date(year, number, day)
    except ValueError:
        return None
