"""The lane of the timeline that shows each crossing: thick where closed, thin where open, a gap where unknown."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import dicts_of, escaped, rows_of, span
from dashboard.crossing_states import CLOSED, OPEN, WHOLE, line_of
from dashboard.palette import Theme, sign
from etl.names import type_labels

_SIGN = {CLOSED: "border_closure", OPEN: "border_reopening"}
_WIDTH = {CLOSED: 11, OPEN: 3}


def lines(states: pd.DataFrame, marks: pd.DataFrame) -> list[str]:
    """The crossings that the lane shows, from the top; last, where something is told of no single crossing, `WHOLE`."""
    told = [*states["crossing"], *(line_of(row) for row in dicts_of(marks))]
    named = [name for name in dict.fromkeys(told) if name != WHOLE]
    return [*named, WHOLE] if WHOLE in told or not named else named


def add_lane(figure: go.Figure, states: pd.DataFrame, marks: pd.DataFrame, row: int, theme: Theme) -> None:
    """Draws the lane into row `row`: `states` (see `crossing_states.states`) as bars, `marks` (events) upon them."""
    names = lines(states, marks)
    level = {name: i for i, name in enumerate(names)}
    figure.update_yaxes(row=row, col=1, range=[len(names) - 0.4, -1.3], tickvals=list(level.values()),
                        ticktext=[escaped(name) for name in names], ticklabelposition="inside top", ticklabelshift=9,
                        tickfont={"size": 11}, showgrid=True, zeroline=False, fixedrange=True)
    for state, event_type in _SIGN.items():
        look, part = sign("event_type", event_type, theme), rows_of(states[states["state"] == state])
        ends = [x for one in part for x in (one.start, one.end, None)]
        heights = [y for one in part for y in (level[one.crossing], level[one.crossing], None)]
        told = [f"{escaped(one.crossing)}: {state}<br>{span(one.start, one.end - pd.Timedelta(days=1))}"
                for one in part for _ in range(3)]
        figure.add_scatter(row=row, col=1, x=ends, y=heights, mode="lines", connectgaps=False, showlegend=False,
                           name=state, line={"color": look.rgba(0.75), "width": _WIDTH[state]}, customdata=told,
                           hovertemplate="%{customdata}<extra></extra>")
    for event_type in _SIGN.values():
        look = sign("event_type", event_type, theme)
        rows = dicts_of(marks[marks["event_type"] == event_type])
        if not rows:
            continue
        figure.add_scatter(
            row=row, col=1, x=[pd.Timestamp(one["date_end"]) for one in rows],
            y=[level[line_of(one)] for one in rows], mode="markers", showlegend=False,
            name=escaped(look.label),
            marker={"symbol": [f"{look.symbol}{'' if one['date_precision'] == 'day' else '-open'}" for one in rows],
                    "size": 9, "color": look.colour, "line": {"width": 1.4, "color": look.colour}},
            customdata=[_tip(one) for one in rows], hovertemplate="%{customdata}<extra></extra>")


def _tip(row: dict[str, object]) -> str:
    where = row.get("place") if isinstance(row.get("place"), str) else row.get("province")
    return (f"{escaped(type_labels()[str(row['event_type'])])}<br>{span(row['date_start'], row['date_end'])}"
            + (f"<br>{escaped(where)}" if isinstance(where, str) else ""))
