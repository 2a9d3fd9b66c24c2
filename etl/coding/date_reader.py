"""Reads one text for dates: rule after rule claims its characters, then what leans on other dates is resolved."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from etl.coding import date_patterns as p
from etl.coding.calendar import Span, day_of, month, shift, week, year

PARTS = {"earlier": "", "later": "", "beginning": "early", "start": "early", "middle": "mid", "end": "late"}
# A month and day without a year that lies almost a year back, but is near ahead, is an announcement.
NEAR_AHEAD, FAR_BACK = 45, 300
ANCHOR_REACH = 700  # characters within which "a day earlier" leans on a date told before
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


def _part(word: str | None) -> str:
    head = (word or "").removeprefix("the ").removesuffix(" of")
    return PARTS.get(head, head)


class DateReader:
    """Reads `text`, published on the day `published`; `bounds` are the offsets where sentences start, when known."""

    def __init__(self, text: str, published: dt.date, bounds: list[int] | None = None):
        low = text.lower()
        self.low = low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        self.text, self.published = text, published
        self.bounds = bounds if bounds is not None else [0, *(m.end() for m in p.SENTENCE_END.finditer(text))]
        self.taken = bytearray(len(text))
        self.readings: list[Reading] = []
        self.leaning: list[tuple[re.Match[str], Callable[[re.Match[str]], Reading | None]]] = []

    def read(self) -> list[Reading]:
        """All readings in the order of the text."""
        for pattern in (p.PRINT_LINE, p.phrases("none")):
            for m in pattern.finditer(self.low):
                self.taken[m.start():m.end()] = b"\x01" * (m.end() - m.start())
        for pattern, rule in (
            (p.phrases("named"), self._named), (p.ISO, self._iso), (p.NUMERIC, self._numeric),
            (p.MONTH_DAY, self._month_day), (p.DAY_MONTH, self._month_day), (p.WEEK_OF_MONTH, self._week_of_month),
            (p.MONTH_ALONE, self._month), (p.WEEKDAY, self._weekday), (p.counting(p.COUNTED), self._counted),
            (p.counting(p.PAST_SPAN), self._past_span), (p.UNIT, self._unit),
            (p.phrases("offset", "anchor"), self._phrase), (p.counting(p.RUNNING), self._running),
            (p.YEAR_SPAN, self._year_span), (p.YEAR_ALONE, self._year),
        ):
            for m in pattern.finditer(self.low):
                if not any(self.taken[m.start():m.end()]):
                    self._keep(m, rule(m))
        for m, lean in sorted(self.leaning, key=lambda pair: pair[0].start()):
            self._keep(m, lean(m))
        return sorted(self.readings, key=lambda r: r.start)

    def _keep(self, m: re.Match[str], reading: Reading | None) -> None:
        if reading is not None:
            self.taken[m.start():m.end()] = b"\x01" * (m.end() - m.start())
            self.readings.append(reading)

    def _lean(self, m: re.Match[str], resolve: Callable[[re.Match[str]], Reading | None]) -> None:
        """Claim the characters now, resolve when all dates that stand by themselves are known."""
        self.taken[m.start():m.end()] = b"\x01" * (m.end() - m.start())
        self.leaning.append((m, resolve))

    # What stands around a match

    def _sentence(self, at: int) -> tuple[int, int]:
        i = bisect_right(self.bounds, at)
        return self.bounds[max(0, i - 1)], self.bounds[i] if i < len(self.bounds) else len(self.text)

    def _behind(self, m: re.Match[str], n: int = 45) -> str:
        return self.low[max(0, m.start() - n, self._sentence(m.start())[0]):m.start()]

    def _ahead(self, m: re.Match[str]) -> bool:
        """Whether the clause announces: will … on Monday; on Monday … will."""
        first, last = self._sentence(m.start())
        future, speech = p.phrases("future"), p.phrases("speech")
        before = self.low[max(first, m.start() - CLAUSE):m.start()]
        markers = list(future.finditer(before))
        if markers and not speech.search(before, markers[-1].end()) and not re.search(r'[;:"]', before[markers[-1].end():]):
            return True
        if m.start() - first > 6:
            return False
        marker = future.search(self.low, m.end(), min(last, m.end() + CLAUSE))
        return marker is not None and not speech.search(self.low, m.end(), marker.start())

    def _quoted(self, m: re.Match[str]) -> bool:
        line = self.low.rfind("\n", 0, m.start()) + 1
        return self.low.count('"', line, m.start()) % 2 == 1

    def _role(self, m: re.Match[str], first: dt.date) -> str:
        if first > shift(self.published, 1) or (first > self.published and self._ahead(m)):
            return "future"
        behind = self._behind(m)
        return "since" if p.SINCE.search(behind) else "until" if p.UNTIL.search(behind) else "point"

    def _until_ahead(self, m: re.Match[str]) -> bool:
        return bool(p.UNTIL.search(self._behind(m))) and not p.LASTED.search(self._behind(m, CLAUSE))

    def _anchor(self, m: re.Match[str], sentence_first: bool = False) -> Reading | None:
        """The day that the text last named before the match; or the nearest one in its sentence."""
        days = [r for r in self.readings if r.precision == "day" and r.role not in ("future", "duration")]
        first, last = self._sentence(m.start())
        if sentence_first:
            near = [r for r in days if first <= r.start < last and r.role != "dateline"]
            if near:
                return min(near, key=lambda r: abs(r.start - m.start()))
        before = [r for r in days if m.start() - ANCHOR_REACH <= r.start < m.start()]
        told = [r for r in before if r.role != "dateline"] or before
        return max(told, key=lambda r: r.start) if told else None

    def _build(self, m: re.Match[str], span: Span, precision: str, kind: str, role: str = "", told: bool = True) -> Reading:
        first, last = min(span), max(span)
        return Reading(m.start(), m.end(), first, last, precision, kind, role or self._role(m, first), told)

    # Dates that stand by themselves

    def _named(self, m: re.Match[str]) -> Reading:
        row = p.words("named")[m[0]]
        return self._build(m, (dt.date.fromisoformat(row["first"]), dt.date.fromisoformat(row["last"])), row["precision"], "explicit")

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
            before = [r for r in self.readings if r.start < m.start()]
            base = max(before, key=lambda r: r.start).first.year if before else self.published.year
            return base - (word == "the previous year")
        return self.published.year + {"last year": -1, "this year": 0, "next year": 1}[word]

    def _month_day(self, m: re.Match[str]) -> Reading | None:
        if not self.text[m.start("month")].isupper():
            return None
        number = p.MONTHS.index(m["month"][:3]) + 1
        days = [int(re.match(r"\d+", word)[0]) for word in (m["day"], m["last"]) if word]  # type: ignore[index]
        dotted = m.re is p.MONTH_DAY
        end = m.end()
        if dotted and p.COUNTABLE.match(self.low, end) and not m["year"]:
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
            reading = replace(reading, role="future" if first > self.published else "range")
        elif self._is_dateline(m):
            reading = replace(reading, role="dateline")
        return replace(reading, end=end)

    def _is_dateline(self, m: re.Match[str]) -> bool:
        line = self.text.rfind("\n", 0, m.start()) + 1
        return (0 < m.start() - line <= 70 and p.DATELINE.match(self.text[line:m.start()]) is not None
                and p.DATELINE_END.match(self.text, m.end()) is not None)

    def _in_year(self, m: re.Match[str], number: int, day: int, told: int | None) -> dt.date | None:
        """The day in the year told; else the latest one up to publication (a day's grace), or the next where it is announced."""
        if told is not None:
            return day_of(told, number, day)
        around = [d for y in range(self.published.year - 8, self.published.year + 9) if (d := day_of(y, number, day))]
        past = max((d for d in around if d <= shift(self.published, 1)), default=None)
        coming = min((d for d in around if d >= self.published), default=None)
        if past is None or coming is None:
            return past or coming
        ahead, back = (coming - self.published).days, (self.published - past).days
        if back > NEAR_AHEAD and ahead <= FAR_BACK and self._ahead(m):
            return coming
        if self._until_ahead(m):
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
            elif number != here.month and (which in ("next", "coming") or self._ahead(m) or (
                    self._until_ahead(m) and (number - here.month) % 12 < 6)):
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
            led = re.search(r"\b(?:in|since|until|till|from|by|between|during|before|after|through|of)\s$|"
                            r"\bbetween \w+ and $|\bfrom \w+ to $", self._behind(m))
            named = re.match(r"\s[A-Z]|-[A-Z]", self.text[end:end + 2])
            if len(word) < 4 and word != "may" and (named or not led):
                return None
            if word in ("may", "march") and (not led or named or self.low[end:end + 1] == "-"):
                return None
            if word in ("may", "march") and led[0].strip() == "of" and self.low[end:end + 1] not in ",.; ":
                return None
        elif word == "may" and not m["year"] and m["which"] and not m["part"]:
            return None
        return self._month_of(m, p.MONTHS.index(word[:3]) + 1, m.start(), end, _part(m["part"]),
                              self._told_year(m, m["year"]), m["which"] or "")

    def _weekday(self, m: re.Match[str]) -> Reading | None:
        number = next(i for i, name in enumerate(p.WEEKDAYS) if name.startswith(m["day"]))
        which = m["which"] or m["behind"] or ""
        if p.EVERY.search(self._behind(m)) or not self.text[m.start("day")].isupper():
            return None
        if which in ("following", "previous"):
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
            day = past if past < here else shift(past, -7)
        elif which in ("next", "coming"):
            day = coming if coming > here else shift(coming, 7)
        elif which == "this":
            day = coming if self._ahead(m) or shift(week(here)[0], number) > here else past
        else:
            day = coming if self._ahead(m) or self._until_ahead(m) else past
        role = "future" if day > here or (day == here and which not in ("last", "past") and self._ahead(m)) else ""
        return self._build(m, (day, day), "day", "weekday", role)

    def _from_anchor_weekday(self, m: re.Match[str], number: int, which: str) -> Reading:
        anchor = self._anchor(m)
        base = anchor.first if anchor else self.published
        step = -((base.weekday() - number - 1) % 7 + 1) if which == "previous" else (number - base.weekday() - 1) % 7 + 1
        return self._build(m, (shift(base, step),) * 2, "day", "weekday")

    # Counted from publication, or from another date

    def _counted(self, m: re.Match[str]) -> Reading | None:
        if not m["n"] and not m[0].startswith(("days", "weeks", "months", "hours")):
            return None
        if m["way"] == "since" and not m["n"]:
            return None
        if m["way"] in ("ago", "back", "since"):
            return self._steps(m, self.published, -1)
        self._lean(m, self._counted_from)
        return None

    def _counted_from(self, m: re.Match[str]) -> Reading | None:
        last = self._sentence(m.start())[1]
        if m["way"] == "after":  # a day after Thursday's bombing
            told = [r for r in self.readings if r.precision == "day" and m.end() <= r.start < min(last, m.end() + 60)
                    and not re.search(r'[,;:"]', self.low[m.end():r.start])]
            if told:
                return self._steps(m, told[0].last, 1)
        anchor = self._anchor(m, m["way"] == "after")
        base = self.published if anchor is None else anchor.last if m["way"] == "later" else anchor.first
        return self._steps(m, base, 1 if m["way"] == "later" else -1)

    def _steps(self, m: re.Match[str], base: dt.date, sign: int) -> Reading | None:
        unit = m["unit"]
        n = p.number("count", m["n"]) if m["n"] else {"week": (2, 5), "month": (2, 6)}.get(unit, (1, 7))
        if n is None or unit == "year" and not m["n"]:
            return None
        few, many = n
        if unit in ("hour", "day", "night"):
            few, many = (few // 24, many // 24) if unit == "hour" else n
            if unit == "hour" and not m["n"]:
                few = many = 0
            span = shift(base, sign * few), shift(base, sign * many)
            return self._build(m, span, "day" if few == many else "week", "relative")
        if unit in ("week", "fortnight"):
            width = 7 if unit == "week" else 14
            span = shift(base, sign * width * few - sign), shift(base, sign * width * many + sign)
            return self._build(m, span, "week" if few == many else "month", "relative")
        if unit == "month":
            spans = [month(base.year, base.month + sign * k) for k in n]
        else:
            spans = [year(base.year + sign * k) for k in n]
        return self._build(m, (min(spans)[0], max(spans)[1]), unit, "relative")

    def _past_span(self, m: re.Match[str]) -> Reading | None:
        n = p.number("count", m["n"]) if m["n"] else {"day": (1, 7), "week": (2, 5), "month": (2, 6)}.get(m["unit"])
        if n is None or (m["which"] == "recent" and m["unit"] == "year"):
            return None
        width = {"hour": 1 / 24, "day": 1, "night": 1, "week": 7, "month": 30.44, "year": 365.25}[m["unit"]] * n[1]
        days = max(1, round(width))
        precision = "week" if days <= 10 else "month" if days <= 45 else "year"
        if m["which"] in ("next", "coming"):
            return self._build(m, (self.published, shift(self.published, days)), precision, "period", "future")
        return self._build(m, (shift(self.published, -days), self.published), precision, "period", "duration")

    def _running(self, m: re.Match[str]) -> Reading | None:
        behind, tail = self._behind(m, 60), (m["behind"] or "").strip()
        n = p.number("ordinal", m["nth"]) if m["nth"] else p.number("count", m["n"] or "")
        if n is None or n[0] != n[1] or not 1 <= n[0] <= 60:
            return None
        if m["nth"] and not (m["row"] or tail not in ("", "of") or re.search(
                r"\bfor (?:the|a)\s$|\b(?:entered|entering|into|on) (?:its|their|the|a)\s$", behind)):
            return None
        if m["nth"] and not m["row"] and tail in ("", "of") and n[0] == 1:
            return None
        if m["n"] and not (m["row_n"] or tail or re.search(r"\b(?:has|have|had|been|remained|remains|continued)\b.{0,40}\bfor\s$", behind)):
            return None
        self._lean(m, lambda m: self._run(m, n[0], counted=bool(m["n"]) and tail == "of"))
        return None

    def _run(self, m: re.Match[str], n: int, counted: bool) -> Reading:
        """The nth day, or n days: up to the day that the sentence names, else the day before publication or the last one named."""
        anchor = self._anchor(m, sentence_first=True)
        if counted:
            first, last = self._sentence(m.start())
            anchor = anchor if anchor and first <= anchor.start < last else None
            end = anchor.last if anchor else shift(self.published, -1)
        else:
            end = anchor.last if anchor else self.published
        return self._build(m, (shift(end, 1 - n), end), "day", "period", "duration")

    def _phrase(self, m: re.Match[str]) -> Reading | None:
        if m[0] in p.words("anchor") or m[0] == "overnight" or self._quoted(m):
            self._lean(m, self._phrase_from)
            return None
        return self._offset(m, p.words("offset")[m[0]], self.published)

    def _offset(self, m: re.Match[str], row: dict[str, str], base: dt.date) -> Reading:
        span = shift(base, int(row["first"])), shift(base, int(row["last"]))
        ahead = span[0] > self.published or m[0].startswith("later") and base == self.published and row["kind"] == "offset"
        role = "future" if ahead or (span[1] >= self.published and self._ahead(m)) else "range" if span[0] < span[1] and (
            row["precision"] == "day") else ""
        return self._build(m, span, row["precision"], "relative", role)

    def _phrase_from(self, m: re.Match[str]) -> Reading:
        row = p.words("anchor").get(m[0]) or p.words("offset")[m[0]]
        overnight = m[0] == "overnight"
        anchor = self._anchor(m, sentence_first=overnight)
        if row["kind"] == "offset" and anchor is not None:
            first, last = self._sentence(m.start())
            here = first <= anchor.start < last
            if overnight and here and abs(anchor.start - m.end()) < 5 or overnight and here and 0 <= m.start() - anchor.end < 2:
                return self._build(m, (anchor.first, shift(anchor.first, 1)), "day", "relative", "range")
            recent = 0 <= (self.published - anchor.first).days <= 2
            if not recent or (overnight and not here):
                anchor = None
        base = anchor.last if anchor and int(row["first"]) >= 0 else anchor.first if anchor else self.published
        return self._offset(m, row, base)

    def _unit(self, m: re.Match[str]) -> Reading | None:
        which, unit = m["which"], m["unit"]
        if which == "the":
            if not m["part"] and not (unit == "weekend" and re.search(r"\b(?:over|during|at|on)\s$", self._behind(m))):
                return None
            which = "this"
        if which in ("this past", "the past", "past", "the last"):
            if unit in ("week", "fortnight", "month", "year"):
                days = {"week": 7, "fortnight": 14, "month": 30, "year": 365}[unit]
                precision = "month" if unit == "fortnight" else unit
                return self._build(m, (shift(self.published, -days), self.published), precision, "period", "duration")
            which = "last"
        if which in ("that", "the same", "the following", "the preceding", "the previous", "previous"):
            step = {"that": 0, "the same": 0, "the following": 1}.get(which, -1)
            self._lean(m, lambda m: self._unit_at(m, self._near(m), step))
            return None
        return self._unit_at(m, self.published, {"this": 0, "last": -1}.get(which, 1))

    def _near(self, m: re.Match[str]) -> dt.date:
        before = [r for r in self.readings if m.start() - ANCHOR_REACH <= r.start < m.start() and r.role != "dateline"]
        return max(before, key=lambda r: r.start).first if before else self.published

    def _unit_at(self, m: re.Match[str], base: dt.date, step: int) -> Reading | None:
        unit, part = m["unit"], _part(m["part"])
        precision = unit
        if unit == "week":
            first, last = week(base, step)
            if part == "early":
                last = shift(first, 2)
        elif unit == "weekend":
            first = shift(week(base, step if step > 0 else 0)[0], 5)
            if first >= self.published and step <= 0:
                first = shift(first, -7)
            last, precision = shift(first, 1), "week"
        elif unit == "month":
            first, last = month(base.year, base.month + step, part)
        elif unit == "year":
            first, last = year(base.year + step, part)
        elif unit in p.words("season"):
            row = p.words("season")[unit]
            begins, ends = int(row["first"]), int(row["last"])
            told = base.year - (step <= 0 and month(base.year, begins)[0] > base)
            if step < 0 and month(told, ends + 12 * (ends < begins))[1] >= base:
                told -= 1
            first, last = month(told, begins)[0], month(told, ends + 12 * (ends < begins))[1]
            precision = "month"
        else:
            return None
        if m["part"] and m["part"].startswith("later") and base == self.published:
            return self._build(m, (max(first, base), max(last, base)), precision, "relative", "future")
        if step == 0 and base == self.published and first <= base:
            last = min(last, base)
        return self._build(m, (first, last), precision, "relative", "future" if step > 0 and base == self.published else "")

    def _year_span(self, m: re.Match[str]) -> Reading | None:
        first, last = int(m["first"]), int(m["last"])
        if first > last or p.COUNTABLE.match(self.low, m.end()):
            return None
        return self._build(m, (year(first)[0], year(last)[1]), "year", "period", "future" if first > self.published.year else "range")

    def _year(self, m: re.Match[str]) -> Reading | None:
        first, last, behind = int(m["first"]), int(m["first"]), self._behind(m)
        if not m["part"] and not re.search(
                r"(?:\b(?:in|since|until|till|of|by|from|after|before|during|throughout|the|its|their|his|her|a|year)|'s|\()\s?$", behind):
            return None
        if (first % 50 == 0 or first > self.published.year + 1) and p.COUNTABLE.match(self.low, m.end()):
            return None
        if m["last"]:
            last = int(m["last"]) if len(m["last"]) == 4 else first // 100 * 100 + int(m["last"])
            if last <= first:
                return None
        span = year(first, _part(m["part"]))[0], year(last, _part(m["part"]) if not m["last"] else "")[1]
        return self._build(m, span, "year", "period", "range" if m["last"] and first <= self.published.year else "")
