"""What the figures of an article tell about each other: doubtful sides, sums, wholes and their parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from etl.coding.casualty_clauses import Toll
from etl.coding.casualty_persons import words
from etl.coding.casualty_sides import OPEN, SURE, WEAK, Sided, Sides
from etl.coding.kinds import kind
from etl.coding.parse import Parsed
from etl.reference import read_table

_GROUP_REACH = 3  # sentences within which "terrorists" are those of the group that is named


def settle(found: list[Sided], sides: Sides) -> list[Sided]:
    """Doubtful sides take that of an equal figure elsewhere in the article; "terrorists" those of the group near by."""
    sure: dict[tuple[str, int | None], list[str]] = {}
    for sided in sorted(found, key=lambda s: s.doubt):
        lemma = sides.doc[sided.toll.head].lemma_.lower()
        guessed = lemma in words("people") or sided.doubt == OPEN or (sided.doubt and lemma in words("weak"))
        if sided.side and not guessed and sided.toll.whole is None:
            sure.setdefault((sided.toll.measure, sided.toll.low or sided.toll.high), []).append(sided.side)
    out: list[Sided] = []
    for sided in found:
        toll, side = sided.toll, sided.side
        same = [s for s in sure.get((toll.measure, toll.low or toll.high), []) if s != side]
        alike = same and (side or "").split(".")[0] == same[0].split(".")[0] != "CIV"
        if sided.doubt == WEAK and same and (alike or side is None and same[0] != "MILITANTS"):
            side = same[0]
        elif sided.doubt == OPEN:
            foes = [s for s in same if s == "MILITANTS" or _is_group(s)]
            if sides.doc[toll.anchor].lemma_.lower() in words("foe"):
                side = foes[0] if foes else "MILITANTS"
            elif (toll.low or toll.high or 0) > 1:
                own = [s for s in same if s not in foes]
                side = own[0] if own else foes[0] if foes and (toll.low or 0) > 2 and not side else side
            side = side or _equal_before(out, toll) or _recent(out, toll, sides) or sides.fought(toll, out)
        if side == "MILITANTS":
            named = next((s for s in same if _is_group(s) and (toll.low or 0) > 2), None)
            side = named or _group_near(toll, sides) or side
        told = side in same or (sided.doubt == SURE)
        out.append(replace(sided, side=side, doubt=SURE if told else sided.doubt))
    groups = [s for s in out if s.side and _is_group(s.side) and (s.toll.low or 0) > 2]
    named_in = {(s.toll.measure, s.toll.low): s.side for s in groups}
    return [replace(s, side=named_in.get((s.toll.measure, s.toll.low), s.side)) if s.side == "MILITANTS" else s
            for s in out]


def _equal_before(before: Sequence[Sided], toll: Toll) -> str | None:
    """The side of the same count told before ("police had put the number of dead at five")."""
    if (toll.low or 0) < 3:
        return None
    same = {s.side for s in before if s.toll.measure == toll.measure and s.toll.low == toll.low and s.side}
    return next(iter(same)) if len(same) == 1 else None


def _recent(before: Sequence[Sided], toll: Toll, sides: Sides) -> str | None:
    """Whose losses the report has been about up to here."""
    sentence = sides.parsed.sentence_of[toll.anchor]
    for sided in reversed(before):
        if sides.parsed.sentence_of[sided.toll.anchor] < sentence - 3:
            return None
        certain = sided.doubt == SURE or not (sided.side or "CIV").startswith("CIV")
        if certain and sided.side and sided.side != "MILITANTS" and not _is_group(sided.side):
            return sided.side
    return None


@cache
def _groups() -> frozenset[str]:
    rows = read_table("actors").rows
    return frozenset(row["actor_id"] for row in rows if row["kind"] == "armed group" and row["actor_id"] != "MILITANTS")


def _is_group(actor: str) -> bool:
    return actor in _groups()


def _group_near(toll: Toll, sides: Sides) -> str | None:
    """The armed group named nearest to unnamed militants, within the same report."""
    parsed = sides.parsed
    sentence = parsed.sentence_of[toll.anchor]
    for distance in range(_GROUP_REACH + 1):
        for number in (sentence - distance, sentence + distance):
            if 0 <= number < len(parsed.sentences) and not _apart(parsed, number, sentence):
                for mention in sides.by_sentence.get(number, ()):
                    if mention.kind == "armed group" and _is_group(mention.actor):
                        return mention.actor
    return None


def _apart(parsed: Parsed, one: int, other: int) -> bool:
    """Whether the text turns to another happening between two sentences."""
    between = parsed.sentences[min(one, other) + 1:max(one, other) + 1]
    return any(token.lower_ in words("shift") for span in between for token in span[:6])


def joined(found: list[Sided], parsed: Parsed) -> list[Sided]:
    """One figure for what one clause counts apart on one side: "a woman and two children" are three civilians."""
    out: list[Sided] = []
    for sided in found:
        last = out[-1] if out else None
        toll = sided.toll
        if (last is not None and toll.anchor == last.toll.anchor and toll.measure == last.toll.measure
                and toll.whole is None and last.toll.whole is None and sided.side == last.side and sided.side
                and (parsed.doc[toll.head].dep_ in ("conj", "appos", "dep") or _listed(last.toll, toll, parsed))):
            low = None if toll.low is None or last.toll.low is None else toll.low + last.toll.low
            high = None if toll.high is None or last.toll.high is None else toll.high + last.toll.high
            out[-1] = replace(last, toll=replace(last.toll, low=low, high=high, end=max(toll.end, last.toll.end),
                                                 named=toll.named and last.toll.named))
        else:
            out.append(sided)
    return out


def _listed(one: Toll, other: Toll, parsed: Parsed) -> bool:
    """Whether "and" joins two counted phrases that the parse holds apart, or "along with" adds one."""
    between = parsed.doc[one.head + 1:other.head]
    lowered = [token.lower_ for token in between]
    if "with" in lowered and lowered[lowered.index("with") - 1] in ("along", "together") and other.head > other.anchor:
        return True
    last = [token for token in parsed.doc[other.head + 1:other.head + 2] if token.lower_ == "and"]
    if last and between[0].text == "," and all(t.dep_ in ("poss", "det") or t.text == "," for t in between):
        return True  # "a man, his wife and their daughter"
    return any(token.lower_ in ("and", "with") for token in between) and not any(
        token.pos_ in ("VERB", "AUX") or token.text in ".;:" for token in between)


def split(found: list[Sided], sides: Sides) -> list[Sided]:
    """Parts behind "including": dropped where they are of the whole's own side, else taken from the whole."""
    heads = {(s.toll.head, s.toll.measure): s for s in reversed(found)}
    belonging: dict[tuple[int, str], list[Sided]] = {}
    for sided in found:
        if sided.toll.whole is not None and sided.side:
            belonging.setdefault((sided.toll.whole, sided.toll.measure), []).append(sided)
    out: list[Sided] = []
    for sided in found:
        toll = sided.toll
        if toll.whole is not None:
            whole = heads.get((toll.whole, toll.measure))
            civil = sided.side is not None and sided.side.startswith("CIV") and whole is not None and whole.side
            crowd = whole is not None and sides.doc[whole.toll.head].lemma_.lower() in words("collective")
            if whole is not None and sided.side and sided.side != whole.side and not civil \
                    and (crowd or not _narrower(whole, sided)):
                out.append(sided)
            continue
        parts = belonging.get((toll.head, toll.measure), [])
        sided = _remainder(sided, parts, sides)
        narrower = [part for part in parts if _narrower(sided, part)]
        if narrower and (sided.doubt == OPEN or sides.doc[toll.head].lemma_.lower() in words("collective")):
            narrower, sided = [], replace(sided, side=None)  # "eleven others, five of them policemen"
        if narrower:
            sided = replace(sided, side=narrower[0].side)
        taken = sum(part.toll.low or 0 for part in parts if part.side != sided.side and part not in narrower
                    and not (part.side or "").startswith("CIV"))
        if taken and sided.side and toll.low is not None and toll.low > taken and toll.high in (toll.low, None):
            high = None if toll.high is None else toll.high - taken
            sided = replace(sided, toll=replace(toll, low=toll.low - taken, high=high))
        out.append(sided)
    return out


