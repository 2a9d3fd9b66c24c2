"""Where: the places that an article names, each resolved to an entry of the gazetteer or to the names around it.

`find_places` names every place with its role in the sentence; `locate` makes one place of the mentions of an event.
Names are matched longest first, whatever their case, accents, hyphens and blanks; a name that may mean several places
takes the one that fits its chain ("Spinwam area of Mir Ali tehsil, North Waziristan"), then its sentence, its
neighbours, the title and the dateline, then nearness to the border and size. A local name that no gazetteer has keeps
its spelling and takes district, province and country from its chain or its surroundings, never a made-up position.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from spacy.lang.en.stop_words import STOP_WORDS

from etl.coding.gazetteer import Entry, gazetteer, key
from etl.coding.parse import Parsed
from etl.coding.place_names import Found, Scanner, wordlists

_RANK = {"place": 4, "district": 3, "province": 2, "border": 1, "country": 0}
_BASE = {"country": 8.0, "city": 6.5, "province": 6.0, "crossing": 6.5, "town": 5.5, "capital": 6.5, "district": 5.0,
         "area": 4.0, "valley": 4.0, "pass": 4.0, "village": 1.0}
_METROPOLIS = 1_000_000  # a dateline of such a city tells the province at most
_CHAIN = re.compile(r"(?:'s)?[ ,()\"]*(?:[a-z-]+[ ,(]+)*")
_LIST = re.compile(r"\s*(?:,|and|,\s*and|&|or|/|as well as)\s*(?:the\s+)?(?:in\s+|at\s+)?")
_STOP = frozenset(STOP_WORDS)


@dataclass(frozen=True)
class Place:
    """One resolved place.

    `place_id` is None where the gazetteer has no such entry. `country` is ISO 3166-1 alpha-2. `latitude`, `longitude`
    (degrees, WGS84) and `km_to_border` (kilometres to the Durand Line) are given only where `geo_precision` is "place";
    `geo_precision` is place, district, province, country or border.
    """

    place_id: str | None
    name: str
    kind: str
    district: str | None
    province: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    km_to_border: float | None
    geo_precision: str


@dataclass(frozen=True)
class PlaceMention:
    """One place named at characters start..end of the cleaned text, in sentence `sentence` of the parsed article.

    `role`: location (it happened there), dateline, government (a capital or country that acts or speaks), origin (where
    a person comes from), organisation (part of an office's or body's name), other.
    """

    start: int
    end: int
    place: Place
    sentence: int
    role: str


def find_places(parsed: Parsed) -> list[PlaceMention]:
    """All places that the article names, in the order of the text. Never raises on any text."""
    text = parsed.doc.text
    scanner = Scanner(text, [(span.start_char, span.end_char) for span in parsed.sentences], _STOP)
    resolver = _Resolver(scanner, parsed)
    mentions = []
    for found in scanner.found:
        place = resolver.place(found)
        if place:
            start, end = scanner.words[found.first].start, scanner.words[found.last].end
            mentions.append(PlaceMention(start, end, place, found.sentence, found.role))
    return mentions


def locate(mentions: list[PlaceMention]) -> Place | None:
    """The most specific place of a chain or sentence: the first place named, made more exact by those that lie in it.

    `mentions` in the order of the text; None without mentions. "Along the border" gives way to any district named.
    """
    if not mentions:
        return None
    chosen = mentions[0].place
    for mention in mentions[1:]:
        place = mention.place
        if _RANK[place.geo_precision] > _RANK[chosen.geo_precision] and (
                chosen.geo_precision in ("border", "country") or _within(place, chosen)):
            chosen = _completed(place, chosen)
        elif _within(chosen, place):
            chosen = _completed(chosen, place)
    return chosen


def _within(inner: Place, outer: Place) -> bool:
    """Whether nothing that is known of `inner` contradicts that it lies in `outer`."""
    pairs = ((inner.district, outer.district), (inner.province, outer.province), (inner.country, outer.country))
    return outer.geo_precision != "border" and _RANK[inner.geo_precision] > _RANK[outer.geo_precision] and all(
        a is None or b is None or a == b for a, b in pairs)


def _completed(inner: Place, outer: Place) -> Place:
    if not _within(inner, outer):
        return inner
    return replace(inner, district=inner.district or outer.district, province=inner.province or outer.province,
                   country=inner.country or outer.country)


def _contains(outer: Entry, inner: Entry) -> bool:
    if outer.level == "country":
        return inner.country == outer.country and inner.level != "country"
    if outer.level == "province":
        return inner.province == outer.province and inner.level in ("district", "place")
    return outer.district is not None and inner.district == outer.district and (
        inner.level == "place" and (outer.level == "district" or outer.kind != "village"))


class _Resolver:
    """Chooses an entry for each name found in one article."""

    def __init__(self, scanner: Scanner, parsed: Parsed):
        self.scanner, self.parsed, self.gazetteer = scanner, parsed, gazetteer()
        self.listed: dict[int, Found] = {}  # id of a name → the name before it in a list
        self.levels: dict[str, set[str]] = defaultdict(set)  # spelling → levels that the article calls it
        for found in scanner.found:
            if found.head:
                self.levels[found.spelling].add(found.head)
        self._link()
        self.first: dict[int, Entry | None] = {id(found): self._choose(found, {}) for found in scanner.found}
        self.picks = {id(found): self._choose(found, self._context(found)) for found in scanner.found}
        for found in scanner.found:
            found.role = self._role(found)

    def _link(self) -> None:
        for left, right in zip(self.scanner.found, self.scanner.found[1:], strict=False):
            if left.sentence != right.sentence or right.first <= left.tail or "border" in (left.kind, right.kind):
                continue
            gap = self.scanner.text[self.scanner.words[left.tail].end:self.scanner.words[right.first].start]
            if _LIST.fullmatch(gap) and not self._nested(left, right):
                self.listed[id(right)] = left
                if right.head == "district" and not left.head:
                    left.head = right.head
                elif right.head == "province" and not left.head:
                    left.head = right.head
            elif len(gap) < 50 and _CHAIN.fullmatch(gap) and self._connects(gap) and self._nested(left, right):
                left.chain.append(right)
                right.chain.append(left)
        for found in self.scanner.found:  # all links of a chain know each other
            for other in list(found.chain):
                for third in other.chain:
                    if third is not found and third not in found.chain:
                        found.chain.append(third)

    @staticmethod
    def _connects(gap: str) -> bool:
        lists = wordlists()
        words = re.findall(r"[a-z-]+", gap.replace("'s", " "))
        small = ("of", "in", "the", "at", "near", "within", "on", "a", "an", "inside", "located", "situated", "limits", "remote")
        return all(word in small or word in lists.heads or lists.kinds.get(word) == "direction" for word in words)

    @staticmethod
    def _nested(left: Found, right: Found) -> bool:
        if left.kind == "unknown" or right.kind == "unknown":
            return left.kind != right.kind or left.head != right.head
        return any(_contains(b, a) or _contains(a, b) for a in left.entries for b in right.entries if a.name != b.name)

    def _choose(self, found: Found, context: dict[tuple[str, str | None], float]) -> Entry | None:
        best, best_score = None, 0.0
        for entry in found.entries:
            score = self._score(found, entry, context)
            if best is None or score > best_score:
                best, best_score = entry, score
        return best

    def _score(self, found: Found, entry: Entry, context: dict[tuple[str, str | None], float]) -> float:
        score = _BASE.get(entry.kind, 1.0) + 1.5 * entry.preferred + min(entry.population, 2_000_000) / 1_000_000
        if entry.km_to_border is not None:
            score += max(0.0, 1.0 - entry.km_to_border / 150)
        called = [found.head] if found.head else [*self.levels.get(found.spelling, ())]
        if found.head and found.head != "region":
            score += 6 if found.head == entry.level else -3
        elif not found.head and len(called) == 1:
            score += 1.6 * (called[0] == entry.level)
        before = self.listed.get(id(found))
        if before and any(e.level == entry.level for e in before.entries) and len({e.level for e in before.entries}) == 1:
            score += 1.2
        for other in found.chain:
            if other.entries:
                score += 12 if any(_contains(b, entry) or _contains(entry, b) for b in other.entries) else -8
        return score + sum(weight * min(context.get((level, name), 0.0), 4.0) for weight, level, name in (
            (1.0, "district", entry.district), (0.5, "province", entry.province), (0.5, "country", entry.country)) if name)

    def _context(self, found: Found) -> dict[tuple[str, str | None], float]:
        """How strongly the surroundings of a name speak for each district, province and country."""
        votes: dict[tuple[str, str | None], float] = defaultdict(float)
        paragraphs = self.parsed.paragraphs
        for other in self.scanner.found:
            entry = self.first.get(id(other))
            if entry is None or other is found or other.spelling == found.spelling or other.kind != "known":
                continue
            if entry.kind == "village" and not other.chain:
                continue
            distance = found.sentence - other.sentence
            if distance == 0:
                weight = 3.0
            elif paragraphs[found.sentence] == paragraphs[other.sentence] and abs(distance) == 1:
                weight = 1.5
            else:
                weight = 2.0 if other.sentence == 0 or other.dateline else 0.7 if distance > 0 else 0.4
            metropolis = entry.population > _METROPOLIS or other.spelling in self.gazetteer.capitals
            if entry.district and not (metropolis and (other.dateline or distance)):
                votes["district", entry.district] += weight
            if entry.province and other.spelling not in self.gazetteer.capitals:
                votes["province", entry.province] += weight
            if entry.country and not (other.dateline and metropolis):
                votes["country", entry.country] += weight * (0.4 if entry.level == "country" else 1)
        for sentence, country in self.scanner.demonyms:
            if sentence == found.sentence:
                votes["country", country] += 0.6
        return votes

    def _role(self, found: Found) -> str:
        if found.dateline:
            return "dateline"
        if found.organisation:
            return "organisation"
        lists, scanner, entry = wordlists(), self.scanner, self.picks[id(found)]
        state = bool(entry and not found.head and (entry.level == "country" or found.spelling in self.gazetteer.capitals))
        before = lists.before.get(scanner.before(found.first), ("", ""))[state]
        after = "" if found.tail > found.last else lists.after.get(scanner.after(found.tail), ("", ""))[state]
        if before in ("origin", "other", "organisation") and after != "organisation":
            return before
        if after == "organisation" or (state and before == "government"):
            return "government" if state else after
        if before == "location":
            return "other" if after == "other" else "location"
        linked = [other for other in found.chain if other.first < found.first and other.role]
        if id(found) in self.listed:
            linked.append(self.listed[id(found)])
        if linked and linked[0].role not in ("dateline", "organisation"):
            return linked[0].role
        if state:
            return after if after in ("location", "other") else "government"
        return after if after in ("location", "other") else "location"

    def place(self, found: Found) -> Place | None:
        """What the name means, or None where it is no place after all."""
        if found.kind == "border":
            return Place(None, found.name, "border", None, None, None, None, None, None, "border")
        entry = self.picks[id(found)]
        context = self._context(found)
        parents = [e for e in (self.picks[id(other)] for other in found.chain) if e and e.level != "country"]
        if entry and entry.level == "place" and parents and not any(_contains(p, entry) or _contains(entry, p) for p in parents):
            entry = None
        supported = entry and (entry.kind != "village" or parents or any(
            context.get(pair, 0.0) >= 1.4 for pair in (("district", entry.district), ("province", entry.province))))
        if entry and supported:
            return self._dated(self._known(found, entry))
        if found.head is None and not parents and found.kind != "unknown":
            return None
        return self._unknown(found, context)

    def _known(self, found: Found, entry: Entry) -> Place:
        name = entry.name
        if not entry.preferred and fuzz.ratio(key(name), found.spelling) < 75:
            name = found.name
        exact = entry.level == "place"
        return Place(entry.place_id, name, entry.kind, entry.district, entry.province, entry.country,
                     entry.latitude if exact else None, entry.longitude if exact else None,
                     entry.km_to_border if exact else None, entry.level)

    def _unknown(self, found: Found, context: dict[tuple[str, str | None], float]) -> Place | None:
        district = province = country = None
        for other in found.chain:
            entry = self.picks[id(other)]
            if entry:
                district, province = district or entry.district, province or entry.province
                country = country or entry.country
        if not district:
            around = self._strongest(context, province)
            if around:
                district, province, country = around
        if not province:
            province, country = self._best(context, "province", 1.4) or None, country or self._best(context, "country", 0.5)
        if not (district or province or country) and found.head is None:
            return None
        level = "district" if found.head == "district" else "place"
        if level == "district":
            district = found.name
        return self._dated(Place(None, found.name, "village" if level == "place" else level, district, province, country,
                                 None, None, None, level))

    def _strongest(self, context: dict[tuple[str, str | None], float], province: str | None) -> tuple[str, str | None, str | None] | None:
        best = self._best(context, "district", 1.4)
        for entry in self.picks.values():
            if best and entry and entry.district == best and province in (None, entry.province):
                return best, entry.province, entry.country
        return None

    @staticmethod
    def _best(context: dict[tuple[str, str | None], float], level: str, least: float) -> str | None:
        ranked = sorted(((weight, name) for (kind, name), weight in context.items() if kind == level and name), reverse=True)
        return ranked[0][1] if ranked and ranked[0][0] >= least else None

    def _dated(self, place: Place) -> Place:
        """The place with the district that it belonged to when the article was published."""
        change = self.gazetteer.changes.get(place.district or "")
        published = self.parsed.article.published
        if change and isinstance(published, dt.date) and published < change[0]:
            return replace(place, district=change[1])
        return place


def at(mentions: Iterable[PlaceMention], role: str = "location") -> list[PlaceMention]:
    """The mentions of one role."""
    return [mention for mention in mentions if mention.role == role]
