"""Two periods over one axis that counts from the first day of each, and the comparison in words."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.charts import PALE, counted, frame, number, rows_of, span
from dashboard.comparison import RATE, STEP_DAYS, Span, days
from dashboard.palette import Theme, sign
from etl.wording import day

STEP_NAMES = {"day": "day", "week": "week", "month": f"{RATE} days"}


def looks(theme: Theme) -> tuple[tuple[str, str], tuple[str, str]]:
    """Colour and dash of the first and of the second period."""
    return (sign("chart", "matrix_high", theme).colour, "solid"), (sign("chart", "edge", theme).colour, "dot")


def comparison(course: pd.DataFrame, spans: tuple[Span, Span], step: str, *, killed: str = "period",
               theme: Theme = "light") -> go.Figure:
    """Violent events of both periods as bars side by side, and below the killed as steps, over one axis.

    `course` as `dashboard.comparison.course` gives it; `spans`: first and last day of each period. `killed`:
    ``cumulative`` adds the dead up from the first day of each.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[3, 2], vertical_spacing=0.13)
    every = max(int(course["step"].max()) + 1, 1) if len(course) else 1
    for i, (colour, dash) in enumerate(looks(theme)):
        part = course[course["period"] == i + 1]
        dates = [day(start) for start in part["step_start"]]
        name = f"{i + 1}: {span(*spans[i])}"
        place = part["step"] + 1
        figure.add_bar(row=1, col=1, x=place, y=part["n_violent"], name=name, offsetgroup=str(i), legendgroup=str(i),
                       marker={"color": colour, "line": {"width": 0}}, customdata=dates,
                       hovertemplate="from %{customdata}<br>%{y:,} violent events<extra></extra>")
        dead = part[[f"fatalities_{bound}" for bound in ("low", "best", "high")]]
        dead = dead.cumsum() if killed == "cumulative" else dead
        told = [f"from {date}<br>{number(row.fatalities_best)} killed (low {number(row.fatalities_low)}, high "
                f"{number(row.fatalities_high)})" for date, row in zip(dates, rows_of(dead), strict=True)]
        figure.add_scatter(row=2, col=1, x=place, y=dead["fatalities_best"], name=name, showlegend=False,
                           legendgroup=str(i), mode="lines+markers" if len(part) <= 40 else "lines",
                           line={"color": colour, "dash": dash, "width": 2.2},
                           marker={"symbol": ("circle", "square-open")[i], "size": 6, "color": colour}, customdata=told,
                           hovertemplate="%{customdata}<extra></extra>")
    over = "added up" if killed == "cumulative" else f"in each {STEP_NAMES[step]}"
    for row, heading in enumerate((f"Violent events in each {STEP_NAMES[step]}", f"Persons killed, {over}"), start=1):
        domain = figure.layout["yaxis" if row == 1 else "yaxis2"].domain
        figure.add_annotation(text=f"<b>{heading}</b>", x=0, xref="paper", y=domain[1], yref="paper", xanchor="left",
                              yanchor="bottom", showarrow=False, font={"size": 12})
    frame(figure, height=470, title="")
    figure.update_layout(barmode="group", hovermode="closest", dragmode=False, margin={"t": 36}, bargap=0.25,
                         legend={"orientation": "h", "y": -0.2, "yanchor": "top", "x": 0, "title": {"text": ""}})
    figure.update_xaxes(range=[0.4, every + 0.6], gridcolor=PALE[theme], fixedrange=True, tickformat=",d",
                        dtick=1 if every <= 12 else None)
    figure.update_xaxes(row=2, col=1, title={"text": f"{STEP_NAMES[step]} since the first day of each period"
                                             if step != "month" else f"{RATE}-day steps since the first day of each"})
    figure.update_yaxes(tickformat=",d", rangemode="tozero", fixedrange=True, gridcolor=PALE[theme])
    figure.update_yaxes(row=1, col=1, title={"text": "events"})
    figure.update_yaxes(row=2, col=1, title={"text": "persons"})
    return figure


def summary(table: pd.DataFrame, spans: tuple[Span, Span]) -> str:
    """The comparison in plain words; `table` as `dashboard.comparison.measures` gives it."""
    first, second = spans
    text = (f"{span(*first)} ({counted(days(first), 'day')}) against {span(*second)} "
            f"({counted(days(second), 'day')}): ")
    rows = table[table["kind"].isin(("all", "group")) | (table["quantity"] == "Killed, best accounts")]
    parts = [f"{row.quantity.lower()} {number(row.period_1)} against {number(row.period_2)} ({signed(row.difference)})"
             for row in rows_of(rows) if row.period_1 or row.period_2]
    text += "; ".join(parts) + "." if parts else "no events in either."
    changed = table[table["kind"].eq("type") & table["difference"].ne(0)]
    if len(changed):
        most = changed.iloc[changed["difference"].abs().argsort(kind="stable")[::-1][:3]]
        text += " Changed most: " + ", ".join(f"{row.quantity.lower()} ({signed(row.difference)})"
                                              for row in rows_of(most)) + "."
    if days(first) != days(second):
        text += f" The periods differ in length: compare what stands per {RATE} days."
    return text


def shown(table: pd.DataFrame, equal: bool) -> pd.DataFrame:
    """The measures of both periods as a table to read; with `equal` lengths without the rates."""
    out = pd.DataFrame({"Measure": table["quantity"], "1": table["period_1"], "2": table["period_2"],
                        "1 − 2": table["difference"]})
    if not equal:
        out[f"1 per {RATE} d"] = table["per_30_days_1"].round(1)
        out[f"2 per {RATE} d"] = table["per_30_days_2"].round(1)
    return out


def signed(value: int) -> str:
    """A difference with its sign: ``+1,234``, ``−5``, ``±0``."""
    return "±0" if not value else f"{int(value):+,}".replace("-", "−")


def steps_in_words(step: str) -> str:
    """What the common axis counts."""
    return (f"Both are counted from their own first day, in steps of {counted(STEP_DAYS[step], 'day')}; the last "
            "step may be shorter.")
