"""CSV of exactly what is on the screen: its bytes, safe to open in a spreadsheet, and its file name."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.view import Facts, View
from etl.spreadsheet import write_csv

NAME_LIMIT = 150  # characters of a file name


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """`frame` as CSV, see `etl.spreadsheet`: its columns in order, without the index, missing values as empty cells."""
    columns = [map(plain, frame.iloc[:, at].tolist()) for at in range(len(frame.columns))]
    return write_csv([str(name) for name in frame.columns], zip(*columns, strict=True))


def plain(value: Any) -> Any:
    """A value of a cell as plain Python: None where it is empty, a day as a date, a whole number without a fraction."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date() if value == value.normalize() else value.to_pydatetime()
    if isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item"):  # of numpy
        value = value.item()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value if isinstance(value, bool | int | float | dt.date) else str(value)


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
    if view.border_km:
        parts.append(f"{view.border_km}km")
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
