"""Timeline: violence, the dead, the border and diplomacy over one time axis."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import cast

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import (
    charts_comparison,
    charts_timeline,
    comparison,
    crossing_states,
    layout,
    queries,
    reading,
    synced,
)
from dashboard.charts import counted, period_ends, period_name, period_starts
from dashboard.event_table import event_table
from dashboard.layout import Current
from dashboard.queries import Unit
from dashboard.releases import Release
from dashboard.spells import BASELINE, GAP, LEAST, unusual, violence
from dashboard.view import View

UNITS = {"day": "Day", "week": "Week", "month": "Month"}
STACKS = {"type": "Type of violence", "group": "Group", "dyad": "Pair of sides"}
KILLED = {"period": "In each period", "cumulative": "Added up"}
COMPARED = {"": "Nothing", comparison.BEFORE: "Period before", comparison.YEAR: "Year before", "days": "Chosen days"}
SHOWN_SPELLS = 5
MARKS = 400  # border and diplomacy events that are marked: beyond this, they hide each other
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
    with st.container(horizontal=True, gap="medium"):
        layout.choose("unit", "Period", UNITS)
        layout.choose("stack", "Bars show", STACKS)
        layout.choose("killed", "Killed", KILLED)
        _choose_period(now)
    words = charts_timeline.summary(periods, view.date_from, view.date_to, unit)
    st.text(words)
    if now.options["compare"]:
        _compare(now, unit)
    figure, marks, states, spells, dyads = layout.made("figure", lambda: _drawn(now, periods, unit))
    n = len(period_starts(view.date_from, view.date_to, unit))
    if n > MANY_PERIODS:
        st.caption(f"{n:,} periods are more than the screen can tell apart: choose a longer period, or drag over the "
                   "chart to take a part of it.")
    alt = f"{words} {charts_timeline.mark_summary(marks)} {crossing_states.summary(states)}"
    key = f"timeline_{hash((view, unit))}"  # another period is another chart: what was brushed is used up
    layout.chart(figure, alt, periods, f"timeline-{unit}", key=key, on_select=lambda: _brushed(key),
                 selection_mode=("box",))
    st.caption("Drag over the chart to take a period: every page follows. “All” in the sidebar goes back.")
    st.caption(_notes(periods, marks, unit, now.options["stack"]))
    if dyads is not None:
        st.caption(layout.plain(f"{charts_timeline.dyad_names(dyads)}."))
    if not spells.empty:
        _spells(spells, unit)
    if not states.empty:
        layout.behind(crossing_states.summary(states), _shown_states(states), "crossings",
                      "Open and closed crossings as a table")
    if not marks.empty:
        if len(marks) == MARKS:
            n_marks = queries.count_marks(view, now.release)
            if n_marks > MARKS:
                st.caption(f"Marked are the {MARKS} of {n_marks:,} border and diplomacy events that most reports tell; "
                           "the table below holds the same. Choose a shorter period to see the others.")
        _marks(marks)


def _drawn(now: Current, periods: pd.DataFrame, unit: Unit) -> tuple[
        go.Figure, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame | None]:
    """The figure, and what it shows besides the periods: marks, crossings, unusual periods, pairs of sides."""
    view, stack = now.view, now.options["stack"]
    marks = queries.marks(view, now.release, MARKS)
    history = crossing_states.history(view, now.release)
    states = crossing_states.states(history, view.date_from, view.date_to)
    spells = unusual(_violence_with_past(view, now.release, unit))
    spells = spells[spells["period_start"] >= period_starts(view.date_from, view.date_to, unit)[0]]
    dyads = queries.dyads(view, now.release, unit) if stack == "dyad" else None
    figure = charts_timeline.timeline(
        periods, marks, view.date_from, view.date_to, unit=unit, stack=stack, killed=now.options["killed"],
        theme=layout.theme(), states=states, spells=spells, dyads=dyads)
    return figure, marks, states, spells, dyads


def _choose_period(now: Current) -> None:
    """The choice of a second period, and the fields for its days where it is one of the reader's own."""
    compare = now.options["compare"]
    chosen = "days" if comparison.BETWEEN in compare else compare
    key = synced.put("compare", chosen)
    st.segmented_control("Compare with", list(COMPARED), key=key, required=True, format_func=COMPARED.__getitem__,
                         on_change=synced.unless_old(key, _period_chosen),
                         help="The same measures of a second period beside those of the period in the sidebar")
    if chosen != "days":
        return
    facts = now.release.facts
    for name, label, day in zip(("compare_from", "compare_to"), ("Second: from", "Second: to"),
                                compare.split(comparison.BETWEEN), strict=True):
        try:
            shown = min(max(dt.date.fromisoformat(day), facts.date_from), facts.date_to)
        except ValueError:  # 30 February
            shown = facts.date_from
        key = synced.put(name, shown)
        st.date_input(label, key=key, min_value=facts.date_from, max_value=facts.date_to, format="YYYY-MM-DD",
                      width=150, on_change=synced.unless_old(key, _days_chosen))


