"""Reads and screens input records in chunks: what an earlier run sifted is taken from the cache, the rest is shared.

Chunks are cut by content (where the hash of a record says so), so that a record that is put in front of others leaves
most chunks as they were.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from sys import intern
from typing import Any

from etl import stages
from etl.article import Article
from etl.cache import Cache, address
from etl.crew import Crew
from etl.read import EMPTY, Gauge, Input, Raw, raws, records_of
from etl.read.record import Record
from etl.screen import Sifted, may_matter, sifted

_CUT = 4  # of 256 records so many end a chunk: one in 64
_RECORDS, _BYTES = 256, 1024 * 1024  # a chunk ends there at the latest
_LOST = ("reading it ended the worker process each time, perhaps for want of memory; leave the record out, split it, "
         "or report it")
_PASSING = (_LOST, "not enough memory")  # problems that another run may not have


def sift_all(inputs: Sequence[Input], crew: Crew, kept: Cache, chosen: Container[str] | None = None,
             gauge: Gauge | None = None) -> Iterator[Sifted]:
    """What reading and screening make of every record of the inputs, in no order to rely on.

    Pages of web archives whose address is not among the `chosen` ones are not read, and come with that address alone.
    `gauge` is told how far reading is.
    """
    ready: deque[list[Sifted]] = deque()
    open_chunks: dict[int, tuple[bytes, list[Raw]]] = {}
    seen: set[str] = set()

    def unknown() -> Iterator[list[Raw]]:
        number = 0
        for place, chunk in _chunks(_worth_reading(raws(inputs, gauge), chosen, ready)):
            rows = _kept_rows(kept, place, chunk)
            if rows is None:
                open_chunks[number] = place, chunk
                number += 1
                yield chunk
            else:
                ready.append(rows)

    def given() -> Iterator[list[Sifted]]:
        for number, results in crew.each(sift, unknown(), _lost):
            place, chunk = open_chunks.pop(number)
            _keep(kept, place, results)
            yield _placed(chunk, results)
            while ready:
                yield ready.popleft()
        yield from ready

    for rows in given():
        for row in rows:
            seen.add(row.input)
            yield row
    for source in inputs:
        if source.name not in seen:
            yield Sifted(source.name, 0, problem=EMPTY)


def sift(chunk: Sequence[Raw]) -> list[list[Sifted]]:
    """What a worker does: the records in each piece of a chunk, read and screened."""
    return [[sifted(record) for record in records_of(raw, may_matter)] for raw in chunk]


def _lost(raw: Raw) -> list[Sifted]:
    return [sifted(Record(raw.source.name, raw.number, problem=_LOST))]


def _worth_reading(found: Iterable[Raw], chosen: Container[str] | None, passed: deque[list[Sifted]]
                   ) -> Iterator[Raw]:
    """The records to read; what is `passed` over is a page of a web archive with another address than a chosen one."""
    for raw in found:
        if chosen is not None and raw.number and raw.source.format == "warc" and raw.about and not raw.problem:
            article_id, url = raw.about[:2]
            if url not in chosen:
                passed.append([Sifted(raw.source.name, raw.number, article_id, url=url)])
                continue
        yield raw


def _chunks(found: Iterable[Raw]) -> Iterator[tuple[bytes, list[Raw]]]:
    chunk: list[Raw] = []
    digests: list[bytes] = []
    size = 0
    for raw in found:
        digest = raw.digest()
        chunk.append(raw)
        digests.append(digest)
        size += len(raw.data)
        if digest[0] < _CUT or len(chunk) >= _RECORDS or size >= _BYTES:
            yield _address(digests), chunk
            chunk, digests, size = [], [], 0
    if chunk:
        yield _address(digests), chunk


def _address(digests: list[bytes]) -> bytes:
    return address("sift", stages.version(stages.READ), *digests)


def _placed(chunk: Sequence[Raw], results: Sequence[Sequence[Sifted]]) -> list[Sifted]:
    """The rows with the file and the number that their bytes have in this run."""
    return [replace(row, input=raw.source.name, record=raw.number or row.record)
            for raw, rows in zip(chunk, results, strict=True) for row in rows]


def _kept_rows(kept: Cache, place: bytes, chunk: Sequence[Raw]) -> list[Sifted] | None:
    value = kept.get([place]).get(place)
    if value is None:
        return None
    try:
        return _placed(chunk, [[_row(cells) for cells in rows] for rows in json.loads(value)])
    except (ValueError, TypeError):  # of another version, though it says otherwise
        return None


def _keep(kept: Cache, place: bytes, results: Sequence[Sequence[Sifted]]) -> None:
    passing = any(part in row.problem for rows in results for row in rows for part in _PASSING)
    if kept.folder is None or passing or stages.edited(stages.READ):
        return
    kept.put({place: json.dumps([[_cells(row) for row in rows] for rows in results], separators=(",", ":")).encode()})


def _cells(row: Sifted) -> list[Any]:
    article = row.article
    return [row.record, row.article_id, row.problem, row.note, row.published.isoformat() if row.published else None,
            row.publisher, row.words, row.off_topic, [article.title, article.text] if article else None, row.url]


def _row(cells: list[Any]) -> Sifted:
    record, article_id, problem, note, published, publisher, words, off_topic, rest, url = cells
    day = dt.date.fromisoformat(published) if published else None
    article = Article(article_id, day, rest[0], rest[1], publisher, url) if rest and day else None
    return Sifted("", record, article_id, problem, note, day, intern(publisher), words, intern(off_topic), article, url)
