"""Where: the places that an article names, each resolved to an entry of the gazetteer or to the names around it.

`find_places` names every place with its role in the sentence; `locate` makes one place of the mentions of an event.
Names are matched longest first, whatever their case, accents, hyphens and blanks; a name that may mean several places
takes the one that fits its chain ("Spinwam area of Mir Ali tehsil, North Waziristan"), then its sentence, its
neighbours, the title and the dateline, then nearness to the border and size. A local name that no gazetteer has keeps
its spelling and takes district, province and country from its chain or its surroundings, never a made-up position.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from spacy.lang.en.stop_words import STOP_WORDS

from etl.coding.gazetteer import Entry, gazetteer, key
from etl.coding.parse import Parsed
from etl.coding.place_names import Scanner
from etl.coding.place_resolve import Resolver, Votes, contains
from etl.coding.place_words import Found, solid, strength, wordlists

_RANK = {"place": 4, "district": 3, "province": 2, "border": 1, "country": 0}
_TOWN = 5_000  # inhabitants from which a town needs no support by its surroundings
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
    text = parsed.text
    scanner = Scanner(text, [(span.start_char, span.end_char) for span in parsed.sentences], _STOP,
                      frozenset(token.idx for token in parsed.doc if token.pos_ == "PROPN"))
    reader = _Reader(scanner, parsed)
    mentions = []
    for found in scanner.found:
        found.role = reader.role(found)
    for left, right in zip(scanner.found, scanner.found[1:], strict=False):
        if right.role == "other" and right.first == left.last + 1 and scanner.between(left.last, right.first) == "-":
            left.role = "other"  # "the Quetta-Karachi highway"
    for found in scanner.found:
        place = reader.place(found)
        if place:
            start, end = scanner.words[found.first].start, scanner.words[found.last].end
            mentions.append(PlaceMention(start, end, place, found.sentence, found.role))
    return mentions


def locate(mentions: list[PlaceMention]) -> Place | None:
    """The most specific place of a chain or sentence: the first place named, made more exact by those that lie in it.

    `mentions` in the order of the text; None without mentions. "Along the border" gives way to any district named.
    """
    mentions = [m for m in mentions if m.place.kind != "landmark"] or mentions  # a landmark becomes its town
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


class _Reader:
    """Turns the names found in one article into places and roles."""

    def __init__(self, scanner: Scanner, parsed: Parsed):
        self.scanner, self.parsed, self.gazetteer = scanner, parsed, gazetteer()
        self.resolver = Resolver(scanner, parsed)

    def role(self, found: Found) -> str:
        """The role of the name in its sentence, by the cues around it, else by the name that it is linked to."""
        if found.dateline:
            return "dateline"
        if found.kind == "border" and self.scanner.before(found.first).endswith("from"):
            return "other"
        lists, scanner, entry = wordlists(), self.scanner, self.resolver.picks[id(found)]
        state = bool(entry and not found.head
                     and (entry.level == "country" or found.spelling in self.gazetteer.capitals))
        cue = scanner.before(found.first)
        before = lists.before.get(cue, ("", ""))[state]
        after = lists.after.get(scanner.after(found.last), ("", ""))[state]
        if found.organisation:
            after = "organisation"
        if before in ("origin", "other", "organisation") and after != "organisation":
            return before
        if after == "organisation" and cue in ("at", "near", "outside", "inside", "in front of"):
            return "location"
        if after == "organisation" or (state and before == "government"):
            return "government" if state else after
        if before == "location":
            return "other" if after == "other" else "location"
        linked = [other for other in found.chain if other.first < found.first and other.role]
        if id(found) in self.resolver.listed:
            linked.append(self.resolver.listed[id(found)])
        if linked and linked[0].role not in ("dateline", "organisation"):
            return linked[0].role
        if state:
            return after if after in ("location", "other") else "government"
        return after if after in ("location", "other") else "location"

    def place(self, found: Found) -> Place | None:
        """What the name means, or None where it is no place after all."""
        if found.kind == "border":
            return Place(None, found.name, "border", None, None, None, None, None, None, "border")
        entry = self.resolver.picks[id(found)]
        context = self.resolver.contexts[id(found)]
        parents = [e for other in found.chain if solid(other.entries) for e in [self.resolver.picks[id(other)]]
                   if e and e.level != "country"]
        taught = self.resolver.taught.get(found.spelling)
        if entry and entry.level == "place" and not solid((entry,)) and not all(
                contains(above, entry) or contains(entry, above) for above in ([taught] if taught else parents)):
            entry = None
        if entry and found.approximate and not parents and not (found.head == entry.level == "district") and not any(
                context.get(pair, 0.0) >= 1.0 for pair in (("district", entry.district), ("province", entry.province))):
            entry = None
        supported = entry and (parents or self._supported(entry, context) or self._unrivalled(entry, found))
        if entry and supported:
            return self._dated(self._known(found, entry))
        if found.head is None and not parents and found.kind == "known":
            return None
        return self._unknown(found, context)

    @staticmethod
    def _supported(entry: Entry, context: Votes) -> bool:
        """Whether the surroundings bear out an obscure place: they name its district, or no other and its province."""
        if entry.kind != "village" and strength((entry,)) == 3:
            return True
        if context.get(("district", entry.district), 0.0) >= 1.0 or entry.level == "district":
            return True
        elsewhere = max((weight for (level, _), weight in context.items() if level == "district"), default=0.0)
        if entry.preferred and elsewhere < 1.4:
            return True  # a name of `place_aliases.csv` needs no neighbour to be known
        province = context.get(("province", entry.province), 0.0)
        if entry.country == "AF" and entry.kind != "village" and context.get(("country", "AF"), 0.0) >= 0.5:
            return True
        return (province >= 1.4 and elsewhere < 1.4) or (entry.kind != "village" and province + 1 > elsewhere)

    @staticmethod
    def _unrivalled(entry: Entry, found: Found) -> bool:
        """Whether the entry is a town of some size, or the seat of its district, and no other town bears the name."""
        towns = {(e.district, e.province) for e in found.entries if e.kind != "village"}
        seat = entry.district is not None and key(entry.district) == key(entry.name)
        return entry.kind != "village" and len(towns) == 1 and (seat or entry.population >= _TOWN)

    def _known(self, found: Found, entry: Entry) -> Place:
        name = entry.name
        if entry.level == "place" and not entry.preferred and fuzz.ratio(key(name), found.spelling) < 75:
            name = found.name
        exact = entry.level == "place"
        return Place(entry.place_id, name, entry.kind, entry.district, entry.province, entry.country,
                     entry.latitude if exact else None, entry.longitude if exact else None,
                     entry.km_to_border if exact else None, entry.level)

    def _unknown(self, found: Found, context: Votes) -> Place | None:
        taught = self.resolver.taught.get(found.spelling)
        district = taught.district if taught else None
        province, country = (taught.province, taught.country) if taught else (None, None)
        for other in found.chain:
            entry = self.resolver.picks[id(other)] if solid(other.entries) else self.resolver.taught.get(other.spelling)
            if entry:
                district, province = district or entry.district, province or entry.province
                country = country or entry.country
        if not district:
            around = self._strongest(context, province)
            if around:
                district, province, country = around
        if not province:
            province = self._uncontested(context, "province") if found.head != "district" else None
            country = country or self._best(context, "country", 0.5)
        if (found.kind == "bare" and not district) or not (district or province or country or found.head):
            return None
        level = "district" if found.head == "district" else "place"
        if level == "district":
            district = found.name
        kind = level if level == "district" else "landmark" if found.kind == "landmark" else "village"
        return self._dated(Place(None, found.name, kind, district, province, country, None, None, None, level))

    def _strongest(self, context: Votes, province: str | None) -> tuple[str, str | None, str | None] | None:
        """The district that the surroundings speak for, with province and country; None when two of them compete."""
        best = self._uncontested(context, "district")
        for entry in self.resolver.picks.values():
            if best and entry and entry.district == best and province in (None, entry.province):
                return best, entry.province, entry.country
        return None

    @classmethod
    def _uncontested(cls, context: Votes, level: str) -> str | None:
        best = cls._best(context, level, 1.4)
        second = cls._best({pair: weight for pair, weight in context.items() if pair[1] != best}, level, 0.0)
        return None if best and second and context[level, second] > 0.8 * context[level, best] else best

    @staticmethod
    def _best(context: Votes, level: str, least: float) -> str | None:
        ranked = sorted(((weight, name) for (kind, name), weight in context.items() if kind == level and name),
                        reverse=True)
        return ranked[0][1] if ranked and ranked[0][0] >= least else None

    def _dated(self, place: Place) -> Place:
        """The place with the district that it belonged to when the article was published."""
        change = self.gazetteer.changes.get(place.district or "")
        published = self.parsed.article.published
        if change and isinstance(published, dt.date) and published < change[0]:
            return replace(place, district=change[1])
        return place
