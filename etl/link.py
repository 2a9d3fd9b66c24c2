"""Links the reports of all articles into events: the same happening gets the same event_id wherever it is told.

Method. Reports are compared in blocks (event group × month of their dates). The likeness of two reports is the likeness
of their types (`link_types.csv`) times the weighted mean of four parts, each between 0 and 1: dates, places, parties,
tolls (`etl.likeness`); where dates, places or parties exclude each other it is 0. Agglomeration starts with the most
alike pair and joins two clusters as long as their reports are on average at least `THRESHOLD` alike. Two reports of one
article are never joined: the codebook makes them two events.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from etl.actors import root
from etl.article import CodedArticle
from etl.likeness import event_group, likeness
from etl.link_report import Report, report_of_event

THRESHOLD = 0.65
MARGIN = dt.timedelta(days=3)  # reports whose dates lie further apart are not compared


def link(reports: Sequence[Report]) -> list[str]:
    """The event_id of each report, in the order given.

    The identifier does not depend on that order: it is made of what the earliest report says the event is (group,
    sides, place, first day), and of that report itself only where two events agree in all of these.
    """
    return _identify(reports, clusters(reports))


def link_coded(coded: Sequence[CodedArticle]) -> list[list[str]]:
    """The event_id of each event of each coded article, in order."""
    ids = iter(link([
        report_of_event(event, one.article.id, one.article.published,
                        one.article.full_text[event.evidence_start:event.evidence_end])
        for one in coded for event in one.events]))
    return [[next(ids) for _ in one.events] for one in coded]


def clusters(reports: Sequence[Report]) -> list[list[int]]:
    """Positions of the reports of each happening; every report is in exactly one cluster."""
    edges: dict[tuple[int, int], float] = {}
    for i, j in _candidates(reports):
        if reports[i].article_id != reports[j].article_id and (i, j) not in edges:
            edges[i, j] = likeness(reports[i], reports[j])
    where = list(range(len(reports)))
    members = {i: [i] for i in where}
    told_by = {i: {reports[i].article_id} for i in where}
    ranked = sorted((pair for pair, score in edges.items() if score >= THRESHOLD),
                    key=lambda pair: (-edges[pair], *sorted(reports[i].sort_key for i in pair)))
    for i, j in ranked:
        one, other = where[i], where[j]
        if one == other or told_by[one] & told_by[other]:
            continue
        scores = [edges.get((min(a, b), max(a, b)), 0.0) for a in members[one] for b in members[other]]
        if sum(scores) / len(scores) < THRESHOLD:
            continue
        for k in members[other]:
            where[k] = one
        members[one] += members.pop(other)
        told_by[one] |= told_by.pop(other)
    return list(members.values())


def _candidates(reports: Sequence[Report]) -> Iterator[tuple[int, int]]:
    """Pairs (i < j) in one block whose dates come near each other."""
    blocks: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i, report in enumerate(reports):
        first, last = report.date_start - MARGIN, report.date_end + MARGIN
        for month in range(first.year * 12 + first.month, last.year * 12 + last.month + 1):
            blocks[event_group(report.event_type), month].append(i)
    for block in blocks.values():
        for i, j in combinations(block, 2):
            if (reports[i].date_start - MARGIN <= reports[j].date_end
                    and reports[j].date_start - MARGIN <= reports[i].date_end):
                yield i, j


def _identify(reports: Sequence[Report], groups: list[list[int]]) -> list[str]:
    ids = [""] * len(reports)
    taken: set[str] = set()
    firsts = sorted(((min(group, key=lambda i: reports[i].sort_key), group) for group in groups),
                    key=lambda pair: reports[pair[0]].sort_key)
    for first, group in firsts:
        event_id, number = _event_id(reports[first], ""), 0
        while event_id in taken:
            event_id, number = _event_id(reports[first], f"{reports[first].article_id}#{number}"), number + 1
        taken.add(event_id)
        for i in group:
            ids[i] = event_id
    return ids


def _event_id(report: Report, discriminator: str) -> str:
    sides = sorted({root(actor) for actor in report.actors_a + report.actors_b})
    place = next((name for name in (report.district, report.place, report.province, report.country) if name), "")
    what = "\x1f".join((event_group(report.event_type), *sides, place, report.date_start.isoformat(), discriminator))
    return f"E{hashlib.sha256(what.encode('utf-8', 'replace')).hexdigest()[:12]}"
