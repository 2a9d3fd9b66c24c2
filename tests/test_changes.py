"""What the dashboard says of newer releases: how much of a View changed since, and what it is compared with."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from dashboard import changes, releases
from dashboard.view import View
from tests.make_release import make_release


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> Path:
    """A folder with the release of the labels and an older one, in which the newest event had another toll."""
    out = tmp_path_factory.mktemp("out")
    release = make_release(out).release
    old = Path(shutil.copytree(release, out / "r0older"))
    events = pd.read_parquet(old / "events.parquet")
    events.loc[events.index[-1], ["fatalities_best", "event_type"]] = [777, "arrest"]
    events.to_parquet(old / "events.parquet")
    os.utime(release)
    return out


@pytest.fixture(autouse=True)
def there(two, monkeypatch):
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(two))


def test_the_latest_release_has_no_newer_one():
    latest = releases.load()
    assert changes.newer(View.default(latest.facts), latest) is None
    assert changes.others(latest) == ["r0older"]


def test_an_older_release_tells_how_many_of_the_events_in_view_changed():
    old = releases.load("r0older")
    view = View.default(old.facts)
    name, touched, of = changes.newer(view, old) or ("", 0, 0)
    assert (name, touched, of) == (releases.load().name, 1, old.counts["events"])
    newest = pd.read_parquet(old.folder / "events.parquet")["date_start"].max()
    before = view.with_changes(old.facts, date_to=newest - dt.timedelta(days=1))
    found = changes.newer(before, old)
    assert found and found[1] == 0 and found[2] < of


def test_changes_are_told_in_names():
    latest = releases.load()
    found = changes.readable(changes.between(latest.folder, releases.available()["r0older"]))
    row = found[found["field"] == "event_type"].iloc[0]
    assert row["new"] == "Arrest" and "_" not in row["old"]
    assert changes.readable(found.head(0)).empty
