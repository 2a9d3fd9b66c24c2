"""Where events can be drawn honestly: at a place, as a district, as a province, or not at all.

An event never gets a position that its sources do not give. It is drawn at the finest level that is both known and
drawable, and what cannot be drawn is counted under its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.charts import dicts_of
from dashboard.geometry import FRAME, areas
from etl.reference import FOLDER, read_table

PLACE_COLUMNS = ("place", "district", "province", "country", "latitude", "longitude")
REASONS = {
    "border": "known only to be along the border",
    "country": "known only to their country",
    "elsewhere": "outside the map",
    "unmatched": "whose area is not among the boundaries",
}


@dataclass(frozen=True)
class Located:
    """Events sorted by how they can be drawn.

    `places`, `districts` and `provinces` are rows of the events table with an ``area_id`` (row of the boundaries; for
    places a key of the position); `left_out` has the rest with a ``reason`` of `REASONS`.
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
    """Sorts `events` (columns of the events table) by the finest level at which each can be drawn."""
    rows: dict[str, list[tuple[int, Any]]] = {"place": [], "district": [], "province": [], "left": []}
    for at, event in enumerate(dicts_of(events)):
        level, value = _level(event, folder)
        rows[level].append((at, value))

    def part(level: str, column: str) -> pd.DataFrame:
        chosen = events.iloc[[at for at, _ in rows[level]]].copy()
        chosen[column] = [value for _, value in rows[level]]
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


def sums(events: pd.DataFrame) -> pd.DataFrame:
    """One row a drawn area or place: ``area_id``, names, ``n_events``, ``killed_low``, ``killed_best``, ``killed_high``
    (persons), ``first``, ``last`` and ``types`` (event types by frequency, then in order of the table)."""
    made = []
    for area, part in events.groupby("area_id", sort=True):
        counts = Counter(part["event_type"].tolist())
        order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        head = part.iloc[0]
        made.append({
            "area_id": area, **{name: head.get(name) for name in PLACE_COLUMNS}, "n_events": len(part),
            **{f"killed_{bound}": _total(part[f"fatalities_{bound}"]) for bound in ("low", "best", "high")},
            "first": pd.to_datetime(part["date_start"]).min(), "last": pd.to_datetime(part["date_end"]).max(),
            "types": order,
        })
    columns = ["area_id", *PLACE_COLUMNS, "n_events", "killed_low", "killed_best", "killed_high", "first", "last",
               "types"]
    return pd.DataFrame(made, columns=columns)


def _total(values: pd.Series) -> int:
    return int(pd.to_numeric(values, errors="coerce").fillna(0).sum())


def left_out_sentence(located: Located) -> str:
    """How many events the map cannot show and why; empty when it shows all."""
    counts = located.left_out["reason"].value_counts()
    named = [f"{int(counts[key]):,} {text}" for key, text in REASONS.items() if key in counts]
    if not named:
        return ""
    n = len(located.left_out)
    return f"Not drawn: {n:,} {'event' if n == 1 else 'events'} ({_listed(named)}). They are in the table below."


def _listed(parts: Iterable[str]) -> str:
    *head, last = parts
    return f"{', '.join(head)} and {last}" if head else last
