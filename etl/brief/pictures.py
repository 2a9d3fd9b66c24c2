"""The two pictures of a briefing, as SVG: events and the dead over time, and the map of those that have a place.

Drawn with matplotlib. The same tables give the same bytes. Text stays text, so that it can be searched and read aloud.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from shapely.geometry import shape

from etl.reference import FOLDER, read_table

mpl.use("svg")
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "torkham", "font.family": "sans-serif", "font.size": 9,
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#5b6a72", "axes.linewidth": 0.8,
}
_DAYS, _WEEKS = 45, 400  # days of a period up to which bars stand for days, for weeks
_FREQUENCY = {"day": "D", "week": "W-SUN", "month": "M"}
_TOLERANCE = 0.03  # degrees, about 3 km: finer than a printed line of this map
_FRAME = (59.5, 23.5, 78.5, 39.0)  # west, south, east, north: both countries
_LAND, _EDGE, _LINE = "#f4f2ee", "#b9b4aa", "#111827"


def unit_of(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """What a bar of the timeline stands for: ``day``, ``week`` or ``month``, by the length of the period."""
    days = (last - first).days + 1
    return "day" if days <= _DAYS else "week" if days <= _WEEKS else "month"


def periods_of(events: pd.DataFrame, unit: str) -> pd.PeriodIndex:
    """The day, week (Monday to Sunday) or month in which each event begins."""
    return pd.PeriodIndex(pd.to_datetime(events["date_start"]), freq=_FREQUENCY[unit])


def timeline(events: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Bars of events by group, and below them of the persons killed with the span between lowest and highest account.

    `events` needs date_start, event_group, fatalities_low, _best and _high; an event counts on its first day.
    """
    unit = unit_of(first, last)
    periods, own = pd.period_range(first, last, freq=_FREQUENCY[unit]), periods_of(events, unit)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 3.3), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True)
        places = np.arange(len(periods))
        _stack(upper, periods, own, events["event_group"], pd.Series(1, events.index), 8)
        best = events["fatalities_best"].astype(float)
        low, high = (events[f"fatalities_{bound}"].astype(float).fillna(best) for bound in ("low", "high"))
        sums = [values.groupby(own).sum().reindex(periods, fill_value=0).to_numpy() for values in (low, best, high)]
        lower.bar(places, sums[1], width=0.85, color="#9b1c1c")
        spread = (sums[0] < sums[1]) | (sums[2] > sums[1])
        reach = np.maximum([sums[1] - sums[0], sums[2] - sums[1]], 0)[:, spread]
        if spread.any():
            lower.errorbar(places[spread], sums[1][spread], yerr=reach, fmt="none", ecolor="#111827", elinewidth=0.8)
        lower.set_ylabel("Killed")
        _name_periods(lower, periods, unit, 10)
        return _svg(figure)


def draw_events(axes: Axes, days: pd.DataFrame) -> None:
    """Bars of events by group onto `axes`; `days` has date_start, event_group and n, the events that begin then."""
    dates = pd.to_datetime(days["date_start"])
    unit = unit_of(dates.min(), dates.max())
    periods = pd.period_range(dates.min(), dates.max(), freq=_FREQUENCY[unit])
    _stack(axes, periods, periods_of(days, unit), days["event_group"], days["n"], 9)
    _name_periods(axes, periods, unit, 5)


def _stack(axes: Axes, periods: pd.PeriodIndex, own: pd.PeriodIndex, groups: pd.Series, n: pd.Series,
           size: float) -> None:
    places, floor = np.arange(len(periods)), np.zeros(len(periods))
    for group, (label, colour) in _groups().items():
        part = (groups == group).to_numpy()
        counts = pd.Series(n.to_numpy()[part]).groupby(own[part]).sum().reindex(periods, fill_value=0).to_numpy()
        if counts.any():
            axes.bar(places, counts, bottom=floor, width=0.85, color=colour, label=label)
            floor = floor + counts
    axes.set_ylabel("Events")
    axes.legend(loc="upper left", frameon=False, fontsize=size, ncols=5, handlelength=1.2, columnspacing=1.2)
    axes.set_ylim(0, max(floor.max(), 1) * 1.3)


