"""Chooses among the places that share a name: by chain, sentence, neighbours, title, dateline, border and size."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace

from etl.coding.gazetteer import Entry, gazetteer, key
from etl.coding.parse import Parsed
from etl.coding.place_names import Scanner
from etl.coding.place_words import Found, solid, wordlists

_BASE = {"country": 8.0, "city": 6.5, "province": 6.0, "crossing": 6.5, "town": 5.5, "capital": 6.5, "district": 5.0,
         "area": 4.0, "valley": 4.0, "pass": 4.0, "village": 1.0}
_METROPOLIS = 1_500_000  # a dateline of such a city tells the province at most
_CHAIN = re.compile(r"(?:'s)?[ ,()\"]*(?:[a-z-]+[ ,(]+)*")
_LIST = re.compile(r"\s*(?:,|and|,\s*and|&|or|/|as well as)\s*(?:the\s+)?(?:in\s+|at\s+)?")
_LONGEST_CHAIN = 6
_WINDOW = 40  # sentences to either side whose places may speak for a name

Votes = dict[tuple[str, str | None], float]  # (district | province | country, its name) → weight


def contains(outer: Entry, inner: Entry) -> bool:
    """Whether `outer` is a unit, or a town with its surroundings, in which `inner` lies."""
    if outer.level == "country":
        return inner.country == outer.country and inner.level != "country"
    if outer.level == "province":
        return inner.province == outer.province and inner.level in ("district", "place")
    return outer.district is not None and inner.district == outer.district and (
        inner.level == "place" and (outer.level == "district" or outer.kind != "village"))


class Resolver:
    """Chooses an entry for each name found in one article."""

    def __init__(self, scanner: Scanner, parsed: Parsed):
        self.scanner, self.parsed, self.gazetteer = scanner, parsed, gazetteer()
        self.numbers = [found.sentence for found in scanner.found]
        self.listed: dict[int, Found] = {}  # id of a name → the name before it in a list
        self.levels: dict[str, set[str]] = defaultdict(set)  # spelling → levels that the article calls it
        for found in scanner.found:
            if found.head:
                self.levels[found.spelling].add(found.head)
        self._link()
        self.taught: dict[str, Entry] = {}  # spelling → the district, city or province that a chain puts it in
        for found in scanner.found:
            above = [e for other in found.chain if solid(other.entries) for e in [self._choose(other, {})]
                     if e and e.level != "country" and not any(e == own for own in found.entries)]
            if above and not solid(found.entries):
                self.taught.setdefault(found.spelling, max(above, key=lambda e: e.district is not None))
        self.first: dict[int, Entry | None] = {id(found): self._choose(found, {}) for found in scanner.found}
        self.contexts = {id(found): self._context(found) for found in scanner.found}
        self.picks = {id(found): self._choose(found, self.contexts[id(found)]) for found in scanner.found}

    def _link(self) -> None:
        """Find lists ("Khost and Paktika") and chains ("Spinwam area of Mir Ali tehsil") of names that go together."""
        chains: list[list[Found]] = []
        for left, right in zip(self.scanner.found, self.scanner.found[1:], strict=False):
            if left.sentence != right.sentence or right.first <= left.tail or "border" in (left.kind, right.kind):
                continue
            gap = self.scanner.between(left.tail, right.first)
            if _LIST.fullmatch(gap) and not self._nested(left, right):
                self.listed[id(right)] = left
                if right.head in ("district", "province") and not left.head:
                    left.head = right.head
            elif len(gap) < 50 and self._chained(left, right, gap):
                if not chains or chains[-1][-1] is not left or len(chains[-1]) >= _LONGEST_CHAIN:
                    chains.append([left])
                chains[-1].append(right)
        for chain in chains:
            for found in chain:
                found.chain = found.chain + [other for other in chain if other is not found]

    def _chained(self, left: Found, right: Found, gap: str) -> bool:
        gap = " ".join(word for word in gap.split(" ") if key(word) not in self.gazetteer.demonyms)
        if not _CHAIN.fullmatch(gap) or not self._connects(gap):
            return False
        told = left.head == "place" and not solid(left.entries) and solid(right.entries) and gap.strip(" ,") != ""
        return told or self._nested(left, right)

    @staticmethod
    def _connects(gap: str) -> bool:
        lists = wordlists()
        words = re.findall(r"[a-z-]+", gap.replace("'s", " "))
        return all(word in lists.links or word in lists.heads or lists.kinds.get(word) == "modifier" for word in words)

    @staticmethod
    def _nested(left: Found, right: Found) -> bool:
        unknown = [found for found in (left, right) if not found.entries]
        if unknown:
            return len(unknown) == 1 or left.head != right.head
        return any(contains(b, a) or contains(a, b) for a in left.entries for b in right.entries if a.name != b.name)

    def _choose(self, found: Found, context: Votes) -> Entry | None:
        best, best_score = None, 0.0
        for entry in found.entries:
            score = self._score(found, entry, context)
            if best is None or score > best_score:
                best, best_score = entry, score
        return best

    def _score(self, found: Found, entry: Entry, context: Votes) -> float:
        score = _BASE.get(entry.kind, 1.0) + 1.5 * entry.preferred + min(entry.population, 2_000_000) / 1_000_000
        score += 0.5 * (key(entry.name) == found.spelling)  # its own name, not a variant of another's
        if entry.km_to_border is not None:
            score += max(0.0, 1.0 - entry.km_to_border / 150)
        called = [found.head] if found.head else [*self.levels.get(found.spelling, ())]
        if found.head and found.head != "region":
            score += 6 if found.head == entry.level else -3
        elif not found.head and len(called) == 1:
            score += 1.6 * (called[0] == entry.level)
        before = self.listed.get(id(found))
        if before and {e.level for e in before.entries} == {entry.level}:
            score += 1.2
        for other in found.chain:
            fits = [12 if "place" not in (b.level, entry.level) or b.level != entry.level else 4 for b in other.entries
                    if contains(b, entry) or contains(entry, b)]
            if other.entries:
                score += max(fits, default=-8)
        units = ((1.0, "district", entry.district), (0.5, "province", entry.province), (0.5, "country", entry.country))
        return score + sum(weight * min(context.get((level, name), 0.0), 4.0) for weight, level, name in units if name)

    def _context(self, found: Found) -> Votes:
        """How strongly the surroundings of a name speak for each district, province and country."""
        votes: Votes = defaultdict(float)
        best: dict[Entry, float] = {}  # each place speaks once, by its nearest mention
        numbers = self.numbers
        low, high = bisect_left(numbers, found.sentence - _WINDOW), bisect_left(numbers, found.sentence + _WINDOW)
        opening = self.scanner.found[:min(low, bisect_left(numbers, 3))]  # title and lead always speak
        for other in (*opening, *self.scanner.found[low:high]):
            entry = self.first.get(id(other))
            if entry is None or other.kind != "known" or other.spelling == found.spelling or (
                    not solid((entry,)) and not other.chain):
                continue
            metropolis = entry.population > _METROPOLIS or other.spelling in self.gazetteer.capitals
            if metropolis and (other.dateline or other.sentence != found.sentence):
                entry = replace(entry, district=None, country=None if other.dateline else entry.country,
                                province=None if other.spelling in self.gazetteer.capitals else entry.province)
            best[entry] = max(best.get(entry, 0.0), self._closeness(found, other))
        if found.spelling in self.taught:
            best[self.taught[found.spelling]] = 5.0
        for entry, weight in best.items():
            votes["district", entry.district] += weight
            votes["province", entry.province] += weight
            votes["country", entry.country] += weight * (0.4 if entry.level == "country" else 1)
        for level in ("district", "province", "country"):
            votes.pop((level, None), None)
        for sentence, country in self.scanner.demonyms:
            if sentence == found.sentence:
                votes["country", country] += 0.6
        return votes

    def _closeness(self, found: Found, other: Found) -> float:
        """How much `other` says about where `found` is: more in the same sentence, then in those just before it."""
        distance = found.sentence - other.sentence
        if distance == 0:
            return 3.0
        if 0 < distance <= 3 and other.sentence > 0:
            return 2.0 if distance == 1 else 1.5
        return 1.4 if other.sentence == 0 or other.dateline else 1.0 if distance == -1 else 0.5
