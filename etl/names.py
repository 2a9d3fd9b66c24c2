"""Names to show for identifiers: event types, groups and actors, from the reference tables."""

from __future__ import annotations

from functools import cache

from etl.actors import root
from etl.reference import read_table


@cache
def country_names() -> dict[str, str]:
    """ISO 3166-1 alpha-2 → the country's name."""
    return {row["country"]: row["name"] for row in read_table("country_names").rows}


@cache
def type_labels() -> dict[str, str]:
    """Event type → its label, in the order of the codebook."""
    return {row["event_type"]: row["label"] for row in read_table("event_types").rows}


@cache
def type_groups() -> dict[str, tuple[str, ...]]:
    """Group of event types → its types, in the order of the codebook."""
    groups: dict[str, tuple[str, ...]] = {}
    for row in read_table("event_types").rows:
        groups[row["group"]] = (*groups.get(row["group"], ()), row["event_type"])
    return groups


@cache
def actor_names() -> dict[str, str]:
    """Actor's identifier → its name, in the order of the table of actors."""
    return {row["actor_id"]: row["name"] for row in read_table("actors").rows}


def type_label(event_type: str) -> str:
    """The label of an event type; the type itself with blanks where the codebook does not know it."""
    return type_labels().get(event_type, event_type.replace("_", " ").capitalize())


def group_label(group: str) -> str:
    """The label of a group of event types."""
    return group.replace("_", " ").capitalize()


def actor_name(actor: str) -> str:
    """The name of an actor; its identifier where the table of actors does not know it."""
    return actor_names().get(actor, actor)


def actor_list(cell: object) -> str:
    """The names of the actors in a list cell, separated by commas; empty for an empty cell."""
    return ", ".join(actor_name(part) for part in str(cell).split("|") if part) if isinstance(cell, str) else ""


def is_root(actor: str) -> bool:
    """Whether the actor stands at the root of its branches."""
    return root(actor) == actor
