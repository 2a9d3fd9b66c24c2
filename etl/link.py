"""Links the reports of all articles into events: the same happening gets the same event_id wherever it is told.

Method. Reports that are near in time and place are compared (`etl.nearby`). The likeness of two reports is the likeness
of their types (`link_types.csv`) times the weighted mean of four parts, each between 0 and 1: dates, places, parties,
tolls (`etl.likeness`); where dates, places or parties exclude each other it is 0. Agglomeration starts with the most
alike pair and joins two clusters as long as their reports are on average at least `THRESHOLD` alike. Last, clusters
that tell one striking toll are joined (`etl.striking`). Two reports of one article are never joined: the codebook makes
them two events.

An event is identified by its founding report, the earliest one: the identifier is made of that report's article, event
group, day and place, and of nothing else. Which identifiers a new release keeps is decided in `etl.event_ids`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from etl.likeness import Comparison, event_group
from etl.link_report import Report
from etl.nearby import Edges, alike
from etl.striking import joined_by_toll

THRESHOLD = 0.65
LARGEST = 2000  # reports that are compared all with all
STEP = 0.02  # by so much the threshold rises where more hang together
LEEWAY = 1e-9  # of sums of floating point numbers


def link(reports: Sequence[Report]) -> list[str]:
    """The event_id of each report, in the order given; the identifiers do not depend on that order."""
    ids = [""] * len(reports)
    own = report_keys(reports)
    for group in clusters(reports):
        for i in group:
            ids[i] = own[group[0]]
    return ids


def report_keys(reports: Sequence[Report]) -> list[str]:
    """For each report the event_id of an event that it founds: no two are equal, and only its own article decides."""
    keys, told = [""] * len(reports), Counter[str]()
    for i in ranked(reports):
        report = reports[i]
        place = next((name for name in (report.district, report.place, report.province, report.country) if name), "")
        what = "\x1f".join((report.article_id, event_group(report.event_type), place, report.date_start.isoformat()))
        told[what] += 1
        salted = f"{what}\x1f{told[what]}" if told[what] > 1 else what
        keys[i] = f"E{hashlib.sha256(salted.encode('utf-8', 'replace')).hexdigest()[:12]}"
    return keys


def clusters(reports: Sequence[Report]) -> list[list[int]]:
    """Positions of the reports of each happening, the earliest first; every report is in exactly one cluster."""
    rank = np.empty(len(reports), dtype=np.int64)
    rank[ranked(reports)] = np.arange(len(reports))
    comparison = Comparison(reports)
    edges = _ordered(alike(comparison, THRESHOLD), rank)
    found: list[list[int]] = []
    for members, part in _components(np.arange(len(reports)), edges, rank, THRESHOLD):
        found += _agglomerate(comparison, members, part) if len(members) > 2 else [members.tolist()]
    joined = joined_by_toll(reports, sorted(found, key=lambda group: rank[group[0]]))
    return [sorted(group, key=rank.__getitem__) for group in joined]


def ranked(reports: Sequence[Report]) -> list[int]:
    """Positions, the earliest telling first; the order is made of the reports' contents alone."""
    order = sorted(range(len(reports)), key=lambda i: reports[i].told_on)
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or reports[order[end]].told_on != reports[order[start]].told_on:
            if end - start > 1:
                order[start:end] = sorted(order[start:end], key=lambda i: reports[i].sort_key)
            start = end
    return order


def _ordered(edges: Edges, rank: np.ndarray) -> Edges:
    """The most alike pair first, ties by the earlier reports."""
    low, high = np.minimum(rank[edges.one], rank[edges.other]), np.maximum(rank[edges.one], rank[edges.other])
    return edges.only(np.lexsort((high, low, -edges.score)))


def _components(members: np.ndarray, edges: Edges, rank: np.ndarray, threshold: float,
                ) -> Iterator[tuple[np.ndarray, Edges]]:
    """Reports that hang together by edges, the earliest first, with their edges in the order given.

    What hangs together too loosely to be compared all with all is cut at its weakest edges.
    """
    place = np.full(len(rank), -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    graph = coo_array((np.ones(len(edges.one), dtype=np.int8), (place[edges.one], place[edges.other])),
                      shape=(len(members),) * 2)
    number, labels = connected_components(graph, directed=False)
    order = np.lexsort((rank[members], labels))
    of_edges = labels[place[edges.one]]
    edges_order = np.argsort(of_edges, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(number + 1))
    parts = np.searchsorted(of_edges[edges_order], np.arange(number + 1))
    for label in range(number):
        group = members[order[bounds[label]:bounds[label + 1]]]
        part = edges.only(edges_order[parts[label]:parts[label + 1]])
        if len(group) <= LARGEST:
            yield group, part
        else:
            threshold = float(part.score.min()) + STEP
            yield from _components(group, part.only(np.flatnonzero(part.score >= threshold)), rank, threshold)


def _agglomerate(comparison: Comparison, members: np.ndarray, edges: Edges) -> list[list[int]]:
    """The clusters of one component; `edges` are its pairs above the threshold in the order they are tried."""
    size = len(members)
    one, other = np.triu_indices(size, 1)
    keep, score = comparison.scores(members[one], members[other])
    sums = np.zeros((size, size))
    sums[one[keep], other[keep]] = score
    sums += sums.T
    place = {position: n for n, position in enumerate(members.tolist())}
    where = list(range(size))
    clusters = {n: [n] for n in where}
    told_by = {n: {article} for n, article in enumerate(comparison.article[members].tolist())}
    for i, j in zip(edges.one.tolist(), edges.other.tolist(), strict=True):
        a, b = sorted((where[place[i]], where[place[j]]))
        if a == b or sums[a, b] < THRESHOLD * len(clusters[a]) * len(clusters[b]) - LEEWAY or told_by[a] & told_by[b]:
            continue
        sums[a] += sums[b]
        sums[:, a] += sums[:, b]
        for n in clusters[b]:
            where[n] = a
        clusters[a] = sorted(clusters[a] + clusters.pop(b))
        told_by[a] |= told_by.pop(b)
    return [members[group].tolist() for group in clusters.values()]
