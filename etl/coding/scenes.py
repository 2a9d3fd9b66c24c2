"""A scene: what one clause tells of one happening, with the date, place, figures and actors that stand beside it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import takewhile

from etl.coding.actions import Action
from etl.coding.actors import ActorMention
from etl.coding.casualties import Figure
from etl.coding.dates import DateMention
from etl.coding.kinds import country_of, home_countries, home_states, is_civilian, is_state, root, state_of
from etl.coding.needs import satisfied
from etl.coding.parse import Parsed
from etl.coding.places import Place, PlaceMention, locate
from etl.coding.referring import (
    counted_off,
    day_of_another,
    day_of_lasting,
    day_of_speech,
    is_another,
    of_pronoun,
    of_source,
    refers_back,
)
from etl.coding.stances import said_earlier
from etl.reference import read_table

# A clause may be cut off where a new statement of its own begins.
_CUT = re.compile(
    r";|,? (?:while|whereas)\b(?! (?:they|he|she|it)\b| \w+ing\b)"
    r"|, (?:and|but) (?=in \w|on \w|another|the other)|\. |: (?=[A-Z])")
# "The attack came a day after …": the day counts from something else.
_FROM_ELSEWHERE = re.compile(r"\W+(?:after|before|prior|ahead)\b", re.I)
_SPOKE = re.compile(
    r"\b(?:said|saying|told|telling|says?|stated|announc(?:ed|ing)|reported|claim(?:ed|ing)|confirm(?:ed|ing)|add(?:ed|ing)|tweeted|wrote|raising)\W+(?:\w+\W+){0,3}?$",
    re.I,
)


@dataclass(frozen=True)
class Readings:
    """All that was found in one parsed article, each list in the order of the text."""

    parsed: Parsed
    actions: Sequence[Action]
    actors: Sequence[ActorMention]
    places: Sequence[PlaceMention]
    dates: Sequence[DateMention]
    figures: Sequence[Figure]
    speakers: Sequence[str | None]


@dataclass(frozen=True)
class Scene:
    """One clause with its triggers of one group.

    `actions` are the triggers (the first is the strongest); `dates` are the clause's own dates of happening,
    `statement` the day on which somebody said so.
    """

    group: str
    actions: tuple[Action, ...]
    sentence: int
    paragraph: int
    start: int
    end: int
    dates: tuple[DateMention, ...] = ()
    statement: DateMention | None = None
    places: tuple[PlaceMention, ...] = ()
    place: Place | None = None
    figures: tuple[Figure, ...] = ()
    actors: tuple[ActorMention, ...] = ()
    marker: bool = False
    back: bool = False
    trace: dict = field(default_factory=dict, compare=False)

    @property
    def refers_back(self) -> bool:
        """Whether it speaks of what was told before: "the blast", "this attack", "both attacks"."""
        return self.back

    @property
    def strength(self) -> str:
        """The strongest of the scene's triggers that the text says happened; empty when none did."""
        real = {a.strength for a in self.actions if a.modality in {"real", "state"}}
        return next((s for s in ("strong", "weak", "cue") if s in real), "")


@cache
def group_of() -> dict[str, str]:
    """Event type → group, from `event_types.csv`."""
    return {row["event_type"]: row["group"] for row in read_table("event_types").rows}


@cache
def _discourse() -> re.Pattern[str]:
    words = [re.escape(row["phrase"]) for row in read_table("discourse_words").rows if row["meaning"] == "another"]
    return re.compile(r"^\W*(?:" + "|".join(sorted(words, key=len, reverse=True)) + r")\b", re.I)


@cache
def _aftermath() -> re.Pattern[str]:
    words = [re.escape(row["phrase"]) for row in read_table("discourse_words").rows if row["meaning"] == "aftermath"]
    return re.compile(r"\b(?:" + "|".join(words) + r")\b", re.I)


def starts_another(clause: str) -> bool:
    """Whether the words announce another story, not just another statement about the same."""
    found = _discourse().match(clause)
    return found is not None and not _STATEMENT.match(clause, found.end())


