"""Input records as bytes, before anybody looks into them: handed to the workers, and known again by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from etl.article import Article
from etl.read.formats import PIECES, READERS, SPLITTERS
from etl.read.inputs import Input
from etl.read.record import Record, Unreadable, told

EMPTY = "the file is empty; put at least one article into it"


@dataclass(frozen=True)
class Raw:
    """Bytes that hold one record (`number` from 1), or a whole file of a format that is not split (`number` 0).

    `about` is what is known of them besides. With a `problem` nothing could be read.
    """

    source: Input
    number: int
    data: bytes = field(default=b"", repr=False)
    about: tuple[str, ...] = ()
    problem: str = ""

    def digest(self) -> bytes:
        """16 bytes that stand for all that the records of these bytes depend on but file and number."""
        told = "\0".join((self.source.format, self.problem, *self.about))
        return hashlib.blake2b(self.data, digest_size=16, key=hashlib.sha256(told.encode("utf-8", "replace")).digest()
                               ).digest()


class Gauge:
    """How much of the inputs has been read, as a share of their bytes on the disk."""

    def __init__(self, inputs: Iterable[Input]) -> None:
        self._total, self._before = sum(map(_size, inputs)), 0
        self._file: BinaryIO | None = None

    def opened(self, file: BinaryIO) -> None:
        """This file is being read now."""
        self._file = file

    def closed(self, source: Input) -> None:
        """This input has been read."""
        self._before, self._file = self._before + _size(source), None

    def share(self) -> float:
        """Between 0 and 1."""
        here = self._file.tell() if self._file and not self._file.closed else 0
        return min(1.0, (self._before + here) / self._total) if self._total else 0.0


def _size(source: Input) -> int:
    try:
        return source.path.stat().st_size
    except OSError:
        return 0


def raws(inputs: Iterable[Input], gauge: Gauge | None = None) -> Iterator[Raw]:
    """The bytes of every record of every input, in order; what cannot be read comes with its problem and the cure."""
    gauge = gauge or Gauge(())
    for source in inputs:
        number = 0
        try:
            if source.problem:
                yield Raw(source, 0, problem=source.problem)
            elif source.format in SPLITTERS:
                with source.path.open("rb") as file:
                    gauge.opened(file)
                    for number, (data, about) in enumerate(SPLITTERS[source.format](file), start=1):
                        yield Raw(source, number, data, about)
            else:
                yield Raw(source, 0, source.load(), (source.name, source.path.name))
        except Unreadable as error:
            yield Raw(source, number + 1 if number else 0, problem=str(error))
        except PermissionError:
            yield Raw(source, 0, problem="no permission to read the file; allow it with chmod u+r")
        except OSError as error:
            yield Raw(source, 0, problem=f"the file cannot be read ({error.strerror}); check disk and path")
        except Exception as error:  # whatever a library makes of odd bytes: one file must not end the run of all others
            yield Raw(source, number + 1 if number else 0, problem=f"from here on: {unforeseen(error)}")
        gauge.closed(source)


def records_of(raw: Raw, wanted: Callable[[Article], bool] | None = None) -> Iterator[Record]:
    """The records in these bytes; an empty line is none. Nothing is raised: see `etl.read.read`."""
    name, number = raw.source.name, raw.number
    if raw.problem:
        yield Record(name, number, problem=raw.problem)
        return
    try:
        for outcome in _outcomes(raw):
            number += not raw.number
            try:
                outcome = outcome.settled(wanted)
            except Exception as error:  # it concerns this record alone
                outcome = replace(outcome, article=None, problem=unforeseen(error), finish=None)
            if outcome.article or outcome.problem:
                yield outcome.at(name, number)
    except Unreadable as error:
        yield Record(name, raw.number or (number + 1 if number else 0), problem=str(error))
    except Exception as error:
        yield Record(name, raw.number or (number + 1 if number else 0), problem=unforeseen(error))


def _outcomes(raw: Raw) -> Iterator[Record]:
    if raw.number:
        yield PIECES[raw.source.format](raw.data, raw.about)
    else:
        yield from READERS[raw.source.format](replace(raw.source, data=raw.data))


def unforeseen(error: Exception) -> str:
    """What the ledger says of an error that no reader foresaw."""
    if isinstance(error, MemoryError):
        return "there is not enough memory to read it; split it, or leave it out"
    return f"it cannot be read ({type(error).__name__}: {told(error)}); please report it"
