"""The whole way: what becomes of every record, the same bytes each time, and hostile input that does no harm."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl.article import Article, CodedArticle
from etl.crew import Crew
from etl.faults import InputFault
from etl.fingerprint import file_sha256, folder_sha256
from etl.pipeline import run
from etl.progress import Progress
from etl.publish import LATEST
from etl.reference import DATA
from tests.labels import code_from_labels, coded_from_labels, gold

NAMED = {"release.json", "datapackage.json"}  # the two that hold the hash of the code, which an editor may change
ROWS = [json.loads(line) for line in (DATA / "articles" / "digests.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module", autouse=True)
def still_code():
    """The code's hash as it was at first, so that a file saved meanwhile by an editor fails no test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.fingerprint.folder_sha256", cache(folder_sha256))
        yield


def write(path: Path, rows: list[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows))
    return path


def table(release: Path, name: str) -> list[dict]:
    return pq.read_table(release / f"{name}.parquet").to_pylist()


def hashes(release: Path) -> dict[str, str]:
    return {path.name: file_sha256(path) for path in release.iterdir()}


def odd_coder(article: Article) -> CodedArticle:
    """Like the labels, but one article breaks it and one is found to be about something else."""
    if article.id == ROWS[0]["id"]:
        raise ZeroDivisionError("odd")
    if article.id == ROWS[1]["id"]:
        return CodedArticle(article, relevant=False, reason="a book review")
    return code_from_labels(article)


def test_every_record_is_in_the_ledger_once(tmp_path):
    away = {"id": "away", "published": "2025-01-01", "title": "Striker signs", "text": "A fee was paid in Turin."}
    bad = [b"not json", {**ROWS[5], "published": "2025-02-30"}, {**ROWS[6], "text": ""}, away]
    twice = {**ROWS[3], "text": "Another text on Kabul's police."}
    write(tmp_path / "in" / "a.jsonl", [*ROWS[:5], *bad, ROWS[2], twice])
    (tmp_path / "in" / "b.jsonl").write_bytes(b"")
    outcome = run([tmp_path / "in", tmp_path / "nowhere"], tmp_path / "out", code=odd_coder)
    ledger = {(row["input"], row["record"]): row for row in table(outcome.release, "ledger")}
    assert len(ledger) == 13
    status = Counter(row["status"] for row in ledger.values())
    assert status["rejected"] == 7 and status["duplicate"] == 1 and status["off_topic"] == 2
    assert "coding failed (ZeroDivisionError" in ledger["a.jsonl", 1]["reason"]
    assert ledger["a.jsonl", 2]["reason"] == "a book review"
    assert ledger["a.jsonl", 10]["duplicate_of"] == ROWS[2]["id"]
    assert "no such file" in ledger["nowhere", 0]["reason"] and "empty" in ledger["b.jsonl", 0]["reason"]
    kept = {row["article_id"] for row in table(outcome.release, "articles")}
    assert kept == {row["id"] for row in ROWS[2:5]}
    assert sum(row["n_events"] for row in ledger.values()) == len(table(outcome.release, "reports"))


@pytest.mark.parametrize("changes, told", [
    ({"event_type": "parade"}, "event type 'parade'"), ({"actors_a": ("MARTIANS",)}, "actor 'MARTIANS'"),
    ({"evidence_end": 10**6}, "not in the article"), ({"date_end": dt.date(1999, 1, 1)}, "after 1999-01-01"),
    ({"geo_precision": "exact"}, "geo precision"), ({"salience": "loud"}, "salience"),
])
def test_a_fault_of_the_coding_costs_one_article_not_the_release(tmp_path, changes, told):
    first = next(row["id"] for row in ROWS if gold()[row["id"]]["events"])

    def code(article: Article) -> CodedArticle:
        coded = code_from_labels(article)
        return replace(coded, events=(replace(coded.events[0], **changes),)) if article.id == first else coded

    release = run([write(tmp_path / "a.jsonl", ROWS[:9])], tmp_path / "out", code=code).release
    ledger = {row["article_id"]: row for row in table(release, "ledger")}
    assert told in ledger[first]["reason"] and ledger[first]["status"] == "rejected"
    assert sum(row["status"] == "rejected" for row in ledger.values()) == 1 and table(release, "reports")


