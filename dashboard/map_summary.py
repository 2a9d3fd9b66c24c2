"""The map in words and as a table: what it shows, and what it cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import cells_of, counted, number, rows_of
from dashboard.crossing_states import HOLD
from dashboard.geometry import Boundaries
from dashboard.located import NUMBERS, REASONS, Groups, Located, left_out_sentence, sums
from dashboard.map_areas import area_key, hexagon_names
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
    locations: tuple[int, ...]

    @property
    def label(self) -> str:
        """Its name with the number of events."""
        return f"{self.name}: {counted(self.n_events, 'event')}"


def spots(shown: Located, shapes: Boundaries, marks: str = "places",
          called: Mapping[str, str] | None = None) -> dict[str, Spot]:
    """Everything drawn, by key, that with the most events first.

    `marks` says what `shown` is drawn as: ``places``, ``hexagons`` (of `map_areas.binned` places) or ``districts``
    (of `located.as_districts`); `called` the names of its hexagons, where they are known already.
    """
    made = []
    for part, level in LEVELS:
        rows = getattr(shown, part)
        if rows.empty:
            continue
        table = shapes.districts if level == "district" else shapes.provinces
        by = Groups(rows["area_id"])
        counts = by.each(np.add, rows["n_events"]).tolist()
        firsts = rows.iloc[by.firsts]
        areas = cells_of(firsts["area_id"])
        locations = np.array(cells_of(rows["location"]), dtype=object)[by.order]
        if level != "place":
            whole = level == "district" and marks == "districts"
            names = [f"{name} ({level}{'' if whole else ' only'})" for name in table["name"].loc[areas]]
            keys = [area_key(level, row) for row in table[["admin_id"]].loc[areas].to_dict("records")]
        elif marks == "hexagons":
            known = hexagon_names(rows) if called is None else called
            names, keys = [known[area] for area in areas], [f"hexagon:{area}" for area in areas]
        else:
            names, keys = [*map(place_name, rows_of(firsts[["place", "district", "province"]]))], areas
        made += [Spot(key, name, n, tuple(dict.fromkeys(locations[a:b])))
                 for key, name, n, (a, b) in zip(keys, names, counts, by.spans, strict=True)]
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
    parts = []
    for part, level in LEVELS:
        rows = getattr(found, part)
        if rows.empty:
            continue
        table = sums(rows)
        if level != "place":
            shape = shapes.districts if level == "district" else shapes.provinces
            named = shape["name"].loc[table["area_id"]].to_numpy()
            table = table.assign(place=named, latitude=np.nan, longitude=np.nan)
        if level == "province":
            table = table.assign(district=np.nan)
        parts.append(_said(table, level))
    for reason, text in REASONS.items():
        rows = found.left_out[found.left_out["reason"] == reason]
        if len(rows):
            nowhere = dict.fromkeys(("district", "province", "country", "latitude", "longitude"), np.nan)
            parts.append(_said(sums(rows.assign(area_id=reason)).assign(place=text, **nowhere), "not drawn"))
    return pd.DataFrame([row for part in parts for row in part], columns=list(COLUMNS))


def _said(table: pd.DataFrame, drawn_as: str) -> list[tuple[Any, ...]]:
    """The rows of `located.sums` as `as_table` has them."""
    types = ["|".join([f"{name}:{count}" for name, count in held]) for held in table["types"]]
    cells = {**{name: cells_of(table[name]) for name in COLUMNS if name in table}, "types": types,
             "where": cells_of(table["place"]), "drawn_as": [drawn_as] * len(table)}
    return [*zip(*(cells[name] for name in COLUMNS), strict=True)]
