"""Identifiers of events from release to release: they stay, and an old one still finds its event."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl.event_ids import Known, Past, Told, find, identify
from etl.exchange import link_file
from etl.faults import InputFault
from etl.fingerprint import folder_sha256
from etl.link_report import Report
from etl.pipeline import run
from etl.publish import LATEST, MANIFEST
from tests.labels import code_from_labels, gold
from tests.told import AMBUSH, CLASH, TALKS, on, told

BIG = (("PAK.POL", 12, 12),)


class Line:
    """A line of releases, each made from reports by name."""

    def __init__(self) -> None:
        self.past, self.number = Past(), 0
        self.ids: dict[str, str] = {}

    def release(self, **reports: Report) -> dict[str, Known]:
        """Makes the next release; the identifiers by name are in `ids` then. Returns the rows of `event_ids`."""
        self.number += 1
        rows = [Told(f"R{name}", report) for name, report in reports.items()]
        ids, known = identify(rows, self.past, f"r{self.number}")
        self.ids = dict(zip(reports, ids, strict=True))
        self.past = Past([Told(row.report_id, row.report, event_id) for row, event_id in zip(rows, ids, strict=True)],
                         {row.event_id: row for row in known})
        assert {row.event_id for row in known if row.status == "live"} == set(ids)
        for row in known:
            assert row.merged_into is None or (row.status == "merged" and row.merged_into in ids)
            assert row.split_from is None or row.split_from in self.past.known
        return self.past.known


def test_new_reports_join_without_moving_an_identifier():
    line = Line()
    line.release(a=CLASH, b=AMBUSH)
    before = dict(line.ids)
    known = line.release(a=CLASH, b=AMBUSH, c=told(CLASH, "n3", 2), d=TALKS)
    assert {name: line.ids[name] for name in "ab"} == before and line.ids["c"] == before["a"]
    assert known[line.ids["a"]].changed_in == "r1" and known[line.ids["d"]].first_release == "r2"


def test_an_earlier_report_that_is_found_late_moves_nothing():
    line = Line()
    line.release(a=told(CLASH, "n2", 2))
    before = line.ids["a"]
    line.release(a=told(CLASH, "n2", 2), earlier=CLASH)
    assert line.ids == {"a": before, "earlier": before}
    alone = Line()
    alone.release(a=told(CLASH, "n2", 2), earlier=CLASH)
    assert alone.ids["a"] != before  # without the release before, the founding report decides


def test_a_merged_event_is_still_found():
    first, other = told(AMBUSH, "n1", figures=BIG), told(AMBUSH, "n2", 1, figures=(("PAK.MIL", 3, 3),))
    line = Line()
    line.release(a=first, a2=told(first, "n5", 1), b=other)
    lost = line.ids["b"]
    assert lost != line.ids["a"]
    known = line.release(a=first, a2=told(first, "n5", 1), b=told(first, "n2", 1))
    assert known[lost] == Known(lost, "merged", line.ids["a"], None, "r1", "r2")
    assert find(lost, known.values()) == line.ids["a"] == find(line.ids["a"], known.values())
    again = line.release(a=first, a2=told(first, "n5", 1), b=told(first, "n2", 1), c=TALKS)
    assert again[lost] == known[lost]  # what did not change says so


def test_the_identifier_goes_with_most_reports_and_the_split_part_says_where_it_was():
    line = Line()
    reports = {name: told(CLASH, f"n{i}", i) for i, name in enumerate("abcd")}
    line.release(**reports)
    whole = line.ids["a"]
    known = line.release(**{**reports, "a": told(reports["a"], "n0", **on(9))})
    assert {line.ids[name] for name in "bcd"} == {whole}
    part = line.ids["a"]
    assert part != whole and known[part] == Known(part, "live", None, whole, "r2", "r2")


def test_a_merge_that_is_taken_back_gives_the_old_identifier_back():
    apart = {"a": told(AMBUSH, "n1", figures=BIG), "b": told(AMBUSH, "n2", 1, **on(8))}
    line = Line()
    line.release(**apart)
    before = dict(line.ids)
    line.release(**{**apart, "b": told(apart["a"], "n2", 1)})
    assert line.ids["b"] == before["a"]
    known = line.release(**apart)
    assert line.ids["a"] == before["a"]
    assert known[line.ids["b"]].split_from == before["a"] and known[before["b"]].first_release == "r1"
    assert find(before["b"], known.values()) is not None


def test_a_chain_of_merges_leads_to_the_event_that_holds_the_reports_now():
    reports = {name: told(AMBUSH, f"n{i}", **on(10 * i), figures=BIG) for i, name in enumerate("abcde")}
    line = Line()
    line.release(**reports)
    first = dict(line.ids)
    moved = {**reports, "b": told(reports["c"], "n1")}
    line.release(**moved)
    moved = {**moved, **{name: told(reports["d"], moved[name].article_id) for name in "bc"}, "e": told(reports["d"],
                                                                                                       "n4")}
    known = line.release(**moved)
    live = line.ids["d"]
    assert {find(first[name], known.values()) for name in "bcde"} == {live}


def test_what_is_gone_is_withdrawn_and_never_given_to_another():
    line = Line()
    line.release(a=CLASH, b=AMBUSH)
    gone = line.ids["b"]
    known = line.release(a=CLASH, c=told(AMBUSH, "n7", 3, **on(2)))
    assert known[gone].status == "withdrawn" and find(gone, known.values()) is None
    assert line.ids["c"] != gone
    known = line.release(a=CLASH, c=told(AMBUSH, "n7", 3, **on(2)), b=AMBUSH)
    assert line.ids["b"] == gone and known[gone].status == "live" and known[gone].first_release == "r1"
    assert find("Enone", known.values()) is None


def test_an_article_that_is_coded_anew_keeps_its_events():
    line = Line()
    line.release(a=CLASH, b=told(AMBUSH, "n1"))
    before = dict(line.ids)
    ids, _ = identify([Told("Rx", told(AMBUSH, "n1", place=None, geo_precision="district")),
                       Told("Ry", told(CLASH, "n1", **on(-1, 0, "week"), event_type="shelling"))], line.past, "r2")
    assert ids == [before["b"], before["a"]]


@pytest.mark.parametrize("seed", range(5))
def test_any_line_of_releases_keeps_every_identifier_findable(seed):
    pick, line = random.Random(seed), Line()
    rows = [told(AMBUSH, f"n{i}", i % 5, **on(pick.randrange(6)), figures=BIG) for i in range(12)]
    given: set[str] = set()
    for _ in range(6):
        chosen = {str(i): told(rows[i], f"n{i}", i % 5, **on(pick.randrange(3))) for i in pick.sample(range(12), 9)}
        known = line.release(**chosen)
        given |= set(line.ids.values())
        assert given == set(known)
        for event_id, row in known.items():
            assert find(event_id, known.values()) in ({*line.ids.values()} if row.status != "withdrawn" else {None})


# Without a release

def row(report: Report) -> dict:
    """A line of coded events, without the article."""
    fields = ("event_type", "salience", "date_start", "date_end", "date_precision", "place", "district", "province",
              "country", "geo_precision", "actors_a", "actors_b", "evidence")
    event = {name: getattr(report, name) for name in fields}
    casualties = [{"side": side, "killed": [low, high], "injured": None, "by": None}
                  for side, low, high in report.figures]
    return {"id": report.article_id, "published": report.published, "events": [{**event, "casualties": casualties}]}


def linked(folder: Path, name: str, reports: Sequence[Report], previous: str | None = None) -> dict[str, dict]:
    """Links a file of reports, one an article; the events by article."""
    (folder / "in.jsonl").write_text("\n".join(json.dumps(row(report), default=str) for report in reports))
    link_file(folder / "in.jsonl", folder / name, previous=folder / previous if previous else None)
    entries = map(json.loads, (folder / name).read_text().splitlines())
    return {entry["id"]: entry["events"][0] for entry in entries}


def test_a_file_that_is_linked_again_keeps_the_identifiers_of_the_earlier_one(tmp_path):
    first, other = told(AMBUSH, "n1", 1, figures=BIG), told(AMBUSH, "n2", 2, figures=(("PAK.MIL", 3, 3),))
    one = linked(tmp_path, "one", [first, other])
    two = linked(tmp_path, "two", [told(first, "n0", 0), first, other], "one")
    assert {name: two[name]["event_id"] for name in ("n1", "n2")} == {name: one[name]["event_id"] for name in one}
    assert two["n0"]["event_id"] == one["n1"]["event_id"] and "merged_ids" not in two["n0"]
    three = linked(tmp_path, "three", [told(first, "n0", 0), first, told(first, "n2", 2)], "two")
    assert three["n2"]["event_id"] == one["n1"]["event_id"]
    assert three["n2"]["merged_ids"] == [one["n2"]["event_id"]]
    four = linked(tmp_path, "four", [told(first, "n0", 0), first, other], "three")
    assert four["n2"]["split_from"] == one["n1"]["event_id"] and four["n1"]["event_id"] == one["n1"]["event_id"]
    with pytest.raises(InputFault, match="no event_id"):
        linked(tmp_path, "five", [first], "in.jsonl")


# The whole way

@pytest.fixture(scope="module", autouse=True)
def still_code():
    """The code's hash as it was at first, so that a file saved meanwhile by an editor fails no test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.fingerprint.folder_sha256", cache(folder_sha256))
        yield