def _period_chosen() -> None:
    chosen = synced.held("compare")
    if chosen == "days":
        view, facts = layout.current().view, layout.current().release.facts
        first, last = comparison.period_before(view.date_from, view.date_to)
        if first < facts.date_from:
            first, last = facts.date_from, min(facts.date_from + (view.date_to - view.date_from), facts.date_to)
        chosen = f"{first}{comparison.BETWEEN}{last}"
    layout.set_option("compare", chosen or "")


def _days_chosen() -> None:
    first, last = synced.held("compare_from"), synced.held("compare_to")
    if first and last:
        layout.set_option("compare", comparison.BETWEEN.join(f"{day}" for day in sorted((first, last))))


def _compare(now: Current, unit: Unit) -> None:
    """Two periods side by side: in words, over one axis, and as a table."""
    view = now.view
    try:
        second = comparison.second_period(view, now.release.facts, now.options["compare"])
    except comparison.NoPeriod as fault:
        st.info(layout.plain(str(fault)), icon=":material/compare_arrows:")
        return
    if second is None:
        return
    spans = ((view.date_from, view.date_to), second)
    st.header("Two periods compared", anchor=False)
    table = comparison.measures(view, now.release, second)
    step = comparison.step_for(unit, spans)
    course = comparison.course(view, now.release, second, step)
    words = charts_comparison.summary(table, spans)
    st.text(words)
    left, right = st.columns([3, 2], gap="large")
    with left:
        layout.chart(charts_comparison.comparison(course, spans, step, killed=now.options["killed"],
                                                  theme=layout.theme()), words, course, "course")
        st.caption(charts_comparison.steps_in_words(step))
    with right:
        equal = comparison.days(spans[0]) == comparison.days(spans[1])
        st.dataframe(charts_comparison.shown(table, equal), hide_index=True, height=500, placeholder="–",
                     alt=f"Table of both periods. {words}",
                     column_config={"Measure": st.column_config.TextColumn(width=150),
                                    **{name: st.column_config.NumberColumn(width=56) for name in ("1", "2", "1 − 2")}})
        layout.download(table, "comparison", "CSV of the comparison")
        st.link_button("comparison.csv", reading.address(layout.site(now), "comparison.csv", view, now.release.facts,
                                                         now.page, now.options), type="tertiary",
                       icon=":material/link:", help="Address of these numbers for programs")
    st.caption("1 is the period in the sidebar, 2 the second one; all other filters hold for both. A crossing counts "
               "as closed as far as reports tell. Fewer reports on one of them look like fewer events.")
    st.header("The period in the sidebar", anchor=False)


def _violence_with_past(view: View, release: Release, unit: Unit) -> pd.Series:
    """Violent events a period, with the periods before the first day that a spell is measured against."""
    past = {"day": 1, "week": 7, "month": 31}[unit] * (BASELINE + GAP + 1)
    first = max(view.date_from - dt.timedelta(days=past), release.facts.date_from)
    periods = queries.timeline(replace(view, date_from=first), release, unit)
    return violence(periods, period_starts(first, view.date_to, unit))


def _brushed(key: str) -> None:
    """Takes the brushed period into the address."""
    boxes = st.session_state[key].selection.box
    if not boxes:
        return
    facts = layout.current().release.facts
    days = sorted(pd.Timestamp(x).date() for x in boxes[-1]["x"])
    first, last = (min(max(day, facts.date_from), facts.date_to) for day in (days[0], days[-1]))
    layout.set_option("from", first.isoformat())
    layout.set_option("to", last.isoformat())


def _spells(spells: pd.DataFrame, unit: Unit) -> None:
    """The starred periods in words, each with a link to its events."""
    st.markdown(f"**Unusual violence** – {counted(len(spells), unit)} starred in the chart")
    st.caption(f"Starred: at least {LEAST} violent events, and more than the {BASELINE} {unit}s up to the one before "
               f"last let expect in all but one {unit} of a hundred (negative binomial). They are reports, not "
               "all that happened.")
    for row in spells.sort_values("n_events", ascending=False).head(SHOWN_SPELLS).itertuples():
        start = pd.DatetimeIndex([row.period_start])
        last = period_ends(start, unit)[0] - pd.Timedelta(days=1)
        layout.page_link(
            "events", f"{period_name(row.period_start, unit).capitalize()}: {row.n_events} violent events, "
            f"{row.expected:.1f} expected", **{"from": f"{start[0]:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}"})
    if len(spells) > SHOWN_SPELLS:
        st.caption(f"The {SHOWN_SPELLS} with most events are listed.")


def _shown_states(states: pd.DataFrame) -> pd.DataFrame:
    """The states with their last day instead of the day behind it."""
    return states.assign(end=states["end"] - pd.Timedelta(days=1)).rename(columns={"start": "from", "end": "to"})


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
