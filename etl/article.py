"""What passes between the stages: an article as read, and an event as coded from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Article:
    """One readable article. `published` is the day of publication in local time."""

    id: str
    published: dt.date
    title: str
    text: str
    publisher: str = ""
    url: str = ""

    @property
    def full_text(self) -> str:
        """Title, a newline, the text: all offsets in the tables count characters of this string."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True)
class Casualty:
    """One figure row of the codebook: whose losses, how many, according to whom, and the excerpt that says so.

    `killed` and `injured` are ``(low, high)`` in persons, either bound None where the text leaves it open.
    """

    side: str | None
    killed: tuple[int | None, int | None] | None
    injured: tuple[int | None, int | None] | None
    by: str | None
    start: int = 0
    end: int = 0

    def row(self) -> dict[str, Any]:
        """The row in the codebook's fields (JSON-ready)."""
        return {
            "side": self.side,
            "killed": list(self.killed) if self.killed else None,
            "injured": list(self.injured) if self.injured else None,
            "by": self.by,
        }


@dataclass(frozen=True)
class CodedEvent:
    """One event as one article tells it, in the fields of the codebook, with where each came from."""

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
    mediators: tuple[str, ...]
    casualties: tuple[Casualty, ...]
    claimed_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    evidence_start: int
    evidence_end: int
    trigger: str = ""
    confidence: float = 0.5
    place_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    km_to_border: float | None = None


@dataclass(frozen=True)
class Mention:
    """One sentence that names an actor `n` times; offsets in `Article.full_text`."""

    actor: str
    n: int
    paragraph: int
    sentence: int
    sentence_start: int
    sentence_end: int


@dataclass(frozen=True)
class CodedArticle:
    """What coding makes of one article."""

    article: Article
    events: tuple[CodedEvent, ...] = ()
    mentions: tuple[Mention, ...] = ()
    n_sentences: int = 0
    relevant: bool = True
    reason: str = ""
    trace: dict[str, Any] = field(default_factory=dict)
