"""Actors: who is named with whom, the sentences that do so, and who acted against whom."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd
import streamlit as st

from dashboard import charts_actors, cooccurrence, layout, queries, sides
from dashboard.charts import counted, dicts_of, rows_of
from dashboard.cooccurrence import SCALES, Scale
from dashboard.event_table import event_table
from dashboard.layout import Current
from dashboard.queries import Detail, Level
from etl import names, wording

SHOWN_SENTENCES = 8
SHOWN_EVENTS = 100
NO_TEXT = "This release came without the texts of its articles."
DETAILS = {"root": "States and groups", "actor": "With their branches"}
LEVELS = {"sentence": "Sentence", "paragraph": "Paragraph", "article": "Article"}
SCALE_LABELS = {"count": "Count", "jaccard": "Jaccard", "npmi": "NPMI"}
MEASURES = {"events": "Events", "fatalities": "Persons killed"}


def page() -> None:
    """Draws the page."""
    now = layout.current()
    level, detail = cast(Level, now.options["level"]), cast(Detail, now.options["detail"])
    pairs = queries.comentions(now.view, now.release, level, detail)
    counts, total = cooccurrence.namings(now.view, now.release, level, detail)
    pairs = cooccurrence.associate(pairs, counts, total, cast(Scale, now.options["scale"]))
    layout.heading("Actors", "Who is named with whom in the articles, and who acted against whom in the events.",
                   _named(pairs, ("actor_1", "actor_2")), f"actors-{level}")
    layout.choose("detail", "Actors", DETAILS)
    st.header("Named together", anchor=False)
    if pairs.empty:
        layout.empty("articles that name two actors together")
    else:
        _together(now, pairs, counts, total)
    st.header("Who acted against whom", anchor=False)
    _against(now, detail)


def _named(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """`table` with the name of each actor beside its identifier."""
    named = table.copy()
    for column in reversed(columns):
        named.insert(list(named.columns).index(column) + 1, f"{column}_name",
                     [names.actor_name(actor) for actor in named[column]])
    return named


def _together(now: Current, pairs: pd.DataFrame, counts: pd.DataFrame, total: int) -> None:
    level, scale = now.options["level"], cast(Scale, now.options["scale"])
    with st.container(horizontal=True, gap="large"):
        layout.choose("level", "In the same", LEVELS)
        layout.choose("scale", "Measure", SCALE_LABELS)
    st.caption(layout.plain(
        f"{SCALES[scale]} Counted over {counted(total, level)} that name at least one actor, in articles that "
        "report an event in view; near-copies of an article are left out."))
    table = _named(pairs, ("actor_1", "actor_2"))
    left, right = st.columns(2, gap="large")
    with left:
        layout.chart(charts_actors.comention_matrix(pairs, scale=scale, level=level, theme=layout.theme()),
                     _matrix_words(pairs, level), table, "co-mentions", key="matrix", on_select=_pair_picked,
                     selection_mode="points")
        _, hidden = charts_actors.chosen_actors(pairs, "actor_1", "actor_2", "n", charts_actors.MATRIX_LIMIT)
        st.caption("Choose a cell to read its sentences below. An empty cell: never named together."
                   + (f" Shown are the {charts_actors.MATRIX_LIMIT} actors most often named with others; {hidden} "
                      "more are in the table and in the CSV." if hidden else ""))
    with right:
        edges = charts_actors.network_edges(pairs)
        layout.chart(charts_actors.network(pairs, counts, level=level, theme=layout.theme()),
                     _network_words(edges, pairs), _named(edges, ("actor_1", "actor_2")), "network")
        st.caption(f"The {len(edges):,} strongest of {counted(len(pairs), 'link')} are drawn, among at most "
                   f"{charts_actors.NODE_LIMIT} actors. Width: strength on the measure chosen. Size: how often "
                   "an actor is named. Near means strongly linked; left, right, up and down mean nothing.")
    _sentences(now, pairs)


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
        layout.set_option("pair", "~".join(sorted(str(actor) for actor in cell[:2])))


def _sides_picked() -> None:
    cell = _first_point("against")
    if cell:
        layout.set_option("sides", f"{cell[0]}~{cell[1]}")


def _choice(now: Current, option: str, known: list[tuple[str, str]], label: str, join: str) -> tuple[str, str]:
    """Lets the reader choose one of the pairs `known`: that of the address, else the first of the list."""
    wanted = tuple(now.options[option].split("~")) if now.options[option] else None
    if wanted is not None and wanted not in known:
        st.caption(layout.plain(f"{' and '.join(wanted)}: nothing in view; the first of the list is shown instead."))
    key = f"choice_{option}"
    st.session_state[key] = cast(tuple[str, str], wanted) if wanted in known else known[0]
    return cast(tuple[str, str], st.selectbox(
        label, known, key=key, on_change=_chosen, args=(option, key),
        format_func=lambda pair: f"{names.actor_name(pair[0])} {join} {names.actor_name(pair[1])}",
    ))


def _chosen(option: str, key: str) -> None:
    layout.set_option(option, "~".join(st.session_state[key]))


def _sentences(now: Current, pairs: pd.DataFrame) -> None:
    st.markdown("### The sentences behind a cell")
    level, detail = cast(Level, now.options["level"]), cast(Detail, now.options["detail"])
    most = pairs.sort_values("n", ascending=False, kind="stable")
    known = [(str(row.actor_1), str(row.actor_2)) for row in rows_of(most)]
    first, second = _choice(now, "pair", known, "Pair of actors", "and")
    found = cooccurrence.passages(now.view, now.release, first, second, level, detail)
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


def _against(now: Current, detail: Detail) -> None:
    table = queries.against(now.view, now.release, detail)
    if table.empty:
        layout.empty("events between two sides")
        return
    measure = layout.choose("measure", "Count", MEASURES)
    cells = sides.against_cells(table)
    best = [f"{names.actor_name(row.actor_a)} against {names.actor_name(row.actor_b)} "
            f"({counted(row.n_events, 'event')})" for row in rows_of(cells.head(3))]
    layout.chart(charts_actors.against_matrix(table, measure=measure, theme=layout.theme()),
                 f"{counted(len(cells), 'pair')} of sides. Most events: {'; '.join(best)}.",
                 _named(cells, ("actor_a", "actor_b")), "against", key="against", on_select=_sides_picked,
                 selection_mode="points")
    _, hidden = charts_actors.chosen_actors(table, "actor_a", "actor_b", "n_events", charts_actors.MATRIX_LIMIT)
    st.caption("Rows act, columns are hit. Clashes and talks have no direction: they count in both cells of a pair. An "
               "event with several actors on a side counts for each, so cells do not add up. Persons killed are "
               "those of both sides."
               + (f" Shown are the {charts_actors.MATRIX_LIMIT} actors with the most events; {hidden} more are in the "
                  "table." if hidden else ""))
    known = [(str(row.actor_a), str(row.actor_b)) for row in rows_of(cells)]
    first, second = _choice(now, "sides", known, "Events of a cell", "→")
    events = sides.events_between(queries.events(now.view, now.release), first, second, detail)
    if len(events) > SHOWN_EVENTS:
        st.caption(f"The newest {SHOWN_EVENTS} of {len(events):,} events; the others are on the page Events.")
    shown = event_table(events.head(SHOWN_EVENTS))
    layout.event_list(shown, "between")
    layout.download(shown, f"between-{first}-{second}", "CSV of this table")


page()
