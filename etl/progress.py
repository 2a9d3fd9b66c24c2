"""Tells how far a run is: a bar with rate and time left on a terminal, plain lines in a log, a summary at the end."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TextIO, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
STEPS = 10  # lines that a stage writes into a log
EVERY = 10_000  # items between two lines where nobody knows how many there are
SHOWN = 20  # faults of one status that are told one by one; all are in the ledger


@dataclass
class Progress:
    """Progress on `stream` (standard error by default); `quiet` says nothing but faults."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    quiet: bool = False
    _told: Counter[str] = field(default_factory=Counter)

    def track(self, items: Iterable[Item], total: int | None, stage: str, unit: str = "article") -> Iterator[Item]:
        """The items, while a bar or lines tell how many are done, how fast and, where `total` is known, how long
        the rest takes."""
        if self.quiet:
            yield from items
        elif self.stream.isatty():
            yield from tqdm(items, total=total, desc=stage, unit=f" {unit}s", file=self.stream, dynamic_ncols=True)
        else:
            yield from self._lines(items, total, stage, unit)

    def _lines(self, items: Iterable[Item], total: int | None, stage: str, unit: str) -> Iterator[Item]:
        began, done, step = time.monotonic(), 0, max(1, total // STEPS) if total else EVERY
        for done, item in enumerate(items, start=1):
            yield item
            if done % step == 0 and done != total:
                self.say(f"{stage}: {_rate(done, total, time.monotonic() - began, unit)}")
        self.say(f"{stage}: {_rate(done, total, time.monotonic() - began, unit)}")

    def say(self, line: str) -> None:
        """One line, unless quiet."""
        if not self.quiet:
            tqdm.write(line, file=self.stream)
            self.stream.flush()

    def warn(self, line: str, kind: str = "warning") -> None:
        """One line about a fault, also when quiet; of very many of one kind the first ones, and a word on the rest."""
        self._told[kind] += 1
        if self._told[kind] <= SHOWN:
            tqdm.write(f"warning: {line}", file=self.stream)
        elif self._told[kind] == SHOWN + 1:
            tqdm.write(f"warning: more {kind} records follow; the ledger lists them all", file=self.stream)
        self.stream.flush()


def _rate(done: int, total: int | None, seconds: float, unit: str) -> str:
    rate = done / max(seconds, 1e-3)
    left = f", {(total - done) / rate:,.0f} s left" if total and done < total else ""
    return f"{done:,}{f' of {total:,}' if total else ''} {unit}s, {rate:,.0f} a second{left}"
