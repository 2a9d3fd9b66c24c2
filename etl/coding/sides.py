"""The type of a happening and its two sides, decided from triggers, roles and casualties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from etl.coding.actions import Action
from etl.coding.identity import Happening, in_lead
from etl.coding.kinds import (
    default_sides,
    home_states,
    is_force,
    is_group,
    is_people,
    is_state,
    kind,
    root,
    state_of,
    unnamed_group,
)
from etl.coding.roles import AGENT, BOTH, TARGET, role
from etl.coding.scenes import Readings, Scene, lead_parties
from etl.reference import read_table


class Parts:
    """Actors of a happening by the part they play, each with how often and how early."""

    def __init__(self, readings: Readings, happening: Happening) -> None:
        self.agents: Counter[str] = Counter()
        self.targets: Counter[str] = Counter()
        self.both: Counter[str] = Counter()
        self.named: Counter[str] = Counter()
        self.nations: Counter[str] = Counter()
        self.objects: Counter[str] = Counter()
        for scene in happening.scenes:
            anchors = [a.token for a in scene.actions if a.modality in {"real", "kind"}] or [scene.actions[0].token]
            for mention in scene.actors:
                if mention.kind == "outlet" or not mention.actor:
                    continue
                if mention.kind == "nationality":
                    self.nations[mention.actor] += 1
                    continue
                parts = {role(readings.parsed.doc, mention.head, anchor) for anchor in anchors}
                weight = 2 if in_lead(scene) else 1
                if BOTH in parts:
                    self.both[mention.actor] += weight
                elif AGENT in parts and not _speaks(readings, scene, mention):
                    self.agents[mention.actor] += weight
                elif TARGET in parts:
                    self.targets[mention.actor] += weight
                self.named[mention.actor] += weight
            self._objects(readings, scene)
            self._sources(readings, scene)
        self.victims = Counter(f.side for s in happening.scenes for f in s.figures if f.side and not f.aggregate)


    def _sources(self, readings: Readings, scene: Scene) -> None:
        """Whence it was fired: "shells from Pakistan"."""
        if any(a.event_type == "shelling" for a in scene.actions):
            for place in scene.places:
                before = readings.parsed.doc.text[max(0, place.start - 5):place.start].lower()
                state = state_of(place.place.country)
                if state and before == "from " and place.place.geo_precision == "country":
                    self.agents[state] += 1

    def _objects(self, readings: Readings, scene: Scene) -> None:
        """Things that were hit, by `target_words.csv`: objects, or what an attack was "on", "at" or "near"."""
        for token in readings.parsed.doc.char_span(scene.start, scene.end, alignment_mode="expand") or ():
            if token.lemma_.lower() in target_words() and token.dep_ in {"dobj", "nsubjpass", "pobj", "nsubj", "compound"}:
                self.objects[token.lemma_.lower()] += 1


def _speaks(readings: Readings, scene: Scene, mention) -> bool:  # noqa: ANN001
    """Whether the mention is only the source of what the sentence tells."""
    token = readings.parsed.doc[mention.head]
    verb = token.head
    return token.dep_ == "nsubj" and any(c.dep_ in {"ccomp", "parataxis"} for c in verb.children)


def decide_type(readings: Readings, happening: Happening, parts: Parts, country: str | None = None) -> str:
    """The event type by the codebook's rules: the text's own word, first means first; fire exchanged between the two
    states' forces is a border clash whatever was fired."""
    real = [(s, a) for s in happening.scenes for a in sorted(s.actions, key=lambda a: a.start) if a.modality in {"real", "state"}]
    strong = [a.event_type for s, a in real if a.strength == "strong"]
    every = [a.event_type for s, a in real if a.strength != "cue"] or [a.event_type for s, a in real]
    if happening.family == "talking":
        return "talks_failure" if "talks_failure" in strong else Counter(every).most_common(1)[0][0]
    if happening.family != "violence":
        return every[0] if every else happening.scenes[0].actions[0].event_type
    exact = [a.event_type for s, a in real if a.strength == "strong" and not _any_attack(readings, a)]
    counted = exact or every
    if _states_fight(readings, happening, parts, every):
        return "border_clash"
    state_acts = any(is_force(a) or is_state(a) for a in parts.agents)
    group_acts = any(is_group(a) for a in parts.agents)
    only_militants = bool(parts.victims) and all(is_group(v) for v in parts.victims)
    if _from_abroad(parts, country) and {"bombing", "air_strike"} & set(every):
        return "air_strike"
    if "security_operation" in counted and "bombing" not in counted[:1] and (
            counted[0] == "security_operation" or only_militants or (state_acts and "armed_attack" not in exact[:1])):
        return "security_operation"
    if exact and exact[0] != "security_operation":
        if exact[0] == "armed_clash" and "bombing" in exact and group_acts:
            return "bombing"
        return exact[0] if exact[0] != "armed_clash" or not ("armed_attack" in exact and group_acts) else "armed_attack"
    if only_militants and not group_acts:
        return "security_operation"
    weak = [t for t in every if t not in {"armed_attack", "security_operation"}]
    if weak and weak[0] in {"bombing", "air_strike", "shelling", "abduction", "armed_clash"}:
        return weak[0]
    return "armed_attack"


