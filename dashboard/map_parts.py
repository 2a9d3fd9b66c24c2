"""What the page of the map shows for one View: the deck, its words, table, legend, and the way to the events."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pydeck as pdk

from dashboard import crossing_states, geometry, legend, located, map_areas, map_summary, queries, queries_map
from dashboard import map as maps
from dashboard.geometry import Bounds
from dashboard.layout import Current
from dashboard.located import Located
from dashboard.map_classes import Classes, classes
from dashboard.map_marks import NEAR, ROW_LIMIT, column_of, marks
from dashboard.map_summary import Spot
from dashboard.palette import Theme
from dashboard.releases import Release
from dashboard.view import View
from etl import names

LEGEND_WIDTH = legend.WIDTH
MANY = 150  # places: more of them are drawn as hexagons, unless the reader wants each
@dataclass(frozen=True)
class Scene:
    """One picture of the map: `view` is what it shows, `spots` are what can be clicked, `cut` whether some are left
    out, `legend` pictures with their words."""

    view: View
    deck: pdk.Deck
    words: str
    table: pd.DataFrame
    spots: dict[str, Spot]
    legend: list[tuple[str, str]]
    cut: bool


def found(view: View, release: Release) -> Located:
    """The events in view by where they can be drawn (kept for a while: not to be changed)."""
    return release.made.get(("located", view), lambda: located.locate(queries_map.locations(view, release)))


def table(view: View, release: Release) -> pd.DataFrame:
    """The map of `view` as a table, see `map_summary.as_table` (kept for a while: not to be changed)."""
    return release.made.get(("map as a table", view),
                            lambda: map_summary.as_table(found(view, release), geometry.boundaries()))


def newest(view: View, release: Release) -> str:
    """The first day of the newest event in view (ISO 8601); nothing where there is none."""
    rows = queries.events(view, release, (1, 0))
    return str(pd.Timestamp(rows["date_start"].iloc[0]).date()) if len(rows) else ""


def events_of(scene: Scene, release: Release, spot: Spot) -> pd.DataFrame:
    """The newest events of a place or area of the map; the columns of the events table."""
    return queries_map.events_at(scene.view, release, spot.locations)


def style(wanted: str, places: int) -> str:
    """How places are drawn: as the reader wants, else as hexagons where there are more than `MANY`."""
    return wanted if wanted != "auto" else "hexagons" if places > MANY else "places"


def scene(now: Current, view: View, bounds: Bounds, theme: Theme) -> Scene:
    """The picture of `view`, which is that of `now` or a step through it, on the part `bounds` of the map."""
    shapes, here = geometry.boundaries(), found(view, now.release)
    whole = here if view == now.view else found(now.view, now.release)
    measure = now.options["measure"]
    kind = style(now.options["marks"], whole.places["area_id"].nunique())
    apart = bounds[2] - bounds[0] < NEAR  # room for each type of a place
    scale = maps.pixels_per_degree(bounds)
    states = crossing_states.on_day(crossing_states.history(view, now.release), view.date_to)
    gates = maps.gates_of(geometry.crossings(), states, view.date_to)
    points: list[dict] = []
    filled: list[dict] = []
    numbers: list[dict] = []
    shades: Classes | None = None
    called: dict[str, str] | None = None
    shown = here
    if kind == "places":
        points = marks(located.sums(here.places, by_type=apart), measure, scale,
                       [gate for gate in gates if gate["icon"] != "state-unknown"])
    elif kind == "districts":
        shown = located.as_districts(here)
        shades = _shades((shown if whole is here else located.as_districts(whole)).districts, measure)
        filled, numbers = map_areas.choropleth(located.sums(shown.districts), shapes.districts, measure, shades, theme)
    else:
        size = map_areas.hexagon_size(scale)
        cells = map_areas.binned(here.places, size)
        shown = Located(cells, here.districts, here.provinces, here.left_out)
        shades = _shades(cells if whole is here else map_areas.binned(whole.places, size), measure)
        called = map_areas.hexagon_names(cells)
        filled, numbers = map_areas.hexagons(located.sums(cells), called, size, measure, shades, theme)
    outlines: list[dict] = []
    hatching: list[dict] = []
    labels: list[dict] = []
    for level, rows, areas in (("province", shown.provinces, shapes.provinces),
                               ("district", shown.districts, shapes.districts)):
        if level == "province" or kind != "districts":
            for all_of, some in zip((outlines, hatching, labels),
                                    map_areas.imprecise(located.sums(rows), areas, level, bounds), strict=True):
                all_of.extend(some)
    under, over = maps.base_layers(shapes, bounds, theme)
    below, above = maps.area_layers(maps.Drawn(filled, numbers, outlines, hatching, labels), theme)
    layers = [*under, *below, *over, *above, *maps.gate_names(gates, theme), *maps.scale_layers(bounds, theme),
              *maps.mark_layers(points, gates, bounds, theme)]
    spots = map_summary.spots(shown, shapes, kind, called)
    words = " ".join([map_summary.in_words(here, spots, kind == "districts"),
                      map_summary.gates_in_words(states, view.date_to)])
    held = {mark["icon"] for mark in points}
    types = [name for name in names.type_labels() if name in held]
    said = legend.in_words(types, measure, kind)
    pictures = [*([legend.signs(types, measure, apart, theme)] if types else []),
                *([legend.sizes(measure, theme)] if kind == "places" else []),
                *([legend.shades(shades, measure, theme)] if shades else []), legend.lines(view.date_to, theme)]
    return Scene(view, maps.deck(layers, bounds, theme), words, table(view, now.release), spots,
                 [(picture, said if i == 0 else "Legend, continued") for i, picture in enumerate(pictures)],
                 len(points) == ROW_LIMIT)


def _shades(rows: pd.DataFrame, measure: str) -> Classes:
    """Classes for the whole period, so that a colour means the same at each step through it."""
    totals = rows.groupby("area_id")[column_of(measure)].sum()
    return classes(float(totals.max()) if len(totals) else 1.0)
