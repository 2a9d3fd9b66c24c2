"""Verification of a release as it lies on the disk: everything that its tables and its manifest promise.

Each check is a function from a `Contents` to the faults it found, one sentence each. Tables are read as they are, so a
release that another version wrote is judged by today's schema.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from etl.datapackage import CODEBOOK
from etl.faults import InputFault
from etl.files import csv_bytes
from etl.fingerprint import file_sha256
from etl.publish import MANIFEST, TEXTS
from etl.schema import BY_NAME, TABLES
from etl.validate import DTYPES, faults_in

PACKAGE = "datapackage.json"
SHOWN = 5  # rows named in one fault


@dataclass(frozen=True)
class Contents:
    """A release's folder with its manifest and those of its tables that could be read, with the types of the schema."""

    folder: Path
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    unread: tuple[str, ...]  # a sentence for each table that could not be read

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """What the manifest says of each file: bytes, sha256, rows."""
        files = self.manifest.get("files")
        return {str(name): file for name, file in files.items() if isinstance(file, dict)} \
            if isinstance(files, dict) else {}


def verify(release: Path) -> list[str]:
    """Every fault of the release in the folder `release` (links are followed); empty where all holds.

    Raises `InputFault` where there is no release to look at.
    """
    folder = release.resolve()
    contents = read(folder)
    return [*contents.unread, *(fault for check in CHECKS.values() for fault in check(contents))]


def read(folder: Path) -> Contents:
    """The contents of a release's folder; raises `InputFault` where it has no manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputFault(f"{folder} is no release: {MANIFEST} cannot be read ({str(error)[:80]}); make one with: "
                         "python -m etl run --articles data/articles --out data/releases") from None
    tables, unread = {}, []
    for table in TABLES:
        try:
            frame = pd.read_parquet(folder / f"{table.name}.parquet")
            known = {column.name: DTYPES[column.kind] for column in table.columns if column.name in frame}
            tables[table.name] = frame.astype(known)
        except (OSError, ValueError, TypeError) as error:
            unread.append(f"{table.name}.parquet cannot be read ({str(error)[:120]})")
    return Contents(folder, manifest if isinstance(manifest, dict) else {}, tables, tuple(unread))


def files_as_promised(release: Contents) -> Iterator[str]:
    """Name, files, sizes and hashes are those of the manifest."""
    if release.manifest.get("name") != release.folder.name:
        yield f"{MANIFEST} names the release {release.manifest.get('name')!r}, its folder is {release.folder.name}"
    for name, file in release.files.items():
        path = release.folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif path.stat().st_size != file.get("bytes") or file_sha256(path) != file.get("sha256"):
            yield f"{name} has other bytes than {MANIFEST} says"
    promised = {*release.files, MANIFEST}
    needed = {CODEBOOK, *(f"{table.name}.{ending}" for table in TABLES for ending in ("parquet", "csv"))}
    for name in sorted(needed - promised):
        yield f"{MANIFEST} does not list {name}"
    for path in sorted(release.folder.iterdir()):
        if path.name not in promised:
            yield f"{path.name} is not listed in {MANIFEST}"


def schema_holds(release: Contents) -> Iterator[str]:
    """Columns, types, bounds, vocabularies, keys and foreign keys are those of `etl.schema`."""
    yield from faults_in(release.tables)


def rows_counted(release: Contents) -> Iterator[str]:
    """The manifest's row counts are those of the tables."""
    told = release.manifest.get("rows")
    for name, frame in release.tables.items():
        promised = told.get(name) if isinstance(told, dict) else None
        listed = release.files.get(f"{name}.parquet", {}).get("rows")
        if not len(frame) == promised == listed:
            yield f"{name} has {len(frame):,} rows, {MANIFEST} says {promised} and for the file {listed}"


def package_agrees(release: Contents) -> Iterator[str]:
    """The data package describes the same files with the same hashes and row counts."""
    try:
        resources = json.loads((release.folder / PACKAGE).read_text(encoding="utf-8"))["resources"]
        told = {one["path"]: (one["bytes"], one["hash"], one["rows"]) for one in resources}
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"{PACKAGE} cannot be read ({str(error)[:80]})"
        return
    for name in (*(f"{table.name}.{ending}" for table in TABLES for ending in ("parquet", "csv")), CODEBOOK):
        file = release.files.get(name, {})
        if told.get(name) != (file.get("bytes"), f"sha256:{file.get('sha256')}", file.get("rows")):
            yield f"{PACKAGE} describes {name} otherwise than {MANIFEST}"


