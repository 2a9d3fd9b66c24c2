"""The lane of the timeline that shows each crossing: thick where closed, thin where open, a gap where unknown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts import Trace, dicts_of, escaped, rows_of, span
from dashboard.crossing_states import CLOSED, OPEN, WHOLE, line_of
from dashboard.palette import Theme, sign
from etl.names import type_labels

SAYS = ("place", "other_places", "geo_precision")  # columns of an event that tell its line
TOLD = (*SAYS, "event_type", "date_start", "date_end", "date_precision", "province")
WORDED = 1_500  # states: more of them are bars without words of their own, which the message would not hold
_SIGN = {CLOSED: "border_closure", OPEN: "border_reopening"}
_WIDTH = {CLOSED: 11, OPEN: 3}


def lines(states: pd.DataFrame, marks: pd.DataFrame) -> list[str]:
    """The crossings that the lane shows, from the top; last, where something is told of no single crossing, `WHOLE`."""
    told = [*states["crossing"], *(line_of(row) for row in dicts_of(marks[[name for name in SAYS if name in marks]]))]
    named = [name for name in dict.fromkeys(told) if name != WHOLE]
    return [*named, WHOLE] if WHOLE in told or not named else named


def lane(states: pd.DataFrame, marks: pd.DataFrame, row: int, theme: Theme) -> tuple[list[Trace], dict[str, Any]]:
    """The traces of the lane on the axes numbered `row`, and its axis of lines: `states` (see
    `crossing_states.states`) as bars, `marks` (events) upon them."""
    told = dicts_of(marks.loc[marks["event_type"].isin(_SIGN.values()), [name for name in TOLD if name in marks]])
    names = lines(states, marks)
    level = {name: i for i, name in enumerate(names)}
    axis = {"range": [len(names) - 0.4, -1.3], "tickvals": list(level.values()),
            "ticktext": [escaped(name) for name in names], "ticklabelposition": "inside top", "ticklabelshift": 9,
            "tickfont": {"size": 11}, "showgrid": True, "zeroline": False, "fixedrange": True}
    on = {"type": "scatter", "xaxis": f"x{row}", "yaxis": f"y{row}", "showlegend": False,
          "hovertemplate": "%{customdata}<extra></extra>"}
    found: list[Trace] = []
    for state, event_type in _SIGN.items():
        look, part = sign("event_type", event_type, theme), states[states["state"] == state]
        # Days as text: moments one by one take a hundred times as long on their way into the message.
        starts, ends = (pd.to_datetime(part[name]).dt.strftime("%Y-%m-%d").tolist() for name in ("start", "end"))
        bars: Trace = {**on, "x": [x for first, end in zip(starts, ends, strict=True) for x in (first, end, None)],
                       "y": [y for name in part["crossing"] for y in (level[name], level[name], None)],
                       "mode": "lines", "connectgaps": False, "name": state,
                       "line": {"color": look.rgba(0.75), "width": _WIDTH[state]}}
        if len(states) > WORDED:
            bars["hovertemplate"] = f"{state}<br>%{{x|%-d %b %Y}}<extra></extra>"
        else:
            bars["customdata"] = [text for one in rows_of(part) for text in [
                f"{escaped(one.crossing)}: {state}<br>{span(one.start, one.end - pd.Timedelta(days=1))}"] * 3]
        found.append(bars)
    for event_type in _SIGN.values():
        look = sign("event_type", event_type, theme)
        rows = [one for one in told if one["event_type"] == event_type]
        if rows:
            found.append({
                **on, "x": [pd.Timestamp(one["date_end"]) for one in rows], "y": [level[line_of(one)] for one in rows],
                "mode": "markers", "name": escaped(look.label),
                "marker": {"symbol": [f"{look.symbol}{'' if one['date_precision'] == 'day' else '-open'}"
                                      for one in rows],
                           "size": 9, "color": look.colour, "line": {"width": 1.4, "color": look.colour}},
                "customdata": [_tip(one) for one in rows]})
    return found, axis


def _tip(row: dict[str, object]) -> str:
    where = row.get("place") if isinstance(row.get("place"), str) else row.get("province")
    return (f"{escaped(type_labels()[str(row['event_type'])])}<br>{span(row['date_start'], row['date_end'])}"
            + (f"<br>{escaped(where)}" if isinstance(where, str) else ""))