def test_same_inputs_give_the_same_bytes_in_any_order_and_with_any_workers(tmp_path):
    halves = [ROWS[:40], ROWS[40:80]]
    first, second = (write(tmp_path / f"{name}.jsonl", rows) for name, rows in zip("ab", halves, strict=True))
    one = run([first, second], tmp_path / "one", code=code_from_labels)
    two = run([second, first], tmp_path / "two", code=code_from_labels, crew=Crew(3, patience=0))
    assert one.release.name == two.release.name and hashes(one.release) == hashes(two.release)


def test_another_process_makes_the_same_bytes(tmp_path):
    run([write(tmp_path / "a.jsonl", ROWS[:60])], tmp_path / "one", code=code_from_labels)
    script = ("from etl.pipeline import run; from tests.labels import code_from_labels; "
              f"run([{str(tmp_path / 'a.jsonl')!r}], {str(tmp_path / 'two')!r}, code=code_from_labels)")
    done = subprocess.run([sys.executable, "-c", script], cwd=DATA.parent, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert done.returncode == 0
    one, two = (hashes((tmp_path / name / LATEST).resolve()) for name in ("one", "two"))
    assert {file for file in one if one[file] != two.get(file)} <= NAMED


def test_the_order_of_lines_changes_nothing_but_the_ledger(tmp_path):
    mixed = random.Random(5).sample(ROWS[:99], 99)
    one = run([write(tmp_path / "one" / "a.jsonl", ROWS[:99])], tmp_path / "out1", code=code_from_labels).release
    two = run([write(tmp_path / "two" / "a.jsonl", mixed)], tmp_path / "out2", code=code_from_labels).release
    for name in ("events", "reports", "claims", "mentions", "articles"):
        assert table(one, name) == table(two, name)


def test_a_later_article_moves_no_event_id(tmp_path):
    rows = sorted(ROWS, key=lambda row: row["published"])
    early = run([write(tmp_path / "a.jsonl", rows[:200])], tmp_path / "out1", code=code_from_labels).release
    whole = run([write(tmp_path / "a.jsonl", rows)], tmp_path / "out2", code=code_from_labels).release
    before, after = ({row["event_id"] for row in table(release, "events")} for release in (early, whole))
    assert len(before - after) <= len(before) * 0.02  # only where a new telling joins two events


def test_a_second_run_is_skipped_without_loading_the_model(tmp_path, monkeypatch):
    monkeypatch.setattr("etl.fingerprint.folder_sha256", folder_sha256)
    run([DATA / "articles"], tmp_path, code=code_from_labels)
    script = ("import sys, time; from etl.pipeline import run; from tests.labels import code_from_labels; "
              "from etl.reference import DATA; "
              f"outcome = run([DATA / 'articles'], {str(tmp_path)!r}, code=code_from_labels); "
              "assert outcome.skipped and outcome.seconds < 2, outcome; "
              "assert not {'spacy', 'pandas'} & set(sys.modules), 'loaded too much'; print(outcome.summary())")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=DATA.parent)
    assert done.returncode == 0, done.stderr
    assert "is up to date" in done.stdout


def test_what_changes_the_release_changes_its_name(tmp_path, monkeypatch):
    source = write(tmp_path / "a.jsonl", ROWS[:3])
    names = {run([source], tmp_path / "out", code=code_from_labels).release.name}
    write(source, ROWS[:4])
    names.add(run([source], tmp_path / "out", code=code_from_labels).release.name)
    monkeypatch.setattr("etl.fingerprint.folder_sha256", lambda folder, pattern="**/*": "changed")
    names.add(run([source], tmp_path / "out", code=code_from_labels).release.name)
    assert len(names) == 3
    assert (tmp_path / "out" / LATEST).resolve().name in names


