"""How alike two reports are: the parts that linking weighs, each between 0 (excluded) and 1 (the same).

Things that happen often (types that stand beside themselves in `link_types.csv`) need more: two reports of a frequent
thing that differ in day, in place within a district, or in means are one happening only where their tolls agree; and
where one tells a toll of other victims far from the other's, they are two.
"""

from __future__ import annotations

from functools import cache

from etl.actors import is_armed_group, is_civilian
from etl.likeness_parts import NEXT_DAY, SAME_DISTRICT, dates, parties, places, rounds_apart, tolls, total
from etl.link_report import Report
from etl.reference import read_table

VAGUE_DATES, VAGUE_PLACES = 0.7, 0.8  # below: a month or a year in common; one place only contains the other
WEIGHTS = {"dates": 0.35, "places": 0.35, "parties": 0.2, "tolls": 0.1}
UNTOLD = 0.6  # what tolls are worth where either report tells none
AGREE, TELLING = 0.6, 3  # tolls agree from this likeness on; below this many dead, equal numbers prove little
DISAGREE, STARKLY = 0.5, 0.25  # up to here, tolls of different victims, or told of no one place, are two tolls
DOUBT = 0.7  # what is left of the likeness of a frequent thing that nothing proves to be the same


def likeness(one: Report, other: Report) -> float:
    """How likely two reports tell of one happening, between 0 and 1; symmetrical."""
    types = type_likeness(one.event_type, other.event_type)
    if not types or rounds_apart(one, other):
        return 0.0
    parts = {"dates": dates(one, other), "places": places(one, other), "parties": parties(one, other)}
    if not all(parts.values()):
        return 0.0
    told = tolls(one, other)
    parts["tolls"] = UNTOLD if told is None else told
    if parts["dates"] < VAGUE_DATES and parts["places"] < VAGUE_PLACES and told != 1:
        types *= min(_when_vague(one.event_type), _when_vague(other.event_type))
    if _is_doubtful(one, other, parts["dates"], parts["places"], told):
        types *= DOUBT
    return types * sum(WEIGHTS[name] * part for name, part in parts.items())


def _is_doubtful(one: Report, other: Report, when: float, where: float, told: float | None) -> bool:
    """Whether two reports that could be one happening may as well be two, as such things happen often."""
    if needs_tolls(one.event_type, other.event_type):
        return told is None or told < AGREE
    if not (is_frequent(one.event_type) and is_frequent(other.event_type)):
        return False
    if told is not None and told <= DISAGREE and _are_other_victims(one, other):
        return True
    if told is not None and told <= STARKLY and where < 1:
        return True
    exact = one.date_precision == other.date_precision == "day"
    if exact and when <= NEXT_DAY or where <= SAME_DISTRICT:
        return told is None or told < AGREE or min(total(one.figures)[0], total(other.figures)[0]) < TELLING
    return False


def _are_other_victims(one: Report, other: Report) -> bool:
    """Whether both tell whose dead they count, and none of these can be the other's."""
    ours, theirs = ({side for side, *_ in report.figures} for report in (one, other))
    return not any(not a or not b or a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")
                   or is_armed_group(a) and is_armed_group(b) or is_civilian(a) and is_civilian(b)
                   for a in ours for b in theirs)


@cache
def event_group(event_type: str) -> str:
    """The group of an event type; an unknown type is a group of its own."""
    row = read_table("event_types").index("event_type").get(event_type)
    return row["group"] if row else event_type


@cache
def type_likeness(one: str, other: str) -> float:
    """1 for the same type, less for two types that are told for each other (`link_types.csv`), else 0."""
    return 1.0 if one == other else _type_pairs().get(frozenset((one, other)), 0.0)


@cache
def is_frequent(event_type: str) -> bool:
    """Whether the type stands beside itself in `link_types.csv`: two of them on one day are no surprise."""
    return frozenset((event_type,)) in _type_pairs()


@cache
def needs_tolls(one: str, other: str) -> bool:
    """Whether two types are told for each other so seldom that only an equal toll shows one happening."""
    return any(row["needs"] == "tolls" and {row["event_type"], row["other_type"]} == {one, other}
               for row in read_table("link_types").rows)


def _when_vague(event_type: str) -> float:
    """What is left of the likeness of two reports that only a month and a province may have in common."""
    return _type_pairs().get(frozenset((event_type,)), 1.0)


@cache
def _type_pairs() -> dict[frozenset[str], float]:
    return {frozenset((row["event_type"], row["other_type"])): float(row["likeness"])
            for row in read_table("link_types").rows}
