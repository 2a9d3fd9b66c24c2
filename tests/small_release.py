"""A small release written by hand: eight events that between them hold every case the dashboard must show rightly."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl.schema import BY_NAME, TABLES, Kind

NAME = "r-small"
HOSTILE = "<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1)) $x$ :bomb:"
TYPES: dict[Kind, pa.DataType] = {
    "string": pa.string(), "list": pa.string(), "date": pa.date32(), "integer": pa.int64(), "number": pa.float64(),
    "boolean": pa.bool_(),
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


ARTICLES = (  # id, publisher, published, title, text, url, copy_of
    ("n1", "The Daily Pass", "2025-10-12", "Troops trade fire at Spin Boldak",
     "Pakistani troops and Afghan forces traded fire at Spin Boldak on Sunday. The army said nine Afghan fighters were "
     "killed; Kabul spoke of four.\nThe crossing was shut.", "https://news.example/1", None),
    ("n2", "Frontier Wire", "2025-10-13", "Border fighting leaves dozens hurt",
     "Fighting between Pakistan's army and the Afghan Taliban went on at Spin Boldak. Four soldiers were killed, "
     "officials said.", "https://news.example/2", None),
    ("n3", "Copycat Post", "2025-10-13", "Border fighting leaves dozens hurt",
     "Fighting between Pakistan's army and the Afghan Taliban went on at Spin Boldak.", "https://news.example/3", "n2"),
    ("n4", "The Daily Pass", "2025-09-02", "Bomb kills two policemen in Bannu",
     "A bomb planted by the TTP killed two policemen in Bannu.", "javascript:alert(1)", None),
    ("n5", "Frontier Wire", "2025-10-19", "Truce agreed in Doha",
     "Pakistan and the Afghan Taliban agreed on a truce in Doha. Qatar hosted the talks.", None, None),
    ("n6", "=cmd|' /C calc'!A0", "2025-11-01", HOSTILE, HOSTILE + " Gunmen attacked a post in Tirah.",
     "http://news.example/6", None),
)
# id, type, group, salience, start, end, precision, place, district, province, country, geo, other, a, b, mediators,
# killed (low, best, high), injured, contested, evidence article, evidence
EVENTS = (
    ("e-clash", "border_clash", "violence", "main", "2025-10-12", "2025-10-12", "day", "Spin Boldak", "Spin Boldak",
     "Kandahar", "AF", "place", None, "PAK.MIL", "AFG.MIL", None, (4, 9, 13), None, True, ("n1", "n2", "n3"),
     "traded fire at Spin Boldak on Sunday"),
    ("e-close", "border_closure", "border", "main", "2025-10-12", "2025-10-12", "day", "Spin Boldak", "Spin Boldak",
     "Kandahar", "AF", "place", None, "PAK", "AFG", None, None, None, False, ("n1",), "The crossing was shut."),
    ("e-bomb", "bombing", "violence", "main", "2025-09-01", "2025-09-02", "week", "Bannu", "Bannu",
     "Khyber Pakhtunkhwa", "PK", "place", None, "TTP", "PAK.POL", None, (2, 2, 2), (0, 0, 0), False, ("n4",),
     "killed two policemen in Bannu"),
    ("e-truce", "agreement", "diplomacy", "main", "2025-10-19", "2025-10-19", "day", "Doha", None, None, "QA", "place",
     None, "PAK", "AFG", "QAT", None, None, False, ("n5",), "agreed on a truce in Doha"),
    ("e-hostile", "armed_attack", "violence", "main", "2025-10-31", "2025-10-31", "day", "Tirah", "Khyber",
     "Khyber Pakhtunkhwa", "PK", "district", "Bara|Landi Kotal", "TTP.JUA", "PAK.MIL|PAK.POL", None, (1, 1, None), None,
     False, ("n6",), HOSTILE),
    ("e-old", "shelling", "violence", "background", "2024-10-01", "2024-10-31", "month", None, None, "Kunar", "AF",
     "province", None, "PAK.MIL", "CIV.AFG", None, (3, 3, 5), None, False, ("n2",), "Fighting between"),
    ("e-none", "accusation", "statement", "main", "2025-10-13", "2025-10-13", "day", None, None, None, "PK", "country",
     None, "PAK.GOV", "AFG", None, None, None, False, ("n2",), "officials said"),
    ("e-line", "armed_clash", "violence", "background", "2025-10-30", "2025-11-01", "week", None, None, None, None,
     "border", None, "TTP", "PAK.MIL", None, (5, 5, 5), None, False, ("n6",), "Gunmen attacked a post"),
)
# claim, event, article, published, side, measure, low, high, claimant, evidence
CLAIMS = (
    ("c1", "e-clash", "n1", "2025-10-12", "AFG.MIL", "killed", 9, 9, "PAK.MIL", "nine Afghan fighters were killed"),
    ("c2", "e-clash", "n1", "2025-10-12", "AFG.MIL", "killed", 4, 4, "AFG", "Kabul spoke of four"),
    ("c3", "e-clash", "n2", "2025-10-13", "PAK.MIL", "killed", 4, None, "PAK.GOV", "Four soldiers were killed"),
    ("c4", "e-bomb", "n4", "2025-09-02", "PAK.POL", "killed", 2, 2, None, "killed two policemen"),
)
# event, side, low, best, high of the killed, contested, accounts, history
TOLLS = (
    ("e-clash", None, 4, 9, 13, True, "AFG 4 AFG.MIL|PAK.MIL 9 AFG.MIL|PAK.GOV 4+ PAK.MIL",
     "2025-10-12 4|2025-10-13 9"),
    ("e-clash", "AFG.MIL", 4, 4, 9, True, "AFG 4|PAK.MIL 9", "2025-10-12 4"),
    ("e-clash", "PAK.MIL", 4, 4, 4, False, "PAK.GOV 4+", "2025-10-13 4"),
    ("e-bomb", None, 2, 2, 2, False, "text 2 PAK.POL", "2025-09-02 2"),
    ("e-bomb", "PAK.POL", 2, 2, 2, False, "text 2", "2025-09-02 2"),
)
OLD_IDS = (("e-fight", "merged", "e-clash"), ("e-gone", "withdrawn", None))  # identifiers of the release before
# article, paragraph, sentence, actor, words of the sentence's start and end
MENTIONS = (
    ("n1", 1, 1, "PAK.MIL"), ("n1", 1, 1, "AFG.MIL"), ("n1", 1, 2, "AFG"), ("n1", 1, 2, "PAK.MIL"),
    ("n2", 1, 1, "PAK.MIL"), ("n2", 1, 1, "AFG"), ("n3", 1, 1, "PAK.MIL"), ("n3", 1, 1, "AFG"),
    ("n4", 1, 1, "TTP"), ("n4", 1, 1, "PAK.POL"),
    ("n5", 1, 1, "PAK"), ("n5", 1, 1, "AFG"), ("n5", 1, 2, "QAT"),
)
_KM = {"e-clash": 0.5, "e-close": 0.5}


def _columns(table: str, **values: Any) -> dict[str, Any]:
    return {name: values.get(name) for name in BY_NAME[table].names}


def full_text(article: str) -> str:
    row = next(row for row in ARTICLES if row[0] == article)
    return f"{row[3]}\n{row[4]}"


def rows() -> dict[str, list[dict[str, Any]]]:
    """The rows of every table of the release."""
    articles = {row[0]: row for row in ARTICLES}
    out: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}
    for (event_id, event_type, group, salience, start, end, precision, place, district, province, country, geo, other,
         a, b, mediators, killed, injured, contested, told, evidence) in EVENTS:
        shared = {
            "event_id": event_id, "event_type": event_type, "salience": salience, "date_start": day(start),
            "date_end": day(end), "date_precision": precision, "place": place, "district": district,
            "province": province, "country": country, "geo_precision": geo, "other_places": other, "actors_a": a,
            "actors_b": b, "mediators": mediators, "confidence": 0.8, "evidence": evidence,
        }
        tolls = {f"{measure}_{bound}": value for measure, figures in (("fatalities", killed), ("injured", injured))
                 for bound, value in zip(("low", "best", "high"), figures or (None,) * 3, strict=True)}
        published = sorted(day(articles[article][2]) for article in told)
        out["events"].append(_columns(
            "events", **shared, **tolls, event_group=group, contested=contested, n_reports=len(told),
            n_publishers=len({articles[article][1] for article in told}),
            n_independent=len([article for article in told if articles[article][6] is None]),
            first_published=published[0], last_published=published[-1], km_to_border=_KM.get(event_id),
        ))
        for article in told:
            text = full_text(article)
            start_at = max(text.rfind(evidence), 0)
            out["reports"].append(_columns(
                "reports", **shared, report_id=f"{event_id}.{article}", article_id=article, trigger="fire",
                evidence_start=start_at, evidence_end=start_at + len(evidence),
            ))
    for claim, event_id, article, published_on, side, measure, low, high, claimant, evidence in CLAIMS:
        out["claims"].append(_columns(
            "claims", claim_id=claim, event_id=event_id, report_id=f"{event_id}.{article}", article_id=article,
            published=day(published_on), side=side, measure=measure, low=low, high=high, claimant=claimant,
            evidence=evidence, evidence_start=0, evidence_end=len(evidence),
            standing="own_losses" if claim in ("c2", "c3") else "unattributed" if claimant is None else "enemy_losses",
            superseded=False,
        ))
    for event_id, side, low, best, high, contested, accounts, history in TOLLS:
        out["tolls"].append(_columns(
            "tolls", toll_id=f"{event_id}.{side}", event_id=event_id, measure="killed", side=side, low=low, best=best,
            high=high, n_claims=2, contested=contested, accounts=accounts, history=history,
        ))
    for event_id, status, into in [*((row[0], "live", None) for row in EVENTS), *OLD_IDS]:
        out["event_ids"].append(_columns("event_ids", event_id=event_id, status=status, merged_into=into,
                                         first_release="r-before", changed_in=NAME if into else "r-before"))
    for article, paragraph, sentence, actor in MENTIONS:
        spans = _sentences(full_text(article))
        out["mentions"].append(_columns(
            "mentions", article_id=article, paragraph=paragraph, sentence=sentence, actor=actor, n=1,
            sentence_start=spans[sentence][0], sentence_end=spans[sentence][1],
        ))
    for article, publisher, published_on, title, text, url, copy_of in ARTICLES:
        whole = f"{title}\n{text}"
        out["articles"].append(_columns(
            "articles", article_id=article, url=url, publisher=publisher, published=day(published_on), title=title,
            n_characters=len(whole), n_sentences=2, copy_of=copy_of,
            n_reports=len([row for row in EVENTS if article in row[19]]),
            text_sha256=hashlib.sha256(whole.encode()).hexdigest(),
        ))
        out["ledger"].append(_columns("ledger", input="small.jsonl", record=1, article_id=article, status="coded",
                                      reason="Events were found.", n_events=1))
    return out


def _sentences(text: str) -> list[tuple[int, int]]:
    """The title, then the sentences of the text that end in a full stop and a blank."""
    first = text.index("\n")
    spans, start = [(0, first)], first + 1
    for part in text[start:].replace("\n", " ").split(". "):
        spans.append((start, start + len(part)))
        start += len(part) + 2
    return spans


def write(folder: Path, name: str = NAME, empty: bool = False) -> Path:
    """Writes the release (or one without any row) into ``folder/name`` and gives its path."""
    path = folder / name
    path.mkdir(parents=True)
    for table_name, found in rows().items():
        fields = pa.schema([(column.name, TYPES[column.kind]) for column in BY_NAME[table_name].columns])
        pq.write_table(pa.Table.from_pylist([] if empty else found, schema=fields), path / f"{table_name}.parquet")
    if not empty:
        texts = [{"article_id": row[0], "text": row[4]} for row in ARTICLES]
        pq.write_table(pa.Table.from_pylist(texts), path / "texts.parquet")
    return path
