"""Linking: the same happening gets one event_id across articles, and the id is made of what the event is."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.bench_links import made_up
from etl.likeness import Comparison, likeness
from etl.link import THRESHOLD, clusters, link
from etl.link_report import Report, report_of_row
from etl.nearby import alike
from etl.reference import read_table
from tests.labels import gold
from tests.told import CLASH, DAY, on
from tests.told import told as retold


def told(article_id: str = "n2", shift: int = 1, **changes: object) -> Report:
    return retold(CLASH, article_id, shift, **changes)


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


def test_every_row_of_the_table_can_join():
    for row in read_table("link_types").rows:
        assert row["event_type"] == row["other_type"] or float(row["likeness"]) > THRESHOLD, row
        assert row["needs"] in ("", "tolls")


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


def test_no_pair_that_is_alike_enough_is_missed():
    rows = [*reports(), *made_up(1500)]
    comparison = Comparison(rows)
    one, other = np.triu_indices(len(rows), 1)
    keep, score = comparison.scores(one, other, THRESHOLD)
    keep = keep[comparison.article[one[keep]] != comparison.article[other[keep]]]
    edges = alike(comparison, THRESHOLD)
    assert len(keep) > 1000 and set(zip(one[keep], other[keep], strict=True)) == set(
        zip(edges.one, edges.other, strict=True))
    for i, j in list(zip(edges.one.tolist(), edges.other.tolist(), strict=True))[::97]:
        assert likeness(rows[i], rows[j]) == pytest.approx(edges.score[(edges.one == i) & (edges.other == j)][0])


def test_comparisons_grow_with_the_reports_near_in_time_and_place(monkeypatch):
    compared = []
    scores = Comparison.scores
    monkeypatch.setattr(Comparison, "scores",
                        lambda self, one, other, *rest: compared.append(len(one)) or scores(self, one, other, *rest))
    sums = []
    for number in (4_000, 16_000):
        compared.clear()
        clusters(made_up(number))
        sums.append(sum(compared))
    assert sums[1] < 6 * sums[0]  # all pairs would be 16 times as many


def test_reports_that_hang_together_in_a_long_chain_are_cut_into_days(monkeypatch):
    monkeypatch.setattr("etl.link.LARGEST", 20)
    chain = [told(f"m{i:03}", 0, **on(i // 3), event_type="talks", figures=()) for i in range(90)]
    found = clusters(chain)
    assert sorted(i for group in found for i in group) == list(range(90))
    assert max(len(group) for group in found) <= 9


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_likeness_is_symmetrical_and_bounded(i, j):
    rows = reports()
    one, other = rows[i % len(rows)], rows[j % len(rows)]
    assert likeness(one, other) == pytest.approx(likeness(other, one)) and 0 <= likeness(one, other) <= 1
