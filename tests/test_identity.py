"""Which places are one, and how many happenings a text tells."""

import datetime as dt

import pytest

from etl.article import Article
from etl.coding import read_article
from etl.coding.identity import group_scenes, together
from etl.coding.places import Place
from etl.coding.scenes import find_scenes

DAY = dt.date(2024, 5, 10)


def place(name, district, province, country="PK", precision="place", km=None) -> Place:
    return Place(None, name, "town", district, province, country, None, None, km, precision)


BANNU = place("Bannu", "Bannu", "Khyber Pakhtunkhwa")
KP = place("Khyber Pakhtunkhwa", None, "Khyber Pakhtunkhwa", precision="province")


@pytest.mark.parametrize("one, other, expected", [
    (BANNU, BANNU, True),
    (BANNU, KP, True),
    (BANNU, place("Tank", "Tank", "Khyber Pakhtunkhwa"), False),
    (BANNU, place("Quetta", "Quetta", "Balochistan"), False),
    (BANNU, place("Kabul", "Kabul", "Kabul", "AF"), False),
    (BANNU, place("border", None, None, None, "border"), None),
    (BANNU, place("Domel", "Bannu", "Khyber Pakhtunkhwa"), None),
    (place("Chaman", "Chaman", "Balochistan", km=1), place("Spin Boldak", "Spin Boldak", "Kandahar", "AF", km=8), None),
])
def test_places_that_are_one(one, other, expected):
    assert together(one, other) is expected
    assert together(other, one) is expected


@pytest.mark.parametrize("title, text, happenings", [
    ("Bomb kills three in Bannu", "A bomb killed three people in Bannu on Thursday. The blast broke windows.", 1),
    ("Bombs in two towns", "A bomb killed three people in Bannu on Thursday. Separately, a bomb killed a policeman in "
                           "Quetta on Wednesday.", 2),
    ("The weather", "It was fine in Bannu on Thursday.", 0),
])
def test_how_many_happenings_a_text_tells(title, text, happenings):
    readings, _ = read_article(Article("a", DAY, title, text))
    assert len([h for h in group_scenes(find_scenes(readings), DAY) if h.place]) == happenings
