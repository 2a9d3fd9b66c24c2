"""Events to and from rows in the codebook's fields: what `etl code` writes and `etl link` reads."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from etl.article import Article, Casualty, CodedArticle, CodedEvent
from etl.reference import vocabulary
from etl.schema import EVIDENCE_LIMIT, GEO_PRECISIONS, PRECISIONS, SALIENCE


def event_row(event: CodedEvent, article: Article) -> dict[str, Any]:
    """One event of `article` in the codebook's fields, ready for JSON; `evidence` is an exact piece of the article."""
    start, end = excerpt(event.evidence_start, event.evidence_end)
    return {
        "event_type": event.event_type,
        "salience": event.salience,
        "date_start": event.date_start.isoformat(),
        "date_end": event.date_end.isoformat(),
        "date_precision": event.date_precision,
        "place": event.place,
        "district": event.district,
        "province": event.province,
        "country": event.country,
        "geo_precision": event.geo_precision,
        "other_places": list(event.other_places),
        "actors_a": list(event.actors_a),
        "actors_b": list(event.actors_b),
        "mediators": list(event.mediators),
        "casualties": [casualty.row() for casualty in event.casualties],
        "claimed_by": list(event.claimed_by),
        "denied_by": list(event.denied_by),
        "evidence": article.full_text[start:end],
    }


def fault_in(coded: CodedArticle) -> str | None:
    """What in a coded article no table could hold: a fault of the coding; None where all is well."""
    actors, length = _values("actors"), len(coded.article.full_text)
    for event in coded.events:
        named = {*event.actors_a, *event.actors_b, *event.mediators, *event.claimed_by, *event.denied_by}
        named |= {actor for c in event.casualties for actor in (c.side, c.by) if actor}
        if event.event_type not in _values("event_types"):
            return f"event type {event.event_type!r}"
        if unknown := named - actors:
            return f"actor {min(unknown)!r}"
        if event.salience not in SALIENCE or event.date_precision not in PRECISIONS:
            return f"salience {event.salience!r} or date precision {event.date_precision!r}"
        if event.geo_precision not in GEO_PRECISIONS:
            return f"geo precision {event.geo_precision!r}"
        if event.date_start > event.date_end:
            return f"{event.date_start} after {event.date_end}"
        excerpts = [(event.evidence_start, event.evidence_end), *((c.start, c.end) for c in event.casualties if c.end)]
        if not all(0 <= start < end <= length for start, end in excerpts):
            return "an excerpt that is not in the article"
    if len({(mention.sentence, mention.actor) for mention in coded.mentions}) < len(coded.mentions):
        return "an actor counted twice in a sentence"
    if unknown := {mention.actor for mention in coded.mentions} - actors:
        return f"actor {min(unknown)!r}"
    return None


@cache
def _values(name: str) -> frozenset[str]:
    return frozenset(vocabulary(name))


def excerpt(start: int, end: int) -> tuple[int, int]:
    """Offsets of an excerpt that is not longer than an excerpt may be."""
    return start, min(end, start + EVIDENCE_LIMIT)


def event_from_row(row: dict[str, Any], article: Article) -> CodedEvent:
    """The event that `row` describes; the evidence is looked up in the article.

    Raises KeyError where a field is missing and ValueError where the evidence is not in the article or a date is none.
    """
    evidence = row.get("evidence") or ""
    start = article.full_text.index(evidence)
    return CodedEvent(
        event_type=row["event_type"],
        salience=row["salience"],
        date_start=dt.date.fromisoformat(row["date_start"]),
        date_end=dt.date.fromisoformat(row["date_end"]),
        date_precision=row["date_precision"],
        place=row["place"],
        district=row["district"],
        province=row["province"],
        country=row["country"],
        geo_precision=row["geo_precision"],
        other_places=tuple(row["other_places"]),
        actors_a=tuple(row["actors_a"]),
        actors_b=tuple(row["actors_b"]),
        mediators=tuple(row["mediators"]),
        casualties=tuple(_casualty(cell, start, start + len(evidence)) for cell in row["casualties"]),
        claimed_by=tuple(row["claimed_by"]),
        denied_by=tuple(row["denied_by"]),
        evidence_start=start,
        evidence_end=start + len(evidence),
        trigger=evidence.split(" ", 1)[0],
        confidence=1.0,
    )


def _casualty(cell: dict[str, Any], start: int, end: int) -> Casualty:
    return Casualty(cell["side"], _bounds(cell["killed"]), _bounds(cell["injured"]), cell["by"], start, end)


def _bounds(pair: list[int | None] | None) -> tuple[int | None, int | None] | None:
    return (pair[0], pair[1]) if pair else None
