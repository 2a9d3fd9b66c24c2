"""CSV that opens as it should in Excel, R and pandas, and never runs as a formula.

RFC 4180 (comma, CRLF, doubled quotes), UTF-8 with a byte order mark: without the mark Excel takes the file for the
local code page. pandas and readr skip the mark; base R needs ``fileEncoding = "UTF-8-BOM"``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

ENCODING = "utf-8-sig"
_SIGNS = "=+-@|%"
_NUMBER = re.compile(r" *[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? *", re.ASCII)
# Where a program takes ; or a tab for the separator, or a line break inside a text for the end of a row, a new cell
# begins in the middle of a text. A sign with a blank behind it (“- said”) is a dash there and no formula.
_INNER = re.compile(r"([;\t\r\n][\s\u200b\ufeff]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20]\S)([^;\t\r\n]*)")


def neutralise(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula; a number stays as it is.

    Signs count also in their full-width forms and behind blanks, line breaks, tabs or characters that cannot be seen,
    and inside the text where a program that parts cells at semicolons or tabs would begin a cell. NUL, which no
    spreadsheet can hold, is dropped.
    """
    text = text.replace("\x00", "")
    if not text or _NUMBER.fullmatch(text):
        return text
    if ";" in text or "\t" in text or "\n" in text or "\r" in text:
        text = _INNER.sub(lambda found: found[0] if _NUMBER.fullmatch(found[2]) else f"{found[1]}'{found[2]}", text)
    if text[0] in "\t\r\n":
        return f"'{text}"
    if text[0].isalnum() and text[0].isascii():
        return text
    seen = "".join(c for c in unicodedata.normalize("NFKC", text[:200]) if unicodedata.category(c) not in ("Cf", "Cc"))
    return f"'{text}" if seen.lstrip()[:1] in tuple(_SIGNS) else text


def write_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file of `rows` under the header `names`. None becomes an empty cell; true and false are TRUE
    and FALSE, which spreadsheets, pandas and R all read as such (R does not take the small letters)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutralise(name) for name in names])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode(ENCODING, errors="replace")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return neutralise(value) if isinstance(value, str) else repr(value)
