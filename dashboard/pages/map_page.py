"""Map: where things happened, as precisely as the articles say and no more."""

from __future__ import annotations

import time

import streamlit as st

from dashboard import geometry, layout, map_parts, map_time, synced
from dashboard import map as maps
from dashboard.event_list import event_list
from dashboard.event_table import event_table
from dashboard.geometry import Bounds
from dashboard.layout import Current
from dashboard.map_parts import Scene
from dashboard.map_summary import Spot
from dashboard.view import View

HEIGHT = 640  # pixels
TICK = 1.6  # seconds that a step is shown while time plays
TABLE = 1_000  # rows of the map as a table
READ = 8  # events that are told beside the map; all of a place stand in the table below
BORDER: Bounds = (60.8, 28.9, 75.2, 37.4)
REGION: Bounds = (60.0, 23.4, 78.0, 38.6)
MEASURES = {"fatalities": "Persons killed", "events": "Events"}
MARKS = {"auto": "Automatic", "places": "Places", "hexagons": "Hexagons", "districts": "Districts"}
STEPS = {"whole": "Whole period", "month": "Months", "week": "Weeks", "day": "Days"}
UNTIL = {"step": "This step alone", "cumulative": "All up to it"}
PLAYING, AT, MOVED, TICKED = "map_playing", "map_at", "map_moved", "map_ticked"  # keys of the session
ATTRIBUTION = (
    "Boundaries: districts of Pakistan © OpenStreetMap contributors, ODbL 1.0 (openstreetmap.org/copyright), as of the "
    "2023 census; districts of Afghanistan courtesy of geoBoundaries.org (Runfola et al. 2020, PLoS ONE 15(4): "
    "e0231866), as of 2014; their names and the border: OCHA Common Operational Datasets (COD-AB), Afghanistan, CC "
    "BY-IGO; AGCHO, as of 2021. Places: contains GeoNames data (geonames.org), CC BY 4.0; data from Who’s On First. "
    "Neighbouring countries: made with Natural Earth. Simplified for display; see data/reference/SOURCES.md."
)
NOTE = (
    "Boundaries and names imply no endorsement. The dashed Durand Line is drawn as the de facto border; "
    "Afghanistan does not recognise it. Azad Kashmir and Gilgit-Baltistan appear as administered; their status "
    "is disputed."
)


def page() -> None:
    """Draws the page."""
    now = layout.current()
    st.session_state[MOVED] = False  # this run is of the whole page
    steps = map_time.periods(now.view, now.options["step"])
    too_many = len(steps) > map_time.MOST
    if too_many:
        steps = []
    at = map_time.step_at(steps, now.options["at"] or map_parts.newest(now.view, now.release)) if steps else 0
    if not st.session_state.get(PLAYING):
        st.session_state[AT] = at
    shown = _view(now, steps, at)
    table = map_parts.table(shown, now.release)
    layout.heading("Map", "Where things happened: at a place, or as a hatched district or province where no more is "
                   "known.", table, "map", on_share=(lambda: _shared(steps)) if steps else None)
    if table.empty and not map_parts.newest(now.view, now.release):
        layout.empty()
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        layout.choose("marks", "Draw", MARKS)
        layout.choose("measure", "Size and colour show", MEASURES)
        bounds = _focus(now)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        layout.choose("step", "Step through time", STEPS)
        if steps:
            layout.choose("until", "A step shows", UNTIL)
    if too_many:
        st.warning(f"These are more than {map_time.MOST} steps. Choose longer ones, or fewer days in the sidebar.",
                   icon=":material/filter_alt:")
    every = TICK if steps and st.session_state.get(PLAYING) else None
    st.fragment(_shown, run_every=every)(now, steps, bounds)
    st.caption(layout.plain(NOTE))
    st.caption(layout.plain(ATTRIBUTION))


def _view(now: Current, steps: list[map_time.Period], at: int) -> View:
    return map_time.during(now.view, steps[at], now.options["until"] == "cumulative") if steps else now.view


def _focus(now: Current) -> Bounds:
    """The part of the map to show: what the address asks for, else the provinces in the filters, else the border."""
    gates = geometry.crossings()
    main = gates[gates["kind"].str.startswith(maps.MAIN_CROSSING)]
    whole = "Provinces in the filters" if now.view.provinces else "Whole border"
    known = {"border": whole, "region": "Pakistan and Afghanistan"}
    known.update(zip(main["crossing_id"], main["name"], strict=True))
    wanted = now.options["focus"] if now.options["focus"] in known else "border"
    key = synced.put("map_focus", wanted)
    st.selectbox("Show", list(known), key=key, format_func=lambda name: known[name], width=220,
                 on_change=synced.unless_old(key, lambda: layout.set_option("focus", synced.held("map_focus", wanted))))
    if wanted == "region":
        return REGION
    if wanted in set(main["crossing_id"]):
        gate = main[main["crossing_id"] == wanted].iloc[0]
        return gate["longitude"] - 0.9, gate["latitude"] - 0.7, gate["longitude"] + 0.9, gate["latitude"] + 0.7
    provinces = geometry.bounds_of(now.view.provinces) if now.view.provinces else None
    return provinces or BORDER


