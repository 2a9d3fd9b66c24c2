"""The timeline: events, the dead, crossings and diplomacy in four lanes over one time axis, and its summary."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import charts_crossings
from dashboard.charts import (
    PALE,
    Trace,
    assembled,
    counted,
    dicts_of,
    escaped,
    framed,
    number,
    period_ends,
    period_name,
    period_starts,
    span,
)
from dashboard.crossing_states import COLUMNS
from dashboard.palette import Sign, Theme, event_groups, sign
from etl.names import actor_name
from etl.names import type_labels as event_labels
from etl.wording import day

OWN_LANES = ("border", "diplomacy")  # groups that are marks in lanes of their own when bars show event types
LANE_NAMES = {"border": "Crossings: thick closed, thin open, blank unknown",
              "diplomacy": "Talks, agreements and protests"}
DYADS = 6  # pairs of sides with bars of their own; the others are one series
_OTHERS = "Others"
CLOSE = 800  # days: beyond this their bars touch
GAP = 0.05  # between two lanes, of the height of all
MARK_COLUMNS = ("event_type", "date_start", "date_end", "date_precision")


def _bar_keys(periods: pd.DataFrame, stack: str) -> pd.Series:
    """The series that each row belongs to, as ``scope:key``."""
    groups = periods["event_type"].map(event_groups()).fillna("people")
    by_group = "event_group:" + groups
    if stack == "group":
        return by_group
    return by_group.where(groups != "violence", "event_type:" + periods["event_type"])


def _bar_table(periods: pd.DataFrame, stack: str, starts: pd.DatetimeIndex,
               theme: Theme) -> list[tuple[Sign, np.ndarray]]:
    """Events of each series in each period of `starts` (zero where there are none), in the palette's order."""
    order = [f"event_type:{key}" for key in event_labels()]
    order += [f"event_group:{key}" for key in dict.fromkeys(event_groups().values())]
    apart = [key for key, of in event_groups().items() if of in OWN_LANES] if stack == "type" else []
    series = _bar_keys(periods, stack).where(~periods["event_type"].isin(apart))
    counts, there = _counts(periods, series, order, starts)
    return [(sign(name.split(":")[0], name.split(":")[1], theme), counts[i])
            for i, name in enumerate(order) if there[i]]


def _counts(table: pd.DataFrame, series: pd.Series, order: list[str],
            starts: pd.DatetimeIndex) -> tuple[np.ndarray, np.ndarray]:
    """Events of `table` by series of `order` (a row each) and period of `starts` (a column each), and which series
    `table` has at all."""
    row = pd.Index(order).get_indexer(pd.Index(series))
    column = starts.get_indexer(pd.DatetimeIndex(table["period_start"]))
    counts = np.zeros((len(order), len(starts)), dtype="int64")
    held = (row >= 0) & (column >= 0)
    np.add.at(counts, (row[held], column[held]), table["n_events"].to_numpy()[held])
    return counts, np.isin(np.arange(len(order)), row)


def leading_dyads(dyads: pd.DataFrame) -> list[str]:
    """The pairs of sides with most events, at most `DYADS`."""
    totals = dyads.groupby("dyad")["n_events"].sum().sort_values(ascending=False, kind="stable")
    return [str(name) for name in totals.index[:DYADS]]


def dyad_names(dyads: pd.DataFrame) -> str:
    """What the identifiers of the leading pairs stand for: ``AFG–PAK: Afghan Taliban and Pakistan``."""
    return "; ".join(f"{dyad}: {' and '.join(actor_name(part) for part in dyad.split('–'))}"
                     for dyad in leading_dyads(dyads))


