"""From the readings of one article to its events: scenes, happenings, rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from etl.article import Casualty, CodedEvent
from etl.coding.confidence import DOUBT, features, probabilities
from etl.coding.event_type import decide_type, one_statement
from etl.coding.excerpt import best_scene, evidence, trigger
from etl.coding.gazetteer import gazetteer, key
from etl.coding.headings import is_opinion, without_subheadings
from etl.coding.identity import Happening, group_scenes, in_lead, together, when
from etl.coding.kinds import home_countries, home_states, is_group, kind, of_its_time, root, seat
from etl.coding.parts import Parts
from etl.coding.places import Place, PlaceMention, locate
from etl.coding.scenes import Readings, Scene, find_scenes, group_of
from etl.coding.scope import in_scope
from etl.coding.sides import attackers, decide_sides
from etl.coding.speech import Stance
from etl.coding.strays import carry_means, gather_strays
from etl.coding.tolls import casualties_of, named_alike, without_totals
from etl.coding.whereabouts import names_unknown_place, only_province, whereabouts

_PEOPLE = {"arrest", "protest", "displacement", "deportation"}
_DEEP = 5  # paragraphs: contacts told below that without a day are recalled
_FRESH = 2  # days: a happening that ended before is what the article recalls, not what it reports


def find_events(readings: Readings, stances: Sequence[Stance]) -> list[CodedEvent]:
    """The events of one article in order of first telling, each with its confidence, without the doubtful ones."""
    candidates, events = happenings_of(readings, stances), []
    for happening, event in candidates:
        found, right = probabilities(features(readings, happening, event, len(candidates)))
        if event.salience == "background" or found >= DOUBT:
            events.append(replace(event, confidence=round(right, 3)))
    return one_statement(events)


def happenings_of(readings: Readings, stances: Sequence[Stance]) -> list[tuple[Happening, CodedEvent]]:
    """Every happening that the article may tell of, with the row it makes, before doubt is weighed."""
    published = readings.parsed.article.published
    happenings = group_scenes(without_subheadings(readings.parsed, find_scenes(readings)), published)
    happenings = _one_clash(readings, happenings)
    _dated_by_lead(readings, happenings)
    carry_means(happenings)
    gather_strays(readings, happenings)
    for happening in happenings:
        happening.scenes = without_totals(happening, happenings, published)
    happenings = _only_arrests(readings, happenings)
    fights = [(h, s.sentence) for h in happenings if h.family == "violence" for s in h.scenes if s.strength]
    violent = {sentence for _, sentence in fights}
    made: list[tuple[Happening, CodedEvent]] = []
    people = [h for h in happenings if h.family in _PEOPLE]
    for happening in [h for h in happenings if h.family not in _PEOPLE] + people:
        within = {sentence for h, sentence in fights if _at_once(happening, h)}
        if happening.family == "arrest" and all(s.sentence in within for s in happening.scenes):
            continue  # arrests in an operation are part of it
        if happening.family == "protest":
            happening.scenes = [replace(s, figures=()) if s.sentence in violent else s for s in happening.scenes]
        told = [(h, e) for h, e in made if h.family in {"violence", "border_closure"} and e.salience == "main"]
        amid = any(_published(readings, h, e, len(happenings)) for h, e in told)
        event = _event(readings, happening, stances, published, amid)
        if event is not None:
            made.append((happening, event))
    return sorted(made, key=lambda told: happenings.index(told[0]))


def _at_once(one: Happening, other: Happening) -> bool:
    """Whether two happenings may be of the same days."""
    return one.date is None or other.date is None or (
        one.date[0] <= other.date[1] and other.date[0] <= one.date[1])


def _only_arrests(readings: Readings, happenings: list[Happening]) -> list[Happening]:
    """Without the raids that only say how somebody was arrested ("nabbed in a raid"): nobody was hurt in them."""
    caught = {s.sentence for h in happenings if h.family == "arrest" for s in h.scenes if s.strength != "cue"}
    means = lambda h: h.types <= {"security_operation"} and all(  # noqa: E731
        s.sentence in caught and not s.figures
        and not any(readings.parsed.doc[a.token].pos_ == "VERB" for a in s.actions) for s in h.scenes
    )
    return [h for h in happenings if h.family != "violence" or not means(h)]


def _published(readings: Readings, happening: Happening, event: CodedEvent, n_happenings: int) -> bool:
    """Whether the row is sure enough to be published: a doubtful one draws nothing else into scope."""
    return probabilities(features(readings, happening, event, n_happenings))[0] >= DOUBT


def _event(
    readings: Readings, happening: Happening, stances: Sequence[Stance], published: dt.date, amid: bool
) -> CodedEvent | None:
    parts = Parts(readings, happening)
    place, others = _where(readings, happening)
    event_type = decide_type(readings, happening, parts, place.country if place else None)
    start, end, precision = when(happening, published, event_type)
    claimed = _stance(stances, happening, "claimed")
    denied = _stance(stances, happening, "denied")
    country = place.country if place else None
    if not in_scope(readings, happening, event_type, parts, place, amid):
        return None
    violent = group_of()[event_type] == "violence"
    casualties = casualties_of(happening) if violent or event_type == "protest" else []
    known = attackers(event_type, parts, country, claimed, denied) if violent else ((), ())
    casualties = named_alike(casualties, event_type, (*known[0], *known[1]), country)
    side_a, side_b = decide_sides(event_type, parts, country, casualties, claimed, denied)
    place = _stated_at(readings, event_type, side_a, place)
    country = place.country if place else None
    then = lambda ids: tuple(dict.fromkeys(of_its_time(a, end) for a in ids))  # noqa: E731
    mediators = then(_mediators(parts, event_type, side_a, side_b))
    evidence_start, evidence_end = evidence(readings, happening)
    return CodedEvent(
        event_type=event_type,
        salience=_salience(readings, happening, end, published, event_type),
        date_start=start,
        date_end=end,
        date_precision=precision,
        place=place.name if place and place.geo_precision in {"place", "district"} else None,
        district=place.district if place else None,
        province=place.province if place else None,
        country=country,
        geo_precision=place.geo_precision if place else "country",
        other_places=others,
        actors_a=then(side_a),
        actors_b=then(side_b),
        mediators=mediators,
        casualties=tuple(
            Casualty(
                of_its_time(c.side, end) if c.side else None,
                c.killed,
                c.injured,
                of_its_time(c.by, end) if c.by else None,
                *readings.parsed.original(c.start, c.end),
            )
            for c in casualties
        ),
        claimed_by=then(claimed),
        denied_by=then(denied),
        evidence_start=evidence_start,
        evidence_end=evidence_end,
        trigger=trigger(readings, happening),
        place_id=place.place_id if place else None,
        latitude=place.latitude if place and place.geo_precision == "place" else None,
        longitude=place.longitude if place and place.geo_precision == "place" else None,
        km_to_border=place.km_to_border if place and place.geo_precision == "place" else None,
    )


def _one_clash(readings: Readings, happenings: list[Happening]) -> list[Happening]:
    """Shots, shells and losses told beside a border clash are the clash's, unless they have a day, group or far place.

    A closing without a day of its own is dated by the clash told before it.
    """
    violent = [h for h in happenings if h.family == "violence"]
    parts = {id(h): Parts(readings, h) for h in violent}
    clashes = [h for h in violent if decide_type(readings, h, parts[id(h)]) == "border_clash"]
    kept = []
    for happening in happenings:
        into = next((c for c in clashes if c is not happening and _belongs(happening, c, parts)), None)
        if into is None or happening in clashes[:1]:
            kept.append(happening)
        else:
            for scene in happening.scenes:
                into.add(scene)
            if happening in clashes:
                clashes.remove(happening)
    for happening in kept:
        if happening.family in {"border_closure", "displacement"} and (happening.date is None or _wide(happening)):
            near = [
                v
                for v in violent
                if v.date and not _wide(v) and 0 <= happening.scenes[-1].sentence - v.scenes[0].sentence <= 4
            ]
            if near:
                happening.date = near[-1].date
    return kept


def _dated_by_lead(readings: Readings, happenings: list[Happening]) -> None:
    """ "Attacks in Bannu and Tank on Friday": the day of the lead holds for what is told of Tank below."""
    lead = next((n for n, p in enumerate(readings.parsed.paragraphs) if p == 1), None)
    if lead is None:
        return
    named = [p.place for p in readings.places if p.sentence == lead and p.role == "location" and p.place.district]
    dated = [h for h in happenings if h.family == "violence" and h.date and any(s.sentence == lead for s in h.scenes)]
    days = {h.date for h in dated if h.date and h.date[2] == "day"}
    if len(days) != 1 or len({place.district for place in named}) < 2:
        return
    for happening in happenings:
        dayless = happening.family == "violence" and happening.date is None
        if dayless and happening.place and any(together(happening.place, place) for place in named):
            happening.date = next(iter(days))


def _wide(happening: Happening) -> bool:
    return happening.date is not None and (happening.date[1] - happening.date[0]).days > 2


def _belongs(happening: Happening, clash: Happening, parts: dict[int, Parts]) -> bool:
    if happening.family != "violence":
        return False
    mine = parts[id(happening)]
    if any(is_group(a) for a in (*mine.agents, *mine.named, *mine.victims)) or any(
        s.marker and s.sentence > 0 for s in happening.scenes[:1]
    ):
        return False
    if happening.date is None:
        same_day = True
    elif clash.date is None:
        same_day = all(s.sentence == 0 for s in clash.scenes)  # told by the headline alone
    else:
        same_day = happening.date[0] <= clash.date[1] and clash.date[0] <= happening.date[1]
    near = together(happening.place, clash.place) if happening.place and clash.place else None
    fire = {"shelling", "armed_clash", "armed_attack"} & happening.types
    return (
        bool(fire)
        and same_day
        and near is not False
        and not ({"bombing", "air_strike", "security_operation"} & happening.types)
    )


def _where(readings: Readings, happening: Happening) -> tuple[Place | None, tuple[str, ...]]:
    """The most specific place that the happening's clauses tell, else the nearest told before, else the dateline."""
    mentions: list[PlaceMention] = []
    for scene in happening.scenes:
        mentions += [p for p in scene.places if p.role == "location"]
    place = happening.place or (locate(mentions) if mentions else None)
    if place is None or place.geo_precision in {"country", "border"}:
        scene = best_scene(happening)
        found = whereabouts(readings.parsed, readings.places, scene.start, scene.end)
        abroad = happening.family == "violence" and found is not None and found.country not in {None, *home_countries()}
        place = found if found is not None and not abroad else place
        if place is not None and happening.family == "violence" and names_unknown_place(readings, scene):
            place = only_province(place)
    names = dict.fromkeys(p.place.name for p in mentions if p.place.geo_precision == "place")
    others = tuple(n for n in names if place is None or n not in {place.name, place.district, place.province})[:6]
    return place, others


