"""Timeline: violence, the dead, the border and diplomacy over one time axis."""

from __future__ import annotations

from typing import cast

import pandas as pd
import streamlit as st

from dashboard import charts_timeline, layout, queries
from dashboard.charts import counted, period_starts
from dashboard.event_table import event_table
from dashboard.queries import Unit

UNITS = {"day": "Day", "week": "Week", "month": "Month"}
STACKS = {"type": "Type of violence", "group": "Group"}
MANY_PERIODS = 800  # periods: beyond this a bar is thinner than a pixel


def page() -> None:
    """Draws the page."""
    now = layout.current()
    view, unit = now.view, cast(Unit, now.options["unit"])
    periods = queries.timeline(view, now.release, unit)
    layout.heading(
        "Timeline", "When things happened: events, the people they killed, closures and reopenings of the border, and "
        "diplomacy, on one time axis.", periods, f"timeline-{unit}",
    )
    if periods.empty:
        layout.empty()
        return
    with st.container(horizontal=True, gap="large"):
        layout.choose("unit", "Period", UNITS)
        layout.choose("stack", "Bars show", STACKS)
    words = charts_timeline.summary(periods, view.date_from, view.date_to, unit)
    st.text(words)
    marks = queries.marks(view, now.release)
    figure = charts_timeline.timeline(periods, marks, view.date_from, view.date_to, unit=unit,
                                      stack=now.options["stack"], theme=layout.theme())
    n = len(period_starts(view.date_from, view.date_to, unit))
    if n > MANY_PERIODS:
        st.caption(f"{n:,} periods are more than the screen can tell apart: choose a longer period, or drag over the "
                   "chart to enlarge a part of it.")
    layout.chart(figure, f"{words} {charts_timeline.mark_summary(marks)}", periods, f"timeline-{unit}")
    st.caption(_notes(periods, marks, unit, now.options["stack"]))
    if not marks.empty:
        _marks(marks)


def _notes(periods: pd.DataFrame, marks: pd.DataFrame, unit: str, stack: str) -> str:
    """What a reader must know to read the chart, in sentences."""
    notes = []
    if stack == "type":
        notes.append("Border and diplomacy events are marks, not bars.")
    notes.append("Killed: the sum of the best account of each event, both sides together; the shade runs from the sum "
                 "of the lowest to the sum of the highest accounts. Events without a figure add nothing.")
    vague = int(periods["n_imprecise"].sum())
    if vague:
        notes.append(f"{counted(vague, 'event is', 'events are')} known only to a time that reaches beyond one {unit}, "
                     "and counted in the period of the first possible day.")
    if not marks.empty and (marks["date_precision"] != "day").any():
        notes.append("A hollow mark has no exact day; its line covers the days it may have been.")
    return " ".join(notes)


def _marks(marks: pd.DataFrame) -> None:
    layout.behind(charts_timeline.mark_summary(marks), event_table(marks.iloc[::-1]), "marks",
                  "Border and diplomacy events as a table")


page()
