"""Where events can be drawn honestly: at a place, as a district, as a province, or not at all.

An event never gets a position that its sources do not give. It is drawn at the finest level that is both known and
drawable, and what cannot be drawn is counted under its reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from shapely import STRtree
from shapely.geometry import Point

from dashboard.charts import dicts_of
from dashboard.geometry import FRAME, areas
from dashboard.opening import WHERE
from etl.reference import FOLDER, read_table

PLACE_COLUMNS = ("place", "district", "province", "country", "latitude", "longitude")
NUMBERS = ("n_events", "killed_low", "killed_best", "killed_high")
SUM_COLUMNS = ("area_id", *PLACE_COLUMNS, *NUMBERS, "first", "last", "types", "deadliest", "locations")
REASONS = {
    "border": "known only to be along the border",
    "country": "known only to their country",
    "elsewhere": "outside the map",
    "unmatched": "whose area is not among the boundaries",
}


@dataclass(frozen=True)
class Located:
    """Events sorted by how they can be drawn.

    `places`, `districts` and `provinces` are the rows given with an ``area_id`` (row of the boundaries; for places a
    key of the position); `left_out` has the rest with a ``reason`` of `REASONS`.
    """

    places: pd.DataFrame
    districts: pd.DataFrame
    provinces: pd.DataFrame
    left_out: pd.DataFrame


def _key(text: object) -> str:
    return " ".join(text.casefold().replace("-", " ").split()) if isinstance(text, str) else ""


@lru_cache(maxsize=4)
def _area_index(level: str, folder: Path) -> dict[tuple[str, str, str], int]:
    """Rows of the boundaries by (country, province, name); also with an empty province where the name is unique."""
    table = areas(level, folder)
    found: dict[tuple[str, str, str], int] = {}
    alone: dict[tuple[str, str, str], list[int]] = {}
    for row, item in zip(table.index, dicts_of(table), strict=True):
        variants = item.get("name_variants")
        for name in (item["name"], *(variants if isinstance(variants, list) else ())):
            found.setdefault((item["country"], _key(item["province"]), _key(name)), int(row))
            alone.setdefault((item["country"], "", _key(name)), []).append(int(row))
    for key, rows in alone.items():
        if len(set(rows)) == 1:
            found.setdefault(key, rows[0])
    return found


@lru_cache(maxsize=2)
def _parents(folder: Path) -> dict[str, str]:
    """Districts newer than the boundaries by name, with the district that they were part of."""
    try:
        rows = read_table("district_changes", folder).rows
    except ValueError:
        return {}
    return {_key(row["district"]): row["before"] for row in rows}


def area_of(level: str, country: object, province: object, name: object, folder: Path = FOLDER) -> int | None:
    """The row of the boundaries for a named area, or None; a district newer than the boundaries gives its parent."""
    index = _area_index(level, folder)
    for wanted in (name, _parents(folder).get(_key(name))) if level == "district" else (name,):
        if not _key(wanted):
            continue
        for where in (_key(province), ""):
            row = index.get((str(country), where, _key(wanted)))
            if row is not None:
                return row
    return None


def in_frame(latitude: float, longitude: float) -> bool:
    """Whether a position lies on the map."""
    west, south, east, north = FRAME
    return west <= longitude <= east and south <= latitude <= north


def locate(events: pd.DataFrame, folder: Path = FOLDER) -> Located:
    """Sorts rows by the finest level at which each can be drawn; each place is looked up once.

    `events` has the columns that say where (`WHERE`): rows of the events table, or of `dashboard.queries.locations`.
    """
    spots = events[[*WHERE]].drop_duplicates().reset_index(drop=True)
    levels = [_level(spot, folder) for spot in dicts_of(spots)]
    keys = pd.Series(range(len(events)), dtype="int64")
    if len(spots) < len(events):
        spots["spot"] = range(len(spots))
        keys = events[[*WHERE]].merge(spots, on=[*WHERE], how="left")["spot"]
    of_row = [levels[key] for key in keys]

    def part(level: str, column: str) -> pd.DataFrame:
        at = [i for i, (found, _) in enumerate(of_row) if found == level]
        chosen = events.iloc[at].copy()
        chosen[column] = [of_row[i][1] for i in at]
        return chosen.reset_index(drop=True)

    return Located(part("place", "area_id"), part("district", "area_id"), part("province", "area_id"),
                   part("left", "reason"))


def _level(event: dict[str, Any], folder: Path) -> tuple[str, Any]:
    precision = event["geo_precision"]
    latitude, longitude = event.get("latitude"), event.get("longitude")
    if precision == "place" and pd.notna(latitude) and pd.notna(longitude):
        if not in_frame(float(latitude), float(longitude)):
            return "left", "elsewhere"
        return "place", f"{float(latitude):.4f},{float(longitude):.4f}"
    if precision in ("border", "country"):
        return "left", precision
    country, province = event.get("country"), event.get("province")
    if precision in ("place", "district"):
        row = area_of("district", country, province, event.get("district"), folder)
        if row is not None:
            return "district", row
    row = area_of("province", country, province, province, folder)
    if row is not None:
        return "province", row
    if country not in ("PK", "AF") and isinstance(country, str):
        return "left", "elsewhere"
    return "left", "unmatched"


def sums(rows: pd.DataFrame, by_type: bool = False) -> pd.DataFrame:
    """One row a drawn area or place, or with `by_type` one for each of its event types; columns `SUM_COLUMNS`.

    `rows` are rows of `dashboard.queries_map.locations` with an ``area_id``. Killed are persons, ``first`` and ``last``
    days; ``types`` are the event types with their number of events, the most frequent first; ``deadliest`` is the one
    with the most killed, or empty where nobody was; ``locations`` are those of `rows`.
    """
    if rows.empty:
        return pd.DataFrame(columns=list(SUM_COLUMNS))
    keys = ["area_id", "event_type"] if by_type else ["area_id"]
    by = rows.groupby(keys, sort=False)
    made = by.agg(**{name: (name, "sum") for name in NUMBERS}, first=("first", "min"), last=("last", "max"))
    # The first row of each, also where it is empty: an area is called as its first location is.
    called = rows.drop_duplicates(keys).set_index(keys)[[*PLACE_COLUMNS]]
    types = rows.groupby([*keys, *([] if by_type else ["event_type"])], sort=False)[["n_events", "killed_best"]].sum()
    events: dict[Any, list[tuple[str, int, int]]] = {}
    for key, n, killed in zip(types.index, types["n_events"], types["killed_best"], strict=True):
        events.setdefault(key if by_type else key[0], []).append((key[1], int(n), int(killed)))
    locations: dict[Any, dict[str, None]] = {}
    for key, location in zip(zip(*(rows[name] for name in keys), strict=True), rows["location"], strict=True):
        locations.setdefault(key if by_type else key[0], {})[location] = None
    made = made.join(called)
    worst = {key: max(of, key=lambda one: (one[2], one[1], one[0])) for key, of in events.items()}
    made["types"] = pd.Series([[(name, n) for name, n, _ in sorted(events[key], key=lambda one: (-one[1], one[0]))]
                               for key in made.index], index=made.index, dtype=object)
    made["deadliest"] = [worst[key][0] if worst[key][2] else "" for key in made.index]
    made["locations"] = [[*locations[key]] for key in made.index]
    return made.reset_index()[list(SUM_COLUMNS)]


def as_districts(found: Located, folder: Path = FOLDER) -> Located:
    """The same with every place counted in its district, by the name of the district, else by its position.

    A place without one (outside the two countries) is left out as ``elsewhere``.
    """
    rows: list[int | None] = []
    inside = STRtree(areas("district", folder)["geometry"].to_numpy())
    known: dict[str, int | None] = {}
    for row in dicts_of(found.places):
        if row["area_id"] not in known:
            at = area_of("district", row["country"], row["province"], row["district"], folder)
            if at is None:
                hits = inside.query(Point(row["longitude"], row["latitude"]), predicate="within")
                at = int(hits[0]) if len(hits) else None
            known[row["area_id"]] = at
        rows.append(known[row["area_id"]])
    own = [i for i, row in enumerate(rows) if row is not None]
    rest = [i for i, row in enumerate(rows) if row is None]
    districts = found.places.iloc[own].assign(area_id=pd.array([rows[i] for i in own], dtype="int64"))
    elsewhere = found.places.iloc[rest].drop(columns="area_id").assign(reason="elsewhere")
    return Located(found.places.iloc[:0], pd.concat([found.districts, districts], ignore_index=True),
                   found.provinces, pd.concat([found.left_out, elsewhere], ignore_index=True))


def left_out_sentence(located: Located) -> str:
    """How many events the map cannot show and why; empty when it shows all."""
    counts = located.left_out.groupby("reason")["n_events"].sum()
    named = [f"{int(counts[key]):,} {text}" for key, text in REASONS.items() if key in counts]
    if not named:
        return ""
    n = int(located.left_out["n_events"].sum())
    return f"Not drawn: {n:,} {'event' if n == 1 else 'events'} ({_listed(named)}). They are in the table below."


def _listed(parts: Iterable[str]) -> str:
    *head, last = parts
    return f"{', '.join(head)} and {last}" if head else last
