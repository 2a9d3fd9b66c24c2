"""How alike two reports are: whether they tell of one happening, between 0 (excluded) and 1.

The likeness of their types (`link_types.csv`) times the weighted mean of four parts: dates, places, parties, tolls
(`etl.likeness_parts`). Things that happen often (types that stand beside themselves in `link_types.csv`) need more: two
reports of a frequent thing that differ in day, in place within a district, or in means are one happening only where
their tolls agree; and where one tells a toll of other victims far from the other's, they are two.

Everything is worked out for many pairs at once, and once for each pair of different tellings of places, parties and
tolls: a million reports have some ten million pairs that are worth it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from etl.actors import is_armed_group, is_civilian
from etl.likeness_parts import COARSE, NEXT_DAY, SAME_DISTRICT, Figures, date_likeness, parties, places, tolls, total
from etl.link_report import Report
from etl.reference import read_table

VAGUE_DATES, VAGUE_PLACES = 0.7, 0.8  # below: a month or a year in common; one place only contains the other
WEIGHTS = {"dates": 0.35, "places": 0.35, "parties": 0.2, "tolls": 0.1}
UNTOLD = 0.6  # what tolls are worth where either report tells none
AGREE, TELLING = 0.6, 3  # tolls agree from this likeness on; below this many dead, equal numbers prove little
DISAGREE, STARKLY = 0.5, 0.25  # up to here, tolls of different victims, or told of no one place, are two tolls
DOUBT = 0.7  # what is left of the likeness of a frequent thing that nothing proves to be the same
_KEPT = 2_000_000  # pairs of tellings whose likeness is kept
_LEEWAY = 1e-9  # of sums of floating point numbers


def likeness(one: Report, other: Report) -> float:
    """The likeness of two reports; symmetrical."""
    keep, score = Comparison((one, other)).scores(np.array([0]), np.array([1]))
    return float(score[0]) if len(keep) else 0.0


class Comparison:
    """Compares reports by their positions."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.start = np.array([report.date_start.toordinal() for report in reports], dtype=np.int64)
        self.end = np.array([report.date_end.toordinal() for report in reports], dtype=np.int64)
        self._coarse = np.array([COARSE.get(report.date_precision, 1) for report in reports], dtype=np.int8)
        self.article, _ = numbered(report.article_id for report in reports)
        self._type, types = numbered(report.event_type for report in reports)
        self.where, wheres = numbered(_where(report) for report in reports)
        self._who, whos = numbered((report.actors_a, report.actors_b) for report in reports)
        self._toll, self._figures = numbered(report.figures for report in reports)
        self._round, rounds = numbered(report.rounds for report in reports)
        self._alike = _grid(types, type_likeness)
        self._needs_tolls = _grid(types, needs_tolls).astype(bool)
        self._frequent = np.array([is_frequent(name) for name in types], dtype=bool)
        self._when_vague = np.array([_when_vague(name) for name in types], dtype=float)
        self._killed = np.array([total(figures)[0] for figures in self._figures], dtype=np.int64)
        first_where, who = _firsts(self.where, len(wheres)), whos
        self.tellings = [reports[i] for i in first_where]
        self._places = _Pairs(lambda a, b: places(self.tellings[a], self.tellings[b]), len(wheres))
        self._parties = _Pairs(lambda a, b: parties(who[a], who[b]), len(whos))
        self._tolls = _Pairs(lambda a, b: _or_nan(tolls(self._figures[a], self._figures[b])), len(self._figures))
        self._others = _Pairs(lambda a, b: _are_other_victims(self._figures[a], self._figures[b]), len(self._figures))
        self._rounds_apart = _Pairs(lambda a, b: bool(rounds[a] and rounds[b] and not rounds[a] & rounds[b]),
                                    len(rounds))

    def scores(self, one: np.ndarray, other: np.ndarray, at_least: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Which pairs of positions have a likeness above 0 and of `at_least` so much, and what it is."""
        keep = np.arange(len(one))
        types = self._alike[self._type[one], self._type[other]]
        keep, one, other, types = _only((types > 0) & (types >= at_least - _LEEWAY), keep, one, other, types)
        dates = date_likeness(self.start[one], self.end[one], self._coarse[one], self.start[other], self.end[other],
                              self._coarse[other])
        most = types * (1 - WEIGHTS["dates"] * (1 - dates))
        keep, one, other, types, dates, most = _only((dates > 0) & (most >= at_least - _LEEWAY), keep, one, other,
                                                     types, dates, most)
        who = self._parties.of(self._who[one], self._who[other])
        most -= types * WEIGHTS["parties"] * (1 - who)
        keep, one, other, types, dates, who, most = _only((who > 0) & (most >= at_least - _LEEWAY), keep, one, other,
                                                          types, dates, who, most)
        where = self._places.of(self.where[one], self.where[other])
        most -= types * WEIGHTS["places"] * (1 - where)
        keep, one, other, types, dates, who, where = _only((where > 0) & (most >= at_least - _LEEWAY), keep, one,
                                                           other, types, dates, who, where)
        told = self._tolls.of(self._toll[one], self._toll[other])
        parts = {"dates": dates, "places": where, "parties": who, "tolls": np.where(np.isnan(told), UNTOLD, told)}
        score = types * sum(WEIGHTS[name] * part for name, part in parts.items())
        vague = (dates < VAGUE_DATES) & (where < VAGUE_PLACES) & (told != 1)
        score *= np.where(vague, np.minimum(self._when_vague[self._type[one]], self._when_vague[self._type[other]]), 1)
        score *= np.where(self._is_doubtful(one, other, dates, where, told), DOUBT, 1)
        score *= self._rounds_apart.of(self._round[one], self._round[other]) == 0
        keep, score = _only((score > 0) & (score >= at_least - _LEEWAY), keep, score)
        return keep, score

    def _is_doubtful(self, one: np.ndarray, other: np.ndarray, dates: np.ndarray, where: np.ndarray,
                     told: np.ndarray) -> np.ndarray:
        """Whether two reports that could be one happening may as well be two, as such things happen often."""
        frequent = self._frequent[self._type[one]] & self._frequent[self._type[other]]
        agree = told >= AGREE  # not where untold
        killed = np.minimum(self._killed[self._toll[one]], self._killed[self._toll[other]])
        exact = (self._coarse[one] == 0) & (self._coarse[other] == 0)
        loose = (exact & (dates <= NEXT_DAY)) | (where <= SAME_DISTRICT)
        apart = told <= DISAGREE
        apart[apart] = self._others.of(self._toll[one][apart], self._toll[other][apart]) > 0
        apart |= (told <= STARKLY) & (where < 1)
        by_means = self._needs_tolls[self._type[one], self._type[other]]
        by_one_toll = agree & ((killed >= TELLING) | (where == 1))
        return np.where(by_means, ~by_one_toll, frequent & (apart | loose & ~(agree & (killed >= TELLING))))


class _Pairs:
    """A symmetrical function of two numbers, worked out once for each pair that is asked for."""

    def __init__(self, function: Callable[[int, int], float], size: int) -> None:
        self._function, self._size, self._known = function, max(size, 1), dict[int, float]()

    def of(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """The values for pairs of numbers."""
        codes, back = np.unique(np.minimum(one, other) * self._size + np.maximum(one, other), return_inverse=True)
        if len(self._known) > _KEPT:
            self._known.clear()
        values = np.empty(len(codes))
        for n, code in enumerate(codes.tolist()):
            value = self._known.get(code)
            if value is None:
                value = self._known[code] = self._function(*divmod(code, self._size))
            values[n] = value
        return values[back]


def numbered(values: Iterable[Hashable]) -> tuple[np.ndarray, list[Any]]:
    """Each value as the number of its first appearance, and the values by number."""
    numbers: dict[Hashable, int] = {}
    column = np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), dtype=np.int64)
    return column, list(numbers)


def _firsts(column: np.ndarray, size: int) -> list[int]:
    """The position of the first report with each number."""
    firsts = np.empty(size, dtype=np.int64)
    firsts[column[::-1]] = np.arange(len(column))[::-1]
    return firsts.tolist()


def _grid(names: Sequence[str], function: Callable[[str, str], float]) -> np.ndarray:
    return np.array([[function(a, b) for b in names] for a in names], dtype=float).reshape(len(names), len(names))


def _only(mask: np.ndarray, *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(array[mask] for array in arrays)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _where(report: Report) -> tuple[Any, ...]:
    """All that `places` looks at."""
    return (report.place, report.district, report.province, report.country, report.geo_precision, report.other_places)


def _are_other_victims(one: Figures, other: Figures) -> bool:
    """Whether both tell whose dead they count, and none of these can be the other's."""
    return not any(not a or not b or a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")
                   or is_armed_group(a) and is_armed_group(b) or is_civilian(a) and is_civilian(b)
                   for a, *_ in one for b, *_ in other)


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
