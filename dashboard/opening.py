"""The DuckDB database of one release: its tables, and what queries and filters need to be quick.

A small release is copied into memory. A large one becomes a file in ``data/cache/opened``, made once and opened
read-only by every process after that; where that folder cannot be written, in a folder of the process's own. The
connection that comes back can reach neither other files nor the network.

Besides the tables of `etl.schema` the database holds, all of them only other ways to write the same facts:

- ``events``, newest first, with ``nth`` (its number in that order), ``who``, ``spot``, ``location`` and ``kind``, and
  with what is added up and counted of it: ``killed_low``, ``_best``, ``_high`` (where a range is open on one side, the
  best account stands in for the bound), and ``beyond_day``, ``_week``, ``_month`` (known only to a longer time that
  reaches beyond it).
- ``articles``, newest first, with ``nth``; ``mentions`` with ``article``, the ``nth`` of its article.
- ``kinds`` (kind, event_type): the event types by number.
- ``who_actors`` (who, side, actor, root): whom the same sides of many events name. ``spots``: the same for where, and
  ``locations`` for where without the other places.
- ``links`` (event, article): which article reports which event, by ``nth``.
- ``spans`` (level, article, published, span, named): the sentences, paragraphs and articles that name actors,
  near-copies left out; ``named_actors`` (named, actor): the few sets of actors that they name.
- ``crossing_reports`` (nth, event_id, event_type, date_end, place, other_places, geo_precision): the closures and
  reopenings that decide the state of a crossing.
- ``words`` (word, text) and ``word_events`` (word, nth): the words of what the search looks through, and the events
  that have each.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashboard.crossing_names import OPEN, STATE_OF, crossing_of, crossings_at
from etl import names
from etl.columns import Kind, Table
from etl.reference import DATA
from etl.schema import TABLES

MEMORY = "1GB"
LARGE = 24_000_000  # bytes of Parquet from which on a release is kept in a file
FILES = 3  # files of releases that are kept
SIDES = ("actors_a", "actors_b", "mediators")
SPAN = {"sentence": "m.sentence", "paragraph": "m.paragraph", "article": "0"}  # what parts the texts of an article
WHERE = ("geo_precision", "place", "district", "province", "country", "latitude", "longitude")
TOLLS = {"low": ("low", "best"), "best": ("best",), "high": ("high", "best", "low")}  # which account stands in
UNITS = ("day", "week", "month")
SQL_TYPES: dict[Kind, str] = {"string": "VARCHAR", "list": "VARCHAR", "date": "DATE", "integer": "BIGINT",
                              "number": "DOUBLE", "boolean": "BOOLEAN"}
TakeIn = Callable[[duckdb.DuckDBPyConnection, Path, Table], str]


def database(path: Path, take_in: TakeIn) -> tuple[duckdb.DuckDBPyConnection, tuple[str, ...]]:
    """A connection to the database of the release at `path`, and what an older version lacks.

    `take_in` copies one table into a database and gives a sentence on what it lacks; what it raises is passed on.
    """
    if sum(file.stat().st_size for file in path.glob("*.parquet")) < LARGE:
        connection = duckdb.connect(":memory:", config=_settings())
        lacking = _fill(connection, path, take_in)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection, lacking
    key = _key(path)
    folder = cache_folder()
    file = folder / f"{path.name}-{key}.duckdb"
    if not file.is_file():
        with tempfile.TemporaryDirectory(dir=folder, prefix="making-") as making:
            made = Path(making) / file.name
            connection = duckdb.connect(str(made), config=_settings(making))
            lacking = _fill(connection, path, take_in, texts=True)
            connection.execute("CREATE TABLE lacking AS SELECT unnest($told::VARCHAR[]) AS told", {"told": [*lacking]})
            connection.close()
            made.replace(file)
        _tidy(folder, file)
    locked = {"enable_external_access": "false", "lock_configuration": "true"}
    connection = duckdb.connect(str(file), read_only=True, config={**_settings(), **locked})
    return connection, tuple(row[0] for row in connection.execute("SELECT told FROM lacking").fetchall())


def has_texts(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database holds the texts of the articles."""
    return bool(connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'texts'").fetchall())


def _settings(spill: str | None = None) -> dict[str, Any]:
    return {"threads": 2, "memory_limit": MEMORY, **({"temp_directory": spill} if spill else {})}


@cache
def cache_folder() -> Path:
    """Where the files of large releases are kept; where it cannot be written, a folder that ends with the process."""
    folder = DATA / "cache" / "opened"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        own = Path(tempfile.mkdtemp(prefix="torkham-opened-"))
        atexit.register(shutil.rmtree, own, ignore_errors=True)
        return own


def _key(path: Path) -> str:
    """A word for all that the database depends on: the release's files, this module, the names, and DuckDB."""
    told = [duckdb.__version__, Path(__file__).read_bytes(), sorted(names.actor_names().items()),
            sorted(crossing_of().items()),
            [(table.name, table.names) for table in TABLES],
            *((file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(path.glob("*.parquet")))]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _tidy(folder: Path, kept: Path) -> None:
    """Removes the files that were made first, beyond `FILES`; what is open elsewhere lives on until it is closed."""
    others = sorted((file for file in folder.glob("*.duckdb") if file != kept), key=lambda file: -file.stat().st_mtime)
    for file in others[FILES - 1:]:
        with contextlib.suppress(OSError):
            file.unlink()


def _fill(connection: duckdb.DuckDBPyConnection, path: Path, take_in: TakeIn, texts: bool = False) -> tuple[str, ...]:
    lacking = tuple(fault for table in TABLES if (fault := take_in(connection, path, table)))
    known = pd.DataFrame(list(names.actor_names().items()), columns=["actor", "name"])
    connection.register("actor_names", known)
    for statement in (*_events(), *_articles(), *_spans(), *_WORDS):
        connection.execute(statement)
    connection.unregister("actor_names")
    _crossings(connection)
    if texts and (path / "texts.parquet").is_file():
        connection.execute("CREATE TABLE texts AS SELECT a.nth, a.article_id, t.text FROM read_parquet(?) t "
                           "JOIN articles a USING (article_id) ORDER BY a.nth", [str(path / "texts.parquet")])
    return lacking


def _events() -> list[str]:
    """Statements that put the events in order and name their sides and places by number."""
    sides, where = ", ".join(SIDES), ", ".join((*WHERE, "other_places"))
    same_sides = " AND ".join(f"e.{name} IS NOT DISTINCT FROM w.{name}" for name in SIDES)
    same_spot = " AND ".join(f"e.{name} IS NOT DISTINCT FROM s.{name}" for name in (*WHERE, "other_places"))
    same_location = " AND ".join(f"s.{name} IS NOT DISTINCT FROM l.{name}" for name in WHERE)
    tolls = ", ".join(f"coalesce({', '.join(f'e.fatalities_{name}' for name in used)}) AS killed_{bound}"
                      for bound, used in TOLLS.items())
    beyond = ", ".join(f"e.date_precision <> 'day' AND date_trunc('{unit}', e.date_end) <> "
                       f"date_trunc('{unit}', e.date_start) AS beyond_{unit}" for unit in UNITS)
    parts = " UNION ALL ".join(f"SELECT who, '{side}' AS side, unnest(string_split({side}, '|')) AS actor FROM who"
                               for side in SIDES)
    return [
        f"CREATE TABLE who AS SELECT CAST(row_number() OVER () AS INTEGER) AS who, * FROM "
        f"(SELECT DISTINCT {sides} FROM events ORDER BY ALL)",
        f"CREATE TABLE locations AS SELECT CAST(row_number() OVER () AS INTEGER) AS location, * "
        f"FROM (SELECT DISTINCT {', '.join(WHERE)} FROM events ORDER BY ALL)",
        f"CREATE TABLE spots AS SELECT CAST(row_number() OVER () AS INTEGER) AS spot, s.*, l.location "
        f"FROM (SELECT DISTINCT {where} FROM events ORDER BY ALL) s JOIN locations l ON {same_location} ORDER BY ALL",
        "CREATE TABLE kinds AS SELECT CAST(row_number() OVER () AS SMALLINT) AS kind, event_type FROM "
        "(SELECT DISTINCT event_type FROM events WHERE event_type IS NOT NULL ORDER BY ALL)",
        f"CREATE TABLE in_order AS SELECT e.*, CAST(row_number() OVER (ORDER BY date_start DESC, date_end DESC, "
        f"event_id) AS INTEGER) AS nth, w.who, s.spot, s.location, k.kind, {tolls}, {beyond} "
        f"FROM events e JOIN who w ON {same_sides} JOIN spots s ON {same_spot} LEFT JOIN kinds k USING (event_type) "
        "ORDER BY nth",
        "DROP TABLE events",
        "ALTER TABLE in_order RENAME TO events",
        "CREATE TABLE who_actors AS SELECT who, side, actor, split_part(actor, '.', 1) AS root "
        f"FROM ({parts}) WHERE actor <> ''",
    ]


def _crossings(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the table of the closures and reopenings that decide the state of a crossing on a day.

    Of several on one day a reopening decides, and of those the one with the last identifier: what closes and opens on
    one day is open at its end (see `dashboard.crossing_states`).
    """
    spots = connection.execute("SELECT spot, place, other_places, geo_precision FROM spots").fetchall()
    lines = [(spot, line) for spot, *where in spots for line in crossings_at(*where)]
    connection.register("lines", pd.DataFrame(lines, columns=["spot", "line"]).astype({"spot": "int32", "line": "str"}))
    opens = " OR ".join(f"e.event_type = '{name}'" for name, state in STATE_OF.items() if state == OPEN)
    connection.execute(f"""CREATE TABLE crossing_reports AS
        WITH told AS (SELECT spot, date_end, event_type, min(nth) AS nth FROM events
                      WHERE event_type IN ({', '.join(f"'{name}'" for name in STATE_OF)})
                      AND spot IN (SELECT spot FROM lines) GROUP BY ALL),
        decisive AS (SELECT l.line, e.date_end, arg_max(e.nth, ({opens}, e.event_id)) AS nth
                     FROM told t JOIN lines l USING (spot) JOIN events e USING (nth) GROUP BY ALL)
        SELECT nth, event_id, event_type, date_end, place, other_places, geo_precision FROM events
        WHERE nth IN (SELECT nth FROM decisive) ORDER BY nth""")
    connection.unregister("lines")


def _articles() -> list[str]:
    """Statements that put articles and mentions in order, and tell by number which article reports which event."""
    return [
        "CREATE TABLE in_order AS SELECT *, CAST(row_number() OVER (ORDER BY published DESC, article_id) AS INTEGER) "
        "AS nth FROM articles ORDER BY nth",
        "DROP TABLE articles",
        "ALTER TABLE in_order RENAME TO articles",
        "CREATE TABLE in_order AS SELECT m.*, a.nth AS article FROM mentions m LEFT JOIN articles a USING (article_id) "
        "ORDER BY a.nth, m.sentence",
        "DROP TABLE mentions",
        "ALTER TABLE in_order RENAME TO mentions",
        "CREATE TABLE links AS SELECT DISTINCT e.nth AS event, a.nth AS article FROM reports r "
        "JOIN events e USING (event_id) JOIN articles a USING (article_id) ORDER BY ALL",
    ]


def _spans() -> list[str]:
    """Statements that tell the few sets of actors which are named together, and each text by the set it names."""
    one = " UNION ALL ".join(
        f"SELECT '{level}' AS level, m.article, CAST({span} AS INTEGER) AS span, "
        "string_agg(DISTINCT m.actor, '|' ORDER BY m.actor) AS actors FROM mentions m JOIN articles a ON a.nth = "
        "m.article WHERE a.copy_of IS NULL GROUP BY ALL" for level, span in SPAN.items())
    return [
        f"CREATE TABLE told AS {one}",
        "CREATE TABLE named AS SELECT CAST(row_number() OVER () AS INTEGER) AS named, actors FROM "
        "(SELECT DISTINCT actors FROM told ORDER BY ALL)",
        "CREATE TABLE spans AS SELECT level, article, a.published, span, named FROM told JOIN named USING (actors) "
        "JOIN articles a ON a.nth = article ORDER BY level, article, span",
        "DROP TABLE told",
        "CREATE TABLE named_actors AS SELECT named, unnest(string_split(actors, '|')) AS actor FROM named",
        "DROP TABLE named",
    ]


# What the search looks through, lower case; by its words, since few words make up all texts. A word that is looked for
# has no blank in it, so a text holds it where one of the text's words does: what is found is the same.
_WORDS = ("""
    CREATE TEMP TABLE event_text AS
    WITH sides AS (
        SELECT who, string_agg(DISTINCT actor || ' ' || coalesce(name, ''), ' ') AS actors
        FROM who_actors LEFT JOIN actor_names USING (actor) GROUP BY who
    ), told AS (
        SELECT r.event_id, string_agg(DISTINCT coalesce(a.title, '') || ' ' || r.evidence, ' ') AS reports
        FROM reports r LEFT JOIN articles a USING (article_id) GROUP BY r.event_id
    )
    SELECT nth, lower(concat_ws(' ', evidence, replace(event_type, '_', ' '), place, district, province,
           replace(other_places, '|', ' '), actors, reports)) AS found_in
    FROM events LEFT JOIN sides USING (who) LEFT JOIN told USING (event_id)
""", """
    CREATE TABLE words AS SELECT CAST(row_number() OVER () AS INTEGER) AS word, text
    FROM (SELECT DISTINCT unnest(string_split(found_in, ' ')) AS text FROM event_text ORDER BY text)
""", """
    CREATE TABLE word_events AS SELECT word, nth
    FROM (SELECT nth, unnest(list_distinct(string_split(found_in, ' '))) AS text FROM event_text)
    JOIN words USING (text) ORDER BY word, nth
""", "DROP TABLE event_text")
