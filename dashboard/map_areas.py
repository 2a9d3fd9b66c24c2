"""Areas of the map: hatched where no more is known than the area, coloured as a choropleth, or hexagons of places."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from dashboard.charts import counted, number, rows_of
from dashboard.geometry import DECIMALS, Bounds, Line, lines_of, polygons_of
from dashboard.located import Groups
from dashboard.map_classes import Classes, ink
from dashboard.map_marks import CLOSE, column_of, mercator, place_name, tip
from dashboard.palette import Theme

HATCH = 56  # lines of the hatching across the map
SLANT = {"district": 1.0, "province": -1.0}  # the direction of the hatching tells the two levels apart
NAME_ROOM = 15  # pixels: a number stands so far below the name of its area
HEXAGON = 17  # pixels: radius of a hexagon on the map as it opens, before it is rounded to a step


@lru_cache(maxsize=512)
def _hatched(wkb: bytes, spacing: float, slant: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    geometry = shapely.from_wkb(wkb)
    west, south, east, north = geometry.bounds
    # Lines y = slant·x + c at even steps of c from zero, so that those of neighbours join.
    step = spacing * math.sqrt(2)
    ends = [y - slant * x for x in (west, east) for y in (south, north)]
    first, last = math.ceil(min(ends) / step), math.floor(max(ends) / step)
    lines = MultiLineString([
        LineString([(west, slant * west + c * step), (east, slant * east + c * step)]) for c in range(first, last + 1)])
    inside = lines.intersection(geometry)
    return tuple(tuple((x, y) for x, y in line) for line in lines_of(inside)) if not inside.is_empty else ()


def hatching(geometry: BaseGeometry, spacing: float, slant: float = 1.0) -> list[Line]:
    """Slanting lines across an area, `spacing` degrees apart, cut at its edge."""
    return [[[x, y] for x, y in line] for line in _hatched(shapely.to_wkb(geometry), spacing, slant)]


def area_key(level: str, shape: Any) -> str:
    """What the address calls an area (a row of the boundaries): the same whatever else the boundaries hold."""
    return f"{level}:{shape['admin_id']}"


def imprecise(areas: pd.DataFrame, shapes: pd.DataFrame, level: str,
              bounds: Bounds) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """What is drawn of `areas` (rows of `dashboard.located.sums`; ``area_id`` is a row of `shapes`) known as such only.

    Returns outlines (``polygon``, ``tip``, ``area``), the lines of their hatching (``path``), and their numbers of
    events as labels (``position``, ``text``): a number inside the area, not a position.
    """
    outlines, lines, labels = [], [], []
    spacing, near = round((bounds[2] - bounds[0]) / HATCH, 3), bounds[2] - bounds[0] < CLOSE
    for row in rows_of(areas):
        shape = shapes.loc[row.area_id]
        said = tip(f"{shape['name']} ({level}): known only to the {level}", row)
        outlines += [{"polygon": polygon, "tip": said, "area": area_key(level, shape)}
                     for polygon in polygons_of(shape["geometry"])]
        lines += [{"path": line} for line in hatching(shape["geometry"], spacing, SLANT[level])]
        labels.append({"position": _inside(shape["geometry"]), "text": number(row.n_events),
                       "offset": [0, NAME_ROOM if level == "province" or near else 0]})
    return outlines, lines, labels


def choropleth(areas: pd.DataFrame, shapes: pd.DataFrame, measure: str, classes: Classes,
               theme: Theme) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Districts coloured by the number of killed or of events (`areas`: rows of `dashboard.located.sums`).

    Returns polygons (``polygon``, ``colour``, ``tip``, ``area``) and their numbers as labels.
    """
    polygons, labels = [], []
    for row in rows_of(areas):
        shape = shapes.loc[row.area_id]
        value = int(getattr(row, column_of(measure)))
        colour = classes.colour(value, theme)
        said = tip(f"{shape['name']} (district)", row)
        polygons += [{"polygon": polygon, "colour": [*colour, 225], "tip": said, "area": area_key("district", shape)}
                     for polygon in polygons_of(shape["geometry"])]
        if value:
            labels.append({"position": _inside(shape["geometry"]), "text": number(value), "colour": ink(colour),
                           "priority": _priority(value)})
    return polygons, labels


def _priority(value: int) -> int:
    """Which number stays where two would cover each other: the larger one, and any before a name."""
    return 10 + min(round(10 * math.log10(value)), 900)


