"""Declared corrections: ``data/corrections.csv`` holds what an analyst knows better, with reason and source.

A correction names an event or a report by its identifier, a column, what the cell holds now and what it should hold.
Those of reports are applied first, to the report before its event is merged from all reports; those of events then, to
the merged row. One whose target is gone or whose cell holds something else by now is not applied but reported: either
the rules have caught up with it, or it must be looked at again.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from etl.ledger import Entry
from etl.read.encoding import decode
from etl.read.record import Unreadable
from etl.reference import DATA, vocabulary
from etl.schema import EVENTS, REPORTS, Column, split_list

FILE = DATA / "corrections.csv"
COLUMNS = ("target", "field", "old", "value", "reason", "source", "by", "date")
_WHAT = ("event_type", "salience", "date_start", "date_end", "date_precision", "place", "district", "province",
         "country", "geo_precision", "other_places", "place_id", "latitude", "longitude", "actors_a", "actors_b",
         "mediators", "claimed_by", "denied_by")
# What can be corrected: the cells that are read from texts, not those that are counted or follow from others.
OF_REPORTS = tuple(name for name in REPORTS.names if name in _WHAT)
OF_EVENTS = tuple(name for name in EVENTS.names if name in _WHAT or name.startswith(("fatalities_", "injured_")))


@dataclass(frozen=True)
class Correction:
    """One line of the file; `status` and `outcome` say what became of it (see `etl.schema_corrections`)."""

    line: int
    target: str = ""
    field: str = ""
    old: str = ""
    value: str = ""
    reason: str = ""
    source: str = ""
    by: str = ""
    date: str = ""
    status: str = ""
    outcome: str = ""
    event_id: str = ""


@dataclass
class Corrections:
    """The corrections of a run, and what has become of each so far."""

    name: str = FILE.name
    rows: list[Correction] = field(default_factory=list)

    def entries(self) -> list[Entry]:
        """An entry of the ledger for each correction."""
        return [Entry(self.name, one.line, f"correction_{one.status}", one.outcome) for one in self.rows]


def load(path: Path = FILE) -> Corrections:
    """The corrections in a file; none where there is no such file. A faulty line is one that is rejected."""
    try:
        text = decode(path.read_bytes()).text
    except FileNotFoundError:
        return Corrections(path.name)
    except (OSError, Unreadable) as error:
        return Corrections(path.name, [_rejected(2, f"the file cannot be read ({error}); save it as CSV in UTF-8")])
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    rows: list[Correction] = []
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            return Corrections(path.name, [_rejected(2, f"the first line must read {','.join(COLUMNS)}; mend it")])
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_read(cells, max(reader.line_num, 2)))
    except csv.Error as error:
        rows.append(_rejected(max(reader.line_num, 2), f"the line is no CSV ({error}); mend its quotation marks"))
    return Corrections(path.name, _without_rivals(rows))


def _read(cells: list[str], line: int) -> Correction:
    if len(cells) != len(COLUMNS):
        return _rejected(line, f"the line has {len(cells)} cells, not {len(COLUMNS)}; mend its commas and quotes")
    one = Correction(line, *(cell.strip() for cell in cells))
    lacking = [name for name in ("target", "field", "reason", "source", "by", "date") if not getattr(one, name)]
    if lacking:
        return replace(one, status="rejected", outcome=f"{', '.join(lacking)} must not be empty; fill it in",
                       target=one.target or "?", field=one.field or "?")
    if one.field not in (*OF_EVENTS, *OF_REPORTS):
        return replace(one, status="rejected",
                       outcome=f"{one.field[:40]} cannot be corrected; one of: {', '.join(OF_EVENTS)}")
    try:
        dt.date.fromisoformat(one.date)
    except ValueError:
        return replace(one, status="rejected", outcome=f"{one.date} is no day such as 2026-03-01; mend it")
    if fault := _fault(_column(one.field), one.value):
        return replace(one, status="rejected", outcome=fault)
    return one


def _rejected(line: int, outcome: str) -> Correction:
    return Correction(line, "?", "?", status="rejected", outcome=outcome)


def _without_rivals(rows: Iterable[Correction]) -> list[Correction]:
    """Of two corrections of one cell none is better: the later one is rejected."""
    found, seen = [], Counter[tuple[str, str]]()
    for one in rows:
        seen[one.target, one.field] += not one.status
        if not one.status and seen[one.target, one.field] > 1:
            one = replace(one, status="rejected", outcome="another line corrects the same cell; keep one of them")
        found.append(one)
    return found


def _column(name: str) -> Column:
    return EVENTS.column(name) if name in EVENTS.names else REPORTS.column(name)


def _fault(column: Column, text: str) -> str:
    """What is wrong with a value for a column; empty where nothing is."""
    if not text:
        return f"{column.name} must not be empty; give a value" if column.required else ""
    try:
        value = value_of(column, text)
    except ValueError:
        return f"{text[:60]!r} is no {column.kind}; write it as the column has it"
    allowed = column.allowed or (vocabulary(column.vocabulary) if column.vocabulary else ())
    parts = split_list(text) if column.kind == "list" else [text]
    strangers = [part for part in parts if allowed and part not in allowed]
    if strangers:
        return f"{strangers[0][:60]!r} is no value of {column.name}; take one of its list"
    too_low = column.minimum is not None and value < column.minimum
    if too_low or (column.maximum is not None and value > column.maximum):
        return f"{text} is out of bounds for {column.name}; mend it"
    return ""


def value_of(column: Column, text: str) -> Any:
    """The value of a cell from its text; None for an empty one. Raises ValueError."""
    if not text:
        return None
    make: dict[str, Callable[[str], Any]] = {"integer": int, "number": float, "date": dt.date.fromisoformat}
    return make.get(column.kind, str)(text)
