"""Declared corrections: applied where they fit, reported where they do not, and visible in the release."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from etl.corrections import COLUMNS, FILE, OF_EVENTS, load
from etl.diff import changes, tables_of
from etl.pipeline import run
from etl.progress import Progress
from etl.reference import DATA
from etl.verify import verify
from tests.labels import code_from_labels

WHY = ("the report says so", "https://news.example/1", "A. Analyst", "2026-03-01")


def write(path: Path, *rows: tuple[str, ...]) -> Path:
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    path.write_text(out.getvalue(), "utf-8")
    return path


def make(out: Path, corrections: Path, progress: Progress | None = None) -> Path:
    return run([DATA / "articles"], out, code=code_from_labels, corrections=corrections, progress=progress).release


def table(release: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(release / f"{name}.parquet")


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    return make(folder / "out", write(folder / "corrections.csv"))


@pytest.fixture(scope="module")
def event(plain) -> pd.Series:
    """An event of one report, with a place and a toll."""
    events = table(plain, "events")
    fits = (events["n_reports"] == 1) & (events["event_type"] == "bombing") & events["fatalities_best"].notna()
    return events[fits & events["place_id"].notna()].iloc[0]


def outcome(release: Path) -> pd.Series:
    (row,) = (row for _, row in table(release, "corrections").iterrows())
    return row


def test_the_shipped_file_holds_no_correction_and_its_header():
    assert load().rows == [] and FILE.read_text("utf-8").strip() == ",".join(COLUMNS)


def test_an_event_is_corrected_and_says_so(plain, event, tmp_path):
    old = str(int(event["fatalities_best"]))
    file = write(tmp_path / "corrections.csv", (event["event_id"], "fatalities_best", old, "77", *WHY))
    release = make(tmp_path / "out", file)
    events = table(release, "events").set_index("event_id")
    assert events.loc[event["event_id"], "fatalities_best"] == 77
    row = outcome(release)
    assert (row["status"], row["event_id"], row["reason"], row["by"]) == ("applied", event["event_id"], WHY[0], WHY[2])
    ledger = table(release, "ledger")
    (entry,) = ledger[ledger["input"] == "corrections.csv"].to_dict("records")
    assert (entry["record"], entry["status"]) == (2, "correction_applied")
    assert verify(release) == [] and release.name != plain.name
    (change,) = changes(tables_of(plain), tables_of(release)).to_dict("records")
    assert (change["field"], change["new"], change["because"]) == ("fatalities_best", "77", "correction")


def test_a_report_is_corrected_before_its_event_is_merged(plain, event, tmp_path):
    reports = table(plain, "reports")
    report = reports[reports["event_id"] == event["event_id"]].iloc[0]
    file = write(tmp_path / "c.csv", (report["report_id"], "event_type", "bombing", "armed_attack", *WHY),
                 (report["report_id"], "place", report["place"], "Gulzarkot", *WHY))
    release = make(tmp_path / "out", file)
    after = table(release, "events").set_index("event_id").loc[event["event_id"]]
    assert (after["event_type"], after["place"]) == ("armed_attack", "Gulzarkot")
    assert pd.isna(after["latitude"]) and pd.isna(after["place_id"])  # the old position is none of the new place
    told = table(release, "corrections")
    assert set(told["status"]) == {"applied"} and set(told["event_id"]) == {event["event_id"]}
    assert verify(release) == []


def test_what_follows_from_a_corrected_cell_follows(event, tmp_path):
    who = event["event_id"]
    file = write(tmp_path / "c.csv", (who, "event_type", "bombing", "talks", *WHY),
                 (who, "actors_a", event["actors_a"], "CHN", *WHY),
                 (who, "actors_b", event["actors_b"], "AFG.GOV", *WHY))
    after = table(make(tmp_path / "out", file), "events").set_index("event_id").loc[who]
    assert (after["event_group"], after["dyad"]) == ("diplomacy", "AFG–CHN")


STALE = {
    "another value by now": (lambda e: (e["event_id"], "fatalities_best", "9999", "77"), "by now"),
    "the rules have caught up": (lambda e: (e["event_id"], "event_type", "shelling", "bombing"), "already says so"),
    "an identifier that is gone": (lambda e: ("E0", "event_type", "bombing", "shelling"), "no event or report"),
}


@pytest.mark.parametrize("case", STALE)
def test_one_that_no_longer_applies_is_reported(event, tmp_path, capsys, case):
    row, told = STALE[case]
    release = make(tmp_path / "out", write(tmp_path / "c.csv", (*row(event), *WHY)), Progress())
    found = outcome(release)
    assert found["status"] == "stale" and told in found["outcome"] and ";" in found["outcome"]
    assert "c.csv, record 2: correction stale" in capsys.readouterr().err
    assert table(release, "events").set_index("event_id").loc[event["event_id"], "event_type"] == "bombing"


BAD = {
    "a field that is counted": (("E1", "n_reports", "1", "2", *WHY), "cannot be corrected"),
    "an unknown field": (("E1", "colour", "", "red", *WHY), "cannot be corrected"),
    "an unknown type": (("E1", "event_type", "bombing", "picnic", *WHY), "no value of event_type"),
    "an unknown actor in a list": (("E1", "actors_a", "", "TTP|XYZ", *WHY), "'XYZ' is no value"),
    "no number": (("E1", "fatalities_best", "1", "many", *WHY), "is no integer"),
    "a negative toll": (("E1", "fatalities_best", "1", "-3", *WHY), "out of bounds"),
    "no day": (("E1", "date_start", "2025-01-01", "yesterday", *WHY), "is no date"),
    "an empty cell that must be filled": (("E1", "event_type", "bombing", "", *WHY), "must not be empty"),
    "no reason": (("E1", "event_type", "bombing", "talks", "", *WHY[1:]), "reason must not be empty"),
    "no date of its own": (("E1", "event_type", "bombing", "talks", *WHY[:3], "today"), "is no day"),
    "too few cells": (("E1", "event_type"), "2 cells, not 8"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_is_rejected_with_its_cure_and_harms_no_other(tmp_path, case):
    row, told = BAD[case]
    first, second = load(write(tmp_path / "c.csv", row, ("E2", "place", "", "Bannu", *WHY))).rows
    assert first.status == "rejected" and told in first.outcome and first.line == 2
    assert second.status == "" and second.line == 3


def test_two_lines_for_one_cell_leave_the_first(tmp_path):
    rows = [("E1", "place", "", name, *WHY) for name in ("Bannu", "Tank")]
    first, second = load(write(tmp_path / "c.csv", *rows)).rows
    assert first.status == "" and second.status == "rejected" and "same cell" in second.outcome


@pytest.mark.parametrize(("data", "told"), [
    (b"a,b\r\n1,2\r\n", "first line must read"), (b"", "first line must read"), (b"\0\0", "NUL"),
    (",".join(COLUMNS).encode() + b'\n"open', "no CSV"),
])
def test_a_file_that_is_none_is_one_rejected_line(tmp_path, data, told):
    (tmp_path / "c.csv").write_bytes(data)
    (row,) = load(tmp_path / "c.csv").rows
    assert row.status == "rejected" and told in row.outcome


def test_a_missing_file_is_no_fault(tmp_path):
    assert load(tmp_path / "none.csv").rows == []


def test_only_cells_that_are_read_from_texts_can_be_corrected():
    assert not {"event_id", "event_group", "n_reports", "evidence", "confidence", "dyad", "contested"} & set(OF_EVENTS)
