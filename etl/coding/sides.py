"""The two sides of a happening: who did it, and who was hit or stands opposite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from etl.article import Casualty
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
from etl.coding.parts import Parts, fights, target_words

Sides = tuple[tuple[str, ...], tuple[str, ...]]
_VIOLENT = {"bombing", "armed_attack", "abduction", "armed_clash", "shelling", "air_strike", "security_operation"}


def decide_sides(
    event_type: str,
    parts: Parts,
    country: str | None,
    casualties: Sequence[Casualty],
    claimed: Iterable[str],
    denied: Iterable[str],
) -> Sides:
    """The two sides by the codebook's rules, with `default_sides.csv` where the text is silent."""
    default_a, default_b = default_sides(event_type, country)
    if event_type == "border_clash":
        return _two_states(parts)
    if event_type in _VIOLENT:
        side_a, side_b = attackers(event_type, parts, country, claimed, denied)
        if side_b and all(a == unnamed_group() for a in side_b):
            known = dict.fromkeys(c.side for c in casualties if c.side and is_group(c.side))
            side_b = tuple(known)[:1] or side_b
        side_b = side_b or _hit(parts, casualties, side_a, country, event_type == "air_strike") or default_b
        if set(side_a) & set(side_b) and is_state(side_a[0]):
            side_a = (unnamed_group(),)  # nobody strikes himself
        return side_a, side_b
    return _others(event_type, parts, default_a, default_b)


def attackers(
    event_type: str, parts: Parts, country: str | None, claimed: Iterable[str], denied: Iterable[str]
) -> Sides:
    """Who did it, and who stands opposite where the type itself tells (an operation, a clash), else nobody."""
    default_a, default_b = default_sides(event_type, country)
    claims, denied = [a for a in claimed if a not in set(denied)], set(denied)
    if event_type == "security_operation":
        forces = [a for c in (parts.agents, parts.named) for a, _ in c.most_common() if is_force(a)]
        forces = [a for a in forces if root(a) == root(forces[0])]
        return tuple(dict.fromkeys(forces[:2])) or default_a, _raided(parts) or default_b
    if event_type == "air_strike":
        at_home = state_of(country) == default_root()
        unknown = at_home and (parts.unmanned or any(is_force(a) and root(a) == default_root() for a in parts.victims))
        return _flyers(parts, country) or ((unnamed_group(),) if unknown else default_a), ()
    if event_type == "armed_clash" and _tribes_fight(parts):
        community = next(a for a in parts.named if fights(a))
        return (community,), (community,)
    if event_type in {"armed_clash", "shelling"}:
        fighters = [a for a, _ in (parts.agents + parts.both).most_common() if not is_people(a) or fights(a)]
        fighters += [a for a, _ in parts.nations.most_common() if root(a) in home_states()]
        fighters = [a for i, a in enumerate(fighters) if root(a) not in {root(b) for b in fighters[:i]}]
        return tuple(fighters[:1]) or default_a, tuple(fighters[1:2]) if event_type == "armed_clash" else ()
    but = denied | (_only_hurt(parts) if event_type == "bombing" else _done_to(parts))
    groups = _groups(parts, but)
    others = any(not is_group(a) for a in (*parts.victims, *parts.targets))
    lost = [a for a in parts.victims if is_group(a) and a != unnamed_group() and a not in parts.targets and others]
    held = [a for a in (*parts.answerable, *lost) if a not in but]
    if parts.unknown and groups and not any(a in parts.agents for a in groups):
        groups = (unnamed_group(),)  # a group named beside unknown gunmen is only suspected, or recalled
    if held and (not groups or groups[0] == unnamed_group()):
        groups = (held[0],)
    if event_type == "armed_attack" and not claims and not groups:
        groups = tuple(a for a, _ in parts.agents.most_common() if is_force(a) and a not in parts.victims)[:1]
    return tuple(claims[:2]) or groups or default_a, ()


def _flyers(parts: Parts, country: str | None) -> tuple[str, ...]:
    """Who struck from the air: a force or state, over its neighbour's land never the land's own. No air force bombs
    its own men, and the police have none: who is hit or tells of it did not fly."""
    own = state_of(country)
    foreign = own is not None and own != default_root()
    hit = {root(a) for a in parts.victims if is_force(a)}
    doers = [
        a
        for c in (parts.agents, parts.nations)
        for a, _ in c.most_common()
        if kind(a) == "military" or (kind(a) == "state" and root(a) in home_states())
    ]
    doers = [a for a in doers if root(a) not in hit]
    doers = [a for a in doers if not (foreign and root(a) == own)]
    groups = [a for a, _ in parts.agents.most_common() if is_group(a)]
    return tuple(doers[:1]) or tuple(groups[:1])


