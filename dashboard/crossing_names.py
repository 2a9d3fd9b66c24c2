"""Which crossings of the border a place stands for, by the names and spellings of `crossings.csv`."""

from __future__ import annotations

from functools import cache, lru_cache

from etl.reference import read_table
from etl.schema import split_list

CLOSED, OPEN = "closed", "open"
STATE_OF = {"border_closure": CLOSED, "border_reopening": OPEN}
WHOLE = "Whole border"


@cache
def crossing_of() -> dict[str, str]:
    """Name or spelling of a crossing, lower case → the name under which it is shown (`crossings.csv`)."""
    found: dict[str, str] = {}
    for row in read_table("crossings").rows:
        sides = (*row["name"].split("–"), *row["name_pk"].split(","), *row["name_af"].split(","))
        for name in (row["name"], *row["variants"].split("|"), *sides):
            if name.strip():
                found.setdefault(name.strip().casefold(), row["name"])
    return found


def crossings_at(place: object, other_places: object, geo_precision: object) -> list[str]:
    """The crossings that the place of an event stands for, each once; `WHOLE` for one known only to the border."""
    others = other_places if isinstance(other_places, str) else ""
    return [*_crossings(place if isinstance(place, str) else "", others, geo_precision == "border")]


@lru_cache(maxsize=50_000)
def _crossings(place: str, other_places: str, border: bool) -> tuple[str, ...]:
    known, others = crossing_of(), split_list(other_places)
    found = [known[name.casefold()] for name in (place, *others) if name.casefold() in known]
    return tuple(dict.fromkeys(found)) or ((WHOLE,) if border else ())
