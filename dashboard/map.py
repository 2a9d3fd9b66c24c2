"""The map: pydeck layers from DataFrames, without a basemap, so that no other host is asked for anything."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd
import pydeck as pdk
from pydeck.bindings.json_tools import default_serialize

from dashboard.charts import counted, number, rows_of, span
from dashboard.geometry import HOME, Boundaries, Bounds, polygons_of
from dashboard.palette import Theme, sign
from etl.names import type_label

FONT = '"Source Sans", "Source Sans Pro", Arial, sans-serif'
SMALLEST, LARGEST = 6.0, 40.0  # pixels: radius of the smallest and the largest disc
PER_ROOT = {"fatalities": 2.6, "events": 4.5}  # pixels of radius for the square root of one person or event
RINGS = 3  # event types that a disc tells apart
ROW_LIMIT = 3000  # discs: beyond this the message to the browser grows too large
TYPES_IN_TIP = 5
CODE_RADIUS = 9.0  # pixels: on smaller discs a code cannot be read
MAIN_CROSSING = "trade and"  # begin of the kind of crossings whose names are written on the map
NEAR = 6.0  # degrees: on a map narrower than this there is room for the names of districts
AREA_ALPHA = {"district": (70, 175), "province": (28, 80)}


def inert(text: object) -> str:
    """Text as deck.gl's JSON may hold it: what begins with @@ would be read as an expression, so it gets a blank."""
    shown = str(text) if isinstance(text, str) else ""
    return f" {shown}" if shown.lstrip().startswith("@@") else shown


def radius(value: float, measure: str = "fatalities") -> float:
    """Radius of a disc in pixels: its area grows with `value` (persons killed, or events), within limits."""
    return round(min(max(SMALLEST, PER_ROOT[measure] * math.sqrt(max(value, 0.0))), LARGEST), 1)


def tip(where: str, row: Any) -> str:
    """What the pointer shows over a place or an area: plain lines, never HTML."""
    kinds = [f"{type_label(name)}: {number(n)}" for name, n in row.types[:TYPES_IN_TIP]]
    if len(row.types) > TYPES_IN_TIP:
        kinds.append(f"other types: {number(sum(n for _, n in row.types[TYPES_IN_TIP:]))}")
    killed = f"{number(row.killed_best)} killed (low {number(row.killed_low)}, high {number(row.killed_high)})"
    return "\n".join([inert(where), f"{counted(row.n_events, 'event')}, {killed}", *kinds, span(row.first, row.last)])


def place_name(row: Any) -> str:
    """A place with its district or province: ``Torkham, Khyber``."""
    parts = [part for part in (row.place, row.district or row.province) if isinstance(part, str) and part]
    return ", ".join(dict.fromkeys(parts)) or "Unnamed place"


def discs(places: pd.DataFrame, measure: str = "fatalities", theme: Theme = "light") -> list[dict[str, Any]]:
    """Discs to draw for `places` (rows of `dashboard.located.sums`), larger ones first so that none hides another.

    A place is one disc; its rings show its most frequent event types, each with an area in proportion to its events,
    the most frequent in the middle. Returns records with position, radius (pixels), colour, code and tip.
    """
    found: list[dict[str, Any]] = []
    column = "killed_best" if measure == "fatalities" else "n_events"
    for row in rows_of(places):
        full = radius(float(getattr(row, column)), measure)
        kinds = list(row.types[:RINGS])
        rest = sum(n for _, n in row.types[RINGS:])
        shares = [*kinds, *([("", rest)] if rest else [])]
        seen = 0
        rings = []
        for name, n in shares:
            seen += n
            look = sign("event_type", name, theme) if name else sign("chart", "edge", theme)
            rings.append((round(full * math.sqrt(seen / row.n_events), 1), look))
        said = tip(place_name(row), row)
        for level, (ring, look) in enumerate(reversed(rings)):
            inner = level == len(rings) - 1
            found.append({
                "position": [round(float(row.longitude), 4), round(float(row.latitude), 4)], "radius": ring,
                "colour": [*look.rgb, 235], "tip": said, "area": str(row.area_id), "size": full,
                "code": look.code if inner and ring >= CODE_RADIUS else "",
            })
    found.sort(key=lambda record: (-record["size"], record["area"], -record["radius"]))
    return found[:ROW_LIMIT]


