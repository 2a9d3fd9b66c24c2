"""Tells how far a run is: a bar with rate and time left on a terminal, plain lines in a log, a summary at the end."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TextIO, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
STEPS = 10  # lines that a stage writes into a log
EVERY = 10_000  # items between two lines where nobody knows how many there are
SILENCE = 30.0  # seconds after which a line comes in any case
LOOK = 8  # items between two looks at the clock
SHOWN = 20  # faults of one status that are told one by one; all are in the ledger


@dataclass
class Progress:
    """Progress on `stream` (standard error by default); `quiet` says nothing but faults."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    quiet: bool = False
    _told: Counter[str] = field(default_factory=Counter)

    def track(self, items: Iterable[Item], total: int | None, stage: str, unit: str = "article",
              share: Callable[[], float] | None = None) -> Iterator[Item]:
        """The items, while a bar or lines tell how many are done, how fast and how long the rest takes.

        That is known from `total`, or from `share`, which tells how much of the work is done, between 0 and 1.
        """
        if self.quiet or total == 0:
            yield from items
        elif self.stream.isatty():
            yield from self._bar(items, total, stage, unit, share)
        else:
            yield from self._lines(items, total, stage, unit, share)

    def _bar(self, items: Iterable[Item], total: int | None, stage: str, unit: str,
             share: Callable[[], float] | None) -> Iterator[Item]:
        with tqdm(items, total=total, desc=stage, unit=f" {unit}s", file=self.stream, dynamic_ncols=True) as bar:
            for done, item in enumerate(bar, start=1):
                yield item
                if share and done % LOOK == 0:
                    bar.total = _guess(done, share())

    def _lines(self, items: Iterable[Item], total: int | None, stage: str, unit: str,
               share: Callable[[], float] | None) -> Iterator[Item]:
        began = told = time.monotonic()
        done, step = 0, max(1, total // STEPS) if total else EVERY
        for done, item in enumerate(items, start=1):
            yield item
            if done != total and (done % step == 0 or (done % LOOK == 0 and time.monotonic() - told >= SILENCE)):
                told = time.monotonic()
                guessed = total or (_guess(done, share()) if share else None)
                self.say(f"{stage}: {_rate(done, total, guessed, told - began, unit)}")
        self.say(f"{stage}: {_rate(done, total, total, time.monotonic() - began, unit)}")

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


def _guess(done: int, share: float) -> int | None:
    """How many there are at all, where so many are this share of them."""
    return max(done, round(done / share)) if share > 0 else None


def _rate(done: int, total: int | None, guessed: int | None, seconds: float, unit: str) -> str:
    rate = done / max(seconds, 1e-3)
    left = f", {_duration((guessed - done) / rate)} left" if guessed and done < guessed else ""
    return f"{done:,}{f' of {total:,}' if total else ''} {unit}s, {rate:,.0f} a second{left}"


def _duration(seconds: float) -> str:
    """Seconds as people say it: 50 s, 12 min, 3.5 h."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
