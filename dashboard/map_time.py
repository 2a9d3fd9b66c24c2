"""Steps through time on the map: the periods of a View, and the View of one of them or of all up to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from dashboard.charts import period_ends, period_starts, span
from dashboard.view import View

WHOLE = "whole"  # no steps: the whole period of the filters
MOST = 800  # steps: more are too fine to go through, and too many for a slider
Period = tuple[dt.date, dt.date]


def periods(view: View, step: str) -> list[Period]:
    """The days, weeks or months of a View with their first and last day, cut to its own; none for `WHOLE`."""
    if step == WHOLE:
        return []
    starts = period_starts(view.date_from, view.date_to, step)
    ends = period_ends(starts, step) - pd.Timedelta(days=1)
    return [(max(start.date(), view.date_from), min(end.date(), view.date_to))
            for start, end in zip(starts, ends, strict=True)]


def step_at(found: Sequence[Period], at: str) -> int:
    """The number of the period that holds the day `at` (ISO 8601 or nothing), else of the last one."""
    try:
        day = dt.date.fromisoformat(at)
    except ValueError:
        return len(found) - 1
    return next((i for i, (first, last) in enumerate(found) if first <= day <= last), len(found) - 1)


def during(view: View, period: Period, cumulative: bool) -> View:
    """The View of one period, or of all days up to its end."""
    return replace(view, date_from=view.date_from if cumulative else period[0], date_to=period[1])


def label(period: Period) -> str:
    """A period in words: ``12 Oct 2025`` or ``6 Oct 2025 – 12 Oct 2025``."""
    return span(*period)
