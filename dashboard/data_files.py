"""The bytes of a data set in the formats that can be asked for: CSV, Parquet, GeoJSON."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.export import csv_bytes, plain
from etl.columns import Kind, Table

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "json": "application/json",
}
_TYPES: dict[Kind, pa.DataType] = {
    "string": pa.string(), "list": pa.string(), "date": pa.date32(), "integer": pa.int64(), "number": pa.float64(),
    "boolean": pa.bool_(),
}


def encoded(frame: pd.DataFrame, table: Table, ending: str, about: Mapping[str, Any]) -> bytes:
    """`frame`, whose columns are those of `table`, as a file with this ending; `about` goes into GeoJSON as it is."""
    if ending == "csv":
        return csv_bytes(frame)
    return parquet_bytes(frame, table) if ending == "parquet" else geojson_bytes(frame, about)


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """`frame` as Parquet: text unchanged, days as days; meaning and unit of a column are metadata of its field."""
    fields, arrays = [], []
    for column in table.columns:
        kind = _TYPES[column.kind]
        meaning = {"description": column.description, **({"unit": column.unit} if column.unit else {})}
        fields.append(pa.field(column.name, kind, metadata=meaning))
        arrays.append(pa.array([plain(value) for value in frame[column.name].tolist()], kind))
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), sink, compression="zstd")
    return sink.getvalue()


def geojson_bytes(frame: pd.DataFrame, about: Mapping[str, Any]) -> bytes:
    """Events as GeoJSON (RFC 7946): a point where the place has a position, else no geometry – never a made-up one.

    The properties are the columns of the events table; `about` stands beside the features under ``torkham``.
    """
    columns = [str(name) for name in frame.columns]
    features = []
    for row in frame.itertuples(index=False, name=None):
        values = {name: plain(value) for name, value in zip(columns, row, strict=True)}
        latitude, longitude = values.pop("latitude"), values.pop("longitude")
        known = latitude is not None and longitude is not None
        features.append({
            "type": "Feature", "id": values["event_id"],
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]} if known else None,
            "properties": {name: value if isinstance(value, str | int | float | bool | None) else value.isoformat()
                           for name, value in values.items()},
        })
    whole = {"type": "FeatureCollection", "torkham": dict(about), "features": features}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")
