"""Which event type a happening is, by the codebook's rules for doubtful cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from etl.article import CodedEvent
from etl.coding.actions import Action
from etl.coding.identity import Happening
from etl.coding.kinds import home_states, is_force, is_group, is_state, kind, root, state_of
from etl.coding.needs import words
from etl.coding.parts import Parts, any_group, fights
from etl.coding.scenes import Readings, lead_parties
from etl.coding.sides import default_root


def decide_type(readings: Readings, happening: Happening, parts: Parts, country: str | None = None) -> str:
    """The event type: the text's own word, first means first; fire exchanged between the two states' forces is a border
    clash whatever was fired, a bomb followed by a gunfight is a bombing."""
    real = [
        a for s in happening.scenes for a in sorted(s.actions, key=lambda a: a.start) if a.modality in {"real", "state"}
    ]
    strong = [a.event_type for a in real if a.strength == "strong"]
    every = [a.event_type for a in real if a.strength != "cue"] or [a.event_type for a in real]
    if happening.family == "talking":
        return "talks_failure" if "talks_failure" in strong else Counter(every or ["talks"]).most_common(1)[0][0]
    if happening.family != "violence":
        return every[0] if every else happening.scenes[0].actions[0].event_type
    exact = [a.event_type for a in real if a.strength == "strong" and not _any_attack(readings, a)]
    if _states_fight(readings, happening, parts, every):
        return "border_clash"
    if _from_abroad(parts, country) and {"bombing", "air_strike"} & set(every):
        return "air_strike"
    cues = {a.event_type for a in real if a.strength == "cue"}
    own = state_of(country)
    at_home = own is not None and any(root(a) == own and is_force(a) for a in (*parts.agents, *parts.named))
    return _among(parts, exact, every, cues, at_home, _beaten_off(readings, real))


def one_statement(events: Sequence[CodedEvent]) -> list[CodedEvent]:
    """The events without accusations whose speaker threatens the same state in the article: that is one threat."""
    pair = lambda e: (root(e.actors_a[0]), root(e.actors_b[0])) if e.actors_a and e.actors_b else None  # noqa: E731
    threats = {pair(e) for e in events if e.event_type == "threat" and e.salience == "main"}
    return [e for e in events if not (e.event_type == "accusation" and e.salience == "main" and pair(e) in threats)]


def _among(
    parts: Parts, exact: list[str], every: list[str], cues: set[str], home: bool, beaten_off: bool
) -> str:
    """The type where it is no clash of the two states: types of exact words, of all words and of mere cues, in order.

    `home`: it happened in a country of the border whose own forces act; `beaten_off`: they repelled an attack.
    """
    state_acts = any(is_force(a) or is_state(a) for a in parts.agents)
    group_acts = any(is_group(a) for a in parts.agents)
    suffered = [*parts.victims, *parts.targets]
    only_militants = bool(suffered) and all(is_group(a) for a in suffered)
    first = exact[0] if exact else ""
    bombed = "bombing" in exact[:3] or ("bombing" in exact and first in {"security_operation", "armed_clash"})
    bombed = bombed and (bool(parts.victims) or first != "security_operation")  # else a bomb that was found
    if bombed and first != "air_strike" and (first == "bombing" or not only_militants):
        return "bombing"
    lost_more = parts.toll(is_force) > parts.toll(is_group)
    only_groups_lost = bool(parts.victims) and all(is_group(a) for a in parts.victims)
    if not exact and only_groups_lost and ("security_operation" in every or any(is_force(a) for a in parts.agents)):
        return "security_operation"  # "militants were targeted by security forces and six of them were killed"
    operation = "security_operation" in every and any(is_group(a) for a in (*suffered, *parts.both, *parts.named))
    flown_at = first == "air_strike" and parts.unmanned and any(is_force(a) for a in parts.victims)
    if flown_at:
        return "air_strike"
    if beaten_off and "air_strike" not in exact and first not in {"security_operation", "shelling"}:
        return "bombing" if "bombing" in exact else "armed_attack"
    if operation and first in {"armed_clash", "security_operation", "air_strike"} and (
        first != "air_strike" or (home and "security_operation" in exact)
    ):
        return "armed_attack" if lost_more and first != "air_strike" else "security_operation"
    if lost_more and first in {"", "security_operation"} and any(is_group(a) for a in parts.named):
        return "armed_attack"
    if "security_operation" in (exact or every) and first != "armed_attack" and (only_militants or state_acts):
        return "security_operation"
    if only_militants and state_acts and first not in {"bombing", "air_strike", "shelling", "armed_clash"}:
        return "security_operation"
    if first == "abduction" and "armed_attack" in exact and parts.toll(lambda side: not is_group(side)):
        return "armed_attack"  # "the bullet-riddled bodies of two kidnapped officials were found"
    if first and first != "security_operation":
        tribes = any(kind(a) == "community" for a in parts.both)
        attacked = first == "armed_clash" and "armed_attack" in exact and group_acts and not tribes
        return "armed_attack" if attacked else first
    if only_militants and not group_acts:
        return "security_operation"
    telling = {"bombing", "shelling", "abduction", "armed_clash"} | ({"air_strike"} & cues)
    weak = [t for t in every if t in telling]
    if not weak and first == "security_operation" and not suffered:
        return first  # an infiltration bid of which no more is told
    return weak[0] if weak else "armed_attack"


def _beaten_off(readings: Readings, actions: Sequence[Action]) -> bool:
    """Whether the text says that an attack was repelled or tried: it was made all the same."""
    doc = readings.parsed.doc
    attacks = [a for a in actions if a.event_type == "armed_attack" and a.modality == "real"]
    spans = [doc.char_span(a.start, a.end) or () for a in attacks]
    return any(t.lemma_.lower() in words("repel") and len(span) > 1 for span in spans for t in span)


def _any_attack(readings: Readings, action: Action) -> bool:
    """Whether the trigger is the bare word "attack", which may stand for any means."""
    return (
        action.event_type == "armed_attack"
        and action.end - action.start <= len("attacking")
        and (readings.parsed.doc[action.token].lemma_.lower() == "attack")
    )


def _from_abroad(parts: Parts, country: str | None) -> bool:
    """Whether a state did it in the other state and no armed group is named: states bomb from the air."""
    own = state_of(country)
    doers = [*(a for a in parts.agents if is_force(a) or kind(a) == "state"), *parts.nations]
    return (
        own is not None
        and any(root(a) == default_root() != own for a in doers)
        and not any(is_group(a) for a in parts.agents)
    )


def _states_fight(readings: Readings, happening: Happening, parts: Parts, types: list[str]) -> bool:
    """Whether forces of both border states stand on the two sides."""
    home = home_states()
    both = {root(a) for a in parts.both if is_state(a)} & home
    struck = {root(a) for a in (*parts.victims, *parts.targets) if is_force(a)} & home
    firing = {root(a) for a in parts.agents if is_force(a) or kind(a) == "state"} & home
    if any_group(parts):
        shooting = {root(a) for a in parts.agents if is_force(a)} & home
        fired = {"armed_attack", "armed_clash", "shelling"} & set(types)
        return (len(both) == 2 and "armed_clash" in types) or bool(fired and shooting and struck - shooting)
    armies = {root(a) for a in (*parts.named, *parts.nations) if is_force(a)} | (
        {root(a) for a in parts.nations} & home
    )
    armies &= home
    states = armies | ({root(a) for a in parts.named if kind(a) == "state"} & home)
    lands = {state_of(p.place.country) for s in happening.scenes for p in s.places if p.role != "dateline"} & home
    if any(fights(a) for a in parts.named) and len(both) < 2:
        return False
    if "armed_clash" in types:
        return (
            len(states) == 2
            or (bool(struck) and len(armies | lands) == 2)
            or (bool(armies) and bool(lead_parties(readings)) and _at_the_border(readings, happening))
        )
    forces = {root(a) for a in parts.named if is_force(a)} & home
    answered = any(
        a.event_type == "armed_clash" and a.modality == "real" for s in happening.scenes for a in s.actions
    )
    if {"shelling", "armed_attack"} & set(types) and answered and len(forces) == 2 and "bombing" not in types:
        return True
    if "shelling" in types and struck and len(forces) == 2:
        return True
    return (
        len(firing | struck) == 2
        and bool(struck or len(firing) == 2)
        and bool({"shelling", "armed_attack"} & set(types))
        and ("air_strike" not in types[:1])
    )


def _at_the_border(readings: Readings, happening: Happening) -> bool:
    """Whether the headline, the clauses or their places speak of the border or a crossing."""
    told = {0, *(s.sentence for s in happening.scenes)}
    lemmas = {t.lemma_.lower() for n in told for t in readings.parsed.sentences[n]}
    places = [p.place for s in happening.scenes for p in s.places]
    return bool(lemmas & words("border")) or any(p.kind == "crossing" or p.geo_precision == "border" for p in places)
