"""What the codebook leaves out: other countries' wars, ordinary crime, accidents, home politics."""

from __future__ import annotations

import datetime as dt
import re

from etl.coding.contacts import is_contact
from etl.coding.headings import is_of_court
from etl.coding.identity import Happening, in_lead, own_date
from etl.coding.kinds import (
    country_of,
    has_forces,
    home_countries,
    home_states,
    is_civilian,
    is_force,
    is_group,
    is_people,
    is_state,
    kind,
    nationalities,
    root,
    unnamed_group,
)
from etl.coding.needs import words
from etl.coding.ordinary import carries, is_accident, is_criminal, is_private, is_sought, is_stray, lemmas_of, of_party
from etl.coding.parts import Parts, target_words
from etl.coding.places import Place
from etl.coding.scenes import Readings


def in_scope(
    readings: Readings,
    happening: Happening,
    event_type: str,
    parts: Parts,
    place: Place | None,
    amid_fighting: bool = False,
) -> bool:
    """Whether a happening belongs to the codebook's scope and is a happening rather than a total of many.

    `amid_fighting`: the article reports violence or a closed border, and arrests, protests and moves beside it belong.
    """
    group = happening.family
    if not about_the_border(readings):
        return False
    if _counted(readings, happening) or (
        group == "violence" and (_vague(happening, place) or _any_attacks(readings, happening, place))
    ):
        return False
    if _total(happening, event_type, readings.parsed.article.published):
        return False
    if is_accident(readings, happening, parts) or _tried(readings, happening):
        return False
    if group == "violence":
        return _violence(readings, happening, event_type, parts, place)
    if group in {"talking", "agreement", "diplomatic_protest", "accusation", "threat"}:
        return is_contact(readings, happening, parts, place)
    if place is not None and place.country is None and not (set(map(root, parts.named)) & home_states()):
        return False
    if group in {"border_closure", "border_reopening"} and any(
        kind(a) == "state" and root(a) not in home_states() for a in parts.agents
    ):
        return False  # India shuts its border: not ours
    if group in {"border_closure", "border_reopening", "deportation"} and (
        _of_others(readings, happening) or _elsewhere(readings, happening, parts, place)
    ):
        return False
    if group == "protest" and parts.agents and all(map(is_group, parts.agents)) and all(
        readings.parsed.doc[a.token].pos_ == "VERB" for s in happening.scenes for a in s.actions
    ):
        return False  # gunmen who marched their captives off
    political = group == "protest" or (group == "arrest" and not any(map(is_group, parts.named)))
    if political and of_party(readings, happening):
        return False
    if group == "arrest" and happening.date is happening.place is None and _some_time(readings, happening):
        return False
    if group == "arrest" and (is_sought(readings, happening) or (political and is_criminal(readings, happening))):
        return False
    fled = group == "displacement" and any(map(is_group, parts.agents)) and not any(map(is_people, parts.agents))
    if fled or (group == "displacement" and carries(readings, happening)):
        return False  # attackers who flee are not displaced
    if (
        group in {"arrest", "protest", "displacement", "deportation"}
        and not amid_fighting
        and not _of_our_kind(readings, happening, parts, group)
    ):
        return False
    return place is None or place.country in {"PK", "AF", None}


def _some_time(readings: Readings, happening: Happening) -> bool:
    """Whether it is told in the perfect, not in the lead and of no counted persons: "has arrested the leadership"."""
    tokens = [readings.parsed.doc[a.token] for s in happening.scenes for a in s.actions]
    return not any(map(in_lead, happening.scenes)) and all(
        any(c.dep_ == "aux" and c.lower_ in {"has", "have"} for c in (*t.children, *t.head.children))
        and not any(o.dep_ == "nummod" for c in t.children if c.dep_ == "dobj" for o in c.children) for t in tokens)


