"""When a crossing was closed and when it was open, from what articles reported; unknown where nothing was said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import pandas as pd

from dashboard.charts import dicts_of
from dashboard.queries import condition
from dashboard.releases import Release
from dashboard.view import View
from etl.reference import read_table
from etl.schema import EVENTS, split_list

CLOSED, OPEN = "closed", "open"
STATE_OF = {"border_closure": CLOSED, "border_reopening": OPEN}
HOLD = 30  # days that a state is taken to last when nothing more is said of the crossing
WHOLE = "Whole border"
COLUMNS = ("crossing", "state", "start", "end", "event_id")


@cache
def crossing_of() -> dict[str, str]:
    """Name or spelling of a crossing, lower case → the name under which it is shown (`crossings.csv`)."""
    found: dict[str, str] = {}
    for row in read_table("crossings").rows:
        sides = (*row["name"].split("–"), *row["name_pk"].split(","), *row["name_af"].split(","))
        for name in (row["name"], *row["variants"].split("|"), *sides):
            if name.strip():
                found.setdefault(name.strip().casefold(), row["name"])
    return found


def history(view: View, release: Release) -> pd.DataFrame:
    """The closures and reopenings that tell the states of crossings in the period of `view`, oldest first, whatever
    its other filters: what a crossing's state was does not depend on them. Columns as `queries.events`.

    Left out is what tells nothing: what happened at other places, what ended longer than `HOLD` days before the
    period, and of those of one place, day and type all but one.
    """
    facts = release.facts
    whole = replace(View.default(facts), types=tuple(t for t in facts.types if t in STATE_OF), date_to=view.date_to)
    where, values = condition(whole)
    return release.query(
        f"""SELECT {', '.join(EVENTS.names)} FROM events WHERE nth IN (
            SELECT min(e.nth) FROM events e WHERE {where} AND e.date_end >= $told_from AND e.spot IN (
                SELECT spot FROM spots WHERE geo_precision = 'border'
                OR list_contains($crossings::VARCHAR[], lower(place))
                OR list_has_any(string_split(lower(coalesce(other_places, '')), '|'), $crossings::VARCHAR[]))
            GROUP BY e.spot, e.date_end, e.event_type) ORDER BY nth DESC""",
        {**values, "told_from": view.date_from - dt.timedelta(days=HOLD), "crossings": sorted(crossing_of())})


def states(history: pd.DataFrame, first: dt.date, last: dt.date) -> pd.DataFrame:
    """The states of each crossing that is reported on, cut to the days from `first` to `last`: columns `COLUMNS`.

    `history`: closures and reopenings (columns of the events table), also those before `first`. A state begins on the
    last day on which the event may have happened and lasts until the next report, at most `HOLD` days: after that
    nobody has said how things stand, and there is no row. `start` is its first day, `end` the day behind its last. An
    event known only to the border counts for the line `WHOLE`; one at any other place is left out.
    """
    told = _told(history, last)
    rows = []
    lower, upper = pd.Timestamp(first), pd.Timestamp(last) + pd.Timedelta(days=1)
    for name, reports in told.items():
        for i, (day, state, event_id) in enumerate(reports):
            end = min(day + pd.Timedelta(days=HOLD), reports[i + 1][0] if i + 1 < len(reports) else upper)
            start, end = max(day, lower), min(end, upper)
            if start < end:
                rows.append((name, state, start, end, event_id))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
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
        if (pd.Timestamp(day) - told).days < HOLD:
            found[name] = (state, told.date())
    return found


def line_of(row: dict[str, object]) -> str:
    """The line on which one closure or reopening is drawn: its first crossing, or `WHOLE` for any other place."""
    return next(iter(_crossings(row)), WHOLE)


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


def _told(history: pd.DataFrame, last: dt.date) -> dict[str, list[tuple[pd.Timestamp, str, str]]]:
    """Day, state and event_id of what is reported of each crossing up to the day `last`, in order."""
    told: dict[str, list[tuple[pd.Timestamp, str, str]]] = {}
    for row in dicts_of(history):
        state = STATE_OF.get(row["event_type"])
        day = pd.Timestamp(row["date_end"])
        for name in _crossings(row):
            if state and day <= pd.Timestamp(last):
                told.setdefault(name, []).append((day, state, row["event_id"]))
    for reports in told.values():  # what closes and opens on one day is open at its end
        reports.sort(key=lambda report: (report[0], report[1] == OPEN, report[2]))
    return told


def _crossings(row: dict[str, object]) -> list[str]:
    names = [row.get("place"), *split_list(row.get("other_places"))]  # type: ignore[arg-type]
    known = [crossing_of()[name.casefold()] for name in names
             if isinstance(name, str) and name.casefold() in crossing_of()]
    whole = [WHOLE] if not known and row.get("geo_precision") == "border" else []
    return list(dict.fromkeys(known)) or whole
