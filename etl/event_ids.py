"""Which identifiers events keep from one release to the next, and what became of the others.

An event keeps the identifier of the earlier event with which it shares most reports (in a tie, the one whose first
report it holds, then the older one). What shares none, or less than another, gets the identifier that its founding
report gives (`etl.link.report_keys`). An identifier is never given to another happening: one that was merged or
withdrawn comes back only with its founding report. A report is the same as before where its report_id is; where the
coding changed, the most alike one of the same article.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from etl.article import CodedArticle
from etl.identifiers import digest, report_ids
from etl.likeness import Comparison
from etl.link import clusters, ranked, report_keys
from etl.link_report import Report, report_of_event

SAME_REPORT = 0.5  # likeness from which two codings of one article are one report


@dataclass(frozen=True)
class Known:
    """An identifier: a row of the table `event_ids`."""

    event_id: str
    status: str
    merged_into: str | None
    split_from: str | None
    first_release: str
    changed_in: str


@dataclass(frozen=True)
class Told:
    """A report with its identifier, and in an earlier release its event's."""

    report_id: str
    report: Report
    event_id: str = ""


@dataclass(frozen=True)
class Past:
    """What an earlier release says: its reports, and every identifier given until then."""

    told: Sequence[Told] = ()
    known: Mapping[str, Known] = field(default_factory=dict)


def told(coded: Sequence[CodedArticle]) -> list[Told]:
    """The reports of coded articles, in order."""
    return [Told(report_id, report_of_event(event, one.article.id, one.article.published,
                                            one.article.full_text[event.evidence_start:event.evidence_end]))
            for one, own in zip(coded, report_ids(coded), strict=True)
            for event, report_id in zip(one.events, own, strict=True)]


def identify(told: Sequence[Told], past: Past, release: str) -> tuple[list[str], list[Known]]:
    """The event_id of each report, in order, and the rows of `event_ids` of `release`, by identifier."""
    reports = [one.report for one in told]
    groups = clusters(reports)
    group_of = {i: n for n, group in enumerate(groups) for i in group}
    before = same_reports(told, past.told)
    votes: Counter[tuple[int, str]] = Counter((group_of[i], past.told[k].event_id) for i, k in before.items())
    kept = _kept(votes, _founded(past.told, before, group_of))
    given = dict(kept)
    taken = set(kept.values())
    own = report_keys(reports)
    for n, group in enumerate(groups):
        if n not in given:
            given[n] = _fresh(own[group[0]], taken, past.known)
            taken.add(given[n])
    ids = [given[group_of[i]] for i in range(len(told))]
    return ids, _history(given, votes, past.known, release)


def same_reports(told: Sequence[Told], earlier: Sequence[Told]) -> dict[int, int]:
    """Position of a report → position of the same one in the earlier release."""
    by_id = {one.report_id: k for k, one in enumerate(earlier)}
    found = {i: by_id[one.report_id] for i, one in enumerate(told) if one.report_id in by_id}
    used = set(found.values())
    left: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for i, one in enumerate(told):
        if i not in found:
            left[one.report.article_id][0].append(i)
    for k, one in enumerate(earlier):
        if k not in used and one.report.article_id in left:
            left[one.report.article_id][1].append(k)
    for now, then in left.values():
        if then:
            found |= _most_alike(told, earlier, now, then)
    return found


def _most_alike(told: Sequence[Told], earlier: Sequence[Told], now: list[int], then: list[int]) -> dict[int, int]:
    comparison = Comparison([told[i].report for i in now] + [earlier[k].report for k in then])
    one, other = np.divmod(np.arange(len(now) * len(then)), len(then))
    keep, score = comparison.scores(one, other + len(now), SAME_REPORT)
    pairs = sorted(zip((-score).tolist(), one[keep].tolist(), other[keep].tolist(), strict=True))
    found: dict[int, int] = {}
    for _, i, k in pairs:
        if now[i] not in found and then[k] not in found.values():
            found[now[i]] = then[k]
    return found


def _founded(earlier: Sequence[Told], before: Mapping[int, int], group_of: Mapping[int, int]) -> dict[str, int]:
    """The group that holds the first report of each earlier event, in the order of those first reports."""
    now = {k: group_of[i] for i, k in before.items()}
    founded: dict[str, int] = {}
    for k in ranked([one.report for one in earlier]):
        founded.setdefault(earlier[k].event_id, now.get(k, -1))
    return founded


def _kept(votes: Mapping[tuple[int, str], int], founded: Mapping[str, int]) -> dict[int, str]:
    """The earlier identifier of each group that keeps one."""
    age = {event_id: n for n, event_id in enumerate(founded)}
    kept: dict[int, str] = {}
    used: set[str] = set()
    for n, event_id in sorted(votes, key=lambda pair: (-votes[pair], founded[pair[1]] != pair[0], age[pair[1]], pair)):
        if n not in kept and event_id not in used:
            kept[n] = event_id
            used.add(event_id)
    return kept


def _fresh(own: str, taken: set[str], known: Mapping[str, Known]) -> str:
    """The identifier that a founding report gives; where another event keeps it, one that was never given."""
    event_id, number = own, 1
    while event_id in taken or (number > 1 and event_id in known):
        number += 1
        event_id = f"E{digest(own, str(number))}"
    return event_id


def _history(given: Mapping[int, str], votes: Mapping[tuple[int, str], int], known: Mapping[str, Known],
             release: str) -> list[Known]:
    live = set(given.values())
    held_by: dict[str, str] = {}
    came_from: dict[int, str] = {}
    for n, event_id in sorted(votes, key=lambda pair: (-votes[pair], given[pair[0]], pair[1])):
        held_by.setdefault(event_id, given[n])
        came_from.setdefault(n, event_id)
    rows: dict[str, Known] = {}
    for event_id, old in known.items():
        if event_id in live:
            row = replace(old, status="live", merged_into=None)
        else:
            into = held_by.get(event_id) or _follow(old.merged_into, live, held_by)
            row = replace(old, status="merged" if into else "withdrawn", merged_into=into)
        rows[event_id] = row
    for n, event_id in given.items():
        origin = came_from.get(n)
        split = origin if origin is not None and origin != event_id and origin in live else None
        if event_id not in rows:
            rows[event_id] = Known(event_id, "live", None, split, release, release)
        elif split and event_id not in held_by:  # merged or withdrawn before, and back again
            rows[event_id] = replace(rows[event_id], split_from=split)
    return [row if row == known.get(event_id) else replace(row, changed_in=release)
            for event_id, row in sorted(rows.items())]


def _follow(into: str | None, live: set[str], held_by: Mapping[str, str]) -> str | None:
    """Where an event that was merged earlier is now."""
    return into if into in live else held_by.get(into or "")


def find(event_id: str, known: Iterable[Known]) -> str | None:
    """The event that an identifier of any release of the line leads to now; None where there is none any more."""
    row = next((row for row in known if row.event_id == event_id), None)
    return None if row is None else row.event_id if row.status == "live" else row.merged_into
