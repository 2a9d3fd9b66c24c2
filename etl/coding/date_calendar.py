"""Dates that stand by themselves: days of the calendar, weekdays, months and years."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from etl.coding import date_patterns as p
from etl.coding.calendar import day_of, month, shift, week, year
from etl.coding.date_context import LONGEST, DateContext, Reading

PARTS = {"earlier": "", "later": "", "beginning": "early", "start": "early", "middle": "mid", "end": "late"}
# A month and day without a year that lies almost a year back, but is near ahead, is an announcement.
NEAR_AHEAD, FAR_BACK = 60, 300
HALF_YEAR = 190  # days within which an announcement without a year is kept
STORY = 60  # days within which a date told with its year lends the year to the next ones of its paragraph


def part_of(word: str | None) -> str:
    """early, mid or late for the words that say so, else an empty text."""
    head = (word or "").removeprefix("the ").removesuffix(" of")
    return PARTS.get(head, head)


class CalendarDates(DateContext):
    """Rules for expressions that need only the day of publication."""

    def _named(self, m: re.Match[str]) -> Reading:
        row = p.words("named")[m[0]]
        span = dt.date.fromisoformat(row["first"]), dt.date.fromisoformat(row["last"])
        return self._build(m, span, row["precision"], "explicit")

    def _iso(self, m: re.Match[str]) -> Reading | None:
        day = day_of(int(m[1]), int(m[2]), int(m[3]))
        return self._build(m, (day, day), "day", "explicit") if day else None

    def _numeric(self, m: re.Match[str]) -> Reading | None:
        """Day first, as Pakistan and Afghanistan write; month first only where it cannot be otherwise."""
        day = day_of(int(m[4]), int(m[3]), int(m[1])) or day_of(int(m[4]), int(m[1]), int(m[3]))
        return self._build(m, (day, day), "day", "explicit") if day else None

    def _told_year(self, m: re.Match[str], word: str | None) -> int | None:
        if not word:
            return None
        if word[:2] in ("19", "20"):
            return int(word)
        if word in ("that year", "the same year", "the previous year"):
            before = self._told(m.start() - LONGEST, m.start())
            base = before[-1].first.year if before else self.published.year
            return base - (word == "the previous year")
        return self.published.year + {"last year": -1, "this year": 0, "next year": 1}[word]

    def _month_day(self, m: re.Match[str]) -> Reading | None:
        if not self.text[m.start("month")].isupper():
            return None
        number = p.MONTHS.index(m["month"][:3]) + 1
        days = [int(re.match(r"\d+", word)[0]) for word in (m["day"], m["last"]) if word]  # type: ignore[index]
        end = m.end()
        if m.re is p.MONTH_DAY.whole and p.COUNTABLE.match(self.low, end) and not m["year"]:
            if m["last"] and m["to"].strip() in ("and", "to"):  # October 7 and 12 soldiers
                days, end = days[:1], m.end("day")
            elif re.search(r"\b(?:in|since|during)\s$", self._behind(m)):  # in November 12 people died
                return self._month_of(m, number, m.start(), m.end("month"))
        told = self._told_year(m, m["year"])
        first, last = self._in_year(m, number, days[0], told), self._in_year(m, number, days[-1], told)
        if first is None or last is None:
            return None
        if first > last:
            first = last
        reading = self._build(m, (first, last), "day", "explicit", told=told is not None)
        if len(days) > 1:
            reading = replace(reading, role=self._range_role(first, last))
        elif self._is_dateline(m):
            reading = replace(reading, role="dateline")
        return replace(reading, end=end)

    def _range_role(self, first: dt.date, last: dt.date) -> str:
        return "future" if last > shift(self.published, 1) and first >= self.published else "range"

    def _is_dateline(self, m: re.Match[str]) -> bool:
        line = self._line(m.start())
        return (0 < m.start() - line <= 70 and p.DATELINE.match(self.text[line:m.start()]) is not None
                and p.DATELINE_END.match(self.text, m.end()) is not None)

    def _in_year(self, m: re.Match[str], number: int, day: int, told: int | None) -> dt.date | None:
        """The day in the year told; else the latest up to publication (a day of grace), or the next one announced."""
        if told is not None:
            return day_of(told, number, day)
        near = [r for r in self._told(self._line(m.start()), m.start()) if r.year_told and r.kind == "explicit"]
        if near and near[-1].first.year < self.published.year:  # Sept. 6, 2023: it closed, and reopened on Sept. 15
            here = day_of(near[-1].first.year, number, day)
            if here is not None and 0 <= (here - near[-1].first).days <= STORY:
                return here
        around = [d for y in range(self.published.year - 8, self.published.year + 9) if (d := day_of(y, number, day))]
        past = max((d for d in around if d <= shift(self.published, 1)), default=None)
        coming = min((d for d in around if d >= self.published), default=None)
        if past is None or coming is None:
            return past or coming
        ahead, back = (coming - self.published).days, (self.published - past).days
        if back > NEAR_AHEAD and ahead <= HALF_YEAR and self._ahead(m):
            return coming
        if self._until_ahead(m, by=True):
            return coming if ahead < back else past
        return coming if ahead <= NEAR_AHEAD and back >= FAR_BACK else past

    def _week_of_month(self, m: re.Match[str]) -> Reading | None:
        number = p.MONTHS.index(m["month"][:3]) + 1
        told = self._told_year(m, m["year"])
        first, last = month(*self._month_year(m, number, told))
        n = ("first", "second", "third", "fourth").index(m["n"]) if m["n"] != "last" else None
        span = (shift(last, -6), last) if n is None else (shift(first, 7 * n), min(shift(first, 7 * n + 6), last))
        return self._build(m, span, "week", "period", told=told is not None)

    def _month_year(self, m: re.Match[str], number: int, told: int | None, which: str = "") -> tuple[int, int]:
        if told is None:
            here = self.published
            told = here.year - (number > here.month)
            if which in ("last", "past") and number == here.month:
                told -= 1
            elif which == "this":
                told = here.year
            elif number < here.month and which in ("next", "coming"):
                told += 1
            elif number > here.month and which in ("next", "coming"):
                told = here.year
            elif 0 < (number - here.month) % 12 <= 6 and (self._ahead(m) or self._until_ahead(m, by=True)):
                told += 1
        return told, number

    def _month_of(self, m: re.Match[str], number: int, start: int, end: int, part: str = "",
                  told: int | None = None, which: str = "") -> Reading:
        span = month(*self._month_year(m, number, told, which), part)
        return replace(self._build(m, span, "month", "period", told=told is not None), start=start, end=end)

    def _month(self, m: re.Match[str]) -> Reading | None:
        word, end = m["month"].rstrip("."), m.end()
        if not self.text[m.start("month")].isupper():
            return None
        if not (m["year"] or m["part"] or m["which"]):
            led = p.MONTH_LED.search(self._behind(m))
            named = re.match(r"\s[A-Z]|-[A-Z]", self.text[end:end + 2])
            if len(word) < 4 and word != "may" and (named or not led):
                return None
            if word in ("may", "march") and (not led or named or self.low[end:end + 1] == "-"):
                return None  # verbs and marches
        elif word == "may" and not m["year"] and m["which"] and not m["part"]:
            return None
        return self._month_of(m, p.MONTHS.index(word[:3]) + 1, m.start(), end, part_of(m["part"]),
                              self._told_year(m, m["year"]), m["which"] or "")

    def _weekday(self, m: re.Match[str]) -> Reading | None:
        number = next(i for i, name in enumerate(p.WEEKDAYS) if name.startswith(m["day"]))
        which = m["which"] or m["behind"] or ""
        if p.EVERY.search(self._behind(m)) or not self.text[m.start("day")].isupper():
            return None
        if which in ("the following", "the previous"):
            self._lean(m, lambda m: self._from_anchor_weekday(m, number, which))
            return None
        here = self.published
        past, coming = shift(here, -((here.weekday() - number) % 7)), shift(here, (number - here.weekday()) % 7)
        if m["week"]:
            day = shift(week(here, {"this": 0, "next": 1}.get(m["week"], -1))[0], number)
        elif m["told"]:
            day = {"today": past if past == here else min(past, coming, key=lambda d: abs((d - here).days)),
                   "yesterday": past, "tomorrow": coming}[m["told"]]
        elif which in ("last", "past", "this past"):
            day = past if shift(past, 1) < here else shift(past, -7)  # nobody calls yesterday "last Thursday"
        elif which in ("next", "coming"):
            day = coming if coming > here else shift(coming, 7)
        elif which == "this":
            day = coming if self._ahead(m) or shift(week(here)[0], number) > here else past
        else:
            starts = p.STARTING.search(self._behind(m)) is not None
            day = coming if starts or self._ahead(m) or self._until_ahead(m) else past
        role = "future" if day > here or (day == here and which not in ("last", "past") and self._ahead(m)) else ""
        return self._build(m, (day, day), "day", "weekday", role)

    def _from_anchor_weekday(self, m: re.Match[str], number: int, which: str) -> Reading:
        anchor = self._anchor(m)
        base = anchor.first if anchor else self.published
        back, on = (base.weekday() - number - 1) % 7 + 1, (number - base.weekday() - 1) % 7 + 1
        step = -back if which == "the previous" else on
        return self._build(m, (shift(base, step),) * 2, "day", "weekday")

    def _year_span(self, m: re.Match[str]) -> Reading | None:
        first, last = int(m["first"]), int(m["last"])
        if first > last or p.COUNTABLE.match(self.low, m.end()):
            return None
        role = "future" if first > self.published.year else "range"
        return self._build(m, (year(first)[0], year(last)[1]), "year", "period", role)

    def _year(self, m: re.Match[str]) -> Reading | None:
        first, last, behind = int(m["first"]), int(m["first"]), self._behind(m)
        if not m["part"] and not p.YEAR_LED.search(behind):
            return None
        if (first % 50 == 0 or first > self.published.year + 1) and p.COUNTABLE.match(self.low, m.end()):
            return None
        if m["last"]:
            last = int(m["last"]) if len(m["last"]) == 4 else first // 100 * 100 + int(m["last"])
            if last <= first:
                return None
        span = year(first, part_of(m["part"]))[0], year(last, part_of(m["part"]) if not m["last"] else "")[1]
        return self._build(m, span, "year", "period", "range" if m["last"] and first <= self.published.year else "")
