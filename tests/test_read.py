"""Reading: every format, and every kind of bad input with a clear word and no harm to the rest."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.read import find, read
from etl.read.jsonl import parse_line
from etl.read.record import MAX_CHARACTERS, check, clean

GOOD = {"id": "n1", "url": "https://news.example/1", "publisher": "The Daily Pass", "published": "2025-10-19",
        "title": "Truce agreed in Doha", "text": "Pakistan and the Afghan Taliban agreed on a truce in Doha on Sunday."}


def line(**changes: object) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def without(name: str) -> bytes:
    return json.dumps({key: value for key, value in GOOD.items() if key != name}).encode()


def records(folder: Path, name: str, data: bytes):
    (folder / name).write_bytes(data)
    return list(read(find([folder / name])))


def test_a_good_line_becomes_an_article(tmp_path):
    (record,) = records(tmp_path, "a.jsonl", line() + b"\n")
    assert record.article and record.article.full_text == f"{GOOD['title']}\n{GOOD['text']}"
    assert (record.input, record.record, record.problem) == ("a.jsonl", 1, "")


BAD_LINES = {
    "not JSON": (b'{"id": "n1", ', "not JSON"),
    "a JSON array": (b"[1, 2]", "array, not an object"),
    "a JSON string": (b'"words"', "string, not an object"),
    "no id": (without("id"), "no id"),
    "a blank id": (line(id=" "), "no id"),
    "a huge id": (line(id="x" * 1000), "1,000 characters long"),
    "no date": (without("published"), "no date of publication"),
    "an impossible date": (line(published="2025-02-30"), "no day of the calendar"),
    "a date in words": (line(published="last Friday"), "not an ISO date"),
    "a date far off": (line(published="0025-10-19"), "not between"),
    "a date as a number": (line(published=20251019), "not an ISO date"),
    "no text": (without("text"), "no text"),
    "an empty text": (line(text=" \n "), "text is empty"),
    "a text that is none": (line(text=["a"]), "no text but list"),
    "no title": (without("title"), "no title"),
    "a title that is a text": (line(title="word " * 300), "the title is 1,500 characters long"),
    "a huge address": (line(url="https://news.example/" + "x" * 5000), "the url is 5,021 characters long"),
    "an empty title": (line(title=""), "title is empty"),
    "5 MB of text": (line(text="word " * 1_000_000), f"more than {MAX_CHARACTERS:,}"),
    "NUL bytes": (line().replace(b"Doha", b"Do\0ha"), "NUL bytes"),
    "NUL escapes": (line(text="Do\0ha was quiet"), "NUL characters"),
    "a key twice": (line().replace(b'"id"', b'"id": "n0", "id"'), "'id' stands twice"),
    "deep nesting": (b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deep"),
    "a huge number": (b'{"id": ' + b"9" * 5000 + b"}", "cannot be read"),
    "bytes of no encoding": (b'{"id": "\xff\xfe\x81\x8d\x8f\x90\x9d\xff\x80\xfe\x81"', "not"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_told_with_its_cure_and_harms_no_other(tmp_path, name):
    bad, told = BAD_LINES[name]
    before, broken, after = records(tmp_path, "a.jsonl", b"\n".join([line(id="n0"), bad, line(id="n2")]))
    assert before.article and after.article and before.article.id == "n0" and after.article.id == "n2"
    assert broken.article is None and (broken.input, broken.record) == ("a.jsonl", 2)
    assert told in broken.problem and ";" in broken.problem  # what is wrong; how to cure it


def test_an_empty_line_is_a_line_but_no_record(tmp_path):
    first, second = records(tmp_path, "a.jsonl", b"\n".join([line(), b"", b" ", line(id="n2"), b"", b""]))
    assert (first.record, second.record) == (1, 4)
    (only,) = records(tmp_path, "b.jsonl", b"\n\n\n")
    assert "the file is empty" in only.problem


def test_the_id_of_a_bad_record_is_told_where_it_can_be_read(tmp_path):
    (record,) = records(tmp_path, "a.jsonl", line(published="yesterday"))
    assert record.article_id == "n1"


def test_a_line_longer_than_memory_should_hold_is_skipped(tmp_path, monkeypatch):
    monkeypatch.setattr("etl.read.jsonl.MAX_LINE", 1000)
    first, long, last = records(tmp_path, "a.jsonl", b"\n".join([line(), line(text="x" * 5000), line(id="n3")]))
    assert first.article and last.article and "longer than" in long.problem


def test_other_encodings_are_read_and_noted(tmp_path):
    text = "Kabul’s spokesman said the café at the Torkham crossing was hit; “nobody was hurt”, he added on Sunday."
    data = json.dumps({**GOOD, "text": text}, ensure_ascii=False)
    (windows,) = records(tmp_path, "a.jsonl", data.encode("cp1252"))
    assert windows.article and windows.article.text == text and "not UTF-8" in windows.note
    (marked,) = records(tmp_path, "b.jsonl", data.encode("utf-8-sig"))
    assert marked.article and marked.article.text == text and marked.note == ""
    wide = records(tmp_path, "c.jsonl", f"{data}\n{data}\n".encode("utf-16"))
    assert [record.article.text for record in wide if record.article] == [text, text]


def test_surrogates_and_control_characters_keep_every_offset():
    record = parse_line(b'{"id":"s","published":"2025-10-19","title":"t","text":"a\\ud800b\\u0007c \\ud83d\\ude00"}')
    assert record.article and record.article.text == "a\ufffdb c \U0001f600"
    record.article.full_text.encode("utf-8")


@given(st.text())
def test_cleaning_never_changes_the_length(text):
    assert len(clean(text)) == len(text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_line_of_bytes_raises(data):
    record = parse_line(data)
    assert record.article is None and record.problem


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(list(GOOD)), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_no_fields_raise(fields):
    record = check(fields)
    assert (record.article is None) == bool(record.problem)


def test_gzip_is_known_by_its_bytes_and_a_damaged_one_keeps_what_came_before(tmp_path):
    packed = gzip.compress(b"\n".join(line(id=f"n{i}", text=f"Shots at post {i}. " * 99) for i in range(200)))
    assert len(records(tmp_path, "a.jsonl", packed)) == 200
    cut = records(tmp_path, "b.jsonl.gz", packed[:len(packed) // 2])
    assert "damaged" in cut[-1].problem and not any(record.article for record in cut[-1:])


def test_json_files_hold_one_article_or_an_array(tmp_path):
    (one,) = records(tmp_path, "a.json", line())
    assert one.article
    first, second = records(tmp_path, "b.json", b"[" + line() + b", 7]")
    assert first.article and "not a JSON object" in second.problem
    (empty,) = records(tmp_path, "c.json", b"[]")
    assert "array is empty" in empty.problem


def test_text_files_take_header_lines_or_their_name(tmp_path):
    data = b"Published: 2025-10-19\nPublisher: The Pass\n\nTruce in Doha\n\nBoth sides agreed."
    (headed,) = records(tmp_path, "a.txt", data)
    assert headed.article and (headed.article.title, headed.article.text) == ("Truce in Doha", "Both sides agreed.")
    (named,) = records(tmp_path, "2025-10-19 truce.txt", "Truce in Doha\nBoth sides agreed.".encode("utf-16"))
    assert named.article and str(named.article.published) == "2025-10-19" and named.article.id == "2025-10-19 truce.txt"
    (undated,) = records(tmp_path, "b.txt", b"Truce in Doha\nBoth sides agreed.")
    assert "published: 2025-10-19" in undated.problem


PAGE = """<html><head><title>Truce in Doha | The Pass</title><meta property="og:site_name" content="The Pass">
<meta property="article:published_time" content="2025-10-19T08:00:00Z"><script>alert('no')</script></head><body>
<nav>Home</nav><article><h1>Truce in Doha</h1>{}</article><footer>All rights reserved</footer></body></html>"""


def test_a_saved_page_gives_title_date_publisher_and_text(tmp_path):
    told = "<p>Negotiators of the two sides met for the {}th time on Sunday and spoke about the crossing.</p>"
    body = "".join(told.format(n) for n in range(4, 12))
    (page,) = records(tmp_path, "page.html", PAGE.format(body).encode())
    assert page.article and str(page.article.published) == "2025-10-19" and page.article.publisher == "The Pass"
    assert "Negotiators" in page.article.text and "alert" not in page.article.text
    assert "Truce in Doha" in page.article.title
    (dated,) = records(tmp_path, "2025-10-20-page.html", PAGE.format(body).encode())
    assert dated.article and str(dated.article.published) == "2025-10-20"


@pytest.mark.parametrize("name, data, told", [
    ("a.jsonl", b"", "the file is empty"), ("a.json", b"", "the file is empty"), ("a.txt", b" \n", "the file is empty"),
    ("a.html", b"", "the file is empty"), ("a.html", b"<html></html>", "only 0 words"),
    ("a.jsonl", b"\x7fELF\0\0\0" * 99, "binary"), ("a.txt", b"PK\x03\x04\0\0" * 99, "NUL bytes"),
    ("a.docx", b"PK\x03\x04", "not a format that can be read"),
])
def test_a_bad_file_is_one_record(tmp_path, name, data, told):
    (record,) = records(tmp_path, name, data)
    assert told in record.problem and ";" in record.problem and record.article is None


def test_paths_that_are_none(tmp_path, monkeypatch):
    (missing,) = read(find([tmp_path / "nowhere.jsonl"]))
    assert "no such file" in missing.problem and missing.record == 0
    (tmp_path / "empty").mkdir()
    (empty,) = read(find([tmp_path / "empty"]))
    assert "holds no articles" in empty.problem
    (odd,) = read(find(["/dev/null"]))
    assert "neither a file nor a folder" in odd.problem
    (long,) = read(find([tmp_path / ("x" * 5000)]))
    assert long.problem


def test_no_permission(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_bytes(line())
    (tmp_path / "b.jsonl").write_bytes(line(id="n2"))
    real = Path.open

    def refuse(path: Path, *args, **kwargs):
        if path.name == "a.jsonl":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    locked, good = read(find([tmp_path]))
    assert "no permission" in locked.problem and "chmod" in locked.problem and good.article


def test_a_folder_is_searched_and_links_lead_nowhere_else(tmp_path):
    folder, outside = tmp_path / "articles", tmp_path / "outside"
    for place in (folder / "2025", outside):
        place.mkdir(parents=True)
    (folder / "2025" / "a.jsonl").write_bytes(line())
    (folder / "README.md").write_text("notes")
    (folder / ".hidden.jsonl").write_bytes(line())
    (outside / "secret.jsonl").write_bytes(line(id="secret"))
    (folder / "loop").symlink_to(folder)
    (folder / "self.jsonl").symlink_to("self.jsonl")
    (folder / "way.jsonl").symlink_to(outside / "secret.jsonl")
    (folder / "out").symlink_to(outside)
    told = {record.input: record.problem for record in read(find([folder]))}
    assert told.pop("2025/a.jsonl") == ""
    assert "outside the folder" in told["way.jsonl"] and "circle" in told["self.jsonl"]
    assert told.keys() == {"way.jsonl", "self.jsonl", "loop", "out"} and all(told.values())


def test_the_order_of_paths_plays_no_part_and_names_stay_apart(tmp_path):
    paths = []
    for place, article in (("x", "n1"), ("y", "n2")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "a.jsonl").write_bytes(line(id=article))
        paths.append(tmp_path / place)
    one, other = find(paths), find(reversed(paths))
    assert one == other and [source.name for source in one] == ["a.jsonl", "a.jsonl (2)"]
    assert find([paths[0], paths[0]]) == find([paths[0]])


def test_a_file_name_that_is_no_text_can_be_stored(tmp_path):
    import os

    with open(os.fsencode(tmp_path) + b"/\xff\n.jsonl", "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(line())
    (record,) = read(find([tmp_path]))
    assert record.article
    record.input.encode("utf-8")
    assert record.input.isprintable()
