"""What an earlier release says about its reports and about every identifier given until then."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl.event_ids import Known, Past, Told
from etl.faults import InputFault
from etl.link_report import Report
from etl.schema import EVENT_IDS, split_list

_REPORT = ("report_id", "event_id", "article_id", "event_type", "salience", "date_start", "date_end", "date_precision",
           "place", "district", "province", "country", "geo_precision", "other_places", "actors_a", "actors_b",
           "evidence")


def past(out: Path, name: str | None) -> Past:
    """What the release `name` says; nothing where there is none.

    Raises `InputFault` where its tables cannot be read.
    """
    if name is None:
        return Past()
    folder = out / name
    try:
        rows = pq.read_table(folder / "reports.parquet", columns=[*_REPORT]).to_pylist()
        published = {row["article_id"]: row["published"] for row in
                     pq.read_table(folder / "articles.parquet", columns=["article_id", "published"]).to_pylist()}
        told = [Told(row["report_id"], _report(row, published), row["event_id"]) for row in rows]
        ids = folder / f"{EVENT_IDS.name}.parquet"
        if ids.is_file():
            known = [Known(*(row[column] for column in EVENT_IDS.names)) for row in pq.read_table(ids).to_pylist()]
        else:  # a release of before this table was
            known = [Known(event_id, "live", None, None, name, name) for event_id in {one.event_id for one in told}]
    except (OSError, KeyError, ValueError, TypeError, pa.ArrowException) as error:
        raise InputFault(f"the release before, {folder}, cannot be read ({error}); remove it and run again") from error
    return Past(told, {row.event_id: row for row in known})


def _report(row: dict[str, Any], published: Mapping[str, Any]) -> Report:
    lists = ("other_places", "actors_a", "actors_b")
    fields: dict[str, Any] = {name: tuple(split_list(row[name])) if name in lists else row[name]
                              for name in _REPORT if name not in ("report_id", "event_id")}
    return Report(**fields, published=published.get(row["article_id"]))
