"""The bytes of a release's files: Parquet with every column's meaning and unit, and CSV."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from etl.schema import BY_NAME, Column
from etl.spreadsheet import write_csv

_TYPES = {"string": pa.string(), "list": pa.string(), "integer": pa.int64(), "number": pa.float64(),
          "boolean": pa.bool_(), "date": pa.date32()}


def parquet_bytes(name: str, frame: pd.DataFrame) -> bytes:
    """Table `name` as Parquet; a column's description and unit are in the metadata of its field."""
    columns = BY_NAME[name].columns
    schema = pa.schema([pa.field(column.name, _TYPES[column.kind], not column.required, _meaning(column))
                        for column in columns])
    arrays = [pa.array(_values(frame[column.name]), _TYPES[column.kind]) for column in columns]
    return _parquet(pa.Table.from_arrays(arrays, schema=schema))


def texts_bytes(texts: Mapping[str, str]) -> bytes:
    """The articles' texts by article_id as Parquet, for showing an excerpt in its context; not for download."""
    ids = sorted(texts)
    return _parquet(pa.table({"article_id": pa.array(ids, pa.string()),
                              "text": pa.array([texts[i] for i in ids], pa.string())}))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as CSV, see `etl.spreadsheet`."""
    return write_csv(list(frame.columns), zip(*(_values(frame[name]) for name in frame.columns), strict=True))


def _values(series: pd.Series) -> list[Any]:
    """Python values of a column; None where it is empty, days as dates."""
    values = [None if value is pd.NA or value is pd.NaT else value for value in series.tolist()]
    return [value.date() if isinstance(value, dt.datetime) else value for value in values]


def _meaning(column: Column) -> dict[str, str]:
    return {"description": column.description, **({"unit": column.unit} if column.unit else {})}


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", version="2.6", store_schema=True)
    return sink.getvalue()
