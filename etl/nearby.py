"""Which reports are worth comparing: those near in time and place, found without looking at all pairs.

Method. Reports that could be alike share a name of a place, a district (spelt alike), a crossing, or, where one of them
knows no district, a province or a country; each such key is a block. Within a block, reports are sorted by day, and
pairs whose days are near are cut out with a binary search, in portions of bounded size, and compared
(`etl.likeness`). No pair that is alike enough is missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from etl.likeness import Comparison
from etl.likeness_parts import ALIKE_NAMES, crossings_at, names
from etl.link_report import Report

MARGIN = 2  # days: exact dates further apart are never alike
PORTION = 2_000_000  # pairs that are compared at a time
_LENGTHS = (1, 4, 40, 10**6)  # days: reports are sought by how long a period they give
_ANY = ("any", "")
_BROAD = ("province", "country", "any")  # blocks in which only some reports seek others

Key = tuple[str, str]


@dataclass(frozen=True)
class Edges:
    """Pairs of reports (positions `one` < `other`) that are at least as alike as was asked for, with their `score`."""

    one: np.ndarray
    other: np.ndarray
    score: np.ndarray

    def only(self, positions: np.ndarray) -> Edges:
        """The edges at these positions, in their order."""
        return Edges(self.one[positions], self.other[positions], self.score[positions])


def alike(comparison: Comparison, threshold: float) -> Edges:
    """All pairs of reports of different articles whose likeness is at least `threshold`."""
    number = len(comparison.start)
    codes, scores = [np.empty(0, np.int64)], [np.empty(0)]
    for one, other in _near(comparison):
        told_apart = comparison.article[one] != comparison.article[other]
        one, other = one[told_apart], other[told_apart]
        keep, score = comparison.scores(one, other, threshold)
        codes.append(one[keep] * number + other[keep])
        scores.append(score)
    whole, first = np.unique(np.concatenate(codes), return_index=True)  # two blocks may give the same pair
    one, other = np.divmod(whole, max(number, 1))
    return Edges(one, other, np.concatenate(scores)[first])


def _keys(tellings: Sequence[Report]) -> tuple[list[tuple[Key, ...]], list[Key | None]]:
    """For each telling of a place the blocks that it lies in, and the one in which it must be sought all through.

    A telling without a district may be alike to any in its province, one without a province to any in its country.
    """
    spelt = _spellings({name for report in tellings for name in (report.district, report.province) if name})
    towns: dict[str, set[str]] = defaultdict(set)
    for report in tellings:
        if report.place and report.province:
            towns[spelt[report.province]].add(report.place)
    town_spelt = {province: _spellings(names) for province, names in towns.items()}
    keys, seeks = [], []
    for report in tellings:
        province = ("province", spelt[report.province]) if report.province else None
        country = ("country", report.country) if report.country else None
        own = {("name", name) for name in names(report)} | {("crossing", number) for number in crossings_at(report)}
        if report.district:
            own.add(("district", spelt[report.district]))
        if report.place and report.province:
            own.add(("town", f"{spelt[report.province]}\x1f{town_spelt[spelt[report.province]][report.place]}"))
        keys.append((*sorted(own), *(key for key in (province, country, _ANY) if key)))
        unbound = report.geo_precision == "border" or not country
        seeks.append(_ANY if unbound else None if report.district and province else province or country)
    return keys, seeks


def _district_numbers(keys: Sequence[tuple[Key, ...]]) -> list[int]:
    """The district of each telling as a number; those without one have a number of their own."""
    numbers: dict[Key, int] = {}
    return [next((numbers.setdefault(key, len(numbers)) for key in own if key[0] == "district"), -1 - n)
            for n, own in enumerate(keys)]


def _spellings(found: set[str]) -> dict[str, str]:
    """One spelling for all names that are alike, or alike to one that is."""
    ordered = sorted(found)
    lower = [name.casefold() for name in ordered]
    chosen = list(range(len(ordered)))

    def top(i: int) -> int:
        while chosen[i] != i:
            i = chosen[i]
        return i

    for i, name in enumerate(lower):
        scores = process.cdist([name], lower[:i], scorer=fuzz.ratio, score_cutoff=ALIKE_NAMES)[0] if i else []
        for j in np.flatnonzero(scores).tolist():
            chosen[top(i)] = top(j)
    return {name: ordered[top(i)] for i, name in enumerate(ordered)}


def _near(columns: Comparison) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Portions of pairs (one < other) that share a block and whose days are near."""
    keys, seeks = _keys(columns.tellings)
    district = np.array(_district_numbers(keys))
    members: dict[Key, list[int]] = defaultdict(list)
    seekers: dict[Key, list[int]] = defaultdict(list)
    by_where: list[list[int]] = [[] for _ in keys]
    for i, where in enumerate(columns.where.tolist()):
        by_where[where].append(i)
    sought = {key for key in seeks if key}
    for where, positions in enumerate(by_where):
        for key in keys[where]:
            if key[0] not in _BROAD:
                members[key] += positions
                seekers[key] += positions
            elif key in sought:
                members[key] += positions
        if seek := seeks[where]:
            seekers[seek] += positions
    for key in sorted(seekers):
        block = np.array(members[key])
        if len(block) < 2:
            continue
        if key[0] in _BROAD or key[0] == "district":
            yield from _in_block(columns, np.array(seekers[key]), block)
        elif np.ptp(district[columns.where[block]]):  # else the block of the district has all of these pairs
            for one, other in _in_block(columns, block, block):
                apart = district[columns.where[one]] != district[columns.where[other]]
                yield one[apart], other[apart]


def _in_block(columns: Comparison, seekers: np.ndarray, members: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    both_ways = np.array_equal(seekers, members)
    lengths = columns.end[members] - columns.start[members] + 1
    shortest = 0
    for longest in _LENGTHS:
        group = members[(lengths > shortest) & (lengths <= longest)]
        shortest = longest
        if not len(group):
            continue
        group = group[np.argsort(columns.start[group], kind="stable")]
        starts = columns.start[group]
        reach = int((columns.end[group] - starts).max()) + MARGIN
        low = np.searchsorted(starts, columns.start[seekers] - reach, side="left")
        high = np.searchsorted(starts, columns.end[seekers] + MARGIN, side="right")
        yield from _pairs(seekers, group, low, high, both_ways)


def _pairs(seekers: np.ndarray, group: np.ndarray, low: np.ndarray, high: np.ndarray, both_ways: bool,
           ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each seeker with the members from `low` to `high`, in portions; the lower position first, none with itself.

    With `both_ways` every pair comes up from either side; one of them is left out.
    """
    counts = np.maximum(high - low, 0)
    first = 0
    sums = np.cumsum(counts)
    while first < len(seekers):
        done = sums[first - 1] if first else 0
        last = max(int(np.searchsorted(sums, done + PORTION, side="right")), first + 1)
        number = counts[first:last]
        one = np.repeat(seekers[first:last], number)
        offsets = np.arange(len(one)) - np.repeat(np.cumsum(number) - number, number)
        other = group[np.repeat(low[first:last], number) + offsets]
        apart = one < other if both_ways else one != other
        one, other = one[apart], other[apart]
        yield np.minimum(one, other), np.maximum(one, other)
        first = last
