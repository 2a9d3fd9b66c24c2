"""Where a text is: whether a state's name is the party or the place, and the country that each sentence is about."""

from __future__ import annotations

from collections import Counter

from etl.coding.aliases import PLACE, Match
from etl.coding.gazetteer import gazetteer, key
from etl.coding.parse import Parsed
from etl.coding.tree import Doc, Token

STATES = {"PAK": "PK", "AFG": "AF", "AFG.REP": "AF"}  # actor of a state → country


def acts(token: Token) -> bool:
    """Whether a state's or capital's name stands for the party and not for the place."""
    top = token
    while top.dep_ in ("compound", "conj", "appos", "nmod") and top.head is not top and top.head.pos_ == "PROPN":
        top = top.head
    if _in_dateline(token):
        return False
    following = token.doc[token.i + 1:token.i + 3]
    if len(following) == 2 and following[0].text in (",", "and") and following[1].dep_ == "nsubj" \
            and following[1].pos_ == "PROPN":
        return True  # "Islamabad, Kabul agree"
    if top.dep_ in ("nsubj", "nsubjpass", "agent", "dobj", "dative", "ROOT"):
        return True
    if top.dep_ == "poss":
        return token.head.pos_ != "PROPN"
    if top.dep_ in ("amod", "compound", "nmod"):
        return False
    if top.dep_ == "pobj":
        preposition = top.head
        word = preposition.lower_
        if word == "between":
            return True
        if word in ("by", "with", "against", "among"):
            return True
        return word in ("on", "to", "for") and preposition.head.pos_ == "VERB" and word != "to"
    return top.dep_ == "conj" and top.head.dep_ in ("nsubj", "nsubjpass")


def _in_dateline(token: Token) -> bool:
    """"KABUL, Afghanistan -", "ISLAMABAD:", "Kabul (AFP)": a name near the start of a line, before such a mark."""
    start = token.sent.start
    following = [other.text for other in token.doc[token.i + 1:token.i + 3]]
    before = token.doc[start:token.i]
    if not following or len(before) > 5 or any(other.pos_ == "VERB" and other.is_lower for other in before):
        return False
    if token.is_upper and len(token) > 3 and following[0] in (",", "/"):
        return True
    return following[0] in (":", "-", "–", "—", "(", "/") or (token.i > start and token.nbor(-1).text == ","
                                                              and following[0] == ",")


def _names_place(doc: Doc, match: Match) -> bool:
    """Whether a state's name is also that of a place: "Kabul" is, "the Afghan Taliban" is not."""
    return key(doc[match.first:match.last + 1].text) in gazetteer().names


def _in_name(doc: Doc, match: Match) -> bool:
    """"Sami Tareen", "Gulistan Khan": a place name within a person's."""
    first, last = doc[match.first], doc[match.last]
    before = match.first > 0 and doc[match.first - 1].pos_ == "PROPN" and first.sent.start < match.first
    return last.dep_ == "compound" and last.head.pos_ == "PROPN" and last.head.i > match.last or (
        before and any(child.dep_ == "compound" and child.i < match.first for child in last.children))


class Sight:
    """What the text says about where its sentences are: place names, the dateline, the article as a whole."""

    def __init__(self, parsed: Parsed) -> None:
        self.cues: dict[int, list[tuple[int, str, str]]] = {}
        weights: Counter[str] = Counter()
        for match in parsed.aliases:
            country = match.actor if match.kind == PLACE else STATES.get(match.actor) if match.kind == "state" else None
            if country not in ("PK", "AF"):
                continue
            sentence = parsed.sentence_of[match.first]
            if match.kind == "state" and (acts(parsed.doc[match.last]) or not _names_place(parsed.doc, match)):
                continue
            if match.small and _in_name(parsed.doc, match):
                continue
            source = any(token.lower_ == "from" for token in parsed.doc[max(0, match.first - 2):match.first])
            if source:
                continue  # "fire from Afghanistan" falls elsewhere
            self.cues.setdefault(sentence, []).append((match.first, country, "" if match.crossing else match.kind))
            if match.crossing:
                continue  # both countries meet there: no hint of where the article is
            weights[country] += 3 if parsed.paragraphs[sentence] <= 1 else 1
        self.default = "AF" if weights["AF"] > weights["PK"] else "PK"
        self.paragraphs = parsed.paragraphs

    def country(self, token: int, sentence: int, kind: str) -> str:
        """The country of a token: the nearest place of its sentence, else of the paragraph so far, else the article's.

        Institutions are placed by towns and provinces alone: "the military" of a text that names Afghanistan is not
        thereby Afghan.
        """
        for number in range(sentence, max(-1, sentence - 4), -1):
            if self.paragraphs[number] != self.paragraphs[sentence]:
                break
            cues = self.cues.get(number, [])
            if kind not in ("civilians", "community"):
                cues = [cue for cue in cues if cue[2] == PLACE] or [
                    cue for cue in cues if number == sentence and 0 < token - cue[0] <= 8]
            if cues:
                return min(cues, key=lambda cue: (abs(cue[0] - token), cue[0]))[1]
        return self.default
