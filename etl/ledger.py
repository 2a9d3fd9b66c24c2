"""The ledger: one entry for each input record, saying what became of it, so that nothing is lost silently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.article import CodedArticle

if TYPE_CHECKING:
    from etl.screen import Screened
    from etl.workers import Failed


@dataclass(frozen=True)
class Entry:
    """What became of one input record.

    `status` is one of `schema.LEDGER_STATUS`; `reason` says why in one sentence, and for a rejected record also how to
    cure it. `record` is the line of the file from 1, or 0 for the file as a whole. `note` is part of the reason that
    the log tells also of a record that was used.
    """

    input: str
    record: int
    status: str
    reason: str
    article_id: str | None = None
    duplicate_of: str | None = None
    n_events: int = 0
    note: str = ""

    def line(self) -> str:
        """The entry as a line for the log: file, record, what is wrong and how to cure it."""
        where = f"{self.input}, record {self.record}" if self.record else self.input
        return f"{where}: {self.status.replace('_', ' ')}: {self.reason}"


def settle(screened: Screened, coded: Iterable[CodedArticle | Failed]) -> list[Entry]:
    """The whole ledger: what screening kept back, and what coding made of the rest; sorted by input and record."""
    entries = list(screened.entries)
    for one in coded:
        source, record = screened.sources[one.article.id]
        note = screened.notes.get(one.article.id, "")
        status, reason, n_events = _verdict(one)
        entries.append(Entry(source, record, status, f"{reason} ({note})" if note else reason, one.article.id,
                             n_events=n_events, note=note))
    return sorted(entries, key=lambda entry: (entry.input, entry.record))


def _verdict(one: CodedArticle | Failed) -> tuple[str, str, int]:
    if not isinstance(one, CodedArticle):
        return "rejected", one.reason, 0
    if not one.relevant:
        return "off_topic", one.reason or "tells of nothing that the codebook covers", 0
    if not one.events:
        return "no_event", one.reason or "tells of no event that the codebook counts", 0
    return "coded", f"{len(one.events)} event{'s' if len(one.events) > 1 else ''}", len(one.events)
