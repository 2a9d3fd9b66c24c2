"""Reads articles from files: one short file a format, and one `Record` for each input record, readable or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from etl.article import Article
from etl.read.formats import READERS
from etl.read.inputs import Input, find
from etl.read.record import Record, Unreadable, told

__all__ = ["Input", "Record", "find", "read"]


def read(inputs: Iterable[Input], wanted: Callable[[Article], bool] | None = None) -> Iterator[Record]:
    """Every record of every input, in order.

    `wanted` tells by a quick look at a web page whether the article is worth a careful reading (by default all are).

    Nothing is raised for a bad file or record: it comes as a `Record` without article, whose `problem` says what is
    wrong and how to cure it.
    """
    for source in inputs:
        if source.problem:
            yield Record(source.name, 0, problem=source.problem)
            continue
        number, found = 0, False
        try:
            for number, outcome in enumerate(READERS[source.format](source), start=1):
                try:
                    outcome = outcome.settled(wanted)
                except Exception as error:  # it concerns this record alone
                    outcome = replace(outcome, article=None, problem=_unforeseen(error), finish=None)
                if outcome.article or outcome.problem:  # an empty line counts as a line, but is no record
                    found = True
                    yield outcome.at(source.name, number)
        except Unreadable as error:
            yield Record(source.name, number + 1 if number else 0, problem=str(error))
            continue
        except PermissionError:
            yield Record(source.name, 0, problem="no permission to read the file; allow it with chmod u+r")
            continue
        except OSError as error:
            yield Record(source.name, 0, problem=f"the file cannot be read ({error.strerror}); check disk and path")
            continue
        except Exception as error:  # whatever a library makes of odd bytes: one file must not end the run of all others
            yield Record(source.name, number + 1 if number else 0, problem=f"from here on: {_unforeseen(error)}")
            continue
        if not found:
            yield Record(source.name, 0, problem="the file is empty; put at least one article into it")


def _unforeseen(error: Exception) -> str:
    """What the ledger says of an error that no reader foresaw."""
    if isinstance(error, MemoryError):
        return "there is not enough memory to read it; split it, or leave it out"
    return f"it cannot be read ({type(error).__name__}: {told(error)}); please report it"
