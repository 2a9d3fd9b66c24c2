"""Pairs of actors by month: how often, or how strongly, they are named together."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.charts import PALE, counted, escaped, frame, number, period_name, rows_of
from dashboard.palette import Theme, sign
from etl.names import actor_name

LEADING = 6  # pairs that are drawn where the reader chose none
PANEL = 92  # pixels
Pair = tuple[str, str]


def leading(table: pd.DataFrame, limit: int = LEADING) -> list[Pair]:
    """The pairs named together most often over all months of `table` (see `cooccurrence.by_month`)."""
    sums = table.groupby(["actor_1", "actor_2"])["n"].sum().sort_values(ascending=False, kind="stable").head(limit)
    return [(str(first), str(second)) for first, second in sums.index]


def series(table: pd.DataFrame, pair: Pair, months: pd.DatetimeIndex, scale: str) -> pd.DataFrame:
    """One pair in every month: columns ``n`` (texts that name both) and ``value``.

    Without a text that names both, ``n`` is zero, and so is the value, but for NPMI, which is then not known.
    """
    own = table[(table["actor_1"] == pair[0]) & (table["actor_2"] == pair[1])]
    own = own.set_index(pd.to_datetime(own["month"]))[["n", "value"]].reindex(months)
    own["n"] = own["n"].fillna(0).astype(int)
    return own if scale == "npmi" else own.fillna({"value": 0.0})


def by_month(table: pd.DataFrame, pairs: list[Pair], months: pd.DatetimeIndex, *, scale: str = "count",
             level: str = "sentence", theme: Theme = "light") -> go.Figure:
    """Small multiples over one axis of months, one a pair of actors; the height of a bar is the value on the scale.

    Counts have a scale of their own in each panel, named at its left; the two normalised measures share one.
    """
    figure = make_subplots(rows=max(len(pairs), 1), cols=1, shared_xaxes=True,
                           vertical_spacing=0.34 / max(len(pairs), 1))
    colour = sign("chart", "matrix_high", theme).colour
    found = [series(table, pair, months, scale) for pair in pairs]
    names = [period_name(month, "month") for month in months]
    bounds = [float(value) for own in found for value in own["value"].dropna()]
    for row, (pair, own) in enumerate(zip(pairs, found, strict=True), start=1):
        label = " and ".join(escaped(actor_name(actor)) for actor in pair)
        told = [f"{label}<br>{name}: named together in {counted(n, level)}"
                + ("" if scale == "count" or pd.isna(value) else f"<br>{value:.2f}".replace("-", "−"))
                for name, n, value in zip(names, own["n"], own["value"], strict=True)]
        figure.add_bar(row=row, col=1, x=months, y=own["value"], marker={"color": colour, "line": {"width": 0}},
                       customdata=told, hovertemplate="%{customdata}<extra></extra>", showlegend=False, name=label)
        axis = figure.layout["yaxis" if row == 1 else f"yaxis{row}"]
        figure.add_annotation(text=f"<b>{label}</b> ({number(own['n'].sum())})", x=0, xref="paper", y=axis.domain[1],
                              yref="paper", xanchor="left", yanchor="bottom", showarrow=False, font={"size": 12})
        if scale == "count":
            figure.update_yaxes(row=row, col=1, range=[0, max(int(own["n"].max()), 1) * 1.05], tickformat=",d",
                                tickvals=[0, max(int(own["n"].max()), 1)])
        else:
            low = min([0.0, *bounds])
            figure.update_yaxes(row=row, col=1, range=[low * 1.05, max([0.05, *bounds]) * 1.05], nticks=4)
    frame(figure, height=90 + PANEL * max(len(pairs), 1), title="")
    figure.update_xaxes(gridcolor=PALE[theme], fixedrange=True)
    figure.update_yaxes(gridcolor=PALE[theme], fixedrange=True, zeroline=True)
    figure.update_layout(dragmode=False, margin={"t": 34}, bargap=0.15)
    return figure


def summary(table: pd.DataFrame, pairs: list[Pair], level: str) -> str:
    """The panels in words: of each pair the sum and its strongest month."""
    parts = []
    for first, second in pairs:
        own = table[(table["actor_1"] == first) & (table["actor_2"] == second)]
        if own.empty:
            parts.append(f"{actor_name(first)} with {actor_name(second)}: never")
            continue
        best = max(rows_of(own), key=lambda row: row.n)
        parts.append(f"{actor_name(first)} with {actor_name(second)}: {counted(own['n'].sum(), level)}, most in "
                     f"{period_name(best.month, 'month')} ({number(best.n)})")
    return f"Named together in one {level}, by month of publication. {'; '.join(parts)}."
