"""Events: the table in words; a row leads to the page of its event."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import layout, queries, synced
from dashboard.data_addresses import LIMIT
from dashboard.event_list import event_list
from dashboard.event_table import event_table
from dashboard.layout import Current
from etl.schema import EVENTS

FIRST = ["date_start", "event_type", "place", "province", "actors_a", "actors_b", "fatalities_best", "evidence"]
ROWS = 1_000  # events on one page of the table: a message of more than a few MB is felt


def page() -> None:
    """Draws the page."""
    now = layout.current()
    if now.options["event"]:  # an address from before events had pages of their own
        layout.open_event(now.options["event"])
    everything = queries.count("events", now.view, now.release)
    number = min(int(now.options["page"] or 1), max(-(-everything // ROWS), 1))
    events = queries.events(now.view, now.release, (ROWS, (number - 1) * ROWS))
    layout.heading("Events", "One row is one happening, linked from all its reports. Choose a row to read them.",
                   events, "events", lambda: in_full(now))
    if not everything:
        layout.empty()
        return
    _table(now, events, everything, number)


def in_full(now: Current) -> pd.DataFrame:
    """What the CSV of the page holds: all events in view, the newest `LIMIT` where there are more, all columns."""
    events = queries.events(now.view, now.release, (LIMIT, 0))
    return events[FIRST + [name for name in EVENTS.names if name not in FIRST]]


def _table(now: Current, events: pd.DataFrame, everything: int, number: int) -> None:
    counted = f"{everything:,} event{'s' if everything != 1 else ''}, newest first. "
    counted += ("The CSV has all columns." if everything <= LIMIT else
                f"The CSV has all columns and the newest {LIMIT:,}; narrow the filters for the others.")
    if everything > ROWS:
        _turn(everything, number)
        counted += f" Here {(number - 1) * ROWS + 1:,} to {(number - 1) * ROWS + len(events):,}."
    st.caption(counted)
    # A key for each set of rows: a selection is a row number, which means another event elsewhere.
    chosen = event_list(
        layout.made("rows", lambda: in_words(events)), "events", height=640, on_select="rerun",
        key=f"events_{hash((now.view, now.options['page']))}", selection_mode="single-row",
        alt=f"{len(events)} events in words, newest first",
    )
    if chosen.selection.rows:
        layout.open_event(str(events["event_id"].iloc[chosen.selection.rows[0]]))


def in_words(events: pd.DataFrame) -> pd.DataFrame:
    """The rows of `dashboard.event_table` with a day and a number to sort by; the time in words only if inexact."""
    table = event_table(events)
    table.insert(0, "Date", pd.to_datetime(events["date_start"]).to_numpy())
    table["Killed"] = pd.to_numeric(events["fatalities_best"]).astype("Int64").to_numpy()
    table["Known only as"] = table["When"].where(events["date_precision"].ne("day").to_numpy(), "")
    return table[["Date", "Event type", "Where", "Who", "Killed", "Evidence", "Toll", "Known only as", "event_id"]]


def _turn(everything: int, number: int) -> None:
    """The widget to turn the page of the table."""
    key = synced.put("events_page", number)
    st.pagination(-(-everything // ROWS), key=key, on_change=synced.unless_old(
        key, lambda: layout.set_option("page", str(synced.held("events_page", number)))))


page()
