"""Differences between releases: what came, went, merged, split or changed, and because of which article."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from etl.__main__ import main
from etl.diff import (
    COLUMNS,
    by_age,
    changes,
    counts,
    events_touched,
    find_release,
    latest_two,
    tables_of,
    text,
)
from etl.faults import InputFault
from etl.lineage import BEFORE
from tests.make_release import make_release


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Path:
    return make_release(tmp_path_factory.mktemp("out")).release


@pytest.fixture
def tables(release) -> dict[str, pd.DataFrame]:
    return tables_of(release)


def copied(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: frame.copy() for name, frame in tables.items()}


def rows(found: pd.DataFrame, kind: str) -> list[dict]:
    return found[found["kind"] == kind].to_dict("records")


def event_of(tables, n: int = 0) -> str:
    return str(tables["events"]["event_id"].iloc[n])


def test_a_release_does_not_differ_from_itself(tables):
    found = changes(tables, tables)
    assert found.empty and list(found.columns) == list(COLUMNS)
    assert text(found, "r1", "r2") == "from r1 to r2: events added 0, removed 0, merged 0, split 0, changed 0"


def test_events_that_come_and_go_name_their_articles(tables):
    new, gone = copied(tables), event_of(tables)
    articles = set(tables["reports"].loc[tables["reports"]["event_id"] == gone, "article_id"])
    for name in ("events", "reports"):
        new[name] = new[name][new[name]["event_id"] != gone]
    (row,) = rows(changes(tables, new), "removed")
    assert row["event_id"] == gone and {part[1:] for part in row["because"].split(", ")} == articles
    assert row["because"].startswith("−")
    (row,) = rows(changes(new, tables), "added")
    assert row["event_id"] == gone and row["because"].startswith("+") and row["event"]


def test_a_changed_cell_tells_old_new_and_because_of_whom(tables):
    new, event_id = copied(tables), event_of(tables, 3)
    new["events"].loc[3, "fatalities_best"] = 99
    more = new["reports"][new["reports"]["event_id"] == event_id].head(1).assign(article_id="later", report_id="R0")
    new["reports"] = pd.concat([new["reports"], more])
    (row,) = rows(changes(tables, new), "changed")
    old = tables["events"].loc[3, "fatalities_best"]
    assert (row["field"], row["new"], row["because"]) == ("fatalities_best", "99", "+later")
    assert row["old"] == ("" if pd.isna(old) else str(int(old)))
    assert "→ 99 (because of +later)" in text(changes(tables, new), "r1", "r2")


def test_a_report_that_is_read_otherwise_is_the_reason(tables):
    new = copied(tables)
    report = new["reports"].index[new["reports"]["event_id"] == event_of(tables)][0]
    new["reports"].loc[report, "place"] = "Elsewhere"
    new["events"].loc[0, "place"] = "Elsewhere"
    (row,) = rows(changes(tables, new), "changed")
    assert row["because"] == f"~{new['reports'].loc[report, 'article_id']}"


def test_other_rules_alone_have_no_article(tables):
    new = copied(tables)
    new["events"].loc[0, "confidence"] = 0.123
    (row,) = rows(changes(tables, new), "changed")
    assert row["because"] == "" and row["field"] == "confidence"


def test_merged_and_split_events_find_each_other(tables):
    new, gone, into = copied(tables), event_of(tables, 1), event_of(tables, 2)
    new["events"] = new["events"][new["events"]["event_id"] != gone]
    new["reports"]["event_id"] = new["reports"]["event_id"].replace(gone, into)
    ids = pd.DataFrame({"event_id": new["events"]["event_id"], "merged_into": None, "split_from": None})
    new["event_ids"] = pd.concat([ids, pd.DataFrame([{"event_id": gone, "merged_into": into, "split_from": None}])])
    (row,) = rows(changes(tables, new), "merged")
    assert (row["event_id"], row["other_id"]) == (gone, into)
    back = copied(tables)
    back["event_ids"] = pd.DataFrame({"event_id": [gone], "merged_into": [None], "split_from": [into]})
    (row,) = rows(changes(new, back), "split")
    assert (row["event_id"], row["other_id"]) == (gone, into)


def test_a_release_without_the_newer_tables_can_be_compared(tables):
    old = {name: frame for name, frame in tables.items() if name in ("events", "reports")}
    old["events"] = old["events"].drop(columns="contested_accounts")
    assert changes(old, tables).empty and changes(tables, old).empty


def test_events_count_once_and_only_known_ones_are_touched(tables):
    new = copied(tables)
    new["events"].loc[0, "fatalities_best"], new["events"].loc[0, "place"] = 98, "Elsewhere"
    found = changes(tables, new)
    assert len(found) == 2 and counts(found)["changed"] == 1
    assert events_touched(found, [event_of(tables), "E0"]) == {event_of(tables)}
    assert events_touched(found, [event_of(tables, 1)]) == set()


@pytest.fixture
def two(release, tmp_path) -> Path:
    """A folder with the release and an older one in which an event is missing."""
    shutil.copytree(release, tmp_path / release.name)
    old = Path(shutil.copytree(release, tmp_path / "r00000000old"))
    for name in ("events", "reports"):
        frame = pd.read_parquet(old / f"{name}.parquet")
        frame[frame["event_id"] != pd.read_parquet(release / "events.parquet")["event_id"].iloc[0]].to_parquet(
            old / f"{name}.parquet")
    for path in (old, tmp_path / release.name):
        os.utime(path)
    (tmp_path / "latest").symlink_to(release.name)
    return tmp_path


def test_the_latest_two_are_found_without_being_named(two, release):
    assert [path.name for path in by_age(two)] == [release.name, "r00000000old"]
    assert [path.name for path in latest_two(two)] == ["r00000000old", release.name]
    assert find_release(release.name, two) == find_release(str(two / "latest"), two)
    with pytest.raises(InputFault, match="there: "):
        find_release("r1", two)
    with pytest.raises(InputFault, match="not two releases"):
        latest_two(two / release.name)


def test_the_predecessor_that_a_release_names_goes_before_a_newer_folder(two, release):
    shutil.copytree(two / "r00000000old", two / "r1111111newer")
    manifest = json.loads((two / release.name / "release.json").read_text("utf-8"))
    (two / release.name / "release.json").write_text(json.dumps({**manifest, BEFORE: "r00000000old"}))
    assert latest_two(two)[0].name == "r00000000old"


def test_the_command_in_three_forms(two, release, capsys):
    where = ["--releases", str(two)]
    assert main(["diff", *where]) == 0
    assert f"from r00000000old to {release.name}: events added 1, removed 0" in capsys.readouterr().out
    assert main(["diff", release.name, "r00000000old", *where]) == 0
    assert "added 0, removed 1" in capsys.readouterr().out
    assert main(["diff", "--format", "json", *where]) == 0
    assert [row["kind"] for row in json.loads(capsys.readouterr().out)] == ["added"]
    assert main(["diff", "--format", "csv", *where]) == 0
    read = list(csv.reader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff"))))
    assert read[0] == list(COLUMNS) and len(read) == 2
    assert main(["diff", "nowhere", *where]) == 1 and "there is no release nowhere" in capsys.readouterr().err
