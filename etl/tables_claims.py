"""Rows of the tables `claims` and `tolls`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from etl.article import CodedArticle, CodedEvent
from etl.claims import TEXT, Claim, Parties, contests, latest
from etl.codebook import excerpt
from etl.estimates import estimates
from etl.identifiers import digest
from etl.schema import EVIDENCE_LIMIT, MEASURES, join_list

_SENTENCE_END = re.compile(r"""\n|(?P<short>\b[A-Z][a-z]{0,3})?(?<=\S)[.!?]["'”’)]?\s+(?=["'“‘(]?[A-Z0-9])""")


def claim_rows(event: CodedEvent, coded: CodedArticle, report_id: str, event_id: str,
               ) -> Iterable[tuple[dict[str, Any], Claim]]:
    """The rows of `claims` that one report carries, each with the claim that tolls are made of.

    How a source stands to the losses shows beside the other claims about the event: these columns are not yet there.
    """
    article, ordinals = coded.article, Counter[str]()
    for casualty in event.casualties:
        start, end = (casualty.start, casualty.end) if casualty.start < casualty.end else (
            event.evidence_start, event.evidence_end)
        start, end = sentence_around(article.full_text, start, end)
        for measure in MEASURES:
            bounds = getattr(casualty, measure)
            if not bounds:
                continue
            identity = digest(report_id, measure, str(casualty.side), str(bounds), str(casualty.by))
            claim_id = f"C{digest(identity, str(ordinals[identity]))}"
            claim = Claim(casualty.side, measure, bounds[0], bounds[1], casualty.by, article.id, article.published,
                          event.salience == "main", claim_id)
            row = {
                "claim_id": claim_id, "event_id": event_id,
                "report_id": report_id, "article_id": article.id, "published": article.published,
                "side": casualty.side, "measure": measure, "low": bounds[0], "high": bounds[1],
                "claimant": casualty.by,
                "evidence": article.full_text[start:end], "evidence_start": start, "evidence_end": end,
            }
            ordinals[identity] += 1
            yield row, claim


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets of the sentence that holds a figure, as far as an excerpt may reach; the figure stays in it.

    A sentence ends at a line's end, or at a full stop before a capital that no abbreviation ("Gen.", "Oct.") has.
    """
    start, end = excerpt(start, end)
    breaks = [match.end() for match in _SENTENCE_END.finditer(text, max(start - 2 * EVIDENCE_LIMIT, 0),
                                                              end + EVIDENCE_LIMIT) if not match["short"]]
    first = max((place for place in breaks if place <= start), default=0)
    last = min((place for place in breaks if place >= end), default=len(text))
    while last > end and text[last - 1].isspace():
        last -= 1
    if end - first > EVIDENCE_LIMIT:  # too long a sentence: from a word's start on, so that the figure is in it
        blank = text.find(" ", end - EVIDENCE_LIMIT, start)
        first = blank + 1 if blank >= 0 else start
    return first, min(last, first + EVIDENCE_LIMIT)


def toll_rows(event_id: str, claims: Sequence[Claim], parties: Parties) -> Iterator[dict[str, Any]]:
    """The rows of `tolls` of one event: each measure in total, then side by side."""
    disputed = list(contests(claims, parties))
    for measure in MEASURES:
        for estimate in estimates(claims, measure, parties):
            doubts = [contest for contest in disputed if contest.measure == measure]
            own = set(estimate.claims)
            told = latest(estimate.claims) if estimate.side else _latest_by_side(estimate.claims)
            yield {
                "toll_id": f"T{digest(event_id, measure, estimate.side or '')}", "event_id": event_id,
                "measure": measure, "side": estimate.side, **vars(estimate.toll), "n_claims": len(estimate.claims),
                "contested": any(own & set(contest.claims) for contest in doubts),
                "basis": estimate.basis.claim_id if estimate.basis else None,
                "accounts": join_list(list(dict.fromkeys(
                    f"{claim.claimant or TEXT} {claim.figure}" + (f" {claim.side}" if not estimate.side and claim.side
                                                                  else "") for claim in told.values()))),
                "history": join_list([f"{day.isoformat()} {number}" for day, number in estimate.history]),
            }


def _latest_by_side(claims: Sequence[Claim]) -> dict[tuple[str | None, str], Claim]:
    sides = sorted({claim.side or "" for claim in claims})
    return {(side, source): claim for side in sides for source, claim in
            sorted(latest(claim for claim in claims if (claim.side or "") == side).items())}


def contested_accounts(claims: Sequence[Claim], parties: Parties) -> list[str]:
    """The versions of what sources contradict each other on, each as a line of text."""
    return [contest.text() for contest in contests(claims, parties)]
