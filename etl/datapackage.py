"""The Frictionless data package of a release: every file and column described, from `etl.schema` alone."""

from __future__ import annotations

from typing import Any

from etl.reference import vocabulary
from etl.schema import LIST_SEPARATOR, TABLES, Column, Table

_TYPES = {"list": "string"}
LICENSES = [
    {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"},
]
SOURCES = [
    {"title": "GeoNames, through Who's On First (place names and positions, CC BY 4.0)", "path": "https://www.geonames.org"},
    {"title": "OCHA Common Operational Datasets, Afghanistan (Durand Line, CC BY-IGO)", "path": "https://data.humdata.org/dataset/cod-ab-afg"},
    {"title": "OpenStreetMap contributors (districts of Pakistan, ODbL 1.0)", "path": "https://www.openstreetmap.org/copyright"},
    {"title": "geoBoundaries (districts of Afghanistan)", "path": "https://www.geoboundaries.org"},
]


def data_package(name: str, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The descriptor (JSON-ready) of release `name`; `files` holds bytes, sha256 and rows of each file by its name."""
    resources = []
    for table in TABLES:
        for ending, media in (("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")):
            file = files[f"{table.name}.{ending}"]
            resources.append({
                "name": table.name if ending == "csv" else f"{table.name}-parquet",
                "path": f"{table.name}.{ending}", "title": f"{table.name}: {table.row}", "format": ending,
                "mediatype": media, "bytes": file["bytes"], "hash": f"sha256:{file['sha256']}", "rows": file["rows"],
                **(_CSV if ending == "csv" else {}),
                "schema": table_schema(table, "" if ending == "csv" else "-parquet"),
            })
    return {
        "profile": "data-package", "name": f"torkham-{name}", "version": name,
        "title": "Torkham: events on the Pakistan–Afghanistan border",
        "description": "Event tables coded from news articles. In the CSV files a text that a spreadsheet would run as "
        "a formula has an apostrophe before it; the Parquet files hold the text unchanged. The CSV files begin with a "
        "UTF-8 byte order mark.",
        "licenses": LICENSES, "sources": SOURCES, "resources": resources,
    }


_CSV = {"profile": "tabular-data-resource", "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}}


def table_schema(table: Table, suffix: str = "") -> dict[str, Any]:
    """The Frictionless Table Schema of a table, with units, keys and allowed values."""
    keys = [{"fields": [column.name], "reference": {
                "resource": "" if (other := column.refers_to.split("."))[0] == table.name else other[0] + suffix,
                "fields": [other[1]]}}
            for column in table.columns if column.refers_to]
    return {"fields": [_field(column) for column in table.columns], "primaryKey": list(table.key), "foreignKeys": keys,
            "missingValues": [""]}


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": column.required}
    for name in ("minimum", "maximum"):
        if getattr(column, name) is not None:
            constraints[name] = getattr(column, name)
    allowed = list(column.allowed) or (vocabulary(column.vocabulary) if column.vocabulary else [])
    if allowed and column.kind != "list":
        constraints["enum"] = allowed
    field = {"name": column.name, "type": _TYPES.get(column.kind, column.kind), "description": column.description,
             "constraints": constraints}
    if column.unit:
        field["unit"] = column.unit
    if column.kind == "list":
        field["separator"] = LIST_SEPARATOR
        if allowed:
            field["itemEnum"] = allowed
    return field
