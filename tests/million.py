"""Writes a release of made-up events, as many as asked for, in the shape of the shipped one.

``python -m tests.million OUT [--events N]`` writes all tables into ``OUT/made-N``. Each row is one of the shipped
release with other identifiers, other days (2015 to 2026, more of them late than early), another place for half of the
events and words of its own in each text, so that no two excerpts are the same. The proportions of reports, claims,
tolls and mentions to events, and of types, actors and precisions, are those of the shipped release.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import duckdb

from etl.columns import Table
from etl.reference import FOLDER
from etl.schema import BY_NAME, EVIDENCE_LIMIT, TABLES
from tests.make_release import make_release

EVENTS = 1_000_000
FIRST, DAYS = "DATE '2015-01-01'", 4_199  # days that events are spread over: to 30 June 2026
PLACES = 2_500  # places of the gazetteer that events are moved to, besides those of the shipped release
_WHERE = ("place", "district", "province", "country", "geo_precision", "place_id", "latitude", "longitude")
_DAYS = ("date_start", "date_end", "first_published", "last_published", "published")
_IDS = ("event_id", "report_id", "claim_id", "toll_id", "article_id", "copy_of", "merged_into", "split_from",
        "duplicate_of")
_WORDS = ("evidence", "title")


def write(out: Path, events: int = EVENTS, like: Path | None = None) -> Path:
    """Writes the release ``made-<events>`` into `out` and gives its folder.

    `like` is the folder of the release that is varied; without it, the shipped articles are made into one.
    """
    if like is None:
        with tempfile.TemporaryDirectory() as made:
            return write(out, events, make_release(Path(made)).release)
    folder = out / f"made-{events}"
    folder.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect(config={"memory_limit": "2GB"})
    database.execute(f"CREATE TABLE source_events AS SELECT *, row_number() OVER () - 1 AS nth "
                     f"FROM read_parquet('{like / 'events.parquet'}')")
    database.execute(f"CREATE TABLE source_articles AS SELECT * FROM read_parquet('{like / 'articles.parquet'}')")
    per_copy = database.execute("SELECT count(*) FROM source_events").fetchall()[0][0]
    copies = -(-events // per_copy)
    _places(database)
    # Every copy of the shipped release happens on other days; the square makes late years fuller. Most of it was
    # published within a few years: those around its median keep their distances, the others come round again.
    database.execute(f"""CREATE TABLE copies AS
        SELECT c, CAST({DAYS} * sqrt(hash(c) % 100000 / 100000.0) AS INTEGER)
               - CAST((SELECT quantile_disc(published, 0.5) FROM source_articles) - {FIRST} AS INTEGER) AS shift
        FROM range({copies}) made(c)""")
    moved = ", ".join(f"CASE WHEN kept THEN e.{name} ELSE p.{name} END AS {name}" for name in (*_WHERE, "km_to_border"))
    database.execute(f"""CREATE TABLE moved AS
        WITH drawn AS (SELECT c, e.*, hash(c, nth) % 2 = 0 AS kept,
                       CAST(floor((SELECT count(*) FROM pool) * pow(hash(nth, c, 7) % 100000 / 100000.0, 3)) AS BIGINT)
                       AS spot FROM copies, source_events e WHERE c * {per_copy} + nth < {events})
        SELECT e.c, e.event_id, {moved} FROM drawn e JOIN pool p USING (spot)""")
    for table in TABLES:
        source = like / f"{table.name}.parquet"
        if source.is_file():
            sql = _varied(table, source)
            database.execute(f"COPY ({sql}) TO '{folder / f'{table.name}.parquet'}' (COMPRESSION zstd)")
    texts = like / "texts.parquet"
    if texts.is_file():
        database.execute(f"""COPY (SELECT article_id || '-' || c AS article_id, text || ' Piece ' || c || '.' AS text
            FROM copies, read_parquet('{texts}') ORDER BY 1)
            TO '{folder / 'texts.parquet'}' (COMPRESSION zstd, ROW_GROUP_SIZE 8192)""")
    told = json.loads((like / "release.json").read_text(encoding="utf-8")) if (like / "release.json").is_file() else {}
    (folder / "release.json").write_text(json.dumps({**told, "release": folder.name}), encoding="utf-8")
    return folder


def _places(database: duckdb.DuckDBPyConnection) -> None:
    """The places that events are moved to: those of the shipped events, and some of the gazetteer, in a set order."""
    columns = ", ".join((*_WHERE, "km_to_border"))
    database.execute(f"""CREATE TABLE pool AS
        WITH of_gazetteer AS (
            SELECT name AS place, district, province, country, 'place' AS geo_precision, place_id, lat AS latitude,
                   lon AS longitude, km_to_durand AS km_to_border
            FROM read_csv('{FOLDER / 'gazetteer.csv'}', header = true, sample_size = -1)
            WHERE country IN ('PK', 'AF') AND district <> '' AND lat IS NOT NULL ORDER BY hash(place_id) LIMIT {PLACES})
        SELECT row_number() OVER (ORDER BY hash(place, geo_precision, latitude)) - 1 AS spot, * FROM (
            SELECT {columns} FROM source_events UNION ALL SELECT {columns} FROM of_gazetteer)""")


def _varied(table: Table, source: Path) -> str:
    """SQL for the rows of `table` in every copy: new identifiers, days, places and words."""
    has = set(table.names)
    changed = {name: f"t.{name} || '-' || c" for name in _IDS if name in has}
    changed |= {name: _moved(name) for name in _DAYS if name in has}
    if "date_end" in has:
        changed["date_end"] = f"{_moved('date_start')} + CAST(t.date_end - t.date_start AS INTEGER)"
    changed |= {name: f"left(t.{name} || ' (' || c || ', ' || hash(c, t.{name}) % 9973 || ')', {EVIDENCE_LIMIT})"
                for name in _WORDS if name in has}
    joins = "read_parquet('" + str(source) + "') t CROSS JOIN copies"
    if "event_id" in has:  # rows of events that are beyond the number asked for are left out
        joins += " JOIN moved m USING (c, event_id)"
        changed |= {name: f"m.{name}" for name in (*_WHERE, "km_to_border") if name in has}
    if table is BY_NAME["ledger"]:
        changed["record"] = "t.record + c * 100000"
    return "SELECT " + ", ".join(f'{changed.get(name, f"t.{chr(34)}{name}{chr(34)}")} AS "{name}"'
                                 for name in table.names) + f" FROM {joins}"


def _moved(column: str) -> str:
    """SQL for a day of `column` moved by the shift of its copy, within the days that events are spread over."""
    return f"{FIRST} + CAST(((t.{column} - {FIRST} + shift) % {DAYS} + {DAYS}) % {DAYS} AS INTEGER)"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.million", description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path, help="folder of releases to write into")
    parser.add_argument("--events", type=int, default=EVENTS, help=f"how many events (default {EVENTS:,})")
    parser.add_argument("--like", type=Path, help="folder of the release to vary (default: the shipped articles)")
    given = parser.parse_args()
    began = time.monotonic()
    folder = write(given.out, given.events, given.like)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(f"{given.events:,} events in {folder}: {size:,.0f} MB, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
