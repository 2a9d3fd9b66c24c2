"""What the table of actors says about an identifier: its root, its kind."""

from __future__ import annotations

from functools import cache

from etl.reference import read_table

UNNAMED_GROUP = "MILITANTS"  # the codebook's identifier of armed men whom a text does not name further
CIVILIANS = "civilians"
_CIVILIAN_KINDS = (CIVILIANS, "community", "organisation")
_ARMED_KIND = "armed group"


@cache
def _actors() -> dict[str, dict[str, str]]:
    return read_table("actors").index("actor_id")


@cache
def root(actor: str) -> str:
    """The actor at the top of the tree: ``PAK`` for ``PAK.MIL``; an unknown actor is cut at its first dot."""
    known = _actors()
    seen = {actor}
    while actor in known and known[actor]["parent"] and known[actor]["parent"] not in seen:
        actor = known[actor]["parent"]
        seen.add(actor)
    return actor if actor in known else actor.split(".", 1)[0]


def kind(actor: str) -> str:
    """The kind of an actor in the table of actors, empty for an unknown one."""
    row = _actors().get(actor)
    return row["kind"] if row else ""


@cache
def country(actor: str) -> str:
    """ISO code of the country of an actor or of the state at its root; empty where the table gives none."""
    row = _actors().get(actor) or _actors().get(root(actor))
    return (row["country"] or _actors().get(root(actor), row)["country"]) if row else ""


def is_civilian(actor: str) -> bool:
    """Whether the actor is no party in arms: civilians, tribes, organisations."""
    return kind(actor) in _CIVILIAN_KINDS


def is_armed_group(actor: str) -> bool:
    """Whether the actor is an armed group without a state."""
    return kind(actor) == _ARMED_KIND


def side_class(actor: str) -> str:
    """The class of a side that different articles name alike: a state's root, armed groups, a country's civilians."""
    if is_civilian(actor):
        return actor if root(actor) != actor else CIVILIANS
    return _ARMED_KIND if is_armed_group(actor) else root(actor)


def are_apart(one: str, other: str) -> bool:
    """Whether two classes of sides (`side_class`) surely hold different people: civilians unspecified may be any."""
    civil = [side for side in (one, other) if side == CIVILIANS or is_civilian(side)]
    return one != other and not (len(civil) == 2 and CIVILIANS in civil)


def dyad(actors_a: tuple[str, ...], actors_b: tuple[str, ...]) -> str | None:
    """The two sides as root actors in alphabetical order (``AFG–PAK``); None with one side only."""
    roots_a, roots_b = [root(actor) for actor in actors_a], [root(actor) for actor in actors_b]
    if not roots_a or not roots_b:
        return None
    first = roots_a[0]
    other = next((actor for actor in roots_b if actor != first), roots_b[0])
    return "–".join(sorted((first, other)))
