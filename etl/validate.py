"""Validation of a release's tables with pandera, built from `etl.schema` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
import pandera.pandas as pa

from etl.faults import Fault
from etl.reference import vocabulary
from etl.schema import BY_NAME, EVIDENCE_LIMIT, Column, Table, split_list

DTYPES = {"string": "string", "list": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean",
          "date": "datetime64[s]"}


class InvalidTable(Fault):
    """A table that breaks its schema; the message names the table, the column and the first values at fault."""


def frame_schema(table: Table) -> pa.DataFrameSchema:
    """The pandera schema of `table`: exactly its columns in order, their types, bounds, vocabularies and its key."""
    return pa.DataFrameSchema(
        {column.name: pa.Column(DTYPES[column.kind], _checks(column), nullable=not column.required)
         for column in table.columns},
        strict=True, ordered=True, unique=list(table.key), name=table.name,
    )


def _checks(column: Column) -> list[pa.Check]:
    checks = []
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum))
    if column.maximum is not None:
        checks.append(pa.Check.le(column.maximum))
    allowed = set(column.allowed) or set(vocabulary(column.vocabulary) if column.vocabulary else ())
    if allowed:
        parts = split_list if column.kind == "list" else lambda cell: [cell]
        checks.append(pa.Check(lambda cell: all(part in allowed for part in parts(cell)), element_wise=True,
                               name=f"in {column.vocabulary or 'the allowed values'}"))
    if column.name == "evidence":
        checks.append(pa.Check.str_length(max_value=EVIDENCE_LIMIT))
    return checks


def validate(frames: dict[str, pd.DataFrame]) -> None:
    """Check every table against its schema, and every foreign key against the table that it refers to.

    Raises `InvalidTable` with the first fault.
    """
    for fault in faults_in(frames):
        raise InvalidTable(fault)


def faults_in(frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """What is wrong with the tables, a sentence a fault. A table that `frames` lacks is not looked for."""
    for name, frame in frames.items():
        try:
            frame_schema(BY_NAME[name]).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            faults = error.failure_cases.head(5).to_dict("records")
            told = "; ".join(f"{fault['column']}: {fault['check']}: {fault['failure_case']!r}" for fault in faults)
            yield f"table {name} breaks its schema: {told}"
            continue
        for column in BY_NAME[name].columns:
            other, _, key = (column.refers_to or "").partition(".")
            if other in frames and key in frames[other]:
                lost = set(frame[column.name].dropna()) - set(frames[other][key])
                if lost:
                    yield f"table {name}: {column.name} {sorted(lost)[:5]} not in {column.refers_to}"
        for start, end in (("date_start", "date_end"), ("evidence_start", "evidence_end")):
            if {start, end} <= set(frame) and (frame[start] > frame[end]).any():
                yield f"table {name}: {start} lies behind {end}"
