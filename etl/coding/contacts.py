"""Contacts and statements: which of them are between the two border states, or between an armed group and either."""

from __future__ import annotations

from etl.coding.identity import Happening, in_lead
from etl.coding.kinds import (
    country_of,
    home_countries,
    home_states,
    is_civilian,
    is_group,
    is_state,
    kind,
    root,
    state_of,
    unnamed_group,
)
from etl.coding.needs import words
from etl.coding.parts import Parts
from etl.coding.places import Place
from etl.coding.scenes import Readings, lead_parties
from etl.coding.tree import Token


def is_contact(readings: Readings, happening: Happening, parts: Parts, place: Place | None) -> bool:
    """Contacts and statements: both border states take part, or an armed group and one of them."""
    took_part = {
        root(a)
        for c in (parts.agents, parts.targets, parts.both, parts.nations)
        for a in c
        if is_state(a) or is_group(a)
    }
    if happening.family == "talking" and _at_home(readings, happening):
        return False
    named = {root(a) for a in parts.named if is_state(a) or is_group(a)}
    strong = any(s.strength == "strong" for s in happening.scenes)
    if happening.family in {"accusation", "threat"} and not any(in_lead(s) for s in happening.scenes):
        return False
    if happening.family == "threat" and not _uttered(readings, happening):
        return False
    if happening.family == "accusation" and _blames_things(readings, happening):
        return False
    parties = named | took_part
    if strong:
        parties |= lead_parties(readings)
    if strong:  # "officials of Pakistan and Afghanistan", "aggression from Afghanistan": a state meant by its land
        told = [p for s in happening.scenes for p in s.places if p.role != "dateline"]
        lands = {state_of(p.place.country) for p in told if p.place.geo_precision == "country"}
        parties |= {root(a) for a in lands if a}
    if happening.family == "diplomatic_protest" and place is not None:  # "the envoy in Kabul was summoned"
        parties.add(root(state_of(place.country) or ""))
    tribes = [a for c in (parts.agents, parts.both, parts.targets) for a in c if kind(a) == "community"]
    if (
        tribes
        and (strong or any(is_group(a) for c in (parts.both, parts.agents, parts.targets) for a in c))
        and happening.family in {"agreement", "talking"}
        and (place is None or place.country in home_countries())
    ):
        return True
    home = parties & home_states()
    if len(home) == 2:
        return strong or happening.family in {"accusation", "threat"} or len(took_part & home_states()) == 2
    groups = [*parts.agents, *parts.both, *parts.targets]
    if strong and happening.family == "accusation":
        groups += parts.named  # "blamed India for backing the BLA"
    if strong and happening.family == "threat" and any(is_group(a) and a != unnamed_group() for a in parts.agents):
        return place is None or place.country in {*home_countries(), None}  # whom else does a group of ours threaten?
    return bool(home) and any(is_group(a) and a != unnamed_group() for a in groups)


def _blames_things(readings: Readings, happening: Happening) -> bool:
    """Whether only a matter is blamed ("blamed technical issues for the delay"), no party."""
    doc = readings.parsed.doc
    told = [doc[a.token] for s in happening.scenes for a in s.actions if a.strength != "cue" and a.modality == "real"]
    blamed = [[c for c in verb.children if c.dep_ == "dobj"] for verb in told if verb.lemma_.lower() == "blame"]
    if not blamed or len(blamed) < len(told) or not all(blamed):
        return False
    parties = {m.head for m in readings.actors}
    spoken = [t for verb in told for c in verb.children if c.dep_ in {"dobj", "prep"} and c.lower_ != "for"
              for t in c.subtree]
    return not any(t.i in parties for t in spoken) and not any(p.start <= t.idx < p.end
                                                               for t in spoken for p in readings.places)


def _at_home(readings: Readings, happening: Happening) -> bool:
    """Whether it is a meeting of one state's own politicians: whom it is with says so, and no clause has both sides."""
    doc, politics = readings.parsed.doc, False
    for scene in happening.scenes:
        others = {t.i for a in readings.actions if a.modality != "real" for t in doc[a.token].subtree}
        for action in scene.actions:
            if action.modality != "real" or action.strength == "cue":
                continue
            near = {t.i for t in _beside(doc[action.token])} - others
            sides = {root(m.actor) for m in readings.actors if m.head in near and is_state(m.actor)}
            sides |= {
                state_of(country_of(m.actor)) or "" for m in readings.actors if m.head in near and is_civilian(m.actor)
            }
            if len(sides & home_states()) == 2:
                return False
            politics = politics or bool({doc[i].lemma_.lower() for i in near} & words("home politics"))
    return politics


def _beside(token: Token) -> list[Token]:
    """The trigger's own phrase, and subject, object and complements of the verb that it hangs on."""
    found, verb = list(token.subtree), token.head
    while verb.pos_ not in {"VERB", "AUX"} and verb.head != verb:
        verb = verb.head
    for child in verb.children:
        if child.dep_ in {"nsubj", "nsubjpass", "dobj", "prep", "agent", "attr"}:
            found += child.subtree
    return found


def _uttered(readings: Readings, happening: Happening) -> bool:
    """Whether somebody makes the threat: an actor is quoted, or a verb tells of it; else an onlooker's guess."""
    verbs = {"VBD", "VBZ", "VBN", "VBP"}
    return any(
        readings.speakers[s.sentence] or any(readings.parsed.doc[a.token].tag_ in verbs for a in s.actions)
        for s in happening.scenes
    )
