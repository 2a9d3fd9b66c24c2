"""The data sets that can be asked for by an address: what a row is, its columns, and how a View reads them.

A data set holds what the page beside it shows, with the same filters and the same options.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import pandas as pd

from dashboard import comparison, cooccurrence, queries, sides
from dashboard.cooccurrence import Scale
from dashboard.page_options import split_pair
from dashboard.queries import Detail, Level, Part, Unit
from dashboard.releases import Release
from dashboard.view import View
from etl import names
from etl.columns import Column, Table
from etl.schema import ARTICLES, BY_NAME

# Files that stand beside the data sets
CODEBOOK, RELEASES, BRIEFING, PICTURE = "codebook.csv", "releases.json", "briefing.html", "picture.png"
_OF_ARTICLE = tuple(ARTICLES.column(name) for name in ("published", "publisher", "title", "url", "copy_of"))
_REPORTS, _CLAIMS = BY_NAME["reports"], BY_NAME["claims"]
_PERSONS = tuple(
    Column(f"fatalities_{bound}", "integer", f"Sum of the {meaning} accounts of the killed, both sides together; empty "
           "where no event gives a figure", "persons", minimum=0)
    for bound, meaning in (("low", "lowest"), ("best", "most reliable"), ("high", "highest"))
)
TIMELINE = Table(
    "timeline", "the events of one type in one period", ("period_start", "event_type"),
    (
        Column("period_start", "date", "First day of the month, week (a Monday) or day", "ISO 8601 date", True),
        Column("event_type", "string", "Event type of the codebook", required=True, vocabulary="event_types"),
        Column("n_events", "integer", "Events that begin in the period", "events", True, minimum=1),
        *_PERSONS,
        Column("n_imprecise", "integer", "Events among them that are known only to a longer time, counted in the "
               "period of their first possible day", "events", True, minimum=0),
    ),
)
COMPARISON = Table(
    "comparison", "one measure of two periods", ("kind", "quantity"),
    (
        Column("kind", "string", "What the measure is of", required=True,
               allowed=("all", "killed", "group", "type", "crossing")),
        Column("quantity", "string", "The measure in words: a group or type of events, the killed, a crossing closed",
               required=True),
        Column("unit", "string", "What is counted", required=True, allowed=("events", "persons", "days")),
        Column("period_1", "integer", "The measure in the period of the filters", "as in column unit", True),
        Column("period_2", "integer", "The measure in the period that compare asks for; empty where it asks for none",
               "as in column unit"),
        Column("difference", "integer", "period_1 less period_2", "as in column unit"),
        Column("per_30_days_1", "number", "period_1 by the length of its period", "per 30 days", True),
        Column("per_30_days_2", "number", "period_2 by the length of its period", "per 30 days"),
    ),
)
COMENTIONS = Table(
    "comentions", "two actors named in the same texts", ("actor_1", "actor_2"),
    (
        Column("actor_1", "string", "The actor that comes first in the alphabet", required=True, vocabulary="actors"),
        Column("actor_1_name", "string", "Its name", required=True),
        Column("actor_2", "string", "The other actor", required=True, vocabulary="actors"),
        Column("actor_2_name", "string", "Its name", required=True),
        Column("n", "integer", "Texts (sentences, paragraphs or articles) that name both", "texts", True, minimum=1),
        Column("n_1", "integer", "Texts that name the first", "texts", True, minimum=1),
        Column("n_2", "integer", "Texts that name the second", "texts", True, minimum=1),
        Column("value", "number", "How strongly the two go together, on the scale that was asked for", required=True),
    ),
)


_OF_TWO = [column for column in COMENTIONS.columns if column.name != "value"]
MONTHS = Table(
    "comention_months", "two actors named in the same texts of one month", ("month", "actor_1", "actor_2"),
    (
        Column("month", "date", "First day of the month in which the articles were published", "ISO 8601 date", True),
        *_OF_TWO,
        Column("n_texts", "integer", "Texts of the month that name any actor", "texts", True, minimum=1),
        COMENTIONS.column("value"),
    ),
)
SIDES = Table(
    "sides", "one actor acting against another", ("actor_a", "actor_b"),
    (
        Column("actor_a", "string", "Who acted; either, where the order means nothing", required=True,
               vocabulary="actors"),
        Column("actor_a_name", "string", "Its name", required=True),
        Column("actor_b", "string", "Who was hit, or the target", required=True, vocabulary="actors"),
        Column("actor_b_name", "string", "Its name", required=True),
        Column("n_events", "integer", "Events between them", "events", True, minimum=1),
        Column("n_mutual", "integer", "Events among them whose sides have no order (clashes, talks): they stand in "
               "both rows of a pair", "events", True, minimum=0),
        Column("fatalities_best", "integer", "Sum of the most reliable accounts of the killed, both sides together",
               "persons", minimum=0),
    ),
)


@dataclass(frozen=True)
class DataSet:
    """One data set: its columns, the page whose options it takes, how it is read, and how many rows that gives.

    `read` takes a View, a release, the page's options, the id of one event (or none) and the part that is wanted.
    Without `count` the rows are few, and `read` gives all of them.
    """

    table: Table
    page: str
    read: Callable[[View, Release, Mapping[str, str], str | None, Part | None], pd.DataFrame]
    count: Callable[[View, Release], int] | None = None

    @property
    def of_events(self) -> bool:
        """Whether it can be read for one event alone."""
        return self.count is not None


def comentions(view: View, release: Release, options: Mapping[str, str]) -> pd.DataFrame:
    """Pairs of actors named together, with their names and strength; the columns of `COMENTIONS`."""
    level, detail, opened = _counting(options)
    counts, total = cooccurrence.namings(view, release, level, detail, opened)
    pairs = queries.comentions(view, release, level, detail, opened)
    return named(cooccurrence.associate(pairs, counts, total, cast(Scale, options["scale"])), ("actor_1", "actor_2"))


def _counting(options: Mapping[str, str]) -> tuple[Level, Detail, tuple[str, ...]]:
    return cast(Level, options["level"]), cast(Detail, options["detail"]), split_pair(options["open"])


def comention_months(view: View, release: Release, options: Mapping[str, str]) -> pd.DataFrame:
    """Pairs of actors named together by month; the columns of `MONTHS`."""
    level, detail, opened = _counting(options)
    found = cooccurrence.by_month(view, release, level, cast(Scale, options["scale"]), detail, opened)
    return named(found, ("actor_1", "actor_2"))


def against(view: View, release: Release, options: Mapping[str, str]) -> pd.DataFrame:
    """Who acted against whom in the events in view; the columns of `SIDES`."""
    _, detail, opened = _counting(options)
    cells = sides.against_cells(queries.against(view, release, detail, opened))
    return named(cells, ("actor_a", "actor_b")).astype({"fatalities_best": "Int64"})


def compared(view: View, release: Release, options: Mapping[str, str]) -> pd.DataFrame:
    """The measures of the View's period and of the one that the option ``compare`` asks for; see `COMPARISON`."""
    return comparison.measures(view, release, comparison.second_period(view, release.facts, options["compare"]))


