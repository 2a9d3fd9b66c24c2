"""Hard cases of linking, made up: what is easily taken for one happening, and what is easily taken for two."""

from __future__ import annotations

import pytest

from etl.link import clusters
from etl.link_report import Report
from tests.told import AMBUSH, CLASH, TALKS, on, told

BOMB = {"event_type": "bombing", "evidence": "A bomb went off beside a police van in Tank"}
ARMY = {"actors_b": ("PAK.MIL",), "figures": (("PAK.MIL", 9, 9),), "evidence": "An army convoy was ambushed in Tank"}
OPERATION = {"event_type": "security_operation", "actors_a": ("PAK.MIL",), "actors_b": ("TTP",)}


def parts(*reports: Report) -> set[frozenset[str]]:
    """The articles that tell each happening."""
    return {frozenset(reports[i].article_id for i in group) for group in clusters(reports)}


def both(one: Report, other: Report) -> bool:
    return len(parts(one, other)) == 1


@pytest.mark.parametrize("changes", [
    {**BOMB, "figures": (("PAK.POL", 7, 7),)},
    {**BOMB, "figures": ()},
    {**BOMB, "place": "Kot Azam"},
    ARMY,
    {**ARMY, "place": "Kot Azam"},
    {"place": "Kot Azam", "figures": (("PAK.POL", 1, 1),)},
    {**on(1), "figures": ()},
    {**on(1), "figures": (("PAK.POL", 4, 4),)},
    {**on(2), "figures": (("PAK.POL", 2, 2),)},
    {**OPERATION, "figures": (("TTP", 8, 8),)},
], ids=["a bomb, other dead", "a bomb, no figure", "a bomb in a village",
        "an ambush on the army", "the army, in a village", "another village",
        "the next day, no figure", "the next day, other dead", "two days later, few dead", "an operation"])
def test_two_attacks_stay_apart(changes):
    here = AMBUSH if "place" not in changes else told(AMBUSH, "n1", place="Gomal")
    assert not both(here, told(AMBUSH, "n2", **changes))


@pytest.mark.parametrize("changes", [
    {**BOMB},
    {"figures": ()},
    {"figures": (("PAK.POL", 1, 1),)},
    {"figures": (("PAK.POL", 2, 10**6), ("CIV.PAK", 5, 5))},
    {"actors_b": ("PAK.MIL",), "figures": (("PAK.MIL", 2, 2),)},
    {"place": None, "geo_precision": "district"},
    {"place": "Kot Azam"},
    {"actors_a": ("TTP",), **on(-1, 0, "week")},
    {"event_type": "armed_clash"},
], ids=["told by its bomb, the same dead", "no figure", "an early figure", "more dead elsewhere",
        "policemen as soldiers", "the district alone", "the village beside the town", "the group named, the day not",
        "as a clash"])
def test_one_attack_is_joined(changes):
    assert both(AMBUSH, told(AMBUSH, "n2", 1, **changes))


def test_an_attack_of_many_dead_is_joined_over_a_day_told_wrong_and_two_villages():
    big = told(AMBUSH, "n1", place="Gomal", figures=(("PAK.POL", 12, 12),))
    assert both(big, told(big, "n2", **on(1)))
    assert both(big, told(big, "n2", place="Kot Azam"))
    assert not both(told(big, "n1", figures=()), told(big, "n2", place="Kot Azam"))


def test_an_article_that_tells_two_ambushes_keeps_the_reports_of_others_apart():
    first, second = told(AMBUSH, "n1"), told(AMBUSH, "n1", **ARMY)
    others = [told(AMBUSH, "n2", 1), told(AMBUSH, "n3", 1, **ARMY), told(AMBUSH, "n4", 2, figures=(("PAK.MIL", 9, 9),))]
    found = clusters([first, second, *others])
    assert sorted(map(sorted, found)) == [[0, 2], [1, 3, 4]]


def test_three_operations_in_one_statement_are_three_in_every_paper():
    spots = [("Tank", 5), ("Lakki Marwat", 3), ("Bannu", 2)]
    reports = [told(AMBUSH, article, shift, **OPERATION, place=None, district=district, geo_precision="district",
                    figures=(("TTP", killed, killed),))
               for article, shift in (("n1", 0), ("n2", 1), ("n3", 2)) for district, killed in spots]
    assert sorted(map(sorted, clusters(reports))) == [[0, 3, 6], [1, 4, 7], [2, 5, 8]]


def test_three_operations_in_one_district_go_by_their_dead():
    reports = [told(AMBUSH, article, **OPERATION, figures=(("TTP", killed, killed),))
               for article in ("n1", "n2") for killed in (9, 4, 1)]
    assert sorted(map(sorted, clusters(reports))) == [[0, 3], [1, 4], [2, 5]]


@pytest.mark.parametrize("changes", [
    {"event_type": "shelling", "figures": ()},
    {"event_type": "shelling", "actors_a": ("PAK.MIL",), "actors_b": ("AFG.MIL",)},
    {"event_type": "air_strike"},
    {"figures": (("PAK.MIL", 58, 58), ("AFG.MIL", 9, 9))},
    {"place": None, "district": None, "province": None, "country": None, "geo_precision": "border"},
], ids=str)
def test_one_clash_is_joined_under_other_types_and_rival_figures(changes):
    assert both(CLASH, told(CLASH, "n2", 3, **changes))


def test_a_mention_weeks_later_finds_its_clash_and_not_the_next_one():
    later = told(CLASH, "n3", **on(20))
    mention = told(CLASH, "n9", 45, salience="background", figures=())
    assert parts(CLASH, later, mention) == {frozenset(("n1", "n9")), frozenset(("n3",))}
    vague = told(mention, "n8", 45, **on(-10, 5, "month"))
    assert parts(CLASH, later, vague) == {frozenset(("n1", "n8")), frozenset(("n3",))}


def test_rounds_of_talks_stay_apart():
    first = told(TALKS, "n1", evidence="The second round of talks opened in Istanbul")
    assert not both(first, told(TALKS, "n2", **on(2), evidence="The third round opened in Istanbul"))
    assert not both(first, told(TALKS, "n2", **on(-5, 24, "month"), evidence="a 3rd round in Istanbul this month"))
    assert not both(first, told(TALKS, "n2", **on(7)))
    assert both(first, told(TALKS, "n2", **on(0, 3), evidence="The second round went on for four days"))
    assert both(first, told(TALKS, "n2", 1))
