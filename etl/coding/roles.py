"""Who does it and to whom: the part that an actor plays in a clause, read from the parse."""

from __future__ import annotations

from etl.coding.tree import Doc, Token

AGENT, TARGET, BOTH, OTHER = "agent", "target", "both", "other"
_AGAINST = {"against", "on", "at", "targeting", "upon", "into", "of", "near"}
_BETWEEN = {"between", "with", "among"}
_CLIMB = 5


def role(doc: Doc, head: int, anchor: int) -> str:
    """The part of the actor phrase headed by token `head` in what the trigger at token `anchor` tells.

    agent, target, both (the sides of "a clash between …") or other. Grammar only: no word lists of who does what.
    """
    trigger = doc[anchor]
    chain = _chain(doc[head])
    for depth, (token, dep) in enumerate(chain):
        governor = token.head
        if dep in {"nsubj", "csubj"} and _same_act(governor, trigger):
            return TARGET if _passive(governor) else AGENT
        if dep == "nsubjpass" and _same_act(governor, trigger):
            return TARGET
        if dep in {"dobj", "obj", "dative"} and _same_act(governor, trigger):
            return TARGET
        if dep == "agent" or (dep == "prep" and token.lower_ == "by"):
            return AGENT
        if dep == "prep" and (governor == trigger or _same_act(governor, trigger)):
            word = token.lower_
            if word in _BETWEEN:
                return BOTH
            if word in _AGAINST:
                return TARGET
        if dep == "prep" and token.lower_ == "from" and (governor == trigger or governor.head == trigger):
            return AGENT  # "came under fire from the Taliban"
        if dep in {"compound", "amod", "poss", "nmod"} and governor == trigger:
            return AGENT
        if depth >= _CLIMB:
            break
    return OTHER


def _chain(token: Token) -> list[tuple[Token, str]]:
    """The way up the tree from the phrase, conjuncts taking the part of their first member."""
    way: list[tuple[Token, str]] = []
    current = token
    while len(way) <= _CLIMB:
        if current.dep_ == "conj":
            current = current.head
            continue
        way.append((current, current.dep_))
        if current.head == current:
            break
        current = current.head
    return way


def _same_act(governor: Token, trigger: Token) -> bool:
    """Whether the governor is the trigger, a verb that carries it ("launched an attack") or one beside it."""
    if governor == trigger:
        return True
    current = trigger
    for _ in range(3):
        if current.head == current:
            return False
        if current.dep_ in {
            "dobj",
            "obj",
            "conj",
            "xcomp",
            "advcl",
            "pobj",
            "prep",
            "nsubj",
            "nsubjpass",
            "attr",
            "acl",
        }:
            current = current.head
            if current == governor:
                return governor.pos_ in {"VERB", "AUX"}
        else:
            return False
    return False


def _passive(verb: Token) -> bool:
    return any(child.dep_ in {"auxpass", "nsubjpass"} for child in verb.children)