def _tried(readings: Readings, happening: Happening) -> bool:
    """Whether a court tries it: only told in an article about a court, without a day or on the day of the hearing."""
    if not is_of_court(readings.parsed):
        return False
    dated = [s for s in happening.scenes if own_date(s)]
    return all({t.lemma_.lower() for t in readings.parsed.sentences[s.sentence]} & words("court") for s in dated)


def _of_others(readings: Readings, happening: Happening) -> bool:
    """Whether the clauses name a third state and not both border states: measures against India's border or people."""
    told = {s.sentence for s in happening.scenes}
    named = [m for m in readings.actors if m.sentence in told and m.actor]
    lands = {p.place.country for p in readings.places if p.sentence in told}
    lands |= {country_of(m.actor) for m in named if root(m.actor) in home_states() or is_civilian(m.actor)}
    third = any(kind(m.actor) == "state" and root(m.actor) not in home_states() for m in named)
    people = any(kind(m.actor) == "civilians" and "." not in m.actor and m.actor != "CIV" for m in named)
    return third and not people and not set(home_countries()) <= lands


def _of_our_kind(readings: Readings, happening: Happening, parts: Parts, group: str) -> bool:
    """Arrests, protests and moves belong here when militants, refugees, fighting or the border are at their bottom."""
    lemmas = {t.lemma_.lower() for s in happening.scenes for t in readings.parsed.sentences[s.sentence]}
    title = {t.lemma_.lower() for t in readings.parsed.sentences[0]}
    armed = any(is_group(a) for c in (parts.agents, parts.targets, parts.named) for a in c)
    if group == "deportation":
        if not (_people_of(parts, readings) or (lemmas | title) & (words("fighting") | words("border"))):
            return False  # pupils who came home
        return any(
            s.dates or (in_lead(s) and any(t.like_num for t in readings.parsed.sentences[s.sentence]))
            for s in happening.scenes
        )
    if group == "arrest":
        return (armed or bool((lemmas | title) & words("militancy")) or _people_of(parts, readings)
                or _foreigners(happening, parts))
    border = any(p.place.kind == "crossing" for s in happening.scenes for p in s.places) or bool(
        lemmas & words("border")
    )
    doc = readings.parsed.doc
    told = [doc.char_span(a.start, a.end) or () for s in happening.scenes for a in s.actions]
    own = {t.lemma_.lower() for span in told for t in span}  # "went on strike" is no strike from the air
    fought = bool(((lemmas | title) - own) & (words("militancy") | words("fighting")))
    return armed or border or fought or _people_of(parts, readings)




def _people_of(parts: Parts, readings: Readings) -> bool:
    """Whether refugees or migrants are meant: people whom the table of actors tells apart from civilians."""
    return any(
        kind(a) == "civilians" and "." not in a and a != "CIV"
        for c in (parts.agents, parts.targets, parts.named)
        for a in c
    )


def _foreigners(happening: Happening, parts: Parts) -> bool:
    """Whether it befalls people of one border state in the other: Afghans rounded up in Islamabad."""
    here = happening.place.country if happening.place else None
    theirs = {country_of(a) for a in parts.targets if is_civilian(a)} & set(home_countries())
    return here is not None and bool(theirs - {here})


def _foreign(parts: Parts, happening: Happening) -> bool:
    """Whether another state fights or counts the dead: its conflict is not ours. Forces that fought here are."""
    fighting = {a for c in (parts.agents, parts.both) for a in c}
    if any(is_group(a) for a in fighting) and any(root(a) in home_states() for a in parts.victims if is_state(a)):
        return False  # gunmen who hit our forces beside another state's
    theirs = any(is_state(a) and root(a) not in home_states() for a in parts.victims)
    meant = {root(a) for a in parts.targets if is_state(a)}
    theirs = theirs or (bool(meant) and not meant & home_states())
    if theirs and happening.place is None and not any(is_group(a) for a in parts.named):
        return True  # mourned here, fallen elsewhere
    sources = {f.by for s in happening.scenes for f in s.figures if f.by}
    struck = happening.types & {"shelling", "air_strike"}  # "Indian missile strikes", not of those that fought here
    nations = {a for a in parts.nations if struck and not has_forces(a)}
    return any(kind(a) == "state" and root(a) not in home_states() for a in fighting | sources | nations)


