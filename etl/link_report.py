"""A report as linking looks at it: what one article tells of one event, without the article."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from etl.article import CodedEvent
from etl.reference import read_table

OPEN = 10**6  # persons: the upper bound of "at least nine"


@dataclass(frozen=True)
class Report:
    """An event as one article tells it, as far as linking looks at it."""

    article_id: str
    published: dt.date | None
    event_type: str
    salience: str
    date_start: dt.date
    date_end: dt.date
    date_precision: str
    place: str | None
    district: str | None
    province: str | None
    country: str | None
    geo_precision: str
    other_places: tuple[str, ...]
    actors_a: tuple[str, ...]
    actors_b: tuple[str, ...]
    figures: tuple[tuple[str, int, int], ...] = ()  # side or "", lower and upper bound of the killed
    evidence: str = ""

    @cached_property
    def rounds(self) -> frozenset[str]:
        """The rounds that the excerpt numbers ("the second round of talks"), as digits."""
        if "round" not in self.evidence:
            return frozenset()
        found = (match.group(1).lower() for match in _round_pattern().finditer(self.evidence))
        return frozenset(_ordinals().get(word, word) for word in found)

    @property
    def told_on(self) -> tuple[dt.date, str]:
        """Day of publication, where unknown the last day of the event; and the article."""
        return self.published or self.date_end, self.article_id

    @property
    def sort_key(self) -> tuple[str, ...]:
        """Earliest telling first; made of contents alone, so that the order of the input plays no part."""
        return (str(self.published or self.date_end), self.article_id, self.evidence, self.event_type,
                str(self.date_start), str(self.date_end), self.place or "", self.district or "", self.province or "",
                ",".join(self.actors_a), ",".join(self.actors_b), self.salience, self.date_precision)


def report_of_event(event: CodedEvent, article_id: str, published: dt.date, evidence: str) -> Report:
    """The report that linking compares, from a coded event."""
    figures = tuple((c.side or "", *_closed(c.killed)) for c in event.casualties if c.killed)
    return Report(article_id, published, event.event_type, event.salience, event.date_start, event.date_end,
                  event.date_precision, event.place, event.district, event.province, event.country, event.geo_precision,
                  event.other_places, event.actors_a, event.actors_b, figures, evidence)


def report_of_row(row: dict[str, Any], article_id: str, published: dt.date | None) -> Report:
    """The report that linking compares, from a row in the codebook's fields.

    Raises KeyError, TypeError or ValueError where the row lacks a field or a date is none.
    """
    figures = tuple((c.get("side") or "", *_closed(c["killed"]))
                    for c in row.get("casualties") or () if c.get("killed"))
    first = dt.date.fromisoformat(row["date_start"])
    last = dt.date.fromisoformat(row.get("date_end") or row["date_start"])
    return Report(article_id, published, row["event_type"], row.get("salience") or "main", first, last,
                  row.get("date_precision") or "day", row.get("place"), row.get("district"), row.get("province"),
                  row.get("country"), row.get("geo_precision") or "place", tuple(row.get("other_places") or ()),
                  tuple(row.get("actors_a") or ()), tuple(row.get("actors_b") or ()), figures,
                  row.get("evidence") or "")


def _closed(bounds: Any) -> tuple[int, int]:
    low, high = bounds
    return low or 0, OPEN if high is None else high


@cache
def _round_pattern() -> re.Pattern[str]:
    ordinals = "|".join(re.escape(row["phrase"]) for row in read_table("date_words").rows if row["kind"] == "ordinal")
    return re.compile(rf"\b({ordinals}|\d{{1,2}})(?:st|nd|rd|th)?[ -](?:[\w-]+ ){{0,2}}round\b", re.IGNORECASE)


@cache
def _ordinals() -> dict[str, str]:
    return {row["phrase"]: row["first"] for row in read_table("date_words").rows if row["kind"] == "ordinal"}
