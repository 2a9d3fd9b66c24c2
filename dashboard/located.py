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

import numpy as np
import pandas as pd
from shapely import STRtree
from shapely.geometry import Point

from dashboard.charts import cells_of, dicts_of
from dashboard.geometry import FRAME, areas
from dashboard.opening import WHERE as WHERE
from etl.reference import FOLDER, read_table

PLACE_COLUMNS = ("place", "district", "province", "country", "latitude", "longitude")
NUMBERS = ("n_events", "killed_low", "killed_best", "killed_high")
SUM_COLUMNS = ("area_id", *PLACE_COLUMNS, *NUMBERS, "first", "last", "types", "deadliest")
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
    found = np.empty(len(events), dtype=object)
    found[:] = [_level(*where) for where in zip(*(
        [None if value is None or value != value else value for value in cells_of(events[name])] for name in _SEEN),
        [folder] * len(events), strict=True)]
    levels = np.array([level for level, _ in found], dtype=object)

    def part(level: str, column: str) -> pd.DataFrame:
        at = np.flatnonzero(levels == level)
        return events.iloc[at].assign(**{column: [value for _, value in found[at]]}).reset_index(drop=True)

    return Located(part("place", "area_id"), part("district", "area_id"), part("province", "area_id"),
                   part("left", "reason"))


_SEEN = ("geo_precision", "latitude", "longitude", "country", "province", "district")


@lru_cache(maxsize=50_000)
def _level(precision: str, latitude: float | None, longitude: float | None, country: str | None, province: str | None,
           district: str | None, folder: Path) -> tuple[str, Any]:
    """The level at which what is known of a location can be drawn, and its ``area_id`` or the reason why not."""
    if precision == "place" and latitude is not None and longitude is not None:
        if not in_frame(float(latitude), float(longitude)):
            return "left", "elsewhere"
        return "place", f"{float(latitude):.4f},{float(longitude):.4f}"
    if precision in ("border", "country"):
        return "left", precision
    if precision in ("place", "district"):
        row = area_of("district", country, province, district, folder)
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
    with the most killed, or empty where nobody was.
    """
    if rows.empty:
        return pd.DataFrame(columns=list(SUM_COLUMNS))
    by = Groups(rows["area_id"], *([rows["event_type"]] if by_type else ()))
    types, deadliest = _types(by, rows)
    cells: dict[str, Any] = {}
    for name in ("area_id", *PLACE_COLUMNS):  # called as its first row is, also where that is empty
        first = rows[name].iloc[by.firsts]
        # Text as Python's own: Arrow's is turned again by each that reads it.
        cells[name] = pd.Series(cells_of(first), dtype=object if isinstance(first.dtype, pd.StringDtype) else None)
    cells |= {name: by.each(np.add, rows[name]) for name in NUMBERS}
    cells["first"], cells["last"] = by.each(np.minimum, rows["first"]), by.each(np.maximum, rows["last"])
    cells["types"], cells["deadliest"] = (pd.Series(of, dtype=object) for of in (types, deadliest))
    return pd.DataFrame({name: cells[name] for name in SUM_COLUMNS})


class Groups:
    """Rows that are alike in `keys`, the groups in the order in which they first occur.

    `order` is the positions of the rows, group after group; `spans` from where to where in it each group reaches;
    `firsts` the position of the first row of each; `of` the number of the group of each row.
    """

    def __init__(self, *keys: pd.Series) -> None:
        codes = pd.factorize(keys[0])[0]
        for key in keys[1:]:
            more, known = pd.factorize(key)
            codes = pd.factorize(codes * max(len(known), 1) + more)[0]
        self.of = codes
        self.order = np.argsort(codes, kind="stable")
        self.starts = np.searchsorted(codes[self.order], np.arange(codes.max() + 1 if len(codes) else 0))
        self.spans = [*zip(self.starts.tolist(), np.append(self.starts[1:], len(codes)).tolist(), strict=False)]
        self.firsts = self.order[self.starts]

    def each(self, add_up: np.ufunc, values: pd.Series) -> np.ndarray:
        """The values of each group made one by `add_up`."""
        return np.asarray(add_up.reduceat(values.to_numpy()[self.order], self.starts))


def _types(by: Groups, rows: pd.DataFrame) -> tuple[list[list[tuple[str, int]]], list[str]]:
    """The event types of each group with their number of events, most first; and its deadliest, or nothing."""
    codes, known = pd.factorize(rows["event_type"], sort=True)
    cells = len(by.starts) * len(known)
    at = by.of * len(known) + codes
    events = np.bincount(at, rows["n_events"].to_numpy(), cells).astype("int64").reshape(-1, len(known))
    killed = np.bincount(at, rows["killed_best"].to_numpy(), cells).astype("int64").reshape(-1, len(known))
    named = [str(name) for name in known]
    most = np.argsort(-events, axis=1, kind="stable")  # of as many events, the first by name
    count = (events > 0).sum(axis=1)
    found = [[(named[kind], n) for kind, n in zip(kinds[:held], of[kinds[:held]].tolist(), strict=True)]
             for kinds, of, held in zip(most, events, count.tolist(), strict=True)]
    # Of as many killed, the one with more events, then the last by name.
    rank = np.lexsort((np.broadcast_to(np.arange(len(known)), events.shape), events, killed), axis=1)[:, -1]
    worst = killed[np.arange(len(rank)), rank]
    return found, [named[kind] if n else "" for kind, n in zip(rank, worst.tolist(), strict=True)]


def as_districts(found: Located, folder: Path = FOLDER) -> Located:
    """The same with every place counted in its district, by the name of the district, else by its position.

    A place without one (outside the two countries) is left out as ``elsewhere``.
    """
    by = Groups(found.places["area_id"])
    known = [_district(row["country"], row["province"], row["district"], row["longitude"], row["latitude"], folder)
             for row in dicts_of(found.places.iloc[by.firsts])]
    rows = np.array([-1 if row is None else row for row in known], dtype="int64")[by.of]
    districts = found.places.iloc[rows >= 0].assign(area_id=rows[rows >= 0])
    elsewhere = found.places.iloc[rows < 0].drop(columns="area_id").assign(reason="elsewhere")
    return Located(found.places.iloc[:0], pd.concat([found.districts, districts], ignore_index=True),
                   found.provinces, pd.concat([found.left_out, elsewhere], ignore_index=True))


@lru_cache(maxsize=2)
def _inside(folder: Path) -> STRtree:
    return STRtree(areas("district", folder)["geometry"].to_numpy())


@lru_cache(maxsize=20_000)
def _district(country: Any, province: Any, district: Any, longitude: float, latitude: float,
              folder: Path) -> int | None:
    at = area_of("district", country, province, district, folder)
    if at is None:
        hits = _inside(folder).query(Point(longitude, latitude), predicate="within")
        at = int(hits[0]) if len(hits) else None
    return at


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