def _shown(now: Current, steps: list[map_time.Period], bounds: Bounds) -> None:
    """The part that is drawn anew at each step through time: slider, map, words, legend and the events chosen."""
    if st.session_state.pop(MOVED, False):  # what is around this part follows: the link, the table to download
        st.rerun()
    at = _time(steps) if steps else 0
    shown = _view(now, steps, at)
    scene = layout.made("scene", lambda: map_parts.scene(now, shown, bounds, layout.theme()), shown, bounds)
    left, right = st.columns([7, 3], gap="medium")
    with left:
        st.pydeck_chart(scene.deck, height=HEIGHT, key="map", on_select=_picked, alt=f"Map. {scene.words}")
        st.caption("Drag to move; turn the wheel or pinch to zoom (with the keyboard: arrows, plus, minus). Point at a "
                   "mark for its numbers; click it to read its events.")
        if scene.cut:
            st.warning("There are more places than the map can draw one by one; the smallest are left out. Draw "
                       "hexagons, or narrow the filters.", icon=":material/filter_alt:")
    with right:
        spot = _chosen(now, scene)
        if spot:
            _read(now, scene, spot)
        else:
            st.text(scene.words)
    with st.container(horizontal=True, gap="small"):
        for picture, words in scene.legend:
            st.image(picture, width=map_parts.LEGEND_WIDTH, alt=words)
    if spot:
        events = map_parts.events_of(scene, now.release, spot)
        st.markdown(f"**{layout.plain(spot.label)}**" + (f", the newest {len(events)}" if len(events) < spot.n_events
                                                       else ""))
        listed = event_table(events)
        event_list(listed, "map-events")
        layout.download(listed, "map-events", "CSV of this table")
    table, words = scene.table, scene.words
    if len(table) > TABLE:
        words += (f" The table here holds the {TABLE:,} of {len(table):,} rows with most events; the CSV under "
                  "Download holds all.")
        table = table.sort_values("n_events", ascending=False, kind="stable").head(TABLE)
    layout.behind(words, table, "map-table", "The map as a table")


def _time(steps: list[map_time.Period]) -> int:
    """Buttons and slider to go through time; the number of the step shown."""
    last = len(steps) - 1
    at = min(st.session_state[AT], last)
    if st.session_state.get(PLAYING):
        ticked = st.session_state.get(TICKED, 0.0)
        if time.monotonic() - ticked > TICK * 0.8:
            at = min(at + 1, last) if ticked else at
            st.session_state[AT], st.session_state[TICKED] = at, time.monotonic()
        if at == last:
            _stop(steps)
            st.rerun()
    playing = bool(st.session_state.get(PLAYING))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.button("Back", icon=":material/skip_previous:", on_click=_go, args=(steps, at - 1), disabled=at == 0)
        st.button("Pause" if playing else "Play", icon=f":material/{'pause' if playing else 'play_arrow'}:",
                  on_click=_stop if playing else _play, args=(steps,), key="map_play", type="primary")
        st.button("Next", icon=":material/skip_next:", on_click=_go, args=(steps, at + 1), disabled=at == last)
        if playing:  # a slider's value in the browser would lag behind, and stop the play
            st.progress(at / last, text=map_time.label(steps[at]), width="stretch")
            return at
        key = synced.put("map_slider", at)
        st.select_slider("Shown", range(len(steps)), key=key, width="stretch",
                         on_change=synced.unless_old(key, lambda: _go(steps, int(synced.held("map_slider", at)))),
                         format_func=lambda i: map_time.label(steps[i]), label_visibility="collapsed")
    return at


def _go(steps: list[map_time.Period], at: int) -> None:
    """Callback: shows a step, and puts it into the address."""
    at = min(max(at, 0), len(steps) - 1)
    st.session_state.update({PLAYING: False, AT: at, MOVED: True})
    layout.set_option("at", steps[at][0].isoformat())


def _play(steps: list[map_time.Period]) -> None:
    """Callback: begins to play, from the first step when the last one is shown."""
    at = st.session_state[AT]
    st.session_state.update({PLAYING: True, AT: 0 if at >= len(steps) - 1 else at, TICKED: 0.0, MOVED: True})


def _stop(steps: list[map_time.Period]) -> None:
    _go(steps, st.session_state[AT])


def _shared(steps: list[map_time.Period]) -> None:
    """Callback: what is shared is the step that is seen, so the play ends there."""
    if st.session_state.get(PLAYING):
        _stop(steps)


def _picked() -> None:
    chosen = [item for items in st.session_state["map"]["selection"]["objects"].values() for item in items]
    _choose(next((str(item["area"]) for item in chosen if "area" in item), ""))


def _choose(area: str) -> None:
    """Callback: reads the events of a place or area, which the address names from now on."""
    layout.set_option("area", area)
    st.session_state[MOVED] = True


def _chosen(now: Current, scene: Scene) -> Spot | None:
    """The place or area whose events are read, chosen on the map or by name."""
    if not scene.spots:
        return None
    area = now.options["area"] if now.options["area"] in scene.spots else None
    key = synced.put("map_area", area)
    st.selectbox("Read the events of", list(scene.spots), key=key, placeholder="Choose a place, or click it",
                 format_func=lambda one: scene.spots[one].label if one in scene.spots else one,
                 on_change=synced.unless_old(key, lambda: _choose(synced.held("map_area") or "")))
    if now.options["area"] and area is None:
        st.caption("The place of the address has no events here.")
    return scene.spots[area] if area is not None else None


def _read(now: Current, scene: Scene, spot: Spot) -> None:
    """The newest events of a place with their evidence."""
    events = event_table(map_parts.events_of(scene, now.release, spot).head(READ))
    with st.container(height=HEIGHT - 90, border=True):
        for row in layout.rows(events):
            st.markdown(f"**{layout.plain(row['When'])}** · {layout.plain(row['Event type'])}")
            st.caption(layout.plain(" · ".join(part for part in (row["Who"], row["Toll"]) if part)))
            st.text(f"“{row['Evidence']}”")
            layout.page_link(layout.EVENT, "Open the event", id=row["event_id"])
        if spot.n_events > READ:
            st.caption(f"The newest {READ} of {spot.n_events:,}; more in the table below.")


page()
