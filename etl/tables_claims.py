"""Rows of the tables `claims` and `tolls`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from etl.article import CodedArticle, CodedEvent
from etl.claims import Claim, contested, toll
from etl.codebook import excerpt
from etl.identifiers import digest
from etl.schema import MEASURES


def claim_rows(event: CodedEvent, coded: CodedArticle, report_id: str, event_id: str,
               ) -> Iterable[tuple[dict[str, Any], Claim]]:
    """The rows of `claims` that one report carries, each with the claim that tolls are made of."""
    article, ordinals = coded.article, Counter[str]()
    for casualty in event.casualties:
        start, end = excerpt(casualty.start, casualty.end)
        if start >= end:
            start, end = excerpt(event.evidence_start, event.evidence_end)
        for measure in MEASURES:
            bounds = getattr(casualty, measure)
            if not bounds:
                continue
            claim = Claim(casualty.side, measure, bounds[0], bounds[1], casualty.by, article.id, article.published,
                          event.salience == "main")
            identity = digest(report_id, measure, str(casualty.side), str(bounds), str(casualty.by))
            row = {
                "claim_id": f"C{digest(identity, str(ordinals[identity]))}", "event_id": event_id,
                "report_id": report_id, "article_id": article.id, "published": article.published,
                "side": casualty.side, "measure": measure, "low": bounds[0], "high": bounds[1],
                "claimant": casualty.by, "standing": "unattributed", "superseded": False,
                "evidence": article.full_text[start:end], "evidence_start": start, "evidence_end": end,
            }
            ordinals[identity] += 1
            yield row, claim


def toll_rows(event_id: str, claims: Sequence[Claim]) -> Iterator[dict[str, Any]]:
    """The rows of `tolls` of one event: each measure in total, then side by side."""
    for measure in MEASURES:
        told = [claim for claim in claims if claim.measure == measure]
        for side in (None, *sorted({claim.side for claim in told if claim.side})):
            rows = [claim for claim in told if side is None or claim.side == side]
            if not rows:
                continue
            figures = toll(rows, measure)
            yield {
                "toll_id": f"T{digest(event_id, measure, side or '')}", "event_id": event_id, "measure": measure,
                "side": side, **vars(figures), "n_claims": len(rows), "contested": contested(rows), "basis": None,
                "accounts": None, "history": None,
            }
