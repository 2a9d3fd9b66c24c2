"""The map in words and as a table: what it shows, and what it cannot show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.charts import counted, number, rows_of
from dashboard.geometry import Boundaries
from dashboard.located import REASONS, Located, left_out_sentence, sums
from dashboard.map import place_name

LEVELS = (("places", "place"), ("districts", "district"), ("provinces", "province"))
NUMBERS = ("n_events", "killed_low", "killed_best", "killed_high", "first", "last")
COLUMNS = ("where", "drawn_as", "district", "province", "country", *NUMBERS, "types", "latitude", "longitude")
BEST = 3  # places and areas named in the text


@dataclass(frozen=True)
class Spot:
    """A place or area on the map with its events: `key` is the ``area`` of the records that draw it."""

    key: str
    name: str
    events: pd.DataFrame

    @property
    def label(self) -> str:
        """Its name with the number of events."""
        return f"{self.name}: {counted(len(self.events), 'event')}"


def spots(found: Located, shapes: Boundaries) -> dict[str, Spot]:
    """Everything drawn, by key, that with the most events first."""
    made = []
    for part, level in LEVELS:
        table = shapes.districts if level == "district" else shapes.provinces
        for area, events in getattr(found, part).groupby("area_id", sort=True):
            if level == "place":
                made.append(Spot(str(area), place_name(events.iloc[0]), events))
            else:
                made.append(Spot(f"{level}:{area}", f"{table.loc[area, 'name']} ({level} only)", events))
    made.sort(key=lambda spot: (-len(spot.events), spot.name, spot.key))
    return {spot.key: spot for spot in made}


def in_words(found: Located, shapes: Boundaries) -> str:
    """How many events are drawn and how precisely, what is left out and why, and where most happened."""
    drawn = [f"{number(len(getattr(found, part)))} {text}" for part, text in
             (("places", "at a place"), ("districts", "as a district"), ("provinces", "as a province"))]
    n = sum(len(getattr(found, part)) for part in ("places", "districts", "provinces", "left_out"))
    best = [spot.label for spot in list(spots(found, shapes).values())[:BEST]]
    parts = [f"{counted(n, 'event')}: {', '.join(drawn)}.", left_out_sentence(found),
             f"Most: {'; '.join(best)}." if best else ""]
    return " ".join(part for part in parts if part)


def as_table(found: Located, shapes: Boundaries) -> pd.DataFrame:
    """One row a place or area on the map, then one for each reason why events are not on it; columns `COLUMNS`.

    Killed are persons; `types` are event types with their number of events, ``air_strike:3|talks:1``.
    """
    made: list[dict[str, Any]] = []
    for part, level in LEVELS:
        table = shapes.districts if level == "district" else shapes.provinces
        for row in rows_of(sums(getattr(found, part))):
            record = _numbers(row)
            record.update(where=row.place if level == "place" else table.loc[row.area_id, "name"], drawn_as=level,
                          province=row.province, country=row.country)
            if level != "province":
                record["district"] = row.district
            if level == "place":
                record.update(latitude=row.latitude, longitude=row.longitude)
            made.append(record)
    for reason, text in REASONS.items():
        rows = found.left_out[found.left_out["reason"] == reason]
        if len(rows):
            row = rows_of(sums(rows.assign(area_id=reason)))[0]
            made.append({**_numbers(row), "where": text, "drawn_as": "not drawn"})
    return pd.DataFrame(made, columns=list(COLUMNS))


def _numbers(row: Any) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in NUMBERS},
            "types": "|".join(f"{name}:{count}" for name, count in row.types)}
