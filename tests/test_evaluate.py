"""Scores, the two parts of the labels, floors and the gate."""

import json

import pytest

from etl import report
from etl.evaluate import parts, reliability, score
from etl.faults import InputFault
from etl.report import gate, raise_floors, undercut
from tests.labels import gold
from tests.test_measure import BASE, event


def article(name: str, *events):
    return {"id": name, "title": "A", "text": "a bomb", "events": [{"event_key": name, **e} for e in events]}


def summary(found=0.8, right=0.4, sha="a"):
    part = {"found_f1": found, "row_right_f1": right, "quiet_kept_empty": 0.9, "fields": {"who says": 0.7}}
    return {"gold": "g", "sha256": sha, "parts": {"all": part, "aside": part}}


def test_a_perfect_coding():
    result = score([article("1", BASE), article("2")], {"1": [BASE], "2": []})
    assert (result.found[2], result.right[2], result.quiet, result.faults) == (1.0, 1.0, 1.0, [])


@pytest.mark.parametrize("labels, coded, figures", [
    ([BASE], [], (1, 0, 0.0)),
    ([], [BASE], (0, 1, 0.0)),
    ([BASE], [event(place="Tank", district="Tank")], (1, 1, 1.0)),
    ([event(salience="background")], [], (0, 0, 0.0)),
    ([event(salience="background")], [BASE], (0, 0, 0.0)),
    ([], [event(salience="background")], (0, 0, 0.0)),
    ([BASE], [event(salience="background")], (1, 0, 0.0)),
])
def test_only_main_events_count(labels, coded, figures):
    result = score([article("1", *labels)], {"1": coded})
    assert (result.labelled, result.coded, result.found[2]) == figures


def test_faults_are_named():
    labels = [article("1", BASE), article("2", BASE), article("3")]
    coded = {"1": [event(place="Tank", district="Tank")], "2": [], "3": [BASE]}
    assert [f.what for f in score(labels, coded).faults] == ["wrong place", "missed", "false alarm"]


def test_parts_are_whole_stable_and_by_cluster():
    labels = list(gold().values())
    made = parts(labels)
    ids = {name: {a["id"] for a in members} for name, members in made.items()}
    assert ids["tuned"] | ids["aside"] == set(gold()) and not ids["tuned"] & ids["aside"]
    assert {name: {a["id"] for a in members} for name, members in parts(labels[::-1]).items()} == ids
    keys = {name: {e["event_key"] for a in members for e in a["events"]} for name, members in made.items()}
    assert not keys["tuned"] & keys["aside"]


def test_reliability_by_hand():
    rows = [(0.1, False), (0.3, True), (0.35, False), (1.0, True)]
    told = [(row["from"], row["rows"], row["share_right"]) for row in reliability(rows)]
    assert told == [(0, 1, 0.0), (0.2, 2, 0.5), (0.8, 1, 1.0)]


def test_floors_report_what_fell():
    floors = raise_floors(summary(), None)
    assert undercut(summary(), floors) == []
    [all_of_it, aside] = undercut(summary(found=0.7), floors)
    assert "found_f1 on all is 0.700" in all_of_it and "found_f1 on aside" in aside
    [other] = undercut(summary(sha="b"), floors)
    assert "not those that the floors were written for" in other


def test_floors_rise_and_never_fall():
    floors = raise_floors(summary(), None)
    assert floors["parts"]["all"]["found_f1"] == 0.79
    assert raise_floors(summary(found=0.5), floors)["parts"] == floors["parts"]
    assert raise_floors(summary(found=0.9), floors)["parts"]["all"]["found_f1"] == 0.89
    assert raise_floors(summary(found=0.5, sha="b"), floors)["parts"]["all"]["found_f1"] == 0.49


def test_the_gate(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "FLOORS", tmp_path / "floors.json")
    monkeypatch.setattr(report, "ACCURACY", tmp_path / "accuracy.json")
    assert "no floors" in gate(summary(), write=False, shipped=True)
    assert "wrote" in gate(summary(), write=True, shipped=True)
    assert json.loads((tmp_path / "accuracy.json").read_text()) == summary()
    assert "holds" in gate(summary(), write=False, shipped=True)
    assert "no floors" in gate(summary(found=0.1), write=False, shipped=False)
    with pytest.raises(InputFault, match="below its floor"):
        gate(summary(found=0.1), write=False, shipped=True)
