"""CSV of exactly what is on the screen: its bytes, safe to open in a spreadsheet, and its file name."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence

import pandas as pd

from dashboard.view import Facts, View

BOM = "\ufeff"  # Excel reads UTF-8 only with it
NAME_LIMIT = 150  # characters of a file name
_FORMULA = "=+-@|%\t\r\n"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """`frame` as CSV in UTF-8 with a byte order mark: its columns in order, without the index.

    Days are ISO 8601, missing values are empty, and text (headers too) that a spreadsheet would take for a formula
    gets an apostrophe in front; see `neutral`.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_cell(value) for value in row])
    return (BOM + out.getvalue()).encode("utf-8", errors="replace")


def neutral(text: str) -> str:
    """`text`, with an apostrophe in front where a spreadsheet would run it as a formula.

    Blanks in front and full-width forms of the signs count too. Text that is a number stays as it is, so that -5 stays
    a number. Characters that no spreadsheet can hold (NUL) are dropped.
    """
    text = text.replace("\x00", "")
    if _NUMBER.fullmatch(text.strip(" ")):
        return text
    if text[:1] in ("\t", "\r", "\n"):
        return "'" + text
    bare = "".join(c for c in unicodedata.normalize("NFKC", text[:64]) if unicodedata.category(c) != "Cf").lstrip()
    return "'" + text if bare[:1] and bare[0] in _FORMULA else text


def file_name(what: str, view: View, facts: Facts) -> str:
    """A file name in plain ASCII with release, period and the filters that are set, e.g. ``torkham_events_….csv``."""
    parts = ["torkham", what, view.release, f"{view.date_from}_{view.date_to}"]
    if view.types != facts.types:
        parts.append(_some("types", view.types, facts.types))
    for label, chosen, known in (("actors", view.actors, facts.actors), ("provinces", view.provinces, facts.provinces),
                                 ("places", view.places, facts.places)):
        if chosen:
            parts.append(_some(label, chosen, known))
    if view.min_fatalities:
        parts.append(f"min{view.min_fatalities}")
    if view.salience != "all":
        parts.append(view.salience)
    if view.q:
        parts.append(f"text-{view.q}")
    name = "_".join(_slug(part) for part in parts if part)
    return name[:NAME_LIMIT].rstrip("-_.") + ".csv"


def _some(label: str, chosen: Sequence[str], known: Sequence[str]) -> str:
    """Up to three values by name, more as a count."""
    return f"{label}-{'+'.join(chosen)}" if len(chosen) <= 3 else f"{label}-{len(chosen)}of{len(known)}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9+._-]+", "-", plain).strip("-.")


def _cell(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return neutral(value if isinstance(value, str) else str(value))