def _dyad_bars(dyads: pd.DataFrame, starts: pd.DatetimeIndex, theme: Theme) -> list[tuple[Sign, np.ndarray]]:
    """Events of the leading pairs of sides in each period, and of all others together; colours of event types serve,
    since no type is drawn beside them."""
    looks, leading = [sign("event_type", key, theme) for key in event_labels()], leading_dyads(dyads)
    series = dyads["dyad"].where(dyads["dyad"].isin(leading), _OTHERS)
    counts, there = _counts(dyads, series, [*leading, _OTHERS], starts)
    return [(Sign(dyad, dyad, looks[i].colour, looks[i].symbol, str(i + 1)), counts[i])
            for i, dyad in enumerate([*leading, _OTHERS]) if there[i]]


def tolls(periods: pd.DataFrame, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """Killed in each period of `starts`: columns low, best, high, persons; zero where nobody is known to have died."""
    table = periods.assign(period_start=pd.to_datetime(periods["period_start"]))
    columns = {f"fatalities_{bound}": bound for bound in ("low", "best", "high")}
    return table.groupby("period_start")[list(columns)].sum().rename(columns=columns).reindex(starts, fill_value=0)


def _bars(bars: list[tuple[Sign, np.ndarray]], starts: pd.DatetimeIndex, unit: str, theme: Theme) -> list[Trace]:
    """A trace of bars for each series over the periods of `starts`."""
    ends = period_ends(starts, unit)
    middle = (starts + (ends - starts) / 2).to_numpy()
    width = ((ends - starts) / pd.Timedelta(milliseconds=1) * 0.92).to_numpy()
    named = np.array([period_name(start, unit) for start in starts], dtype=object)
    ink = sign("map", "code", theme).colour
    found = []
    if unit == "day" and len(starts) > CLOSE:  # thinner than a pixel: every day's number, and nothing beside it
        return [{"type": "bar", "xaxis": "x", "yaxis": "y", "x0": f"{pd.Timestamp(middle[0]):%Y-%m-%dT%H:%M}",
                 "dx": 86_400_000, "y": values, "width": float(width[0]), "name": f"{look.code} {escaped(look.label)}",
                 "marker": {"color": look.colour, "line": {"width": 0}},
                 "hovertemplate": f"%{{x|%-d %b %Y}}<br>{escaped(look.label)}: %{{y:,}} events<extra></extra>"}
                for look, values in bars]
    for look, values in bars:
        seen = values > 0  # a bar of height zero is an element that nobody sees
        found.append({
            "type": "bar", "xaxis": "x", "yaxis": "y", "x": middle[seen], "y": values[seen], "width": width[seen],
            "name": f"{look.code} {escaped(look.label)}", "marker": {"color": look.colour, "line": {"width": 0}},
            # Codes, not patterns: a pattern refers to the page's address, which changes with every filter.
            "text": [look.code] * int(seen.sum()), "textposition": "inside", "insidetextanchor": "middle",
            "textangle": 0, "textfont": {"size": 10, "color": ink}, "customdata": named[seen],
            "hovertemplate": f"%{{customdata}}<br>{escaped(look.label)}: %{{y:,}} events<extra></extra>",
        })
    return found


def _tolls(table: pd.DataFrame, unit: str, theme: Theme) -> list[Trace]:
    look = sign("chart", "fatalities", theme)
    starts = pd.DatetimeIndex(table.index)
    ends = period_ends(starts, unit)
    # A step for each period: the value holds from its first day to the day behind its last.
    steps = starts.append(ends[-1:]).to_numpy()
    low, best, high = (table[bound].tolist() for bound in ("low", "best", "high"))
    told = [f"{period_name(start, unit)}<br>Killed: {number(b)} (low {number(a)}, high {number(c)})"
            for start, a, b, c in zip(starts, low, best, high, strict=True)]
    on = {"type": "scatter", "xaxis": "x2", "yaxis": "y2", "x": steps, "mode": "lines", "showlegend": False}
    stepped = {bound: np.array([*values, *values[-1:]]) for bound, values in
               (("low", low), ("best", best), ("high", high))}
    return [
        {**on, "y": stepped["high"], "line": {"shape": "hv", "width": 0}, "hoverinfo": "skip"},
        {**on, "y": stepped["low"], "line": {"shape": "hv", "width": 0}, "hoverinfo": "skip", "fill": "tonexty",
         "fillcolor": look.rgba(0.28)},
        {**on, "y": stepped["best"], "line": {"shape": "hv", "width": 1.6, "color": look.colour},
         "customdata": [*told, *told[-1:]], "hovertemplate": "%{customdata}<extra></extra>"},
    ]


def _mark_text(row: dict[str, Any], look: Sign) -> str:
    when = span(row["date_start"], row["date_end"])
    if row["date_precision"] != "day":
        when += f" (known to the {row['date_precision']})"
    where = row.get("place") if isinstance(row.get("place"), str) else row.get("province")
    return f"{escaped(look.label)}<br>{when}" + (f"<br>{escaped(where)}" if isinstance(where, str) else "")


def _marks(marks: pd.DataFrame, group: str, row: int, theme: Theme) -> tuple[list[Trace], dict[str, Any]]:
    """Marks of one lane, each event type on a line of its own, hollow where the day is not known; and their axis."""
    kinds = [key for key, of in event_groups().items() if of == group]
    axis = {"range": [len(kinds) - 0.6, -0.8], "tickvals": list(range(len(kinds))),
            "ticktext": [escaped(event_labels()[key]) for key in kinds], "ticklabelposition": "inside top",
            "ticklabelshift": 9, "tickfont": {"size": 11}, "showgrid": True, "zeroline": False, "fixedrange": True}
    on = {"type": "scatter", "xaxis": f"x{row}", "yaxis": f"y{row}", "showlegend": False}
    found: list[Trace] = []
    shown = [name for name in (*MARK_COLUMNS, "place", "province") if name in marks]
    for level, key in enumerate(kinds):
        rows = marks.loc[marks["event_type"] == key, shown]
        if rows.empty:
            continue
        look = sign("event_type", key, theme)
        # The last day counts wholly, so that a mark stands in the middle of its days, as a bar does.
        first = pd.to_datetime(rows["date_start"]).to_numpy()
        last = (pd.to_datetime(rows["date_end"]) + pd.Timedelta(days=1)).to_numpy()
        exact = (rows["date_precision"] == "day").tolist()
        # A bar from the first to the last day that it may have been, or over which it went on; gaps part the bars.
        long = last - first > np.timedelta64(1, "D")
        ends = [moment for pair in zip(first[long], last[long], strict=True) for moment in (*map(pd.Timestamp, pair),
                                                                                           None)]
        found.append({**on, "x": ends, "y": [level] * len(ends), "mode": "lines", "hoverinfo": "skip",
                      "line": {"color": look.rgba(0.45), "width": 3}, "connectgaps": False})
        found.append({
            **on, "x": first + (last - first) / 2, "y": [level] * len(rows), "mode": "markers",
            "name": escaped(look.label),
            "marker": {"symbol": [look.symbol if known else f"{look.symbol}-open" for known in exact], "size": 10,
                       "color": look.colour, "line": {"width": 1.4, "color": look.colour}, "opacity": 0.9},
            "customdata": [_mark_text(item, look) for item in dicts_of(rows)],
            "hovertemplate": "%{customdata}<extra></extra>",
        })
    return found, axis


def _spells(spells: pd.DataFrame, unit: str, theme: Theme) -> tuple[list[Trace], list[Trace]]:
    """Unusual periods as shapes behind the bars, and the stars above them."""
    look = sign("chart", "fatalities", theme)
    shapes, stars = [], []
    for start, end in zip(spells["period_start"], period_ends(pd.DatetimeIndex(spells["period_start"]), unit),
                          strict=True):
        shapes.append({"type": "rect", "xref": "x", "yref": "y domain", "x0": start, "x1": end, "y0": 0, "y1": 1,
                       "fillcolor": look.rgba(0.12), "line": {"width": 0}, "layer": "below"})
        stars.append({"x": start + (end - start) / 2, "xref": "x", "y": 1, "yref": "y domain", "yanchor": "top",
                      "text": "★", "showarrow": False, "font": {"size": 13, "color": look.colour}})
    return shapes, stars


def _lanes(heights: list[int]) -> dict[str, Any]:
    """The axes of lanes over one time axis, the first on top, as `plotly.subplots.make_subplots` lays them out."""
    n = len(heights)
    room = 1 - GAP * (n - 1)
    parts = [room * height / sum(heights) for height in heights]
    axes: dict[str, Any] = {}
    for i in range(n):
        name = str(i + 1) if i else ""
        bottom = sum(parts[i + 1:]) + GAP * (n - 1 - i)
        axes[f"xaxis{name}"] = {"anchor": f"y{name}", "domain": [0.0, 1.0],
                                **({"matches": f"x{n}", "showticklabels": False} if i < n - 1 else {})}
        axes[f"yaxis{name}"] = {"anchor": f"x{name}", "domain": [bottom, bottom + parts[i] if i else 1.0]}
    return axes


def timeline(
    periods: pd.DataFrame, marks: pd.DataFrame, first: dt.date, last: dt.date, *, unit: str = "week",
    stack: str = "type", killed: str = "period", theme: Theme = "light", states: pd.DataFrame | None = None,
    dyads: pd.DataFrame | None = None, spells: pd.DataFrame | None = None,
) -> go.Figure:
    """Four lanes over one time axis: events as stacked bars, killed with its low–high band, crossings, diplomacy marks.

    `periods`: one row a period and type: ``period_start``, ``event_type``, ``n_events``, ``fatalities_low``,
    ``fatalities_best``, ``fatalities_high`` (persons). `marks`: events of the groups border and diplomacy with
    ``event_type``, ``date_start``, ``date_end``, ``date_precision`` and, where known, ``place`` or ``province``.
    `unit`: ``day``, ``week`` (from Monday) or ``month``. `stack`: ``type`` stacks violence by type and the groups
    people and statement as one series each (border and diplomacy are marks only); ``group`` stacks all five groups;
    ``dyad`` stacks pairs of sides, of `dyads`: ``period_start``, ``dyad``, ``n_events``. `killed`: ``cumulative`` adds
    the dead up from the first day. `states`: see `crossing_states.states`; `spells`: see `spells.unusual`.
    A period without events counts zero.
    """
    starts = period_starts(first, last, unit)
    states = pd.DataFrame(columns=list(COLUMNS)) if states is None else states
    border = marks[marks["event_type"].map(event_groups()) == "border"]
    crossings = charts_crossings.lines(states, border)
    # In pixels: a crossing needs a line of its own, and the other lanes do not shrink for it.
    heights = [300, 190, 44 + 32 * len(crossings), 260]
    bars = (_dyad_bars(dyads, starts, theme) if stack == "dyad" and dyads is not None
            else _bar_table(periods, stack, starts, theme))
    shapes, stars = _spells(spells, unit, theme) if spells is not None and len(spells) else ([], [])
    dead = tolls(periods, starts)
    gates, gate_axis = charts_crossings.lane(states, border, 3, theme)
    talks, talk_axis = _marks(marks, "diplomacy", 4, theme)
    what = {"group": "All events by group", "dyad": "Events by pair of sides"}.get(
        stack, "Violence by type, other events by group")
    over = f"since {day(first)}" if killed == "cumulative" else f"per {unit}"
    headings = [f"{what}, per {unit}", f"Persons killed {over} (shaded: low to high)",
                *(LANE_NAMES[group] for group in OWN_LANES)]
    layout = {**framed(height=sum(heights) + 130, title=""), **_lanes(heights)}
    for axis in ("xaxis", "xaxis2", "xaxis3", "xaxis4"):
        # The range is that of the question, not of the data: an empty end is news too.
        layout[axis] |= {"range": [starts[0], period_ends(starts[-1:], unit)[0]], "showgrid": True,
                         "gridcolor": PALE[theme]}
    layout["xaxis4"]["title"] = {"text": f"Date ({unit}s{' from Monday' if unit == 'week' else ''})"}
    for axis, counted_in in (("yaxis", "events"), ("yaxis2", "persons")):
        layout[axis] |= {"title": {"text": counted_in}, "tickformat": ",d", "rangemode": "tozero"}
    layout["yaxis3"] |= gate_axis
    layout["yaxis4"] |= talk_axis
    named = [{"text": f"<b>{heading}</b>", "x": 0, "xref": "paper", "y": layout[axis]["domain"][1], "yref": "paper",
              "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": 12}, "align": "left"}
             for axis, heading in zip(("yaxis", "yaxis2", "yaxis3", "yaxis4"), headings, strict=True)]
    layout["margin"]["t"] = 36
    layout |= {
        "shapes": shapes, "annotations": [*stars, *named],
        # Dragging takes a period, for the page to follow; it does not enlarge.
        "barmode": "stack", "hovermode": "closest", "dragmode": "select", "selectdirection": "h",
        "uniformtext": {"minsize": 8, "mode": "hide"},
        "legend": {"orientation": "h", "y": -0.09, "yanchor": "top", "x": 0, "font": {"size": 12}, "entrywidth": 112,
                   "entrywidthmode": "pixels", "traceorder": "normal", "title": {"text": ""}},
    }
    return assembled([*_bars(bars, starts, unit, theme),
                      *_tolls(dead.cumsum() if killed == "cumulative" else dead, unit, theme), *gates, *talks], layout)