def named(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """`table` with the name of each actor beside its identifier."""
    out = table.copy()
    for column in reversed(columns):
        out.insert(list(out.columns).index(column) + 1, f"{column}_name",
                   [names.actor_name(actor) for actor in out[column]])
    return out


def _events(
    view: View, release: Release, options: Mapping[str, str], event_id: str | None, part: Part | None
) -> pd.DataFrame:
    return queries.event(release, event_id) if event_id is not None else queries.events(view, release, part)


SETS: dict[str, DataSet] = {
    "events": DataSet(BY_NAME["events"], "events", _events,
                      lambda view, release: queries.count("events", view, release)),
    "reports": DataSet(
        Table("reports", _REPORTS.row, _REPORTS.key, (*_REPORTS.columns, *_OF_ARTICLE)), "events",
        lambda view, release, _, event_id, part: queries.reports(view, release, event_id, part),
        lambda view, release: queries.count("reports", view, release)),
    "claims": DataSet(
        Table("claims", _CLAIMS.row, _CLAIMS.key, (*_CLAIMS.columns, *_OF_ARTICLE[1:4])), "events",
        lambda view, release, _, event_id, part: queries.claims(view, release, event_id, part),
        lambda view, release: queries.count("claims", view, release)),
    "timeline": DataSet(
        TIMELINE, "timeline",
        lambda view, release, options, _, __: queries.timeline(view, release, cast(Unit, options["unit"]))),
    "comparison": DataSet(COMPARISON, "timeline",
                          lambda view, release, options, _, __: compared(view, release, options)),
    "comentions": DataSet(COMENTIONS, "actors",
                          lambda view, release, options, _, __: comentions(view, release, options)),
    "comention_months": DataSet(MONTHS, "actors",
                                lambda view, release, options, _, __: comention_months(view, release, options)),
    "sides": DataSet(SIDES, "actors", lambda view, release, options, _, __: against(view, release, options)),
}