def csv_is_parquet(release: Contents) -> Iterator[str]:
    """Each CSV holds just what its Parquet file holds."""
    for name, frame in release.tables.items():
        path = release.folder / f"{name}.csv"
        if path.is_file() and set(frame) == set(BY_NAME[name].names) and path.read_bytes() != csv_bytes(frame):
            yield f"{name}.csv holds something else than {name}.parquet"


def texts_and_excerpts(release: Contents) -> Iterator[str]:
    """Each article's text has the hash of the articles table, and each excerpt stands in it where its offsets say."""
    try:
        shipped = pd.read_parquet(release.folder / TEXTS)
        texts = dict(zip(shipped["article_id"], shipped["text"], strict=True))
    except (OSError, ValueError, KeyError) as error:
        yield f"{TEXTS} cannot be read ({str(error)[:80]})"
        return
    articles = release.tables.get("articles")
    if articles is None:
        return
    full = {row.article_id: f"{row.title}\n{texts[row.article_id]}" for row in articles.itertuples()
            if row.article_id in texts}
    yield from _some(f"articles without text in {TEXTS}", sorted(set(articles["article_id"]) - set(full)))
    wrong = [row.article_id for row in articles.itertuples() if row.article_id in full
             and hashlib.sha256(full[row.article_id].encode()).hexdigest() != row.text_sha256]
    yield from _some("articles whose text has another hash than text_sha256", wrong)
    for name, key in (("reports", "report_id"), ("claims", "claim_id")):
        frame = release.tables.get(name)
        if frame is None or not {"evidence", "evidence_start", "evidence_end"} <= set(frame):
            continue
        columns = (key, "article_id", "evidence_start", "evidence_end", "evidence")
        apart = [name for name, article, start, end, evidence in zip(*(frame[c] for c in columns), strict=True)
                 if article in full and full[article][int(start):int(end)] != evidence]
        yield from _some(f"{name} whose evidence is not the text between its offsets", apart)


def reports_counted(release: Contents) -> Iterator[str]:
    """Each event has as many reports as it says, and the living identifiers are those of the events."""
    events, reports = release.tables.get("events"), release.tables.get("reports")
    if events is None or reports is None:
        return
    counts = Counter(reports["event_id"])
    yield from _some("events whose n_reports is not the number of their reports",
                     [row.event_id for row in events.itertuples() if counts[row.event_id] != row.n_reports])
    ids = release.tables.get("event_ids")
    if ids is not None:
        living = set(ids.loc[ids["status"] == "live", "event_id"])
        yield from _some("identifiers called live without an event, or events without a live identifier",
                         sorted(living ^ set(events["event_id"])))


def inputs_accounted(release: Contents) -> Iterator[str]:
    """Every input has its rows in the ledger, and the ledger and the articles tell the same story."""
    ledger, articles, reports = (release.tables.get(name) for name in ("ledger", "articles", "reports"))
    if ledger is None or articles is None or reports is None:
        return
    inputs = release.manifest.get("inputs")
    promised = {one.get("name") for one in inputs if isinstance(one, dict)} if isinstance(inputs, list) else set()
    corrections = release.manifest.get("corrections")
    promised |= {corrections.get("name")} if isinstance(corrections, dict) else set()
    told = set(ledger["input"])
    yield from _some("inputs without a row in the ledger", sorted(map(str, promised - told)))
    yield from _some("inputs of the ledger that the manifest does not name", sorted(told - promised))
    used = ledger[ledger["status"].isin(["coded", "no_event"])]
    yield from _some("articles without their row in the ledger, or rows of the ledger without their article",
                     sorted(set(used["article_id"]) ^ set(articles["article_id"])))
    counts = Counter(reports["article_id"])
    yield from _some("rows of the ledger whose n_events is not the number of the article's reports",
                     [row.article_id for row in used.itertuples() if counts[row.article_id] != row.n_events])
    known = set(ledger["article_id"].dropna())
    yield from _some("duplicates of an article that the ledger does not know",
                     sorted(set(ledger["duplicate_of"].dropna()) - known))


def _some(what: str, found: list[Any]) -> Iterator[str]:
    if found:
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        yield f"{what}: {', '.join(map(str, found[:SHOWN]))}{more}"


CHECKS: dict[str, Callable[[Contents], Iterator[str]]] = {
    check.__name__: check for check in (
        files_as_promised, schema_holds, rows_counted, package_agrees, csv_is_parquet, texts_and_excerpts,
        reports_counted, inputs_accounted)
}
