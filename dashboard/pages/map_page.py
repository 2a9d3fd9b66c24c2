"""Map: where things happened, as precisely as the articles say and no more."""

from __future__ import annotations

import streamlit as st

from dashboard import geometry, layout, legend, located, map_summary, queries
from dashboard import map as maps
from dashboard.event_table import event_table
from dashboard.geometry import Bounds
from dashboard.layout import Current
from dashboard.located import Located
from etl import names

HEIGHT = 620  # pixels
BORDER: Bounds = (60.8, 28.9, 75.2, 37.4)
REGION: Bounds = (60.0, 23.4, 78.0, 38.6)
MEASURES = {"fatalities": "Persons killed", "events": "Events"}
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
    events = queries.events(now.view, now.release)
    found = located.locate(events)
    table = map_summary.as_table(found, geometry.boundaries())
    layout.heading("Map", "Where things happened: at a place, or as a shaded district or province where no more is "
                   "known.", table, "map")
    if events.empty:
        layout.empty()
        return
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        measure = layout.choose("measure", "Size and shade show", MEASURES)
        bounds = _focus(now)
    words = map_summary.in_words(found, geometry.boundaries())
    left, right = st.columns([7, 3], gap="medium")
    with left:
        _draw(found, measure, bounds, words)
        st.caption("Drag to move; turn the wheel or pinch to zoom. Point at a disc or an area for its numbers; click "
                   "it to list its events below.")
        st.caption(layout.plain(NOTE))
    with right:
        st.text(words)
        shown = _types(found)
        st.image(legend.legend(shown, measure, layout.theme()), width=legend.WIDTH, alt=legend.in_words(shown, measure))
    st.caption(layout.plain(ATTRIBUTION))
    _listed(found)
    layout.behind(words, table, "map-table", "The map as a table")


def _types(found: Located) -> list[str]:
    """The event types of the discs, in the order of the codebook."""
    held = set(found.places["event_type"])
    return [name for name in names.type_labels() if name in held]


def _focus(now: Current) -> Bounds:
    """The part of the map to show: what the address asks for, else the provinces in the filters, else the border."""
    gates = geometry.crossings()
    main = gates[gates["kind"].str.startswith(maps.MAIN_CROSSING)]
    known = {"border": "Whole border", "region": "Pakistan and Afghanistan"}
    known.update(zip(main["crossing_id"], main["name"], strict=True))
    key = "focus"
    wanted = now.options["focus"] if now.options["focus"] in known else "border"
    st.session_state[key] = wanted
    st.selectbox("Show", list(known), key=key, format_func=lambda name: known[name], width=240,
                 on_change=lambda: layout.set_option("focus", str(st.session_state[key])))
    if wanted == "region":
        return REGION
    if wanted in set(main["crossing_id"]):
        gate = main[main["crossing_id"] == wanted].iloc[0]
        return gate["longitude"] - 0.9, gate["latitude"] - 0.7, gate["longitude"] + 0.9, gate["latitude"] + 0.7
    provinces = geometry.bounds_of(now.view.provinces) if now.view.provinces else None
    return provinces or BORDER


def _draw(found: Located, measure: str, bounds: Bounds, words: str) -> None:
    theme = layout.theme()
    shapes = geometry.boundaries()
    districts, provinces = located.sums(found.districts), located.sums(found.provinces)
    points = maps.discs(located.sums(found.places), measure, theme)
    under, over, top = maps.base_layers(shapes, geometry.crossings(), bounds, theme)
    area_layers, point_layers = maps.event_layers(
        maps.shaded(districts, shapes.districts, "district", measure, theme),
        maps.shaded(provinces, shapes.provinces, "province", measure, theme),
        points, maps.counts_in(districts, shapes.districts), bounds, theme,
    )
    deck = maps.deck([*under, *area_layers, *over, *point_layers, *top], bounds, theme)
    st.pydeck_chart(deck, height=HEIGHT, key="map", on_select=_picked, alt=f"Map. {words}")
    if len(points) == maps.ROW_LIMIT:
        st.warning("There are more places than the map can draw at once; the smallest are left out. "
                   "Narrow the filters.",
                   icon=":material/filter_alt:")


def _picked() -> None:
    chosen = [item for items in st.session_state["map"]["selection"]["objects"].values() for item in items]
    st.session_state["map_area"] = next((item["area"] for item in chosen if "area" in item), None)


def _listed(found: Located) -> None:
    """The events of one place or area, chosen on the map or by name."""
    spots = map_summary.spots(found, geometry.boundaries())
    if not spots:
        return
    if st.session_state.get("map_area") not in spots:
        st.session_state["map_area"] = None
    chosen = st.selectbox("Events of a place or area", list(spots), key="map_area",
                          placeholder="Choose one here or on the map", format_func=lambda key: spots[key].label)
    if chosen is not None:
        shown = event_table(spots[chosen].events)
        layout.event_list(shown, "map-events")
        layout.download(shown, "map-events", "CSV of this table")


page()