def summary(periods: pd.DataFrame, first: dt.date, last: dt.date, unit: str = "week") -> str:
    """The timeline in plain words: events, killed with low and high, the commonest types, the worst period."""
    n = int(periods["n_events"].sum())
    between = f"On {day(first)}" if first == last else f"Between {day(first)} and {day(last)}"
    if not n:
        return f"{between}: no events."
    best, low, high = (int(periods[f"fatalities_{bound}"].sum()) for bound in ("best", "low", "high"))
    text = f"{between}: {counted(n, 'event')}, {number(best)} killed (low {number(low)}, high {number(high)})."
    by_type = periods.groupby("event_type")["n_events"].sum().sort_values(ascending=False, kind="stable").head(3)
    named = [f"{event_labels().get(str(key), str(key)).lower()} ({number(value)})" for key, value in by_type.items()]
    text += f" Most frequent: {', '.join(named)}."
    dead = periods.groupby("period_start")["fatalities_best"].sum()
    if len(dead) > 1 and dead.max() > 0:
        text += f" Most killed in one {unit}: {number(dead.max())}, {_when(dead.idxmax(), unit)}."
    busy = periods.groupby("period_start")["n_events"].sum()
    if len(busy) > 1:
        text += f" Most events: {number(busy.max())}, {_when(busy.idxmax(), unit)}."
    return text


def _when(start: object, unit: str) -> str:
    name = period_name(start, unit)
    return f"on {name}" if unit == "day" else f"in the {name}" if unit == "week" else f"in {name}"


def mark_summary(marks: pd.DataFrame) -> str:
    """The marks in plain words: how many of each type, and how many whose day is not known."""
    if marks.empty:
        return "No border or diplomacy events."
    counts = marks["event_type"].value_counts()
    named = [f"{event_labels()[key].lower()} ({number(counts[key])})" for key in event_labels() if key in counts]
    vague = int((marks["date_precision"] != "day").sum())
    text = "Marks: " + ", ".join(named) + "."
    if vague:
        text += f" Hollow marks ({number(vague)}): the day is not known; the line covers the days it may have been."
    return text
