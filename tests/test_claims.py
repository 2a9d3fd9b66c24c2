"""Tolls: low, best and high of an event, never a sum of rivals."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.claims import Claim, Parties, contested, contests, standing, superseded
from etl.estimates import Toll, estimates, toll

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


# Rivals, as on 11 and 12 October 2025

CLASH = Parties(("AFG.MIL",), ("PAK.MIL",))
STRIKE = Parties(("PAK.MIL",), ("AFG",), is_mutual=False)
RIVALS = [killed("PAK.MIL", 58, by="AFG.GOV"), killed("PAK.MIL", 23, by="PAK.MIL"),
          killed("AFG.MIL", 200, None, by="PAK.MIL"), killed("AFG.MIL", 9, by="AFG.GOV", article="n2", days=1)]


def by_side(claims, measure="killed", parties=CLASH):
    return {estimate.side: estimate for estimate in estimates(claims, measure, parties)}


def test_both_versions_stand_side_by_side_and_best_is_each_partys_own():
    found = by_side(RIVALS)
    assert found["PAK.MIL"].toll == Toll(23, 23, 58) and found["AFG.MIL"].toll == Toll(9, 9, 200)
    assert found[None].toll == Toll(32, 32, 258) == toll(RIVALS, "killed", CLASH)
    assert [contest.text() for contest in contests(RIVALS, CLASH)] == [
        "killed AFG.MIL: AFG.GOV 9, PAK.MIL 200+", "killed PAK.MIL: AFG.GOV 58, PAK.MIL 23"]


def test_an_enemys_claim_is_best_only_where_there_is_no_other():
    theirs = killed("AFG.MIL", 200, 200, "PAK.MIL", days=3, article="n3")
    assert toll([theirs], "killed", CLASH) == Toll(200, 200, 200)
    assert toll([theirs, killed("AFG.MIL", 9, by="AFG.GOV")], "killed", CLASH).best == 9
    assert toll([theirs, killed("AFG.MIL", 9, by="UN")], "killed", CLASH).best == 9


@pytest.mark.parametrize("side, by, expected", [
    ("PAK.MIL", "PAK.GOV", "own_losses"), ("AFG.REP", "AFG", "own_losses"), ("CIV.AFG", "AFG.GOV", "own_losses"),
    ("CIV.AFG", "PAK.MIL", "enemy_losses"), ("TTP", "PAK.MIL", "enemy_losses"), ("PAK.POL", "TTP", "enemy_losses"),
    ("CIV", "TTP", "civilians"), ("CIV.AFG", "UN", "neutral"), ("AFG.MIL", "TUR", "neutral"), (None, "TTP", "neutral"),
    ("TTP", None, "unattributed"),
])
def test_how_a_source_stands_to_the_losses(side, by, expected):
    assert standing(killed(side, 3, by=by), CLASH) == expected


def test_fourteen_civilians_here_and_nine_militants_there_are_contested_and_not_summed():
    claims = [killed("CIV.AFG", 14, by="AFG.GOV"), killed("TTP", 9, by="PAK.MIL", article="n2")]
    assert toll(claims, "killed", STRIKE) == Toll(9, 14, 14)
    assert [contest.text() for contest in contests(claims, STRIKE)] == [
        "killed: AFG.GOV 14 CIV.AFG, PAK.MIL 9 TTP"]
    estimated = by_side(claims, parties=STRIKE)
    assert estimated["CIV.AFG"].toll.best == 14 and estimated["TTP"].toll.best == 9


@pytest.mark.parametrize("other, parties", [
    (killed("AFG.MIL", 9, by="PAK.MIL"), CLASH),  # soldiers may have died beside the civilians
    (killed("PAK.MIL", 9, by="PAK.MIL"), STRIKE),  # its own dead
    (killed("TTP", 9), STRIKE),  # the article's own voice speaks for nobody
], ids=str)
def test_dead_of_two_kinds_are_summed_where_nobody_says_that_they_are_the_same(other, parties):
    claims = [killed("CIV.AFG", 14, by="AFG.GOV"), other]
    assert toll(claims, "killed", parties).best == 23 and not contested(claims, parties)


def test_a_party_that_tells_of_both_kinds_is_no_rival():
    claims = [killed("CIV.AFG", 14, by="AFG.GOV"), killed("TTP", 9, by="PAK.MIL"), killed("CIV.AFG", 2, by="PAK.MIL")]
    assert toll(claims, "killed", STRIKE) == Toll(2 + 9, 14 + 9, 14 + 9)


def test_a_toll_that_rose_keeps_its_history():
    claims = [killed("CIV.PAK", 9, by="PAK.GOV"), killed("CIV.PAK", 12, article="n2", days=1, by="PAK.GOV"),
              killed("CIV.PAK", 12, article="n3", days=2), killed("CIV.PAK", 9, article="n9", days=300, main=False)]
    estimated = by_side(claims)
    rose = ((DAY, 9), (DAY + dt.timedelta(days=1), 12))
    assert estimated["CIV.PAK"].history == estimated[None].history == rose
    assert estimated[None].toll == Toll(12, 12, 12)
    assert [superseded(claim, claims) for claim in claims] == [True, False, False, False]
    assert estimated["CIV.PAK"].basis == claims[2]


def test_the_dead_of_another_attack_are_no_part_of_this_one():
    bomb = Parties(("ISKP",), ("CIV.PAK",), is_mutual=False)
    claims = [killed("CIV.PAK", 88), killed("CIV.PAK", 80, None, article="n2", days=9, main=False),
              killed("TTP.JUA", 100, None, by="AFG.REP")]
    assert toll(claims, "killed", bomb) == Toll(88, 88, 88)
    named = Parties(("MILITANTS",), ("CIV.PAK",), is_mutual=False)
    assert toll(claims, "killed", named).best == 188  # here nothing says that it is another group


def test_civilians_told_twice_under_two_names_are_counted_once():
    claims = [killed("CIV.PAK", 15), killed("CIV.AFG", 15), killed(None, 22, article="n2"),
              killed("CIV.PAK", 7, by="PAK.GOV", article="n2")]
    assert toll(claims[:2], "killed").best == 15
    assert toll(claims, "killed").best == 22
    assert toll([killed("CIV.PAK", 15), killed("CIV.AFG", 14)], "killed").best == 29


def test_the_whole_is_not_added_to_its_parts():
    assert toll([killed("PAK", 9), killed("PAK.MIL", 5), killed("PAK.POL", 4)], "killed").best == 9
    assert toll([killed("MILITANTS", 8), killed("TTP", 8)], "killed").best == 8
    assert toll([killed("PAK.MIL", 5), killed("PAK.POL", 4)], "killed").best == 9


@given(st.lists(FIGURES, min_size=1, max_size=8), st.sampled_from([CLASH, STRIKE, Parties(("TTP",), ("PAK.MIL",))]))
def test_estimates_stand_in_order_for_every_side(claims, parties):
    for estimate in estimates(claims, "killed", parties):
        low, best, high = vars(estimate.toll).values()
        assert 0 <= low <= best <= high <= sum(claim.ceiling for claim in claims)
        days = [day for day, _ in estimate.history]
        assert days == sorted(set(days))
    again = estimates(list(reversed(claims)), "killed", parties)
    assert [(e.side, e.toll) for e in again] == [(e.side, e.toll) for e in estimates(claims, "killed", parties)]
