"""When things happened: the dates that a text names, resolved against the day it was published.

An event without a date of its own takes the codebook's rule: see `undated`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from etl.coding.calendar import shift
from etl.coding.date_context import Reading
from etl.coding.date_patterns import BETWEEN, JOINT
from etl.coding.date_reader import DateReader
from etl.coding.tree import Doc


@dataclass(frozen=True)
class DateMention:
    """One expression of time in a text, resolved.

    `start`, `end`: its characters in the text. `date_start`..`date_end` are the days it names or that bound it, with
    the codebook's `precision` (day, week, month, year). `kind`: explicit (11 October), weekday (on Sunday), relative
    (yesterday, last week), period (in February, in 2014, over the past three months). `role`:

    - ``point``: happened then; ``range``: went on from date_start to date_end, both named;
    - ``since``: began then and goes on; ``until``: ended then (the dates are those of the day or period named);
    - ``duration``: goes on at date_end and began on date_start ("for the third day running");
    - ``future``: not yet, on the day of publication; ``dateline``: where and when it was written.
    """

    start: int
    end: int
    date_start: dt.date
    date_end: dt.date
    precision: str
    kind: str
    role: str


def find_dates(text: str, published: dt.date, doc: Doc | None = None) -> list[DateMention]:
    """All dates that `text` names, in the order of the text, without overlaps.

    `doc`, spaCy's analysis of the same text, sharpens where sentences end; without it punctuation tells.
    """
    bounds = [sentence.start_char for sentence in doc.sents] if doc is not None and doc.text == text else None
    readings = _joined(DateReader(text, published, bounds).read(), text, published)
    return [DateMention(r.start, r.end, r.first, r.last, r.precision, r.kind, r.role) for r in readings]


def undated(published: dt.date, statement: DateMention | None) -> tuple[dt.date, dt.date, str]:
    """Dates and precision of an event that has none of its own, by the codebook.

    From the day before the statement that tells of it (without one: before publication) to the day itself; ``week``.
    """
    first, last = (statement.date_start, statement.date_end) if statement else (published, published)
    return shift(first, -1), last, "week"


def _joined(readings: list[Reading], text: str, published: dt.date) -> list[Reading]:
    """Neighbours that are one expression made one: Friday to Sunday, May and June, Monday (October 13)."""
    joined: list[Reading] = []
    for reading in readings:
        if joined:
            whole = _as_one(joined[-1], reading, text, published)
            if whole is not None:
                joined[-1] = whole
                continue
        joined.append(reading)
    return joined


def _as_one(a: Reading, b: Reading, text: str, published: dt.date) -> Reading | None:
    gap = text[a.end:b.start]
    if len(gap) > 16 or "\n" in gap or "dateline" in (a.role, b.role):
        return None
    days = {a.kind, b.kind}
    if gap in (", ", " (", " ", ", the ") and days == {"weekday", "explicit"} and a.precision == b.precision == "day":
        told = a if a.kind == "explicit" else b
        return replace(told, start=a.start, end=b.end, role=told.role if told.role == "future" else a.role)
    if gap == " (" and a.first == b.first and a.last == b.last and (days & {"relative"}):  # today (Monday)
        told = b if a.kind == "relative" else a
        return replace(told, start=a.start, end=b.end, role="future" if "future" in (a.role, b.role) else told.role)
    joint = JOINT.fullmatch(gap.lower())
    if not joint or a.precision != b.precision or "duration" in (a.role, b.role) or a.role in ("until", "range"):
        return None
    first = _before(a, b)
    if first > b.first:
        return None
    spanned = BETWEEN.search(text[max(0, a.start - 30):a.start].lower()) is not None
    if joint["and"] and not spanned and (first - b.first).days < (-1 if a.precision == "day" else -31):
        return None
    if joint["and"] and a.role == "since" and not spanned:
        return None
    role = "future" if first > published or (first == published < b.last and b.role == "future") else "range"
    return replace(b, start=a.start, first=first, last=max(b.last, first), role=role, kind=a.kind)


def _before(a: Reading, b: Reading) -> dt.date:
    """The start of a span a–b: a weekday or a day without its year is the last such one before the end."""
    if a.kind == "weekday" and b.kind == "weekday":
        return shift(b.first, -((b.first.weekday() - a.first.weekday()) % 7))
    if not a.year_told and a.kind in ("explicit", "period") and (b.year_told or a.first > b.first):
        for year in (b.first.year, b.first.year - 1):
            try:
                moved = a.first.replace(year=year)
            except ValueError:
                continue
            if moved <= b.first:
                return moved
    return a.first