def _abroad(readings: Readings, happening: Happening) -> bool:
    """Whether headline or clauses put an unknown place into another country ("killed in Iran's …")."""
    told = {s.sentence for s in happening.scenes} | {0}
    lands = [p.place for p in readings.places if p.sentence in told and p.role == "location" and p.place.place_id]
    return any(land.country is not None and land.country not in home_countries() for land in lands)


def _elsewhere(readings: Readings, happening: Happening, parts: Parts, place: Place | None) -> bool:
    """Whether the clauses or the headline speak of another conflict of the border states ("across the LoC")."""
    if any(is_group(a) and a != unnamed_group() for a in parts.named):
        return False
    if place is not None and (place.province or "").lower() in words("elsewhere"):
        return True
    told = {s.sentence for s in happening.scenes} | {0}
    said = " ".join(re.sub(r"\W+", " ", readings.parsed.sentences[n].text.lower()) for n in told)
    return any(f" {re.sub(r'[^a-z]+', ' ', phrase)} " in f" {said} " for phrase in words("elsewhere"))


def about_the_border(readings: Readings) -> bool:
    """Whether the article names a place of the border states or one of the states: else its soldiers are another's."""
    if any(p.place.country in home_countries() for p in readings.places):
        return True
    groups = {m.actor for m in readings.actors if m.actor and is_group(m.actor)} - {unnamed_group()}
    if any(root(group).lower() not in words("transnational") for group in groups):
        return True  # a group of ours: "the TTP called off its ceasefire"
    if any(nationalities().get(word) in home_states() for word in re.split(r"\W+", readings.parsed.text)):
        return True  # "Afghan soil"
    return any(
        m.kind in {"state", "nationality"} or _of_nation(readings, m.start, m.end)
        for m in readings.actors
        if root(m.actor) in home_states()
    )


def _of_nation(readings: Readings, start: int, end: int) -> bool:
    """Whether the words name the nation themselves ("Afghan embassy", not "the embassy")."""
    return any(word in nationalities() for word in re.split(r"\W+", readings.parsed.text[start:end]))


def _counted(readings: Readings, happening: Happening) -> bool:
    """Whether it is only told in statistics: no day of its own, and counts over many happenings all around."""
    if happening.date is not None and (happening.date[1] - happening.date[0]).days <= 3:
        return False
    return all(
        {t.lemma_.lower() for t in readings.parsed.sentences[s.sentence]} & words("statistics")
        or _statistical(readings)
        for s in happening.scenes
    )


def _statistical(readings: Readings) -> bool:
    """Whether headline and lead are about statistics."""
    lead = [n for n, paragraph in enumerate(readings.parsed.paragraphs) if paragraph <= 1]
    return len({t.lemma_.lower() for n in lead for t in readings.parsed.sentences[n]} & words("statistics")) > 0


def _vague(happening: Happening, place: Place | None) -> bool:
    """Violence without day, district, figure or a stand in headline or lead is talk about violence."""
    return (
        happening.date is None
        and (place is None or place.geo_precision in {"province", "country"})
        and not any(s.paragraph <= 1 or [f for f in s.figures if not f.aggregate] for s in happening.scenes)
    )


def _any_attacks(readings: Readings, happening: Happening, place: Place | None) -> bool:
    """ "Blamed Kabul on Thursday for the attacks in Pakistan": a plural over a whole country, the day of the blame."""
    told = [a for s in happening.scenes for a in s.actions if a.strength != "cue"]
    return (
        (place is None or place.geo_precision == "country")
        and bool(told)
        and all(a.event_type == "armed_attack" and readings.parsed.doc[a.token].tag_ == "NNS" for a in told)
        and not any(s.figures for s in happening.scenes)
    )


