"""A small picture of where one event was: a sign at a known place, else the shaded district or province.

It is drawn here as SVG and needs neither tiles nor graphics hardware. Nothing is drawn more precisely than it is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from dashboard import geometry, located
from dashboard.charts import escaped, rows_of
from dashboard.geometry import Boundaries, Bounds, Line
from dashboard.legend import FONT
from dashboard.map import MAIN_CROSSING
from dashboard.map_symbols import svg
from dashboard.palette import Theme, sign
from etl import wording

WIDTH, HEIGHT = 400, 300  # pixels
NARROW = 2.6  # degrees of longitude around a place
MARGIN = 0.35  # of the size of an area, around it


def locator(event: Mapping[str, Any], theme: Theme = "light") -> str | None:
    """An SVG of `WIDTH` by `HEIGHT` pixels for one row of the events table; None where it cannot be drawn honestly."""
    found = located.locate(pd.DataFrame([dict(event)]))
    shapes = geometry.boundaries()
    if len(found.places):
        row = found.places.iloc[0]
        where = (float(row["longitude"]), float(row["latitude"]))
        return _svg(shapes, _around(*where), theme, place=where, event_type=str(row["event_type"]))
    for part, table in ((found.districts, shapes.districts), (found.provinces, shapes.provinces)):
        if len(part):
            area = table.loc[part.iloc[0]["area_id"], "geometry"]
            return _svg(shapes, _about(area), theme, area=area)
    return None


def _around(longitude: float, latitude: float, width: float = NARROW) -> Bounds:
    """A window of `width` degrees around a position, in the proportions of the picture."""
    half = width / 2
    down = half * HEIGHT / WIDTH * math.cos(math.radians(latitude))
    return longitude - half, latitude - down, longitude + half, latitude + down


def _about(area: BaseGeometry) -> Bounds:
    west, south, east, north = area.bounds
    middle = (south + north) / 2
    width = max(east - west, (north - south) * WIDTH / HEIGHT / math.cos(math.radians(middle)), NARROW / 2)
    return _around((west + east) / 2, middle, width * (1 + MARGIN))


def _svg(shapes: Boundaries, bounds: Bounds, theme: Theme, *, place: tuple[float, float] | None = None,
         event_type: str = "", area: BaseGeometry | None = None) -> str:
    west, south, east, north = bounds
    window = box(*bounds)

    def xy(longitude: float, latitude: float) -> str:
        return f"{(longitude - west) / (east - west) * WIDTH:.1f} {(north - latitude) / (north - south) * HEIGHT:.1f}"

    def path(lines: list[Line], close: bool = False) -> str:
        return "".join(f"M{'L'.join(xy(*point) for point in line)}{'Z' if close else ''}" for line in lines)

    def filled(shape: BaseGeometry, colour: str, more: str = "") -> str:
        inside = shapely.make_valid(shape).intersection(window)
        rings = [ring for polygon in geometry.polygons_of(inside) for ring in polygon]
        return f'<path d="{path(rings, True)}" fill="{colour}" fill-rule="evenodd" {more}/>' if rings else ""

    def drawn(lines: list[Line], key: str, width: float, more: str = "") -> str:
        near = [line for line in lines if _meets(line, bounds)]
        stroke = f'fill="none" stroke="{colour(key)}" stroke-width="{width}" {more}'
        return f'<path d="{path(near)}" {stroke}/>' if near else ""

    def colour(key: str) -> str:
        return sign("map", key, theme).colour

    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colour("land_neighbour")}"/>']
    parts += [filled(row.geometry, colour("land")) for row in rows_of(shapes.countries) if row.country in geometry.HOME]
    if area is not None:
        look = sign("map", "area", theme).colour
        parts.append(filled(area, look, f'fill-opacity="0.45" stroke="{look}"'))
    parts += [drawn(shapes.district_lines, "district_line", 0.7), drawn(shapes.province_lines, "province_line", 1.2),
              drawn(shapes.country_lines, "country_line", 1.8),
              drawn(shapes.durand_line, "durand_line", 2.4, 'stroke-dasharray="7 4"')]
    parts += _names(shapes, bounds, xy, colour)
    if place is not None:
        x, y = (float(value) for value in xy(*place).split())
        parts.append(f'<circle cx="{x}" cy="{y}" r="16" fill="none" stroke="{colour("label")}" stroke-width="1.2"/>')
        parts.append(svg(event_type, x, y, 9, theme))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>')


def _names(shapes: Boundaries, bounds: Bounds, xy: Any, colour: Any) -> list[str]:
    """Names of districts (of provinces in a wide picture) and of main crossings, each where there is room for it."""
    west, south, east, north = bounds
    found: list[str] = []
    taken: list[tuple[float, float, float]] = []

    def put(text: str, longitude: float, latitude: float, ink: str, anchor: str, shift: float = 0) -> None:
        x, y = (float(value) for value in xy(longitude, latitude).split())
        left = x + shift - (len(text) * 3.3 if anchor == "middle" else 0)
        right = left + len(text) * 6.6
        room = left > 4 and right < WIDTH - 4 and 14 < y < HEIGHT - 6
        if room and not any(abs(y - other) < 15 and left < end and right > start for other, start, end in taken):
            taken.append((y, left, right))
            found.append(_words(x + shift, y + 4, text, ink, 12, anchor))

    gates = geometry.crossings()
    for gate in rows_of(gates[gates["kind"].str.startswith(MAIN_CROSSING)]):
        if west < gate.longitude < east and south < gate.latitude < north:
            x, y = xy(gate.longitude, gate.latitude).split()
            found.append(f'<path d="M{x} {float(y) - 6:.1f} l6 6 l-6 6 l-6 -6 z" fill="{colour("crossing")}"/>')
            put(str(gate.name), gate.longitude, gate.latitude, colour("durand_line"), "start", 10)
    for row in rows_of(shapes.districts if east - west < 4 else shapes.provinces):
        inside = row.geometry.intersection(box(*bounds))
        if not inside.is_empty:
            point = inside.representative_point()
            put(str(row.name), point.x, point.y, colour("province_label"), "middle")
    return found


def _words(x: float, y: float, text: str, ink: str, size: int, anchor: str, weight: str = "normal") -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}" fill="{ink}">{escaped(text)}</text>')


def _meets(line: Line, bounds: Bounds) -> bool:
    """Whether the frame around a line meets the window."""
    west, south, east, north = bounds
    xs, ys = [point[0] for point in line], [point[1] for point in line]
    return max(xs) >= west and min(xs) <= east and max(ys) >= south and min(ys) <= north


def words(event: Mapping[str, Any]) -> str:
    """How the picture is meant, for those who do not see it."""
    level = {"place": "at its place", "district": "as a shaded district", "province": "as a shaded province"}
    shown = level.get(str(event["geo_precision"]), "in its surroundings")
    return f"Small map: {wording.where(event)}, the event {shown}; dashed: the Durand Line."


