"""The map: pydeck layers from DataFrames, without a basemap, so that no other host is asked for anything."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd
import pydeck as pdk
from pydeck.bindings.json_tools import default_serialize
from shapely.geometry.base import BaseGeometry

from dashboard import map_files
from dashboard.charts import rows_of
from dashboard.crossing_states import HOLD
from dashboard.geometry import Boundaries, Bounds, Line
from dashboard.map_marks import CLOSE, NEAR, inert, labels, leaders
from dashboard.map_symbols import atlas, icon_size
from dashboard.palette import Theme, sign
from etl.wording import day

FONT = '"Source Sans", "Source Sans Pro", Arial, sans-serif'
MAIN_CROSSING = "trade and"  # begin of the kind of crossings whose names are written on the map
NARROWEST, LOWEST = 350, 640  # pixels: width and height of a small map, on which the scale can be seen
KM_PER_DEGREE = 111.32  # of latitude
SCALES = (2, 5, 10, 20, 50, 100, 200, 500)  # kilometres

Atlas = tuple[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Drawn:
    """Records of the areas to draw: `filled` ones and their `numbers`; `outlines`, `hatching` and `labels` of those
    known only as areas (see `dashboard.map_areas`)."""

    filled: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    outlines: list[dict[str, Any]] = field(default_factory=list)
    hatching: list[dict[str, Any]] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)


def _lines(lines: list[Line] | str, layer_id: str, colour: list[int], width: float, **options: Any) -> pdk.Layer:
    """Lines, or the address of a file that holds them as records with a ``path``."""
    records = lines if isinstance(lines, str) else [{"path": line} for line in lines]
    return pdk.Layer("PathLayer", records, id=layer_id, get_path="path", get_color=colour, get_width=width,
                     width_units=pdk.types.String("pixels"), joint_rounded=True, **options)


def _words(records: list[dict[str, Any]], layer_id: str, size: int, colour: list[int] | str,
           **options: Any) -> pdk.Layer:
    return pdk.Layer("TextLayer", records, id=layer_id, get_position="position", get_text="text", get_size=size,
                     get_color=colour, font_family=pdk.types.String(FONT), character_set=pdk.types.String("auto"),
                     font_settings={"fontSize": 48, "smoothing": 0.2}, **options)


def _names(records: list[dict[str, Any]], layer_id: str, size: int, colour: list[int] | str, priority: int | str,
           **options: Any) -> pdk.Layer:
    """Names of which one that would cover another of higher `priority` is left out until there is room."""
    return _words(records, layer_id, size, colour, extensions=[{"@@type": "CollisionFilterExtension"}],
                  collision_group=pdk.types.String("names"), get_collision_priority=priority,
                  collision_test_props={"sizeScale": 1.6}, **options)


def base_layers(shapes: Boundaries, bounds: Bounds, theme: Theme = "light") -> tuple[list[pdk.Layer], list[pdk.Layer]]:
    """Layers that lie under everything, and over the areas.

    Land; boundaries, the dashed Durand Line and names of countries and provinces (and, where `bounds` are narrower than
    `CLOSE` degrees, of districts).
    """
    def rgb(key: str) -> list[int]:
        return sign("map", key, theme).rgb

    under = [pdk.Layer("SolidPolygonLayer", map_files.address(f"{land}.json"), id=land, get_polygon="polygon",
                       get_fill_color=rgb(land)) for land in map_files.LANDS]
    countries = [_named_area(row.geometry, str(row.name).upper()) for row in rows_of(shapes.countries)]
    provinces = [_named_area(row.geometry, str(row.name)) for row in rows_of(shapes.provinces)]
    west, south, east, north = bounds
    near = [record for row in rows_of(shapes.districts) if (record := _named_area(row.geometry, str(row.name)))
            and west <= record["position"][0] <= east
            and south <= record["position"][1] <= north] if east - west < CLOSE else []
    over = [
        _lines(map_files.address("district_lines.json"), "districts", rgb("district_line"), 0.6),
        _lines(map_files.address("province_lines.json"), "provinces", rgb("province_line"), 1.1),
        _lines(map_files.address("country_lines.json"), "countries", rgb("country_line"), 1.6),
        _lines(map_files.address("durand_line.json"), "durand-line", rgb("durand_line"), 2.2, get_dash_array=[5, 3],
               extensions=[{"@@type": "PathStyleExtension", "dashMode": "path"}]),
        # A layer of no words draws an empty picture, which the browser warns of.
        *([_names(near, "district-names", 12, rgb("label"), 0)] if near else []),
        _names(provinces, "province-names", 12, rgb("province_label"), 1),
        _names(countries, "country-names", 14, rgb("label"), 2),
    ]
    return under, over


@lru_cache(maxsize=2_000)
def _named_area(geometry: BaseGeometry, text: str) -> dict[str, Any]:
    inside = geometry.representative_point()
    return {"position": [round(inside.x, 2), round(inside.y, 2)], "text": text}


def pixels_per_degree(bounds: Bounds) -> float:
    """The scale of the map as it opens on `bounds`: pixels for a degree of longitude."""
    return 512 * 2 ** view_state(bounds).zoom / 360


def view_state(bounds: Bounds, width: int = 600, height: int = 560) -> pdk.ViewState:
    """The view that shows `bounds` (west, south, east, north) in a window of `width` by `height` pixels."""
    west, south, east, north = bounds

    def mercator(latitude: float) -> float:
        return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))

    across = max(east - west, 0.2)
    down = max(mercator(north) - mercator(south), 0.2)
    scale = min(width / across, height / down) * 360 / 512
    return pdk.ViewState(longitude=(west + east) / 2, latitude=(south + north) / 2,
                         zoom=math.floor(100 * min(max(math.log2(scale), 3.5), 11.0)) / 100, min_zoom=3.5, max_zoom=13)


class CompactDeck(pdk.Deck):
    """A deck whose JSON has no line breaks and blanks: a fifth of the size that goes to the browser."""

    def to_json(self) -> str:
        """The deck as JSON on one line."""
        return json.dumps(self, sort_keys=True, default=default_serialize, separators=(",", ":"), ensure_ascii=False)


def deck(layers: list[pdk.Layer], bounds: Bounds, theme: Theme = "light") -> pdk.Deck:
    """The deck of `layers`.

    There is no basemap: `map_provider` is None and `map_style` stays unset. Setting the style to None would make
    Streamlit choose one of Carto's and ask its host for tiles.
    """
    back, text = ("#FFFFFF", "#111827") if theme == "light" else ("#1F2937", "#F9FAFB")
    return CompactDeck(
        layers=layers, map_provider=None, initial_view_state=view_state(bounds),
        views=[pdk.View(type="MapView", controller=True)],
        tooltip={"text": "{tip}", "style": {"backgroundColor": back, "color": text, "fontSize": "13px",
                                            "border": "1px solid #94A3B8", "borderRadius": "6px",
                                            "whiteSpace": "pre-line",
                                            # Below the pointer and centred on it: the map cuts off what leaves it.
                                            "maxWidth": "240px", "marginLeft": "-120px", "marginTop": "12px"}},
    )


def _polygons(records: list[dict[str, Any]], layer_id: str, fill: list[int] | str, edge: list[int],
              width: float) -> list[pdk.Layer]:
    """Two layers: areas that can be clicked, and their edges."""
    edges: list[Line] = [ring for record in records for ring in record["polygon"]]
    return [pdk.Layer("SolidPolygonLayer", records, id=layer_id, get_polygon="polygon", get_fill_color=fill,
                      pickable=True), _lines(edges, f"{layer_id}-edges", edge, width)]


def _icons(records: list[dict[str, Any]], layer_id: str, atlas: Atlas, **options: Any) -> pdk.Layer:
    return pdk.Layer("IconLayer", records, id=layer_id, icon_atlas=pdk.types.String(atlas[0]), icon_mapping=atlas[1],
                     get_icon="icon", get_size="size", get_position="position", size_units=pdk.types.String("pixels"),
                     **options)


def area_layers(drawn: Drawn, theme: Theme = "light") -> tuple[list[pdk.Layer], list[pdk.Layer]]:
    """Layers of areas that lie below the boundaries, and their numbers, which lie above them."""
    look, ground = sign("map", "area", theme).rgb, sign("map", "land", theme).rgb
    below, above = [], []
    for level in ("province", "district"):
        outlines = [row for row in drawn.outlines if row["area"].startswith(level)]
        if outlines:
            below += _polygons(outlines, f"{level}-areas", [*look, 22], [*look, 210], 1.4)
    if drawn.hatching:
        below.append(pdk.Layer("PathLayer", drawn.hatching, id="hatching", get_path="path", get_width=1,
                               get_color=[*look, 150], width_units=pdk.types.String("pixels")))
    if drawn.filled:
        below += _polygons(drawn.filled, "filled-areas", "colour", [*ground, 255], 1)
    if drawn.numbers:
        above.append(_names(drawn.numbers, "area-numbers", 12, "colour", "priority", font_weight=700))
    if drawn.labels:
        above.append(_words(drawn.labels, "area-counts", 12, sign("map", "area_label", theme).rgb, font_weight=700,
                            get_pixel_offset="offset",
                            background=True, background_padding=[3, 1], get_background_color=[*ground, 200]))
    return below, above


def mark_layers(found: list[dict[str, Any]], gates: list[dict[str, Any]], bounds: Bounds,
                theme: Theme = "light") -> list[pdk.Layer]:
    """Layers of marks (`dashboard.map_marks.marks`) with the lines to their places, and of crossings (`gates`)."""
    pictures = (map_files.address(f"signs-{theme}.png"), {
        name: where for name, where in atlas(theme)[1].items()
        if name.startswith(("state-", "leader-")) or name in {mark["icon"] for mark in found}})
    ink = sign("map", "label", theme).rgb
    moved = leaders(found)
    layers = []
    if moved:
        layers += [
            _icons(moved, "leaders", pictures, get_angle="angle", get_color=[*ink, 230], alpha_cutoff=0),
            pdk.Layer("ScatterplotLayer", moved, id="true-places", get_position="position", get_radius=1.8,
                      radius_units=pdk.types.String("pixels"), get_fill_color=[*ink, 255]),
        ]
    layers.append(_icons(gates, "crossings", pictures, pickable=True))
    if found:
        layers.append(_icons(found, "places", pictures, get_pixel_offset="offset", pickable=True))
    named = labels(found, pixels_per_degree(bounds), bounds[2] - bounds[0] < NEAR, named_gates(gates))
    if named:
        layers.append(_words(named, "place-names", 11, ink, get_pixel_offset="offset", font_weight=600,
                             background=True, background_padding=[2, 0],
                             get_background_color=[*sign("map", "land", theme).rgb, 150]))
    return layers


def scale_bar(bounds: Bounds) -> tuple[Line, str]:
    """A line of a round length in the lower left part of the map as it opens, and that length in words.

    It lies on the map itself, so it keeps its length in kilometres however near the map is.
    """
    view, scale = view_state(bounds), pixels_per_degree(bounds)
    shrink = math.cos(math.radians(view.latitude))
    start = view.longitude - NARROWEST * 0.45 / scale
    latitude = view.latitude - LOWEST * 0.45 / scale * shrink
    per_degree = KM_PER_DEGREE * math.cos(math.radians(latitude))
    room = 110 / scale * per_degree
    km = max(step for step in SCALES if step <= max(room, SCALES[0]))
    end, tick = start + km / per_degree, 5 / scale * shrink
    line = [[start, latitude + tick], [start, latitude], [end, latitude], [end, latitude + tick]]
    return [[round(x, 4), round(y, 4)] for x, y in line], f"{km} km"


def scale_layers(bounds: Bounds, theme: Theme = "light") -> list[pdk.Layer]:
    """The layers of `scale_bar`."""
    line, words = scale_bar(bounds)
    ink = sign("map", "label", theme).rgb
    label = {"position": [(line[1][0] + line[2][0]) / 2, line[1][1]], "text": words}
    return [_lines([line], "scale", ink, 1.6),
            _words([label], "scale-words", 12, ink, get_pixel_offset=[0, -10], background=True,
                   background_padding=[3, 0], get_background_color=[*sign("map", "land", theme).rgb, 190])]


def gates_of(crossings: pd.DataFrame, states: dict[str, tuple[str, dt.date]], on: dt.date) -> list[dict[str, Any]]:
    """Records of crossings with their `states` on the day `on` (see `crossing_states.on_day`): picture, tip, name."""
    found = []
    for row in rows_of(crossings):
        state, since = states.get(row.name, ("unknown", None))
        main = row.kind.startswith(MAIN_CROSSING)
        told = f"{state}, as reported on {day(since)}" if since else f"no report in the {HOLD} days before"
        lines = [f"{row.name}: border crossing ({row.kind})", f"On {day(on)}: {told}"]
        lines += [f"Position: {row.verified}"] if row.verified else []
        found.append({
            "position": [row.longitude, row.latitude], "icon": f"state-{state}", "main": main,
            "size": icon_size((7.0 if main else 6.0) if since else (5.5 if main else 4.0)),
            "text": row.name + (f": {state}" if since else ""),
            "tip": inert("\n".join([*lines, *([row.note] if row.note else [])])),
        })
    return found


def named_gates(gates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The main crossings and those whose state is known: their names stand on the map."""
    return [gate for gate in gates if gate["main"] or gate["icon"] != "state-unknown"]


def gate_names(gates: list[dict[str, Any]], theme: Theme = "light") -> list[pdk.Layer]:
    """Names of crossings (see `named_gates`), on the western side, where fewer marks lie."""
    named = [{"position": gate["position"], "text": gate["text"]} for gate in named_gates(gates)]
    if not named:
        return []
    return [_words(named, "crossing-names", 11, sign("map", "durand_line", theme).rgb, font_weight=600,
                   get_text_anchor=pdk.types.String("end"), get_pixel_offset=[-9, 0], background=True,
                   background_padding=[3, 1], get_background_color=[*sign("map", "land", theme).rgb, 190])]
