"""A View is what the reader asked to see; its address says it in full.

Every filter stands in the URL, also where it has its default, together with the release, so that a link shows the same
numbers later. A URL is never trusted: lengths are limited, values come from closed lists or are bounded, and whatever
is not understood is ignored with a notice that names the parameter.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from dashboard.page_options import MAX_VALUE, PAGE_OPTIONS

Salience = Literal["main", "background", "all"]
SALIENCES: tuple[Salience, ...] = ("all", "main", "background")

ALL = "all"  # no restriction: also takes in what has no actor, province or place
NONE = "none"  # nothing chosen: the reader unticked every type
MAX_VALUES = 100  # values of one parameter
MAX_TEXT = 100  # characters of the search text
MAX_FATALITIES = 100_000
MAX_KM = 1000
PASSED_OVER = ("embed", "embed_options")  # the server's own parameters
IGNORED, REFUSED = "was ignored", "was not understood"  # what becomes of a bad parameter: on a page, of data

_SAFE = re.compile(r"[\w .,'()–-]{1,60}")


@dataclass(frozen=True)
class Facts:
    """What a release holds, in the order in which it is offered: the only values that a View may take.

    `actors` are identifiers together with their roots (``PAK`` and ``PAK.MIL``). `date_from` is the
    first `date_start` of its events, `date_to` the last one or the day of the last article, whichever is later.
    """

    release: str
    date_from: dt.date
    date_to: dt.date
    types: tuple[str, ...]
    actors: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


FILTERS: dict[str, str] = {
    "release": "release that the numbers come from",
    "from": "first day (an event counts on its first day)",
    "to": "last day",
    "types": "event types, each written out",
    "actors": "actors on either side or as mediators; a root such as PAK selects its branches; all: no restriction",
    "provinces": "provinces; all: no restriction, also events without a province",
    "places": "places, also as one of several; all: no restriction",
    "min_fatalities": "least number of persons killed (best account); 0: no restriction",
    "border_km": "at most so many kilometres from the Durand Line, for events at a known place, and events known only "
                 "to be along the border; 0: no restriction",
    "salience": "main: what articles were written to report; background: what they only mention; all: both",
    "q": "text to find in evidence, titles, places and actors; all its words must occur",
}

@dataclass(frozen=True)
class View:
    """The filters of the dashboard, in the order of `Facts`; see `FILTERS` for what each means.

    Empty `actors`, `provinces` or `places` restrict nothing; empty `types` show nothing.
    """

    release: str
    date_from: dt.date
    date_to: dt.date
    types: tuple[str, ...]
    actors: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    min_fatalities: int = 0
    border_km: int = 0
    salience: Salience = "all"
    q: str = ""

    @classmethod
    def default(cls, facts: Facts) -> View:
        """Everything that the release holds."""
        return cls(facts.release, facts.date_from, facts.date_to, facts.types)

    def with_changes(self, facts: Facts, **changes: object) -> View:
        """This View with `changes`, put into the order of `facts`, without repeats and branches of a chosen root."""
        view = replace(self, **changes)  # type: ignore[arg-type]
        actors = _ordered(view.actors, facts.actors)
        return replace(
            view,
            types=_ordered(view.types, facts.types),
            actors=tuple(actor for actor in actors if actor == root(actor) or root(actor) not in actors),
            provinces=_ordered(view.provinces, facts.provinces),
            places=_ordered(view.places, facts.places),
            q=clean_text(view.q),
        )

    def to_query(self) -> dict[str, list[str]]:
        """The parameters of the URL: every filter, also where it has its default."""
        return {
            "release": [self.release],
            "from": [self.date_from.isoformat()],
            "to": [self.date_to.isoformat()],
            "types": list(self.types) or [NONE],
            "actors": list(self.actors) or [ALL],
            "provinces": list(self.provinces) or [ALL],
            "places": list(self.places) or [ALL],
            "min_fatalities": [str(self.min_fatalities)],
            "border_km": [str(self.border_km)],
            "salience": [self.salience],
            "q": [self.q],
        }

    @classmethod
    def from_query(
        cls, params: Mapping[str, Sequence[str]], facts: Facts, verdict: str = IGNORED
    ) -> tuple[View, tuple[str, ...]]:
        """The View that `params` ask for, and one notice for each parameter that was ignored in whole or in part.

        `verdict` is what the notices say of such a parameter.
        """
        reader = _Reader(params, verdict)
        default = cls.default(facts)
        release = reader.one("release")
        if release not in (None, facts.release):
            reader.notice("release", "that release is not here; the numbers are those of the release shown")
        date_from, date_to = reader.dates(facts)
        types: tuple[str, ...] = facts.types
        if reader.values("types") == [NONE]:
            types = ()
        elif chosen := reader.listed("types", facts.types):
            types = chosen
        view = default.with_changes(
            facts,
            date_from=date_from,
            date_to=date_to,
            types=types,
            actors=reader.listed("actors", facts.actors),
            provinces=reader.listed("provinces", facts.provinces),
            places=reader.listed("places", facts.places),
            min_fatalities=reader.whole_number("min_fatalities", MAX_FATALITIES),
            border_km=reader.whole_number("border_km", MAX_KM),
            salience=cast(Salience, reader.choice("salience", SALIENCES)),
            q=reader.text("q", MAX_TEXT),
        )
        return view, tuple(reader.notices)

    def is_default(self, facts: Facts) -> bool:
        """Whether the View shows the whole release."""
        return self == View.default(facts)


def options_from_query(
    params: Mapping[str, Sequence[str]], page: str, verdict: str = IGNORED
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The options of `page` that `params` ask for (name → value), and a notice for each that was ignored.

    A parameter that is neither a filter nor an option of this page gets a notice too.
    """
    reader = _Reader(params, verdict)
    known = {option.name: option for option in PAGE_OPTIONS.get(page, ())}
    found = {name: option.default for name, option in known.items()}
    for name, option in known.items():
        value = reader.one(name)
        if value is None:
            continue
        if option.accepts(value):
            found[name] = value
        else:
            allowed = ", ".join(option.values) or "another form of value"
            reader.notice(name, f"not a value it can take ({allowed})")
    strangers = [name for name in params if name not in FILTERS and name not in known and name not in PASSED_OVER]
    for name in strangers[:3]:
        reader.notice(name, "no such parameter on this page")
    if len(strangers) > 3:
        reader.notices.append(f"{len(strangers) - 3} more parameters of the address are unknown.")
    return found, tuple(reader.notices)


