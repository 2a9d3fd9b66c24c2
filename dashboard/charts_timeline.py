"""The timeline: events, the dead, crossings and diplomacy in four lanes over one time axis, and its summary."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import charts_crossings
from dashboard.charts import (
    PALE,
    counted,
    escaped,
    frame,
    number,
    period_ends,
    period_name,
    period_starts,
    rows_of,
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
MARK_COLUMNS = ("event_type", "date_start", "date_end", "date_precision")


def _bar_keys(periods: pd.DataFrame, stack: str) -> pd.Series:
    """The series that each row belongs to, as ``scope:key``."""
    groups = periods["event_type"].map(event_groups()).fillna("people")
    by_group = "event_group:" + groups
    if stack == "group":
        return by_group
    return by_group.where(groups != "violence", "event_type:" + periods["event_type"])


def _bar_table(periods: pd.DataFrame, stack: str, starts: pd.DatetimeIndex,
               theme: Theme) -> list[tuple[Sign, pd.Series]]:
    """Events of each series in each period of `starts` (zero where there are none), in the palette's order."""
    table = periods.assign(series=_bar_keys(periods, stack), period_start=pd.to_datetime(periods["period_start"]))
    if stack == "type":
        table = table[~table["event_type"].map(event_groups()).isin(OWN_LANES)]
    order = [f"event_type:{key}" for key in event_labels()]
    order += [f"event_group:{key}" for key in dict.fromkeys(event_groups().values())]
    found = []
    for name in order:
        rows = table[table["series"] == name]
        if not rows.empty:
            scope, key = name.split(":")
            found.append((sign(scope, key, theme),
                          rows.groupby("period_start")["n_events"].sum().reindex(starts, fill_value=0)))
    return found


def leading_dyads(dyads: pd.DataFrame) -> list[str]:
    """The pairs of sides with most events, at most `DYADS`."""
    totals = dyads.groupby("dyad")["n_events"].sum().sort_values(ascending=False, kind="stable")
    return [str(name) for name in totals.index[:DYADS]]


def dyad_names(dyads: pd.DataFrame) -> str:
    """What the identifiers of the leading pairs stand for: ``AFG–PAK: Afghan Taliban and Pakistan``."""
    return "; ".join(f"{dyad}: {' and '.join(actor_name(part) for part in dyad.split('–'))}"
                     for dyad in leading_dyads(dyads))


def _dyad_bars(dyads: pd.DataFrame, starts: pd.DatetimeIndex, theme: Theme) -> list[tuple[Sign, pd.Series]]:
    """Events of the leading pairs of sides in each period, and of all others together; colours of event types serve,
    since no type is drawn beside them."""
    looks, leading = [sign("event_type", key, theme) for key in event_labels()], leading_dyads(dyads)
    named = dyads.assign(dyad=dyads["dyad"].where(dyads["dyad"].isin(leading), _OTHERS),
                         period_start=pd.to_datetime(dyads["period_start"]))
    found = []
    for i, dyad in enumerate([*leading, *([_OTHERS] if (named["dyad"] == _OTHERS).any() else [])]):
        look = Sign(dyad, dyad, looks[i].colour, looks[i].symbol, str(i + 1))
        counts = named[named["dyad"] == dyad].groupby("period_start")["n_events"].sum()
        found.append((look, counts.reindex(starts, fill_value=0)))
    return found


