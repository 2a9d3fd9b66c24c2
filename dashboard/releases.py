"""Finds and opens releases, read-only.

A release is a folder of Parquet files (see `etl.schema`). Opening one makes a DuckDB database of it (see
`dashboard.opening`) that can reach neither other files nor the network; `load` keeps a small number of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from dashboard.answers import Answers
from dashboard.made import Made
from dashboard.opening import SQL_TYPES, database, has_texts
from dashboard.view import Facts, root
from etl import names
from etl.columns import Table
from etl.reference import DATA
from etl.schema import TABLES

FOLDER_VARIABLE = "TORKHAM_RELEASES"  # environment variable: another folder of releases
LATEST = "latest"
KEPT = 3  # releases open at the same time
_OPENING = threading.Lock()  # sessions run in threads: a release is opened by one of them, once
CURE = "Build one with “make run”, or with “python -m etl run --articles data/articles --out data/releases”."
# Without these there is nothing to show; what else an older version did not have yet is shown as empty.
ESSENTIAL = {
    "events": ("event_id", "event_type", "event_group", "salience", "date_start", "date_end", "date_precision",
               "geo_precision", "place", "actors_a", "actors_b", "fatalities_low", "fatalities_best", "fatalities_high",
               "n_reports", "n_publishers", "n_independent", "confidence", "evidence"),
    "reports": ("report_id", "event_id", "article_id", "evidence"),
    "claims": ("claim_id", "event_id", "article_id"),
    "mentions": ("article_id", "sentence", "actor"),
    "articles": ("article_id", "published", "publisher", "title"),
    "ledger": ("input", "record", "status", "reason"),
}


class ReleaseFault(Exception):
    """No release, or one that cannot be read; the message says what is wrong and how to cure it."""


@dataclass(frozen=True)
class Release:
    """An open release: its name, folder, facts and tables.

    `made_from` is what ``release.json`` says of its inputs and code, `stamp` stands for the state of its files (see
    `stamp_of`). What tables there are besides those of `etl.schema` is told in `dashboard.opening`.
    """

    name: str
    folder: Path
    facts: Facts
    counts: Mapping[str, int]
    province_country: Mapping[str, str]
    made_from: Mapping[str, Any]
    stamp: int
    _connection: duckdb.DuckDBPyConnection = field(repr=False)
    holds_texts: bool = False  # whether the database has the articles' texts, else their file is read
    _answers: Answers = field(default_factory=Answers, repr=False)
    made: Made = field(default_factory=Made, repr=False)  # what pages made of it
    lacking: tuple[str, ...] = ()  # what an older version did not have yet: shown as empty

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of `sql` over the tables; values come in through `params` (``$name``) alone.

        A release never changes: the answers asked for last are kept (see `dashboard.answers`).
        """
        return self._answers.get(sql, params or {}, self.ask)

    def ask(self, sql: str, params: Mapping[str, Any]) -> pd.DataFrame:
        """The rows of `sql` as `query` gives them, from the database itself."""
        # A cursor of its own: sessions run in threads of one process.
        cursor = self._connection.cursor()
        try:
            return cursor.execute(sql, dict(params)).df()
        finally:
            cursor.close()

    def text(self, article_id: str) -> str | None:
        """Title, newline and text of an article; None where this release came without texts."""
        return self.texts([article_id]).get(article_id)

    def texts(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Title, newline and text of articles by their identifiers; without those whose text did not come along."""
        wanted = [str(article_id) for article_id in article_ids]
        if not wanted:
            return {}
        told = self.query("SELECT nth, article_id, title FROM articles WHERE article_id IN "
                          "(SELECT unnest($wanted::VARCHAR[]))", {"wanted": wanted})
        titles = dict(zip(told["article_id"], told["title"], strict=True))
        try:
            if self.holds_texts:
                table = self.query("SELECT article_id, text FROM texts WHERE nth IN (SELECT unnest($nth::INTEGER[]))",
                                   {"nth": [int(number) for number in told["nth"]]})
            else:
                table = pq.read_table(self.folder / "texts.parquet",
                                      filters=[("article_id", "in", wanted)]).to_pandas()
            pairs = [*zip(table["article_id"], table["text"], strict=True)]
        except (OSError, ValueError, KeyError, duckdb.Error):
            return {}
        # The file holds the text alone; offsets count from the title.
        found = {}
        for article_id, text in pairs:
            if isinstance(text, str):
                title = f"{titles[article_id]}\n" if article_id in titles else ""
                found[article_id] = text if text.startswith(title) else title + text
        return found


def folder() -> Path:
    """Where the releases are: the folder named by the environment, else ``data/releases``."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DATA / "releases")


def available(where: Path | None = None) -> dict[str, Path]:
    """Releases in `where` by name, the latest first, then the newest."""
    where = where or folder()
    try:
        entries = [path for path in where.iterdir() if (path / "events.parquet").is_file()]
    except OSError:
        return {}
    latest = [path for path in entries if path.name == LATEST]
    others = [path for path in entries if path.name != LATEST and not path.name.startswith(".")]
    others.sort(key=lambda path: (-path.stat().st_mtime_ns, path.name))
    found: dict[str, Path] = {}
    for path in latest + others:
        real = path.resolve()
        found.setdefault(real.name, real)
    return found


def load(name: str | None = None, where: Path | None = None) -> Release:
    """The release `name`, or the latest where there is none of that name.

    Raises `ReleaseFault` when there is no release or it cannot be read.
    """
    found = available(where)
    if not found:
        raise ReleaseFault(f"There is no release to show yet. {CURE}")
    path = found.get(name or "") or next(iter(found.values()))
    with _OPENING:
        release = _open(path, stamp := stamp_of(path))
        if stamp_of(path) != stamp:  # the folder was replaced meanwhile: its tables may be of both
            release = _open(path, stamp_of(path))
    return release


def stamp_of(path: Path) -> int:
    """A number that is another one when a table in the folder of a release came, went or was written; 0 without any."""
    try:
        told = [(file.name, (about := file.stat()).st_mtime_ns, about.st_size) for file in path.glob("*.parquet")]
    except OSError:  # removed between two looks
        return 0
    return int.from_bytes(hashlib.sha256(repr(sorted(told)).encode()).digest()[:8]) if told else 0


@lru_cache(maxsize=KEPT)
def _open(path: Path, stamp: int) -> Release:
    """Opens the release at `path`; `stamp` (see `stamp_of`) makes a rebuilt folder a new entry, faults are none."""
    try:
        return _opened(path, stamp)
    except (duckdb.Error, OSError, TypeError) as error:
        raise ReleaseFault(f"Release {path.name} cannot be read. Remove the folder. {CURE}") from error


def _opened(path: Path, stamp: int) -> Release:
    connection, lacking = database(path, _take_in)
    counts = {table.name: _rows(connection, f"SELECT count(*) FROM {table.name}")[0][0] for table in TABLES}
    countries = dict(_rows(connection, "SELECT province, any_value(country) FROM events "
                                       "WHERE province IS NOT NULL GROUP BY province"))
    return Release(path.name, path, _facts(path.name, connection), counts, countries, made_from(path), stamp,
                   connection, has_texts(connection), lacking=lacking)


def _take_in(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> str:
    """Copies one table. What a release of an older version lacks is empty, and told in the returned sentence.

    Raises `ReleaseFault` where a table that every version had, or that the release lists, is missing or unreadable.
    """
    file = path / f"{table.name}.parquet"
    listed = made_from(path).get("files")
    if not file.is_file() and table.name not in ESSENTIAL and not (isinstance(listed, dict) and file.name in listed):
        # In quotes: by is a word of SQL.
        columns = ", ".join(f'"{column.name}" {SQL_TYPES[column.kind]}' for column in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({columns})")
        return f"table {table.name}"
    try:
        connection.execute(f"CREATE TABLE {table.name} AS SELECT * FROM read_parquet(?)", [str(file)])
    except duckdb.Error as error:
        why = "is missing" if not file.is_file() else "cannot be read"
        raise ReleaseFault(f"Release {path.name}: {file.name} {why}. Remove the folder. {CURE}") from error
    there = {row[0] for row in connection.execute(f"DESCRIBE {table.name}").fetchall()}
    missing = [column for column in table.columns if column.name not in there]
    lost = [column.name for column in missing if column.name in ESSENTIAL.get(table.name, ())]
    if lost:
        raise ReleaseFault(f"Release {path.name}: {file.name} lacks the columns {', '.join(lost)}, so it is none that "
                           f"this version can read. {CURE}")
    for column in missing:
        connection.execute(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {SQL_TYPES[column.kind]}')
    return f"{table.name}: {', '.join(column.name for column in missing)}" if missing else ""


def made_from(path: Path) -> dict[str, Any]:
    """What ``release.json`` of the release at `path` says; empty where there is none that can be read."""
    try:
        told = json.loads((path / "release.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


def _facts(name: str, connection: duckdb.DuckDBPyConnection) -> Facts:
    first, last = _rows(connection, "SELECT min(date_start), max(date_start) FROM events")[0]
    if first is None:
        first, last = _rows(connection, "SELECT min(published), max(published) FROM articles")[0]
    # What was published later and tells nothing new is part of the period that the release covers.
    read_to = _rows(connection, "SELECT max(published) FROM articles")[0][0]
    last = max(_day(last), _day(read_to)) if read_to is not None else last
    held = [row[0] for row in _rows(connection, "SELECT DISTINCT event_type FROM events ORDER BY 1")]
    actors = {row[0] for row in _rows(connection, "SELECT DISTINCT actor FROM who_actors")}
    actors |= {root(actor) for actor in actors}
    order = list(names.actor_names())
    rank = {actor: i for i, actor in enumerate(order)}
    known = list(names.type_labels())
    return Facts(
        release=name,
        date_from=_day(first),
        date_to=_day(last),
        types=tuple(known + [event_type for event_type in held if event_type not in known]),
        actors=tuple(sorted(actors, key=lambda actor: (rank.get(root(actor), len(order)), root(actor),
                                                       rank.get(actor, len(order)), actor))),
        provinces=_distinct(connection, "province"),
        places=_distinct(connection, "place"),
    )


def _distinct(connection: duckdb.DuckDBPyConnection, column: str) -> tuple[str, ...]:
    sql = f"SELECT {column} AS value FROM events"
    if column == "place":
        sql += " UNION SELECT unnest(string_split(other_places, '|')) FROM events"
    rows = _rows(connection, f"SELECT DISTINCT value FROM ({sql}) WHERE value <> '' ORDER BY 1")
    return tuple(row[0] for row in rows)


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date(2000, 1, 1)
