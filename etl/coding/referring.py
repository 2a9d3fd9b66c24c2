"""What the words of a clause say of its day, its place and its figures: whether they are those of what it tells, of
something else, or of what the reader knows already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from etl.coding.actions import Action, governors
from etl.coding.casualties import Figure
from etl.coding.casualty_persons import words
from etl.coding.dates import DateMention
from etl.coding.kinds import is_civilian, kind
from etl.coding.parse import Parsed
from etl.coding.places import PlaceMention
from etl.coding.tree import Token
from etl.reference import read_table

if TYPE_CHECKING:
    from etl.coding.scenes import Readings


def day_of_another(readings: Readings, date: DateMention, actions: Sequence[Action]) -> bool:
    """Whether the day belongs to what another trigger tells: "arrested for Saturday's attack"."""
    span = readings.parsed.doc.char_span(date.start, date.end)
    if span is None or span.root.dep_ != "poss":
        return False
    owner = span.root.head
    if owner.i not in {a.token for a in readings.actions}:
        return False
    recalled = any(t.lemma_.lower() in words("wanted") for t, _ in zip(owner.ancestors, range(3), strict=False))
    return owner.i not in {a.token for a in actions} or (recalled and owner.i != actions[0].token)


def day_of_speech(readings: Readings, date: DateMention, actions: Sequence[Action]) -> bool:
    """Whether the day hangs on a verb of condemning or accusing ("the premier on Thursday condemned the attack")."""
    if date.precision != "day":
        return False
    span = readings.parsed.doc.char_span(date.start, date.end)
    verb = span.root if span is not None else None
    while verb is not None and verb.pos_ not in {"VERB", "AUX"}:
        verb = verb.head if verb.head != verb and verb.i not in {a.token for a in actions} else None
    if verb is None:
        return False
    # "the toll rose to ten on Friday", "expressed grief on Friday"
    told = [verb, *(c for c in verb.children if c.dep_ in {"nsubj", "dobj"})]
    stated = any(a.token == verb.i and a.event_type in _SAID for a in readings.actions)
    if not stated and all(governors().get(token.lemma_.lower()) != "fact" for token in told):
        return False
    return not any(verb.idx < a.start < date.start for a in actions)


_SAID = {"accusation", "threat", "diplomatic_protest"}


def of_pronoun(readings: Readings, figure: Figure, number: int) -> Figure:
    """"Constable X was on duty when two men shot him": the loss is the constable's side."""
    one = figure.low == figure.high == 1 and (figure.side is None or is_civilian(figure.side))
    if not one or not _HIM.search(readings.parsed.text, figure.start, figure.end + 12):
        return figure
    before = [
        m
        for m in readings.actors
        if m.sentence == number and m.start < figure.start and kind(m.actor) in {"military", "police", "government"}
    ]
    return replace(figure, side=before[-1].actor) if before else figure


_HIM = re.compile(r"\b(?:him|her)\b")


def is_another(token: Token) -> bool:
    """"Another operation", "a third encounter": one more, beside what was told."""
    nouns = [token, *(c for c in token.children if c.dep_ == "dobj")]
    return any(
        c.lower_ == "another" or (c.lower_ == "a" and any(
            o.lower_ in {"second", "third", "fourth", "separate"} for o in noun.lefts))
        or (c.lower_ == "the" and any(o.lower_ == "other" for o in noun.lefts))
        for noun in nouns if noun.tag_ in {"NN", "NNP"} for c in noun.lefts
    )


def counted_off(token: Token) -> bool:
    """ "The fifth bombing within a week" counts what was told before or elsewhere."""
    return token.pos_ == "NOUN" and not is_another(token) and any(
        c.dep_ == "amod"
        and c.tag_ in {"JJ", "JJS"}
        and c.lower_.endswith(("rd", "th"))
        and c.lower_ not in {"north", "south"}
        for c in token.children
    )


def of_source(parsed: Parsed, place: PlaceMention) -> bool:
    """Whether the place only tells where a source speaks ("security officials in Peshawar reported")."""
    span = parsed.doc.char_span(place.start, place.end)
    if span is None or span.root.dep_ != "pobj" or span.root.head.lower_ not in {"in", "at", "from", "of"}:
        return False
    noun = span.root.head.head
    if noun.dep_ == "appos" or noun.dep_ == "nmod":
        noun = noun.head  # "the information chief in Asadabad, Najib Hanif, said"
    return noun.dep_ == "nsubj" and noun.head.lemma_ in speaking_verbs() and noun.pos_ in {"NOUN", "PROPN"}


@cache
def speaking_verbs() -> frozenset[str]:
    """Lemmas of the verbs of saying in `speech_words.csv`."""
    return frozenset(row["word"] for row in read_table("speech_words").rows if row["kind"] == "say")


def day_of_lasting(actions: list[Action], date: DateMention) -> bool:
    """Whether the date says how long a state lasts ("was still shut on Tuesday"), not when it began."""
    nearest = min(actions, key=lambda a: abs(a.start - date.start))
    return nearest.modality == "state" and date.role == "point" and any(a.modality == "real" for a in actions)


_PLACING = {"on", "in", "at", "near", "against", "of", "by"}  # with these a noun tells what is not known yet


def refers_back(token: Token) -> bool:
    """A definite noun without more ("the blast", "this attack") names what the reader knows already."""
    if token.dep_ == "amod" and token.tag_ == "VBN":
        return True  # "the slain chief"
    if token.pos_ not in {"NOUN", "PROPN"}:
        return False
    definite = any(c.dep_ == "det" and c.lower_ in {"the", "this", "that", "these", "both"} for c in token.children)
    told_more = any(
        c.dep_ in {"relcl", "acl", "poss"} or (c.dep_ == "prep" and c.lower_ in _PLACING) for c in token.children
    )
    return definite and not told_more