def _any_attack(readings: Readings, action: Action) -> bool:
    """Whether the trigger is the bare word "attack", which may stand for any means."""
    return action.event_type == "armed_attack" and readings.parsed.doc[action.token].lemma_.lower() == "attack" and (
        action.end - action.start <= len("attacking"))


def _from_abroad(parts: Parts, country: str | None) -> bool:
    """Whether a state's forces did it in the other state and no armed group is named: states bomb from the air."""
    own = state_of(country)
    return any((is_force(a) or kind(a) == "state") and root(a) != own and root(a) in home_states() for a in parts.agents) \
        and not any(is_group(a) for a in parts.agents) and own is not None


def _states_fight(readings: Readings, happening: Happening, parts: Parts, counted: list[str]) -> bool:
    """Whether forces of both border states stand on the two sides."""
    home = home_states()
    fighting = {root(a) for a in (*parts.both, *parts.agents, *parts.targets, *parts.victims) if is_state(a)} & home
    armed = any(is_group(a) for a in (*parts.agents, *parts.both, *parts.targets, *parts.victims, *parts.named))
    struck = {root(a) for a in (*parts.victims, *parts.targets) if is_force(a)} & home
    armies = {root(a) for a in (*parts.named, *parts.nations) if is_force(a) or kind(a) == "state"} & home
    lands = {state_of(p.place.country) for s in happening.scenes for p in s.places if p.role == "location"} & home
    clash, fire = "armed_clash" in counted, bool({"shelling", "armed_clash"} & set(counted))
    if not armed and struck and fire and (len(armies) == 2 or (clash and len(armies | lands) == 2)):
        return True
    if clash and (len(armies) == 2 or (not armed and armies and lead_parties(readings))):
        return not armed or len(fighting) == 2
    agents = {root(a) for a in parts.agents if is_force(a) or kind(a) == "state"} & home
    return not armed and len(agents | struck) == 2 and len(fighting) == 2 and bool({"shelling", "armed_attack"} & set(counted)) and (
        "air_strike" not in counted[:1])


