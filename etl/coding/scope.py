"""What the codebook leaves out: other countries' wars, ordinary crime, accidents, home politics."""

from __future__ import annotations

from etl.coding.identity import Happening, in_lead
from etl.coding.kinds import home_states, is_force, is_group, is_state, root, unnamed_group
from etl.coding.places import Place
from etl.coding.scenes import Readings, lead_parties
from etl.coding.sides import Parts


def in_scope(readings: Readings, happening: Happening, event_type: str, parts: Parts, place: Place | None) -> bool:
    """Whether a happening belongs to the codebook's scope."""
    group = happening.family
    if group == "violence":
        return _violence(readings, happening, event_type, parts, place)
    if group in {"talking", "agreement", "diplomatic_protest", "accusation", "threat"}:
        parties = {root(a) for c in (parts.agents, parts.targets, parts.both, parts.named) for a in c
                   if is_state(a) or is_group(a)} | lead_parties(readings)
        both = len(parties & home_states()) == 2 or (bool(parties & home_states()) and any(
            is_group(a) for a in parts.named))
        stated = group in {"accusation", "threat"}
        return both and (not stated or any(in_lead(s) for s in happening.scenes))
    if place is not None and place.country is None and not (set(map(root, parts.named)) & home_states()):
        return False
    return place is None or place.country in {"PK", "AF", None}


def _violence(readings: Readings, happening: Happening, event_type: str, parts: Parts, place: Place | None) -> bool:
    if place is not None and place.country not in {"PK", "AF", None}:
        return False
    actors = list(parts.named) + list(parts.victims)
    if (place is None or place.country is None) and not ({root(a) for a in actors} & home_states()) and not any(
            is_group(a) and a != unnamed_group() for a in actors):
        return False
    if event_type in {"bombing", "air_strike", "shelling", "border_clash", "security_operation"}:
        return True
    return any(is_group(a) for a in actors) or any(is_force(a) for a in parts.victims + parts.targets)