def root(actor: str) -> str:
    """The root of an actor's identifier: ``PAK.MIL`` → ``PAK``."""
    return actor.split(".", 1)[0]


def clean_text(text: str) -> str:
    """A search text on one line without control characters, at most `MAX_TEXT` characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_TEXT].strip()


def _ordered(values: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    wanted = set(values)
    return tuple(value for value in order if value in wanted)


class _Reader:
    """Takes values out of a URL's parameters and notes what had to be ignored."""

    def __init__(self, params: Mapping[str, Sequence[str]], verdict: str = IGNORED) -> None:
        self.params = params
        self.verdict = verdict
        self.notices: list[str] = []

    def notice(self, name: str, why: str) -> None:
        shown = name if _SAFE.fullmatch(name) else "with an unreadable name"
        self.notices.append(f"Parameter {shown} of the address {self.verdict}: {why}.")

    def values(self, name: str) -> list[str]:
        given = self.params.get(name, ())
        return [given] if isinstance(given, str) else list(given)

    def one(self, name: str) -> str | None:
        values = self.values(name)
        if len(values) > 1:
            self.notice(name, "it stands there more than once")
            return None
        if values and len(values[0]) > MAX_VALUE:
            self.notice(name, "its value is too long")
            return None
        return values[0] if values else None

    def listed(self, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        values = self.values(name)
        if not values or values == [ALL]:
            return ()
        if len(values) > MAX_VALUES:
            self.notice(name, f"it has more than {MAX_VALUES} values")
            return ()
        known = set(allowed)
        strangers = [value for value in values if value not in known]
        if strangers:
            named = [value for value in strangers if _SAFE.fullmatch(value)][:3]
            what = ", ".join(named) + (" and more" if len(strangers) > len(named) else "") if named else "some values"
            self.notice(name, f"this release has no {what}")
        return tuple(value for value in values if value in known)

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        value = self.one(name)
        if value is not None and value in allowed:
            return value
        if value is not None:
            self.notice(name, f"it can only be {', '.join(allowed)}")
        return allowed[0]

    def whole_number(self, name: str, maximum: int) -> int:
        value = self.one(name)
        if value is None:
            return 0
        if re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) and int(value) <= maximum:
            return int(value)
        self.notice(name, f"it must be a whole number from 0 to {maximum}")
        return 0

    def text(self, name: str, limit: int) -> str:
        value = self.one(name) or ""
        cleaned = clean_text(value)
        if len(value) > limit:
            self.notice(name, f"it has more than {limit} characters")
            return ""
        return cleaned

    def day(self, name: str) -> dt.date | None:
        value = self.one(name)
        if value is None:
            return None
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
                return dt.date.fromisoformat(value)
        except ValueError:
            pass
        self.notice(name, "it must be a day such as 2025-10-31")
        return None

    def dates(self, facts: Facts) -> tuple[dt.date, dt.date]:
        """First and last day, each within the release; both are ignored when they stand in the wrong order."""
        first, last = self.day("from"), self.day("to")
        if first and last and first > last:
            self.notice("from", "it lies behind the last day")
            self.notice("to", "it lies before the first day")
            return facts.date_from, facts.date_to
        kept = []
        for name, day, default in (("from", first, facts.date_from), ("to", last, facts.date_to)):
            if day is not None and not facts.date_from <= day <= facts.date_to:
                self.notice(name, f"this release runs from {facts.date_from} to {facts.date_to}")
                day = None
            kept.append(day or default)
        if kept[0] > kept[1]:
            return facts.date_from, facts.date_to
        return kept[0], kept[1]