def test_nothing_readable_makes_no_release_and_keeps_the_old_one(tmp_path):
    source = write(tmp_path / "a.jsonl", ROWS[:3])
    old = run([source], tmp_path / "out", code=code_from_labels).release
    write(source, [b"\x00\x01\x02", b"{"])
    with pytest.raises(InputFault, match="none of the input records could be used"):
        run([source], tmp_path / "out", code=code_from_labels)
    assert (tmp_path / "out" / LATEST).resolve() == old.resolve()


def test_hostile_ids_and_names_make_no_path_and_no_formula(tmp_path):
    ids = ["../../etc/passwd", "/etc/passwd", "=cmd|' /C calc'!A0", "a\nb", "x" * 200, "CON", ".", "🙂", "a|b", "'; --"]
    rows = [{**row, "id": article_id, "publisher": "=1+1", "url": "javascript:alert(1)"}
            for row, article_id in zip(ROWS, ids, strict=False)]
    before = set(tmp_path.rglob("*"))
    outcome = run([write(tmp_path / "in" / "a.jsonl", rows)], tmp_path / "out", code=code_from_labels)
    assert {row["article_id"] for row in table(outcome.release, "articles")} == {*ids, "a b"} - {"a\nb"}
    made = {path.relative_to(tmp_path).parts[0] for path in set(tmp_path.rglob("*")) - before}
    assert made == {"in", "out"}
    assert ",=1+1" not in (outcome.release / "articles.csv").read_text("utf-8-sig")


def test_the_log_names_file_record_fault_and_cure(tmp_path, capsys):
    write(tmp_path / "a.jsonl", [ROWS[0], {**ROWS[1], "published": "soon"}, *[b"{"] * 30])
    run([tmp_path / "a.jsonl"], tmp_path / "out", code=code_from_labels, progress=Progress(sys.stderr))
    log = capsys.readouterr().err
    assert "warning: a.jsonl, record 2: rejected: the date of publication 'soon' is not an ISO date; write it as" in log
    assert "more rejected records follow; the ledger lists them all" in log and "code: 1 of 1 articles" in log
    assert log.count("not JSON") == 19


def test_the_summary_counts(tmp_path):
    summary = run([DATA / "articles"], tmp_path, code=code_from_labels).summary()
    for word in ("articles read 249", "off-topic", "duplicate 0", "rejected 0", "events", "places found", "seconds"):
        assert word in summary


def centred_coder(article: Article) -> CodedArticle:
    """Gives every event the middle of its district as its position."""
    coded = code_from_labels(article)
    middle = {"latitude": 33.5, "longitude": 70.5, "km_to_border": 9.0}
    return replace(coded, events=tuple(replace(event, geo_precision="district", **middle) for event in coded.events))


def test_an_event_known_to_its_district_has_no_position(tmp_path):
    release = run([write(tmp_path / "a.jsonl", ROWS[:20])], tmp_path / "out", code=centred_coder).release
    rows = table(release, "events") + table(release, "reports")
    assert rows and {(row["latitude"], row["longitude"], row.get("km_to_border")) for row in rows} == {(None,) * 3}


def wire_coder(article: Article) -> CodedArticle:
    """Codes every article as the labels code the first digest with events."""
    row = next(row for row in gold().values() if row["events"])
    return replace(coded_from_labels(row), article=article)


def test_a_copy_of_a_wire_story_is_counted_once(tmp_path):
    row = next(row for row in ROWS if gold()[row["id"]]["events"])
    write(tmp_path / "a.jsonl", [{**row, "id": "n1"}, {**row, "id": "n2", "publisher": "Another"}])
    release = run([tmp_path / "a.jsonl"], tmp_path / "out", code=wire_coder).release
    assert {entry["article_id"]: entry["copy_of"] for entry in table(release, "articles")} == {"n1": None, "n2": "n1"}
    assert {(event["n_reports"], event["n_publishers"], event["n_independent"])
            for event in table(release, "events")} == {(2, 2, 1)}
