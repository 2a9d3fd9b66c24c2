"""The measure against cases worked out by hand."""

import pytest

from etl.measure import actor_score, checks, date_score, figures, pair, place_score, same_name, sides_agree, similarity

BASE = {"event_type": "bombing", "salience": "main", "date_start": "2024-05-09", "date_end": "2024-05-09",
        "place": "Bannu", "district": "Bannu", "province": "Khyber Pakhtunkhwa", "country": "PK",
        "geo_precision": "place", "other_places": [], "actors_a": ["TTP"], "actors_b": ["PAK.POL"],
        "mediators": [], "claimed_by": [], "evidence": "a bomb",
        "casualties": [{"side": "PAK.POL", "killed": [3, 3], "injured": None, "by": "PAK.POL"}]}


def event(**changes):
    return BASE | changes


def days(start, end):
    return event(date_start=start, date_end=end)


@pytest.mark.parametrize("label, coded, expected", [
    (("2024-05-09", "2024-05-09"), ("2024-05-09", "2024-05-09"), 1.0),
    (("2024-05-09", "2024-05-09"), ("2024-05-08", "2024-05-09"), 1.0),
    (("2024-05-09", "2024-05-09"), ("2024-05-07", "2024-05-09"), 0.5),
    (("2024-05-09", "2024-05-09"), ("2024-05-10", "2024-05-10"), 0.5),
    (("2024-05-09", "2024-05-09"), ("2024-05-11", "2024-05-11"), 0.0),
    (("2024-05-01", "2024-05-31"), ("2024-05-09", "2024-05-09"), 1.0),
])
def test_date_score(label, coded, expected):
    assert date_score(days(*label), days(*coded)) == expected


@pytest.mark.parametrize("changes, expected", [
    ({}, 1.0),
    ({"place": "Domel"}, 0.8),
    ({"place": "Tank", "district": "Tank"}, 0.4),
    ({"place": "Quetta", "district": "Quetta", "province": "Balochistan"}, 0.2),
    ({"place": "Kabul", "district": "Kabul", "province": "Kabul", "country": "AF"}, 0.0),
    ({"place": "Tank", "district": "Tank", "other_places": ["Bannu"]}, 1.0),
])
def test_place_score(changes, expected):
    assert place_score(BASE, event(**changes)) == expected


def test_a_label_only_along_the_border():
    label = event(geo_precision="border", place=None, district=None, province=None, country=None)
    assert place_score(label, label) == 1.0
    assert place_score(label, BASE) == 0.5


@pytest.mark.parametrize("one, other, expected", [
    ("Bannu", "bannu district", True), ("Mīrānshāh", "Miranshah", True), ("Miramshah", "Miranshah", True),
    ("Tank", "Bank", False), ("Bannu", "Quetta", False), (None, None, False),
])
def test_same_name(one, other, expected):
    assert same_name(one, other) is expected


@pytest.mark.parametrize("kind, label, coded, expected", [
    ("bombing", (["TTP"], ["PAK.POL"]), (["TTP"], ["PAK.MIL"]), True),
    ("bombing", (["TTP"], ["PAK.POL"]), (["PAK.POL"], ["TTP"]), False),
    ("bombing", (["TTP"], ["PAK.POL", "CIV.PAK"]), (["TTP"], ["PAK.POL"]), True),
    ("border_clash", (["PAK.MIL"], ["AFG.MIL"]), (["AFG"], ["PAK"]), True),
    ("talks", (["PAK", "AFG"], []), (["PAK"], ["AFG"]), True),
    ("border_clash", (["PAK", "AFG"], []), (["PAK"], ["AFG"]), False),
])
def test_sides_agree(kind, label, coded, expected):
    one, other = (event(event_type=kind, actors_a=a, actors_b=b) for a, b in (label, coded))
    assert sides_agree(one, other) is expected


def test_actor_score_by_hand():
    assert actor_score(BASE, BASE) == 1.0
    assert actor_score(BASE, event(actors_b=["PAK.MIL"])) == pytest.approx((1 + 0.7) / 2)
    assert actor_score(BASE, event(actors_a=[])) == pytest.approx(0.5)


def test_figures_by_root_and_claimant():
    assert figures(BASE, "killed") == {("PAK", 3, 3)}
    assert figures(BASE, "killed", True) == {("PAK", 3, 3, "PAK")}
    assert figures(BASE, "injured") == set()


def test_similarity_by_hand():
    assert similarity(BASE, BASE) == pytest.approx(1.0)
    assert similarity(BASE, event(event_type="armed_attack")) == pytest.approx(0.85)
    assert similarity(BASE, event(event_type="talks")) == 0.0
    assert similarity(BASE, event(casualties=[])) == pytest.approx(0.9)


def test_pairing_takes_the_best_whole():
    tank = event(place="Tank", district="Tank")
    assert pair([BASE, tank], [tank, BASE]) == [(0, 1), (1, 0)]
    assert pair([BASE], [event(event_type="talks")]) == []
    assert pair([], [BASE]) == [] == pair([BASE], [])


def test_checks_name_what_differs():
    verdict = checks(BASE, event(place="Tank", district="Tank", casualties=[]), "a bomb")
    wrong = {name for name, agrees in verdict.items() if not agrees}
    assert wrong == {"place", "killed", "who says"}
    assert not checks(BASE, BASE, "no such words")["evidence"]