def default_root() -> str:
    """The root of the state whose aircraft the table of default sides takes for granted."""
    return root(default_sides("air_strike", None)[0][0])


def _two_states(parts: Parts) -> Sides:
    sides: dict[str, str] = {}
    for counter in (parts.agents, parts.both, parts.targets, parts.named):
        for actor, _ in counter.most_common():
            if root(actor) in home_states() and is_state(actor):
                held = sides.get(root(actor))
                if held is None or (not is_force(held) and is_force(actor)):
                    sides[root(actor)] = actor
    for (default,) in default_sides("border_clash", None):
        held = sides.get(root(default))
        if held is None or not is_force(held):
            sides[root(default)] = default
    first, second = list(sides)[:2]
    return (sides[first],), (sides[second],)


def _tribes_fight(parts: Parts) -> bool:
    """Whether a clash names tribes and nobody else who is armed."""
    return any(fights(a) for a in parts.named) and not any(
        is_group(a) or is_force(a) for a in (*parts.both, *parts.agents)
    )


def _only_hurt(parts: Parts) -> set[str]:
    """A known armed group that alone lost people to a bomb was its target, unless the text says what it did."""
    groups = {a for a in parts.victims if is_group(a)}
    if not groups or unnamed_group() in groups or any(not is_group(a) and not is_people(a) for a in parts.victims):
        return set()
    kin = {a for a in (*parts.named, *groups) if is_group(a) and root(a) in {root(g) for g in groups}}
    doing = {root(a) for a in parts.agents}
    return set() if doing & {root(a) for a in (*kin, unnamed_group())} else kin


def _raided(parts: Parts) -> tuple[str, ...]:
    """The group that an operation was against: where only unnamed men fell, one named beside plays no part in it."""
    fallen = [a for a in parts.victims if is_group(a)]
    if fallen and all(a == unnamed_group() for a in fallen):
        told = [a for c in (parts.targets, parts.both, parts.agents) for a in c if is_group(a) and a != unnamed_group()]
        return tuple(told[:1]) or (unnamed_group(),)
    return _groups(parts, set())


def _done_to(parts: Parts) -> set[str]:
    """Known groups that lost people to somebody else's deed ("gunmen shot dead a commander of …")."""
    if any(not is_group(a) for a in parts.victims):
        return set()  # its men fell in an attack that hit others
    doing = {root(a) for c in (parts.agents, parts.both) for a in c}
    hurt = {root(a) for a in parts.victims if is_group(a)}
    return {a for a in parts.targets if is_group(a) and root(a) in hurt and root(a) not in doing} - {unnamed_group()}


def _groups(parts: Parts, but: set[str]) -> tuple[str, ...]:
    """The armed group that the text names as doing it (or, in an operation, as hit); else the unnamed."""
    named = [a for a, _ in parts.named.most_common() if is_group(a) and a not in but]
    known = [a for a in named if a != unnamed_group()]
    if known:
        return (known[0],)
    return (unnamed_group(),) if named else ()


def _hit(
    parts: Parts, casualties: Sequence[Casualty], side_a: tuple[str, ...], country: str | None, from_the_air: bool
) -> tuple[str, ...]:
    """All sides that lost people, with the force aimed at; where nobody did, the target; where nobody is named,
    whose the thing is."""
    own = {root(a) for a in side_a}
    hurt = dict.fromkeys(c.side for c in casualties if c.side and root(c.side) not in own)
    sides = list(hurt) if from_the_air else [a for a in hurt if not is_group(a)] or list(hurt)
    if sides:
        meant = [a for a in parts.targets if is_force(a) and a not in parts.agents and root(a) not in own]
        return (*sides, *meant[:1]) if all(is_people(a) for a in sides) and not from_the_air else tuple(sides)
    if from_the_air:
        aimed_at = [a for a, _ in parts.named.most_common() if is_group(a) and a != unnamed_group()]
        if aimed_at:
            return tuple(aimed_at[:1])
    things = _whose(parts.struck, country)
    targets = [a for a, _ in parts.targets.most_common() if root(a) not in own and not is_group(a)]
    aimed_at = [a for a in parts.aimed if root(a) not in own]
    return tuple(aimed_at[:1]) or things or tuple(targets[:2]) or _whose(parts.objects, country)


