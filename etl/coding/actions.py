"""Words that may tell an event (`triggers.csv`) and whether the sentence says that it happened."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from etl.coding.parse import Parsed
from etl.coding.patterns import Finder, compile_pattern
from etl.coding.tree import Span, Token
from etl.reference import read_table

_WOULD = {"will", "would", "shall", "could", "may", "might", "should", "must", "can", "ca", "'ll", "wo", "ought"}
_NOBODY = {"nobody", "none", "neither", "nothing", "no-one"}
_IF = {"if", "unless", "whether", "until", "lest"}
NOTHING = "nothing"  # in `triggers.csv`: words that look like a trigger and tell no event ("heart attack")
_NOT_FIRST = {"no", "not", "without"}
_STATEMENTS = {"accusation", "threat"}
_HORIZON = 6  # steps up the tree: farther governors say nothing about the word


@dataclass(frozen=True)
class Action:
    """One trigger in the text.

    `strength` is strong (the words alone tell an event), weak (they need a date, place or figure beside them) or cue
    (they tell the type of an event that other words tell). `modality` is real, plan, negated, generic, state or kind
    (see `modality`). `reaction`: somebody condemns or mourns it.
    """

    event_type: str
    strength: str
    needs: str
    start: int
    end: int
    token: int
    sentence: int
    modality: str
    reaction: bool = False


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, str, str], ...]:
    return tuple(
        (compile_pattern(row["pattern"]), row["event_type"], row["strength"], row["needs"])
        for row in read_table("triggers").rows
    )


@cache
def governors() -> dict[str, str]:
    """Word → what it says of the deeds that hang on it, from `modality_words.csv`."""
    return {row["word"]: row["modality"] for row in read_table("modality_words").rows}


def find_actions(parsed: Parsed) -> list[Action]:
    """All triggers of the article in order; where two overlap and tell the same group, the longer stays."""
    found: list[Action] = []
    patterns, wanted = _patterns(), _wanted(parsed)
    for number, sentence in enumerate(parsed.sentences):
        text, offset = sentence.text, sentence.start_char
        hits: list[tuple[int, int, str, str, str]] = []
        for which in sorted(wanted[number]):
            pattern, event_type, strength, needs = patterns[which]
            for match in pattern.finditer(text):
                hits.append((match.start(), match.end(), event_type, strength, needs))
        for start, end, event_type, strength, needs in _longest(hits):
            span = parsed.doc.char_span(offset + start, offset + end)
            if span is None:
                continue
            token = _head(span)
            if event_type == NOTHING:
                continue
            told = _told(span, token, event_type)
            found.append(
                Action(
                    event_type, strength, needs, offset + start, offset + end, token.i, number, told, _reacted_to(token)
                )
            )
    return found


@cache
def _finder() -> Finder:
    return Finder([row["pattern"] for row in read_table("triggers").rows])


def _wanted(parsed: Parsed) -> list[set[int]]:
    """For each sentence the numbers of the patterns that may match in it."""
    wanted = [set(_finder().anywhere) for _ in parsed.sentences]
    starts = [sentence.start_char for sentence in parsed.sentences]
    for start, numbers in _finder().find(parsed.text):
        sentence = bisect_right(starts, start) - 1
        if sentence >= 0:
            wanted[sentence].update(numbers)
    return wanted


def _told(span: Span, token: Token, event_type: str) -> str:
    """The modality of a trigger: a "no" or "would" among its own words is part of what it tells, and what a speaker
    says under an "if" does not make his charge or threat a mere plan."""
    told = "negated" if _denied(span) else modality(token)
    first = span[0].lower_
    if told == "negated" and first in _NOT_FIRST:
        return "real"
    if told == "plan" and span[0].tag_ == "MD":
        return "real"
    if told == "plan" and event_type in _STATEMENTS:
        promised = len(span) > 1 and any(c.lower_ in {"will", "would", "shall"} for c in token.children)
        return "real" if token.tag_ == "VBD" or token.pos_ == "NOUN" or promised else told
    return told


def _reacted_to(token: Token) -> bool:
    """Whether somebody condemns, mourns or looks into it: the text speaks of what the reader knows already."""
    for ancestor, _ in zip(token.ancestors, range(4), strict=False):
        if governors().get(ancestor.lemma_.lower()) == "fact":
            return True
    return False


def _denied(span: Span) -> bool:
    """ "No talks were held": the denial may stand at any word of the trigger."""
    return any(
        c.dep_ == "neg" or (c.dep_ == "det" and c.lower_ == "no") for token in span for c in token.children
    ) and span[0].lower_ not in _NOT_FIRST


def _longest(hits: list[tuple[int, int, str, str, str]]) -> list[tuple[int, int, str, str, str]]:
    rank = {"strong": 0, "weak": 1, "cue": 2}
    kept: list[tuple[int, int, str, str, str]] = []
    # "held talks but failed to agree and started …": that talks failed says more than that they took place
    for hit in sorted(hits, key=lambda h: (h[2] != NOTHING, rank[h[3]], h[2] == "talks", h[0] - h[1], h[0])):
        if all(hit[1] <= other[0] or hit[0] >= other[1] for other in kept):
            kept.append(hit)
    return sorted(kept)


def _head(span) -> Token:
    """The word of the trigger that carries its meaning: the verb or noun nearest to the root of the sentence."""
    words = [t for t in span if t.pos_ in {"VERB", "NOUN", "PROPN", "ADJ"}] or list(span)
    return min(words, key=lambda t: (sum(1 for _ in t.ancestors), t.i))


def modality(token: Token) -> str:
    """Whether the text says that `token` happened.

    real, plan, negated, generic (a trend, a habit), state (it lasts) or kind (a bare plural, which needs a date or
    figure beside it to name a happening).
    """
    if token.tag_ == "VBG" and token.dep_ in {"csubj", "csubjpass"} and token.head.tag_ not in {"VBD", "VBN"}:
        return "generic"  # "closing a gate hurts the poor": whichever gate, whenever
    current, below = token, None
    lasting = token.i > 0 and governors().get(token.nbor(-1).lemma_.lower()) == "state"  # "after remaining closed"
    for _ in range(_HORIZON):
        if current != token and governors().get(current.lemma_.lower()) == "fact":
            return "real"  # "a tribunal to probe the killing": whatever comes of it, the killing happened
        verdict = _own_modality(current)
        if verdict:
            return verdict
        if current.dep_ == "ccomp" and governors().get(current.head.lemma_.lower()) == "real" and _not(current.head):
            return "negated"  # "has not let them attack"
        if current.head == current or current.dep_ in {"ccomp", "parataxis", "relcl", "csubj"}:
            break
        if current.dep_ == "acl" and current.tag_ == "VBN":
            break  # "prayers offered for soldiers killed": whatever is done about it, they were
        if current.dep_ == "advcl" and current.tag_ != "VB" and not any(c.dep_ == "mark" for c in current.children):
            break  # "attacked ..., killing": a result has its own verb
        current, below = current.head, current
        if current == token or below.dep_ not in _GOVERNED:
            continue
        governed = governors().get(current.lemma_.lower())
        if current.lemma_ == "be" and below.dep_ == "nsubj" and any(
            governors().get(c.lemma_.lower()) == "plan" for c in current.children if c.dep_ == "acomp"
        ):
            return "plan"  # "a further round is due"
        if governed == "state":
            lasting = True
        elif governed == "fact":
            return "real"
        elif governed and governed != "real":
            return governed
    if _habit(token):
        return "generic"
    if lasting or any(c.lower_ == "still" for c in token.children):
        return "state"
    return "kind" if _any_such(token) else "real"


# How a word hangs on the word that governs whether it happened.
_GOVERNED = {
    "dobj",
    "xcomp",
    "pobj",
    "prep",
    "obj",
    "nsubjpass",
    "ccomp",
    "acl",
    "pcomp",
    "acomp",
    "attr",
    "oprd",
    "nsubj",
}


def _not(token: Token) -> bool:
    return any(c.dep_ == "neg" for c in token.children)


def _own_modality(token: Token) -> str | None:
    for child in token.children:
        lower = child.lower_
        if child.dep_ == "neg" or (child.dep_ == "det" and lower == "no"):
            return "negated"
        if child.dep_ in {"nsubj", "nsubjpass"} and (lower in _NOBODY or any(c.lower_ == "no" for c in child.children)):
            return "negated"
        if child.dep_ == "aux" and lower in _WOULD and not _perfect(token):
            return "plan"
        if child.dep_ == "aux" and lower == "to" and not _perfect(token):
            governor = token.head
            known = governors().get(governor.lemma_.lower())
            if token.dep_ in {"advcl", "acl", "relcl", "ROOT"} or governor.lemma_ == "be":
                return "plan" if known != "real" else None
            return known if known and known != "real" else None if known else "plan"
        if child.dep_ == "mark" and lower in _IF:
            return "plan"
        if lower == "be" and child.dep_ == "auxpass" and not any(c.dep_ == "aux" for c in token.children):
            return "plan"  # "demanded that the crossing be reopened"
    if token.dep_ in {"acl", "relcl"} and token.head.lower_ == "case" and token.head.head.lower_ == "in":
        return "plan"  # "in case the gate is closed"
    if any(c.lower_ == "whenever" for c in token.children):
        return "generic"
    if (
        token.dep_ in {"acl", "relcl", "advcl"}
        and token.head.lower_ == "time"
        and any(c.lower_ in {"every", "each"} for c in token.head.children)
    ):
        return "generic"  # "every time the crossing shuts"
    if token.dep_ == "pobj" and token.head.lower_ in {"till", "until"}:
        return "plan"  # "it will continue till the arrest of all"
    if token.dep_ == "pobj" and token.head.lower_ == "of" and token.head.head.lower_ == "ahead":
        return "plan"  # "ahead of an operation"
    if token.dep_ == "pcomp" and token.head.lower_ in {"for", "on", "of", "against"}:
        return "plan"  # "terms for holding talks"
    return None


def _any_such(token: Token) -> bool:
    """A bare plural ("attacks in Pakistan have surged", "suicide bombers followed") names a kind, not a happening."""
    return token.tag_ in {"NNS", "NNPS"} and not any(
        c.dep_ in {"det", "nummod", "poss"} or c.like_num for c in token.children
    )


def _habit(token: Token) -> bool:
    """ "those who attack Pakistan": the present tense of a relative clause tells a habit."""
    return (
        token.dep_ == "relcl"
        and token.tag_ in {"VBP", "VBZ"}
        and token.lemma_ != "be"
        and not any(c.dep_ in {"aux", "auxpass"} for c in token.children)
    )


def _perfect(token: Token) -> bool:
    """ "may have killed", "would have attacked": told of the past, so no plan."""
    return any(c.lower_ == "have" and c.dep_ == "aux" for c in token.children)