def shaded(areas: pd.DataFrame, shapes: pd.DataFrame, level: str, measure: str, theme: Theme) -> list[dict[str, Any]]:
    """Polygons to shade for `areas` (rows of `dashboard.located.sums`; ``area_id`` is a row of `shapes`).

    The more events or deaths, the darker. Returns records with polygon, colour and tip.
    """
    look = sign("map", "area", theme)
    column = "killed_best" if measure == "fatalities" else "n_events"
    top = max(float(areas[column].max()), 1.0) if len(areas) else 1.0
    pale, dark = AREA_ALPHA[level]
    found = []
    for row in rows_of(areas):
        shape = shapes.loc[row.area_id]
        alpha = round(pale + (dark - pale) * math.sqrt(float(getattr(row, column)) / top))
        said = tip(f"{shape['name']} ({level}): events known only to the {level}", row)
        for polygon in polygons_of(shape["geometry"]):
            found.append({"polygon": polygon, "colour": [*look.rgb, alpha], "tip": said,
                          "area": f"{level}:{row.area_id}"})
    return found


def counts_in(areas: pd.DataFrame, shapes: pd.DataFrame) -> list[dict[str, Any]]:
    """The number of events of each shaded area as a label inside it: a number, not a position."""
    found = []
    for row in rows_of(areas):
        inside = shapes.loc[row.area_id]["geometry"].representative_point()
        found.append({"position": [round(inside.x, 3), round(inside.y, 3)], "text": number(row.n_events)})
    return found


def _lines(lines: list, layer_id: str, colour: list[int], width: float, **options: Any) -> pdk.Layer:
    return pdk.Layer("PathLayer", [{"path": line} for line in lines], id=layer_id, get_path="path", get_color=colour,
                     get_width=width, width_units=pdk.types.String("pixels"), joint_rounded=True, **options)


def _words(records: list[dict[str, Any]], layer_id: str, size: int, colour: list[int], **options: Any) -> pdk.Layer:
    return pdk.Layer("TextLayer", records, id=layer_id, get_position="position", get_text="text", get_size=size,
                     get_color=colour, font_family=pdk.types.String(FONT), character_set=pdk.types.String("auto"),
                     font_settings={"fontSize": 48, "smoothing": 0.2}, **options)


def _names(records: list[dict[str, Any]], layer_id: str, size: int, colour: list[int], priority: int,
           **options: Any) -> pdk.Layer:
    """Names of which one that would cover another of higher `priority` is left out until there is room."""
    return _words(records, layer_id, size, colour, extensions=[{"@@type": "CollisionFilterExtension"}],
                  collision_group=pdk.types.String("names"), get_collision_priority=priority,
                  collision_test_props={"sizeScale": 1.6}, **options)