def _remainder(whole: Sided, parts: list[Sided], sides: Sides) -> Sided:
    """Civilians are the rest of "nine people, including three policemen": who the rest are is told by the word."""
    forces = [part for part in parts if part.side and kind(part.side) in ("military", "police", "government")]
    lemma = sides.doc[whole.toll.head].lemma_.lower()
    if whole.side is None and forces and len(forces) == len(parts) and lemma in words("people"):
        return replace(whole, side=sides.people(whole.toll))
    return whole


def narrow(found: list[Sided], part: Sided, parsed: Parsed) -> None:
    """A part tells the side of its whole ("three personnel, including a police inspector"), also to what follows."""
    if part.toll.whole is None:
        return
    for place in range(len(found) - 1, max(-1, len(found) - 6), -1):
        whole = found[place]
        same = whole.toll.head == part.toll.whole and whole.toll.measure == part.toll.measure
        if same and parsed.doc[whole.toll.head].lemma_.lower() in words("weak") and _narrower(whole, part):
            found[place] = replace(whole, side=part.side)


def _narrower(whole: Sided, part: Sided) -> bool:
    """"Three personnel, including a police inspector" are police."""
    return bool(whole.doubt and whole.side and part.side and whole.side != part.side
                and whole.side.split(".")[0] == part.side.split(".")[0])


def survivors(found: list[Sided], parsed: Parsed) -> list[Sided]:
    """"Seven wounded, one of whom died" leaves six wounded: the dead are taken from the wounded told just before."""
    out = list(found)
    for sided in found:
        toll = sided.toll
        them = parsed.doc[toll.head]
        died = parsed.doc[toll.anchor].lemma_.lower() in words("intransitive")
        if toll.measure != "killed" or not died or toll.low is None or them.lower_ not in ("whom", "them"):
            continue
        for place in range(len(out) - 1, -1, -1):
            hurt = out[place].toll
            apart = parsed.sentence_of[toll.anchor] - parsed.sentence_of[hurt.anchor]
            if hurt.measure == "injured" and hurt.anchor < toll.head and 0 <= apart <= 1:
                if hurt.low is not None and hurt.low == hurt.high and hurt.low > toll.low:
                    left = hurt.low - toll.low
                    out[place] = replace(out[place], toll=replace(hurt, low=left, high=left))
                break
    return out
