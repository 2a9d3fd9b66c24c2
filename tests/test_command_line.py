"""The command line: the contract of `run`, `code` and `link`, and what it tells when something is wrong."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.exchange import code_file, link_file
from etl.faults import InputFault, PublishFault
from etl.progress import Progress
from etl.reference import DATA
from etl.screen import off_topic
from tests.labels import article_from, code_from_labels, gold

ARTICLES = DATA / "articles" / "digests.jsonl"
FIELDS = {"event_type", "salience", "date_start", "date_end", "date_precision", "place", "district", "province",
          "country", "geo_precision", "other_places", "actors_a", "actors_b", "mediators", "casualties", "claimed_by",
          "denied_by", "evidence"}


def entries(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("command", ["run", "code", "link"])
def test_help_says_what_it_does_with_an_example(command, capsys):
    for arguments in (["--help"], [command, "--help"]):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        told = capsys.readouterr().out
        assert end.value.code == 0 and "example:" in told and command in told
    assert f"python -m etl {command}" in told


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run"], ["run", "--articles", "a"], ["code", "--input", "a"],
                                       ["code", "--input", "a", "--output", "b", "--workers", "0"]])
def test_a_wrong_call_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2 and "usage:" in capsys.readouterr().err


def test_code_writes_the_codebooks_fields_line_by_line(tmp_path):
    tally = code_file(ARTICLES, tmp_path / "coded.jsonl", code=code_from_labels)
    coded = entries(tmp_path / "coded.jsonl")
    assert [entry["id"] for entry in coded] == [json.loads(line)["id"] for line in ARTICLES.open("rb")]
    assert tally.lines == 249 and tally.errors == 0
    for entry in coded:
        row = gold()[entry["id"]]
        told = [] if off_topic(article_from(row)) else row["events"]
        assert entry["events"] == [{name: event[name] for name in event if name in FIELDS} for event in told]
        for event in entry["events"]:
            assert event.keys() == FIELDS and event["evidence"] in f"{row['title']}\n{row['text']}"


def test_code_keeps_order_and_number_of_lines_whatever_they_hold(tmp_path):
    good = ARTICLES.read_bytes().splitlines()[:3]
    bad = [b"{", b"", b"[]", b'{"id": "n7", "title": "t"}', b"\xff\xfe\x00", b'{"id": 7, "published": "2025-01-01"}',
           b'{"id": "\\ud800", "text": ""}']
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([good[0], *bad, good[1], good[0], good[2]]))
    tally = code_file(tmp_path / "a.jsonl", tmp_path / "b.jsonl", code=code_from_labels)
    coded = entries(tmp_path / "b.jsonl")
    ids = [json.loads(line)["id"] for line in good]
    assert [entry["id"] for entry in coded[:8]] == [ids[0], None, None, None, "n7", None, 7, "\ufffd"]
    assert [entry["id"] for entry in coded[8:]] == [ids[1], ids[0], ids[2]]
    assert tally.lines == 11 and tally.errors == 7
    for entry in coded[1:8]:
        assert entry["events"] == [] and entry["error"]
    assert coded[9] == coded[0] and not any("error" in entry for entry in (coded[0], *coded[8:]))


def test_code_gives_an_entry_to_an_article_that_breaks_the_coder(tmp_path):
    def broken(article):
        raise ValueError("odd")

    tally = code_file(ARTICLES, tmp_path / "b.jsonl", code=broken)
    read = [row for row in gold().values() if not off_topic(article_from(row))]
    assert tally.errors == len(read) > 240 and "ValueError: odd" in entries(tmp_path / "b.jsonl")[0]["error"]


def test_code_cuts_long_evidence(tmp_path):
    def long(article):
        coded = code_from_labels(article)
        return replace(coded, events=tuple(replace(event, evidence_start=0, evidence_end=len(article.full_text))
                                           for event in coded.events))

    code_file(ARTICLES, tmp_path / "b.jsonl", code=long)
    assert {len(event["evidence"]) for entry in entries(tmp_path / "b.jsonl") for event in entry["events"]} == {240}


def test_link_adds_an_id_to_every_event_and_changes_nothing_else(tmp_path):
    code_file(ARTICLES, tmp_path / "b.jsonl", code=code_from_labels)
    before = entries(tmp_path / "b.jsonl")
    unlinkable = [{"event_type": "bombing"}, {"event_type": "talks", "date_start": "soon"}]
    odd = [{"id": None, "events": [], "error": "not JSON"}, {"id": "o1", "error": "unreadable"},
           {"id": "o2", "events": unlinkable, "extra": 1}]
    lines = [json.dumps(entry).encode() for entry in [*before, *odd]] + [b"{", b'{"id": "o3"}', b'{"events": [1]}']
    (tmp_path / "b.jsonl").write_bytes(b"\n".join(lines))
    tally = link_file(tmp_path / "b.jsonl", tmp_path / "c.jsonl")
    linked = entries(tmp_path / "c.jsonl")
    assert len(linked) == tally.lines == len(lines)
    ids = [event.pop("event_id") for entry in linked for event in entry["events"]]
    assert all(ids) and len(set(ids)) < len(ids)
    assert linked[:249] == before and linked[251]["extra"] == 1 and len(linked[251]["events"]) == 2
    assert linked[250] == {"id": "o1", "error": "unreadable", "events": []}
    assert all(entry["events"] == [] and entry["error"] for entry in linked[252:])


def test_link_joins_the_same_article_told_twice(tmp_path):
    row = next(row for row in gold().values() if row["events"])
    line = json.dumps({"id": row["id"], "events": row["events"]}) + "\n"
    (tmp_path / "b.jsonl").write_text(line * 2)
    link_file(tmp_path / "b.jsonl", tmp_path / "c.jsonl")
    one, other = ([event["event_id"] for event in entry["events"]] for entry in entries(tmp_path / "c.jsonl"))
    assert one == other and len(set(one)) == len(one)


@pytest.mark.parametrize("work", [code_file, link_file])
def test_no_file_overwrites_its_own_input(work, tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": "a"}\n', "utf-8")
    with pytest.raises(PublishFault, match="is the input itself; name another file"):
        work(file, file)
    assert file.read_text("utf-8") == '{"id": "a"}\n'
    with pytest.raises(PublishFault, match="/dev/stdout"):
        work(file, tmp_path / "-")


def test_gzip_goes_in(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(ARTICLES.read_bytes()))
    assert code_file(tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl", code=code_from_labels).lines == 249


def test_files_that_are_none(tmp_path):
    target = tmp_path / "b.jsonl"
    target.write_text("old\n")
    for source, told in ((tmp_path / "nowhere", "no file"), (tmp_path, "is a folder")):
        with pytest.raises(InputFault, match=told):
            code_file(source, target, code=code_from_labels)
        with pytest.raises(InputFault, match=told):
            link_file(source, target)
    with pytest.raises(PublishFault, match="no folder"):
        code_file(ARTICLES, tmp_path / "no" / "b.jsonl", code=code_from_labels)
    with pytest.raises(PublishFault, match="is a folder"):
        code_file(ARTICLES, tmp_path, code=code_from_labels)
    with pytest.raises(PublishFault, match="is full"):
        code_file(ARTICLES, Path("/dev/full"), code=code_from_labels)
    assert target.read_text() == "old\n" and list(tmp_path.iterdir()) == [target]


def etl(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "etl", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=DATA.parent)


def test_a_fault_ends_with_1_and_one_clear_line(tmp_path):
    done = etl("run", "--articles", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "warning: nowhere: rejected: there is no such file or folder; check the path given" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: none of the input records could be used")
    assert not (tmp_path / "out").exists()
    done = etl("link", "--input", tmp_path / "nowhere", "--output", tmp_path / "c.jsonl")
    assert done.returncode == 1
    assert done.stderr == f"error: there is no file {tmp_path / 'nowhere'}; check the path given\n"


def test_the_real_coder_goes_the_whole_way(tmp_path):
    text = ("MIRANSHAH: Militants attacked a police post in Miranshah on Saturday and killed two policemen, officials "
            "said. The attackers fled towards the border after an exchange of fire.")
    article = {"id": "n1", "url": "", "publisher": "The Pass", "published": "2025-10-19",
               "title": "Two policemen killed in attack on post in Miranshah", "text": text}
    (tmp_path / "a.jsonl").write_text(json.dumps(article) + "\n{\n")
    done = etl("code", "--input", tmp_path / "a.jsonl", "--output", tmp_path / "b.jsonl", "--workers", "1")
    assert done.returncode == 0 and "record 2: not JSON" in done.stderr, done.stderr
    coded, broken = entries(tmp_path / "b.jsonl")
    assert coded["id"] == "n1" and coded["events"] and set(coded["events"][0]) == FIELDS and "error" in broken
    done = etl("run", "--articles", tmp_path / "a.jsonl", "--out", tmp_path / "out", "--workers", "1")
    assert done.returncode == 0 and "articles read 2" in done.stdout and "rejected 1" in done.stdout, done.stderr


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar_and_a_log_sees_lines():
    bar, log = Terminal(), io.StringIO()
    for stream in (bar, log):
        assert list(Progress(stream).track(range(50), 50, "code")) == list(range(50))
    assert "\r" in bar.getvalue() and "50/50" in bar.getvalue() and "articles/s" in bar.getvalue()
    lines = log.getvalue().splitlines()
    assert len(lines) == 10 and lines[-1].startswith("code: 50 of 50 articles") and "s left" in lines[0]
    assert "\r" not in log.getvalue()
