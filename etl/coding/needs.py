"""What a trigger needs beside it before it tells an event (column `needs` of `triggers.csv`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from etl.coding.actions import Action
from etl.coding.actors import ActorMention
from etl.coding.kinds import home_states, is_group, is_people, is_state, kind, root, state_of, state_words
from etl.coding.places import PlaceMention
from etl.coding.tree import Doc, Token
from etl.reference import read_table

_NEAR = 12  # tokens on either side in which a needed party may stand


@cache
def words(meaning: str) -> frozenset[str]:
    """The words of `scope_words.csv` with that meaning."""
    return frozenset(row["word"] for row in read_table("scope_words").rows if row["meaning"] == meaning)


def satisfied(
    doc: Doc,
    action: Action,
    actors: Sequence[ActorMention],
    places: Sequence[PlaceMention],
    lead: frozenset[str] = frozenset(),
) -> bool:
    """Whether what the trigger needs stands in its clause; True for a trigger that needs nothing.

    border: what closes or opens is the border or a crossing; militants, refugees, people: such an actor is near;
    states, parties: two different parties are named, there or (`lead`: roots) where the article sets its scene.
    """
    if not action.needs:
        return True
    if action.needs == "border":
        return _of_border(doc[action.token], places)
    near = [m for m in actors if abs(m.head - action.token) <= _NEAR * 2]
    if action.needs == "militants":
        return any(is_group(m.actor) for m in near)
    if action.needs in {"people", "refugees"}:
        return any(is_people(m.actor) for m in near)
    parties = {
        root(m.actor) for m in actors if m.actor and (is_state(m.actor) or is_group(m.actor) or is_people(m.actor))
    }
    tribes = action.event_type == "agreement" and any(kind(m.actor) == "community" for m in near)
    if action.needs != "states" or tribes:
        if near:
            return True  # tribes make peace among themselves
        named = {state_words().get(token.text) for token in doc[action.token].sent}
        return home_states() <= named  # "Pakistani and Afghan delegations"
    lands = {state_of(p.place.country) for p in places if p.place.geo_precision == "country"}
    parties |= {root(state) for state in lands if state}
    return len(parties | lead) >= 2


def _of_border(token: Token, places: Sequence[PlaceMention]) -> bool:
    crossings = [p for p in places if p.place.kind == "crossing" or p.place.geo_precision == "border"
                 or p.place.name.casefold() in _crossing_towns()]
    arguments = _arguments(token)
    if any(t.lemma_.lower() in words("border") or any(p.start <= t.idx < p.end for p in crossings) for t in arguments):
        return True
    named = bool(crossings) or any(t.lemma_.lower() in words("border") for t in token.sent)
    return named and any(t.lemma_.lower() in words("traffic") for t in arguments)


@cache
def _crossing_towns() -> frozenset[str]:
    """Towns that give a crossing its name: trade "through Chaman" goes over the border."""
    return frozenset(name.casefold() for row in read_table("crossings").rows
                     for name in (*row["variants"].split("|"), *row["name"].split("–")) if name)


def _arguments(token: Token) -> list[Token]:
    """Head words of what the trigger says something of: subject, object, what it is "of", the noun it describes."""
    found: list[Token] = []
    for child in token.children:
        if child.dep_ in {"nsubj", "nsubjpass", "dobj", "compound", "poss", "amod", "nmod", "npadvmod"}:
            found += _phrase(child)
        elif child.dep_ == "prep" and child.lower_ in {
            "of",
            "at",
            "for",
            "to",
            "through",
            "with",
            "from",
            "via",
            "across",
            "into",
        }:
            for pobj in child.children:
                found += _phrase(pobj)
        elif child.dep_ in {"prt", "acomp", "oprd"}:
            found += _phrase(child)
    if token.dep_ in {"acl", "relcl", "amod", "compound", "acomp", "xcomp", "oprd", "advcl", "conj", "attr"}:
        found.append(token.head)
        found += [c for c in token.head.children if c.dep_ in {"nsubj", "nsubjpass", "dobj", "compound"}]
    return found


def _phrase(token: Token) -> list[Token]:
    return [token, *(c for c in token.children if c.dep_ in {"compound", "amod", "poss", "conj", "nmod"})]
