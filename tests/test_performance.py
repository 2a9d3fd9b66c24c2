"""The command that measures pages, on a small release: what it tells and what pages send; no times."""

from __future__ import annotations

import random
import sys

import pandas as pd
import pytest

from dashboard import releases
from dashboard.answers import Answers
from dashboard.releases import Release
from dashboard.view import View
from tests import million, performance, small_release


def test_no_page_sends_much_or_fails(tmp_path, monkeypatch):
    folder = million.write(tmp_path / "made", 2_000, small_release.write(tmp_path, "like"))
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(folder.parent))
    own = sys.modules["__main__"]
    runs = performance.measure(releases.load(folder.name), 1)
    assert sys.modules["__main__"] is own
    assert [run.page for run in runs] == list(performance.SHOWN) and not [run.fault for run in runs if run.fault]
    assert all(1_000 < run.sent <= performance.LIMIT_BYTES and run.queries and run.bare_ms > 0 for run in runs)
    rows = performance.table(runs)
    assert [row["page"] for row in rows] == [*performance.SHOWN, "all"] and rows[-1]["views"] == len(runs)
    assert not any(row["faults"] for row in rows)


def test_random_views_are_such_as_an_address_can_ask_for(tmp_path):
    release = releases.load(small_release.NAME, small_release.write(tmp_path).parent)
    views = [performance.random_view(release.facts, random.Random(seed)) for seed in range(60)]
    assert len(set(views)) > 30
    for view in views:
        assert View.from_query(view.to_query(), release.facts) == (view, ())


def test_answers_are_kept_within_their_bound_and_are_the_readers_own():
    asked = []

    def ask(sql, params):
        asked.append(sql)
        return pd.DataFrame({"n": range(100)})

    answers = Answers(limit=2_500)
    first = answers.get("a", {"x": 1}, ask)
    first["n"] = 0
    assert answers.get("a", {"x": 1}, ask)["n"].tolist() == list(range(100)) and asked == ["a"]
    answers.get("a", {"x": 2}, ask)
    for name in "bcdef":
        answers.get(name, {}, ask)
    assert len(answers) == 2 and answers.size <= 2_500
    answers.get("a", {"x": 1}, ask)
    assert asked[-1] == "a" and len(asked) == 8
    small = Answers(limit=10)
    assert len(small.get("a", {}, ask)) == 100 and len(small) == 0


def test_a_page_asks_the_database_once_for_one_thing(tmp_path, monkeypatch):
    release = releases.load(small_release.NAME, small_release.write(tmp_path).parent)
    calls = []
    original = Release.ask
    monkeypatch.setattr(Release, "ask", lambda self, sql, params: calls.append(sql) or original(self, sql, params))
    for _ in range(3):
        assert release.query("SELECT count(*) AS n FROM events")["n"].iloc[0] == len(small_release.EVENTS)
    assert calls == ["SELECT count(*) AS n FROM events"]
    with pytest.raises(Exception, match="no_such_table"):
        release.query("SELECT * FROM no_such_table")
