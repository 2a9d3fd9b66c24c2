"""Persons in a phrase: how many it counts, who is joined to whom, and who is a part of whom."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from etl.coding.numbers import NumberMention, find_numbers
from etl.coding.parse import Parsed
from etl.coding.tree import Token
from etl.reference import read_table

SUBJECT = ("nsubj", "nsubjpass")
_LEFT = ("nummod", "det", "amod", "quantmod", "predet", "compound", "nmod", "advmod", "prep", "pobj", "npadvmod")


@cache
def words(role: str) -> dict[str, str]:
    """Lemmas of one role in `casualty_words.csv` → measure (killed, injured or "")."""
    return {row["word"]: row["measure"] for row in read_table("casualty_words").rows if row["role"] == role}


class Counter:
    """Finds the number that counts a noun: left of it in its phrase, the noun itself, or a lone "a" or "one"."""

    def __init__(self, parsed: Parsed) -> None:
        self.doc = parsed.doc
        self.numbers = sorted(find_numbers(parsed.text), key=lambda n: n.start)
        self.starts = [number.start for number in self.numbers]
        self.title = len(parsed.article.title)

    def at(self, token: Token) -> NumberMention | None:
        """The number mention that covers a token."""
        place = bisect_right(self.starts, token.idx) - 1
        if place >= 0 and self.numbers[place].start <= token.idx < self.numbers[place].end:
            return self.numbers[place]
        return None

    def of(self, head: Token) -> NumberMention | None:
        """The number of a noun phrase; None when the phrase is not counted."""
        own = self.at(head)
        if own is not None:
            return own
        for child in sorted(head.lefts, key=lambda t: -t.i):
            if child.dep_ in _LEFT:
                for token in reversed(list(child.subtree)):
                    number = self.at(token)
                    if number is not None and token.i < head.i and not _hyphened(token):
                        return number
        edge = head.left_edge.i
        if edge and self.doc[edge - 1].dep_ in ("ROOT", "dep") and self.doc[edge - 1].pos_ == "NUM":
            return self.at(self.doc[edge - 1])  # a number that the parse left standing alone
        return None

    def of_them(self, noun: Token) -> tuple[int | None, int | None] | None:
        """The count of the policemen in "five of them policemen"."""
        for token in reversed(noun.doc[max(0, noun.i - 6):noun.i]):
            number = self.at(token)
            if number is not None:
                return number.low, number.high
            if token.text in (",", ";", "."):
                break
        return None

    def count(self, head: Token) -> tuple[int | None, int | None] | None:
        """(low, high) of a noun phrase: its number, or 1 for "a soldier", "another", "his wife", one named person."""
        number = self.of(head)
        if number is not None:
            return number.low, number.high
        lefts = {child.lower_ for child in head.lefts}
        if head.lemma_.lower() in words("singular"):
            return None
        if head.lower_ in ("another", "one", "him", "her"):
            return 1, 1
        if head.lower_ == "both" or "both" in lefts:
            return 2, 2
        if head.tag_ in ("NN", "NNP") and lefts & {"a", "an", "another", "one"}:
            return 1, 1
        if head.tag_ in ("NN", "NNP") and any(child.dep_ == "poss" for child in head.lefts) and head.pos_ == "NOUN":
            return 1, 1
        if head.tag_ == "NNP" and head.pos_ == "PROPN" and not lefts & {"any", "some", "no"}:
            return 1, 1
        if head.tag_ == "NN" and head.idx < self.title and head.dep_ in (*SUBJECT, "dobj", "ROOT", "conj", "npadvmod"):
            return 1, 1  # headlines leave the article out: "Girl killed"
        return None


def one_of_several(person: Token) -> bool:
    """"The head of a committee and two guards": a definite person among counted ones is one more."""
    return person.tag_ == "NN" and any(child.lower_ == "the" for child in person.lefts) and (
        person.lemma_.lower() not in words("singular"))


def of_phrase(noun: Token) -> Token | None:
    """The noun behind "of": "soldiers" in "deaths of two soldiers"."""
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ == "of":
            return next((grandchild for grandchild in child.children if grandchild.dep_ in ("pobj", "pcomp")), None)
    return None


def joined_persons(head: Token, anchor: Token | None = None) -> list[Token]:
    """A noun and those that are joined to it: "three soldiers and a woman"."""
    out, queue = [], [head]
    while queue:
        token = queue.pop(0)
        out.append(token)
        queue += [child for child in token.children if child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN", "NUM")
                  and not any(grandchild.dep_ in SUBJECT or grandchild is not anchor and _hurts(grandchild)
                              for grandchild in child.children)]
        queue += [child for child in token.children if child.dep_ == "appos" and _lists_on(token, child)]
    return out[:6]


def _lists_on(person: Token, appositive: Token) -> bool:
    """Whether the parse took the next item of a list for an apposition: "Abdul Wakeel, two officials and a boy"."""
    dependents = {child.dep_ for child in appositive.children}
    if person.pos_ != "PROPN":
        return False
    goes_on = any(child.dep_ == "conj" and child.tag_ == "NNS" for child in appositive.children)
    return (appositive.tag_ == "NNS" and {"nummod", "conj"} <= dependents) or (appositive.pos_ == "PROPN" and goes_on)


def _hurts(token: Token) -> bool:
    return token.dep_ in ("amod", "acl") and (
        token.lower_ in words("state") or token.lemma_.lower() in words("transitive"))


def partitive(noun: Token) -> tuple[Token, Token]:
    """(counted, persons): "two of his policemen" counts "two" and means "policemen"."""
    of = of_phrase(noun)
    if of is not None and (noun.pos_ == "NUM" or noun.lemma_.lower() in words("quantity")):
        return noun, of
    return noun, noun


def parts_of(person: Token, anchor: Token, until: int | None) -> list[Token]:
    """Nouns behind "including" or "among them" that are a part of the persons."""
    parts: list[Token] = []
    stop = max(person.i, anchor.i)
    for token in person.doc[person.i + 1:min(len(person.doc), stop + 12, until or len(person.doc))]:
        if token.sent != person.sent:
            break
        if token.lower_ in ("them", "whom") and token.nbor(-1).lower_ == "of" and token.i + 1 < len(token.doc):
            noun = top_of(token.nbor())
            if noun.pos_ in ("NOUN", "PROPN") and noun.dep_ not in SUBJECT:
                parts.append(noun)
        if token.lemma_.lower() in words("including") and token.dep_ in ("prep", "advcl", "acl", "pcomp"):
            if not any(above.i == person.i for above in token.ancestors) and token.head.i not in (person.i, anchor.i):
                continue
            for child in token.children:
                if child.dep_ in ("pobj", "dobj", "pcomp") and child.pos_ != "PRON":
                    parts += joined_persons(child)
                elif child.pos_ == "PRON" and child.i + 1 < len(child.doc):
                    parts += joined_persons(top_of(child.nbor()))  # "among them 17 officials"
    return parts


def top_of(token: Token) -> Token:
    """The head noun of the phrase that a word on its left side belongs to."""
    while token.dep_ in _LEFT and token.head.i > token.i:
        token = token.head
    return token


def negated(noun: Token) -> bool:
    """Whether the phrase counts nobody: "no soldier", "none"."""
    return any(child.lower_ in words("negation") for child in noun.lefts)


def _hyphened(token: Token) -> bool:
    """A number within a compound: "27-year-old", "two-day"."""
    return token.i + 1 < len(token.doc) and token.nbor().text == "-" and not token.whitespace_