# "In a separate statement" is another source, no other story.
_STATEMENT = re.compile(r"\W+(?:\w+\W+)?(?:statement|tweet|post|message|interview|press|report|briefing)\b", re.I)


def find_scenes(readings: Readings) -> list[Scene]:
    """The scenes of an article in order, one a clause and group of event types."""
    scenes: list[Scene] = []
    parsed = readings.parsed
    by_sentence: dict[int, list[Action]] = {}
    lead = lead_parties(readings)
    for action in readings.actions:
        by_sentence.setdefault(action.sentence, []).append(action)
    home = any(p.place.country in home_countries() for p in readings.places)
    parts = _by_sentence(readings)
    for number, actions in sorted(by_sentence.items()):
        part = parts[number]
        actions = [a for a in actions if satisfied(parsed.doc, a, part.actors, part.places, lead)]
        for start, end in _clauses(part, number, actions):
            inside = [a for a in actions if start <= a.start < end]
            groups: dict[str, list[Action]] = {}
            for action in inside:
                groups.setdefault(family(action.event_type), []).append(action)
            for group, members in groups.items():
                scene = _scene(part, group, members, number, start, end, len(groups), home)
                before = next((s for s in _of_sentence(scenes, number) if s.dates), None)
                if not scene.dates and before and before.start < start and before.dates[0].precision != "day":
                    scene = replace(scene, dates=before.dates)  # "In May two …, while in Bannu two …"
                scenes.append(scene)
    return scenes


def _of_sentence(scenes: Sequence[Scene], number: int) -> Iterator[Scene]:
    """The scenes of the sentence told last, the latest first."""
    return takewhile(lambda scene: scene.sentence == number, reversed(scenes))


def _by_sentence(readings: Readings) -> list[Readings]:
    """What was found in each sentence: in a long article nobody goes through all of it for each clause."""
    parsed = readings.parsed
    starts = [sentence.start_char for sentence in parsed.sentences]
    figures: list[list[Figure]] = [[] for _ in starts]
    made = [replace(readings, actors=[], places=[], dates=[], figures=own) for own in figures]
    for name, found in (("actors", readings.actors), ("places", readings.places), ("dates", readings.dates)):
        for one in found:
            getattr(made[max(0, bisect_right(starts, one.start) - 1)], name).append(one)
    for figure in readings.figures:
        figures[parsed.sentence_of[figure.anchor]].append(figure)
    return made


def lead_parties(readings: Readings) -> frozenset[str]:
    """Roots of the border states where headline and first two paragraphs name both: the article is about them.

    Their peoples count as well ("talks with Afghans").
    """
    paragraphs = readings.parsed.paragraphs
    lead = {m.actor for m in readings.actors if m.actor and paragraphs[m.sentence] < 3}
    named = {root(a) for a in lead if is_state(a)}
    named |= {root(state_of(country_of(a)) or "") for a in lead if is_civilian(a)}
    return frozenset(named & home_states()) if len(named & home_states()) == 2 else frozenset()


def family(event_type: str) -> str:
    """Event types that may tell one and the same happening share a family."""
    group = group_of()[event_type]
    return group if group == "violence" else "talking" if event_type in {"talks", "talks_failure"} else event_type


def _clauses(readings: Readings, number: int, actions: list[Action]) -> list[tuple[int, int]]:
    """The sentence as one span, or as several where parts have a trigger, and a place or date, each of their own."""
    sentence = readings.parsed.sentences[number]
    start, end = sentence.start_char, sentence.end_char
    cuts = [start, *(start + m.start() for m in _CUT.finditer(sentence.text)), end]
    spans = [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if b > a]
    if len(spans) < 2:
        return [(start, end)]
    merged: list[list[int]] = []
    for a, b in spans:
        whole = any(a <= x.start < b and x.strength != "cue" for x in actions) and (
            any(a <= p.start < b and p.role == "location" for p in readings.places) or number == 0
        )
        if merged and not (whole and merged[-1][2]):
            merged[-1][1] = b
            merged[-1][2] = merged[-1][2] or whole
        else:
            merged.append([a, b, whole])
    return [(a, b) for a, b, _ in merged]


