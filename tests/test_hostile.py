"""Hostile input ends in the ledger: some hundreds of mutated inputs, and each case that once did harm."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import time
from pathlib import Path

import pytest

from etl.article import Article
from etl.check_reference import check_reference
from etl.coding import code_article
from etl.coding.patterns import compile_pattern
from etl.read import Record, find, formats, read
from etl.read.jsonl import MAX_PASSED
from etl.read.record import check
from etl.reference import FOLDER, ReferenceFault, read_table
from tests.hostile import SHARES, drawn, ended, run
from tests.hostile_formats import case
from tests.hostile_seeds import ATOM, FACTS, HTML, PARAGRAPHS, RSS, SEEDS, TEXT, capture

BOUND = 5.0  # seconds of processor time


def records(folder: Path, name: str, data: bytes) -> list[Record]:
    """The records of one file, which must be read in bounded time."""
    (folder / name).write_bytes(data)
    began = time.process_time()
    found = list(read(find([folder / name])))
    assert time.process_time() - began < BOUND
    assert not ended(found).startswith("WRONG"), ended(found)
    return found


def test_hundreds_of_mutated_inputs_end_in_the_ledger() -> None:
    cases = [one for one in drawn(500, 1893) if one[0] not in ("huge", "table", "long")]
    told = run(cases)
    assert told["faults"] == [] and told["tried"] == len(cases)
    assert set(told["kinds"]) == set(SHARES) - {"huge", "table", "long"}
    ends = {end for found in told["kinds"].values() for end in found}
    assert ends == {"articles", "problems", "articles and problems", "events", "no event"}


def test_the_same_seed_makes_the_same_input_and_sound_ones_are_articles(tmp_path: Path) -> None:
    assert case("warc", "1-1") == case("warc", "1-1") != case("warc", "1-2")
    for seeds in SEEDS.values():
        for name, data in seeds:
            assert ended(records(tmp_path, name, data)) == "articles", name


def test_a_lost_process_and_a_raised_error_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(kind: str, seed: str, folder: Path) -> str:
        if seed == "raises":
            raise KeyError("x")
        if seed == "dies":
            os.kill(os.getpid(), 9)
        return "articles"

    monkeypatch.setattr("tests.hostile.tried", odd)
    told = run([("text", "good"), ("text", "raises"), ("text", "dies"), ("text", "good")])
    assert told["tried"] == 4 and told["kinds"] == {"text": {"articles": 2, "WRONG": 2}}
    assert "KeyError" in told["faults"][0] and "process lost" in told["faults"][1]


DEEP = {"div": "<div>", "article": "<article>", "span": "<span>", "bold": "<b>", "list": "<ul><li>"}


@pytest.mark.parametrize("name", DEEP)
def test_a_page_of_tags_within_tags_is_told(tmp_path: Path, name: str) -> None:
    (record,) = records(tmp_path, "2025-10-19-a.html", HTML.replace("<h1>", DEEP[name] * 100_000 + "<h1>").encode())
    assert "save its text as .txt" in record.problem


def test_a_page_of_too_many_elements_is_told_and_one_of_many_is_read(tmp_path: Path) -> None:
    (record,) = records(tmp_path, "a.html", HTML.replace("</article>", "<form>x</form>" * 30_000).encode())
    assert "more than 25,000 elements" in record.problem
    many = HTML.replace("</article>", "</article>" + "<form>x</form>" * 20_000)
    (record,) = records(tmp_path, "b.html", many.encode())
    assert record.article and PARAGRAPHS[0] in record.article.text
    (record,) = records(tmp_path, "c.html", HTML.replace("</article>", "word " * 2_000_000).encode())
    assert "more than 8 MB" in record.problem


FEEDS = {  # what once ended in an error, or in minutes of work
    "a sign beyond Unicode": (ATOM.replace("fire", "fire &#1114112;").replace("</entry>", ""), ""),
    "the year nought": (RSS.replace("19 Oct 2025", "19 Oct 0000"), ""),
    "a NUL in the encoding's name": (RSS.replace("UTF-8", "UT\0F-8"), "save the RSS or Atom document itself"),
    "an unknown encoding": (RSS.replace("UTF-8", "zlib_codec"), ""),
    "tags within tags": (RSS.replace("<item>", "<item>" + "<a>" * 200_000, 1), "more than 50,000 tags"),
    "9 MB": (RSS.replace("Daily", "Daily" * 2_000_000), "larger than 8 MB"),
    "entities in small letters": (RSS.replace("?>", '?><!DOCTYPE x [<!entity a "aaa">]>', 1), "entities of its own"),
}


@pytest.mark.parametrize("name", FEEDS)
def test_an_odd_feed_is_told(tmp_path: Path, name: str) -> None:
    data, problem = FEEDS[name]
    assert problem in records(tmp_path, "a.xml", data.encode())[0].problem


def test_entities_in_a_feed_of_another_encoding_are_seen(tmp_path: Path) -> None:
    data = RSS.replace("UTF-8", "UTF-16").replace("?>", '?><!DOCTYPE x [<!ENTITY a "aaa">]>', 1).encode("utf-16")
    assert "entities of its own" in records(tmp_path, "a.xml", data)[0].problem


def test_an_entry_whose_name_is_nothing_has_no_link_either(tmp_path: Path) -> None:
    data = b"<entry<id<t</id<"  # found by coverage (tests.fuzz), and made as small as it goes
    (record,) = records(tmp_path, "a.xml", data)
    assert "the article has no id" in record.problem


def test_many_tags_in_the_text_of_a_feed_are_no_matter(tmp_path: Path) -> None:
    made = records(tmp_path, "a.xml", RSS.replace("<p>", "<p>" + "a<br>" * 20_000).encode())
    assert len(made) == 3 and all(record.article for record in made)


def test_a_page_of_an_encoding_that_there_is_not_is_read_all_the_same(tmp_path: Path) -> None:
    for charset in ("utf-98", "zlib_codec", "undefined", "x" * 500):
        data = capture(HTML.encode()).replace(b"charset=utf-8\r\n", f"charset={charset}\r\n".encode())
        size = data.index(b"\r\n\r\nHTTP") + 4
        data = data.replace(b"Content-Length: ", b"X: ").replace(
            b"WARC/1.0\r\n", b"WARC/1.0\r\nContent-Length: %d\r\n" % (len(data) - size - 4))
        (record,) = records(tmp_path, "a.warc", data)
        assert record.article and PARAGRAPHS[0] in record.article.text, charset


def test_a_damaged_answer_costs_no_other_of_the_archive(tmp_path: Path) -> None:
    broken = capture(b"zz\r\n\0\x1b" + HTML.encode(), "Transfer-Encoding: chunked\r\n")
    first, second, third = records(tmp_path, "a.warc", capture(HTML.encode()) + broken + capture(HTML.encode()))
    assert first.article and third.article and "the answer is damaged" in second.problem


def test_a_line_without_end_in_a_small_packed_file_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    (record,) = records(tmp_path, "a.jsonl.gz", gzip.compress(b"a" * (2 * MAX_PASSED), 1))
    assert "a line goes on for more than" in record.problem


def test_an_unforeseen_error_ends_one_record_or_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[Exception] = []

    def fails(*_: object) -> Record:
        raise raised[0]

    def reader(_: object):
        yield Record(article_id="n1", finish=fails)
        yield check({**FACTS, "text": TEXT})
        fails()

    monkeypatch.setitem(formats.READERS, "txt", reader)
    for error, word in ((TypeError("bad \0 byte"), "please report it"), (MemoryError(), "not enough memory")):
        raised[:] = [error]
        first, second, last = records(tmp_path, "a.txt", b"a")
        assert word in first.problem and first.article_id == "n1" and second.article and word in last.problem


@pytest.mark.parametrize("run_of", ["-" * 400, "'" * 400, "- " * 200, "a-" * 300, "-'" * 200, "12-" * 200, ", " * 200])
def test_runs_of_signs_are_coded_in_bounded_time(run_of: str) -> None:
    text = f"{PARAGRAPHS[0]} The Torkham and Chaman crossings were {run_of} last week, and troops {run_of} fire. " * 2
    began = time.process_time()
    code_article(Article("n1", dt.date(2025, 10, 19), FACTS["title"], text))
    assert time.process_time() - began < BOUND


def test_a_gap_ends_behind_a_hyphen_too() -> None:
    pattern = compile_pattern("close* ... border")
    for text in ("closed the border", "closed the cross-border", "closed, it said, 'the' border", "closed-off border"):
        assert pattern.search(text), text
    for text in ("closed one two three four five six seven border", "closed. The border"):
        assert not pattern.search(text), text


def test_names_of_captures_are_short(tmp_path: Path) -> None:
    data = capture(b"x").replace(b"<urn:uuid:", b"<urn:uuid:" + b"y" * 5000)
    assert len(records(tmp_path, "a.warc", data)[0].article_id or "") <= 200


def test_names_of_captures_can_be_stored(tmp_path: Path) -> None:
    refused = capture(b"x").replace(b"200 OK", b"404 No").replace(b"<urn:uuid:0a", b"<urn:uuid:\0\x1b[2J\xff")
    for name, data in (("a.warc", refused), ("b.warc.gz", gzip.compress(refused))):
        (record,) = records(tmp_path, name, data)
        assert record.article_id and record.article_id.isprintable(), record


def test_a_text_of_nothing_but_lines_of_facts_is_read_in_bounded_time(tmp_path: Path) -> None:
    (record,) = records(tmp_path, "a.txt", b"title: x\n" * 1_000_000)
    assert "title and text are" in record.problem
    (record,) = records(tmp_path, "b.txt", b"title: x\n" * 50)
    assert "the text is empty" in record.problem


@pytest.mark.parametrize("field", ["title", "text"])
def test_words_of_control_characters_alone_are_no_words(tmp_path: Path, field: str) -> None:
    data = json.dumps({**FACTS, "text": TEXT, field: "\x7f\x9f \x01"}).encode()
    for name in ("a.jsonl", "a.json"):
        (record,) = records(tmp_path, name, data)
        assert f"the {field} is empty" in record.problem


def test_a_quote_that_is_never_closed_in_a_long_table_is_told(tmp_path: Path) -> None:
    for source in FOLDER.iterdir():
        (tmp_path / source.name).symlink_to(source)
    table = tmp_path / "gazetteer.csv"
    content = table.read_bytes().replace(b"\n", b'\n"' + b"x" * 200_000, 1)
    table.unlink()
    table.write_bytes(content)
    faults, _, _ = check_reference(tmp_path)
    assert any(fault.file == "gazetteer.csv" and fault.cure == "close every quote" for fault in faults)
    with pytest.raises(ReferenceFault, match="close every quote"):
        read_table("gazetteer", tmp_path)