def _total(happening: Happening, event_type: str, published: dt.date) -> bool:
    """A figure for a period of more than three days (a week for deportations) up to now is a total, no event."""
    if happening.date is None:
        return False
    start, end, precision = happening.date
    since = [d for s in happening.scenes for d in s.dates if d.role == "since"]
    if happening.family == "violence" and any(
        (published - d.date_start).days > 3 and d.date_start == start for d in since
    ):
        return True
    killed = any(f.measure == "killed" and not f.aggregate for s in happening.scenes for f in s.figures)
    if happening.family == "violence" and killed and (end - start).days > 31:
        return True
    longest = 7 if event_type == "deportation" else 3
    return (
        happening.family in {"violence", "deportation", "arrest"}
        and (end - start).days > longest
        and (published - end).days <= 2
        and precision != "week"
    )



def _violence(readings: Readings, happening: Happening, event_type: str, parts: Parts, place: Place | None) -> bool:
    if place is not None and place.country not in {"PK", "AF", None}:
        return False
    if place is not None and place.province is None and place.place_id is None and _abroad(readings, happening):
        return False
    if _foreign(parts, happening) or _elsewhere(readings, happening, parts, place):
        return False
    actors = [*parts.named, *parts.victims, *(a for a in parts.both if kind(a) == "community")]
    if (
        (place is None or place.country is None)
        and not ({root(a) for a in actors} & home_states())
        and not any(is_group(a) and a != unnamed_group() for a in actors)
    ):
        return False
    lemmas = lemmas_of(readings, {0, *(s.sentence for s in happening.scenes)})
    if event_type == "shelling" and not any(is_group(a) for a in actors) and lemmas & words("crowd"):
        return False  # tear gas is fired at a crowd
    if event_type in {"bombing", "shelling"} and not any(is_group(a) for a in actors) and is_stray(readings, happening):
        return False
    if event_type in {"armed_attack", "armed_clash", "abduction"} and is_private(readings, happening, parts, actors):
        return False
    if (
        event_type == "bombing"
        and not any(is_group(a) or kind(a) == "community" for a in actors)
        and not lemmas & (words("device") | words("militancy"))
        and not (parts.struck and any(is_force(a) for a in parts.victims))  # "their vehicle was hit by a blast"
    ):
        return False  # a blast of unknown cause that nobody calls an attack
    if event_type in {"bombing", "air_strike", "shelling", "border_clash", "security_operation"}:
        return True
    if any(is_group(a) and a != unnamed_group() for a in actors):
        return True
    if event_type == "armed_clash" and lemmas & words("crime") and not lemmas & words("militancy"):
        return False  # a robber's shootout with the police
    hit = [*parts.victims, *parts.targets, *parts.aimed]
    if parts.victims and all(map(is_group, parts.victims)) and any(is_force(a) for a in parts.named):
        return True  # beaten off by those whom it was made on
    if event_type == "armed_clash" and any(kind(a) == "community" for a in actors):
        return True  # tribe against tribe
    if any(is_state(a) or kind(a) in {"community", "organisation"} for a in hit):
        return True
    if event_type == "armed_clash" and any(is_force(a) for a in parts.both):
        return True
    if any(map(is_group, parts.victims)) and event_type == "armed_attack" and not lemmas & words("crime"):
        return True  # attackers who fell in their own attack
    gunmen = unnamed_group() in parts.agents
    if gunmen and (event_type == "abduction" or _of_state(parts)):
        return True
    return bool(lemmas & (words("militancy") | words("protected")))


def _of_state(parts: Parts) -> bool:
    """Whether what was hit is a state's own: a police post."""
    owners = {owner for word in parts.struck for owner in list(target_words()[word].values())[1:3] if owner}
    return any(kind(a) in {"military", "police", "government"} for a in (*parts.aimed, *owners))
