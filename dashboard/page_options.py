"""The parameters that pages have in their address beside the filters: closed lists of values, or patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_VALUE = 200  # characters of one value
_DAY = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_PAIR = r"[\w.]{1,40}~[\w.]{1,40}"


@dataclass(frozen=True)
class Option:
    """A parameter of one page: its name, its closed list of values (first: the default) or its pattern, its meaning."""

    name: str
    meaning: str
    values: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def default(self) -> str:
        """The value when the URL does not say: the first of the list, or nothing."""
        return self.values[0] if self.values else ""

    def accepts(self, value: str) -> bool:
        """Whether `value` is one of the list, or nothing or a full match of the pattern."""
        if self.values:
            return value in self.values
        return len(value) <= MAX_VALUE and (not value or re.fullmatch(self.pattern, value) is not None)


PAGE_OPTIONS: dict[str, tuple[Option, ...]] = {
    "overview": (),
    "timeline": (
        Option("unit", "length of a period", ("month", "week", "day")),
        Option("stack", "what the bars tell apart: types of violence, groups of events, or pairs of sides",
               ("type", "group", "dyad")),
        Option("killed", "persons killed: in each period, or added up from the first day", ("period", "cumulative")),
        Option("compare", "second period to compare with: before (the one before), year (a year earlier), or its first "
               "and last day as 2025-01-01~2025-01-31", pattern=rf"before|year|{_DAY}~{_DAY}"),
    ),
    "actors": (
        Option("show", "matrix or network of who is named with whom, the same by month, or who acted against whom",
               ("matrix", "network", "time", "against")),
        Option("level", "text in which two actors must be named together", ("sentence", "paragraph", "article")),
        Option("measure", "what the table of sides counts", ("events", "fatalities")),
        Option("detail", "root actors or their branches", ("root", "actor")),
        Option("open", "root actors that are told by their branches, as A~B",
               pattern=r"[A-Z]{1,20}(~[A-Z]{1,20}){0,7}"),
        Option("scale", "what the matrix and the network of co-mentions show", ("count", "jaccard", "npmi")),
        Option("top", "how many actors are drawn, those most often named with others first", ("15", "30", "8")),
        Option("pair", "two actors whose common sentences are shown, as A~B", pattern=_PAIR),
        Option("pairs", "pairs that are drawn by month, as A~B,A~C; without it the leading ones",
               pattern=rf"{_PAIR}(,{_PAIR}){{0,7}}"),
        Option("sides", "two actors, A acting against B, whose events are shown, as A~B", pattern=_PAIR),
    ),
    "map": (
        Option("measure", "what size and colour show: persons killed, or events", ("fatalities", "events")),
        Option("marks", "a mark for each place, hexagons, districts by colour, or auto: hexagons where places are many",
               ("auto", "places", "hexagons", "districts")),
        Option("focus", "part of the map that is shown: border, region, or a crossing of data/reference/crossings.csv",
               pattern=r"[a-z-]{1,40}"),
        Option("step", "length of a step through time, or the whole period of the filters",
               ("whole", "month", "week", "day")),
        Option("at", "a day of the step that is shown (without one: the last step)",
               pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        Option("until", "what a step shows: its own events, or all up to its end", ("step", "cumulative")),
        Option("area", "place or area whose events are read: latitude and longitude, or district:, province: or "
               "hexagon: and its identifier", pattern=r"[\w.,:-]{1,80}"),
    ),
    "event": (Option("id", "event_id of the event", pattern=r"[\w.:-]{1,80}"),),
    "events": (
        Option("event", "event_id of an event, whose page is opened", pattern=r"[\w.:-]{1,80}"),
        Option("page", "page of the table, where it has more than one", pattern=r"[1-9][0-9]{0,3}"),
    ),
    "changes": (
        Option("since", "release to compare with (default: the one before)", pattern=r"[\w.-]{1,80}"),
        Option("kind", "which changes are shown", ("all", "added", "removed", "merged", "split", "changed")),
    ),
    "code": (),
    "about": (Option("section", "part of the page", ("data", "types", "columns", "accuracy", "sources", "citing")),),
}
UNFILTERED = ("event", "changes", "code", "about")  # pages that filters do not change


def split_pair(value: str) -> tuple[str, ...]:
    """The actors of a value such as ``AFG~PAK``; none where it is empty."""
    return tuple(value.split("~")) if value else ()
