"""Whether places of the reference tables lie where they say: coordinates against the boundaries of `*.geojson`.

Boundaries are simplified (see `data/reference/SOURCES.md`): inner edges by 400 m, and the two sources differ along the
border by up to 3.5 km. So a position may lie outside its district by `EDGE` km, a crossing by `BORDER` km; a pass, a
valley or an area is wider than its one position and gets `WIDE` km. How many needed that is told. A row of
place_aliases.csv whose note begins with "outside" says itself that the boundaries are wrong there; it passes, and is
told too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry import shape

from etl.check_cells import LineFault, Tables
from etl.check_names import BORDER_STATES

EDGE, BORDER, WIDE, OUTLINE = 1.0, 4.0, 10.0, 10.0  # kilometres; OUTLINE: coarse outlines of other countries
DISTANCE, SHARE = 1.0, 0.01  # how far km_to_durand may be from the line drawn: kilometres, share
_KM, _RADIUS = 111.2, 6371.0  # kilometres in a degree of latitude; of the earth
_WIDE_KINDS = ("pass", "valley", "area")


class Boundaries:
    """Districts, provinces, countries and the Durand Line, by name."""

    def __init__(self, folder: Path):
        """Raises `OSError`, `ValueError` or `KeyError` where a file cannot be read."""
        self.districts = {(p["country"], p["province"], p["name"]): g for p, g in _features(folder / "admin2.geojson")}
        self.provinces = {(p["country"], p["name"]): g for p, g in _features(folder / "admin1.geojson")}
        self.countries = {p["country"]: g for p, g in _features(folder / "countries.geojson")}
        self.line = _features(folder / "durand_line.geojson")[0][1]
        self._names = list(self.districts)
        self._shapes = list(self.districts.values())
        self._tree = shapely.STRtree(self._shapes)

    def within(self, points: list[Any]) -> list[str]:
        """The district in which each point lies, as "district, province"; "no district" outside both countries."""
        found = ["no district of the two countries"] * len(points)
        for point, area in zip(*self._tree.query(np.array(points, dtype=object), predicate="intersects"), strict=True):
            _, province, district = self._names[area]
            found[point] = f"{district}, {province}"
        return found

    def area(self, country: str, province: str, district: str) -> Any:
        """The smallest area named, None where the boundaries have none, a string where a name is not known."""
        if country in BORDER_STATES and district:
            return self.districts.get((country, province, district)) or (
                f"{district!r} is no district of {province or 'an unnamed province'}, {country}, in admin2.geojson")
        if country in BORDER_STATES and province:
            return self.provinces.get((country, province)) or (
                f"{province!r} is no province of {country} in admin1.geojson")
        return self.countries.get(country)


def _features(path: Path) -> list[tuple[dict[str, Any], Any]]:
    with path.open(encoding="utf-8") as file:
        return [(one["properties"], shape(one["geometry"])) for one in json.load(file)["features"]]


def km(area: Any, point: Any) -> float:
    """Kilometres from a point to an area or line, 0 inside; exact enough up to some hundred kilometres."""
    if shapely.intersects(area, point):
        return 0.0
    factor = math.cos(math.radians(point.y))
    squeezed = shapely.transform(area, lambda xy: xy * [factor, 1.0])
    return float(shapely.distance(squeezed, shapely.Point(point.x * factor, point.y))) * _KM


def positions(tables: Tables, folder: Path) -> tuple[list[LineFault], list[str]]:
    """Faults of positions and of names of districts and provinces, and remarks on what needed a tolerance."""
    try:
        boundaries = Boundaries(folder)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        path = getattr(error, "filename", None) or "*.geojson"
        return [LineFault(Path(path).name, 1, "", f"cannot be read ({error})", "restore it from the repository")], []
    faults: list[LineFault] = []
    near: list[float] = []
    declared: list[str] = []
    faults += _gazetteer(tables, boundaries, near)
    faults += _crossings(tables, boundaries)
    faults += _aliases(tables, boundaries, declared)
    known = {name for _, _, name in boundaries.districts}
    for line, row in tables["district_changes"]:
        faults += [LineFault("district_changes.csv", line, column, f"{row[column]!r} is no district in admin2.geojson",
                             "correct it") for column in ("district", "before") if row[column] not in known]
    remarks = []
    if near:
        remarks.append(f"{len(near):,} positions of gazetteer.csv lie up to {max(near):.1f} km outside the named area; "
                       "boundaries are simplified, so they pass")
    remarks += declared
    return faults, remarks


def _point(row: dict[str, str], suffix: str = "") -> Any:
    latitude, longitude = row[f"lat{suffix}"], row[f"lon{suffix}"]
    return shapely.Point(float(longitude), float(latitude)) if latitude and longitude else None


def _gazetteer(tables: Tables, boundaries: Boundaries, near: list[float]) -> Iterator[LineFault]:
    """Every entry lies in the area that it names, with the border as far away as it says."""
    file = "gazetteer.csv"
    rows = [(line, row, _point(row)) for line, row in tables["gazetteer"]]
    inside = boundaries.within([point or shapely.Point() for _, _, point in rows])
    away = iter(_from_line(boundaries.line, [point for _, _, point in rows if point is not None]))
    for (line, row, point), where in zip(rows, inside, strict=True):
        drawn = next(away) if point is not None else 0.0
        if bool(row["lat"]) != bool(row["lon"]):
            yield LineFault(file, line, "lat", "one of the two coordinates is missing", "fill both or none")
            continue
        if row["district"] and not row["province"]:
            yield LineFault(file, line, "province", f"district {row['district']!r} without province", "fill it")
            continue
        area = boundaries.area(row["country"], row["province"], row["district"])
        if isinstance(area, str):
            yield LineFault(file, line, "district" if row["district"] else "province", area,
                            f"the position lies in {where}" if point else "take the spelling of the boundaries")
            continue
        if point is None or area is None:
            continue
        if where != f"{row['district']}, {row['province']}":
            off = km(area, point)
            allowed = OUTLINE if not row["province"] else WIDE if row["kind"] in _WIDE_KINDS else \
                BORDER if row["kind"] == "crossing" else EDGE
            if off > allowed:
                named = row["district"] or row["province"] or row["country"]
                yield LineFault(file, line, "lat, lon", f"{row['lat']} {row['lon']} lies {off:.1f} km outside {named}, "
                                f"in {where}", "correct the position or the names")
                continue
            near += [off] if off > 0 and row["province"] else []
        if row["km_to_durand"] and abs(float(row["km_to_durand"]) - drawn) > max(DISTANCE, SHARE * drawn):
            yield LineFault(file, line, "km_to_durand", f"{row['km_to_durand']} km, but the Durand Line lies "
                            f"{drawn:.1f} km away", f"write {drawn:.1f}")


def _from_line(line: Any, points: list[Any]) -> list[float]:
    """Great-circle kilometres from each point to the line, which is taken as points 0.002 degrees apart."""
    def on_sphere(coordinates: np.ndarray) -> np.ndarray:
        longitude, latitude = np.radians(coordinates).T
        return np.c_[np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]

    tree = cKDTree(on_sphere(shapely.get_coordinates(shapely.segmentize(line, 0.002))))
    if not points:
        return []
    chords, _ = tree.query(on_sphere(shapely.get_coordinates(points)))
    return [float(x) for x in 2 * _RADIUS * np.arcsin(chords / 2)]


def _crossings(tables: Tables, boundaries: Boundaries) -> Iterator[LineFault]:
    """A crossing lies on the line, beside the districts of both sides, and the gazetteer has it."""
    file, known = "crossings.csv", tables.values_of("gazetteer", "place_id")
    for line, row in tables["crossings"]:
        if row["lat"] and f"x:{row['crossing_id']}" not in known:
            yield LineFault(file, line, "crossing_id", f"the gazetteer has no place_id 'x:{row['crossing_id']}'",
                            "add the crossing to gazetteer.csv")
        cells = [bool(row[name]) for name in ("lat", "lon", "lat_line", "lon_line", "km_from_source_to_line")]
        if any(cells) and not all(cells):
            yield LineFault(file, line, "lat", "position, nearest point of the line and distance belong together",
                            "fill all five cells or none")
            continue
        point, nearest = _point(row), _point(row, "_line")
        if nearest is not None and (off := km(boundaries.line, nearest)) > 0.2:
            yield LineFault(file, line, "lat_line, lon_line", f"lies {off:.1f} km from the Durand Line",
                            "take the nearest point of durand_line.geojson")
        for side, country in (("pk", "PK"), ("af", "AF")):
            district, province = row[f"district_{side}"], row[f"province_{side}"]
            area = boundaries.area(country, province, district) if district or province else None
            if isinstance(area, str):
                yield LineFault(file, line, f"district_{side}", area, "take the spelling of the boundaries")
            elif area is not None and point is not None and (off := km(area, point)) > BORDER:
                yield LineFault(file, line, "lat, lon", f"lies {off:.1f} km outside {district or province}",
                                "correct the position or the district")


def _aliases(tables: Tables, boundaries: Boundaries, declared: list[str]) -> Iterator[LineFault]:
    """Names of districts and provinces are known, and the gazetteer's position fits those that the alias gives it."""
    file = "place_aliases.csv"
    entries = {row["place_id"]: row for _, row in tables["gazetteer"]}
    for line, row in tables["place_aliases"]:
        entry = entries.get(row["place_id"], {})
        country = row["country"] or entry.get("country", "")
        province = row["province"] or entry.get("province", "")
        district = row["district"] or ("" if row["province"] else entry.get("district", ""))
        if row["kind"] in ("border", "demonym") or not (row["district"] or row["province"] or row["country"]):
            continue
        area = boundaries.area(country, province, district)
        if isinstance(area, str):
            yield LineFault(file, line, "district" if district else "province", area,
                            "take the spelling of the boundaries")
            continue
        point = _point(entry) if entry else None
        if area is None or point is None:
            continue
        allowed = WIDE if row["kind"] in _WIDE_KINDS else BORDER if row["kind"] == "crossing" else \
            EDGE if province else OUTLINE
        off = km(area, point)
        if off > allowed and row["note"].startswith("outside"):
            declared.append(f"{file} line {line}: {row['alias']} lies {off:.0f} km outside {district or province}, "
                            "as its note says")
        elif off > allowed:
            yield LineFault(file, line, "place_id", f"{row['place_id']} lies {off:.1f} km outside "
                            f"{district or province or country}, in {boundaries.within([point])[0]}",
                            "correct the id or the names, or begin the note with \"outside\" and say why")
