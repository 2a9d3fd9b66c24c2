"""Names that the gazetteer lacks but their surroundings call places: "the Torwah area of Lakki Marwat district"."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from etl.coding.gazetteer import Entry, gazetteer, skeleton
from etl.coding.place_words import Found, Word, solid, wordlists

if TYPE_CHECKING:
    from etl.coding.place_names import Scanner

_BARE = frozenset({"in", "at", "near"})  # cues after which an unknown name alone may be a place
_FUZZY = 90.0  # rapidfuzz ratio above which an unknown name after a location cue is a misspelled known one
_FUZZY_DISTRICT = 80.0  # the same for a name that the text calls a district, among the names of districts
_SOUNDING = 75.0  # the ratio that names of the same sound must have besides


class Patterns:
    """Judges the capitalised words that a `Scanner` met and that are no known name as a whole."""

    def __init__(self, scanner: Scanner):
        self.scanner, self.lists, self.gazetteer = scanner, wordlists(), gazetteer()

    def unknown(self, number: int, first: int, last: int, hits: list[Found]) -> Found | None:
        """A name that the gazetteer lacks but its surroundings call a place: "the Torwah area of …"."""
        words = self.scanner.words
        begin, finish = first, last
        head, tail = self.scanner.head(last)
        noun = " ".join(w.lower for w in words[last + 1:tail + 1])
        if last > first and words[last].lower in self.lists.heads:  # "Zagai Village"
            noun, finish, tail = words[last].lower, last - 1, last
            head = self.lists.heads[noun]
        for hit in hits:
            if solid(hit.entries) and hit.tail < finish and hit.first == begin:
                begin = hit.tail + 1
            elif solid(hit.entries) and hit.last == last and hit.first > begin:
                return None
        while begin < finish and self.lists.kinds.get(words[begin].lower) in ("modifier", "word"):
            begin += 1
        names = words[begin:finish + 1]
        if names[-1].fold in self.gazetteer.demonyms:
            return None  # "Pakistanis crossing over"
        if not self._nameable(names, head) or any(hit.first <= begin and hit.last >= finish for hit in hits):
            return None
        cue = self.scanner.before(first)
        role = self.lists.before.get(cue, ("",))[0]
        found = Found(begin, finish, self.scanner.name(begin, finish), (), number, "unknown", head, max(tail, finish),
                      run_first=first, spelling="".join(w.fold for w in names))
        naming = head if noun in self.lists.naming else None
        if head and (not naming or (head == "district" and not role)):
            return None
        named = bool(naming) or any(word in self.lists.naming for word in cue.split(" "))
        if role not in ("location", "origin", "other") and not (named and naming):
            return None
        found.entries = self._similar(found.spelling, head)
        if found.entries:
            found.kind, found.approximate = "known", True
            return found
        if self.lists.kinds.get(names[-1].lower) == "landmark":
            found.kind = "landmark"
            return found if role == "location" and self._leads_to_admin(last) else None
        if named or (role in ("location", "origin") and self._leads_to_admin(last)):
            return found
        found.kind = "bare"
        alone = begin == first and finish == last and self._alone(last)
        return found if alone and cue in _BARE and self._proper(names) else None

    def _nameable(self, names: list[Word], head: str | None) -> bool:
        """Whether words may be a place's name at all: no numbers, offices, titles, and no acronym before a noun."""
        kinds = [self.lists.kinds.get(word.lower) for word in names]
        if not 0 < len(names) < 5 or all(kind in ("modifier", "word") for kind in kinds):
            return False
        if kinds[0] in ("landmark", "office", "word") or (len(names) > 1 and kinds[-1] in ("office", "title")):
            return False
        if any(kind in ("landmark", "office", "title") for kind in kinds[1:-1]):
            return False
        if any(character.isdigit() for word in names for character in word.fold) or len(names[0].fold) < 2:
            return False
        acronym = len(names) == 1 and self.scanner.text[names[0].start:names[0].end].isupper()
        return not (acronym and (head or len(names[0].fold) < 4))

    def _alone(self, last: int) -> bool:
        """Whether the name ends at word `last`: no capital, no hyphen and no "of" follows it."""
        if last + 1 >= len(self.scanner.words):
            return True
        gap, word = self.scanner.between(last, last + 1), self.scanner.words[last + 1]
        return "-" not in gap and not (gap == " " and (word.cap or word.lower == "of"))

    def _proper(self, names: list[Word]) -> bool:
        """Whether words that nothing but "in", "at" or "near" calls a place look like a name and nothing else."""
        if len(names) > 2 or names[0].lower in self.scanner.lowercase:
            return False
        return all(len(w.fold) > 3 and w.start in self.scanner.proper and w.lower not in self.lists.kinds
                   and not self.scanner.text[w.start:w.end].isupper() for w in names)

    def _leads_to_admin(self, last: int) -> bool:
        """Whether ", Bannu district", "in Bannu" or ", a village of …" follows: then the name before it is a place."""
        words, kinds, k = self.scanner.words, self.lists.kinds, last + 1
        while k < min(last + 6, len(words)) and not words[k].cap and self.scanner.between(k - 1, k) in (" ", ", "):
            word = words[k].lower
            if word in self.lists.heads:
                return True
            if word not in self.scanner.stop and word not in self.lists.links and kinds.get(word) != "modifier":
                return False
            k += 1
        if k >= len(words) or not words[k].cap or self.scanner.between(k - 1, k) not in (" ", ", "):
            return False
        match = self.scanner.longest(k, k + 4, k + 2)
        if not match or not solid(match[1]) or all(e.level == "country" for e in match[1]):
            return False
        town = any(e.kind in ("city", "town") for e in match[1])  # "via Sibi, Sukkur" is a list, no chain
        return k > last + 1 or not town or self.scanner.head(match[0])[0] == "district"

    def _similar(self, spelling: str, head: str | None) -> tuple[Entry, ...]:
        """Entries of a known name that sounds like this one or differs little from it; villages are too many for that.

        A name that the text calls a district is looked for among districts alone, and may differ more.
        """
        district = head == "district"
        if len(spelling) < (5 if district else 6):
            return ()
        names = self.gazetteer.names
        alike = self.gazetteer.skeletons.get(skeleton(spelling), ())
        if not alike:
            best = process.extractOne(spelling, _by_initial(district).get(spelling[0], []), scorer=fuzz.ratio,
                                      score_cutoff=_FUZZY_DISTRICT if district else _FUZZY)
            alike = (best[0],) if best else ()
        return tuple(entry for name in alike for entry in names[name] if fuzz.ratio(spelling, name) >= _SOUNDING
                     and (entry.level == "district" if district else entry.kind != "village"))


@cache
def _by_initial(districts: bool) -> dict[str, list[str]]:
    """Spellings of places other than villages, by first letter; of districts alone on demand."""
    found: dict[str, list[str]] = {}
    for spellings in gazetteer().skeletons.values():
        for spelling in spellings:
            if not districts or any(entry.level == "district" for entry in gazetteer().names[spelling]):
                found.setdefault(spelling[0], []).append(spelling)
    return found
