"""Linking: the same happening gets one event_id across articles, and the id is made of what the event is."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.likeness import likeness
from etl.link import clusters, link
from etl.link_report import Report, report_of_row
from tests.labels import gold

DAY = dt.date(2025, 10, 11)
CLASH = Report("n1", DAY, "border_clash", "main", DAY, DAY, "day", "Torkham", "Khyber", "Khyber Pakhtunkhwa", "PK",
               "place", (), ("AFG.MIL",), ("PAK.MIL",), (("PAK.MIL", 3, 3),), "Troops traded fire at Torkham")


def told(article_id: str = "n2", days: int = 1, **changes: object) -> Report:
    return replace(CLASH, article_id=article_id, published=DAY + dt.timedelta(days=days), **changes)


def joined(one: Report, other: Report) -> bool:
    first, second = link([one, other])
    return first == second


@pytest.mark.parametrize("changes", [
    {},
    {"actors_a": ("PAK.MIL",), "actors_b": ("AFG",)},
    {"event_type": "shelling"},
    {"figures": ()},
    {"date_start": DAY - dt.timedelta(days=1), "date_precision": "week"},
    {"place": None, "geo_precision": "district"},
    {"place": "Bacha Maina", "other_places": ("Torkham",)},
    {"place": "Torkam"},
], ids=str)
def test_two_tellings_of_one_happening_are_joined(changes):
    assert joined(CLASH, told(**changes))


@pytest.mark.parametrize("changes", [
    {"date_start": DAY + dt.timedelta(days=4), "date_end": DAY + dt.timedelta(days=4)},
    {"event_type": "border_closure"},
    {"event_type": "talks"},
    {"place": "Miranshah", "district": "North Waziristan"},
    {"place": "Kandahar", "district": "Kandahar", "province": "Kandahar", "country": "AF"},
    {"actors_a": ("IND",), "actors_b": ("CHN",)},
    {"article_id": "n1"},
], ids=str)
def test_two_happenings_stay_apart(changes):
    assert not joined(CLASH, replace(told(), **changes))


def test_a_vague_report_of_a_frequent_thing_is_not_any_one_of_them():
    attack = told("n1", event_type="armed_attack", actors_a=("MILITANTS",), figures=())
    month = {"date_start": DAY.replace(day=1), "date_end": DAY.replace(day=31), "date_precision": "month"}
    vague = replace(attack, article_id="n2", place=None, district=None, geo_precision="province", **month)
    assert not joined(attack, vague)
    assert joined(attack, replace(attack, article_id="n2", **month))  # the place says which one


def test_the_two_sides_of_a_crossing_are_one_place():
    chaman = told("n1", place="Chaman", district="Chaman", province="Balochistan")
    boldak = told("n2", place="Spin Boldak", district="Spin Boldak", province="Kandahar", country="AF")
    assert joined(chaman, boldak)


def test_the_id_depends_on_neither_order_nor_company():
    others = [told(f"m{i}", date_start=DAY + dt.timedelta(days=10 * i), date_end=DAY + dt.timedelta(days=10 * i))
              for i in range(1, 9)]
    alone = link([CLASH])[0]
    rows = [*others, CLASH, told("n9", 3)]
    ids = dict(zip(rows, link(rows), strict=True))
    random.Random(3).shuffle(rows)
    assert dict(zip(rows, link(rows), strict=True)) == ids
    assert ids[CLASH] == alone  # articles that come later do not move the id


def test_events_alike_in_all_but_the_telling_get_ids_apart():
    first, second = link([CLASH, replace(CLASH, evidence="A second exchange followed at noon")])
    assert first != second


def reports() -> list[Report]:
    return [report_of_row(event, row["id"], dt.date.fromisoformat(row["published"]))
            for row in gold().values() for event in row["events"]]


def test_shipped_labels_are_linked_well_and_never_within_an_article():
    keys = [(row["id"], event["event_key"]) for row in gold().values() for event in row["events"]]
    rows = reports()
    ids = link(rows)
    pairs = {name: {(i, j) for i, j in combinations(range(len(rows)), 2)
                    if labels[i] == labels[j] and rows[i].article_id != rows[j].article_id}
             for name, labels in (("wanted", [key for _, key in keys]), ("got", ids))}
    hits = len(pairs["wanted"] & pairs["got"])
    assert 2 * hits / (len(pairs["wanted"]) + len(pairs["got"])) >= 0.90
    for group in clusters(rows):
        assert len({rows[i].article_id for i in group}) == len(group)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_likeness_is_symmetrical_and_bounded(i, j):
    rows = reports()
    one, other = rows[i % len(rows)], rows[j % len(rows)]
    assert likeness(one, other) == pytest.approx(likeness(other, one)) and 0 <= likeness(one, other) <= 1