@lru_cache(maxsize=1_000)
def _inside(geometry: BaseGeometry) -> list[float]:
    point = geometry.representative_point()
    return [round(point.x, DECIMALS), round(point.y, DECIMALS)]


def hexagon_size(pixels_per_degree: float) -> float:
    """Radius of a hexagon in degrees of longitude: about `HEXAGON` pixels, in steps so that filters do not move it."""
    return 2.0 ** (round(2 * math.log2(HEXAGON / pixels_per_degree)) / 2)


def hexagon_of(longitude: float, latitude: float, size: float) -> tuple[int, int]:
    """The hexagon that holds a position, as column and row of a grid over the whole Web Mercator plane.

    Hexagons stand on a corner and have the radius `size`; the method is the rounding of cube coordinates.
    """
    x, y = mercator(longitude, latitude)
    q, r = (math.sqrt(3) / 3 * x - y / 3) / size, 2 / 3 * y / size
    whole = [round(q), round(r), round(-q - r)]
    off = [abs(whole[0] - q), abs(whole[1] - r), abs(whole[2] + q + r)]
    if off[0] > off[1] and off[0] > off[2]:
        whole[0] = -whole[1] - whole[2]
    elif off[1] > off[2]:
        whole[1] = -whole[0] - whole[2]
    return whole[0], whole[1]


def hexagon(column: int, row: int, size: float) -> Line:
    """The corners of a hexagon as ``[longitude, latitude]``, the first one again at the end."""
    x, y = size * math.sqrt(3) * (column + row / 2), size * 1.5 * row
    ring = [(x + size * math.sin(a), y + size * math.cos(a)) for a in np.linspace(0, 2 * math.pi, 7)]
    return [[round(a, 4), round(math.degrees(math.atan(math.sinh(math.radians(b)))), 4)] for a, b in ring]


def binned(places: pd.DataFrame, size: float) -> pd.DataFrame:
    """`places` (rows of `dashboard.located.Located.places`) with the hexagon of each as ``area_id``: ``12,-3``.

    ``place_id`` keeps the key of the place.
    """
    by = Groups(places["area_id"])
    spots = places.iloc[by.firsts]
    known = np.array([",".join(map(str, hexagon_of(longitude, latitude, size))) for longitude, latitude in
                      zip(spots["longitude"], spots["latitude"], strict=True)], dtype=object)
    return places.assign(place_id=places["area_id"], area_id=known[by.of])


def hexagon_names(places: pd.DataFrame) -> dict[str, str]:
    """Each hexagon of `binned` places by the place in it that has the most events: ``Landi Kotal, Khyber and 2 places
    near it``."""
    if places.empty:
        return {}
    by = Groups(places["area_id"], places["place_id"])
    spots = places.iloc[by.firsts][["area_id", "place_id", "place", "district", "province"]]
    spots = spots.assign(n=by.each(np.add, places["n_events"])).sort_values(["n", "place_id"], ascending=[False, True])
    others = spots["area_id"].value_counts()
    best = spots.drop_duplicates("area_id")
    return {row.area_id: place_name(row) + (f" and {counted(n - 1, 'place')} near it" if n > 1 else "")
            for row, n in zip(rows_of(best), others.loc[best["area_id"]].tolist(), strict=True)}


def hexagons(cells: pd.DataFrame, names: dict[str, str], size: float, measure: str,
             classes: Classes, theme: Theme) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Hexagons coloured by the number of killed or of events in them (`cells`: sums of `binned` places).

    Returns polygons (``polygon``, ``colour``, ``tip``, ``area``) and their numbers as labels.
    """
    polygons, labels = [], []
    for row in rows_of(cells):
        column, line = (int(part) for part in row.area_id.split(","))
        ring = hexagon(column, line, size)
        value = int(getattr(row, column_of(measure)))
        colour = classes.colour(value, theme)
        polygons.append({"polygon": [ring], "colour": [*colour, 235], "tip": tip(names[row.area_id], row),
                         "area": f"hexagon:{row.area_id}"})
        middle = [round((ring[0][0] + ring[3][0]) / 2, 4), round((ring[0][1] + ring[3][1]) / 2, 4)]
        if value:
            labels.append({"position": middle, "text": number(value), "colour": ink(colour),
                           "priority": _priority(value)})
    return polygons, labels
