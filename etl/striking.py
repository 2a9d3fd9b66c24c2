"""Mass-casualty events: one happening whose telling differs in place and day, known again by its striking toll.

A raid that leaves dozens dead is told for weeks: by the town where the train set out, by the capital where a minister
spoke, "last month". What stays the same is the toll. Method: two clusters of reports that tell the same exact number of
killed of one class of sides, at least `STRIKING` persons, in one country, on days at most `DAYS` apart (or in a month
or year that holds the other's day), are one event: so large a toll is rare enough that two equal ones within days are
hardly to be expected.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from etl.actors import side_class
from etl.likeness import event_group
from etl.link_report import Report

STRIKING = 20  # persons
DAYS = 7
_RECALLED = {"week": dt.timedelta(days=DAYS), "month": dt.timedelta(days=0), "year": dt.timedelta(days=0)}
_VIOLENCE = "violence"


def joined_by_toll(reports: Sequence[Report], clusters: Sequence[list[int]]) -> list[list[int]]:
    """`clusters` (positions in `reports`, earliest first) with those of one mass-casualty event joined.

    Clusters keep their order, joined ones stand where the first of them stood. Two reports of one article are never
    joined.
    """
    tellings: dict[tuple[str, int], list[tuple[dt.date, dt.date, int]]] = defaultdict(list)
    for number, cluster in enumerate(clusters):
        for i in cluster:
            for toll in striking(reports[i]):
                leeway = _RECALLED.get(reports[i].date_precision, dt.timedelta(days=DAYS))
                tellings[toll].append((reports[i].date_start - leeway, reports[i].date_end + leeway, number))
    into = list(range(len(clusters)))
    articles = [{reports[i].article_id for i in cluster} for cluster in clusters]
    countries = [{reports[i].country for i in cluster} - {None} for cluster in clusters]

    def top(number: int) -> int:
        while into[number] != number:
            number = into[number]
        return number

    for toll in sorted(tellings):
        for one, other in pairwise(sorted(tellings[toll])):
            a, b = sorted((top(one[2]), top(other[2])))
            near = other[0] <= one[1]
            abroad = countries[a] and countries[b] and not countries[a] & countries[b]
            if a == b or not near or abroad or articles[a] & articles[b]:
                continue
            into[b] = a
            articles[a] |= articles[b]
            countries[a] |= countries[b]
    joined: dict[int, list[int]] = {}
    for number, cluster in enumerate(clusters):
        joined.setdefault(top(number), []).extend(cluster)
    return [joined[number] for number in sorted(joined)]


def striking(report: Report) -> set[tuple[str, int]]:
    """The exact tolls of a report's sides that are large enough to know an event by: class of the side, killed."""
    if event_group(report.event_type) != _VIOLENCE:
        return set()
    return {(side_class(side), low) for side, low, high in report.figures if side and low == high >= STRIKING}
