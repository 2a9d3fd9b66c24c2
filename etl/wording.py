"""An event in plain, neutral words: when, where, who, how many. No precision is added that the data do not have."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from etl import names

# The codebook: in these types the order of the two sides carries no meaning.
UNORDERED = ("border_clash", "armed_clash", "talks", "agreement", "talks_failure")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def unturned(text: str) -> str:
    """`text` without the signs that set the direction of all that follows, in other cells of a line too.

    Words in Arabic script need none of them: each letter has a direction of its own (Unicode Standard Annex 9).
    """
    return _TURNING.sub("", text)


def day(value: Any) -> str:
    """A day as analysts write it: ``9 Oct 2025``."""
    stamp = value if isinstance(value, dt.date) and value is not pd.NaT else pd.Timestamp(value)
    return f"{stamp.day} {_MONTHS[stamp.month - 1]} {stamp.year:04d}"


def when(row: Mapping[str, Any]) -> str:
    """The time of an event: ``19 Oct 2025``, ``18–19 Oct 2025``, ``between 18 and 19 Oct 2025`` where it is bounded."""
    first, last = pd.Timestamp(row["date_start"]), pd.Timestamp(row["date_end"])
    if row["date_precision"] == "day":
        return span(first, last)
    if row["date_precision"] == "year" and (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first:%Y}" + (f"–{last:%Y}" if first.year != last.year else "") + ", day not known"
    whole = first.day == 1 and last + dt.timedelta(days=1) == first + pd.DateOffset(months=1)
    if row["date_precision"] == "month" and whole:
        return f"{first:%B %Y}, day not known"
    return f"between {day(first)} and {day(last)}" if first != last else f"about {day(first)}"


def span(first: Any, last: Any) -> str:
    """Two days as a period, without saying the same month or year twice: ``9–12 Oct 2025``."""
    first, last = pd.Timestamp(first), pd.Timestamp(last)
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    return f"{first.day} {first:%b} – {day(last)}" if first.year == last.year else f"{day(first)} – {day(last)}"


def where(row: Mapping[str, Any]) -> str:
    """The place of an event, as precisely as it is known."""
    if row["geo_precision"] == "border":
        return "along the border"
    parts = [_text(row[name]) for name in ("place", "district", "province")]
    country = _text(row["country"])
    kept = [part for i, part in enumerate(parts) if part and part not in parts[:i]]
    kept += [names.country_names().get(country, country)] if country else []
    kept = list(dict.fromkeys(kept))
    if not kept:
        return "place not given"
    known = {"district": " (district only)", "province": " (province only)", "country": " (country only)"}
    return ", ".join(kept) + known.get(str(row["geo_precision"]), "")


def who(row: Mapping[str, Any]) -> str:
    """The sides of an event; ``→`` where the order means who acts against whom."""
    first, second = names.actor_list(row["actors_a"]), names.actor_list(row["actors_b"])
    hosts = names.actor_list(row["mediators"])
    sign = " and " if row["event_type"] in UNORDERED else " → "
    text = f"{first}{sign}{second}" if first and second else first
    if second and not first:
        text = second if row["event_type"] in UNORDERED else f"→ {second}"
    if hosts:
        text = f"{text}; mediating: {hosts}" if text else f"mediating: {hosts}"
    return text or "actors not given"


def toll(row: Mapping[str, Any]) -> str:
    """Killed and injured of an event, with the range of the accounts; empty where no figure is given."""
    parts = [
        f"{figure(row[f'{measure}_low'], row[f'{measure}_best'], row[f'{measure}_high'])} {word}"
        for measure, word in (("fatalities", "killed"), ("injured", "injured"))
        if any(not pd.isna(row[f"{measure}_{bound}"]) for bound in ("low", "best", "high"))
    ]
    return ", ".join(parts)


def figure(low: Any, best: Any, high: Any) -> str:
    """A figure with its range: ``9``, ``9 (7–12)``, ``at least 9`` where it is open above."""
    low, best, high = (None if pd.isna(value) else int(value) for value in (low, best, high))
    if best is None:
        return bounds(low, high)
    if low == high or (low is None and high is None):
        return f"{best:,}"
    if high is None:
        return f"at least {best:,}" if low == best else f"{best:,} (at least {low:,})"
    return f"{best:,} ({bounds(low, high)})" if low is not None else f"{best:,} (up to {high:,})"


def bounds(low: Any, high: Any) -> str:
    """A claimed figure: ``9``, ``7–12``, ``at least 9``, ``up to 20``; empty where neither bound is given."""
    if pd.isna(low) and pd.isna(high):
        return ""
    if pd.isna(high):
        return f"at least {int(low):,}"
    if pd.isna(low):
        return f"up to {int(high):,}"
    return f"{int(low):,}" if low == high else f"{int(low):,}–{int(high):,}"


def told_by(row: Mapping[str, Any]) -> str:
    """How well an event is reported: ``3 reports by 2 publishers``."""
    reports, publishers = int(row["n_reports"]), int(row["n_publishers"])
    return (f"{reports} report{'s' if reports != 1 else ''} by "
            f"{publishers} publisher{'s' if publishers != 1 else ''}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
