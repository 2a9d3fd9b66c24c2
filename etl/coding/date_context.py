"""What stands around an expression of time: its sentence, words of announcing, the day that the text last named."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass

from etl.coding import date_patterns as p
from etl.coding.calendar import Span, shift

ANCHOR_REACH = 1200  # characters within which "a day earlier" leans on a date told before
LONGEST = 1500  # characters of a sentence or line that are looked at around a date
CLAUSE = 90  # characters within which "will" governs a date


@dataclass(frozen=True)
class Reading:
    """One expression as read; `year_told` is False where the year of a month or day was inferred."""

    start: int
    end: int
    first: dt.date
    last: dt.date
    precision: str
    kind: str
    role: str
    year_told: bool = True


def _start(reading: Reading) -> int:
    return reading.start


class DateContext:
    """`text`, published on the day `published`, and what was read of it; `bounds`: offsets where sentences start."""

    def __init__(self, text: str, published: dt.date, bounds: list[int] | None = None):
        low = text.lower()
        self.low = low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        self.text, self.published = text, published
        self.bounds = bounds if bounds is not None else [0, *(m.end() for m in p.SENTENCE_END.finditer(text))]
        self.taken = bytearray(len(text))
        self.readings: list[Reading] = []
        self.leaning: list[tuple[re.Match[str], Callable[[re.Match[str]], Reading | None]]] = []

    def _keep(self, m: re.Match[str], reading: Reading | None) -> None:
        if reading is not None:
            self.taken[m.start():m.end()] = b"\x01" * (m.end() - m.start())
            insort(self.readings, reading, key=_start)

    def _lean(self, m: re.Match[str], resolve: Callable[[re.Match[str]], Reading | None]) -> None:
        """Claim the characters now, resolve when all dates that stand by themselves are known."""
        self.taken[m.start():m.end()] = b"\x01" * (m.end() - m.start())
        self.leaning.append((m, resolve))

    def _sentence(self, at: int) -> tuple[int, int]:
        i = bisect_right(self.bounds, at)
        first, last = self.bounds[max(0, i - 1)], self.bounds[i] if i < len(self.bounds) else len(self.text)
        return max(first, at - LONGEST), min(last, at + LONGEST)

    def _line(self, at: int) -> int:
        return max(self.text.rfind("\n", max(0, at - LONGEST), at) + 1, at - LONGEST, 0)

    def _told(self, first: int, last: int) -> list[Reading]:
        """The readings that start within first..last, in the order of the text."""
        begin = bisect_left(self.readings, first, key=_start)
        return self.readings[begin:bisect_left(self.readings, last, lo=begin, key=_start)]

    def _behind(self, m: re.Match[str], n: int = 45) -> str:
        return self.low[max(0, m.start() - n, self._sentence(m.start())[0]):m.start()]

    def _ahead(self, m: re.Match[str]) -> bool:
        """Whether the clause announces: will … on Monday; on Monday … will."""
        first, last = self._sentence(m.start())
        future, speech = p.phrases("future"), p.phrases("speech")
        before = self.low[max(first, m.start() - CLAUSE):m.start()]
        markers = list(future.finditer(before))
        if markers:
            between = before[markers[-1].end():]
            if not speech.search(between) and not re.search(r'[;:"]', between):
                return True
        if m.start() - first > 6 or self.low.startswith("'s", m.end()):
            return False
        clause = re.split(r"[,;:()]", self.low[m.end():min(last, m.end() + CLAUSE)].lstrip(", "))[0]
        marker = future.search(clause)
        return marker is not None and not speech.search(clause, 0, marker.start())

    def _quoted(self, m: re.Match[str]) -> bool:
        return self.low.count('"', self._line(m.start()), m.start()) % 2 == 1

    def _role(self, m: re.Match[str], first: dt.date) -> str:
        behind = self._behind(m)
        since = p.SINCE.search(behind) or p.FROM.search(behind) and not re.search(r"\d{4}", m[0])  # a post from 2024
        role = "since" if since else "until" if p.UNTIL.search(behind) else "point"
        if first > shift(self.published, 1) or first > self.published and role != "point":
            return "future"
        return "future" if first >= self.published and self._ahead(m) else role

    def _until_ahead(self, m: re.Match[str], by: bool = False) -> bool:
        """Until Friday, unless it had lasted until Friday; with `by`, by December too."""
        behind = self._behind(m, CLAUSE)
        if by and p.BY.search(behind):
            return not p.LASTED.search(self.low, m.end(), min(self._sentence(m.start())[1], m.end() + CLAUSE))
        return bool(p.UNTIL.search(behind)) and not p.LASTED.search(behind)

    def _anchor(self, m: re.Match[str], sentence_first: bool = False) -> Reading | None:
        """The day that the text last named before the match; or the nearest one in its sentence."""
        first, last = self._sentence(m.start())
        near = self._told(m.start() - max(ANCHOR_REACH, LONGEST), last)
        days = [r for r in near if r.precision == "day" and r.role not in ("future", "duration", "until")]
        if sentence_first:
            near = [r for r in days if first <= r.start < last and r.role != "dateline"]
            if near:
                return min(near, key=lambda r: abs(r.start - m.start()))
        before = [r for r in days if m.start() - ANCHOR_REACH <= r.start < m.start()]
        told = [r for r in before if r.role != "dateline"] or before
        return max(told, key=lambda r: r.start) if told else None

    def _build(self, m: re.Match[str], span: Span, precision: str, kind: str, role: str = "",
               told: bool = True) -> Reading:
        first, last = min(span), max(span)
        happened = precision != "day" and role not in ("future", "range")
        if happened and first <= self.published < last:
            last = self.published  # what is told has happened
        return Reading(m.start(), m.end(), first, last, precision, kind, role or self._role(m, first), told)