def make(out: Path, rows: Sequence[dict]) -> Path:
    source = out.parent / "in" / "a.jsonl"
    source.parent.mkdir(exist_ok=True)
    source.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return run([source], out, code=code_from_labels).release


def column(release: Path, table: str, name: str) -> list:
    return pq.read_table(release / f"{table}.parquet", columns=[name])[name].to_pylist()


def before(release: Path) -> str | None:
    return json.loads((release / MANIFEST).read_text("utf-8"))["predecessor"]


def test_a_release_knows_the_one_before_and_a_second_run_makes_none(tmp_path):
    rows = sorted(gold().values(), key=lambda row: row["published"])
    first = make(tmp_path / "out", rows[40:80])
    second = make(tmp_path / "out", rows[:80])
    assert before(first) is None and before(second) == first.name
    old, new = set(column(first, "events", "event_id")), set(column(second, "events", "event_id"))
    history = {row["event_id"]: row for row in pq.read_table(second / "event_ids.parquet").to_pylist()}
    assert old <= set(history) and new == {key for key, row in history.items() if row["status"] == "live"}
    for gone in old - new:
        assert history[gone]["merged_into"] in new
    assert make(tmp_path / "out", rows[:80]) == second
    assert {path.name for path in (tmp_path / "out").iterdir()} == {LATEST, first.name, second.name}