def _name_periods(axes: Axes, periods: pd.PeriodIndex, unit: str, most: int) -> None:
    step = max(-(-len(periods) // most), 1)
    shown = "%b %Y" if unit == "month" else "%d %b"
    axes.set_xticks(np.arange(len(periods))[::step], [period.start_time.strftime(shown) for period in periods[::step]])


def map_of(events: pd.DataFrame, numbered: Sequence[str] = ()) -> str:
    """The events that have a position, as circles whose area grows with the persons killed, on both countries.

    `events` needs event_id, latitude, longitude, event_group and fatalities_best; those whose ids are `numbered` bear
    their number, from 1. The Durand Line is dashed.
    """
    placed = events.dropna(subset=["latitude", "longitude"]).assign(
        killed=lambda frame: frame["fatalities_best"].astype(float).fillna(0))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 5.4), layout="constrained")
        axes = figure.subplots()
        draw_map(axes, placed)
        for row in placed[placed["event_id"].isin(numbered)].itertuples():
            axes.annotate(str(numbered.index(row.event_id) + 1), (row.longitude, row.latitude), xytext=(9, 7),
                          textcoords="offset points", weight="bold", zorder=4)
        return _svg(figure)


def draw_map(axes: Axes, placed: pd.DataFrame, legend: bool = True) -> None:
    """Both countries, the dashed Durand Line and a circle for each row of `placed` onto `axes`.

    `placed` has latitude, longitude, event_group and killed, which the area of a circle grows with.
    """
    for area in _areas():
        axes.fill(*area, facecolor=_LAND, edgecolor=_EDGE, linewidth=0.5)
    for line in _durand_line():
        axes.plot(*line, color=_LINE, linewidth=1.3, linestyle=(0, (4, 2.5)))
    for group, (label, colour) in _groups().items():
        part = placed[placed["event_group"] == group]
        if not part.empty:
            axes.scatter(part["longitude"], part["latitude"], s=(14 + 9 * part["killed"]).clip(upper=900), color=colour,
                         alpha=0.6, edgecolor="white", linewidth=0.6, label=label, zorder=3)
    if legend and not placed.empty:
        for handle in axes.legend(loc="lower right", frameon=False, fontsize=8).legend_handles:
            handle.set_sizes([45])  # type: ignore[union-attr]
    west, south, east, north = _FRAME
    axes.set(xlim=(west, east), ylim=(south, north), aspect=1 / np.cos(np.radians(32)))
    axes.axis("off")


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()[out.getvalue().index("<svg"):]


@cache
def _groups() -> dict[str, tuple[str, str]]:
    """Group of event types → its label and its colour on white, in the palette's order."""
    return {row["key"]: (row["key"].replace("_", " ").capitalize(), row["light"])
            for row in read_table("palette").rows if row["scope"] == "event_group"}


def _features(name: str) -> list[Any]:
    text = (FOLDER / f"{name}.geojson").read_text(encoding="utf-8")
    return [shape(item["geometry"]) for item in json.loads(text)["features"]]


@cache
def _areas() -> tuple[tuple[Any, Any], ...]:
    """The outer rings of the provinces, as coordinates east and north."""
    simple = shapely.coverage_simplify(np.array(_features("admin1")), _TOLERANCE)
    return tuple(tuple(np.array(part.exterior.coords).T) for geometry in simple for part in shapely.get_parts(geometry)
                 if part.geom_type == "Polygon" and not part.is_empty)  # type: ignore[misc]


@cache
def _durand_line() -> tuple[tuple[Any, Any], ...]:
    simple = shapely.simplify(np.array(_features("durand_line")), _TOLERANCE)
    return tuple(tuple(np.array(part.coords).T) for line in simple for part in shapely.get_parts(line))  # type: ignore[misc]
