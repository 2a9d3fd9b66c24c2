"""Figures that stand in a sentence without a word for the happening ("It cost the lives of four soldiers")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from etl.coding.identity import Happening, together
from etl.coding.scenes import Readings, Scene, starts_another
from etl.coding.stances import said_earlier

_REACH = 2  # sentences between a happening and a figure that goes on with it
_COUNTING = {"violence", "protest"}  # families of happenings that have casualties


def gather_strays(readings: Readings, happenings: Sequence[Happening]) -> None:
    """Give each figure that no happening holds to the violent one told last, in the same sentence or just before.

    Left alone are totals over longer times, and sentences that turn to another story, day or place.
    """
    free = [f for f in readings.figures if not f.aggregate and not f.named]  # who is named is mostly counted elsewhere
    held = {f.anchor for h in happenings if h.family in _COUNTING for s in h.scenes for f in s.figures}
    violent = [h for h in happenings if h.family == "violence"]
    sentences = readings.parsed.sentences
    for number in sorted({f.sentence for f in free if f.anchor not in held}):
        if number == 0:
            if len(violent) == 1 and violent[0].scenes[0].sentence == 0:
                told_first = violent[0].scenes[0]
                more = tuple(f for f in free if f.sentence == 0 and f.anchor not in held)
                violent[0].scenes[0] = replace(told_first, figures=(*told_first.figures, *more))
            continue
        if starts_another(sentences[number].text) and not said_earlier(sentences[number]):
            continue
        told = [
            (scene.sentence, place, happening)
            for happening in violent
            for place, scene in enumerate(happening.scenes)
            if 0 < scene.sentence <= number and number - scene.sentence <= _REACH
        ]
        if not told:
            continue
        _, place, happening = max(told, key=lambda t: t[0])
        if _elsewhere(readings, number, happening):
            continue
        strays = tuple(f for f in free if f.sentence == number and f.anchor not in held)
        host: Scene = happening.scenes[place]
        happening.scenes[place] = replace(host, figures=(*host.figures, *strays))


def carry_means(happenings: Sequence[Happening]) -> None:
    """"Jets struck two districts. Five people died in Spera. Three more were killed in Asadabad": who is told to have
    died at another place right behind died by the same means, on the same day, where no other doer is named."""
    violent = [h for h in happenings if h.family == "violence"]
    for before, happening in pairwise(violent):
        scene = happening.scenes[0]
        bare = all(a.strength == "weak" and a.event_type == "armed_attack" for s in happening.scenes for a in s.actions)
        doers = any(m.kind in {"armed group", "military"} for m in scene.actors)
        if not bare or doers or scene.marker or not scene.figures or scene.sentence - before.last_sentence > 1:
            continue
        means = [a for s in before.scenes for a in s.actions
                 if a.strength == "strong" and a.modality == "real" and a.event_type in _MEANS]
        if means:
            happening.scenes[0] = replace(scene, actions=(*scene.actions, means[0]))
            happening.date = happening.date or before.date


_MEANS = {"air_strike", "shelling", "bombing"}


def _elsewhere(readings: Readings, number: int, happening: Happening) -> bool:
    """Whether the sentence names a place apart from the happening's, or another day."""
    for mention in readings.places:
        if mention.sentence == number and mention.role == "location" and happening.place is not None \
                and together(mention.place, happening.place) is False:
            return True
    span = readings.parsed.sentences[number]
    for date in readings.dates:
        if span.start_char <= date.start < span.end_char and date.role in {"point", "range", "since"} \
                and happening.date is not None \
                and (date.date_start > happening.date[1] or happening.date[0] > date.date_end):
            return True
    return False