def tolls(periods: pd.DataFrame, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """Killed in each period of `starts`: columns low, best, high, persons; zero where nobody is known to have died."""
    table = periods.assign(period_start=pd.to_datetime(periods["period_start"]))
    columns = {f"fatalities_{bound}": bound for bound in ("low", "best", "high")}
    return table.groupby("period_start")[list(columns)].sum().rename(columns=columns).reindex(starts, fill_value=0)


def _add_bars(figure: go.Figure, bars: list[tuple[Sign, pd.Series]], unit: str, theme: Theme) -> None:
    for look, values in bars:
        values = values[values > 0]  # a bar of height zero is an element that nobody sees
        starts = pd.DatetimeIndex(values.index)
        ends = period_ends(starts, unit)
        width = (ends - starts) / pd.Timedelta(milliseconds=1)
        figure.add_bar(
            row=1, col=1, x=starts + (ends - starts) / 2, y=values.to_numpy(), width=(width * 0.92).to_numpy(),
            name=f"{look.code} {escaped(look.label)}", marker={"color": look.colour, "line": {"width": 0}},
            # Codes, not patterns: a pattern refers to the page's address, which changes with every filter.
            text=[look.code] * len(values), textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"size": 10, "color": sign("map", "code", theme).colour},
            customdata=[period_name(start, unit) for start in starts],
            hovertemplate=f"%{{customdata}}<br>{escaped(look.label)}: %{{y:,}} events<extra></extra>",
        )


def _add_tolls(figure: go.Figure, table: pd.DataFrame, unit: str, theme: Theme) -> None:
    look = sign("chart", "fatalities", theme)
    starts = pd.DatetimeIndex(table.index)
    ends = period_ends(starts, unit)
    # A step for each period: the value holds from its first day to the day behind its last.
    steps = starts.append(ends[-1:])
    stepped = pd.concat([table, table.iloc[-1:]])
    line = {"shape": "hv", "width": 0}
    figure.add_scatter(row=2, col=1, x=steps, y=stepped["high"].to_numpy(), mode="lines", line=line,
                       showlegend=False, hoverinfo="skip")
    figure.add_scatter(row=2, col=1, x=steps, y=stepped["low"].to_numpy(), mode="lines", line=line, fill="tonexty",
                       fillcolor=look.rgba(0.28), showlegend=False, hoverinfo="skip")
    names = [period_name(start, unit) for start in starts]
    detail = [
        f"{name}<br>Killed: {number(row.best)} (low {number(row.low)}, high {number(row.high)})"
        for name, row in zip(names, rows_of(table), strict=True)
    ]
    figure.add_scatter(row=2, col=1, x=steps, y=stepped["best"].to_numpy(), mode="lines",
                       line={"shape": "hv", "width": 1.6, "color": look.colour}, showlegend=False,
                       customdata=[*detail, detail[-1]], hovertemplate="%{customdata}<extra></extra>")


def _mark_text(row: pd.Series, look: Sign) -> str:
    when = span(row["date_start"], row["date_end"])
    if row["date_precision"] != "day":
        when += f" (known to the {row['date_precision']})"
    where = row.get("place") if isinstance(row.get("place"), str) else row.get("province")
    return f"{escaped(look.label)}<br>{when}" + (f"<br>{escaped(where)}" if isinstance(where, str) else "")


