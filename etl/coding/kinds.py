"""What sort of actor an identifier names, from `actors.csv`: the sorts decide sides and types, never the names."""

from __future__ import annotations

import datetime as dt
from functools import cache

from etl.reference import read_table

FORCES = {"military", "police"}
STATE = {"state", "government", "military", "police"}
PEOPLE = {"civilians", "community"}


@cache
def _rows() -> dict[str, dict[str, str]]:
    return read_table("actors").index("actor_id")


def kind(actor: str) -> str:
    """The kind of an actor: state, government, military, police, armed group, civilians, community, organisation."""
    row = _rows().get(actor)
    return row["kind"] if row else ""


def root(actor: str) -> str:
    """The root of a dotted identifier: ``PAK.MIL`` → ``PAK``."""
    return actor.split(".")[0]


@cache
def home_states() -> frozenset[str]:
    """Roots of the two states whose forces exist in the table of default sides: the states of the border."""
    rows = read_table("default_sides").rows
    clash = next(row for row in rows if row["event_type"] == "border_clash")
    return frozenset({root(clash["actors_a"]), root(clash["actors_b"])})


@cache
def home_countries() -> frozenset[str]:
    """ISO codes of the two border states."""
    return frozenset(row["country"] for actor, row in _rows().items() if actor in home_states() and row["country"])


def is_force(actor: str) -> bool:
    """Whether the actor is an armed force of a state."""
    return kind(actor) in FORCES


def has_forces(actor: str) -> bool:
    """Whether the table of actors knows forces of that state, as it does of those that fought here."""
    return any(row["parent"] == actor and row["kind"] in FORCES for row in read_table("actors").rows)


def is_state(actor: str) -> bool:
    """Whether the actor is a state or one of its branches."""
    return kind(actor) in STATE


def is_group(actor: str) -> bool:
    """Whether the actor is an armed group, named or not."""
    return kind(actor) == "armed group"


def is_people(actor: str) -> bool:
    """Whether the actor stands for people rather than an organised party."""
    return kind(actor) in PEOPLE


@cache
def unnamed_group() -> str:
    """The identifier for armed men whom nobody names."""
    return next(row["actors_a"] for row in read_table("default_sides").rows if row["event_type"] == "armed_attack")


def of_its_time(actor: str, day: dt.date) -> str:
    """The identifier that is right on `day`, by the columns from, until and otherwise of `actors.csv`."""
    row = _rows().get(actor)
    if not row or not row["otherwise"]:
        return actor
    iso = day.isoformat()
    outside = (row["from"] and iso < row["from"]) or (row["until"] and iso > row["until"])
    return row["otherwise"] if outside else actor


@cache
def default_sides(event_type: str, country: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two sides of an event type where the text names none, from `default_sides.csv`."""
    rows = [row for row in read_table("default_sides").rows if row["event_type"] == event_type]
    row = next((r for r in rows if r["country"] == country), rows[0])
    return tuple(filter(None, [row["actors_a"]])), tuple(filter(None, [row["actors_b"]]))


def seat(actor: str) -> str:
    """The place from which a state or government speaks (column `seat` of `actors.csv`); empty for others."""
    row = _rows().get(actor) or _rows().get(root(actor))
    return row["seat"] if row else ""


@cache
def state_of(country: str | None) -> str | None:
    """The state whose country it is ("PK" → the root actor of Pakistan); None for others."""
    return next(
        (r["actor_id"] for r in _rows().values() if r["kind"] == "state" and country and r["country"] == country), None
    )


@cache
def civilians_of(country: str | None) -> str | None:
    """The identifier of a country's civilians; None where the table has none."""
    return next(
        (r["actor_id"] for r in _rows().values() if r["kind"] == "civilians" and country and r["country"] == country),
        None,
    )


def is_civilian(actor: str) -> bool:
    """Whether the actor stands for civilians of a country or of none."""
    return kind(actor) == "civilians"


def country_of(actor: str) -> str | None:
    """The country of an actor by `actors.csv` (ISO 3166-1 alpha-2), None where it has none."""
    row = _rows().get(actor)
    return row["country"] or None if row else None


@cache
def nationalities() -> dict[str, str]:
    """Adjective → root actor, from the aliases of kind nationality."""
    return {
        row["alias"]: row["actor_id"].split(".")[0]
        for row in read_table("actor_aliases").rows
        if row["kind"] == "nationality"
    }


@cache
def state_words() -> dict[str, str]:
    """One-word names and adjectives of states → root actor ("China", "Chinese")."""
    rows = [row for row in read_table("actor_aliases").rows if row["kind"] in {"nationality", "state"}]
    return {row["alias"]: root(row["actor_id"]) for row in rows if row["actor_id"] and row["alias"].isalpha()}
