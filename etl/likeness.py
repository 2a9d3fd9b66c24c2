"""How alike two reports are: the parts that linking weighs, each between 0 (excluded) and 1 (the same)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from rapidfuzz import fuzz

from etl.actors import is_armed_group, is_civilian, root
from etl.article import CodedEvent
from etl.reference import read_table

VAGUE_DATES, VAGUE_PLACES = 0.7, 0.8  # below: a month or a year in common; one place only contains the other
WEIGHTS = {"dates": 0.35, "places": 0.35, "parties": 0.2, "tolls": 0.1}


@dataclass(frozen=True)
class Report:
    """An event as one article tells it, as far as linking looks at it. `killed` is the sum of the figures per side."""

    article_id: str
    published: dt.date | None
    event_type: str
    salience: str
    date_start: dt.date
    date_end: dt.date
    date_precision: str
    place: str | None
    district: str | None
    province: str | None
    country: str | None
    geo_precision: str
    other_places: tuple[str, ...]
    actors_a: tuple[str, ...]
    actors_b: tuple[str, ...]
    figures: tuple[tuple[str, int, int], ...] = ()  # side or "", lower and upper bound of the killed
    evidence: str = ""

    @cached_property
    def sort_key(self) -> tuple[str, ...]:
        """Earliest telling first; made of contents alone, so that the order of the input plays no part."""
        return (str(self.published or self.date_end), self.article_id, self.evidence, self.event_type,
                str(self.date_start), str(self.date_end), self.place or "", self.district or "", self.province or "",
                ",".join(self.actors_a), ",".join(self.actors_b), self.salience, self.date_precision)


def report_of_event(event: CodedEvent, article_id: str, published: dt.date, evidence: str) -> Report:
    """The report that linking compares, from a coded event."""
    figures = tuple((c.side or "", *_closed(c.killed)) for c in event.casualties if c.killed)
    return Report(article_id, published, event.event_type, event.salience, event.date_start, event.date_end,
                  event.date_precision, event.place, event.district, event.province, event.country, event.geo_precision,
                  event.other_places, event.actors_a, event.actors_b, figures, evidence)


def report_of_row(row: dict[str, Any], article_id: str, published: dt.date | None) -> Report:
    """The report that linking compares, from a row in the codebook's fields.

    Raises KeyError, TypeError or ValueError where the row lacks a field or a date is none.
    """
    figures = tuple((c.get("side") or "", *_closed(c["killed"]))
                    for c in row.get("casualties") or () if c.get("killed"))
    first = dt.date.fromisoformat(row["date_start"])
    last = dt.date.fromisoformat(row.get("date_end") or row["date_start"])
    return Report(article_id, published, row["event_type"], row.get("salience") or "main", first, last,
                  row.get("date_precision") or "day", row.get("place"), row.get("district"), row.get("province"),
                  row.get("country"), row.get("geo_precision") or "place", tuple(row.get("other_places") or ()),
                  tuple(row.get("actors_a") or ()), tuple(row.get("actors_b") or ()), figures,
                  row.get("evidence") or "")


def _closed(bounds: Any) -> tuple[int, int]:
    low, high = bounds
    return (low if low is not None else high or 0), (high if high is not None else low or 0)


def likeness(one: Report, other: Report) -> float:
    """How likely two reports tell of one happening, between 0 and 1; symmetrical."""
    types = type_likeness(one.event_type, other.event_type)
    if not types:
        return 0.0
    parts = {"dates": dates(one, other), "places": places(one, other), "parties": parties(one, other)}
    if not all(parts.values()):
        return 0.0
    parts["tolls"] = tolls(one, other)
    if parts["dates"] < VAGUE_DATES and parts["places"] < VAGUE_PLACES and parts["tolls"] < 1:
        types *= min(_when_vague(one.event_type), _when_vague(other.event_type))
    return types * sum(WEIGHTS[name] * part for name, part in parts.items())


@cache
def event_group(event_type: str) -> str:
    """The group of an event type; an unknown type is a group of its own."""
    row = read_table("event_types").index("event_type").get(event_type)
    return row["group"] if row else event_type


@cache
def type_likeness(one: str, other: str) -> float:
    """1 for the same type, less for two types that are told for each other (`link_types.csv`), else 0."""
    return 1.0 if one == other else _type_pairs().get(frozenset((one, other)), 0.0)


def _when_vague(event_type: str) -> float:
    """What is left of the likeness of two reports that only a month and a province may have in common."""
    return _type_pairs().get(frozenset((event_type,)), 1.0)


@cache
def _type_pairs() -> dict[frozenset[str], float]:
    return {frozenset((row["event_type"], row["other_type"])): float(row["likeness"])
            for row in read_table("link_types").rows}


def dates(one: Report, other: Report) -> float:
    """1 for the same exact day; less for periods that overlap, or that lie a day or two apart."""
    gap = (max(one.date_start, other.date_start) - min(one.date_end, other.date_end)).days
    if one.date_precision == other.date_precision == "day":
        if gap <= 0:
            return 1.0 if one.date_start == other.date_start else 0.8
        return {1: 0.5, 2: 0.2}.get(gap, 0.0)
    loose = {"day": 0, "week": 1, "month": 2, "year": 3}
    coarse = max(loose.get(one.date_precision, 1), loose.get(other.date_precision, 1))
    if gap <= 0:
        return (1.0, 0.8, 0.65, 0.3)[coarse]
    return 0.5 if gap == 1 and coarse == 1 else 0.0


def places(one: Report, other: Report) -> float:
    """1 for the same place; less where one contains, names or faces the other; 0 where they exclude each other."""
    if one.geo_precision == other.geo_precision == "border":
        return 1.0
    if "border" in (one.geo_precision, other.geo_precision):
        return 0.55
    named = _names(one) & _names(other)
    if one.country and other.country and one.country != other.country:
        return 0.8 if _face(one, other) or named else 0.0
    if one.place and other.place and _same_name(one.place, other.place):
        return 1.0
    for level in ("district", "province"):
        here, there = getattr(one, level), getattr(other, level)
        if here and there and not _same_name(here, there):
            return 0.75 if named or _face(one, other) else 0.0
    if one.district and other.district:
        return 0.6 if one.place and other.place and not named else 0.85
    if one.geo_precision == other.geo_precision and not (one.place and other.place):
        return 0.9
    if one.place and other.place:
        return 0.75 if named else 0.0
    return 0.7 if one.province and other.province else 0.6


def _names(report: Report) -> set[str]:
    own = (report.place or report.district or report.province, *report.other_places)
    return {name.casefold() for name in own if name}


def _same_name(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    return one == other or fuzz.ratio(one, other) >= 85


def _face(one: Report, other: Report) -> bool:
    """Whether the two lie at one border crossing, on either side of it."""
    return any(_at(one) & crossing and _at(other) & crossing for crossing in _crossings())


def _at(report: Report) -> set[str]:
    return {name.casefold() for name in (report.place, report.district) if name}


@cache
def _crossings() -> tuple[frozenset[str], ...]:
    sets = []
    for row in read_table("crossings").rows:
        names = [row["name"], *row["variants"].split("|"), row["district_pk"], row["district_af"]]
        sets.append(frozenset(name.casefold() for name in names if name))
    return tuple(sets)


def parties(one: Report, other: Report) -> float:
    """1 where both sides have an actor in common, in either order; less where one side is told differently."""
    straight = _side(one.actors_a, other.actors_a) + _side(one.actors_b, other.actors_b)
    crossed = _side(one.actors_a, other.actors_b) + _side(one.actors_b, other.actors_a)
    best = max(straight, crossed) / 2
    return best if best >= 0.5 else 0.0


def _side(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    if not one or not other:
        return 1.0 if one == other else 0.6
    return max(_actor(a, b) for a in one for b in other)


@cache
def _actor(one: str, other: str) -> float:
    if root(one) == root(other):
        return 1.0
    if is_armed_group(one) and is_armed_group(other):
        return 0.7
    if is_civilian(one) or is_civilian(other):
        return 0.5
    return 0.0


def tolls(one: Report, other: Report) -> float:
    """1 for equal numbers of killed, less the further apart they are; 0.6 where either tells none."""
    if not one.figures or not other.figures:
        return 0.6
    (low, high), (other_low, other_high) = _total(one), _total(other)
    if low <= other_high and other_low <= high:
        return 1.0
    return min(high, other_high) / max(low, other_low)


def _total(report: Report) -> tuple[int, int]:
    """The killed, all sides together: the lowest and the highest account of each side, the total where it is more."""
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    for side, lower, upper in report.figures:
        low[side], high[side] = min(low.get(side, lower), lower), max(high.get(side, upper), upper)
    total_low, total_high = low.pop("", 0), high.pop("", 0)
    return max(total_low, sum(low.values())), max(total_high, sum(high.values()))
