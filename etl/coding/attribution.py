"""The armed group that a text makes answerable for a deed in a sentence that does not tell the deed itself.

"The military attributed the assault to …", "… said its men had done it", "Blame fell on …", and the sentence right
beside the deed whose subject is the group.
"""

from __future__ import annotations

from etl.coding.identity import Happening
from etl.coding.kinds import is_group, unnamed_group
from etl.coding.scenes import Readings
from etl.coding.stances import noun_phrase, subject_of, words
from etl.coding.tree import Token

_AFTER = 3  # sentences after the last that tells the deed


def answerable(readings: Readings, happening: Happening) -> list[str]:
    """Known armed groups that sentences near a happening make answerable for it, in the order of the text."""
    doc = readings.parsed.doc
    own = {scene.sentence for scene in happening.scenes}
    told = [n for n in own if n > 0] or [0]
    others = {a.sentence for a in readings.actions if a.strength != "cue" and a.modality == "real"} - own
    reach = range(max(0, min(told) - 1), max(told) + _AFTER + 1)
    paragraphs = readings.parsed.paragraphs
    found: dict[str, None] = {}
    for mention in readings.actors:
        number = mention.sentence
        if number not in reach or number in others or not is_group(mention.actor) or mention.actor == unnamed_group():
            continue
        if standing(doc[mention.head]):
            continue
        beside = number <= max(told) or paragraphs[number] == paragraphs[max(told)]
        if _blamed(doc[mention.head]) or (beside and _does(doc[mention.head])):
            found.setdefault(mention.actor)
    return list(found)


def standing(token: Token) -> bool:
    """Whether the sentence of a token tells what is so as a rule ("such attacks are often blamed on …")."""
    return any(other.lower_ in words("standing") for other in token.sent)


def _blamed(token: Token) -> bool:
    """Whether a verb or noun of blaming stands over the name: "attributed to", "the blame on", "blamed"."""
    current = token
    for _ in range(8):
        if current.lemma_.lower() in words("attribute"):
            subject = subject_of(current) if current.pos_ == "VERB" else None
            passive = subject is not None and subject.dep_ == "nsubjpass"
            return subject is None or passive or token not in noun_phrase(subject)
        if current.head is current:
            break
        current = current.head
    return any(
        child.lemma_.lower() in words("attribute")
        for clause in token.children
        if clause.dep_ == "relcl"
        for child in clause.subtree
    )


def _does(token: Token) -> bool:
    """Whether the name is the subject of a deed, or of saying that the deed was its own or aimed by it."""
    verb = token.head
    while verb.pos_ not in {"VERB", "AUX"} and verb.head is not verb:
        if verb.dep_ not in {"nsubj", "compound", "amod", "pobj", "prep", "nmod", "appos", "poss", "conj"}:
            return False
        verb = verb.head
    subject = subject_of(verb)
    if subject is None or subject.dep_ != "nsubj" or token not in noun_phrase(subject):
        return False
    if any(child.dep_ == "neg" or child.tag_ == "MD" for child in verb.children):
        return False
    return verb.lemma_.lower() in words("do")
