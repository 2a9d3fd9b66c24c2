"""The sidebar: pages, release and filters.

The address is the only state. Before a widget is drawn it takes its value from the View (`dashboard.synced`); when the
reader changes it, its callback writes the address, from which the next run reads the View. So going back in the
browser, an edited address and a widget are all the same thing, and nothing can loop.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import layout, queries, releases, synced
from dashboard.layout import Current
from dashboard.page_options import UNFILTERED
from dashboard.view import FILTERS, MAX_FATALITIES, MAX_KM, MAX_TEXT, MAX_VALUES, SALIENCES, Facts, View, root
from etl import names

PERIODS = {"30 d": 30, "90 d": 90, "1 y": 365, "2 y": 730}
OPENING = "2 y"  # what an address without any filter shows: bars of many years are too thin to read
PERIOD_NAMES = {"30 d": "Last 30 days", "90 d": "Last 90 days", "1 y": "Last 12 months"}
WHOLE = "All"
_SALIENCE_LABELS = {"all": "All", "main": "Main", "background": "Background"}


def navigation(pages: Mapping[str, StreamlitPage], now: Current) -> None:
    """The links to the pages; each carries the filters, so that it can be opened in a new tab or copied."""
    st.markdown("## Torkham\nThe Pakistan–Afghanistan border")
    for name, page in pages.items():
        if name != layout.EVENT:  # it has no meaning without an event
            st.page_link(page, query_params=now.view.to_query(), width="stretch")


def sidebar(now: Current) -> None:
    """All filter widgets, in sync with `now`; on a page that no filter changes the release alone."""
    view, facts = now.view, now.release.facts
    if now.page in UNFILTERED:
        _release(now)
        if not view.is_default(facts) and now.page != layout.EVENT:
            st.caption("Filters change nothing on this page; they are kept for the others.")
        return
    st.header("Filters", anchor=False)
    _dates(view, facts)
    _types(view, facts)
    _actors(view, facts)
    _places(now)
    _numbers(now)
    key = synced.put("f_salience", view.salience)
    st.segmented_control("Salience", SALIENCES, key=key, required=True, on_change=_told(key),
                         format_func=lambda value: _SALIENCE_LABELS[value], width="stretch",
                         help="Main: at least one article was written to report it. Background: only mentioned.")
    key = synced.put("f_q", view.q)
    st.text_input("Text", key=key, max_chars=MAX_TEXT, on_change=_told(key), icon=":material/search:",
                  placeholder="Words in evidence, titles, names", help="All words must occur")
    if not view.is_default(facts):
        st.button("Clear all filters", on_click=layout.show_all, icon=":material/filter_alt_off:", width="stretch")
    _release(now)


def opening(view: View, asked: Mapping[str, Any], facts: Facts) -> View:
    """`view`, or its last part (`OPENING`) where the address, which had the parameters `asked`, names no filter.

    An address that names one is completed to the whole release: so a link keeps its meaning, as do addresses of data.
    """
    if any(name in FILTERS for name in asked):
        return view
    first, last = _last(PERIODS[OPENING], facts)
    return view.with_changes(facts, date_from=first, date_to=last)


def _dates(view: View, facts: Facts) -> None:
    spans = {label: _last(days, facts) for label, days in PERIODS.items()}
    spans[WHOLE] = (facts.date_from, facts.date_to)
    shown = (view.date_from, view.date_to)
    key = synced.put("f_period", next((label for label, span in reversed(spans.items()) if span == shown), None))
    st.segmented_control("Period up to the release's last article", list(spans), key=key,
                         on_change=synced.unless_old(key, _period_changed), width="stretch")
    left, right = st.columns(2, gap="small")
    for column, label, name, day in ((left, "From", "f_from", view.date_from), (right, "To", "f_to", view.date_to)):
        key = synced.put(name, day)
        column.date_input(label, key=key, min_value=facts.date_from, max_value=facts.date_to, format="YYYY-MM-DD",
                          on_change=_told(key))


def _types(view: View, facts: Facts) -> None:
    n, every = len(view.types), len(facts.types)
    label = "Event types: all" if n == every else f"Event types: {n} of {every}"
    with st.expander(label, key="f_types_open", icon=":material/category:"):
        with st.container(horizontal=True, gap="small"):
            st.button("All", on_click=_set_types, args=(facts.types,), key="f_types_all", type="tertiary")
            st.button("None", on_click=_set_types, args=((),), key="f_types_none", type="tertiary")
        for group, types in _groups(facts).items():
            key = synced.put(f"f_types_{group}", [name for name in types if name in view.types], ordered=False)
            st.pills(names.group_label(group), types, selection_mode="multi", key=key,
                     format_func=lambda name: layout.plain(names.type_label(name)), on_change=_told(key))


def _groups(facts: Facts) -> dict[str, tuple[str, ...]]:
    groups = {group: tuple(name for name in types if name in facts.types)
              for group, types in names.type_groups().items()}
    grouped = {name for types in groups.values() for name in types}
    other = tuple(name for name in facts.types if name not in grouped)
    return {group: types for group, types in {**groups, "other": other}.items() if types}


def _actors(view: View, facts: Facts) -> None:
    roots = [actor for actor in facts.actors if names.is_root(actor)]
    chosen = list(dict.fromkeys(root(actor) for actor in view.actors))
    key = synced.put("f_actors", chosen, ordered=False)
    st.multiselect("Actors", roots, key=key, format_func=names.actor_name, on_change=_told(key),
                   max_selections=MAX_VALUES, placeholder="All actors", select_all=False,
                   help="On either side or mediating. A chosen actor can be narrowed to its branches below.")
    for actor in chosen:
        branches = [name for name in facts.actors if root(name) == actor and name != actor]
        if branches:
            key = synced.put(f"f_branch_{actor}", [name for name in branches if name in view.actors], ordered=False)
            st.pills(f"{layout.plain(names.actor_name(actor))}: only", branches, selection_mode="multi", key=key,
                     format_func=lambda name: layout.plain(names.actor_name(name)), on_change=_told(key))


def _places(now: Current) -> None:
    view, facts = now.view, now.release.facts
    country = now.release.province_country
    key = synced.put("f_provinces", list(view.provinces), ordered=False)
    st.multiselect("Provinces", facts.provinces, key=key, on_change=_told(key), max_selections=MAX_VALUES,
                   format_func=lambda name: f"{name} ({country.get(name) or '–'})", placeholder="All provinces",
                   select_all=False)
    key = synced.put("f_places", list(view.places), ordered=False)
    st.multiselect("Places", facts.places, key=key, on_change=_told(key), max_selections=MAX_VALUES,
                   placeholder="All places", select_all=False)


def _numbers(now: Current) -> None:
    left, right = st.columns(2, gap="small")
    key = synced.put("f_min", now.view.min_fatalities)
    left.number_input("Killed, at least", min_value=0, max_value=MAX_FATALITIES, step=1, key=key,
                      on_change=_told(key), help="By the best account; 0 shows events without a figure too")
    key = synced.put("f_km", now.view.border_km or None)
    right.number_input("Km to border", min_value=1, max_value=MAX_KM, step=10, key=key, on_change=_told(key),
                       placeholder="Any",
                       help="At most so many kilometres from the Durand Line. Also shown are events known "
                            "only to be along the border; left out are those known only to a district or province.")
    if now.view.border_km:
        n = queries.without_distance(now.view, now.release)
        if n:
            st.caption(f"Left out: {n:,} {'event' if n == 1 else 'events'} whose distance to the border is not known")


def _release(now: Current) -> None:
    found = list(releases.available())
    key = synced.put("f_release", now.release.name)
    st.selectbox("Release", found if now.release.name in found else [now.release.name, *found], key=key,
                 on_change=synced.unless_old(key, _release_changed),
                 format_func=lambda name: f"{name} (latest)" if [name] == found[:1] else name,
                 help="A release never changes; its name stands in every link.")
    n = now.release.counts
    st.caption(f"{n['events']:,} events from {n['articles']:,} articles")


def _show(view: View) -> None:
    query = {**layout.current().query(), **view.to_query()}
    query.pop("page", None)  # other rows: the table begins anew
    st.session_state[layout.QUERY] = view.to_query()
    layout.set_query(query)


def _told(key: str) -> Callable[[], None]:
    return synced.unless_old(key, _changed)


def _changed() -> None:
    """Callback: reads all widgets into a View and puts it into the address."""
    now, held = layout.current(), synced.held
    view, facts = now.view, now.release.facts
    first = held("f_from", view.date_from) or facts.date_from
    last = held("f_to", view.date_to) or facts.date_to
    if first > last:  # the day that was changed wins
        first, last = (first, first) if first != view.date_from else (last, last)
    actors: list[str] = []
    for actor in held("f_actors", list(dict.fromkeys(root(actor) for actor in view.actors))):
        actors += held(f"f_branch_{actor}") or [actor]
    _show(view.with_changes(
        facts,
        date_from=first,
        date_to=last,
        types=tuple(name for group, of in _groups(facts).items()
                    for name in held(f"f_types_{group}", [name for name in of if name in view.types]) or ()),
        actors=tuple(actors),
        provinces=tuple(held("f_provinces", view.provinces)),
        places=tuple(held("f_places", view.places)),
        min_fatalities=min(max(int(held("f_min", view.min_fatalities) or 0), 0), MAX_FATALITIES),
        border_km=min(max(int(held("f_km", view.border_km) or 0), 0), MAX_KM),
        salience=held("f_salience") or view.salience,
        q=held("f_q", view.q) or "",
    ))


def _set_types(types: tuple[str, ...]) -> None:
    now = layout.current()
    _show(now.view.with_changes(now.release.facts, types=types))


def period_buttons() -> None:
    """Buttons for the last days of the release, where a comparison with the time before makes sense."""
    with st.container(horizontal=True, gap="small"):
        for label, name in PERIOD_NAMES.items():
            st.button(name, key=f"period_{label}", on_click=show_period, args=(label,))


def _period_changed() -> None:
    show_period(synced.held("f_period"))


def show_period(label: str | None) -> None:
    """Callback: shows the last days of the release that `label` names (see `PERIODS`), else the whole release."""
    now = layout.current()
    facts = now.release.facts
    span = _last(PERIODS[label], facts) if label and label in PERIODS else (facts.date_from, facts.date_to)
    _show(now.view.with_changes(facts, date_from=span[0], date_to=span[1]))


def _last(days: int, facts: Facts) -> tuple[dt.date, dt.date]:
    return max(facts.date_to - dt.timedelta(days=days - 1), facts.date_from), facts.date_to


def _release_changed() -> None:
    """Callback: the same filters on another release, whole periods and all types becoming whole and all again."""
    now = layout.current()
    view, old = now.view, now.release.facts
    try:
        new = releases.load(synced.held("f_release")).facts
    except releases.ReleaseFault:  # the run that follows says so
        return
    query = {**view.to_query(), "release": [new.release]}
    if view.date_from == old.date_from or view.date_from < new.date_from:
        query["from"] = [new.date_from.isoformat()]
    if view.date_to == old.date_to or view.date_to > new.date_to:
        query["to"] = [new.date_to.isoformat()]
    if view.types == old.types:
        query["types"] = list(new.types)
    _show(View.from_query(query, new)[0])
