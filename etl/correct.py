"""Applies declared corrections: those of reports while the tables are built, those of events to the merged rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from etl.actors import dyad
from etl.article import CodedEvent
from etl.corrections import OF_EVENTS, OF_REPORTS, Correction, Corrections, value_of
from etl.likeness import event_group
from etl.schema import EVENTS, REPORTS, join_list, split_list
from etl.tables import frame
from etl.validate import DTYPES

# The position of the old place is none of the new one.
_POSITION = ("place_id", "latitude", "longitude", "km_to_border")


def amend(declared: Corrections, event: CodedEvent, report_id: str, event_id: str) -> CodedEvent:
    """A report's event with the corrections of that report."""
    for i, one in enumerate(declared.rows):
        if one.status or one.target != report_id:
            continue
        event, declared.rows[i] = _amended(event, one, event_id)
    return event


def apply(declared: Corrections, frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with the corrections of events, the table of corrections and their rows in the ledger.

    Those whose target is not there are stale.
    """
    events = frames["events"].set_index("event_id", drop=False)
    ids = frames["event_ids"]
    into = dict(ids.loc[ids["status"] == "merged", ["event_id", "merged_into"]].itertuples(index=False, name=None))
    for i, one in enumerate(declared.rows):
        if one.status:
            continue
        if one.target in into:
            told = f"the event was merged into {into[one.target]!s}; declare the correction for that one"
            declared.rows[i] = replace(one, status="stale", outcome=told)
        elif one.target not in events.index:
            declared.rows[i] = replace(one, status="stale", outcome="no event or report has this identifier any more; "
                                   "remove the line, or name the one it has now")
        else:
            declared.rows[i] = _corrected(events, one)
    entries = frame("ledger", [vars(entry) for entry in declared.entries()])
    ledger = pd.concat([frames["ledger"], entries]).sort_values(["input", "record"], ignore_index=True)
    return {**frames, "events": events.reset_index(drop=True), "ledger": ledger if declared.rows else frames["ledger"],
            "corrections": frame("corrections", [vars(one) for one in declared.rows])}


def shown(value: object) -> str:
    """A cell as a correction writes it: lists joined by |, days as ISO dates, nothing for an empty cell."""
    if isinstance(value, tuple | list):
        return join_list(list(value)) or ""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, dt.date):
        return value.strftime("%Y-%m-%d")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _differs(now: object, one: Correction) -> Correction | None:
    if shown(now) == one.old:
        return None
    told = ("it already says so; remove the line" if shown(now) == one.value else
            f"the cell holds {shown(now)[:60] or 'nothing'} by now, not {one.old[:60] or 'nothing'}; look at it again")
    return replace(one, status="stale", outcome=told)


def _amended(event: CodedEvent, one: Correction, event_id: str) -> tuple[CodedEvent, Correction]:
    if one.field not in OF_REPORTS:
        return event, replace(one, status="rejected", outcome=f"a report has no {one.field}; correct its event instead")
    stale = _differs(getattr(event, one.field), one)
    if stale:
        return event, stale
    column = REPORTS.column(one.field)
    value = tuple(split_list(one.value)) if column.kind == "list" else value_of(column, one.value)
    changed: dict[str, Any] = {one.field: value}
    if one.field == "place":
        changed = {**dict.fromkeys(_POSITION), **changed}
    return replace(event, **changed), replace(one, status="applied", event_id=event_id,
                                              outcome="applied to the report before its event was merged")


def _corrected(events: pd.DataFrame, one: Correction) -> Correction:
    """Corrects a cell of `events` in place."""
    if one.field not in OF_EVENTS:
        return replace(one, status="rejected", outcome=f"an event has no {one.field}; name one of its reports")
    stale = _differs(events.at[one.target, one.field], one)
    if stale:
        return stale
    column = EVENTS.column(one.field)
    value = value_of(column, one.value)
    cell = pd.Series([pd.Timestamp(value) if column.kind == "date" and value else value], dtype=DTYPES[column.kind])
    events.loc[[one.target], one.field] = cell.to_numpy()
    if one.field == "event_type":
        events.at[one.target, "event_group"] = event_group(one.value)
    if one.field in ("actors_a", "actors_b"):
        sides = [tuple(split_list(shown(events.at[one.target, name]))) for name in ("actors_a", "actors_b")]
        events.at[one.target, "dyad"] = dyad(sides[0], sides[1])
    if one.field == "place":
        for name in _POSITION:
            events.loc[[one.target], name] = pd.NA
    return replace(one, status="applied", event_id=one.target, outcome="applied to the event")
