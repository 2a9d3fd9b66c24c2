"""Finds and opens releases, read-only.

A release is a folder of Parquet files (see `etl.schema`). Opening one copies its tables into a DuckDB database in
memory that can neither reach files nor the network afterwards; `load` keeps a small number of them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from dashboard.view import Facts, root
from etl import names
from etl.columns import Kind, Table
from etl.reference import DATA
from etl.schema import TABLES

FOLDER_VARIABLE = "TORKHAM_RELEASES"  # environment variable: another folder of releases
LATEST = "latest"
KEPT = 3  # releases open at the same time
MEMORY = "1GB"
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
_SQL: dict[Kind, str] = {"string": "VARCHAR", "list": "VARCHAR", "date": "DATE", "integer": "BIGINT",
                         "number": "DOUBLE", "boolean": "BOOLEAN"}
SIDES = ("actors_a", "actors_b", "mediators")


class ReleaseFault(Exception):
    """No release, or one that cannot be read; the message says what is wrong and how to cure it."""


@dataclass(frozen=True)
class Release:
    """An open release: its name, folder, facts and tables.

    `made_from` is what ``release.json`` says of its inputs and code, `stamp` the time of its newest file.
    `event_actors` (event_id, side, actor, root) and `event_text` (event_id, found_in: lower case) are made on opening.
    """

    name: str
    folder: Path
    facts: Facts
    counts: Mapping[str, int]
    province_country: Mapping[str, str]
    made_from: Mapping[str, Any]
    stamp: int
    _connection: duckdb.DuckDBPyConnection = field(repr=False)
    lacking: tuple[str, ...] = ()  # what an older version did not have yet: shown as empty

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of `sql` over the tables; values come in through `params` (``$name``) alone."""
        # A cursor of its own: sessions run in threads of one process.
        cursor = self._connection.cursor()
        try:
            return cursor.execute(sql, dict(params or {})).df()
        finally:
            cursor.close()

    def text(self, article_id: str) -> str | None:
        """Title, newline and text of an article; None where this release came without texts."""
        path = self.folder / "texts.parquet"
        if not path.is_file():
            return None
        try:
            rows = pq.read_table(path, filters=[("article_id", "=", article_id)]).to_pylist()
        except (OSError, ValueError, KeyError):
            return None
        text = rows[0].get("text") if rows else None
        if not isinstance(text, str):
            return None
        # The file holds the text alone; offsets count from the title.
        found = self.query("SELECT title FROM articles WHERE article_id = $article_id", {"article_id": article_id})
        title = f"{found['title'].iloc[0]}\n" if len(found) else ""
        return text if text.startswith(title) else title + text


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
    return _open(path, max(file.stat().st_mtime_ns for file in path.glob("*.parquet")))


@lru_cache(maxsize=KEPT)
def _open(path: Path, stamp: int) -> Release:
    """Opens the release at `path`; `stamp` (its newest file) makes a rebuilt folder a new entry."""
    connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": MEMORY})
    lacking = [fault for table in TABLES if (fault := _take_in(connection, path, table))]
    _prepare(connection)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    counts = {table.name: _rows(connection, f"SELECT count(*) FROM {table.name}")[0][0] for table in TABLES}
    countries = dict(_rows(connection, "SELECT province, any_value(country) FROM events "
                                       "WHERE province IS NOT NULL GROUP BY province"))
    return Release(path.name, path, _facts(path.name, connection), counts, countries, made_from(path), stamp,
                   connection, tuple(lacking))


def _take_in(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> str:
    """Copies one table. What a release of an older version lacks is empty, and told in the returned sentence.

    Raises `ReleaseFault` where a table that every version had is missing or cannot be read.
    """
    file = path / f"{table.name}.parquet"
    if not file.is_file() and table.name not in ESSENTIAL:
        columns = ", ".join(f'"{column.name}" {_SQL[column.kind]}' for column in table.columns)  # by is a word of SQL
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
        connection.execute(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {_SQL[column.kind]}')
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


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables that filters need: actors of events one a row, and the text to search in."""
    parts = " UNION ALL ".join(
        f"SELECT event_id, '{side}' AS side, unnest(string_split({side}, '|')) AS actor FROM events" for side in SIDES
    )
    connection.execute(
        "CREATE TABLE event_actors AS SELECT event_id, side, actor, split_part(actor, '.', 1) AS root "
        f"FROM ({parts}) WHERE actor <> ''"
    )
    known = pd.DataFrame(list(names.actor_names().items()), columns=["actor", "name"])
    connection.register("actor_names", known)
    connection.execute("""
        CREATE TABLE event_text AS
        WITH who AS (
            SELECT event_id, string_agg(DISTINCT actor || ' ' || coalesce(name, ''), ' ') AS actors
            FROM event_actors LEFT JOIN actor_names USING (actor) GROUP BY event_id
        ), told AS (
            SELECT r.event_id, string_agg(DISTINCT coalesce(a.title, '') || ' ' || r.evidence, ' ') AS reports
            FROM reports r LEFT JOIN articles a USING (article_id) GROUP BY r.event_id
        )
        SELECT event_id, lower(concat_ws(' ', evidence, replace(event_type, '_', ' '), place, district, province,
               replace(other_places, '|', ' '), actors, reports)) AS found_in
        FROM events LEFT JOIN who USING (event_id) LEFT JOIN told USING (event_id)
    """)
    connection.unregister("actor_names")


def _facts(name: str, connection: duckdb.DuckDBPyConnection) -> Facts:
    first, last = _rows(connection, "SELECT min(date_start), max(date_start) FROM events")[0]
    if first is None:
        first, last = _rows(connection, "SELECT min(published), max(published) FROM articles")[0]
    # What was published later and tells nothing new is part of the period that the release covers.
    read_to = _rows(connection, "SELECT max(published) FROM articles")[0][0]
    last = max(_day(last), _day(read_to)) if read_to is not None else last
    held = [row[0] for row in _rows(connection, "SELECT DISTINCT event_type FROM events ORDER BY 1")]
    actors = {row[0] for row in _rows(connection, "SELECT DISTINCT actor FROM event_actors")}
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