def base_layers(
    shapes: Boundaries, crossings: pd.DataFrame, bounds: Bounds, theme: Theme = "light"
) -> tuple[list[pdk.Layer], list[pdk.Layer], list[pdk.Layer]]:
    """Layers that lie under the events, over the areas, and over everything.

    Land; boundaries, the dashed Durand Line, crossings and names of countries and provinces (and, where `bounds` are
    narrower than `NEAR` degrees, of districts); names of the main crossings.
    """
    def rgb(key: str) -> list[int]:
        return sign("map", key, theme).rgb

    land = [
        {"polygon": polygon, "colour": rgb("land" if row.country in HOME else "land_neighbour")}
        for row in rows_of(shapes.countries) for polygon in polygons_of(row.geometry)
    ]
    under = [pdk.Layer("SolidPolygonLayer", land, id="land", get_polygon="polygon", get_fill_color="colour")]
    countries = [_named_area(row, str(row.name).upper()) for row in rows_of(shapes.countries)]
    provinces = [_named_area(row, str(row.name)) for row in rows_of(shapes.provinces)]
    districts = [_named_area(row, str(row.name)) for row in rows_of(shapes.districts)]
    west, south, east, north = bounds
    near = [record for record in districts if west <= record["position"][0] <= east
            and south <= record["position"][1] <= north] if east - west < NEAR else []
    gates = [
        {"position": [row.longitude, row.latitude], "text": row.name, "tip": inert(_crossing_tip(row))}
        for row in rows_of(crossings)
    ]
    is_main = crossings["kind"].str.startswith(MAIN_CROSSING)
    main_gates = [gate for gate, main in zip(gates, is_main, strict=True) if main]
    over = [
        _lines(shapes.district_lines, "districts", rgb("district_line"), 0.6),
        _lines(shapes.province_lines, "provinces", rgb("province_line"), 1.1),
        _lines(shapes.country_lines, "countries", rgb("country_line"), 1.6),
        _lines(shapes.durand_line, "durand-line", rgb("durand_line"), 2.2, get_dash_array=[5, 3],
               extensions=[{"@@type": "PathStyleExtension", "dashMode": "path"}]),
        pdk.Layer("ColumnLayer", gates, id="crossings", get_position="position", get_fill_color=rgb("crossing"),
                  disk_resolution=4, radius=4.5, radius_units=pdk.types.String("pixels"), extruded=False,
                  pickable=True),
        # A layer of no words draws an empty picture, which the browser warns of.
        *([_names(near, "district-names", 12, rgb("label"), 0)] if near else []),
        _names(provinces, "province-names", 12, rgb("province_label"), 1),
        _names(countries, "country-names", 14, rgb("label"), 2),
    ]
    top = [_words(main_gates, "crossing-names", 12, rgb("durand_line"), get_text_anchor=pdk.types.String("start"),
                  get_pixel_offset=[9, 0], font_weight=600, background=True, background_padding=[3, 1],
                  get_background_color=[*rgb("land"), 190])]
    return under, over, top


def _named_area(row: Any, text: str) -> dict[str, Any]:
    inside = row.geometry.representative_point()
    return {"position": [round(inside.x, 2), round(inside.y, 2)], "text": text}


def _crossing_tip(row: Any) -> str:
    lines = [f"{row.name}: border crossing ({row.kind})"]
    if row.verified:
        lines.append(f"Position: {row.verified}")
    return "\n".join([*lines, *([row.note] if row.note else [])])


def view_state(bounds: Bounds, width: int = 540, height: int = 560) -> pdk.ViewState:
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


def event_layers(
    districts: list[dict], provinces: list[dict], points: list[dict], labels: list[dict], bounds: Bounds,
    theme: Theme = "light"
) -> tuple[list[pdk.Layer], list[pdk.Layer]]:
    """Layers of events that lie below the boundaries (shaded areas) and above them (numbers in areas, discs, codes)."""
    lower = {"get_pixel_offset": [0, 14]} if bounds[2] - bounds[0] < NEAR else {}  # below the name of the district
    edge = sign("map", "area", theme).rgb
    below = [
        pdk.Layer("PolygonLayer", records, id=name, get_polygon="polygon", get_fill_color="colour", stroked=True,
                  get_line_color=[*edge, 200], get_line_width=1.2, line_width_units=pdk.types.String("pixels"),
                  pickable=True)
        for name, records in (("province-areas", provinces), ("district-areas", districts)) if records
    ]
    codes = [{"position": row["position"], "text": row["code"]} for row in points if row["code"]]
    ground = sign("map", "land", theme).rgb
    above = [
        *([_words(labels, "area-counts", 13, sign("map", "area_label", theme).rgb, font_weight=700, **lower)]
          if labels else []),
        pdk.Layer("ScatterplotLayer", points, id="places", get_position="position", get_radius="radius",
                  radius_units=pdk.types.String("pixels"), get_fill_color="colour", stroked=True,
                  get_line_color=[*ground, 255], get_line_width=1, line_width_units=pdk.types.String("pixels"),
                  pickable=True),
        *([_words(codes, "codes", 11, sign("map", "code", theme).rgb, font_weight=700)] if codes else []),
    ]
    return below, above
