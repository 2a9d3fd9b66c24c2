"""Charts: what figures hold, how they read in words, and that signs can be told apart without colour vision."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dashboard import charts_actors, charts_overview, charts_timeline
from dashboard.charts import counted, escaped, number, period_ends, period_name, period_starts, span, wrapped
from dashboard.cooccurrence import associate, strength
from dashboard.network import layout, spread
from dashboard.palette import THEMES
from dashboard.sides import against_cells
from etl.names import actor_names

FIRST, LAST = dt.date(2025, 10, 6), dt.date(2025, 10, 26)  # three weeks from a Monday


def periods(*rows: tuple) -> pd.DataFrame:
    """Rows of the query `timeline`: period_start, event_type, n_events, low, best, high."""
    names = ["period_start", "event_type", "n_events", "fatalities_low", "fatalities_best", "fatalities_high"]
    table = pd.DataFrame(rows, columns=names)
    table["period_start"] = pd.to_datetime(table["period_start"])
    return table


def marks(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["event_type", "date_start", "date_end", "date_precision", "place"])
    return table.assign(date_start=pd.to_datetime(table["date_start"]), date_end=pd.to_datetime(table["date_end"]))


WEEKS = periods(
    ("2025-10-06", "border_clash", 3, 20, 23, 90), ("2025-10-06", "talks", 1, None, None, None),
    ("2025-10-13", "air_strike", 2, 5, 9, 9), ("2025-10-13", "border_clash", 1, 1, 1, 2),
    ("2025-10-13", "arrest", 4, None, None, None),
)
MARKS = marks(
    ("border_closure", "2025-10-12", "2025-10-12", "day", "Torkham"),
    ("agreement", "2025-10-19", "2025-10-19", "day", "Doha"),
    ("talks", "2025-10-13", "2025-10-19", "week", "<b>Istanbul</b>"),
)


def named(figure, name: str):
    return [trace for trace in figure.data if trace.name == name]


# Periods and words

def test_numbers_have_thousands_separators_and_gaps_a_dash():
    assert (number(1234567), number(None), number(float("nan"))) == ("1,234,567", "–", "–")
    assert (counted(1, "event"), counted(2000, "event")) == ("1 event", "2,000 events")


@pytest.mark.parametrize(("unit", "expected"), [
    ("day", 21), ("week", 3), ("month", 1),
])
def test_periods_cover_the_whole_span(unit, expected):
    starts = period_starts(FIRST, LAST, unit)
    assert len(starts) == expected
    assert starts[0] <= pd.Timestamp(FIRST)
    assert period_ends(starts, unit)[-1] > pd.Timestamp(LAST)


@given(some.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)), some.integers(0, 900),
       some.sampled_from(["day", "week", "month"]))
@settings(max_examples=60, deadline=None)
def test_periods_follow_each_other_without_gap(first, days, unit):
    starts = period_starts(first, first + dt.timedelta(days=days), unit)
    assert list(period_ends(starts, unit)[:-1]) == list(starts[1:])
    assert unit != "week" or set(starts.weekday) == {0}


def test_names_of_days_and_periods():
    assert period_name("2025-10-06", "week") == "week of 6 Oct 2025"
    assert period_name("2025-10-01", "month") == "October 2025"
    assert span("2025-10-06", "2025-10-06") == "6 Oct 2025"


def test_text_from_elsewhere_is_shown_as_it_stands():
    assert escaped("<a href='x'>Peshawar</a> & more") == "&lt;a href='x'&gt;Peshawar&lt;/a&gt; &amp; more"
    assert wrapped("Tehrik-i-Taliban Pakistan and friends", 16, 2).endswith("…")


# Timeline

def test_plotly_finds_every_value_right():
    pairs = associate(pd.DataFrame({"actor_1": ["AFG", "AFG"], "actor_2": ["PAK", "TTP"], "n": [5, 2]}),
                      pd.DataFrame({"actor": ["AFG", "PAK", "TTP"], "n": [6, 9, 4]}), 12, "npmi")
    against = pd.DataFrame({"actor_a": ["PAK"], "actor_b": ["TTP"], "directed": [True], "n_events": [3],
                            "fatalities_best": [4]})
    counts = charts_overview.by_group(WEEKS, period_starts(FIRST, LAST, "week"))
    for figure in (  # they are put together without its checks
        *(charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, unit=unit, theme=theme, spells=pd.DataFrame(
            {"period_start": [pd.Timestamp(FIRST)]})) for unit in ("day", "week", "month") for theme in THEMES),
        charts_overview.trend(counts, "week", "light"), charts_actors.comention_matrix(pairs, scale="npmi"),
        charts_actors.network(pairs, pd.DataFrame({"actor": ["AFG", "PAK", "TTP"], "n": [6, 9, 4]})),
        charts_actors.against_matrix(against),
    ):
        whole = figure.to_dict()
        assert whole["data"] and whole["layout"]["xaxis"]["automargin"]
        go.Figure(whole)


def test_bars_hold_all_events_of_their_group_and_type():
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, unit="week", stack="group")
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert sum(sum(trace.y) for trace in bars) == WEEKS["n_events"].sum() == 11
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, unit="week", stack="type")
    bars = {trace.name: sum(trace.y) for trace in figure.data if trace.type == "bar"}
    assert bars == {"BC Border clash": 4, "AS Air strike": 2, "PE People": 4}  # diplomacy has a lane of its own


def test_the_dead_step_through_every_period_with_a_band():
    table = charts_timeline.tolls(WEEKS, period_starts(FIRST, LAST, "week"))
    assert table[["low", "best", "high"]].values.tolist() == [[20, 23, 90], [6, 10, 11], [0, 0, 0]]
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, unit="week")
    lanes = [trace for trace in figure.data if trace.yaxis == "y2"]
    assert [list(trace.y) for trace in lanes] == [[90, 11, 0, 0], [20, 6, 0, 0], [23, 10, 0, 0]]
    assert lanes[1].fill == "tonexty"


def test_lanes_share_one_axis_that_shows_the_whole_question():
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, unit="week")
    assert {figure.layout[name].matches for name in ("xaxis", "xaxis2", "xaxis3")} == {"x4"}
    shown = [pd.Timestamp(moment) for moment in figure.layout.xaxis4.range]
    assert shown == [pd.Timestamp("2025-10-06"), pd.Timestamp("2025-10-27")]
    assert figure.layout.yaxis.title.text == "events"
    assert figure.layout.yaxis2.title.text == "persons"
    assert figure.layout.yaxis.tickformat == ",d"


def test_a_mark_without_an_exact_day_is_hollow_with_the_days_it_may_have_been():
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, unit="week")
    [talks] = named(figure, "Talks")
    assert list(talks.marker.symbol) == ["circle-open"]
    assert pd.Timestamp(talks.x[0]) == pd.Timestamp("2025-10-16 12:00")  # the middle of the days it may have been
    [agreement] = named(figure, "Agreement")
    assert list(agreement.marker.symbol) == ["diamond"]
    assert pd.Timestamp(agreement.x[0]) == pd.Timestamp("2025-10-19 12:00")  # where a bar of that day stands too
    lines = [trace for trace in figure.data if trace.yaxis == "y4" and trace.mode == "lines" and len(trace.x)]
    ends = [[pd.Timestamp(moment) for moment in line.x if moment is not None] for line in lines]
    assert ends == [[pd.Timestamp("2025-10-13"), pd.Timestamp("2025-10-20")]]


def test_a_place_with_markup_is_escaped_in_the_hover_box():
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, unit="week")
    assert "&lt;b&gt;Istanbul&lt;/b&gt;" in named(figure, "Talks")[0].customdata[0]
    assert "<b>Istanbul" not in figure.to_json()


def test_timeline_in_words():
    assert charts_timeline.summary(WEEKS, FIRST, LAST, "week") == (
        "Between 6 Oct 2025 and 26 Oct 2025: 11 events, 33 killed (low 26, high 101). "
        "Most frequent: arrest (4), border clash (4), air strike (2). Most killed in one week: 23, in the week of "
        "6 Oct 2025. Most events: 7, in the week of 13 Oct 2025."
    )
    assert charts_timeline.summary(WEEKS.head(0), FIRST, LAST) == "Between 6 Oct 2025 and 26 Oct 2025: no events."
    assert "border closure (1), talks (1), agreement (1)" in charts_timeline.mark_summary(MARKS)
    assert "Hollow marks (1)" in charts_timeline.mark_summary(MARKS)


@pytest.mark.parametrize("theme", THEMES)
def test_an_empty_timeline_still_has_its_lanes(theme):
    figure = charts_timeline.timeline(WEEKS.head(0), MARKS.head(0), FIRST, LAST, unit="day", theme=theme)
    assert sum(trace.type == "bar" for trace in figure.data) == 0
    assert len(figure.layout.annotations) == 4


# Actors

PAIRS = pd.DataFrame([("AFG", "PAK", 30), ("PAK", "TTP", 12), ("AFG", "TTP", 3), ("QAT", "TUR", 4), ("PAK", "QAT", 4)],
                     columns=["actor_1", "actor_2", "n"])
COUNTS = pd.DataFrame([("PAK", 50), ("AFG", 40), ("TTP", 14), ("QAT", 6), ("TUR", 5)], columns=["actor", "n"])


def test_strength_of_a_pair():
    assert strength(10, 20, 30, 100, "count") == 10
    assert strength(10, 20, 30, 100, "jaccard") == pytest.approx(10 / 40)
    assert strength(6, 20, 30, 100, "npmi") == pytest.approx(0.0)  # as often as chance has it
    assert strength(20, 20, 20, 100, "npmi") == pytest.approx(1.0)
    assert strength(0, 20, 30, 100, "npmi") == -1.0


@given(some.integers(1, 50), some.integers(0, 50), some.integers(0, 50), some.integers(0, 200))
@settings(max_examples=80, deadline=None)
def test_strength_stays_within_its_bounds(both, more_1, more_2, rest):
    first, second, total = both + more_1, both + more_2, both + more_1 + more_2 + rest
    assert 0 < strength(both, first, second, total, "jaccard") <= 1
    assert -1 <= strength(both, first, second, total, "npmi") <= 1 + 1e-9
    assert strength(both, first, second, total, "npmi") == pytest.approx(strength(both, second, first, total, "npmi"))


@pytest.mark.parametrize("scale", ["count", "jaccard", "npmi"])
def test_the_matrix_is_symmetric_and_ordered_by_kind(scale):
    figure = charts_actors.comention_matrix(associate(PAIRS, COUNTS, 100, scale), scale=scale)
    grid = np.array(figure.data[0].z, dtype=float)
    assert np.array_equal(grid, grid.T, equal_nan=True)
    assert np.isnan(np.diag(grid)).all()
    assert list(figure.layout.xaxis.ticktext) == ["PAK", "AFG", "QAT", "TUR", "TTP"]  # states first, then armed groups
    assert figure.layout.yaxis.ticktext[4] == "Tehrik-i-Taliban<br>Pakistan"
    assert len(figure.data[1].customdata) == 2 * len(PAIRS)


def test_a_cell_says_who_and_how_often_and_carries_both_actors_for_the_choice():
    figure = charts_actors.comention_matrix(associate(PAIRS, COUNTS, 100, "count"), level="paragraph")
    assert ["TTP", "AFG"] in [cell[:2] for cell in map(list, figure.data[1].customdata)]
    [hover] = [cell[2] for cell in figure.data[1].customdata if list(cell[:2]) == ["PAK", "AFG"]]
    assert hover == "Pakistan and Afghan Taliban authorities<br>named together in 30 paragraphs"


def test_only_so_many_actors_as_can_be_read():
    actors = list(actor_names())[:30]
    pairs = pd.DataFrame([(a, b, 1 + i) for i, (a, b) in enumerate(itertools.combinations(sorted(actors), 2))],
                         columns=["actor_1", "actor_2", "n"])
    chosen, hidden = charts_actors.chosen_actors(pairs, "actor_1", "actor_2", "n", charts_actors.MATRIX_LIMIT)
    assert (len(chosen), hidden) == (charts_actors.MATRIX_LIMIT, 30 - charts_actors.MATRIX_LIMIT)
    counts = pd.DataFrame({"actor": actors, "n": 40})
    edges = charts_actors.network_edges(associate(pairs, counts, 900, "count"))
    assert len(edges) == charts_actors.EDGES_A_NODE * charts_actors.MATRIX_LIMIT
    assert edges["n"].min() >= pairs["n"].median()  # the strongest were kept


def test_thirty_actors_are_drawn_by_identifier_and_colour_alone():
    actors = sorted(list(actor_names())[:30])
    pairs = pd.DataFrame([(a, b, 1 + i) for i, (a, b) in enumerate(itertools.combinations(actors, 2))],
                         columns=["actor_1", "actor_2", "n"])
    counts = pd.DataFrame({"actor": actors, "n": 500})
    table = associate(pairs, counts, 900, "count")
    figure = charts_actors.comention_matrix(table, limit=30)
    assert np.array(figure.data[0].z).shape == (30, 30) and not any(map(any, figure.data[0].text))
    assert set(figure.layout.yaxis.ticktext) == set(actors)
    assert len(figure.data[1].customdata) == 2 * len(pairs)  # each can still be chosen
    ring = pd.DataFrame({"actor_1": actors[:-1], "actor_2": actors[1:], "n": 9})
    drawn = charts_actors.network(associate(ring, counts, 900, "count"), counts, limit=30)
    assert {name for trace in drawn.data for name in trace.text or ()} == set(actors)


def test_nodes_that_lie_close_are_pushed_apart_and_stay_inside():
    crowd = np.array([[0.0, 0.0], [0.01, 0.0], [0.0, 0.01], [0.98, 0.98], [1.0, 1.0]])
    moved = spread(crowd, 0.3)
    gaps = [np.hypot(*(moved[i] - moved[j])) for i, j in itertools.combinations(range(5), 2)]
    assert min(gaps) > 0.27 and np.abs(moved).max() <= 1
    assert np.array_equal(spread(moved, 0.0), moved)


def test_the_network_is_the_same_every_time_and_nothing_falls_together():
    edges = associate(PAIRS, COUNTS, 100, "count")[["actor_1", "actor_2", "value"]]
    nodes = ["AFG", "PAK", "QAT", "TTP", "TUR"]
    first, second = layout(nodes, edges), layout(nodes, edges)
    assert first == second
    points = np.array(list(first.values()))
    assert np.abs(points).max() == pytest.approx(1.0)
    gaps = [np.hypot(*(points[i] - points[j])) for i, j in itertools.combinations(range(5), 2)]
    assert min(gaps) > 0.2


def test_layouts_of_tiny_and_of_broken_up_networks():
    none = PAIRS.head(0).assign(value=1.0)[["actor_1", "actor_2", "value"]]
    assert layout([], none) == {}
    assert layout(["PAK"], none) == {"PAK": (0.0, 0.0)}
    apart = pd.DataFrame([("A", "B", 1.0), ("C", "D", 1.0)], columns=["actor_1", "actor_2", "value"])
    place = layout(["A", "B", "C", "D"], apart)
    assert np.hypot(*np.subtract(place["A"], place["B"])) < np.hypot(*np.subtract(place["A"], place["C"]))


def test_nodes_show_kind_by_colour_and_shape_and_mentions_by_size():
    figure = charts_actors.network(associate(PAIRS, COUNTS, 100, "count"), COUNTS)
    [states] = named(figure, "State")
    [groups] = named(figure, "Armed group")
    assert (states.marker.symbol, groups.marker.symbol) == ("circle", "triangle-up")
    sizes = dict(zip(states.text, states.marker.size, strict=True))
    assert sizes["Pakistan"] > sizes["Qatar"] > sizes["Türkiye"]
    widths = {trace.line.width: len(trace.x) for trace in figure.data if trace.mode == "lines"}
    assert sum(widths.values()) == 3 * len(PAIRS)  # every edge is drawn once: two ends and a gap


SIDES = pd.DataFrame([("PAK", "AFG", True, 5, 60), ("AFG", "PAK", False, 7, 20), ("TTP", "PAK", True, 9, None)],
                     columns=["actor_a", "actor_b", "directed", "n_events", "fatalities_best"])


def test_events_without_direction_count_in_both_cells():
    cells = against_cells(SIDES).set_index(["actor_a", "actor_b"])
    assert cells.loc[("PAK", "AFG"), ["n_events", "n_mutual", "fatalities_best"]].tolist() == [12, 7, 80]
    assert cells.loc[("AFG", "PAK"), ["n_events", "n_mutual"]].tolist() == [7, 7]
    assert ("PAK", "TTP") not in cells.index
    assert pd.isna(cells.loc[("TTP", "PAK"), "fatalities_best"])


@pytest.mark.parametrize(("measure", "value", "unit"), [("events", 12, "events"), ("fatalities", 80, "persons killed")])
def test_matrix_of_sides(measure, value, unit):
    figure = charts_actors.against_matrix(SIDES, measure=measure)
    assert np.nanmax(np.array(figure.data[0].z, dtype=float)) == value
    assert figure.data[0].colorbar.title.text == unit
    assert figure.layout.yaxis.title.text == "side that acted"
