"""Where a text says that people were killed or hurt: the word that says so, the persons, and how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from etl.coding.casualty_persons import (
    Counter,
    joined_persons,
    negated,
    one_of_several,
    partitive,
    parts_of,
    top_of,
    words,
)
from etl.coding.casualty_victims import alongside, either, has, victims, whole_of
from etl.coding.parse import Parsed
from etl.coding.tree import Token


@dataclass(frozen=True)
class Toll:
    """One count as a clause tells it.

    `anchor` is the token that means killed or injured, `head` that of the persons (or of the bare number). `whole` is
    the token of the larger count of which this one is a part ("including two soldiers"), `named` whether the persons
    are named and not counted.
    """

    measure: str
    anchor: int
    head: int
    low: int | None
    high: int | None
    start: int
    end: int
    whole: int | None = None
    named: bool = False


def tolls(parsed: Parsed) -> list[Toll]:
    """All counts of killed and injured in the order of the text."""
    counter = Counter(parsed)
    found: list[Toll] = []
    for token in parsed.doc:
        for measure, persons in victims(token):
            if _unreal(token):
                continue
            persons = list(dict.fromkeys(_first(whole_of(person, token)) for person in persons))
            for head in [*persons, *alongside(token, persons)]:
                found += _tolls_of(token, measure, head, counter, len(persons) > 1)
    used = {toll.head for toll in found}
    anchors = {toll.anchor for toll in found}
    for token in parsed.doc:
        if token.i not in anchors and _may_tell(token):
            found += _as_many(token, found, parsed) or list(_beside(token, counter, used, parsed))
    return sorted({(t.measure, t.head): t for t in reversed(found)}.values(), key=lambda t: (t.anchor, t.head))


def _may_tell(token: Token) -> bool:
    lemma = token.lemma_.lower()
    return (lemma in words("transitive") or token.lower_ in words("state") or lemma in words("toll")
            or lemma in words("number"))


def _first(person: Token) -> Token:
    """The first of "on Thursday and a captain and four soldiers", where the parse begins the list with the day."""
    above = person.head
    begins = person.dep_ == above.dep_ == "conj" and above.tag_ == "NN" and above.head.pos_ == "PROPN"
    return above if begins and any(child.lower_ in ("a", "an") for child in above.lefts) else person


def _tolls_of(anchor: Token, measure: str, head: Token, counter: Counter, several: bool) -> Iterator[Toll]:
    persons = sorted(joined_persons(head, anchor), key=lambda token: token.i)
    listed = _list_of(persons, counter)
    for place, person in enumerate(persons):
        counted, noun = partitive(person)
        count = counter.count(counted) or (counter.count(noun) if noun is not counted else None)
        if count is None and (several or len(persons) > 1) and one_of_several(person):
            count = (1, 1)
        if count is None or noun.lemma_.lower() in words("nonperson") or counted.lemma_.lower() in words("nonperson"):
            continue
        if noun is anchor and counter.of(noun) is None:
            continue  # "a death", "an injury": not told whose
        if noun is anchor and noun.i and noun.nbor(-1).text == "(":
            continue  # "302 (murder)" is a section of the law
        if negated(counted) or (count == (1, 1) and anchor.dep_ in ("amod", "pobj")
                                 and anchor.pos_ not in ("NOUN", "PROPN")):
            continue  # "an injured man said": he was counted before
        toll = _toll(measure, anchor, noun, counted, count, counter)
        yield replace(toll, whole=persons[0].i) if listed and place else toll
        seen: set[int] = set()
        for part in parts_of(person, anchor, persons[place + 1].i if place + 1 < len(persons) else None):
            share = counter.count(part) or counter.of_them(part)
            number = counter.of(part)
            if number is not None and number.start in seen:
                continue  # "18 army and police personnel": one number
            if number is not None:
                seen.add(number.start)
            if share is not None:
                yield replace(_toll(measure, anchor, part, part, share, counter), whole=noun.i)


def _list_of(persons: list[Token], counter: Counter) -> bool:
    """Whether those behind the first only tell who they are: "ten civilians, nine children and a woman"."""
    if len(persons) < 3 or persons[0].i + 1 >= len(persons[0].doc) or persons[0].nbor().text != ",":
        return False
    first, *others = (counter.count(person) for person in persons)
    return first is not None and first[0] == first[1] and first[0] == sum(
        (count[0] or 0) for count in others if count is not None)


def _toll(measure: str, anchor: Token, noun: Token, counted: Token, count: tuple[int | None, int | None],
          counter: Counter) -> Toll:
    number = counter.of(counted)
    starts = [anchor.idx, noun.idx, counted.idx] + ([number.start] if number else [])
    ends = [t.idx + len(t) for t in (anchor, noun, counted)] + ([number.end] if number else [])
    named = number is None and noun.pos_ == "PROPN"
    return Toll(measure, anchor.i, noun.i, *count, min(starts), max(ends), named=named)


def _as_many(anchor: Token, found: list[Toll], parsed: Parsed) -> list[Toll]:
    """"four were killed and as many injured": the count before holds again."""
    measure = words("transitive").get(anchor.lemma_.lower())
    before = [token.lower_ for token in parsed.doc[max(0, anchor.i - 4):anchor.i + 4]]
    pairs = [before[i:i + 2] for i in range(len(before))]
    earlier = [t for t in found if t.anchor < anchor.i
               and parsed.sentence_of[t.anchor] == parsed.sentence_of[anchor.i] and t.measure != measure]
    if not measure or ["as", "many"] not in pairs or not earlier:
        return []
    if before[pairs.index(["as", "many"]) + 2:][:1] == ["as"]:
        return []  # "as many as 20"
    last = max(earlier, key=lambda t: t.anchor)
    place = max(0, anchor.i - 4) + pairs.index(["as", "many"]) + 2
    noun = parsed.doc[place] if place < anchor.i and parsed.doc[place].pos_ == "NOUN" else parsed.doc[last.head]
    return [replace(last, measure=measure, anchor=anchor.i, head=noun.i, start=min(anchor.idx, noun.idx),
                    end=anchor.idx + len(anchor), whole=None)]


def _beside(anchor: Token, counter: Counter, used: set[int], parsed: Parsed) -> Iterator[Toll]:
    """Where the parse leaves the persons out: a number right before "killed" or right behind "killing", "rose to"."""
    lemma = anchor.lemma_.lower()
    measure = words("transitive").get(lemma) or words("state").get(anchor.lower_) or words("toll").get(lemma)
    if lemma in words("number"):  # "put the number of wounded security men at eight"
        counted = [t for t in parsed.doc[anchor.i + 1:anchor.i + 6] if t.lower_ in words("state")
                   or t.lemma_.lower() in words("transitive")]
        measure = (words("state").get(counted[0].lower_) or words("transitive").get(counted[0].lemma_.lower())) \
            if counted else "killed" if lemma in words("losses") else None
    if not measure or _unreal(anchor) or either(anchor) or (lemma == "gun" and not has(anchor, "down")):
        return
    sentence = parsed.sentences[parsed.sentence_of[anchor.i]] if parsed.sentences else None
    if sentence is None:
        return
    if lemma in words("toll") or lemma in words("number"):
        window = [t for t in parsed.doc[anchor.i + 1:min(sentence.end, anchor.i + 16)]
                  if t.nbor(-1).lower_ in ("to", "at", "is", "of", "reached", "least", "over", "than")]
        if not any(t.lower_ in ("death", "deaths") for t in parsed.doc[max(0, anchor.i - 1):anchor.i + 1]) \
                and lemma == "count":
            return
    elif any(child.dep_ == "dobj" for child in anchor.children):
        return  # whom the verb hits is named, and not counted
    elif "of the" in " ".join(t.lower_ for t in parsed.doc[max(0, anchor.i - 3):anchor.i]):
        return  # "one of the injured" was counted before
    elif anchor.tag_ in ("VBG", "VBZ", "VBP") or (anchor.tag_ == "VBD" and anchor.dep_ != "ROOT"):
        window = list(parsed.doc[anchor.i + 1:min(sentence.end, anchor.i + 5)])
    else:
        window = list(reversed(parsed.doc[max(sentence.start, anchor.i - 7):anchor.i]))
    for token in window:
        if token.i in used or token.text in (";", ":") or token.lemma_.lower() in words("transitive"):
            return
        number = counter.at(token)
        if number is not None:
            noun = top_of(token)
            if token.i and token.nbor(-1).lower_ in words("negation"):
                return
            if noun.i in used or noun.lemma_.lower() in words("nonperson"):
                return
            for person in (noun.head, noun) if noun.dep_ == "conj" and noun.head.i < noun.i else (noun,):
                told = counter.of(person)  # "three soldiers and two civilians martyred"
                if told is not None and person.i not in used and person.lemma_.lower() not in words("nonperson"):
                    used.add(person.i)
                    yield Toll(measure, anchor.i, person.i, told.low, told.high, min(told.start, anchor.idx),
                               max(told.end, person.idx + len(person), anchor.idx + len(anchor)))
            return


def _unreal(anchor: Token) -> bool:
    """Negated, conditional or merely possible."""
    if anchor.tag_ == "VB" and any(child.dep_ == "aux" and child.tag_ == "TO" for child in anchor.children):
        return True  # a purpose, not yet a deed
    if anchor.dep_ == "pobj" and anchor.head.head.lemma_.lower() in words("wanted"):
        return True  # "involved in the killing of a cadet": an older deed
    for token in (anchor, anchor.head) if anchor.dep_ in ("acomp", "oprd", "ccomp", "xcomp", "conj") else (anchor,):
        for child in token.children:
            if child.dep_ in ("aux", "neg", "mark") and (child.lower_ in words("doubt") or child.dep_ == "neg"):
                return True
    return False
