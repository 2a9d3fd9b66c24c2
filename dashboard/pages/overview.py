"""Overview: headline numbers against the period before, what happened last, counts by type, the trend."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts, charts_overview, filters, layout, queries
from dashboard.layout import Current
from etl import names, wording

LATEST = 6  # events told in full
HEADLINES = (  # label, types that are counted
    ("Violent events", ("violence",)),
    ("Border and people", ("border", "people")),
    ("Talks and statements", ("diplomacy", "statement")),
)


def page() -> None:
    """Draws the page."""
    now = layout.current()
    compared = layout.made("compared", lambda: queries.before_after(now.view, now.release))
    lead = "What articles report from the Pakistan–Afghanistan border and its conflicts, coded event by event."
    layout.heading("Overview", lead, compared, "overview")
    if not compared["n_events"].sum():
        layout.empty()
        return
    _headlines(now, compared)
    left, right = st.columns([6, 5], gap="large")
    with left:
        _latest(now)
    with right:
        _trend(now)
        _types(compared)
    st.caption(
        "Counts are of events in the articles that were read, each event once however many articles report it. They "
        "are no complete record of what happened. See *About the data* for sources, method, accuracy and limits."
    )


def _headlines(now: Current, compared: pd.DataFrame) -> None:
    before = queries.period_before(now.view, now.release.facts)
    row = st.container(horizontal=True, gap="small")
    killed, killed_before = compared["fatalities_best"].sum(), compared["fatalities_best_before"].sum()
    low, high = compared["fatalities_low"].sum(), compared["fatalities_high"].sum()
    _metric(row, "Killed (best account)", killed, killed_before if before else None,
            f"Sum of the most reliable account of each event. Lowest accounts: {charts.number(low)}, "
            f"highest: {charts.number(high)}. Events without a figure count nothing.")
    groups = names.type_groups()
    for label, chosen in HEADLINES:
        rows = compared["event_type"].isin([name for group in chosen for name in groups.get(group, ())])
        kinds = ", ".join(names.group_label(group).lower() for group in chosen)
        _metric(row, label, compared.loc[rows, "n_events"].sum(),
                compared.loc[rows, "n_events_before"].sum() if before else None, f"Events of the groups: {kinds}")
    period = wording.span(now.view.date_from, now.view.date_to)
    if before:
        st.caption(f"{period}, and the change against the period of equal length before, {wording.span(*before)}.")
    else:
        st.caption(f"{period}. The release holds no period of this length before it to compare with; shorter ones:")
        filters.period_buttons()


def _metric(cell: Any, label: str, value: Any, before: Any, meaning: str) -> None:
    value = 0 if pd.isna(value) else int(value)
    delta = None
    if before is not None:
        was = 0 if pd.isna(before) else int(before)
        delta = f"{value - was:+,} (before: {was:,})" if value != was else f"as before ({was:,})"
    # Grey: whether more is better or worse is for the reader to say.
    cell.metric(label, f"{value:,}", delta, delta_color="off", border=True, help=meaning,
                delta_arrow="off" if delta and delta.startswith("as") else "auto")


def _latest(now: Current) -> None:
    of_main = replace(now.view, salience="main")
    n = queries.count("events", now.view, now.release)
    n_main = queries.count("events", of_main, now.release) if now.view.salience != "background" else 0
    shown = queries.events(of_main if n_main else now.view, now.release, (LATEST, 0))
    st.header("What happened last", anchor=False)
    if n_main and n_main < n:
        st.caption(f"Events that articles were written to report; {n - n_main:,} more that they mention "
                   "as background stand on the Events page.")
    for row in layout.rows(shown):
        with st.container(border=True, gap="small"):
            st.markdown(f"**{layout.plain(names.type_label(row['event_type']))}** · {layout.plain(wording.where(row))}")
            facts = [wording.when(row), wording.who(row), wording.toll(row)]
            st.caption(layout.plain(" · ".join(fact for fact in facts if fact)))
            st.text(f"“{row['evidence']}”")
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                told = [wording.told_by(row), *(["sources contradict each other"] if row["contested"] else [])]
                st.caption(layout.plain(" · ".join(told)))
                layout.page_link(layout.EVENT, "Reports and claims", id=row["event_id"])


def _trend(now: Current) -> None:
    figure, words, counts = layout.made("trend", lambda: _drawn_trend(now))
    layout.chart(figure, words, counts, "trend")


def _drawn_trend(now: Current) -> tuple[go.Figure, str, pd.DataFrame]:
    view = now.view
    unit = charts_overview.unit_for((view.date_to - view.date_from).days + 1)
    timeline = queries.timeline(view, now.release, unit)
    counts = charts_overview.by_group(timeline, charts.period_starts(view.date_from, view.date_to, unit))
    return charts_overview.trend(counts, unit, layout.theme()), charts_overview.in_words(counts, unit), counts


def _types(compared: pd.DataFrame) -> None:
    st.header("By type", anchor=False)
    shown = pd.DataFrame({
        "Event type": compared["event_type"].map(names.type_label),
        "Events": compared["n_events"].astype("Int64"),
        "Before": compared["n_events_before"].astype("Int64"),
        "Killed": compared["fatalities_best"],
        "Low–high": [f"{charts.number(low)}–{charts.number(high)}" if not pd.isna(high) else None for low, high in
                     zip(compared["fatalities_low"], compared["fatalities_high"], strict=True)],
    })
    if shown["Before"].isna().all():
        shown = shown.drop(columns="Before")
    widths: dict[str, Any] = {name: st.column_config.NumberColumn(name, width=60) for name in shown.columns[1:-1]}
    widths["Low–high"] = st.column_config.TextColumn("Low–high", width=85)
    st.dataframe(shown, hide_index=True, placeholder="–", key="by_type", height="content", column_config=widths,
                 alt="Events and persons killed by event type")
    layout.download(shown, "by-type", "CSV of this table")


page()
