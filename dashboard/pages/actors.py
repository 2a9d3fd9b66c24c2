"""Actors: who is named with whom, the sentences that do so, and who acted against whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd
import streamlit as st

from dashboard import charts_actors, charts_comentions, cooccurrence, layout, queries, sides, synced
from dashboard.charts import counted, dicts_of, rows_of
from dashboard.cooccurrence import SCALES, Scale
from dashboard.data_sets import named
from dashboard.event_list import event_list
from dashboard.event_table import event_table
from dashboard.layout import Current
from dashboard.page_options import split_pair
from dashboard.queries import Detail, Level
from etl import names, wording

SHOWN_SENTENCES = 4
SHOWN_EVENTS = 100
NO_TEXT = "This release came without the texts of its articles."
SHOWS = {"matrix": "Matrix", "network": "Network", "time": "By month", "against": "Who against whom"}
TOPS = {"15": "15", "30": "30", "8": "8"}
DETAILS = {"root": "States and groups", "actor": "All branches"}
LEVELS = {"sentence": "Sentence", "paragraph": "Paragraph", "article": "Article"}
SCALE_LABELS = {"count": "Count", "jaccard": "Jaccard", "npmi": "NPMI"}
MEASURES = {"events": "Events", "fatalities": "Persons killed"}
MAX_OPENED, MAX_PAIRS = 8, 8


def page() -> None:
    """Draws the page."""
    now = layout.current()
    shown = _Shown.of(now.options)
    against = now.options["show"] == "against"
    if against:
        table = queries.against(now.view, now.release, shown.detail, shown.opened)
        first = named(sides.against_cells(table), ("actor_a", "actor_b"))
    else:
        pairs, counts, total, first = layout.made("pairs", lambda: _pairs(now, shown))
    layout.heading("Actors", "Who is named with whom in the articles, and who acted against whom in the events.",
                   first, "against" if against else f"actors-{shown.level}")
    layout.choose("show", "Show", SHOWS)
    with st.container(horizontal=True, gap="medium"):
        layout.choose("detail", "Actors", DETAILS)
        if shown.detail == "root":
            _open(now, shown.opened)
        if against:
            layout.choose("measure", "Count", MEASURES)
        else:
            layout.choose("level", "In the same", LEVELS)
            layout.choose("scale", "Measure", SCALE_LABELS)
        if now.options["show"] != "time":
            layout.choose("top", "Most named", TOPS)
    if first.empty:
        layout.empty("events between two sides" if against else "articles that name two actors together")
    elif against:
        _against(now, shown, table)
    else:
        _together(now, shown, pairs, counts, total)


def _pairs(now: Current, shown: _Shown) -> tuple[pd.DataFrame, pd.DataFrame, int, pd.DataFrame]:
    """Pairs of actors, how often each actor is named, in how many texts, and the pairs with names."""
    pairs = queries.comentions(now.view, now.release, shown.level, shown.detail, shown.opened)
    counts, total = cooccurrence.namings(now.view, now.release, shown.level, shown.detail, shown.opened)
    pairs = cooccurrence.associate(pairs, counts, total, shown.scale)
    return pairs, counts, total, named(pairs, ("actor_1", "actor_2"))


@dataclass(frozen=True)
class _Shown:
    """How actors are counted and drawn, from the options of the address."""

    level: Level
    detail: Detail
    scale: Scale
    opened: tuple[str, ...]
    top: int

    @classmethod
    def of(cls, options: Mapping[str, str]) -> _Shown:
        return cls(cast(Level, options["level"]), cast(Detail, options["detail"]), cast(Scale, options["scale"]),
                   split_pair(options["open"]), int(options["top"]))


def _open(now: Current, opened: tuple[str, ...]) -> None:
    """The choice of the roots that are told by their branches (Pakistan: army, police …)."""
    actors = now.release.facts.actors
    roots = [actor for actor in actors if names.is_root(actor) and any(name.startswith(f"{actor}.") for name in actors)]
    key = synced.put("open", [actor for actor in opened if actor in roots], ordered=False)
    st.multiselect("Open into branches", roots, key=key, format_func=names.actor_name, width=260, select_all=False,
                   max_selections=MAX_OPENED, placeholder="None",
                   help="A state, for one, into its army, police and government",
                   on_change=synced.unless_old(
                       key, lambda: layout.set_option("open", "~".join(synced.held("open", [])))))


def _together(now: Current, shown: _Shown, pairs: pd.DataFrame, counts: pd.DataFrame, total: int) -> None:
    st.caption(layout.plain(
        f"{SCALES[shown.scale]} Counted over {counted(total, shown.level)} that name at least one actor, in articles "
        "that report an event in view; near-copies of an article are left out."))
    theme, level, table = layout.theme(), shown.level, named(pairs, ("actor_1", "actor_2"))
    if now.options["show"] == "time":
        _by_month(now, shown, pairs)
    elif now.options["show"] == "network":
        edges = charts_actors.network_edges(pairs, shown.top)
        figure = layout.made("network", lambda: charts_actors.network(pairs, counts, level=level, theme=theme,
                                                                      limit=shown.top))
        layout.chart(figure, _network_words(edges, pairs), named(edges, ("actor_1", "actor_2")), "network")
        st.caption(f"The {len(edges):,} strongest of {counted(len(pairs), 'link')} are drawn, among at most "
                   f"{shown.top} actors. Width: strength on the measure chosen. Size: how often an actor is named. "
                   "Near means strongly linked; left, right, up and down mean nothing.")
    else:
        figure = layout.made("matrix", lambda: charts_actors.comention_matrix(
            pairs, scale=shown.scale, level=level, theme=theme, limit=shown.top))
        layout.chart(figure, _matrix_words(pairs, level), table, "co-mentions", key="matrix", on_select=_pair_picked,
                     selection_mode="points")
        _, hidden = charts_actors.chosen_actors(pairs, "actor_1", "actor_2", "n", shown.top)
        st.caption("Choose a cell to read its sentences below. An empty cell: never named together."
                   + (f" Shown are the {shown.top} actors most often named with others; {hidden} "
                      "more are in the table and in the CSV." if hidden else ""))
    _sentences(now, shown, pairs)


def _by_month(now: Current, shown: _Shown, pairs: pd.DataFrame) -> None:
    table = cooccurrence.by_month(now.view, now.release, shown.level, shown.scale, shown.detail, shown.opened)
    months = cooccurrence.months(now.view, now.release)
    ranked = [(str(row.actor_1), str(row.actor_2)) for row in rows_of(pairs.sort_values(
        ["n", "actor_1", "actor_2"], ascending=[False, True, True]))]
    wanted = [split_pair(pair) for pair in now.options["pairs"].split(",") if pair]
    chosen = [pair for pair in wanted if pair in ranked]
    if len(chosen) < len(wanted):
        st.caption(f"{counted(len(wanted) - len(chosen), 'pair')} of the address: nothing in view.")
    key = synced.put("pairs", chosen or charts_comentions.leading(table), ordered=False)
    st.multiselect("Pairs", ranked, key=key, max_selections=MAX_PAIRS, select_all=False,
                   format_func=lambda pair: " and ".join(names.actor_name(actor) for actor in pair),
                   on_change=synced.unless_old(key, lambda: layout.set_option(
                       "pairs", ",".join("~".join(pair) for pair in synced.held("pairs", [])))))
    drawn = chosen or charts_comentions.leading(table)
    layout.chart(charts_comentions.by_month(table, drawn, months, scale=shown.scale, level=shown.level,
                                            theme=layout.theme()),
                 charts_comentions.summary(table, drawn, shown.level), named(table, ("actor_1", "actor_2")),
                 "by-month")
    st.caption("By the month in which the articles were published. "
               + ("Each panel has a scale of its own, named at its left. A month with more articles has more "
                  "sentences: for how close two actors are, choose a normalised measure." if shown.scale == "count"
                  else "All panels share one scale; each month is counted for itself, so months with few articles "
                  "are unsteady."))


def _matrix_words(pairs: pd.DataFrame, level: str) -> str:
    best = pairs.sort_values(["n", "actor_1", "actor_2"], ascending=[False, True, True]).head(3)
    named = [f"{names.actor_name(row.actor_1)} with {names.actor_name(row.actor_2)} ({counted(row.n, level)})"
             for row in rows_of(best)]
    return f"{counted(len(pairs), 'pair')} of actors named in the same {level}. Most often: {'; '.join(named)}."


def _network_words(edges: pd.DataFrame, pairs: pd.DataFrame) -> str:
    ends = pd.concat([edges["actor_1"], edges["actor_2"]]).value_counts()
    best = sorted(ends.index, key=lambda actor: (-int(ends[actor]), str(actor)))[:3]
    named = [f"{names.actor_name(str(actor))} ({counted(int(ends[actor]), 'link')})" for actor in best]
    return (f"Network of {len(ends)} actors with the {len(edges)} strongest of {counted(len(pairs), 'link')}. "
            f"Most linked: {', '.join(named) or 'none'}.")


def _first_point(key: str) -> list[Any] | None:
    """The customdata of the cell that was chosen in the chart `key`."""
    state = st.session_state.get(key)
    points = state["selection"]["points"] if state else []
    data = points[0].get("customdata") if points else None
    values = list(data.values()) if isinstance(data, dict) else list(data) if data is not None else []
    return values if len(values) >= 2 else None


def _pair_picked() -> None:
    cell = _first_point("matrix")
    if cell:
        layout.set_option("pair", "~".join(sorted(str(actor) for actor in cell[:2])))  # as pairs are ordered


def _sides_picked() -> None:
    cell = _first_point("against")
    if cell:
        layout.set_option("sides", f"{cell[0]}~{cell[1]}")


def _choice(now: Current, option: str, known: list[tuple[str, str]], label: str, join: str) -> tuple[str, str]:
    """Lets the reader choose one of the pairs `known`: that of the address, else the first of the list."""
    wanted = split_pair(now.options[option]) or None
    if wanted is not None and wanted not in known:
        st.caption(layout.plain(f"{' and '.join(wanted)}: nothing in view; the first of the list is shown instead."))
    key = synced.put(f"choice_{option}", wanted if wanted in known else known[0])
    return cast(tuple[str, str], st.selectbox(
        label, known, key=key, on_change=synced.unless_old(key, _chosen, option),
        format_func=lambda pair: f"{names.actor_name(pair[0])} {join} {names.actor_name(pair[1])}",
    ))


def _chosen(option: str) -> None:
    layout.set_option(option, "~".join(synced.held(f"choice_{option}")))


def _sentences(now: Current, how: _Shown, pairs: pd.DataFrame) -> None:
    st.header("The sentences behind it", anchor=False)
    level = how.level
    most = pairs.sort_values("n", ascending=False, kind="stable")
    known = [(str(row.actor_1), str(row.actor_2)) for row in rows_of(most)]
    first, second = _choice(now, "pair", known, "Pair of actors", "and")
    found = cooccurrence.passages(now.view, now.release, first, second, level, how.detail, how.opened)
    if found.empty:
        layout.empty("sentences")
        return
    shown = found.head(SHOWN_SENTENCES)
    told = "that name both" if level == "sentence" else f"that name either, in {level}s that name both"
    limit = f" (the newest {queries.SENTENCES})" if len(found) == queries.SENTENCES else ""
    st.caption(f"{counted(len(found), 'sentence')} {told}{limit}; {len(shown)} are shown here, all are in the table.")
    for row in dicts_of(shown):
        with st.container(border=True, gap="small"):
            st.text(row["excerpt"] if isinstance(row["excerpt"], str) else NO_TEXT)
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.caption(layout.plain(f"{row['publisher']}, {wording.day(row['published'])}: {row['title']}"))
                url = layout.safe_url(row["url"])
                if url:
                    st.link_button("Source", url, icon=":material/open_in_new:", type="tertiary")
    links = pd.Series([layout.safe_url(url) for url in found["url"]], index=found.index, dtype="object")
    table = found.assign(url=links)
    layout.behind(f"{counted(len(found), 'sentence')} {told}.", table, f"sentences-{first}-{second}", "All as a table")


def _against(now: Current, shown: _Shown, table: pd.DataFrame) -> None:
    measure = now.options["measure"]
    cells = sides.against_cells(table)
    best = [f"{names.actor_name(row.actor_a)} against {names.actor_name(row.actor_b)} "
            f"({counted(row.n_events, 'event')})" for row in rows_of(cells.head(3))]
    layout.chart(charts_actors.against_matrix(table, measure=measure, theme=layout.theme(), limit=shown.top),
                 f"{counted(len(cells), 'pair')} of sides. Most events: {'; '.join(best)}.",
                 named(cells, ("actor_a", "actor_b")), "against", key="against", on_select=_sides_picked,
                 selection_mode="points")
    _, hidden = charts_actors.chosen_actors(table, "actor_a", "actor_b", "n_events", shown.top)
    st.caption("Rows act, columns are hit. Clashes and talks have no direction: they count in both cells of a pair. An "
               "event with several actors on a side counts for each, so cells do not add up. Persons killed are "
               "those of both sides."
               + (f" Shown are the {shown.top} actors with the most events; {hidden} more are in the "
                  "table." if hidden else ""))
    known = [(str(row.actor_a), str(row.actor_b)) for row in rows_of(cells)]
    first, second = _choice(now, "sides", known, "Events of a cell", "→")
    events, n = sides.events_between(now.view, now.release, first, second, shown.detail, shown.opened, SHOWN_EVENTS)
    if n > SHOWN_EVENTS:
        st.caption(f"The newest {SHOWN_EVENTS} of {n:,} events; the others are on the page Events.")
    rows = event_table(events)
    event_list(rows, "between")
    layout.download(rows, f"between-{first}-{second}", "CSV of this table")


page()
