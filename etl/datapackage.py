"""The Frictionless data package of a release: every file and column described, from `etl.schema` alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from etl.reference import read_table, vocabulary
from etl.schema import LIST_SEPARATOR, TABLES, Column, Table
from etl.spreadsheet import write_csv

CODEBOOK = "codebook.csv"  # the columns of a release as a table, beside its files
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
    file = files[CODEBOOK]
    resources.append({
        "name": "codebook", "path": CODEBOOK, "title": "codebook: one column of a table of the release",
        "format": "csv", "mediatype": "text/csv", "bytes": file["bytes"], "hash": f"sha256:{file['sha256']}",
        "rows": file["rows"], **_CSV,
        "schema": {"fields": [{"name": column, "type": "string"} for column in DICTIONARY],
                   "primaryKey": ["Table", "Column"], "missingValues": [""]},
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


DICTIONARY = ("Table", "Column", "Kind", "Meaning", "Unit", "Always filled", "Values", "Source")


def dictionary(more: Iterable[Table] = ()) -> list[dict[str, Any]]:
    """The column dictionary: for each column of a release's tables, and of the tables `more`, the cells `DICTIONARY`.

    Columns that a table of `more` shares with the release's table of that name are not told again.
    """
    sources = {row["column"]: row["source"] for row in read_table("column_sources").rows}
    told = {(table.name, name) for table in TABLES for name in table.names}
    columns = [(table, column) for table in TABLES for column in table.columns]
    columns += [(table, column) for table in more for column in table.columns
                if (table.name, column.name) not in told]
    return [
        dict(zip(DICTIONARY, (
            table.name, column.name, column.kind, column.description, column.unit or "", column.required,
            ", ".join(column.allowed) or (f"see {column.vocabulary}" if column.vocabulary else "")
            or (f"refers to {column.refers_to}" if column.refers_to else ""), sources.get(column.name, ""),
        ), strict=True))
        for table, column in columns
    ]


def codebook_bytes(more: Iterable[Table] = ()) -> bytes:
    """`dictionary` as CSV, see `etl.spreadsheet`."""
    return write_csv(DICTIONARY, [list(row.values()) for row in dictionary(more)])


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
