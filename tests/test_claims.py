"""Tolls: low, best and high of an event, never a sum of rivals."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.claims import Claim, Toll, contested, toll

DAY = dt.date(2025, 10, 12)


def killed(side: str | None, low: int | None, high: int | None = -1, by: str | None = None, article: str = "n1",
           days: int = 0, main: bool = True) -> Claim:
    return Claim(side, "killed", low, low if high == -1 else high, by, article, DAY + dt.timedelta(days=days), main)


def test_no_figure_is_no_toll():
    assert toll([], "killed") == Toll(None, None, None)
    assert toll([killed("PAK.MIL", 3)], "injured") == Toll(None, None, None)


def test_sides_of_one_source_are_summed():
    assert toll([killed("PAK.MIL", 3), killed("CIV.PAK", 4)], "killed") == Toll(7, 7, 7)


def test_rivals_on_one_side_are_not_summed_and_the_enemys_count_weighs_least():
    claims = [killed("AFG.MIL", 200, None, "PAK.MIL"), killed("AFG.MIL", 9, by="AFG.GOV"),
              killed("PAK.MIL", 58, by="AFG.GOV"), killed("PAK.MIL", 23, by="PAK.MIL")]
    assert toll(claims, "killed") == Toll(9 + 23, 9 + 23, 200 + 58)
    assert contested(claims)


def test_a_total_is_not_added_to_its_parts():
    assert toll([killed("PAK.MIL", 3), killed("CIV.PAK", 4), killed(None, 7)], "killed").best == 7
    assert toll([killed("PAK.MIL", 3), killed(None, 10)], "killed").best == 10


def test_one_toll_under_two_names_is_not_counted_twice():
    assert toll([killed("MILITANTS", 4), killed("TTP", 4, article="n2")], "killed") == Toll(4, 4, 4)
    assert toll([killed("CIV", 8), killed("CIV.PAK", 8, article="n2")], "killed") == Toll(8, 8, 8)


def test_two_killed_here_and_two_policemen_there_may_be_the_same_two():
    assert toll([killed("PAK.POL", 2), killed("CIV.PAK", 2, article="n2")], "killed") == Toll(2, 2, 4)


def test_what_two_articles_say_of_two_sides_is_put_together():
    assert toll([killed("PAK.MIL", 2), killed("AFG.MIL", 5, article="n2", days=1)], "killed") == Toll(7, 7, 7)


def test_a_toll_that_rose_is_best_at_its_latest_and_the_old_one_is_not_credible():
    claims = [killed("CIV.PAK", 3), killed("CIV.PAK", 6, article="n2", days=1)]
    assert toll(claims, "killed") == Toll(6, 6, 6)
    assert not contested(claims)


def test_two_accounts_of_the_same_day_span_low_and_high():
    assert toll([killed("CIV.PAK", 5), killed("CIV.PAK", 8, article="n2")], "killed") == Toll(5, 8, 8)


def test_dozens_give_way_to_an_exact_account_that_they_allow():
    claims = [killed("CIV.PAK", 54), killed("CIV.PAK", 24, None, article="n2", days=1)]
    assert toll(claims, "killed") == Toll(54, 54, 54)
    rose = [killed("CIV.PAK", 3), killed("CIV.PAK", 6, None, article="n2", days=1)]
    assert toll(rose, "killed") == Toll(6, 6, 6)


def test_a_recap_does_not_outweigh_the_news():
    claims = [killed("CIV.PAK", 6), killed("CIV.PAK", 5, article="n9", days=400, main=False)]
    assert toll(claims, "killed") == Toll(6, 6, 6)


@pytest.mark.parametrize("low, high, expected", [(9, None, Toll(9, 9, 9)), (None, 20, Toll(20, 20, 20)),
                                                 (6, 8, Toll(6, 6, 8)), (0, 0, Toll(0, 0, 0))])
def test_open_bounds(low, high, expected):
    assert toll([killed("CIV.PAK", low, high)], "killed") == expected


FIGURES = st.builds(
    Claim, side=st.sampled_from([None, "PAK.MIL", "AFG.MIL", "CIV", "CIV.PAK", "TTP"]), measure=st.just("killed"),
    low=st.none() | st.integers(0, 300), high=st.none() | st.integers(0, 300),
    claimant=st.sampled_from([None, "PAK.MIL", "AFG.GOV", "UN"]), article_id=st.sampled_from(["n1", "n2", "n3"]),
    published=st.just(DAY), main=st.just(True))


@given(st.lists(FIGURES, min_size=1, max_size=8))
def test_low_best_and_high_stand_in_order_and_within_what_is_told(claims):
    result = toll(claims, "killed")
    assert 0 <= result.low <= result.best <= result.high <= sum(claim.ceiling for claim in claims)


def test_contested_needs_two_sources_and_ranges_apart():
    assert not contested([killed("CIV.AFG", 9, None, "AFG.GOV"), killed("CIV.AFG", 12, by="PAK.GOV", article="n2")])
    assert contested([killed("CIV.AFG", 9, by="AFG.GOV"), killed("CIV.AFG", 0, by="PAK.GOV", article="n2")])
    assert contested([killed("MILITANTS", 20, by="PAK.MIL"), killed("MILITANTS", 2)])
    assert not contested([killed("MILITANTS", 20), killed("PAK.MIL", 2)])


def test_a_party_that_corrects_itself_does_not_contradict_itself():
    assert not contested([killed("CIV.AFG", 9, by="AFG.GOV"), killed("CIV.AFG", 15, by="AFG", article="n2", days=1)])
