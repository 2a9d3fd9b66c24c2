"""Again and again: a later run does what is new or touched, and its release is byte for byte that of a full run."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from etl import stages
from etl.article import Article, CodedArticle
from etl.cache import FILE, Cache
from etl.coded_json import decode, encode
from etl.coding.patterns import compile_pattern
from etl.crew import Crew
from etl.pipeline import run
from etl.progress import Progress
from etl.read import find
from etl.reference import FOLDER, read_table
from etl.reuse import FINE, Reuse
from etl.screen import off_topic
from etl.sift import sift_all
from etl.touch import changed, fold, fragments, needed, touches
from etl.workers import code_all
from tests.edited_tables import rounds, shipped, tables
from tests.labels import article_from, code_from_labels
from tests.test_pipeline import ROWS, hashes, write

OURS = [row for row in ROWS if not off_topic(article_from(row))]


@pytest.fixture
def coded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the articles that are coded from now on, by the labels, which is quick."""
    ids: list[str] = []

    def code(article: Article) -> CodedArticle:
        ids.append(article.id)
        return code_from_labels(article)

    monkeypatch.setattr("etl.coding.code_article", code)
    return ids


def test_a_killed_run_goes_on_where_it_was_and_makes_the_same_bytes(tmp_path, coded, monkeypatch):
    source = write(tmp_path / "a.jsonl", OURS[:60])
    child = os.fork()
    if child == 0:
        monkeypatch.setattr("etl.coding.code_article", lambda article: time.sleep(0.02) or code_from_labels(article))
        run([source], tmp_path / "out", cache=tmp_path / "cache")
        os._exit(0)
    while kept(tmp_path / "cache") < 5:  # one is the sifted records
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL and not (tmp_path / "out" / "latest").exists()
    there = run([source], tmp_path / "out", cache=tmp_path / "cache").release
    assert 0 < (left := len(coded)) <= 60 - 4
    whole = run([source], tmp_path / "whole").release
    assert hashes(there) == hashes(whole) and len(coded) - left >= left + 4


def kept(folder: Path) -> int:
    try:
        with sqlite3.connect(folder / FILE) as base:
            return base.execute("SELECT count(*) FROM kept").fetchone()[0]
    except sqlite3.Error:
        return 0


@pytest.mark.parametrize("grown", [
    lambda rows: [*rows, *OURS[90:93]], lambda rows: [*rows[:40], *OURS[90:93], *rows[40:]], lambda rows: rows[:4:-1]])
def test_a_second_run_codes_what_is_new(tmp_path, coded, grown: Callable[[list[dict]], list[dict]]):
    rows = OURS[:90]
    run([write(tmp_path / "a.jsonl", rows)], tmp_path / "one", cache=tmp_path / "cache")
    first = len(coded)
    source = write(tmp_path / "a.jsonl", grown(rows))
    again = run([source], tmp_path / "two", cache=tmp_path / "cache").release
    new = {row["id"] for row in grown(rows)} - {row["id"] for row in rows}
    assert first == 90 and set(coded[first:]) == new and len(coded) == first + len(new)
    assert hashes(again) == hashes(run([source], tmp_path / "three").release)


def test_a_damaged_cache_or_another_run_at_the_same_time_changes_nothing(tmp_path, coded):
    source = write(tmp_path / "a.jsonl", OURS[:30])
    first = run([source], tmp_path / "one", cache=tmp_path / "cache").release
    with sqlite3.connect(tmp_path / "cache" / FILE) as base:
        base.execute("UPDATE kept SET value = substr(value, 1, length(value) - 1) WHERE rowid % 2 = 0")
    with Cache(tmp_path / "cache"):
        second = run([source], tmp_path / "two", cache=tmp_path / "cache").release
    assert hashes(first) == hashes(second) and 29 < len(coded) < 60


def test_sifted_records_come_back_as_they_were(tmp_path):
    away = {"id": "away", "published": "2025-01-01", "title": "Striker signs", "text": "A fee was paid in Turin."}
    write(tmp_path / "in" / "a.jsonl", [*OURS[:5], away, b"not json", b"", {**OURS[6], "text": "\ud83d x\ud83d"}])
    (tmp_path / "in" / "b.txt").write_text("id: b\npublished: 2025-10-19\nBlast in Quetta\nTwo were hurt in Quetta.")
    (tmp_path / "in" / "c.json").write_text('[{"id": 1}, 7]')
    (tmp_path / "in" / "d.jsonl").write_bytes(b"")
    inputs = find([tmp_path / "in", tmp_path / "nowhere"])
    with Cache(tmp_path / "cache") as kept:
        first = list(sift_all(inputs, Crew(), kept))
        hits = kept.hits
        assert list(sift_all(inputs, Crew(), kept)) == first and kept.hits > hits
    assert len(first) == 13 and {row.record for row in first if row.input == "c.json"} == {1, 2}
    assert list(sift_all(inputs, Crew(), Cache(None))) == first


def edit(folder: Path, table: str, line: str) -> Path:
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return folder


def long_ago(folder: Path) -> Path:
    """The folder, whose files nobody edits while this process runs."""
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    return folder


@pytest.mark.parametrize("table, line, word", [
    ("actor_aliases", "Kurram,TTP,armed group,,,,", "kurram"),
    ("triggers", "(mortar*|zzzzzzz) x,shelling,cue,,", "mortar"),
    ("actor_aliases", "No such name,TTP,armed group,,,,", "no such name"), ("number_words", "umpteen,ones,9,9,", "")])
