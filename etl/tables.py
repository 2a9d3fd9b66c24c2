"""The tables of a release as data frames, from coded articles and their links."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from etl.actors import dyad
from etl.article import CodedArticle, CodedEvent
from etl.claims import Claim, Parties, standing, superseded
from etl.codebook import excerpt
from etl.estimates import toll
from etl.event_ids import Known
from etl.identifiers import report_ids
from etl.ledger import Entry
from etl.likeness import event_group
from etl.measure import SYMMETRIC
from etl.merge import Merged, Told, merge
from etl.schema import BY_NAME, MEASURES, TABLES, join_list
from etl.tables_claims import claim_rows, contested_accounts, toll_rows
from etl.validate import DTYPES

Amend = Callable[[CodedEvent, str, str], CodedEvent]
_LISTS = ("actors_a", "actors_b", "mediators", "claimed_by", "denied_by", "other_places")
_WHERE = ("date_start", "date_end", "date_precision", "place", "district", "province", "country", "geo_precision",
          "place_id", "latitude", "longitude")
_POSITION = ("latitude", "longitude")
_FIRST_BY = {"events": ("date_start",), "reports": ("date_start", "event_id")}  # a reader of the file reads by day


def build(coded: Sequence[CodedArticle], event_ids: Sequence[str], known: Iterable[Known], copies: Mapping[str, str],
          ledger: Iterable[Entry], amend: Amend | None = None) -> dict[str, pd.DataFrame]:
    """All tables of a release by name, sorted by their keys.

    `event_ids` holds the event_id of each event of each coded article, in order; `known` are the identifiers given
    until now; `copies` maps the article_id of a near-copy to that of its original. `amend` corrects a report, given
    its event, report_id and event_id, before it is merged with the others.
    """
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}
    told: dict[str, list[Told]] = defaultdict(list)
    claims: dict[str, list[tuple[dict[str, Any], Claim]]] = defaultdict(list)
    ids = iter(event_ids)
    for article, own in zip(coded, report_ids(coded), strict=True):
        rows["articles"].append(_article_row(article, copies))
        rows["mentions"] += [_mention_row(article, mention) for mention in article.mentions]
        for event, report_id in zip(article.events, own, strict=True):
            event_id = next(ids)
            event = amend(event, report_id, event_id) if amend else event
            rows["reports"].append(_report_row(event, article, report_id, event_id))
            told[event_id].append(Told(event, article.article, copies.get(article.article.id, article.article.id)))
            for row, claim in claim_rows(event, article, report_id, event_id):
                claims[event_id].append((row, claim))
    for event_id, reports in told.items():
        merged, figures = merge(reports), [claim for _, claim in claims[event_id]]
        parties = Parties(merged.coded.actors_a, merged.coded.actors_b, merged.coded.event_type in SYMMETRIC)
        rows["events"].append(_event_row(event_id, merged, reports, figures, parties))
        rows["claims"] += [{**row, "standing": standing(claim, parties), "superseded": superseded(claim, figures)}
                           for row, claim in claims[event_id]]
        rows["tolls"] += toll_rows(event_id, figures, parties)
    rows["event_ids"] = [vars(row) for row in known]
    rows["ledger"] = [vars(entry) for entry in ledger]
    return {table.name: frame(table.name, rows[table.name]) for table in TABLES}


def frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a data frame with exactly the columns, types and order of the schema, sorted by day and key."""
    table = BY_NAME[name]
    order = (*_FIRST_BY.get(name, ()), *table.key)
    rows = sorted(rows, key=lambda row: tuple(row[part] for part in order))
    data = {}
    for column in table.columns:
        values = [row[column.name] for row in rows]
        if column.kind == "date":
            data[column.name] = pd.Series(pd.to_datetime(values).astype("datetime64[s]") if values else [],
                                          dtype=DTYPES[column.kind])
        else:
            filled = [None if value == "" else value for value in values]
            data[column.name] = pd.Series(filled, dtype=DTYPES[column.kind])
    return pd.DataFrame(data, columns=table.names)


def _article_row(coded: CodedArticle, copies: Mapping[str, str]) -> dict[str, Any]:
    article = coded.article
    return {
        "article_id": article.id, "url": article.url, "publisher": article.publisher, "published": article.published,
        "title": article.title, "n_characters": len(article.full_text), "n_sentences": coded.n_sentences,
        "n_reports": len(coded.events), "copy_of": copies.get(article.id),
        "text_sha256": hashlib.sha256(article.full_text.encode()).hexdigest(),
    }


def _mention_row(coded: CodedArticle, mention: Any) -> dict[str, Any]:
    return {"article_id": coded.article.id, **vars(mention)}


def _report_row(event: CodedEvent, coded: CodedArticle, report_id: str, event_id: str) -> dict[str, Any]:
    start, end = excerpt(event.evidence_start, event.evidence_end)
    return {
        "report_id": report_id, "event_id": event_id, "article_id": coded.article.id, "event_type": event.event_type,
        "salience": event.salience, **_where(event), **_lists(event), "evidence": coded.article.full_text[start:end],
        "evidence_start": start, "evidence_end": end, "trigger": event.trigger or event.event_type,
        "confidence": round(event.confidence, 4),
    }


def _where(event: CodedEvent) -> dict[str, Any]:
    """When and where; a position only where the place itself is known: the middle of a district is no place."""
    pinned = event.geo_precision == "place"
    return {name: getattr(event, name) if pinned or name not in _POSITION else None for name in _WHERE}


def _lists(event: CodedEvent) -> dict[str, Any]:
    return {name: join_list(list(getattr(event, name))) for name in _LISTS}


def _event_row(event_id: str, event: Merged, reports: list[Told], claims: list[Claim],
               parties: Parties) -> dict[str, Any]:
    start, end = excerpt(event.best.event.evidence_start, event.best.event.evidence_end)
    published = [told.article.published for told in reports]
    killed, injured = (toll(claims, measure, parties) for measure in MEASURES)
    versions = contested_accounts(claims, parties)
    return {
        "event_id": event_id, "event_type": event.coded.event_type, "event_group": event_group(event.coded.event_type),
        "salience": event.coded.salience, **_where(event.coded),
        "km_to_border": event.coded.km_to_border if event.coded.geo_precision == "place" else None,
        **_lists(event.coded), "dyad": dyad(event.coded.actors_a, event.coded.actors_b),
        **{f"fatalities_{name}": value for name, value in vars(killed).items()},
        **{f"injured_{name}": value for name, value in vars(injured).items()},
        "contested": bool(versions), "contested_accounts": join_list(versions), "n_reports": len(reports),
        "n_publishers": len({told.article.publisher for told in reports}),
        "n_independent": len({told.original for told in reports}),
        "first_published": min(published), "last_published": max(published),
        "confidence": round(max(told.event.confidence for told in reports), 4),
        "evidence": event.best.article.full_text[start:end],
    }
