"""CSV that opens as it should in Excel, R and pandas, and never runs as a formula.

RFC 4180 (comma, CRLF, doubled quotes), UTF-8 with a byte order mark: without the mark Excel takes the file for the
local code page. pandas and readr skip the mark; base R needs ``fileEncoding = "UTF-8-BOM"``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

ENCODING = "utf-8-sig"
# A cell that a spreadsheet would run: the formula signs, their full-width forms, also behind blanks, or a control
# character that hides one.
_FORMULA = re.compile(r"^[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_NUMBER = re.compile(r"^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$")


def neutralise(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula; a number stays as it is."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def write_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file of `rows` under the header `names`. None becomes an empty cell, true and false are written so."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutralise(name) for name in names])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode(ENCODING)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return neutralise(value) if isinstance(value, str) else repr(value)
