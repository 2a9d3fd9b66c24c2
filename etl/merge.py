"""One event from its reports: what most of the best reports say, the most precise place, nobody left out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from etl.actors import root
from etl.article import Article, CodedEvent
from etl.schema import GEO_PRECISIONS, PRECISIONS

Value = TypeVar("Value", bound=Hashable)
_PLACE = ("place", "district", "province", "country", "geo_precision", "place_id", "latitude", "longitude",
          "km_to_border")


@dataclass(frozen=True)
class Told:
    """An event as one article tells it; `original` is the article of which that one is a near-copy, or itself."""

    event: CodedEvent
    article: Article
    original: str


@dataclass(frozen=True)
class Merged:
    """The event, and the report that shows it best."""

    coded: CodedEvent
    best: Told


def merge(reports: Sequence[Told]) -> Merged:
    """One event from its reports.

    A report that was written to tell the event outweighs one that mentions it in passing. Dates come from the reports
    with the most precise dates, the place from those with the most precise place; among equals the majority decides,
    then the earliest report. Mediators, claims and denials of responsibility and further places are gathered from all.
    """
    ranked = sorted(reports, key=_rank)
    best = ranked[0]
    event_type = _vote(ranked, lambda told: told.event.event_type)
    finest = min(PRECISIONS.index(told.event.date_precision) for told in ranked)
    dated = [told for told in ranked if PRECISIONS.index(told.event.date_precision) == finest]
    dates = _vote(dated, lambda told: (told.event.date_start, told.event.date_end))
    nearest = min(GEO_PRECISIONS.index(told.event.geo_precision) for told in ranked)
    placed = [told for told in ranked if GEO_PRECISIONS.index(told.event.geo_precision) == nearest]
    where = _vote(placed, lambda told: tuple(getattr(told.event, name) for name in _PLACE[:4]))
    place = next(told.event for told in placed if tuple(getattr(told.event, name) for name in _PLACE[:4]) == where)
    side_a, side_b = _vote(ranked, lambda told: (told.event.actors_a, told.event.actors_b))
    others = [name for name in _gather(ranked, "other_places") if name not in (place.place, place.district)]
    coded = replace(
        best.event, event_type=event_type,
        salience="main" if any(told.event.salience == "main" for told in ranked) else "background",
        date_start=dates[0], date_end=dates[1], date_precision=PRECISIONS[finest],
        actors_a=_sharpen(side_a, ranked), actors_b=_sharpen(side_b, ranked), mediators=_gather(ranked, "mediators"),
        claimed_by=_gather(ranked, "claimed_by"), denied_by=_gather(ranked, "denied_by"), other_places=tuple(others),
        **{name: getattr(place, name) for name in _PLACE},
    )
    return Merged(coded, best)


def _rank(told: Told) -> tuple[bool, int, int, float, dt.date, str, int]:
    event = told.event
    return (event.salience != "main", PRECISIONS.index(event.date_precision), GEO_PRECISIONS.index(event.geo_precision),
            -event.confidence, told.article.published, told.article.id, event.evidence_start)


def _vote(ranked: Sequence[Told], value: Callable[[Told], Value]) -> Value:
    """The value with the most votes; a report that tells the event as its news counts twice, the best one in a tie."""
    votes: Counter[Value] = Counter()
    for told in ranked:
        votes[value(told)] += 2 if told.event.salience == "main" else 1
    return votes.most_common(1)[0][0]


def _gather(ranked: Sequence[Told], name: str) -> tuple[str, ...]:
    return tuple(sorted({value for told in ranked for value in getattr(told.event, name)}))


def _sharpen(side: tuple[str, ...], ranked: Sequence[Told]) -> tuple[str, ...]:
    """The side with a root actor replaced by the branch of it that most reports name, where they name one at all."""
    sharp = []
    for actor in side:
        branches = Counter(other for told in ranked for other in (*told.event.actors_a, *told.event.actors_b)
                           if other != actor and root(other) == actor)
        sharp.append(branches.most_common(1)[0][0] if branches and actor == root(actor) else actor)
    return tuple(dict.fromkeys(sharp))