def _scene(
    readings: Readings, group: str, actions: list[Action], number: int, start: int, end: int, n_groups: int, home: bool
) -> Scene:
    """The scene of the clause from `start` to `end`; `readings` are those of its sentence, `home` says whether the
    article names a place in a country of the region."""
    rank = {"strong": 0, "weak": 1, "cue": 2}
    actions = sorted(actions, key=lambda a: (a.modality != "real", rank[a.strength], a.start))
    parsed, anchor = readings.parsed, actions[0].start
    text = parsed.text
    dates, statement = [], None
    for date in readings.dates:
        if not start <= date.start < end or date.role in {"dateline", "future", "until"}:
            continue
        if day_of_lasting(actions, date) or day_of_another(readings, date, actions):
            continue
        elsewhere = date.kind == "relative" and _FROM_ELSEWHERE.match(text, date.end)
        if elsewhere and any(refers_back(parsed.doc[a.token]) for a in actions):
            continue
        if text[start : date.end].endswith((" after", " before")) and all(
            refers_back(parsed.doc[a.token]) for a in actions
        ):
            continue  # "the attack came a day after the minister spoke": the day is that of the speech
        spoken = group == "violence" and day_of_speech(readings, date, actions)
        if spoken or _SPOKE.search(text[max(start, date.start - 60) : date.start]):
            statement = date
        else:
            dates.append(date)
    if group == "violence" and _aftermath().search(text, start, end):
        dates = [d for d in dates if not _aftermath().search(text, max(start, d.start - 60), d.start)]
    dates.sort(key=lambda d: (d.role == "duration", abs(d.start - anchor)))
    figures = tuple(
        of_pronoun(readings, f, number) for f in readings.figures if start <= parsed.doc[f.anchor].idx < end
    )
    if dates or any(not f.aggregate for f in figures):
        actions = [replace(a, modality="real") if a.modality == "kind" else a for a in actions]
    if group == "violence":
        actions = [replace(a, modality="generic") if counted_off(parsed.doc[a.token]) else a for a in actions]
    places = [p for p in readings.places if start <= p.start < end]
    located = [p for p in places if p.role == "location" and not of_source(parsed, p)]
    if group == "violence":  # talks in Istanbul are no place of the clash that the sentence also tells
        near = [p for p in located if p.place.country is None or p.place.country in home_countries()]
        located = near if near or home else located
    if n_groups > 1 and group != "violence":
        located = _nearest(located, anchor)
    return Scene(
        group=group,
        actions=tuple(actions),
        sentence=number,
        paragraph=readings.parsed.paragraphs[number],
        start=start,
        end=end,
        dates=tuple(dates),
        statement=statement,
        places=tuple(places),
        place=locate(located) if located else None,
        figures=figures,
        actors=tuple(m for m in readings.actors if start <= m.start < end),
        back=number > 0
        and not any(is_another(parsed.doc[a.token]) for a in actions if a.strength != "cue")
        and (
            all(a.reaction for a in actions)
            or any(refers_back(parsed.doc[a.token]) for a in actions if a.modality in {"real", "kind", "state"})
        ),
        marker=any(is_another(parsed.doc[a.token]) for a in actions if a.strength != "cue")
        or (
            starts_another(text[readings.parsed.sentences[number].start_char : end])
            and (bool(located) or not said_earlier(readings.parsed.sentences[number]))
        )
        if start == readings.parsed.sentences[number].start_char
        else True,
    )


def _nearest(places: list[PlaceMention], anchor: int) -> list[PlaceMention]:
    """Places whose chain stands nearest to the trigger, when the sentence tells of several happenings."""
    if len(places) < 2:
        return places
    best = min(places, key=lambda p: abs(p.start - anchor))
    return [p for p in places if abs(p.start - best.start) < 60]
