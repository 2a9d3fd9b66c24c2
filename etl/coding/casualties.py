"""Casualty figures: how many were killed or injured, on whose side, and according to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from spacy.tokens import Token

from etl.coding.actors import ActorMention
from etl.coding.casualty_clauses import Toll, tolls, words
from etl.coding.parse import Parsed
from etl.coding.speech import Speech
from etl.reference import read_table

_FORCES = ("military", "police", "armed group", "state", "organisation")


@dataclass(frozen=True)
class Figure:
    """One figure. `start`, `end`: characters of the cleaned text that carry it; `low`, `high` in persons.

    `side` is whose losses (None when the text does not tell), `by` who says so (None in the article's own voice),
    `anchor` the token that means killed or injured. `aggregate` marks totals over more than days, `part_of_total` a
    total that other figures of the article split by side.
    """

    start: int
    end: int
    measure: str
    low: int | None
    high: int | None
    side: str | None
    by: str | None
    sentence: int
    anchor: int
    aggregate: bool
    part_of_total: bool


@dataclass(frozen=True)
class _Sided:
    toll: Toll
    side: str | None
    weak: bool  # the side is a guess of the noun alone ("personnel", "people") and may be replaced


def find_figures(parsed: Parsed, actors: Sequence[ActorMention]) -> list[Figure]:
    """All casualty figures of an article, in the order of the text."""
    if not parsed.sentences:
        return []
    speech = Speech(parsed, actors)
    sides = _Sides(parsed, actors)
    found: list[_Sided] = []
    for toll in tolls(parsed):
        sided = sides.of(toll, found)
        if sided is not None:
            found.append(sided)
    found = _split(_settle(found, parsed), parsed)
    figures = []
    for sided in found:
        toll = sided.toll
        number = parsed.sentence_of[toll.anchor]
        figures.append(Figure(toll.start, toll.end, toll.measure, toll.low, toll.high, sided.side,
                              speech.at(toll.anchor), number, toll.anchor, _aggregate(parsed, number, toll), False))
    return _mark_totals(figures, parsed)


class _Sides:
    """Whose losses a noun phrase means."""

    def __init__(self, parsed: Parsed, actors: Sequence[ActorMention]) -> None:
        self.parsed = parsed
        self.doc = parsed.doc
        self.by_sentence: dict[int, list[ActorMention]] = {}
        for mention in actors:
            if mention.actor:
                self.by_sentence.setdefault(mention.sentence, []).append(mention)
        self.names: dict[str, str] = {}
        for mention in actors:
            self._learn(mention)

    def _learn(self, mention: ActorMention) -> None:
        """"Wali Jan, a tribal elder", "Constable Rubnawaz": the name stands for that side."""
        head = self.doc[mention.head]
        named = head.head if head.dep_ in ("compound", "appos", "nmod") else head
        for token in (named, *(child for child in head.children if child.dep_ == "appos")):
            if token.pos_ == "PROPN" and mention.kind in ("military", "police", "armed group", "community", "civilians"):
                self.names.setdefault(token.text, mention.actor)

    def of(self, toll: Toll, before: Sequence[_Sided]) -> _Sided | None:
        """The toll with its side; None where the counted are no persons."""
        head = self.doc[toll.head]
        lemma = head.lemma_.lower()
        mention = self._mention(head, toll)
        if mention is not None:
            return _Sided(toll, mention.actor, lemma in words("weak"))
        sentence = self.parsed.sentence_of[toll.anchor]
        if lemma in words("collective") or head.pos_ == "NUM" or toll.head == toll.anchor:
            return _Sided(toll, self._carried(toll, before, sentence), True)
        if lemma in words("people") or lemma in words("weak") or head.pos_ == "ADJ":
            return _Sided(toll, None, True)
        if head.pos_ == "PROPN":
            if head.text in self.names:
                return _Sided(toll, self.names[head.text], False)
            return _Sided(toll, None, True) if _titled(head) else None
        return _Sided(toll, None, True) if head.pos_ == "NOUN" and lemma.endswith(("er", "or", "ist", "man")) else None

    def _mention(self, head: Token, toll: Toll) -> ActorMention | None:
        near = self.by_sentence.get(self.parsed.sentence_of[toll.head], ())
        covering = next((m for m in near if m.start <= head.idx < m.end), None)
        belongs = [m for child in head.children if child.dep_ == "prep" and child.lower_ in ("of", "from", "in", "with")
                   for m in near if m.head in {t.i for t in child.subtree if t.dep_ != "relcl"}
                   and m.kind in _FORCES and m.head - head.i <= 8]
        if covering is not None and (head.lemma_.lower() not in words("weak") or not belongs):
            return covering
        if belongs:
            return belongs[0]
        inside = {t.i for child in head.children if child.dep_ in ("compound", "amod", "nmod", "poss")
                  for t in child.subtree}
        within = [m for m in near if m.head in inside]
        if within:
            return within[-1]
        appositive = {t.i for child in head.children if child.dep_ == "appos" for t in (child, *child.children)}
        return next((m for m in near if m.head in appositive), None)

    def _carried(self, toll: Toll, before: Sequence[_Sided], sentence: int) -> str | None:
        """"two others", "27 injured": the side of the figure before it in the sentence."""
        for sided in reversed(before):
            number = self.parsed.sentence_of[sided.toll.anchor]
            if number < sentence - 1 or (number < sentence and self.parsed.paragraphs[number]
                                         != self.parsed.paragraphs[sentence]):
                return None
            if sided.toll.whole is None and sided.toll.head != toll.head:
                return sided.side
        return None


def _titled(head: Token) -> bool:
    return any(child.dep_ in ("compound", "appos") for child in head.children)


def _settle(found: list[_Sided], parsed: Parsed) -> list[_Sided]:
    """Unknown and weak sides take that of an equal figure elsewhere in the article; "terrorists" take a named group."""
    strong: dict[tuple[str, int | None, int | None], list[str]] = {}
    for sided in found:
        if sided.side and not sided.weak:
            strong.setdefault((sided.toll.measure, sided.toll.low, sided.toll.high), []).append(sided.side)
    out = []
    for sided in found:
        same = strong.get((sided.toll.measure, sided.toll.low, sided.toll.high), [])
        side = sided.side
        if sided.weak and same and side not in same:
            side = same[0]
        if side == "MILITANTS":
            side = next((other for other in same if other != side and "." not in other
                         and other.split(".")[0] not in ("PAK", "AFG", "CIV", "TRIBE")), side)
        out.append(replace(sided, side=side))
    return out


def _split(found: list[_Sided], parsed: Parsed) -> list[_Sided]:
    """Parts behind "including": dropped where they are of the whole's own side, else taken from the whole."""
    parts: dict[tuple[int, str], list[_Sided]] = {}
    for sided in found:
        if sided.toll.whole is not None:
            parts.setdefault((sided.toll.whole, sided.toll.measure), []).append(sided)
    out: list[_Sided] = []
    for sided in found:
        toll = sided.toll
        if toll.whole is not None:
            whole = next((s for s in found if s.toll.head == toll.whole and s.toll.measure == toll.measure), None)
            if whole is None or sided.side is None or sided.side == whole.side:
                continue
            out.append(sided)
            continue
        own = [p for p in parts.get((toll.head, toll.measure), []) if p.side and p.side != sided.side]
        taken = sum(p.toll.low or 0 for p in own)
        if own and sided.side and toll.low is not None and toll.low > taken and toll.high == toll.low:
            out.append(replace(sided, toll=replace(toll, low=toll.low - taken, high=toll.low - taken)))
        else:
            out.append(sided)
    return out


def _mark_totals(figures: list[Figure], parsed: Parsed) -> list[Figure]:
    """Mark totals without a side that figures with sides add up to, or that stand beside parts of them."""
    out = []
    for figure in figures:
        whole = figure.low if figure.low is not None else figure.high
        sided = {(f.side, f.low, f.high): f for f in figures
                 if f.measure == figure.measure and f.side and not f.aggregate and f is not figure}
        parts = [f.low or 0 for f in sided.values() if abs(f.sentence - figure.sentence) <= 4]
        total = figure.side is None and whole is not None and _adds_up(parts, whole)
        out.append(replace(figure, part_of_total=total))
    return out


def _adds_up(parts: Iterable[int], whole: int) -> bool:
    """Whether some of the parts (two or more) make up the whole."""
    sums: set[tuple[int, int]] = {(0, 0)}
    for part in list(parts)[:12]:
        sums |= {(total + part, size + 1) for total, size in sums if total + part <= whole}
    return any(total == whole and size >= 2 for total, size in sums)


@cache
def _totals() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['word']})" for row in read_table("casualty_words").rows
                               if row["role"] == "aggregate"), re.IGNORECASE)


def _aggregate(parsed: Parsed, sentence: int, toll: Toll) -> bool:
    return _totals().search(parsed.sentences[sentence].text) is not None
