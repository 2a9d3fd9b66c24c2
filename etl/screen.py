"""Screening before and after coding: records that repeat each other, articles about something else, near-copies.

- Exact repeats (same id and text, or same publisher, text and week) are duplicates; one id for two texts is a fault.
- An article is off-topic when a quick look at its names and words says so (`etl.relevance`). The test lets doubtful
  articles through: coding decides about those.
- Near-copies (one agency's text at several publishers) are kept and coded, but point to their original. Method: MinHash
  over runs of five words (Broder 1997), banded for candidates, then the true share of common runs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

import numpy as np

from etl.article import Article
from etl.ledger import Entry
from etl.read.record import Record
from etl.relevance import reason_against

NEAR_DAYS = 7  # a text that comes again later is news again (a yearly notice, say)
RUN = 5  # words
COPY_SHARE = 0.8  # common runs among those of the shorter text
_HASHES, _BANDS, _SEED = 96, 32, 1893
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHORTEST = 20  # runs: below that two texts share a phrase, not a text
_WORD = re.compile(r"\w+")


@dataclass
class Screened:
    """Articles to code, and the ledger entries of the records that go no further. `sources` and `notes` are by id."""

    articles: list[Article] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    sources: dict[str, tuple[str, int]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is known of one record after reading and a look at its words; `article` is there only where it goes on.

    `words` is the `fingerprint` of a readable article, `off_topic` why it goes no further, `url` its address.
    """

    input: str
    record: int
    article_id: str | None = None
    problem: str = ""
    note: str = ""
    published: dt.date | None = None
    publisher: str = ""
    words: str = ""
    off_topic: str = ""
    article: Article | None = None
    url: str = ""


def sifted(record: Record) -> Sifted:
    """What is known of a record: of an article about something else not its text, so that a long archive fits in."""
    article = record.article
    if article is None:
        return Sifted(record.input, record.record, record.article_id, record.problem, record.note)
    reason = off_topic(article) or ""
    return Sifted(record.input, record.record, article.id, "", record.note, article.published, article.publisher,
                  fingerprint(article), reason, None if reason else article, article.url)


def screen(records: Iterable[Record]) -> Screened:
    """Sort records into articles to code and entries about the others; the order of the records plays no part."""
    return sort_out(map(sifted, records))


def sort_out(records: Iterable[Sifted]) -> Screened:
    """The same of records that have been looked at."""
    result, by_id, by_text = Screened(), dict[str, Sifted](), defaultdict[str, list[Sifted]](list)
    readable = []
    for record in records:
        if record.words:
            readable.append(record)
        else:
            result.entries.append(_entry(record, "rejected", record.problem))
    readable.sort(key=lambda record: (record.published, record.article_id, record.input, record.record))
    for record in readable:
        article_id = record.article_id or ""
        twin = by_id.get(article_id)
        if twin and twin.words != record.words:
            result.entries.append(_entry(record, "rejected", f"the id {article_id} already stands for another text "
                                         f"({_place(twin)}); give this record an id of its own"))
            continue
        twin = twin or next((other for other in by_text[record.words] if _repeats(record, other)), None)
        if twin:
            told = f"repeats the article in {_place(twin)}"
            result.entries.append(_entry(record, "duplicate", told, twin.article_id))
            continue
        by_id[article_id] = record
        by_text[record.words].append(record)
        if record.article is None:
            result.entries.append(_entry(record, "off_topic", record.off_topic))
            continue
        result.articles.append(record.article)
        result.sources[article_id] = (record.input, record.record)
        if record.note:
            result.notes[article_id] = record.note
    return result


def _entry(record: Sifted, status: str, reason: str, duplicate_of: str | None = None) -> Entry:
    return Entry(record.input, record.record, status, reason, record.article_id, duplicate_of)


def _place(record: Sifted) -> str:
    return f"{record.input}, record {record.record}"


def _repeats(one: Sifted, other: Sifted) -> bool:
    return (one.published is not None and other.published is not None and one.publisher == other.publisher
            and abs((one.published - other.published).days) <= NEAR_DAYS)


def fingerprint(article: Article) -> str:
    """A hash of the words of title and text; case, blanks and punctuation make no difference."""
    return hashlib.sha256(" ".join(_WORD.findall(article.full_text.casefold())).encode()).hexdigest()


def off_topic(article: Article) -> str | None:
    """Why the article is about something else; None where it may be about the border or its conflicts."""
    return reason_against(article)


def may_matter(article: Article) -> bool:
    """Whether the article may be about the border or its conflicts."""
    return reason_against(article) is None


def near_copies(articles: Sequence[Article]) -> dict[str, str]:
    """The article_id of each near-copy → that of the earliest article of the same text, at most `NEAR_DAYS` older."""
    ordered = sorted(articles, key=lambda article: (article.published, article.id))
    runs = [_runs(article) for article in ordered]
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    original: dict[int, int] = {}
    for i, own in enumerate(runs):
        if len(own) < _SHORTEST:
            continue
        bands = _bands(own)
        oldest = ordered[i].published - dt.timedelta(days=NEAR_DAYS)
        for band in bands:  # what is too old for this article is so for all that follow
            buckets[band] = [j for j in buckets[band] if ordered[j].published >= oldest]
        for j in sorted({j for band in bands for j in buckets[band]}):
            if _share(own, runs[j]) >= COPY_SHARE:
                original[i] = original.get(j, j)
                break
        for band in bands:
            buckets[band].append(i)
    return {ordered[i].id: ordered[j].id for i, j in original.items()}


def _runs(article: Article) -> np.ndarray:
    """Hashes of all runs of words, without repeats, sorted: a polynomial of the hashes of the words."""
    words = _WORD.findall(article.full_text.casefold())
    if len(words) < RUN:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.array([_word_hash(word) for word in words], dtype=np.uint64)
    runs = np.zeros(len(words) - RUN + 1, dtype=np.uint64)
    for i in range(RUN):
        runs = runs * _FACTOR + hashes[i:i + len(runs)]  # modulo 2**64
    return np.unique(runs)


@lru_cache(100_000)
def _word_hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())


@cache
def _multipliers() -> np.ndarray:
    random = np.random.Generator(np.random.PCG64(_SEED))
    return random.integers(1, 2**63, size=(_HASHES, 1), dtype=np.uint64) | np.uint64(1)


def _bands(runs: np.ndarray) -> list[tuple[int, bytes]]:
    lowest = (runs[None, :] * _multipliers()).min(axis=1).reshape(_BANDS, -1)
    return [(number, band.tobytes()) for number, band in enumerate(lowest)]


def _share(one: np.ndarray, other: np.ndarray) -> float:
    return len(np.intersect1d(one, other, assume_unique=True)) / min(len(one), len(other))
