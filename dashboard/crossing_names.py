"""Which crossings of the border a place stands for, by the names and spellings of `crossings.csv`."""

from __future__ import annotations

from functools import cache

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
    known = crossing_of()
    others = split_list(other_places) if isinstance(other_places, str) else ()
    found = [known[name.casefold()] for name in (place, *others) if isinstance(name, str) and name.casefold() in known]
    whole = [WHOLE] if not found and geo_precision == "border" else []
    return list(dict.fromkeys(found)) or whole