def _add_marks(figure: go.Figure, marks: pd.DataFrame, group: str, row: int, theme: Theme) -> None:
    """Marks of one lane, each event type on a line of its own; hollow where the day is not known."""
    kinds = [key for key, of in event_groups().items() if of == group]
    figure.update_yaxes(row=row, col=1, range=[len(kinds) - 0.6, -0.8], tickvals=list(range(len(kinds))),
                        ticktext=[escaped(event_labels()[key]) for key in kinds], ticklabelposition="inside top",
                        ticklabelshift=9, tickfont={"size": 11}, showgrid=True, zeroline=False, fixedrange=True)
    for level, key in enumerate(kinds):
        rows = marks[marks["event_type"] == key]
        if rows.empty:
            continue
        look = sign("event_type", key, theme)
        # The last day counts wholly, so that a mark stands in the middle of its days, as a bar does.
        first, last = pd.to_datetime(rows["date_start"]), pd.to_datetime(rows["date_end"]) + pd.Timedelta(days=1)
        exact = (rows["date_precision"] == "day").tolist()
        # A bar from the first to the last day that it may have been, or over which it went on; gaps part the bars.
        ends = [moment for pair in zip(first, last, strict=True) if pair[1] - pair[0] > pd.Timedelta(days=1)
                for moment in (*pair, None)]
        figure.add_scatter(row=row, col=1, x=ends, y=[level] * len(ends), mode="lines", showlegend=False,
                           line={"color": look.rgba(0.45), "width": 3}, hoverinfo="skip", connectgaps=False)
        figure.add_scatter(
            row=row, col=1, x=first + (last - first) / 2, y=[level] * len(rows), mode="markers", showlegend=False,
            name=escaped(look.label),
            marker={"symbol": [look.symbol if known else f"{look.symbol}-open" for known in exact], "size": 10,
                    "color": look.colour, "line": {"width": 1.4, "color": look.colour}, "opacity": 0.9},
            customdata=[_mark_text(item, look) for _, item in rows.iterrows()],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _add_spells(figure: go.Figure, spells: pd.DataFrame, unit: str, theme: Theme) -> None:
    """Unusual periods, shaded behind the bars and marked with a star above them."""
    look = sign("chart", "fatalities", theme)
    for start, end in zip(spells["period_start"], period_ends(pd.DatetimeIndex(spells["period_start"]), unit),
                          strict=True):
        figure.add_vrect(x0=start, x1=end, row=1, col=1, fillcolor=look.rgba(0.12), line_width=0, layer="below")
        figure.add_annotation(x=start + (end - start) / 2, xref="x", y=1, yref="y domain", yanchor="top", text="★",
                              showarrow=False, font={"size": 13, "color": look.colour})


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
    figure = make_subplots(rows=4, cols=1, shared_xaxes=True, row_heights=heights, vertical_spacing=0.05)
    bars = (_dyad_bars(dyads, starts, theme) if stack == "dyad" and dyads is not None
            else _bar_table(periods, stack, starts, theme))
    if spells is not None and len(spells):
        _add_spells(figure, spells, unit, theme)
    _add_bars(figure, bars, unit, theme)
    dead = tolls(periods, starts)
    _add_tolls(figure, dead.cumsum() if killed == "cumulative" else dead, unit, theme)
    charts_crossings.add_lane(figure, states, border, 3, theme)
    _add_marks(figure, marks, "diplomacy", 4, theme)
    what = {"group": "All events by group", "dyad": "Events by pair of sides"}.get(
        stack, "Violence by type, other events by group")
    over = f"since {day(first)}" if killed == "cumulative" else f"per {unit}"
    headings = [f"{what}, per {unit}", f"Persons killed {over} (shaded: low to high)",
                *(LANE_NAMES[group] for group in OWN_LANES)]
    for row, heading in enumerate(headings, start=1):
        domain = figure.layout["yaxis" if row == 1 else f"yaxis{row}"].domain
        figure.add_annotation(text=f"<b>{heading}</b>", x=0, xref="paper", y=domain[1], yref="paper", xanchor="left",
                              yanchor="bottom", showarrow=False, font={"size": 12}, align="left")
    frame(figure, height=sum(heights) + 130, title="")
    # The range is that of the question, not of the data: an empty end is news too.
    figure.update_xaxes(range=[starts[0], period_ends(starts[-1:], unit)[0]], showgrid=True, gridcolor=PALE[theme])
    figure.update_xaxes(row=4, col=1, title={"text": f"Date ({unit}s{' from Monday' if unit == 'week' else ''})"})
    figure.update_yaxes(row=1, col=1, title={"text": "events"}, tickformat=",d", rangemode="tozero")
    figure.update_yaxes(row=2, col=1, title={"text": "persons"}, tickformat=",d", rangemode="tozero")
    # Dragging takes a period, for the page to follow; it does not enlarge.
    figure.update_layout(barmode="stack", hovermode="closest", dragmode="select", selectdirection="h", margin={"t": 36},
                         uniformtext={"minsize": 8, "mode": "hide"},
                         legend={"orientation": "h", "y": -0.09, "yanchor": "top", "x": 0, "font": {"size": 12},
                                 "entrywidth": 112, "entrywidthmode": "pixels", "traceorder": "normal",
                                 "title": {"text": ""}})
    return figure


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
