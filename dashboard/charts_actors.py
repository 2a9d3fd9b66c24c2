"""Actors: the co-mention matrix, the network of co-mentions, and the matrix of who acted against whom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import Trace, assembled, counted, escaped, framed, number, rows_of, wrapped
from dashboard.network import layout
from dashboard.palette import Theme, actor_kinds, sign, signs
from dashboard.sides import against_cells
from etl.names import actor_name

MATRIX_LIMIT = 15  # actors on an axis, where the reader does not ask for more
ROOMY = 18  # actors: up to so many, rows have names and cells their numbers; beyond, identifiers and colour alone
EDGES_A_NODE = 2  # edges of the network: more is a hairball
SCALE_NAMES = {"count": "Count", "jaccard": "Jaccard", "npmi": "NPMI"}


def kind_of(actor: str) -> str:
    """The kind of an actor in the reference table; ``state`` for one that it does not know (another country)."""
    return actor_kinds().get(actor, "state")


def ordered(actors: set[str], weight: dict[str, float]) -> list[str]:
    """Actors by kind in the palette's order, within a kind the weightiest first, so that like stands beside like."""
    kinds = list(signs("actor_kind"))
    return sorted(actors, key=lambda actor: (kinds.index(kind_of(actor)) if kind_of(actor) in kinds else len(kinds),
                                             -weight.get(actor, 0.0), actor))


def chosen_actors(pairs: pd.DataFrame, first: str, second: str, weight: str, limit: int) -> tuple[list[str], int]:
    """The `limit` actors with the greatest sum of `weight` over their pairs, in order, and how many were left out."""
    sums = pd.concat([pairs.groupby(first)[weight].sum(), pairs.groupby(second)[weight].sum()])
    sums = sums.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
    kept = sums.head(limit)
    weights = {str(actor): float(value) for actor, value in kept.items()}
    return ordered(set(weights), weights), max(len(sums) - limit, 0)


def _scale(theme: Theme, both_ways: bool) -> list[list[float | str]]:
    middle, high = (sign("chart", f"matrix_{end}", theme).colour for end in ("low", "high"))
    if both_ways:
        return [[0.0, sign("chart", "matrix_negative", theme).colour], [0.5, middle], [1.0, high]]
    return [[0.0, middle], [1.0, high]]


def _matrix(rows: list[str], columns: list[str], cells: dict[tuple[str, str], tuple[float, str, str]], *,
            theme: Theme, title: str, unit: str, x_title: str, y_title: str, bounds: tuple[float, float]) -> go.Figure:
    """A heatmap of `cells`, (row, column) → (value, text in the cell, hover text); cells that are missing stay blank.

    Square markers that cannot be seen lie over the cells, because Plotly selects markers but not cells; their
    customdata is ``[row, column, hover text]``.
    """
    roomy = max(len(rows), len(columns)) <= ROOMY
    grid = np.full((len(rows), len(columns)), np.nan)
    text = [["" for _ in columns] for _ in rows]
    for (row, column), (value, shown, _) in cells.items():
        grid[rows.index(row), columns.index(column)] = value
        text[rows.index(row)][columns.index(column)] = shown if roomy else ""
    across, down = list(range(len(columns))), list(range(len(rows)))
    heat = {"type": "heatmap", "z": grid, "x": across, "y": down, "text": text, "texttemplate": "%{text}",
            "textfont": {"size": 11}, "colorscale": _scale(theme, bounds[0] < 0), "zmin": bounds[0], "zmax": bounds[1],
            "xgap": 1, "ygap": 1, "hoverinfo": "skip",
            "colorbar": {"title": {"text": unit, "side": "top"}, "thickness": 10, "len": 0.8, "x": 0.5,
                         "orientation": "h", "y": 1.0, "yanchor": "bottom", "tickformat": ",", "outlinewidth": 0,
                         "nticks": 5}}
    over = {
        "type": "scatter", "x": [columns.index(column) for _, column in cells],
        "y": [rows.index(row) for row, _ in cells], "mode": "markers",
        "marker": {"symbol": "square", "size": 22 if roomy else 12, "opacity": 0,
                   "color": sign("chart", "matrix_high", theme).colour},
        "selected": {"marker": {"opacity": 0.35}}, "unselected": {"marker": {"opacity": 0}},
        "customdata": [[row, column, hover] for (row, column), (_, _, hover) in cells.items()],
        "hovertemplate": "%{customdata[2]}<extra></extra>", "showlegend": False,
    }
    return assembled([heat, over], {
        **framed(height=220 + (30 if roomy else 20) * len(rows), title=title),
        "xaxis": {"tickvals": across, "ticktext": [escaped(column) for column in columns],
                  "tickangle": -60 if roomy else -90, "showgrid": False, "zeroline": False,
                  "range": [-0.5, len(columns) - 0.5], "title": {"text": x_title}, "fixedrange": True},
        "yaxis": {"tickvals": down, "showgrid": False, "zeroline": False, "range": [len(rows) - 0.5, -0.5],
                  "ticktext": [wrapped(actor_name(row), 20) if roomy else escaped(row) for row in rows],
                  "title": {"text": y_title}, "fixedrange": True, "tickfont": {"size": 11}},
        "clickmode": "event+select", "dragmode": False,
    })