def test_the_same_line_of_releases_gives_the_same_bytes(tmp_path):
    rows = list(gold().values())[:60]
    releases = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        make(tmp_path / name / "out", rows[:40])
        releases.append(make(tmp_path / name / "out", rows))
    one, two = releases
    assert one.name == two.name
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()}


def test_a_damaged_release_is_made_anew_with_the_one_before_it(tmp_path):
    rows = list(gold().values())[:60]
    out = tmp_path / "out"
    first = make(out, rows[:40])
    second = make(out, rows)
    whole = {path.name: path.read_bytes() for path in second.iterdir()}
    for name in ("claims.csv", MANIFEST):
        (second / name).write_text("{")
        assert make(out, rows) == second
        assert {path.name: path.read_bytes() for path in second.iterdir()} == whole
    (second / "claims.csv").write_text("{")
    third = make(out, rows[:50])
    assert before(third) == first.name  # the damaged one says nothing


def test_without_the_releases_before_a_line_begins_anew(tmp_path):
    rows = list(gold().values())[:50]
    first = make(tmp_path / "out", rows[:40])
    second = make(tmp_path / "out", rows)
    shutil.rmtree(first)
    assert make(tmp_path / "out", rows) == second  # up to date all the same
    (second / "claims.csv").write_text("{")
    assert before(make(tmp_path / "out", rows)) is None