def _whose(things: Counter[str], country: str | None) -> tuple[str, ...]:
    side = "side_af" if country == "AF" else "side_pk"
    return tuple(filter(None, dict.fromkeys(target_words()[word][side] for word, _ in things.most_common(3))))[:1]


def _others(event_type: str, parts: Parts, default_a: tuple[str, ...], default_b: tuple[str, ...]) -> Sides:
    agents = [a for a, _ in parts.agents.most_common()]
    if event_type in {"border_closure", "border_reopening"}:
        closers = [a for a in agents if root(a) in home_states() and is_state(a)]
        if closers:
            other = [a for a in (*default_a, *default_b) if root(a) != root(closers[0])]
            return (closers[0],), tuple(other[:1])
        return default_a, default_b
    if event_type == "arrest":
        groups = _groups(parts, set())
        people = [a for a, _ in parts.targets.most_common() if is_people(a)]
        migrants = tuple(sorted(people, key=lambda a: "." in a)[:1])  # "Afghan migrants" says more than "Afghans"
        held = groups if groups and groups[0] != unnamed_group() else migrants or groups
        return tuple([a for a in agents if is_state(a)][:1]) or default_a, held or default_b
    if event_type == "protest":
        who = [a for a in agents if is_people(a)]
        against = [a for a, _ in parts.targets.most_common() if is_state(a)]
        return tuple(who[:1]) or default_a, tuple(against[:1]) or default_b
    if event_type == "displacement":
        return (), tuple([a for a in agents if is_people(a)][:1]) or default_b
    if event_type == "deportation":  # "Iran returned 4,000 Afghan migrants"
        return tuple([a for a in agents if is_state(a) and root(a) not in home_states()][:1]) or default_a, default_b
    if event_type == "diplomatic_protest":
        return _host_and_envoy(parts, default_a, default_b)
    return _parties(event_type, parts, default_a, default_b)


def _host_and_envoy(parts: Parts, default_a: tuple[str, ...], default_b: tuple[str, ...]) -> Sides:
    """Whose envoy was called in decides who called: the other border state."""
    hosts = {root(a) for a in parts.agents}
    for actor in (*parts.targets, *parts.nations, *(a for a in parts.named if root(a) not in hosts)):
        if root(actor) in home_states():
            for host, guest in (default_sides("diplomatic_protest", c) for c in ("PK", "AF")):
                if root(guest[0]) == root(actor):
                    return host, guest
    return default_a, default_b


def _parties(event_type: str, parts: Parts, default_a: tuple[str, ...], default_b: tuple[str, ...]) -> Sides:
    """The two parties of talks, deals, protests and statements: speaker or host first."""
    tribes = [a for a in parts.named if fights(a)]
    home = {root(a) for c in (parts.agents, parts.both, parts.targets) for a in c if is_state(a)} & home_states()
    if tribes and len(home) < 2 and event_type == "agreement" and not any(is_group(a) for a in parts.named):
        return (tribes[0],), (tribes[0],)
    ranked: list[str] = []
    for counter in (parts.agents, parts.both, parts.targets, parts.named):
        for actor, _ in counter.most_common():
            party = is_state(actor) or is_group(actor) or fights(actor)
            if party and root(actor) not in {root(r) for r in ranked}:
                ranked.append(actor)
    states = [a for a in ranked if root(a) in home_states() or is_group(a) or fights(a)]
    if event_type == "accusation":  # accused of sheltering a group: the state is meant, not the group
        accused = [a for a in ranked[1:] if is_state(a) and a in parts.targets]
        states = states[:1] + accused + states[1:]
    if len(states) >= 2:
        joined = [a for a in parts.joined if root(a) not in {root(s) for s in states[:2]}]
        return (states[0], *joined[:2]), (states[1],)
    if event_type in {"accusation", "threat", "diplomatic_protest"} and len(states) == 1:
        other = [a for a in (*default_a, *default_b) if root(a) != root(states[0])]
        return (states[0],), tuple(other[:1])
    if event_type in {"agreement", "talks", "talks_failure"} and len(states) == 1 and is_group(states[0]):
        return (states[0],), tuple(f"{home}.GOV" for home in sorted(home))[:1] or default_sides("talks", "PK")[0]
    return (*default_a, *(a for a in parts.joined[:2] if event_type in {"talks", "agreement"})), default_b