def comention_matrix(pairs: pd.DataFrame, *, scale: str = "count", level: str = "sentence",
                     theme: Theme = "light", limit: int = MATRIX_LIMIT) -> go.Figure:
    """Who is named with whom: a symmetric matrix of actors, ordered by kind, then by how much they are named together.

    `pairs`: ``actor_1``, ``actor_2``, ``n`` (texts that name both), ``n_1``, ``n_2`` (texts that name each) and
    ``value`` (`n` on the scale, see `dashboard.cooccurrence.SCALES`), one row an unordered pair. `level`: sentence,
    paragraph or article. Shows the `limit` actors with the most co-mentions; beyond `ROOMY` by identifier and colour.
    """
    actors, _ = chosen_actors(pairs, "actor_1", "actor_2", "n", limit)
    cells: dict[tuple[str, str], tuple[float, str, str]] = {}
    for row in rows_of(pairs):
        if row.actor_1 not in actors or row.actor_2 not in actors:
            continue
        shown = number(row.n) if scale == "count" else f"{round(100 * row.value) + 0:d}".replace("-", "−")
        for one, two in ((row.actor_1, row.actor_2), (row.actor_2, row.actor_1)):
            hover = (f"{escaped(actor_name(one))} and {escaped(actor_name(two))}<br>"
                     f"named together in {counted(row.n, level)}")
            if scale != "count":
                hover += f"<br>{SCALE_NAMES[scale]}: {row.value:.2f}".replace("-", "−")
            cells[one, two] = (float(row.value) * (1 if scale == "count" else 100), shown, hover)
    high = max([abs(value) for value, _, _ in cells.values()], default=1.0) or 1.0
    low = -high if scale == "npmi" else 0.0
    unit = f"{level}s that name both" if scale == "count" else f"{SCALE_NAMES[scale]} × 100"
    return _matrix(actors, actors, cells, theme=theme, title=f"Named together in one {level}", unit=unit,
                   x_title="actor (identifier)", y_title="", bounds=(low, high))


def against_matrix(sides: pd.DataFrame, *, measure: str = "events", theme: Theme = "light",
                   limit: int = MATRIX_LIMIT) -> go.Figure:
    """Who acted against whom: rows are the initiating side, columns the side that was hit or the target.

    `sides`: ``actor_a``, ``actor_b``, ``directed``, ``n_events``, ``fatalities_best`` (persons, both sides). Undirected
    rows (clashes, talks) are shown in both directions, and their hover text says so. `measure`: ``events`` or
    ``fatalities``. Shows the `limit` actors with the most events.
    """
    actors, _ = chosen_actors(sides, "actor_a", "actor_b", "n_events", limit)
    table = against_cells(sides)
    table = table[table["actor_a"].isin(actors) & table["actor_b"].isin(actors)]
    column = "n_events" if measure == "events" else "fatalities_best"
    rows = [actor for actor in actors if actor in set(table["actor_a"])]
    columns = [actor for actor in actors if actor in set(table["actor_b"])]
    cells: dict[tuple[str, str], tuple[float, str, str]] = {}
    for row in rows_of(table):
        value = getattr(row, column)
        hover = (f"{escaped(actor_name(row.actor_a))} → {escaped(actor_name(row.actor_b))}<br>"
                 f"{counted(row.n_events, 'event')}, {number(row.fatalities_best)} killed on both sides")
        if row.n_mutual:
            hover += f"<br>{number(row.n_mutual)} of the events without direction (clashes, talks)"
        cells[row.actor_a, row.actor_b] = (0.0 if pd.isna(value) else float(value), number(value), hover)
    high = max([value for value, _, _ in cells.values()], default=1.0)
    unit = "events" if measure == "events" else "persons killed"
    title = "Events by side" if measure == "events" else "Persons killed, by side"
    return _matrix(rows, columns, cells, theme=theme, title=title, unit=unit,
                   x_title="side that was hit, or the target (identifier)", y_title="side that acted",
                   bounds=(0.0, max(high, 1.0)))