def _stated_at(readings: Readings, event_type: str, side_a: tuple[str, ...], place: Place | None) -> Place | None:
    """A démarche is made at the seat of the government that makes it; a statement where the dateline puts its speaker,
    else only in the speaker's country."""
    if event_type not in {"accusation", "threat", "diplomatic_protest"} or not side_a:
        return place
    home = seat(side_a[0])
    here = next((p.place for p in readings.places if p.role == "dateline"), None)
    capital = _city(home) if home else None
    if event_type == "diplomatic_protest" or capital is None:
        return capital or place
    if here is not None and here.country == capital.country:
        return here
    return replace(
        capital,
        place_id=None,
        name=capital.country or "",
        district=None,
        province=None,
        latitude=None,
        longitude=None,
        km_to_border=None,
        geo_precision="country",
    )


@cache
def _city(name: str) -> Place | None:
    """The largest place of that name in the gazetteer."""
    known = [e for e in gazetteer().names.get(key(name), ()) if e.level == "place"]
    if not known:
        return None
    e = max(known, key=lambda entry: entry.population)
    return Place(
        e.place_id, e.name, e.kind, e.district, e.province, e.country, e.latitude, e.longitude, e.km_to_border, "place"
    )


def _salience(readings: Readings, happening: Happening, end: dt.date, published: dt.date, event_type: str) -> str:
    if is_opinion(readings.parsed):
        return "background"
    age = (published - end).days
    if event_type == "border_closure" and any(_lasts(s) for s in happening.scenes if in_lead(s)):
        return "background"  # "remains closed": it began before
    if event_type == "border_closure" and happening.date is None and all(
        not in_lead(s) and readings.parsed.doc[a.token].pos_ == "NOUN" for s in happening.scenes for a in s.actions
    ):
        return "background"  # "losses because of the persistent closure"
    if (
        happening.family in {"talking", "agreement"}
        and happening.date is None
        and all(s.paragraph > _DEEP for s in happening.scenes)
    ):
        return "background"
    if age > _FRESH and not (age <= _FRESH + 1 and any(s.paragraph <= 1 for s in happening.scenes)):
        return "background"
    return "main"


def _lasts(scene: Scene) -> bool:
    """Whether a clause only says that a closing goes on."""
    told = [a for a in scene.actions if a.strength != "cue" and a.modality in {"real", "state"}]
    return bool(told) and all(a.modality == "state" for a in told)


def _stance(stances: Sequence[Stance], happening: Happening, what: str) -> list[str]:
    """Who claims or denies the happening, in its own clauses or in the sentences that follow them."""
    sentences = {s.sentence for s in happening.scenes}
    near = sentences | {n + 1 for n in sentences} | {n + 2 for n in sentences}
    return list(dict.fromkeys(s.actor for s in stances if s.stance == what and s.sentence in near))


def _mediators(parts: Parts, event_type: str, side_a: tuple[str, ...], side_b: tuple[str, ...]) -> list[str]:
    if event_type not in {"talks", "agreement", "talks_failure", "border_reopening"}:
        return []
    taken = {root(a) for a in (*side_a, *side_b)} | home_states()
    return [a for a, _ in parts.named.most_common() if kind(a) == "state" and root(a) not in taken][:3]
