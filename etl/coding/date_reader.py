"""Reads one text for dates: rule after rule claims its characters, then what leans on other dates is resolved."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from etl.coding import date_patterns as p
from etl.coding.calendar import month, shift, week, year
from etl.coding.date_calendar import CalendarDates, part_of
from etl.coding.date_context import ANCHOR_REACH, Reading


class DateReader(CalendarDates):
    """All rules; `read` applies them."""

    _last_named: dt.date | None = None  # the latest weekday of the text, as a date

    def read(self) -> list[Reading]:
        """All readings in the order of the text."""
        for pattern in (p.PRINT_LINE, p.stated("none")):
            for m in pattern.finditer(self.low):
                self.taken[m.start():m.end()] = b"\x01" * (m.end() - m.start())
        for pattern, rule in (
            (p.stated("named"), self._named), (p.ISO, self._iso), (p.NUMERIC, self._numeric),
            (p.MONTH_DAY, self._month_day), (p.DAY_MONTH, self._month_day), (p.WEEK_OF_MONTH, self._week_of_month),
            (p.MONTH_ALONE, self._month), (p.WEEKDAY, self._weekday), (p.counted(), self._counted),
            (p.past_span(), self._past_span), (p.UNIT, self._unit),
            (p.stated("offset", "anchor"), self._phrase), (p.running(), self._running),
            (p.YEAR_SPAN, self._year_span), (p.YEAR_ALONE, self._year),
        ):
            for m in pattern.finditer(self.low):
                if not any(self.taken[m.start():m.end()]) and not p.EACH_TIME.match(self.low, m.end()):
                    self._keep(m, rule(m))
        self._lend_years()
        for m, lean in sorted(self.leaning, key=lambda pair: pair[0].start()):
            self._keep(m, lean(m))
        return self.readings

    def _lend_years(self) -> None:
        """A day told once with its year keeps it where the text tells it again without: the May 9 riots."""
        told: dict[tuple[int, int], set[int]] = {}
        for r in self.readings:
            if r.year_told and r.kind == "explicit" and r.first == r.last and r.precision == "day":
                told.setdefault((r.first.month, r.first.day), set()).add(r.first.year)
        for i, r in enumerate(self.readings):
            years = told.get((r.first.month, r.first.day), set())
            inferred = r.kind == "explicit" and not r.year_told and r.first == r.last and r.role != "dateline"
            if inferred and len(years) == 1:
                day = r.first.replace(year=min(years))
                role = "future" if day > self.published else "point" if r.role == "future" else r.role
                self.readings[i] = replace(r, first=day, last=day, role=role)

    def _counted(self, m: re.Match[str]) -> Reading | None:
        if not m["n"] and not m[0].startswith(("days", "weeks", "months", "hours")):
            return None
        if m["way"] == "since" and not m["n"]:
            return None
        if m["way"] not in ("ago", "back") and p.TIME_TAKEN.search(self._behind(m)):
            return None  # closed for a month after …: how long, not when
        if m["way"] in ("before", "prior") and not p.LACKS_OBJECT.match(self.low, m.end()):
            return None  # three days before Eid
        if m["way"] in ("ago", "back"):
            self._lean(m, lambda m: self._steps(m, self._day_of_speech(m), -1))
            return None
        if m["way"] == "since":
            return self._steps(m, self.published, -1)
        self._lean(m, self._counted_from)
        return None

    def _counted_from(self, m: re.Match[str]) -> Reading | None:
        last = self._sentence(m.start())[1]
        if m["way"] == "after":  # a day after Thursday's bombing
            told = [r for r in self._told(m.end(), min(last, m.end() + 60)) if r.precision == "day"
                    and not re.search(r'[,;:"]', self.low[m.end():r.start])]
            if told:
                return self._steps(m, told[0].last, 1)
        anchor = self._anchor(m, m["way"] == "after")
        if m["unit"] in ("month", "year"):
            near = [r for r in self._told(self._line(m.start()), m.start()) if r.role not in ("dateline", "future")]
            anchor = near[-1] if near else anchor
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
        """For the third day running; for five consecutive days; three days of fighting; entered its 23rd month."""
        behind, tail = self._behind(m, 60), (m["behind"] or "").strip()
        n = p.number("ordinal", m["nth"]) if m["nth"] else p.number("count", m["n"] or "")
        if n is None or n[0] != n[1] or not 1 <= n[0] <= 60:
            return None
        if m["nth"]:
            if tail == "of" and not m["row"] or n[0] == 1:
                tail = ""
            if not (m["row"] or tail) and not (n[0] > 1 and p.NTH_LED.search(behind)):
                return None
        elif tail == "of" and not m["row_n"]:
            goes_on = p.phrases("course").match(self.low, m.end() + 1)
            if not goes_on or re.search(r"\b(?:first|last|next|of|for)\s$", behind):
                return None
        elif not (m["row_n"] or tail or p.GOING_ON.search(behind)):
            return None
        self._lean(m, lambda m: self._run(m, n[0], counted=bool(m["n"]) and tail == "of"))
        return None

    def _run(self, m: re.Match[str], n: int, counted: bool) -> Reading:
        """The nth day, or n days, up to the day that the sentence names, the text named last, or publication."""
        anchor = self._anchor(m, sentence_first=True)
        if counted:  # three days of fighting have left …: they were over before it was printed
            first, last = self._sentence(m.start())
            here = anchor is not None and first <= anchor.start < last
            end = anchor.last if anchor is not None and here else shift(self.published, -1)
        else:
            end = anchor.last if anchor else self.published
        unit = m["unit"] or m["units"]
        if unit == "month":
            span = month(end.year, end.month - n)[0], month(end.year, end.month - n + 1)[1]
            return self._build(m, span, "month", "period", "since")
        if unit == "week" and m["nth"]:
            return self._build(m, (shift(end, -7 * n), shift(end, 7 - 7 * n)), "week", "period", "since")
        if unit == "week":
            return self._build(m, (shift(end, -7 * n), end), "week", "period", "duration")
        return self._build(m, (shift(end, 1 - n), end), "day", "period", "duration")

    def _day_of_speech(self, m: re.Match[str]) -> dt.date:
        """From where a speaker counts: in a paper printed the day after, "two days ago" leans on the day he spoke."""
        start = self._sentence(m.start())[0]
        told = m.re is p.counted().whole or self._quoted(m) or (
            " that " in self.low[start:m.start()] and p.phrases("speech").search(self.low, start, m.start()))
        if told:
            if self._last_named is None:
                named = [r.last for r in self.readings if r.kind == "weekday" and r.role == "point"
                         and "night" not in self.low[r.start:r.end]]  # nobody speaks to the press at night
                self._last_named = max((day for day in named if day <= self.published), default=self.published)
            if self._last_named == shift(self.published, -1):
                return self._last_named
        return self.published

    def _phrase(self, m: re.Match[str]) -> Reading | None:
        if m[0] == "today" and re.search(r"\b(?:in|of)\s$", self._behind(m)) and self.low.startswith("'s", m.end()):
            return None  # in today's world
        if m[0].endswith((" before", " after")) and not p.LACKS_OBJECT.match(self.low, m.end()):
            return None  # the day after his victory
        if m[0] in p.words("anchor") or m[0] == "overnight":
            self._lean(m, self._phrase_from)
        else:
            self._lean(m, lambda m: self._offset(m, p.words("offset")[m[0]], self._day_of_speech(m)))
        return None

    def _offset(self, m: re.Match[str], row: dict[str, str], base: dt.date) -> Reading:
        span = shift(base, int(row["first"])), shift(base, int(row["last"]))
        open_day = row["kind"] == "offset" and span == (self.published, self.published) and not m[0].startswith("earl")
        later = m[0].startswith("later") and row["kind"] == "offset"
        if span[0] > self.published or later or open_day and self._ahead(m):
            role = "future"
        else:
            role = "range" if span[0] < span[1] and row["precision"] == "day" else "" if open_day else "point"
        return self._build(m, span, row["precision"], "relative", role)

    def _phrase_from(self, m: re.Match[str]) -> Reading | None:
        if self._in_the_past(m):
            return None
        if m[0] == "overnight":
            return self._overnight(m)
        row = p.words("anchor")[m[0]]
        anchor = self._anchor(m)
        if anchor and m[0].endswith("in the day") and anchor.start < self._line(m.start()) and (
                shift(anchor.first, 3) < self.published):
            anchor = None  # the day of the news, not of what it recalls
        base = self.published if anchor is None else anchor.last if int(row["first"]) >= 0 else anchor.first
        reading = self._offset(m, row, base)
        return None if reading.first > self.published and not self._ahead(m) else reading

    def _in_the_past(self, m: re.Match[str]) -> bool:
        """Whether the paragraph tells of a month or year, so that its days are unknown: last month … the same day."""
        before = [r for r in self._told(self._line(m.start()), m.start()) if r.role != "future"]
        return bool(before) and all(r.precision in ("month", "year") and r.role == "point" for r in before)

    def _overnight(self, m: re.Match[str]) -> Reading:
        """From the evening before the day that the sentence names, or before publication."""
        row, anchor = p.words("offset")[m[0]], self._anchor(m, sentence_first=True)
        first, last = self._sentence(m.start())
        if anchor is None or not first <= anchor.start < last or anchor.role != "point":
            return self._offset(m, row, self.published)
        if 0 <= anchor.start - m.end() < 5 or 0 <= m.start() - anchor.end < 2:
            return self._build(m, (anchor.first, shift(anchor.first, 1)), "day", "relative", "range")
        return self._offset(m, row, anchor.last)

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
        before = [r for r in self._told(m.start() - ANCHOR_REACH, m.start()) if r.role != "dateline"]
        return before[-1].first if before else self.published

    def _unit_at(self, m: re.Match[str], base: dt.date, step: int) -> Reading | None:
        unit, part = m["unit"], part_of(m["part"])
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
            earlier = unit == "week" and (m["part"] or "").startswith("earlier")
            last = max(first, min(last, shift(base, -1 if earlier else 0)))
        role = "future" if step > 0 and base == self.published else ""
        return self._build(m, (first, last), precision, "relative", role)
