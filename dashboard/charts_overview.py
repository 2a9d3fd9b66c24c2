"""The small trend of the overview: events by period, violence and the rest, and the same in words."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.palette import Theme, event_groups, signs
from dashboard.queries import Unit

NARROW, WIDE = 62, 400  # days up to which a trend is drawn by day, and by week


def unit_for(days: int) -> Unit:
    """The length of a period that gives a trend over `days` days a readable number of bars."""
    return "day" if days <= NARROW else "week" if days <= WIDE else "month"


def by_group(timeline: pd.DataFrame, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """Events of every period of `starts` in two columns: period_start, violence, other."""
    groups = timeline["event_type"].map(event_groups())
    counts = pd.DataFrame({"period_start": starts})
    for name, chosen in (("violence", groups == "violence"), ("other", groups != "violence")):
        sums = timeline[chosen].groupby("period_start")["n_events"].sum()
        counts[name] = sums.reindex(starts, fill_value=0).to_numpy()
    return counts


def trend(counts: pd.DataFrame, unit: Unit, theme: Theme) -> go.Figure:
    """Stacked bars of `by_group`."""
    look = signs("event_group", theme)
    named = [charts.period_name(start, unit) for start in counts["period_start"]]
    starts = pd.DatetimeIndex(counts["period_start"]).to_numpy()
    traces: list[charts.Trace] = [
        {"type": "bar", "x": starts, "y": counts[name].to_numpy(), "name": label, "customdata": named,
         "marker": {"color": colour, "line": {"width": 0}},
         "hovertemplate": f"%{{customdata}}<br>{label}: %{{y:,}}<extra></extra>"}
        for name, label, colour in (("violence", "Violence", look["violence"].colour),
                                    ("other", "Border, people, diplomacy, statements", look["diplomacy"].colour))]
    legend = {"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0, "title": {}}
    return charts.assembled(traces, {**charts.framed(height=290, title=f"Events by {unit}"), "barmode": "stack",
                                     "legend": legend, "xaxis": {}, "yaxis": {}})


def in_words(counts: pd.DataFrame, unit: Unit) -> str:
    """The trend in words: total, highest period, latest period."""
    total = counts["violence"] + counts["other"]
    if not int(total.sum()):
        return "No events."
    top = int(total.to_numpy().argmax())
    name = charts.period_name(counts["period_start"].iloc[top], unit)
    last = charts.period_name(counts["period_start"].iloc[-1], unit)
    return (f"Bars of events by {unit}: {charts.counted(total.sum(), 'event')}, "
            f"{charts.number(counts['violence'].sum())} of them violence. "
            f"Most in {name} ({charts.number(total.iloc[top])}); {last}: {charts.number(total.iloc[-1])}.")
