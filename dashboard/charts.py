"""What all charts share: the frame around a figure, numbers and days in words.

A chart function takes DataFrames and returns a Plotly figure; it reads no file but the palette and asks no host.
Backgrounds, fonts and grid come from Streamlit's theme, so a figure sets none of them.
"""

from __future__ import annotations

import datetime as dt
import html
import textwrap
from collections import namedtuple
from functools import lru_cache
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from etl.wording import day

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "scrollZoom": False,
}
PALE = {"light": "rgba(100,116,139,0.16)", "dark": "rgba(148,163,184,0.20)"}
UNITS = ("day", "week", "month")
Trace = dict[str, Any]  # a part of a figure as Plotly's JSON has it


def number(value: float | int | None) -> str:
    """A count with thousands separators: 1234 → ``1,234``; an empty value is ``–``."""
    return "–" if value is None or pd.isna(value) else f"{round(float(value)):,}"


def counted(value: float | int, one: str, many: str | None = None) -> str:
    """A count with its noun: ``1 event``, ``1,234 events``."""
    return f"{number(value)} {one if round(float(value)) == 1 else many or one + 's'}"


def span(first: Any, last: Any) -> str:
    """Two days as a period: ``9 Oct 2025 – 3 Nov 2025``, or one day when they are the same."""
    return day(first) if pd.Timestamp(first) == pd.Timestamp(last) else f"{day(first)} – {day(last)}"


def period_name(start: Any, unit: str) -> str:
    """The name of the period that begins on `start`: a day, ``week of 6 Oct 2025`` or ``October 2025``."""
    stamp = pd.Timestamp(start)
    if unit == "month":
        return f"{stamp:%B %Y}"
    return f"week of {day(stamp)}" if unit == "week" else {"day": day(stamp)}[unit]


def period_starts(first: dt.date, last: dt.date, unit: str) -> pd.DatetimeIndex:
    """The first day of every period from the one that holds `first` to the one that holds `last` (weeks: Mondays)."""
    start = pd.Timestamp(first)
    if unit == "week":
        start -= pd.Timedelta(days=start.weekday())
    if unit == "month":
        start = start.replace(day=1)
    return pd.date_range(start, pd.Timestamp(last), freq={"day": "D", "week": "7D", "month": "MS"}[unit])


def period_ends(starts: pd.DatetimeIndex, unit: str) -> pd.DatetimeIndex:
    """The moment just behind each period."""
    offset = {"day": pd.DateOffset(days=1), "week": pd.DateOffset(days=7), "month": pd.DateOffset(months=1)}[unit]
    return pd.DatetimeIndex(starts + offset)


def cells_of(column: pd.Series) -> list[Any]:
    """The cells of a column; what pandas keeps as Arrow's text is turned at once, since one by one takes long."""
    return (column.to_numpy(dtype=object) if isinstance(column.dtype, pd.StringDtype) else column).tolist()


@lru_cache(maxsize=64)
def _row(columns: tuple[str, ...]) -> type:
    return namedtuple("Row", columns, rename=True)  # type: ignore[misc]


def rows_of(table: pd.DataFrame) -> list[Any]:
    """The rows of a table as named tuples without the index."""
    columns = [cells_of(table.iloc[:, i]) for i in range(table.shape[1])]
    return [*map(_row(tuple(map(str, table.columns)))._make, zip(*columns, strict=True))]  # type: ignore[attr-defined]


def dicts_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as dicts."""
    names = [str(name) for name in table.columns]
    columns = [cells_of(table.iloc[:, i]) for i in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def escaped(text: Any) -> str:
    """Text for a label or hover box of Plotly, which reads some HTML: escaped, so that it is shown as it stands."""
    return "" if text is None or (not isinstance(text, str) and pd.isna(text)) else html.escape(str(text), quote=False)


def wrapped(text: Any, width: int, lines: int = 2) -> str:
    """Escaped text broken after about `width` characters; what does not fit in `lines` ends in an ellipsis."""
    parts = textwrap.wrap(str(text), width, max_lines=lines, placeholder="…")
    return "<br>".join(escaped(part) for part in parts)


def framed(*, height: int, title: str, left: int = 8) -> dict[str, Any]:
    """The layout that every figure begins with: title, height (pixels), margins that hold at 390 pixels of width."""
    return {
        "title": {"text": escaped(title), "x": 0, "xanchor": "left", "font": {"size": 16}, "automargin": False},
        "height": height,
        "margin": {"l": left, "r": 8, "t": 48, "b": 8, "pad": 2},
        "separators": ".,",
        "hoverlabel": {"align": "left"},
        "bargap": 0.1,
        "dragmode": "zoom",
        "uirevision": title,
    }


def assembled(traces: list[Trace], layout: dict[str, Any]) -> go.Figure:
    """The figure of `traces` and `layout`, which are Plotly's own, as plain dicts; all axes of `layout` keep room for
    their words.

    Plotly's checks of each value as it is set take longer than a page has, so nothing is checked here; tests check
    whole figures.
    """
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")):
            axis["automargin"] = True
    return go.Figure({"data": traces, "layout": layout}, _validate=False)


def frame(figure: go.Figure, *, height: int, title: str, left: int = 8) -> go.Figure:
    """Gives a figure its title, height (pixels) and margins that hold at 390 pixels of width; returns it."""
    figure.update_layout(framed(height=height, title=title, left=left))
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure
