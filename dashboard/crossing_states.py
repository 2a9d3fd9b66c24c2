"""When a crossing was closed and when it was open, from what articles reported; unknown where nothing was said."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from dashboard.charts import cells_of
from dashboard.crossing_names import CLOSED, OPEN, STATE_OF, WHOLE, crossing_of, crossings_at
from dashboard.releases import Release
from dashboard.view import View

HOLD = 30  # days that a state is taken to last when nothing more is said of the crossing
COLUMNS = ("crossing", "state", "start", "end", "event_id")


def history(view: View, release: Release) -> pd.DataFrame:
    """The closures and reopenings that tell the states of crossings in the period of `view`, oldest first, whatever
    its other filters: what a crossing's state was does not depend on them.

    Columns event_id, event_type, date_end, place, other_places, geo_precision. Left out is what tells nothing: what
    happened at other places, what ended longer than `HOLD` days before the period, and what other reports of the same
    crossing and day overrule.
    """
    return release.query("SELECT * EXCLUDE (nth) FROM crossing_reports WHERE date_end BETWEEN $first AND $last "
                         "ORDER BY nth DESC",
                         {"first": view.date_from - dt.timedelta(days=HOLD), "last": view.date_to})


def states(history: pd.DataFrame, first: dt.date, last: dt.date) -> pd.DataFrame:
    """The states of each crossing that is reported on, cut to the days from `first` to `last`: columns `COLUMNS`.

    `history`: closures and reopenings (columns of the events table), also those before `first`. A state begins on the
    last day on which the event may have happened and lasts until the next report, at most `HOLD` days: after that
    nobody has said how things stand, and there is no row. `start` is its first day, `end` the day behind its last. An
    event known only to the border counts for the line `WHOLE`; one at any other place is left out.
    """
    told = _told(history, last)
    rows = []
    lower, upper = (int(np.datetime64(day, "D").astype(int)) for day in (first, last + dt.timedelta(days=1)))
    for name, reports in told.items():
        for i, (day, state, event_id) in enumerate(reports):
            end = min(day + HOLD, reports[i + 1][0] if i + 1 < len(reports) else upper)
            start, end = max(day, lower), min(end, upper)
            if start < end:
                rows.append((name, state, start, end, event_id))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("start", "end"):
        frame[name] = frame[name].to_numpy(dtype="int64").astype("datetime64[D]").astype("datetime64[us]")
    order = {name: i for i, name in enumerate((*dict.fromkeys(crossing_of().values()), WHOLE))}
    return frame.sort_values(["crossing", "start"], key=lambda c: c.map(order) if c.name == "crossing" else c,
                             ignore_index=True)


def on_day(history: pd.DataFrame, day: dt.date) -> dict[str, tuple[str, dt.date]]:
    """The state of each crossing on `day` and the day of the report that says so; not of those where it is unknown.

    `history` as in `states`, by whose rules a state lasts; by name, `WHOLE` for the border as a whole.
    """
    found = {}
    for name, reports in _told(history, day).items():
        told, state, _ = reports[-1]
        since = dt.date(1970, 1, 1) + dt.timedelta(days=told)
        if (day - since).days < HOLD:
            found[name] = (state, since)
    return found


def line_of(row: dict[str, object]) -> str:
    """The line on which one closure or reopening is drawn: its first crossing, or `WHOLE` for any other place."""
    return next(iter(crossings_at(row.get("place"), row.get("other_places"), row.get("geo_precision"))), WHOLE)


def summary(found: pd.DataFrame) -> str:
    """The states in words: of each crossing the days closed and open, as far as reports tell."""
    if found.empty:
        return "No report tells whether a crossing was open or closed."
    days = (found["end"] - found["start"]).dt.days
    table = days.groupby([found["crossing"], found["state"]], sort=False).sum()
    parts = []
    for name in found["crossing"].unique():
        told = [f"{state} {int(table[name, state]):,} days" for state in (CLOSED, OPEN) if (name, state) in table.index]
        parts.append(f"{name}: {', '.join(told)}")
    return f"As far as reports tell ({HOLD} days after the last one a state is unknown): {'; '.join(parts)}."


def _told(history: pd.DataFrame, last: dt.date) -> dict[str, list[tuple[int, str, str]]]:
    """Day (counted from 1970), state and event_id of what is told of each crossing up to the day `last`, in order."""
    told: dict[str, list[tuple[int, str, str]]] = {}
    names = ("event_type", "place", "other_places", "geo_precision", "event_id")
    cells = [cells_of(history[name]) if name in history else [None] * len(history) for name in names]
    days = pd.to_datetime(history["date_end"]).to_numpy().astype("datetime64[D]").astype(int).tolist()
    until = int(np.datetime64(last, "D").astype(int))
    for day, event_type, place, others, precision, event_id in zip(days, *cells, strict=True):
        state = STATE_OF.get(event_type)
        if state and day <= until:
            for name in crossings_at(place, others, precision):
                told.setdefault(name, []).append((day, state, event_id))
    for reports in told.values():  # what closes and opens on one day is open at its end
        reports.sort(key=lambda report: (report[0], report[1] == OPEN, report[2]))
    return told
