"""Reads articles from files: one short file a format, and one `Record` for each input record, readable or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from etl.article import Article
from etl.read.inputs import Input, find
from etl.read.raw import EMPTY, Gauge, Raw, raws, records_of
from etl.read.record import Record

__all__ = ["EMPTY", "Gauge", "Input", "Raw", "Record", "find", "raws", "read", "records_of"]


def read(inputs: Iterable[Input], wanted: Callable[[Article], bool] | None = None) -> Iterator[Record]:
    """Every record of every input, in order.

    `wanted` tells by a quick look at a web page whether the article is worth a careful reading (by default all are).

    Nothing is raised for a bad file or record: it comes as a `Record` without article, whose `problem` says what is
    wrong and how to cure it.
    """
    for source in inputs:
        found = False
        for raw in raws([source]):
            for record in records_of(raw, wanted):
                found = True
                yield record
        if not found:
            yield Record(source.name, 0, problem=EMPTY)
