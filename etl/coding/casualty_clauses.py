"""Where a text says that people were killed or hurt: the word that says so, the persons, and how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from etl.coding.casualty_persons import (
    SUBJECT,
    Counter,
    joined_persons,
    negated,
    of_phrase,
    one_of_several,
    partitive,
    parts_of,
    top_of,
    words,
)
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
        for measure, persons in _victims(token):
            if _unreal(token):
                continue
            persons = list(dict.fromkeys(_first(_whole(person, token)) for person in persons))
            for head in [*persons, *_alongside(token, persons)]:
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


def _victims(token: Token) -> Iterator[tuple[str, list[Token]]]:
    """The persons that a word says were killed or hurt, with the measure."""
    lemma = token.lemma_.lower()
    if token.pos_ == "VERB" or token.tag_ in ("VBN", "VBD", "VBG"):
        if lemma in words("transitive") and not _either(token) and (lemma != "gun" or _has(token, "down")):
            yield words("transitive")[lemma], _hit(token)
        if lemma in ("shoot", "leave", "find") and _has(token, *words("deadly")):
            yield "killed", _hit(token)
        if lemma in words("intransitive"):
            yield "killed", _subjects(token)
        objects = [child for child in token.children if child.dep_ in ("dobj", "nsubjpass", "attr")]
        lives = [child for child in objects if child.lemma_.lower() in words("life")]
        if lemma in words("lose") and lives:
            yield "killed", _subjects(token)
        elif lemma == "lose":
            yield "killed", objects  # "they lost nine of their men"
        if lemma in words("take") and lives:
            dative = [child for child in token.children if child.dep_ in ("dative", "iobj")]
            yield "killed", dative or [of_phrase(life) or life for life in lives]
        if lemma in words("embrace") and any(child.lemma_.lower() in words("martyrdom") for child in objects):
            yield "killed", _subjects(token)
        if lemma in words("sustain") and any(child.lemma_.lower() in words("injury") for child in objects):
            yield "injured", _subjects(token)
        if lemma in words("send") and any(t.lemma_.lower() in words("hell") for t in token.subtree):
            yield "killed", _hit(token)
    if (lemma in words("state") or token.lower_ in words("state")) and not _either(token) \
            and not (token.tag_ in ("VBD", "VBG") and any(child.dep_ == "dobj" for child in token.children)):
        yield words("state").get(token.lower_) or words("state")[lemma], _described(token)
    if token.pos_ in ("NOUN", "PROPN") and lemma in words("noun"):
        of = of_phrase(token) or _to_phrase(token)
        if of is None and any(child.dep_ == "poss" for child in token.children):
            return  # "his body": of one counted before
        told = token.head.lemma_.lower() not in words("sustain") or lemma not in words("injury")
        yield words("noun")[lemma], [of] if of is not None else [token] if told else []


def _whole(person: Token, verb: Token) -> Token:
    """The counted noun before "including", where the parse takes a name behind it for the subject: "nine fighters
    including the ring leader Gul were killed"."""
    plural = any(c.dep_ in ("aux", "auxpass") and c.lower_ in ("were", "are", "have") for c in verb.children)
    if person.pos_ != "PROPN" or not plural or person.i > verb.i:
        return person
    for token in reversed(person.doc[max(person.sent.start, person.i - 14):person.i]):
        if token.lemma_.lower() in words("including") and token.i:
            before = token.nbor(-2 if token.nbor(-1).text in ",(" and token.i > 1 else -1)
            return before if before.tag_ in ("NNS", "NNPS") else person
        if token.pos_ in ("VERB", "AUX"):
            break
    return person


def _alongside(verb: Token, persons: list[Token]) -> list[Token]:
    """Those of "along with two civilians" behind the persons of a verb."""
    if not persons:
        return []
    with_ = [token for child in verb.children if child.dep_ in ("prep", "advmod") for token in (child, *child.children)
             if token.lower_ == "with" and token.i and token.nbor(-1).lower_ in ("along", "together")]
    return [noun for prep in with_ for noun in prep.children if noun.dep_ == "pobj"]


def _either(token: Token) -> bool:
    """"killed or injured" tells neither number."""
    around = [t.lower_ for t in token.doc[max(0, token.i - 2):token.i + 3]]
    return "or" in around and sum(t in words("state") or t.startswith("kill") for t in around) > 1


def _to_phrase(noun: Token) -> Token | None:
    """"injuries to three others"."""
    return next((person for child in noun.children if child.dep_ == "prep" and child.lower_ == "to"
                 for person in child.children if person.dep_ == "pobj"), None)


def _has(token: Token, *lowered: str) -> bool:
    return any(child.lower_ in lowered for child in token.children) or (
        token.i + 1 < len(token.doc) and token.nbor().lower_ in lowered)


