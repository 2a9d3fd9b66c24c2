"""Identifiers made of contents: the same thing has the same identifier on every machine and in every release."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from etl.article import CodedArticle


def digest(*parts: str) -> str:
    """Twelve hexadecimal digits of the SHA-256 over the parts."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:12]


def report_ids(coded: Sequence[CodedArticle]) -> list[list[str]]:
    """The report_id of each event of each coded article: made of the article, type, day and where the text tells it."""
    found = []
    for one in coded:
        ordinals: Counter[str] = Counter()
        ids = []
        for event in one.events:
            identity = digest(one.article.id, event.event_type, str(event.date_start), str(event.evidence_start))
            ids.append(f"R{digest(identity, str(ordinals[identity]))}")
            ordinals[identity] += 1
        found.append(ids)
    return found
