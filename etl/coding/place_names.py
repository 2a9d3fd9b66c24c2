"""Finds the stretches of a text that name places; what each of them means is decided in `etl.coding.places`."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate

from etl.coding.gazetteer import LONGEST, Entry, gazetteer, key
from etl.coding.place_patterns import Patterns
from etl.coding.place_words import Found, Word, solid, strength, wordlists

_WORD = re.compile(r"[^\W_]+(?:'(?!s\b)[^\W_]+)*")
_JOINERS = frozenset({"e", "i", "wa", "aw", "o", "ul", "ud", "al", "da", "de"})  # inside names: Dand-e-Patan
_DATELINE = re.compile(r"[ ]*([^\W\d_][^:\n–—]{1,70}?)(?:\s*\([^)\n]{1,30}\))?\s*(?::|–|—|--|\s-\s)")
_SHOUTING = 0.6  # share of capitalised words from which a line's capitals tell nothing


@lru_cache(100_000)
def _form(word: str) -> tuple[str, bool, str]:
    """The last three fields of a `Word`."""
    return key(word), word[0].isupper() or word[0].isdigit(), word.lower()


class Scanner:
    """Walks over one text, sentence by sentence, and collects `found`."""

    def __init__(self, text: str, sentences: list[tuple[int, int]], stop: frozenset[str], proper: frozenset[int]):
        """`stop`: function words; `proper`: offsets at which a proper noun begins."""
        self.text, self.stop, self.proper = text, stop, proper
        self.lists, self.gazetteer = wordlists(), gazetteer()
        self.words = [Word(m.start(), m.end(), *_form(m[0])) for m in _WORD.finditer(text)]
        self.found: list[Found] = []
        self.lowercase = frozenset(w.lower for w in self.words if not w.cap)
        self._patterns = Patterns(self)
        self.persons: set[str] = set()  # spellings that the text uses in names of persons
        self.demonyms: list[tuple[int, str]] = []  # sentence, country
        position = 0
        datelines = self._datelines(sentences)
        for number, (start, end) in enumerate(sentences):
            while position < len(self.words) and self.words[position].start < start:
                position += 1
            first = position
            while position < len(self.words) and self.words[position].start < end:
                position += 1
            if position > first:
                self._sentence(number, first, position, datelines)
        self.found = [found for found in self.found if not self._surname(found)]

    def _surname(self, found: Found) -> bool:
        """Whether a town's name that the article also uses in a person's name stands without any sign of a place."""
        if found.spelling not in self.persons or found.head or found.dateline or not found.entries:
            return False
        great = any(e.level != "place" or e.kind in ("city", "crossing") for e in found.entries)
        return not great and self.lists.before.get(self.before(found.first), ("",))[0] != "location"

    def between(self, left: int, right: int) -> str:
        """The text between two words."""
        return self.text[self.words[left].end:self.words[right].start]

    def _datelines(self, sentences: list[tuple[int, int]]) -> list[tuple[int, int]]:
        ranges = []
        body = sentences[1][0] if len(sentences) > 1 else -1
        for start, _ in sentences[1:]:
            blank = start
            while blank and self.text[blank - 1] == " ":
                blank -= 1
            if start != body and self.text[blank - 1:blank] != "\n":
                continue
            match = _DATELINE.match(self.text, start)
            if match:
                opening = _WORD.search(match.group(1))
                loud = opening and len(opening.group()) > 1 and opening.group().isupper()
                if loud or "(" in match.group() or (start == body and len(match.group(1).split()) <= 3):
                    ranges.append((start, match.end()))
        return ranges

    def _joined(self, left: int) -> bool:
        """Whether words left and left+1 may belong to one name."""
        gap = self.between(left, left + 1)
        initials = gap in (".", ". ") and self.words[left].end - self.words[left].start < 3  # "D. I. Khan"
        return initials or gap in (" ", "-", "'", "  ")

    def _sentence(self, number: int, first: int, end: int, datelines: list[tuple[int, int]]) -> None:
        long_words = [w for w in self.words[first:end] if len(w.fold) > 3 and w.fold not in self.stop]
        loud = [w.cap if number == 0 else self.text[w.start:w.end].isupper() for w in long_words]
        shouting = len(loud) > 3 and sum(loud) / len(loud) >= _SHOUTING
        i = first
        while i < end:
            word = self.words[i]
            if word.fold in self.gazetteer.demonyms:
                self.demonyms.append((number, self.gazetteer.demonyms[word.fold]))
            border = self._border(i, end)
            if border:
                self.found.append(Found(i, border, self.name(i, border), (), number, "border", tail=border,
                                        run_first=i, spelling="border"))
                i = border + 1
            elif word.cap and self._opens(i):
                i = self._run(number, i, end, shouting, datelines) + 1
            else:
                i += 1

    def _opens(self, i: int) -> bool:
        word = self.words[i]
        return word.fold not in self.stop and self.lists.kinds.get(word.lower) not in ("word", "water") or bool(
            self.longest(i, i + 4, i))

    def _border(self, i: int, end: int) -> int | None:
        if self.words[i].fold not in self.gazetteer.border_openings:
            return None
        names = []
        last = min(i + 7, end) - 1
        for j, folded in enumerate(accumulate(word.fold for word in self.words[i:last + 1]), start=i):
            if j > i and folded in self.gazetteer.borders:
                names.append(j)
        for j in reversed(names):
            if "\n" not in self.text[self.words[i].end:self.words[j].start]:
                following = self.words[j + 1].lower if j + 1 < end and self.between(j, j + 1) == " " else ""
                behind = self.words[j + 2].fold if j + 2 < end else ""
                if following in ("between", "of") and behind not in ("the", "pakistan", "afghanistan"):
                    return None
                organisation = self.lists.after.get(following, ("", ""))[0] == "organisation"
                return None if organisation or following in self.lists.heads else j
        return None

    def name(self, i: int, j: int) -> str:
        """Words i..j as written, blanks made one."""
        return re.sub(r"\s+", " ", self.text[self.words[i].start:self.words[j].end])

    def longest(self, i: int, limit: int, run_end: int) -> tuple[int, tuple[Entry, ...]] | None:
        """The longest known name that begins at word i and ends at word `run_end` or on a noun such as "valley"."""
        best = None
        folded = ""
        for j in range(i, min(i + LONGEST, limit, len(self.words))):
            if j > i and not self._joined(j - 1):
                break
            folded += self.words[j].fold
            if j > run_end and self.words[j].lower not in self.lists.heads:
                break
            meanings = self.gazetteer.names.get(folded)
            if meanings and (self.words[j].cap or j > run_end):
                best = (j, meanings)
        return best

    def _run(self, number: int, first: int, end: int, shouting: bool, datelines: list[tuple[int, int]]) -> int:
        """Handle the run of capitalised words that begins at `first`; returns its last word."""
        last, j = first, first + 1
        while j < end and self._joined(j - 1):
            word = self.words[j]
            if word.cap and word.fold not in self.stop and self.lists.kinds.get(word.lower) not in ("word", "water"):
                last = j
            elif word.lower not in _JOINERS and not self._reaches(last, j, end):
                break
            elif word.cap:
                last = j
            j += 1
        dateline = any(a <= self.words[first].start < b for a, b in datelines)
        hits: list[Found] = []
        i = first
        while i <= last:
            match = self.longest(i, end, last)
            if match and not (i == match[0] and self.lists.kinds.get(self.words[i].lower) not in (None, "surname")
                              and self.head(match[0])[0] not in ("district", "province")):
                hits.append(Found(i, match[0], self.name(i, match[0]), match[1], number, run_first=first,
                                  dateline=dateline, spelling=key(self.name(i, match[0]))))
                i = match[0] + 1
            else:
                i += 1
        for hit in hits:
            hit.head, hit.tail = self.head(hit.last)
            if hit.last > last:  # "Shawal valley" is a whole entry
                hit.tail = max(hit.tail, hit.last)
        unknown = self._patterns.unknown(number, first, last, hits)
        if unknown:
            hits = [hit for hit in hits
                    if solid(hit.entries) and (hit.last < unknown.first or hit.first > unknown.last)]
            hits.append(unknown)
        hits += [shared for hit in hits for shared in self._shared(hit, number)]
        for hit in sorted(hits, key=lambda hit: hit.first):
            if hit is unknown or hit.last < first or self._stands(hit, first, last, hits, shouting):
                self.found.append(hit)
            else:
                self.persons.add(hit.spelling)
        return max([last, *(hit.tail for hit in hits)])

    def _shared(self, hit: Found, number: int) -> list[Found]:
        """The first half of "North and South Waziristan", whose own noun stands in `hit`."""
        i = hit.first
        if i < 2 or hit.last == i or self.words[i - 1].lower != "and" or not self.words[i - 2].cap or \
                {self.lists.kinds.get(self.words[k].lower) for k in (i, i - 2)} != {"modifier"}:
            return []
        spelling = self.words[i - 2].fold + "".join(w.fold for w in self.words[i + 1:hit.last + 1])
        entries = self.gazetteer.names.get(spelling, ())
        return [Found(i - 2, i - 2, self.name(i - 2, i - 2), entries, number, head=hit.head, tail=i - 2,
                      run_first=i - 2, dateline=hit.dateline, spelling=spelling)] if entries else []

    def _reaches(self, i: int, j: int, end: int) -> bool:
        """Whether a known name that begins at word i goes on to word j at least: "North Levy"."""
        match = self.longest(i, end, end)
        return bool(match and match[0] >= j)

    def head(self, j: int) -> tuple[str | None, int]:
        """The noun behind word j that says what the name is: its level and last word."""
        for length in (2, 1):
            k = j + length
            if k < len(self.words) and all(self._joined(x) for x in range(j, k)):
                level = self.lists.heads.get(" ".join(w.lower for w in self.words[j + 1:k + 1]))
                if level:
                    return level, k
        return None, j

    def before(self, i: int) -> str:
        """The cue that ends right before word i (articles, adjectives of direction and demonyms skipped), or ""."""
        k = i - 1
        while k >= 0 and self.between(k, k + 1) in (" ", "-", "  ") and (
                self.words[k].lower in ("the", "a", "an", "its")
                or self.lists.kinds.get(self.words[k].lower) == "modifier"
                or self.words[k].fold in self.gazetteer.demonyms):
            k -= 1
        if k < 0 or self.between(k, k + 1).strip(" \"'(-"):
            return ""
        for length in (4, 3, 2, 1):
            if k - length + 1 >= 0:
                words = self.words[k - length + 1:k + 1]
                if all(self.between(x, x + 1) == " " for x in range(k - length + 1, k)):
                    cue = " ".join(w.lower for w in words)
                    if cue in self.lists.before:
                        return cue
        return ""

    def after(self, j: int) -> str:
        """The cue that begins right behind word j, or ""."""
        for length in (3, 2, 1):
            k = j + length
            if k < len(self.words) and all(self.between(x, x + 1) in (" ", "-", "'", "'s ") for x in range(j, k)):
                cue = " ".join(self.text[w.start:w.end] for w in self.words[j + 1:k + 1] if w.lower != "s")
                if cue in self.lists.after or cue.lower() in self.lists.after:
                    return cue if cue in self.lists.after else cue.lower()
        return ""

    def _stands(self, hit: Found, first: int, last: int, hits: list[Found], shouting: bool) -> bool:
        """Whether a known name is a place here and not part of a person's or another name; marks organisations."""
        power = strength(hit.entries)
        taken = {k for other in hits if strength(other.entries) == 3
                 for k in range(other.first, max(other.last, other.tail) + 1)}
        left = self.words[hit.first - 1].lower if hit.first > first and hit.first - 1 not in taken else ""
        right = self.words[hit.last + 1].lower if hit.tail == hit.last < last and hit.last + 1 not in taken else ""
        kind_left, kind_right = self.lists.kinds.get(left, ""), self.lists.kinds.get(right, "")
        if kind_left == "office" and solid(hit.entries) and kind_right != "person":
            hit.organisation = True
            return True
        if kind_left in ("title", "person", "office") or kind_right == "person" or self._river(hit):
            return False
        if left and not kind_left and not shouting:
            surname = self.lists.kinds.get(self.words[hit.first].lower) == "surname"
            placed = self.lists.before.get(self.before(first), ("",))[0] in ("location", "other", "origin")
            if surname or not solid(hit.entries) or (self.words[hit.first - 1].start in self.proper and not placed):
                return False
        behind = self.words[hit.last + 1] if hit.last + 1 < len(self.words) and self._joined(hit.last) else None
        if behind and behind.cap and power < 3 and self.lists.kinds.get(behind.lower) in ("landmark", "word") \
                and not shouting:
            return False  # "Shahi Gate", "Jaffar Express"
        if right and kind_right != "landmark" and not shouting:
            if power < 3:
                return False
            hit.organisation = True
        if power == 3 or hit.dateline:
            return True
        cue = self.before(hit.run_first if not shouting else hit.first)
        return bool(hit.head or self.lists.before.get(cue, ("",))[0] in ("location", "origin", "other")
                    or self._lists_on(hit.first))

    def _river(self, hit: Found) -> bool:
        """Whether the name is that of a river: "River Jhelum", "the Kabul River"."""
        near = [self.words[k].lower for k in (hit.first - 1, hit.last + 1) if 0 <= k < len(self.words)]
        return any(self.lists.kinds.get(word) == "water" for word in near)

    def _lists_on(self, i: int) -> bool:
        """Whether word i goes on with a list or a chain of places: ", X", "and X"."""
        if not self.found or not 0 <= self.words[i].start - self.words[self.found[-1].tail].end < 7:
            return False
        return bool(re.fullmatch(r"\s*(?:,|and|,\s*and|&|or|/)\s*", self.between(self.found[-1].tail, i)))
