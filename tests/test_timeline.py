"""What the timeline adds to its bars: states of crossings, spells of unusual violence, pairs of sides."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import charts_crossings, charts_timeline
from dashboard.charts import period_starts
from dashboard.crossing_states import HOLD, WHOLE, line_of, states, summary
from dashboard.spells import BASELINE, GAP, LEAST, unusual, violence
from tests.test_charts import FIRST, LAST, MARKS, WEEKS, named

CLOSURE, REOPENING = "border_closure", "border_reopening"


def history(*rows: tuple) -> pd.DataFrame:
    """Closures and reopenings: event_type, day, place, other_places, geo_precision."""
    table = pd.DataFrame(rows, columns=["event_type", "date_start", "place", "other_places", "geo_precision"])
    return table.assign(date_end=table["date_start"], date_precision="day",
                        event_id=[f"E{i}" for i in range(len(table))])


def told(found: pd.DataFrame) -> list[tuple]:
    return [(row.crossing, row.state, f"{row.start:%m-%d}", f"{row.end:%m-%d}") for row in found.itertuples()]


def test_a_crossing_is_closed_until_it_reopens():
    table = history((CLOSURE, "2025-02-21", "Torkham", None, "place"),
                    (REOPENING, "2025-03-05", "Torkham", None, "place"))
    found = states(table, dt.date(2025, 2, 1), dt.date(2025, 3, 10))
    assert told(found) == [("Torkham", "closed", "02-21", "03-05"), ("Torkham", "open", "03-05", "03-11")]
    assert "Torkham: closed 12 days, open 6 days" in summary(found)


def test_a_state_that_nobody_repeats_becomes_unknown():
    table = history((CLOSURE, "2025-02-01", "Torkham", None, "place"))
    ((_, state, start, end),) = told(states(table, dt.date(2025, 1, 1), dt.date(2025, 12, 31)))
    assert (state, start) == ("closed", "02-01")
    assert end == f"{pd.Timestamp('2025-02-01') + pd.Timedelta(days=HOLD):%m-%d}"


def test_the_state_at_the_first_day_comes_from_before_it():
    table = history((CLOSURE, "2025-02-21", "Chaman", None, "place"))
    assert told(states(table, dt.date(2025, 3, 1), dt.date(2025, 3, 3)))[0][1:] == ("closed", "03-01", "03-04")
    assert states(table, dt.date(2025, 1, 1), dt.date(2025, 2, 20)).empty


def test_spellings_meet_in_one_crossing_and_other_places_are_left_out():
    table = history((CLOSURE, "2025-02-01", "Spin Boldak", None, "place"),
                    (REOPENING, "2025-02-03", "chaman", None, "place"),
                    (CLOSURE, "2025-02-02", "Peshawar", None, "place"), (CLOSURE, "2025-02-02", None, None, "border"),
                    (CLOSURE, "2025-02-02", None, "Torkham|Kharlachi", "province"))
    found = states(table, dt.date(2025, 2, 1), dt.date(2025, 2, 5))
    assert list(found["crossing"].unique()) == ["Torkham", "Chaman–Spin Boldak", "Kharlachi", WHOLE]
    assert [line_of(row) for row in table.to_dict("records")][2:4] == [WHOLE, WHOLE]


def test_what_closes_and_opens_on_one_day_is_open_at_its_end():
    table = history((REOPENING, "2025-02-21", "Torkham", None, "place"),
                    (CLOSURE, "2025-02-21", "Torkham", None, "place"))
    assert told(states(table, dt.date(2025, 2, 1), dt.date(2025, 2, 25))) == [("Torkham", "open", "02-21", "02-26")]


def test_no_reports_give_a_sentence():
    assert "No report" in summary(states(history(), FIRST, LAST))


def test_the_lane_draws_a_bar_a_state_and_a_mark_a_report():
    table = history((CLOSURE, "2025-10-12", "Torkham", None, "place"),
                    (REOPENING, "2025-10-20", "Torkham", None, "place"))
    found = states(table, FIRST, LAST)
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, states=found)
    closed, opened = named(figure, "closed")[0], named(figure, "open")[0]
    assert closed.line.width > opened.line.width and closed.line.color != opened.line.color  # not by colour alone
    assert [x[5:] for x in closed.x if x is not None] == ["10-12", "10-20"]
    assert charts_crossings.lines(found, MARKS[MARKS["event_type"] == CLOSURE]) == ["Torkham"]


def counts(*values: int) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2025-01-06", periods=len(values), freq="7D"))


def test_a_jump_is_unusual_and_steady_violence_is_not():
    quiet = [1] * (BASELINE + GAP)
    found = unusual(counts(*quiet, 9, 1))
    assert list(found["period_start"]) == [pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=BASELINE + GAP)]
    assert found["n_events"].iloc[0] == 9 and found["expected"].iloc[0] == pytest.approx(1)
    assert unusual(counts(*[9] * 30)).empty
    assert unusual(counts(*[0] * (BASELINE + GAP), LEAST - 1)).empty


def test_a_restless_past_excuses_a_jump_that_a_calm_one_does_not():
    calm, restless = [4] * (BASELINE + GAP), [0, 12, 1, 9, 0, 10, 2, 8, 0, 5, 1, 0, 4]
    assert np.mean(restless[:BASELINE]) == pytest.approx(4)
    assert len(unusual(counts(*calm, 12))) == 1 and unusual(counts(*restless, 12)).empty


def test_without_a_whole_past_nothing_is_judged():
    assert unusual(counts(*[0] * (BASELINE + GAP - 1), 50)).empty


def test_violence_counts_violent_types_alone():
    assert violence(WEEKS, period_starts(FIRST, LAST, "week")).tolist() == [3, 3, 0]


def test_starred_periods_stand_in_the_chart():
    spells = pd.DataFrame({"period_start": [pd.Timestamp("2025-10-13")], "n_events": [9], "expected": [1.0]})
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, spells=spells)
    assert [note.text for note in figure.layout.annotations].count("★") == 1


def test_pairs_of_sides_have_bars_and_the_rest_is_one_series():
    pairs = [f"A{i}–B" for i in range(9)]
    table = pd.DataFrame({"period_start": ["2025-10-06"] * 9, "dyad": pairs, "n_events": range(9, 0, -1)})
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, stack="dyad", dyads=table)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert len(bars) == charts_timeline.DYADS + 1 and bars[-1].name.endswith("Others")
    assert sum(sum(bar.y) for bar in bars) == sum(range(1, 10))
    real = pd.DataFrame({"period_start": ["2025-10-06"], "dyad": ["AFG–PAK"], "n_events": [1]})
    told = charts_timeline.dyad_names(real)
    assert told.startswith("AFG–PAK: ") and told.endswith(" and Pakistan")


def test_the_dead_can_be_added_up():
    figure = charts_timeline.timeline(WEEKS, MARKS, FIRST, LAST, killed="cumulative")
    (best,) = [trace for trace in figure.data if "Killed" in str(trace.customdata)]
    assert list(best.y) == [23, 33, 33, 33]


def test_many_days_and_states_are_drawn_without_words_of_their_own():
    days = pd.date_range("2015-01-01", periods=2_000)
    periods = pd.DataFrame({"period_start": days, "event_type": "bombing", "n_events": 2, "fatalities_low": 1,
                            "fatalities_best": 1, "fatalities_high": 1, "n_imprecise": 0}).iloc[::2]
    news = history(*((REOPENING if i % 2 else CLOSURE, f"{day:%Y-%m-%d}", "Torkham", None, "place")
                     for i, day in enumerate(days)))
    first, last = days[0].date(), days[-1].date()
    found = states(news, first, last)
    assert len(found) == 2_000
    figure = charts_timeline.timeline(periods, news.iloc[:0], first, last, unit="day", states=found)
    bars = next(trace for trace in figure.data if trace.type == "bar")
    assert bars.x0 == "2015-01-01T12:00" and bars.dx == 86_400_000 and bars.y.tolist() == [2, 0] * 1_000
    lanes = [trace for trace in figure.data if trace.name in ("closed", "open")]
    assert len(lanes) == 2 and all(trace.customdata is None and len(trace.x) == 3_000 for trace in lanes)
    go.Figure(figure.to_dict())  # Plotly finds every value right
    assert len(figure.to_json()) < 800_000
