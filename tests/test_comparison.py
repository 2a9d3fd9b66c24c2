"""Two periods compared: which second period is meant, the measures of each, and their common axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import charts_comparison, comparison, queries, releases
from dashboard.comparison import NoPeriod, period_before, second_period, step_for, steps_of
from dashboard.releases import Release
from dashboard.view import View
from tests import small_release

DAY = dt.date.fromisoformat


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    folder = tmp_path_factory.mktemp("releases")
    small_release.write(folder)
    yield releases.load(where=folder)


def view(release: Release, first: str, last: str, **changes: Any) -> View:
    return View.default(release.facts).with_changes(
        release.facts, date_from=DAY(first), date_to=DAY(last), **changes)


@pytest.mark.parametrize(("first", "last", "expected"), [
    ("2025-10-01", "2025-10-31", ("2025-09-01", "2025-09-30")),  # a whole month against the whole one before
    ("2025-01-01", "2025-03-31", ("2024-10-01", "2024-12-31")),
    ("2024-02-01", "2024-02-29", ("2024-01-01", "2024-01-31")),
    ("2025-10-10", "2025-10-19", ("2025-09-30", "2025-10-09")),
    ("2025-10-10", "2025-10-10", ("2025-10-09", "2025-10-09")),
])
def test_the_period_before(first: str, last: str, expected: tuple[str, str]) -> None:
    assert period_before(DAY(first), DAY(last)) == tuple(map(DAY, expected))


@given(st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 2000))
def test_the_period_before_ends_the_day_before(first: dt.date, more: int) -> None:
    last = first + dt.timedelta(days=more)
    before = period_before(first, last)
    assert before[1] + dt.timedelta(days=1) == first and before[0] <= before[1]
    assert abs(comparison.days(before) - (more + 1)) <= more // 60 + 4


def test_a_year_earlier_and_chosen_days(release: Release) -> None:
    asked = view(release, "2025-10-12", "2025-10-31")
    assert second_period(asked, release.facts, "year") == (DAY("2024-10-12"), DAY("2024-10-31"))
    assert second_period(asked, release.facts, "2024-11-01~2024-11-05") == (DAY("2024-11-01"), DAY("2024-11-05"))
    assert second_period(asked, release.facts, "") is None
    assert comparison._years_earlier(DAY("2024-02-29")) == DAY("2023-02-28")


@pytest.mark.parametrize(("compare", "why"), [
    ("2025-02-30~2025-03-01", "no calendar"), ("2025-03-01~2025-02-01", "before it begins"),
    ("1990-01-01~1990-02-01", "not all within this release"), ("year", "not all within"),
])
def test_a_period_that_cannot_be_compared_is_refused_with_the_reason(release: Release, compare: str, why: str) -> None:
    year = "2024" if compare == "year" else "2025"
    asked = view(release, f"{year}-10-01", f"{year}-10-31")
    with pytest.raises(NoPeriod, match=why):
        second_period(asked, release.facts, compare)


def test_measures_of_both_periods_and_their_difference(release: Release) -> None:
    asked = view(release, "2025-10-01", "2025-10-31")
    second = (DAY("2025-09-01"), DAY("2025-09-30"))
    table = comparison.measures(asked, release, second).set_index("quantity")
    assert list(table.loc["All events", ["period_1", "period_2", "difference"]]) == [6, 1, 5]
    assert list(table.loc["Killed, best accounts", ["period_1", "period_2"]]) == [9 + 1 + 5, 2]
    assert table.loc["Killed, highest accounts", "period_1"] == 13 + 1 + 5
    assert list(table.loc["Bombing", ["period_1", "period_2", "difference"]]) == [0, 1, -1]
    assert table.loc["All events", "per_30_days_1"] == pytest.approx(6 * 30 / 31, abs=0.01)
    closed = table.loc["Chaman–Spin Boldak closed"]
    assert (closed["kind"], closed["period_1"], closed["period_2"]) == ("crossing", 20, 0)  # 12 to 31 October
    # The numbers are those of the other pages for each period.
    assert table.loc["All events", "period_1"] == queries.count("events", asked, release)


def test_other_filters_hold_for_both_periods(release: Release) -> None:
    asked = view(release, "2025-10-01", "2025-10-31", types=("bombing",))
    table = comparison.measures(asked, release, (DAY("2025-09-01"), DAY("2025-09-30"))).set_index("quantity")
    assert list(table.loc["All events", ["period_1", "period_2"]]) == [0, 1] and "Border clash" not in table.index


def test_without_a_second_period_its_columns_are_empty(release: Release) -> None:
    table = comparison.measures(view(release, "2025-10-01", "2025-10-31"), release, None)
    assert table[["period_2", "difference", "per_30_days_2"]].isna().all(axis=None) and table["period_1"].notna().all()


def test_steps_count_from_the_first_day_and_none_is_lost(release: Release) -> None:
    asked = view(release, "2025-10-12", "2025-11-01")
    second = (DAY("2025-08-20"), DAY("2025-09-09"))
    for step in ("day", "week", "month"):
        table = comparison.course(asked, release, second, step)
        sums = table.groupby("period")["n_violent"].sum()
        assert list(sums) == [3, 1]
        assert table.groupby("period")["step_start"].first().dt.date.tolist() == [DAY("2025-10-12"), DAY("2025-08-20")]
    weeks = comparison.course(asked, release, second, "week")
    assert weeks[weeks["period"] == 1]["fatalities_best"].tolist() == [9, 0, 6]


def test_steps_of_a_period_without_events() -> None:
    daily = pd.DataFrame({"period_start": [], "event_type": [], "n_events": [], "fatalities_low": [],
                          "fatalities_best": [], "fatalities_high": []})
    assert steps_of(daily, (DAY("2025-01-01"), DAY("2025-01-15")), "week")["n_violent"].tolist() == [0, 0, 0]


def test_a_step_too_long_for_the_periods_gives_way_to_a_shorter_one() -> None:
    month = (DAY("2025-01-01"), DAY("2025-01-31"))
    year = (DAY("2024-01-01"), DAY("2024-12-31"))
    assert step_for("month", (month, month)) == "week" and step_for("month", (month, year)) == "month"
    assert step_for("week", ((month[0], month[0]), (month[0], month[0]))) == "day"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_periods_are_drawn_over_one_axis_and_told_in_words(release: Release, theme: Any) -> None:
    asked = view(release, "2025-10-12", "2025-11-01")
    spans = ((asked.date_from, asked.date_to), (DAY("2025-09-01"), DAY("2025-09-10")))
    course = comparison.course(asked, release, spans[1], "week")
    figure = charts_comparison.comparison(course, spans, "week", killed="cumulative", theme=theme)
    first, second = [trace for trace in figure.data if trace.type == "bar"]
    assert list(first.x) == [1, 2, 3] and list(second.x) == [1, 2] and first.marker.color != second.marker.color
    lines = [trace for trace in figure.data if trace.type == "scatter"]
    assert list(lines[0].y) == [9, 9, 15] and lines[0].line.dash != lines[1].line.dash  # not by colour alone
    words = charts_comparison.summary(comparison.measures(asked, release, spans[1]), spans)
    assert "against 1 Sep 2025 – 10 Sep 2025 (10 days)" in words and "per 30 days" in words
    assert "killed, best accounts 15 against 2 (+13)" in words


def test_differences_show_their_sign() -> None:
    assert [charts_comparison.signed(value) for value in (1234, -5, 0)] == ["+1,234", "−5", "±0"]
