"""CSV files: exact, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.export import NAME_LIMIT, csv_bytes, file_name, neutral
from dashboard.view import Facts, View

FACTS = Facts("r-1", dt.date(2025, 1, 1), dt.date(2025, 12, 31), ("bombing", "talks", "threat", "arrest", "protest"),
              ("PAK", "TTP"), ("Kandahar",), ("Torkham", "Mīr ‘Alī / old"))


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", [
    "=1+1", "+SUM(A1)", "-2+3", "@SUM(A1)", "|calc", "%x", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\u200b=1",
    "＝1+1", "＋1+a", "－x", "＠x", "=cmd|' /C calc'!A0", "-cmd", "+", "-", "- 5", "=1e5",
])
def test_text_that_would_run_as_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", [
    "-5", "+3.5", "-0.25", "1e-3", "-1E+5", ".5", "-.5", "5.", " -7 ", "12", "", "Bannu", "2025-10-12", "PAK.MIL|AFG",
    "a=b", "«…»", "'quoted", "5 killed", "“-x”",
])
def test_numbers_and_harmless_text_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_comes_out_as_a_formula_and_nothing_but_an_apostrophe_is_added(text: str) -> None:
    out = neutral(text)
    assert out in (text.replace("\x00", ""), "'" + text.replace("\x00", ""))
    if out and out[0] in "=@\t\r\n":
        pytest.fail(f"{out!r} would run")
    if out and out[0] in "+-":
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
        ["2025-10-12", "3", "0.5", "-4", 'say "hi", Ali\nthere', "'=1+1", "True"],
        ["", "", "", "5", "", "Kābul كابل", "False"],
    ]


def test_counts_do_not_turn_into_fractions() -> None:
    assert read(csv_bytes(pd.DataFrame({"killed": [3.0, None], "km": [2.25, 1e20]}))) == [
        ["killed", "km"], ["3", "2.25"], ["", "1e+20"]]


def test_lone_surrogates_do_not_stop_a_download() -> None:
    assert csv_bytes(pd.DataFrame({"a": pd.Series(["\ud800x"], dtype=object)})).endswith(b"?x\r\n")


def test_an_empty_table_keeps_its_header() -> None:
    assert read(csv_bytes(pd.DataFrame(columns=["a", "b"]))) == [["a", "b"]]


def test_the_name_tells_release_period_and_filters() -> None:
    view = View.default(FACTS)
    assert file_name("events", view, FACTS) == "torkham_events_r-1_2025-01-01_2025-12-31.csv"
    narrow = view.with_changes(FACTS, types=("bombing", "talks"), actors=("TTP",), places=(FACTS.places[1],),
                               min_fatalities=3, salience="main", q="../../etc = ?")
    assert file_name("events", narrow, FACTS) == (
        "torkham_events_r-1_2025-01-01_2025-12-31_types-bombing+talks_actors-TTP_places-Mir-Ali-old_min3_main_"
        "text-..-..-etc.csv")
    assert "types-4of5" in file_name("events", view.with_changes(FACTS, types=FACTS.types[:4]), FACTS)


@given(st.text(max_size=100), st.text(max_size=30))
def test_a_name_is_short_plain_and_no_path(q: str, what: str) -> None:
    name = file_name(what, View.default(FACTS).with_changes(FACTS, q=q), FACTS)
    assert len(name) <= NAME_LIMIT + 4 and name.endswith(".csv") and name.isascii()
    assert "/" not in name and "\\" not in name and " " not in name and name.startswith("torkham_")
