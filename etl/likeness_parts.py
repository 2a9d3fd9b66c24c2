"""The parts that the likeness of two reports is made of: dates, places, parties, tolls, each between 0 and 1.

1 is the same, 0 excludes that the two tell of one happening.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from rapidfuzz import fuzz

from etl.actors import is_armed_group, is_civilian, root, side_class
from etl.link_report import Report
from etl.reference import read_table

SAME_DAY, NEXT_DAY = 1.0, 0.5  # dates: the same exact day; exact days, one after the other
COARSE = {"day": 0, "week": 1, "month": 2, "year": 3}
_WITHIN = np.array([0.8, 0.8, 0.65, 0.3])  # dates that overlap, by the coarser precision
# dates that do not overlap, by the coarser precision and the days between, from 1 to 3 or more
_APART = np.array([[0, NEXT_DAY, 0.2, 0], [0, 0.5, 0, 0], [0] * 4, [0] * 4])
ALIKE_NAMES = 85  # rapidfuzz ratio from which two spellings are one name
SAME_TOWN, SAME_DISTRICT = 0.85, 0.6  # places: one district, in which at most one names a place; two places of it
Figures = tuple[tuple[str, int, int], ...]  # side or "", lower and upper bound of the killed
Sides = tuple[tuple[str, ...], tuple[str, ...]]
_KEPT = 100_000  # figures whose sums are kept


def date_likeness(start: np.ndarray, end: np.ndarray, coarse: np.ndarray, other_start: np.ndarray,
                  other_end: np.ndarray, other_coarse: np.ndarray) -> np.ndarray:
    """1 for the same exact day; less for periods that overlap, or that lie a day or two apart.

    Of many pairs at once; days as ordinals, precisions as in `COARSE`.
    """
    gap = np.maximum(start, other_start) - np.minimum(end, other_end)
    both = np.maximum(coarse, other_coarse)
    value = np.where(gap <= 0, _WITHIN[both], _APART[both, np.clip(gap, 1, 3)])
    return np.where((both == 0) & (gap <= 0) & (start == other_start), SAME_DAY, value)


def places(one: Report, other: Report) -> float:
    """1 for the same place; less where one contains, names or faces the other; 0 where they exclude each other."""
    if one.geo_precision == other.geo_precision == "border":
        return 1.0
    if "border" in (one.geo_precision, other.geo_precision):
        return 0.55
    named = names(one) & names(other)
    if one.country and other.country and one.country != other.country:
        return 0.8 if _face(one, other) or named else 0.0
    same_place = bool(one.place and other.place and _same_name(one.place, other.place))
    for level in ("province", "district"):
        here, there = getattr(one, level), getattr(other, level)
        if here and there and not _same_name(here, there):
            return 0.75 if named or _face(one, other) or (same_place and level == "district") else 0.0
    if same_place:
        return 1.0
    if one.district and other.district:
        return SAME_DISTRICT if _is_finer(one) and _is_finer(other) and not named else SAME_TOWN
    if one.geo_precision == other.geo_precision and not (one.place and other.place):
        return 0.9
    if one.place and other.place:
        return 0.75 if named else 0.0
    return 0.7 if one.province and other.province else 0.6


def _is_finer(report: Report) -> bool:
    """Whether a report names a place within its district, and not the district's own name."""
    return bool(report.place and report.district and not _same_name(report.place, report.district))


def names(report: Report) -> set[str]:
    """The names that a report shares its place by: the most specific one and the further places, in lower case."""
    own = (report.place or report.district or report.province, *report.other_places)
    return {name.casefold() for name in own if name}


def _same_name(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    return one == other or fuzz.ratio(one, other) >= ALIKE_NAMES


def _face(one: Report, other: Report) -> bool:
    """Whether the two lie at one border crossing, on either side of it."""
    return bool(crossings_at(one) & crossings_at(other))


def crossings_at(report: Report) -> frozenset[str]:
    """The crossings at which a report's place or district lies, by number."""
    return _at(report.place, report.district)


@lru_cache(maxsize=_KEPT)
def _at(place: str | None, district: str | None) -> frozenset[str]:
    here = {name.casefold() for name in (place, district) if name}
    return frozenset(str(number) for number, crossing in enumerate(_crossings()) if here & crossing)


@cache
def _crossings() -> tuple[frozenset[str], ...]:
    sets = []
    for row in read_table("crossings").rows:
        names = [row["name"], *row["variants"].split("|"), row["district_pk"], row["district_af"]]
        sets.append(frozenset(name.casefold() for name in names if name))
    return tuple(sets)


def parties(one: Sides, other: Sides) -> float:
    """1 where both sides have an actor in common, in either order; less where one side is told differently."""
    straight = _side(one[0], other[0]) + _side(one[1], other[1])
    crossed = _side(one[0], other[1]) + _side(one[1], other[0])
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


def tolls(one: Figures, other: Figures) -> float | None:
    """1 where the killed of a side, or of all sides together, are equal; less the further apart; None where untold."""
    if not one or not other:
        return None
    ours, theirs = by_side(one), by_side(other)
    shared = [_near(ours[side], theirs[side]) for side in ours.keys() & theirs.keys()]
    return max(_near(total(one), total(other)), sum(shared) / len(shared) if shared else 0.0)


def _near(one: tuple[int, int], other: tuple[int, int]) -> float:
    """1 for ranges that overlap, else the quotient of their nearest bounds."""
    if one[0] <= other[1] and other[0] <= one[1]:
        return 1.0
    return min(one[1], other[1]) / max(one[0], other[0])


@lru_cache(maxsize=_KEPT)
def by_side(figures: Figures) -> dict[str, tuple[int, int]]:
    """The lowest and the highest account of each class of sides (`actors.side_class`); "" for a total."""
    sums: dict[str, dict[str, tuple[int, int]]] = {}
    for side, lower, upper in figures:
        parts = sums.setdefault(side_class(side) if side else "", {})
        low, high = parts.get(side, (lower, upper))
        parts[side] = min(low, lower), max(high, upper)
    return {name: (sum(low for low, _ in parts.values()), sum(high for _, high in parts.values()))
            for name, parts in sums.items()}


@lru_cache(maxsize=_KEPT)
def total(figures: Figures) -> tuple[int, int]:
    """The killed, all sides together: the lowest and the highest account of each side, the total where it is more."""
    sides = dict(by_side(figures))
    whole = sides.pop("", (0, 0))
    low, high = (sum(bounds[i] for bounds in sides.values()) for i in (0, 1))
    return max(whole[0], low), max(whole[1], high)
