"""The map in words and as a table: what it shows, and what it cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.charts import counted, number, rows_of
from dashboard.crossing_states import HOLD
from dashboard.geometry import Boundaries
from dashboard.located import NUMBERS, REASONS, Located, left_out_sentence, sums
from dashboard.map_areas import hexagon_name
from dashboard.map_marks import place_name
from etl.wording import day

LEVELS = (("places", "place"), ("districts", "district"), ("provinces", "province"))
SAID = (*NUMBERS, "first", "last")
COLUMNS = ("where", "drawn_as", "district", "province", "country", *SAID, "types", "latitude", "longitude")
BEST = 3  # places and areas named in the text


@dataclass(frozen=True)
class Spot:
    """A place or area on the map: `key` is the ``area`` of the records that draw it, `locations` lead to its events."""

    key: str
    name: str
    n_events: int
    locations: tuple[str, ...]

    @property
    def label(self) -> str:
        """Its name with the number of events."""
        return f"{self.name}: {counted(self.n_events, 'event')}"


def spots(shown: Located, shapes: Boundaries, marks: str = "places") -> dict[str, Spot]:
    """Everything drawn, by key, that with the most events first.

    `marks` says what `shown` is drawn as: ``places``, ``hexagons`` (of `map_areas.binned` places) or ``districts``
    (of `located.as_districts`).
    """
    made = []
    for part, level in LEVELS:
        table = shapes.districts if level == "district" else shapes.provinces
        for area, rows in getattr(shown, part).groupby("area_id", sort=True):
            if level == "place":
                key, name = str(area), place_name(rows.iloc[0])
                if marks == "hexagons":
                    key, name = f"hexagon:{area}", hexagon_name(rows)
            else:
                whole = level == "district" and marks == "districts"
                key, name = f"{level}:{area}", f"{table.loc[area, 'name']} ({level}{'' if whole else ' only'})"
            made.append(Spot(key, name, int(rows["n_events"].sum()), tuple(dict.fromkeys(rows["location"]))))
    made.sort(key=lambda spot: (-spot.n_events, spot.name, spot.key))
    return {spot.key: spot for spot in made}


def gates_in_words(states: Mapping[str, tuple[str, Any]], on: Any) -> str:
    """The crossings whose state on the day `on` is known (see `crossing_states.on_day`), in words."""
    if not states:
        return f"On {day(on)} no report of the {HOLD} days before tells whether a crossing was open or closed."
    told = "; ".join(f"{name} {state} (reported {day(since)})" for name, (state, since) in states.items())
    return f"Crossings on {day(on)}: {told}; the others unknown."


def in_words(found: Located, named: Mapping[str, Spot], by_district: bool = False) -> str:
    """How many events are drawn and how precisely, what is left out and why, and where most happened.

    `by_district`: that events at a place are counted in their district is said too.
    """
    counts = {part: int(getattr(found, part)["n_events"].sum())
              for part in ("places", "districts", "provinces", "left_out")}
    drawn = [f"{number(counts[part])} {text}" for part, text in
             (("places", "at a place"), ("districts", "as a district"), ("provinces", "as a province"))]
    if by_district:
        drawn[0] += " (counted in its district)"
    best = [spot.label for spot in list(named.values())[:BEST]]
    if not any(counts.values()):
        return "No events."
    parts = [f"{counted(sum(counts.values()), 'event')}: {', '.join(drawn)}.", left_out_sentence(found),
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
    return {**{name: getattr(row, name) for name in SAID},
            "types": "|".join(f"{name}:{count}" for name, count in row.types)}