def _hit(verb: Token) -> list[Token]:
    """Object of the active, subject of the passive; headlines drop the auxiliary ("Two cops martyred in Dera")."""
    objects = [child for child in verb.children if child.dep_ == "dobj"]
    another = [child for child in verb.children if child.dep_ == "det" and child.lower_ == "another"]
    if another:
        return another  # "three were martyred and another injured"
    passive = [c for c in verb.children if c.dep_ == "nsubjpass"]
    passive = [c for c in passive if c is passive[-1]
               or not any(t.pos_ == "VERB" for t in verb.doc[c.i + 1:passive[-1].i])]
    if objects and not (verb.tag_ == "VBN" and passive):
        return objects
    if passive:
        return passive
    if verb.dep_ in ("acl", "amod") and verb.tag_ in ("VBN", "VBD", "JJ"):
        those = verb.head.lower_ in ("those", "the") and verb.head.dep_ == "pobj"
        first = verb.head.head
        between = verb.doc[first.i + 1:verb.head.i]
        shared = verb.head.dep_ == "conj" and first.pos_ == "NOUN" and not any(
            t.pos_ == "VERB" or t.lower_ in words("state") for t in between)
        return [] if those else [first, verb.head] if shared else [verb.head]
    if verb.tag_ in ("VBN", "VBD"):
        before = verb.nbor(-1) if verb.i else verb
        if before.pos_ == "NUM" and before.head.i >= verb.i:
            return [before]  # "5 children killed, 12 injured"
        if verb.dep_ == "conj":
            alone = [t for t in verb.doc[verb.head.i + 1:verb.i] if t.pos_ == "NUM" and t.dep_ in (*SUBJECT, "dep")]
            if alone:
                return alone[:1]
        passively = any(child.dep_ == "auxpass" for child in verb.children)
        if passively and not any(child.dep_ == "auxpass" for child in verb.head.children if verb.dep_ == "conj"):
            lost = _lost_subject(verb)
            if lost:
                return lost
        subjects = _subjects(verb)
        if subjects and not any(child.dep_ in ("ccomp", "xcomp") for child in verb.children):
            return subjects
    return []


def _lost_subject(verb: Token) -> list[Token]:
    """The counted persons before a passive that the parse left without a subject ("after a fire exchange eight
    khwarij, including their leader, were sent to hell")."""
    for token in reversed(verb.doc[max(verb.sent.start, verb.i - 16):verb.i]):
        if token.pos_ == "VERB" and token.lemma_.lower() not in words("including"):
            return []
        if token.dep_ == "nummod" and token.i < token.head.i < verb.i and token.head.pos_ in ("NOUN", "PROPN"):
            return [token.head]
    return []


def _subjects(verb: Token) -> list[Token]:
    seen = verb
    for _ in range(3):
        subjects = [child for child in seen.children if child.dep_ in SUBJECT]
        if subjects:
            subject = min(subjects, key=lambda child: abs(child.i - seen.i))
            if subject.tag_ in ("WP", "WDT") and seen.dep_ == "relcl":
                return [seen.head]
            return [subject]
        if seen.dep_ == "relcl" or seen.dep_ not in ("conj", "xcomp", "ccomp") or seen.head is seen:
            return []
        seen = seen.head
    return []


def _described(token: Token) -> list[Token]:
    """Persons of "ten dead civilians", "three are dead", "left 16 soldiers dead", "five critically injured"."""
    own = [child for child in token.children if child.dep_ in (*SUBJECT, "nummod")]
    if own:
        return own
    before = token.nbor(-1) if token.i else token
    if before.pos_ == "NUM" and before.dep_ == "conj" and token.dep_ in ("oprd", "acomp", "advcl", "acl"):
        return [before]  # "left dozens dead and over 100 injured"
    head = token.head
    if token.dep_ == "amod" and head.i > token.i:
        return [head]
    if token.dep_ == "pobj" and head.lower_ == "among" and head.head.lemma_ == "be":
        return [child for child in head.head.children if child.dep_ in SUBJECT]
    if token.dep_ == "pobj":
        return []
    if token.dep_ in ("acomp", "oprd", "ccomp", "attr", "xcomp", "advcl", "dep"):
        return [child for child in head.children if child.dep_ in ("dobj", *SUBJECT) and child.i < token.i]
    if token.dep_ in ("acl", "appos", "amod") and head.i < token.i:
        return [head]
    return [token] if any(child.dep_ == "nummod" for child in token.lefts) else []


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
    if not measure or _unreal(anchor) or _either(anchor) or (lemma == "gun" and not _has(anchor, "down")):
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
