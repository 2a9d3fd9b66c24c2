"""The persons that a word means who says that people were killed or hurt: its object, subject, "of" or "to"."""

from __future__ import annotations

from collections.abc import Iterator

from etl.coding.casualty_persons import SUBJECT, of_phrase, words
from etl.coding.tree import Token


def victims(token: Token) -> Iterator[tuple[str, list[Token]]]:
    """The persons that a word says were killed or hurt, with the measure."""
    lemma = token.lemma_.lower()
    if token.pos_ == "VERB" or token.tag_ in ("VBN", "VBD", "VBG"):
        if lemma in words("transitive") and not either(token) and (lemma != "gun" or has(token, "down")):
            yield words("transitive")[lemma], _hit(token)
        if lemma in ("shoot", "leave", "find") and has(token, *words("deadly")):
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
    if (lemma in words("state") or token.lower_ in words("state")) and not either(token) \
            and not (token.tag_ in ("VBD", "VBG") and any(child.dep_ == "dobj" for child in token.children)):
        yield words("state").get(token.lower_) or words("state")[lemma], _described(token)
    if token.pos_ in ("NOUN", "PROPN") and lemma in words("noun"):
        of = of_phrase(token) or _to_phrase(token)
        if of is None and any(child.dep_ == "poss" for child in token.children):
            return  # "his body": of one counted before
        told = token.head.lemma_.lower() not in words("sustain") or lemma not in words("injury")
        yield words("noun")[lemma], [of] if of is not None else [token] if told else []


def whole_of(person: Token, verb: Token) -> Token:
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


def alongside(verb: Token, persons: list[Token]) -> list[Token]:
    """Those of "along with two civilians" behind the persons of a verb."""
    if not persons:
        return []
    with_ = [token for child in verb.children if child.dep_ in ("prep", "advmod") for token in (child, *child.children)
             if token.lower_ == "with" and token.i and token.nbor(-1).lower_ in ("along", "together")]
    return [noun for prep in with_ for noun in prep.children if noun.dep_ == "pobj"]


def either(token: Token) -> bool:
    """"killed or injured" tells neither number."""
    around = [t.lower_ for t in token.doc[max(0, token.i - 2):token.i + 3]]
    return "or" in around and sum(t in words("state") or t.startswith("kill") for t in around) > 1


def _to_phrase(noun: Token) -> Token | None:
    """"injuries to three others"."""
    return next((person for child in noun.children if child.dep_ == "prep" and child.lower_ == "to"
                 for person in child.children if person.dep_ == "pobj"), None)


def has(token: Token, *lowered: str) -> bool:
    """Whether one of these words hangs on a word or stands right behind it."""
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
