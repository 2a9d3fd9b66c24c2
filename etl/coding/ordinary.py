"""Ordinary life that shares its words with the conflict: accidents, crime, toys of war, home politics."""

from __future__ import annotations

import re

from etl.coding.identity import Happening
from etl.coding.kinds import is_group, is_state, kind, unnamed_group
from etl.coding.needs import words
from etl.coding.parts import Parts
from etl.coding.scenes import Readings
from etl.coding.tree import Token


def is_accident(readings: Readings, happening: Happening, parts: Parts) -> bool:
    """Whether the clauses speak of an accident or a disaster and name nobody who is armed."""
    if any(is_group(a) or kind(a) == "community" for a in parts.named):
        return False
    first = min(s.sentence for s in happening.scenes)
    told = {s.sentence for s in happening.scenes} | ({0} if first <= 2 else set())
    lemmas = {t.lemma_.lower() for n in told for t in readings.parsed.sentences[n]}
    nouns = {t.lemma_.lower() for n in told for t in readings.parsed.sentences[n] if t.pos_ == "NOUN"}
    if lemmas & words("accident") or nouns & words("accident noun"):  # "rockets rained" is no rain
        return True
    said = " ".join(readings.parsed.sentences[n].text.lower() for n in told)
    return any(w in said for w in words("accident") if " " in w)


def is_stray(readings: Readings, happening: Happening) -> bool:
    """Whether a shell or bomb of unknown age goes off in the hands of those who found it."""
    told = {s.sentence for s in happening.scenes}
    said = " ".join(re.sub(r"\W+", " ", readings.parsed.sentences[n].text.lower()) for n in told)
    return any(f" {phrase} " in f" {said} " for phrase in words("stray"))


def is_private(readings: Readings, happening: Happening, parts: Parts, actors: list[str]) -> bool:
    """Whether the text gives a private motive (robbery, enmity) nearby and no militancy."""
    if any((is_group(a) and a != unnamed_group()) or kind(a) == "community" for a in actors):
        return False
    if any(is_state(a) for a in (*parts.victims, *parts.targets, *parts.both)):
        return False
    if any(_by_kin(readings.parsed.doc[a.token]) for s in happening.scenes for a in s.actions):
        return True
    lemmas = lemmas_of(readings, {n for s in happening.scenes for n in range(s.sentence, s.sentence + 3)})
    if "ransom" in lemmas:
        return True
    return bool(lemmas & words("crime")) and not lemmas & words("militancy")


def lemmas_of(readings: Readings, numbers: set[int]) -> set[str]:
    """The lemmas of some sentences; an "anti-terrorism court" speaks of no terrorism."""
    doc = readings.parsed.doc
    tokens = [t for n in numbers if n < len(readings.parsed.sentences) for t in readings.parsed.sentences[n]]
    return {t.lemma_.lower() for t in tokens if not (t.i > 1 and doc[t.i - 1].text == "-"
                                                     and doc[t.i - 2].lower_ in {"anti", "counter"})}


def is_criminal(readings: Readings, happening: Happening) -> bool:
    """Whether people are held for an ordinary crime: who is held and for what names one, and no militancy."""
    doc = readings.parsed.doc
    verbs = [doc[a.token] for s in happening.scenes for a in s.actions if a.strength != "cue"]
    own = [c for verb in verbs for c in verb.children if c.dep_ in {"dobj", "nsubjpass", "prep", "advcl", "agent"}]
    told = {t.lemma_.lower() for child in own for t in child.subtree}
    return bool(told & (words("crime") | words("kin"))) and not told & (words("militancy") | words("device"))


def is_sought(readings: Readings, happening: Happening) -> bool:
    """Whether an arrest is only sought: "a search was launched for their arrest"."""
    doc = readings.parsed.doc
    told = [doc[a.token] for s in happening.scenes for a in s.actions if a.strength != "cue" and a.modality == "real"]
    return bool(told) and all(
        t.dep_ == "pobj" and t.head.lower_ == "for" and t.head.head.lemma_.lower() in words("search") for t in told)


def _by_kin(token: Token) -> bool:
    """Whether somebody's relative does it or suffers it: "her brother shot her", "Gul fired on his elder sister"."""
    active = any(c.dep_ == "dobj" for c in token.children)
    doers = [c for c in token.children if c.dep_ == "nsubj" and active]
    doers += [c for by in token.children if by.dep_ == "agent" for c in by.children]
    by_name = any(c.dep_ == "nsubj" and c.pos_ == "PROPN" for c in token.children)
    done_to = [c for c in token.children if c.dep_ == "dobj"]
    done_to += [c for on in token.children if on.dep_ == "prep" and on.lower_ in {"on", "at"} for c in on.children]
    own = [c for c in done_to if any(p.dep_ == "poss" and p.pos_ == "PRON" for p in c.children)]
    own += [c for noun in own for c in noun.children if c.dep_ == "compound"]  # "his elder sister Gul Bibi"
    return any(c.lemma_.lower() in words("kin") for c in [*doers, *(own if by_name else [])])


def of_party(readings: Readings, happening: Happening) -> bool:
    """Whether a party or a trade protests for itself, or its people are held for it.

    No clause gives peace, militancy or the border as the cause.
    """
    told = {t.lemma_.lower() for s in happening.scenes for t in readings.parsed.sentences[s.sentence]}
    return bool(told & words("party")) and not told & (words("cause") | words("border"))


def carries(readings: Readings, happening: Happening) -> bool:
    """Whether a body or a patient was moved, not people: "the family shifted the body to the camp"."""
    verbs = [readings.parsed.doc[a.token] for s in happening.scenes for a in s.actions if a.strength != "cue"]
    moved = [{c.lemma_.lower() for c in verb.children if c.dep_ == "dobj"} for verb in verbs]
    return bool(moved) and all(what & words("carried") for what in moved)
