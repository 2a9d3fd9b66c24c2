"""Boundaries for display: loads the reference geometry and simplifies it so that a map is a small message.

All layers are made from one simplified coverage of districts, so that provinces, countries and shaded areas share
their edges and no gap opens between neighbours. The simplification moves an edge by about a kilometre: enough for a
map of a region, not for measuring. Distances are computed in `etl` from the full geometry.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from shapely.geometry import box, mapping, shape
from shapely.geometry.base import BaseGeometry

from etl.reference import FOLDER, ReferenceFault, read_table

TOLERANCE = 0.01  # degrees, about 1.1 km
NEIGHBOUR_TOLERANCE = 0.03  # degrees: context outlines may be coarser
DECIMALS = 3  # about 110 m: below what the simplification moves
FRAME = (58.0, 22.5, 81.0, 41.0)  # west, south, east, north of what can be seen on the map
HOME = ("PK", "AF")  # the countries whose districts and provinces are drawn

Line = list[list[float]]
Bounds = tuple[float, float, float, float]
SHAPES = 2_000  # areas whose polygons are kept
_POLYGONS: dict[int, tuple[BaseGeometry, list[list[Line]]]] = {}  # by the identity of the geometry, which it holds


@dataclass(frozen=True)
class Boundaries:
    """Simplified geometry for display, WGS84.

    `districts` and `provinces` have one row an area with ``country`` (ISO alpha-2), ``province``, ``name``,
    ``geometry`` (shapely) and ``admin_id``; `countries` has ``country``, ``name``, ``geometry``. The ``*_lines`` are
    lists of ``[longitude, latitude]`` lines in which a shared edge occurs once.
    """

    districts: pd.DataFrame
    provinces: pd.DataFrame
    countries: pd.DataFrame
    district_lines: list[Line]
    province_lines: list[Line]
    country_lines: list[Line]
    durand_line: list[Line]


def _features(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.geojson"
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        rows = [{**item["properties"], "geometry": shape(item["geometry"])} for item in features]
    except FileNotFoundError:
        raise ReferenceFault(f"data/reference/{path.name} is missing; restore it from the repository") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ReferenceFault(f"data/reference/{path.name} is no GeoJSON feature collection ({error})") from None
    return pd.DataFrame(rows)


def _rounded(line: BaseGeometry) -> Line:
    return [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in shapely.get_coordinates(line).tolist()]


def lines_of(geometry: BaseGeometry) -> list[Line]:
    """The lines of a linear geometry as lists of ``[longitude, latitude]``, joined end to end where they meet."""
    merged = shapely.line_merge(geometry) if geometry.geom_type == "MultiLineString" else geometry
    parts = shapely.get_parts(merged)
    return [_rounded(part) for part in parts if part.geom_type == "LineString" and len(part.coords) > 1]


def polygons_of(geometry: BaseGeometry) -> list[list[Line]]:
    """The polygons of an area, each as its rings (the outer one first) of ``[longitude, latitude]``; not to be changed,
    since they are kept."""
    kept = _POLYGONS.get(id(geometry))
    if kept is not None and kept[0] is geometry:
        return kept[1]
    found = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and not part.is_empty:
            found.append([_rounded(part.exterior), *(_rounded(ring) for ring in part.interiors)])
    if len(_POLYGONS) >= SHAPES:
        _POLYGONS.clear()
    _POLYGONS[id(geometry)] = (geometry, found)
    return found


def _edges(geometries: pd.Series) -> BaseGeometry:
    """All edges of a coverage, a shared one once."""
    return shapely.union_all(shapely.boundary(geometries.to_numpy()))


def _dissolve(districts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    rows = []
    for key, part in districts.groupby(by, sort=True):
        rows.append({**dict(zip(by, key, strict=True)), "geometry": shapely.union_all(part["geometry"].to_numpy())})
    return pd.DataFrame(rows)


def boundaries(folder: Path = FOLDER) -> Boundaries:
    """The boundaries of ``data/reference``, simplified for display (kept in memory: read-only).

    Districts are simplified together by the Visvalingam–Whyatt method of GEOS (`shapely.coverage_simplify`), which
    keeps shared edges shared; provinces and the two countries are dissolved from them; the Durand Line is the edge
    between those two. Raises `ReferenceFault` when a file is missing or unreadable.
    """
    return _boundaries(folder)


@lru_cache(maxsize=2)
def _boundaries(folder: Path) -> Boundaries:
    districts = _features(folder, "admin2")
    districts = districts[districts["country"].isin(HOME)].reset_index(drop=True)
    districts["geometry"] = list(shapely.coverage_simplify(districts["geometry"].to_numpy(), TOLERANCE))
    provinces = _dissolve(districts, ["country", "province"])
    provinces["name"] = provinces["province"]
    provinces["admin_id"] = [f"{country}-{name.replace(' ', '-')}" for country, name in
                             zip(provinces["country"], provinces["province"], strict=True)]
    home = _dissolve(districts, ["country"])
    outlines = _features(folder, "countries")
    names = dict(zip(outlines["country"], outlines["name"], strict=True))
    home["name"] = home["country"].map(names)

    frame = box(*FRAME)
    neighbours = outlines[~outlines["country"].isin(HOME)].reset_index(drop=True)
    simple = shapely.simplify(neighbours["geometry"].to_numpy(), NEIGHBOUR_TOLERANCE, preserve_topology=True)
    own_land = shapely.union_all(home["geometry"].to_numpy())
    neighbours["geometry"] = [shapely.make_valid(item).intersection(frame).difference(own_land) for item in simple]
    neighbours = neighbours[[not item.is_empty for item in neighbours["geometry"]]]
    countries = pd.concat([home, neighbours[["country", "name", "geometry"]]], ignore_index=True)

    country_edges = _edges(home["geometry"])
    province_edges = _edges(provinces["geometry"])
    sides = [shapely.boundary(home.loc[home["country"] == code, "geometry"].iloc[0]) for code in HOME]
    durand = sides[0].intersection(sides[1])
    return Boundaries(
        districts, provinces, countries,
        district_lines=lines_of(_edges(districts["geometry"]).difference(province_edges)),
        province_lines=lines_of(province_edges.difference(country_edges)),
        country_lines=lines_of(country_edges.difference(durand)),
        durand_line=lines_of(durand),
    )


def areas(level: str, folder: Path = FOLDER) -> pd.DataFrame:
    """Areas of one level (``district`` or ``province``) with ``country``, ``province``, ``name`` and ``geometry``."""
    shapes = boundaries(folder)
    return shapes.districts if level == "district" else shapes.provinces


def bounds_of(names: list[str] | tuple[str, ...], folder: Path = FOLDER) -> Bounds | None:
    """West, south, east, north of the named provinces together; None when none of them is known."""
    provinces = areas("province", folder)
    chosen = provinces[provinces["name"].isin(names)]
    if chosen.empty:
        return None
    west, south, east, north = shapely.total_bounds(chosen["geometry"].to_numpy()).tolist()
    return west, south, east, north


def crossings(folder: Path = FOLDER) -> pd.DataFrame:
    """Border crossings that have a position.

    Columns ``crossing_id``, ``name``, ``kind``, ``latitude``, ``longitude``, ``verified``, ``note``.
    The position is the nearest point of the line where the table gives one, else the crossing's own.
    """
    return _crossings(folder)


@lru_cache(maxsize=2)
def _crossings(folder: Path) -> pd.DataFrame:
    table = pd.DataFrame(read_table("crossings", folder).rows)
    for column in ("lat", "lon", "lat_line", "lon_line"):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    table["latitude"] = table["lat_line"].fillna(table["lat"])
    table["longitude"] = table["lon_line"].fillna(table["lon"])
    placed = table.dropna(subset=["latitude", "longitude"])
    return placed[["crossing_id", "name", "kind", "latitude", "longitude", "verified", "note"]].reset_index(drop=True)


def as_geojson(geometry: BaseGeometry) -> dict[str, Any]:
    """A geometry as a GeoJSON dict with rounded coordinates."""
    return dict(mapping(shapely.set_precision(geometry, 10**-DECIMALS)))