def test_a_changed_row_counts_for_the_articles_that_it_touches(tmp_path, coded, table, line, word):
    articles = [replace(article, text=article.text + " x") for article in shipped(random.Random(3), 80)]
    with Cache(tmp_path / "cache") as kept:
        code_all(articles, None, Progress(quiet=True), kept=kept)
        del coded[:]
        with tables(long_ago(edit(tmp_path / "tables", table, line))):
            code_all(articles, None, Progress(quiet=True), kept=kept)
            touched = {one.id for one in articles if word in one.full_text.casefold()}
            assert set(coded) == touched and (not word or len(touched) < 40)
            code_all(articles, None, Progress(quiet=True), kept=kept)
            assert len(coded) == len(touched)


def test_after_any_edit_of_the_tables_every_article_is_coded_as_without_a_cache():
    told = rounds(shipped(random.Random(11), 8), 11, 2)
    assert told["reused"] and told["coded"]


def test_an_article_that_a_trigger_matches_holds_what_the_trigger_needs():
    articles, found = shipped(random.Random(5), 60), 0
    texts = [(article.full_text, fold(article.full_text)) for article in articles]
    for row in read_table("triggers").rows:
        pattern, parts = compile_pattern(row["pattern"]), needed(row["pattern"])
        assert "" not in parts
        for text, folded in texts:
            if pattern.search(text):
                found += 1
                assert touches(parts, folded), row["pattern"]
    assert found > 500


@pytest.mark.parametrize("pattern, parts", [
    ("suicide (bomb*|blast*)", {"suicide"}), ("(a|bc) (def|ghijk)", {"def", "ghijk"}),
    ("a|(bb|cc) d", {"a", "bb", "cc"}), ("cross-border ... fire", {"crossborder"}),
    ("(x|) *", {""}), ("((aa|bb) c|dd)", {"aa", "bb", "dd"}), ("(a", {""}),
    ("un*able", {"able"}), ("", {""})])
def test_what_a_pattern_needs(pattern, parts):
    assert needed(pattern) == parts


def test_folded_texts_are_the_same_where_a_search_without_case_finds_them_so():
    spellings = ("Cross-Border", "cross border", "CROSSBORDER", "cro\u017f\u017f_bor\u00adder.")
    assert {fold(text) for text in spellings} == {"crossborder"}
    assert fold("DİR ıs K\u212a") == fold("dir is kk")


def test_rows_that_moved_count_as_changed():
    before = [("a", "b"), ("1", "x"), ("2", "y"), ("3", "z")]
    assert changed(before, before) == []
    assert changed(before, [before[0], before[2], before[3], before[1]]) == [("1", "x"), ("1", "x")]
    assert changed(before, [("a", "c"), *before[1:]]) is None
    row = ("Lashkar-(e|i)-Islam", "X")
    assert fragments("actor_aliases", ("alias", "actor_id"), [row]) == {"lashkareislam", "lashkariislam"}


def test_coded_articles_come_back_exactly():
    for article in shipped(random.Random(7), 30):
        coded = code_from_labels(article)
        assert decode(encode(coded), article) == coded
    odd = CodedArticle(Article("a", dt.date(2025, 1, 1), "t", "x\ud800"), reason="\ud800 \u0000",
                       trace={"a": [1, (2.5, None)], "d": dt.date(2025, 1, 2), "n": {"x": True}})
    assert decode(encode(odd), odd.article) == odd
    with pytest.raises(TypeError):
        encode(replace(odd, trace={"a": {1}}))


def test_what_is_made_while_somebody_edits_the_code_or_the_tables_is_not_kept(tmp_path, coded):
    articles, quiet = shipped(random.Random(9), 4), Progress(quiet=True)
    with Cache(tmp_path / "cache") as kept, tables(edit(tmp_path / "tables", "triggers", "xyzzy,shelling,cue,,")):
        assert stages.edited(stages.CODING) and stages.edited(stages.READ)
        code_all(articles, None, quiet, kept=kept)
        list(sift_all(find([write(tmp_path / "a.jsonl", ROWS[:3])]), Crew(), kept))
        assert not kept.get([Reuse(kept).address(article) for article in articles])
        long_ago(tmp_path / "tables")
        assert not stages.edited(stages.CODING)
        code_all(articles, None, quiet, kept=kept)
        code_all(articles, None, quiet, kept=kept)
    assert len(coded) == 2 * len(articles)


def test_the_version_of_a_stage_holds_all_that_it_can_import_and_the_tables_named_there():
    coding, reading = stages.sources(stages.CODING), stages.sources(stages.READ)
    names = {path.relative_to(stages.CODE).as_posix() for path in coding}
    assert {path.relative_to(stages.CODE).as_posix() for path in stages.CODE.glob("coding/*.py")} <= names
    assert {"article.py", "reference.py", "codebook.py", "schema.py", "touch.py"} <= names
    assert not {"pipeline.py", "tables.py", "link.py", "cluster.py", "read/warc.py"} & names
    names = {path.relative_to(stages.CODE).as_posix() for path in reading}
    assert {"read/warc.py", "screen.py", "sift.py", "coding/aliases.py", "coding/__init__.py"} <= names
    assert "coding/events.py" not in names
    of_coding = {path.stem for path in stages.tables(coding)}
    assert of_coding >= FINE | {"gazetteer", "confidence_weights", "actors", "boilerplate"} 
    assert "palette" not in of_coding
    assert "screen_weights" in {path.stem for path in stages.tables(reading)}
    assert stages.version(stages.CODING) != stages.version(stages.CODING, FINE) != stages.version(stages.READ)
