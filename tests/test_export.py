"""CSV files: exact, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.export import NAME_LIMIT, csv_bytes, file_name
from dashboard.view import Facts, View
from etl.spreadsheet import neutralise

FACTS = Facts("r-1", dt.date(2025, 1, 1), dt.date(2025, 12, 31), ("bombing", "talks", "threat", "arrest", "protest"),
              ("PAK", "TTP"), ("Kandahar",), ("Torkham", "Mīr ‘Alī / old"))


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", [
    "=1+1", "+SUM(A1)", "-2+3", "@SUM(A1)", "|calc", "%x", "\ta", "\r1", "\nx", "  =1", "\u00a0=1", "\u200b=1",
    "＝1+1", "＋1+a", "－x", "＠x", "=cmd|' /C calc'!A0", "-cmd", "+", "-", "- 5", "=1e5", "\x01=1",
    "\x0b=1", "﹦1+1", "﹢x", "\u202e=1", "\ufeff@x",
])
def test_text_that_would_run_as_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("text", [
    "-5", "+3.5", "-0.25", "1e-3", "-1E+5", ".5", "-.5", "5.", " -7 ", "12", "", "Bannu", "2025-10-12", "PAK.MIL|AFG",
    "a=b", "«…»", "'quoted", "5 killed", "“-x”", "a;-5;+3.5;b", "shut; - open", "Kābul\n- said", "—x", "−5", "a;b",
])
def test_numbers_and_harmless_text_stay_as_they_are(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize(("text", "safe"), [
    ("shut;=1+1", "shut;'=1+1"), ("a\t@SUM(A1)", "a\t'@SUM(A1)"), ("a\r\n=1", "a\r\n'=1"),
    ("a; ＝1;-2;+x", "a; '＝1;-2;'+x"), ("=a;=b", "'=a;'=b"), ("\t=1", "'\t'=1"), ("\n=1", "'\n'=1"),
])
def test_a_cell_that_another_separator_would_make_is_no_formula_either(text: str, safe: str) -> None:
    assert neutralise(text) == safe


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
       | st.text("=+-@;\t\n\r ab1.＝\u200b'", max_size=20))
def test_no_text_comes_out_as_a_formula_and_nothing_but_apostrophes_are_added(text: str) -> None:
    out = neutralise(text)
    assert out.replace("'", "") == text.replace("\x00", "").replace("'", "")
    for cell in (out, *re.split("[;\t\r\n]", out)[1:]):
        if cell[:1] in ("=", "@") and len(cell) > 1 and not cell[1].isspace():
            pytest.fail(f"{out!r} would run")
        if cell[:1] in ("+", "-") and cell[1:2].isalpha():
            pytest.fail(f"{out!r} would run")
    if out[:1] in ("+", "-"):
        float(out)


def test_the_file_is_the_table() -> None:
    frame = pd.DataFrame({
        "day": pd.to_datetime(["2025-10-12", None]),
        "n": pd.array([3, None], dtype="Int64"),
        "x": [0.5, float("nan")],
        "change": [-4, 5],
        "text": ['say "hi", Ali\nthere', None],
        "=head": ["=1+1", "Kābul كابل"],
        "flag": [True, False],
    })
    data = csv_bytes(frame)
    assert data.startswith(b"\xef\xbb\xbf")
    assert read(data) == [
        ["day", "n", "x", "change", "text", "'=head", "flag"],
        ["2025-10-12", "3", "0.5", "-4", 'say "hi", Ali\nthere', "'=1+1", "TRUE"],
        ["", "", "", "5", "", "Kābul كابل", "FALSE"],
    ]


def test_counts_do_not_turn_into_fractions() -> None:
    assert read(csv_bytes(pd.DataFrame({"killed": [3.0, None], "km": [2.25, 1e20]}))) == [
        ["killed", "km"], ["3", "2.25"], ["", "1e+20"]]


def test_lone_surrogates_do_not_stop_a_download() -> None:
    assert csv_bytes(pd.DataFrame({"a": pd.Series(["\ud800x"], dtype=object)})).endswith(b"?x\r\n")


def test_an_empty_table_keeps_its_header() -> None:
    assert read(csv_bytes(pd.DataFrame(columns=["a", "b"]))) == [["a", "b"]]


HARD = pd.DataFrame({
    "event_id": ["e1", "e2", "e3"],
    "day": pd.to_datetime(["2025-10-12", "2007-04-19", None]),
    "n": pd.array([3, None, -7], dtype="Int64"),
    "km": [0.5, None, -12.25],
    "place": ["Kābul كابل", "Spin Boldak", None],
    "evidence": ['He said: "shut", then left.\nSecond line, with commas', "=HYPERLINK(1)", " two  blanks "],
    "sides": ["PAK.MIL|PAK.POL", "AFG", None],
    "contested": [True, False, False],
})


def test_pandas_reads_back_what_was_written() -> None:
    read_back = pd.read_csv(io.BytesIO(csv_bytes(HARD)), parse_dates=["day"], dtype={"n": "Int64"})
    expected = HARD.assign(evidence=[HARD["evidence"][0], "'=HYPERLINK(1)", HARD["evidence"][2]])
    pd.testing.assert_frame_equal(read_back, expected, check_dtype=False)


def test_it_keeps_to_rfc_4180() -> None:
    text = csv_bytes(HARD).decode("utf-8-sig")
    assert text.endswith("\r\n") and "\r\n\r\n" not in text
    outside = "".join(text.split('"')[::2])
    assert "\n" not in outside.replace("\r\n", ""), "a bare line feed outside quotes"
    assert len({line.count(",") for line in re.sub(r'"[^"]*"', "", text).split("\r\n")[:-1]}) == 1


def test_it_reads_by_the_rules_of_r() -> None:
    """`utils::read.csv`: quotes doubled, blanks kept, a column logical only of T, F, TRUE, FALSE or NA."""
    rows = read(csv_bytes(HARD))
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9._]*", name) for name in columns), "names that R leaves as they are"
    assert set(columns["contested"]) <= {"T", "F", "TRUE", "FALSE", "NA"}
    assert all(re.fullmatch(r"-?\d+|", value) for value in columns["n"])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d|", value) for value in columns["day"])
    assert columns["evidence"][2] == " two  blanks "


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_it(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(csv_bytes(HARD))
    code = ('x <- read.csv(commandArgs(TRUE)[1], fileEncoding = "UTF-8-BOM", na.strings = "");'
            'cat(names(x)[1], nrow(x), sum(x$n, na.rm = TRUE), class(x$contested), class(as.Date(x$day)))')
    told = subprocess.run(["Rscript", "-e", code, str(tmp_path / "x.csv")], capture_output=True, text=True, timeout=120,
                          check=True)
    assert told.stdout == "event_id 3 -4 logical Date"


def test_the_name_tells_release_period_and_filters() -> None:
    view = View.default(FACTS)
    assert file_name("events", view, FACTS) == "torkham_events_r-1_2025-01-01_2025-12-31.csv"
    narrow = view.with_changes(FACTS, types=("bombing", "talks"), actors=("TTP",), places=(FACTS.places[1],),
                               min_fatalities=3, border_km=25, salience="main", q="../../etc = ?")
    assert file_name("events", narrow, FACTS) == (
        "torkham_events_r-1_2025-01-01_2025-12-31_types-bombing+talks_actors-TTP_places-Mir-Ali-old_min3_25km_main_"
        "text-..-..-etc.csv")
    assert "types-4of5" in file_name("events", view.with_changes(FACTS, types=FACTS.types[:4]), FACTS)


@given(st.text(max_size=100), st.text(max_size=30))
def test_a_name_is_short_plain_and_no_path(q: str, what: str) -> None:
    name = file_name(what, View.default(FACTS).with_changes(FACTS, q=q), FACTS)
    assert len(name) <= NAME_LIMIT + 4 and name.endswith(".csv") and name.isascii()
    assert "/" not in name and "\\" not in name and " " not in name and name.startswith("torkham_")