def network_edges(pairs: pd.DataFrame, limit: int = MATRIX_LIMIT) -> pd.DataFrame:
    """The edges that the network draws: the strongest by `value` among the `limit` most co-mentioned actors.

    At most `EDGES_A_NODE` times as many as actors.
    """
    actors, _ = chosen_actors(pairs, "actor_1", "actor_2", "n", limit)
    inside = pairs[pairs["actor_1"].isin(actors) & pairs["actor_2"].isin(actors) & (pairs["value"] > 0)]
    strongest = inside.sort_values(["value", "n", "actor_1", "actor_2"], ascending=[False, False, True, True])
    return strongest.head(EDGES_A_NODE * limit)


def network(pairs: pd.DataFrame, counts: pd.DataFrame, *, level: str = "sentence", theme: Theme = "light",
            limit: int = MATRIX_LIMIT) -> go.Figure:
    """Actors as nodes (size: texts that name them; colour and shape: kind), co-mentions as edges (width: value).

    `pairs` as in `comention_matrix`; `counts`: ``actor``, ``n`` (texts that name the actor). Only the edges of
    `network_edges` are drawn. The layout is the same for the same data.
    """
    edges = network_edges(pairs, limit)
    nodes = sorted(set(edges["actor_1"]) | set(edges["actor_2"]))
    place = layout(nodes, edges[["actor_1", "actor_2", "value"]])
    traces: list[Trace] = []
    colour = sign("chart", "edge", theme)
    top = float(edges["value"].max()) if len(edges) else 1.0
    share = (edges["value"] / top) ** 0.5  # else one strong pair would make all others hairlines
    for floor, width in ((0.0, 1.0), (0.15, 2.2), (0.4, 4.0), (0.7, 6.5)):
        part = edges[(share > floor) & (share <= _next(floor))]
        xs: list[float | None] = []
        ys: list[float | None] = []
        for row in rows_of(part):
            (x0, y0), (x1, y1) = place[row.actor_1], place[row.actor_2]
            xs += [x0, x1, None]
            ys += [y0, y1, None]
        traces.append({"type": "scatter", "x": xs, "y": ys, "mode": "lines", "hoverinfo": "skip", "showlegend": False,
                       "line": {"width": width, "color": colour.rgba(0.45)}})
    named = {str(row.actor): int(row.n) for row in rows_of(counts)}
    largest = max([named.get(node, 1) for node in nodes], default=1)
    degree = pd.concat([edges["actor_1"], edges["actor_2"]]).value_counts()
    for kind, look in signs("actor_kind", theme).items():
        part_nodes = [node for node in nodes if kind_of(node) == kind]
        if not part_nodes:
            continue
        traces.append({
            "type": "scatter", "x": [place[node][0] for node in part_nodes],
            "y": [place[node][1] for node in part_nodes], "mode": "markers+text", "name": escaped(look.label),
            "text": [wrapped(actor_name(node), 15, 3) if len(nodes) <= ROOMY else escaped(node) for node in part_nodes],
            "textposition": "bottom center", "cliponaxis": False,
            "textfont": {"size": 11, "color": sign("map", "label", theme).colour},
            "marker": {"symbol": look.symbol, "color": look.colour, "opacity": 1,
                       "line": {"width": 1, "color": "rgba(255,255,255,0.7)"},
                       "size": [12 + 26 * (named.get(node, 1) / largest) ** 0.5 for node in part_nodes]},
            "customdata": [[escaped(actor_name(node)), counted(named.get(node, 0), level), int(degree.get(node, 0))]
                           for node in part_nodes],
            "hovertemplate": "%{customdata[0]}<br>named in %{customdata[1]}<br>%{customdata[2]} links shown"
                             "<extra></extra>",
        })
    return assembled(traces, {
        **framed(height=620 if len(nodes) <= ROOMY else 760, title=f"Network of actors named in one {level}"),
        # Room at the sides, so that labels of outer nodes are not cut off.
        "xaxis": {"visible": False, "range": [-1.25, 1.25], "fixedrange": True},
        "yaxis": {"visible": False, "range": [-1.28, 1.15], "fixedrange": True},
        "dragmode": False, "legend": {"orientation": "h", "y": -0.01, "yanchor": "top", "x": 0,
                                      "itemsizing": "constant", "title": {"text": ""}},
    })


def _next(floor: float) -> float:
    return {0.0: 0.15, 0.15: 0.4, 0.4: 0.7, 0.7: 1.0}[floor]