def decide_sides(event_type: str, parts: Parts, country: str | None, claimed: Iterable[str],
                 denied: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two sides by the codebook's rules for each group of types, with `default_sides.csv` where the text is silent."""
    default_a, default_b = default_sides(event_type, country)
    claimed, denied = list(claimed), set(denied)
    if event_type == "border_clash":
        return _two_states(parts)
    if event_type in {"bombing", "armed_attack", "abduction", "armed_clash", "shelling", "air_strike", "security_operation"}:
        return _violence(event_type, parts, country, default_a, default_b, claimed, denied)
    return _others(event_type, parts, default_a, default_b)


def _two_states(parts: Parts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    sides: dict[str, str] = {}
    for counter in (parts.agents, parts.both, parts.targets, parts.named):
        for actor, _ in counter.most_common():
            if root(actor) in home_states() and is_state(actor):
                held = sides.get(root(actor))
                if held is None or (not is_force(held) and is_force(actor)):
                    sides[root(actor)] = actor
    default_a, default_b = default_sides("border_clash", None)
    for default in (*default_a, *default_b):
        held = sides.get(root(default))
        if held is None or not is_force(held):
            sides[root(default)] = held if held and held.count(".") and not is_state(held) else default
    first, second = list(sides)[:2]
    return (sides[first],), (sides[second],)


def _violence(event_type: str, parts: Parts, country: str | None, default_a: tuple[str, ...], default_b: tuple[str, ...],
              claimed: list[str], denied: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if event_type == "security_operation":
        own = [a for a, _ in parts.agents.most_common() if is_force(a)] or \
              [a for a, _ in parts.named.most_common() if is_force(a)]
        foes = _groups(parts, set())
        return tuple(own[:2]) or default_a, foes or default_b
    if event_type == "air_strike":
        own = [a for a, _ in parts.agents.most_common() if is_force(a)] or \
              [a for a, _ in parts.agents.most_common() if is_state(a)]
        groups = [a for a, _ in parts.agents.most_common() if is_group(a)]
        side_a = tuple(own[:1]) or tuple(groups[:1]) or default_a
        return side_a, _hit(parts, side_a, country) or default_b
    if event_type == "armed_clash" and _tribes_fight(parts):
        community = next(a for a in parts.named if kind(a) == "community")
        return (community,), (community,)
    if event_type in {"armed_clash", "shelling"}:
        agents = [a for a, _ in (parts.agents + parts.both).most_common() if not is_people(a) or kind_fights(a)]
        side_a = tuple(agents[:1]) or default_a
        side_b = tuple(a for a in agents[1:2]) if event_type == "armed_clash" else ()
        return side_a, side_b or _hit(parts, side_a, country) or default_b
    group = tuple(a for a in claimed if a not in denied)[:1] or _groups(parts, denied) or default_a
    return group, _hit(parts, group, country) or default_b


def kind_fights(actor: str) -> bool:
    """Tribes and their lashkars fight; other people do not."""
    return kind(actor) == "community"


def _tribes_fight(parts: Parts) -> bool:
    """Whether a clash names tribes and nobody else who is armed."""
    return any(kind(a) == "community" for a in parts.named) and not any(
        is_group(a) or is_force(a) for a in (*parts.both, *parts.agents))


@cache
def target_words() -> dict[str, dict[str, str]]:
    """What things tell whose they are (`target_words.csv`)."""
    return read_table("target_words").index("word")


def _groups(parts: Parts, denied: set[str]) -> tuple[str, ...]:
    """The armed group that the text names as doing it (or, in an operation, as hit); else the unnamed."""
    named = [a for a, _ in parts.named.most_common() if is_group(a) and a not in denied]
    known = [a for a in named if a != unnamed_group()]
    if known:
        return (known[0],)
    return (unnamed_group(),) if named else ()


def _hit(parts: Parts, attackers: tuple[str, ...], country: str | None) -> tuple[str, ...]:
    """All sides that lost people; where nobody did, the target; where nobody is named, whose the thing is."""
    own = {root(a) for a in attackers}
    hurt = [a for a, _ in parts.victims.most_common() if root(a) not in own and not is_group(a)]
    if hurt:
        return tuple(hurt)
    targets = [a for a, _ in parts.targets.most_common() if root(a) not in own and not is_group(a)]
    if targets:
        return tuple(targets[:2])
    side = "side_af" if country == "AF" else "side_pk"
    return tuple(filter(None, dict.fromkeys(target_words()[word][side] for word, _ in parts.objects.most_common(3))))[:1]


def _others(event_type: str, parts: Parts, default_a: tuple[str, ...],
            default_b: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    agents = [a for a, _ in parts.agents.most_common()]
    if event_type in {"border_closure", "border_reopening"}:
        closers = [a for a in agents if root(a) in home_states() and is_state(a)]
        if closers:
            other = [a for a in (*default_a, *default_b) if root(a) != root(closers[0])]
            return (closers[0],), tuple(other[:1])
        return default_a, default_b
    if event_type == "arrest":
        held = [a for a, _ in parts.targets.most_common() if is_people(a) or is_group(a)]
        return tuple([a for a in agents if is_state(a)][:1]) or default_a, tuple(held[:1]) or _groups(parts, set()) or default_b
    if event_type == "protest":
        people = [a for a in agents if is_people(a)]
        against = [a for a, _ in parts.targets.most_common() if is_state(a)]
        return tuple(people[:1]) or default_a, tuple(against[:1]) or default_b
    if event_type == "displacement":
        return (), tuple([a for a in agents if is_people(a)][:1]) or default_b
    if event_type == "deportation":
        return default_a, default_b
    if event_type == "diplomatic_protest":
        return _host_and_envoy(parts, default_a, default_b)
    return _parties(event_type, parts, default_a, default_b)


def _host_and_envoy(parts: Parts, default_a: tuple[str, ...],
                    default_b: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whose envoy was called in decides who called: the other border state."""
    for actor in (*parts.targets, *parts.nations):
        if root(actor) in home_states():
            for host, guest in (default_sides("diplomatic_protest", c) for c in ("PK", "AF")):
                if root(guest[0]) == root(actor):
                    return host, guest
    return default_a, default_b


def _parties(event_type: str, parts: Parts, default_a: tuple[str, ...],
             default_b: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two parties of talks, deals, protests and statements: speaker or host first."""
    ranked: list[str] = []
    for counter in (parts.agents, parts.both, parts.targets, parts.named):
        for actor, _ in counter.most_common():
            if (is_state(actor) or is_group(actor) or kind(actor) == "community") and root(actor) not in {root(r) for r in ranked}:
                ranked.append(actor)
    states = [a for a in ranked if root(a) in home_states() or is_group(a) or kind(a) == "community"]
    if len(states) >= 2:
        return (states[0],), (states[1],)
    if event_type in {"accusation", "threat", "diplomatic_protest"} and len(states) == 1:
        other = [a for a in (*default_a, *default_b) if root(a) != root(states[0])]
        return (states[0],), tuple(other[:1])
    return default_a, default_b
