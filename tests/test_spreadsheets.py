"""Every table as people open it: pandas, R and LibreOffice read back, cell by cell, what was written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import data_addresses, releases
from dashboard.data_sets import CODEBOOK, SETS
from etl.schema import BY_NAME, TABLES
from etl.spreadsheet import neutralise, write_csv
from tests import make_release, small_release, spreadsheets
from tests.spreadsheets import cells, differences, needs_calc, needs_r

HOSTILE = [
    "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "=HYPERLINK(\"http://elsewhere.example\")", "=cmd|' /C calc'!A0", "\t=1+1",
    "\r=1+1", "\n=1+1", " =1+1", "\u200b=1+1", "＝1+1", "a;=1+1", "a\t=1+1", "a\n=1+1", '"=1+1"', "'=1+1", "%0A=1+1",
    "|=1+1", "=DDE(\"a\";\"b\";\"c\")", "+44 20 7946", "-", "=", "@torkham", "- said the minister", "{=1+1}",
]
HARMLESS = ["-5", "-0.25", "+3.5", "12", "1e-3", "Kābul كابل 😀", 'He said: "shut"', "two\nlines", "a,b", "  blanks  "]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The CSV files of a release, of the addresses of data over the small release, and one of hostile texts."""
    folder = tmp_path_factory.mktemp("csv")
    release = make_release.make_release(tmp_path_factory.mktemp("made")).release
    found = {f"release-{table.name}": (release / f"{table.name}.csv").read_bytes() for table in TABLES}
    out = tmp_path_factory.mktemp("releases")
    small_release.write(out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(releases.FOLDER_VARIABLE, str(out))
        client = TestClient(Starlette(routes=data_addresses.routes()))
        for name in [*(f"{what}.csv" for what in SETS), CODEBOOK]:
            answer = client.get(f"/data/{name}")
            assert answer.status_code == 200 and answer.headers["content-type"] == "text/csv; charset=utf-8"
            found[f"data-{name.removesuffix('.csv')}"] = answer.content
    found["hostile"] = write_csv(["text", "n"], [(text, -at) for at, text in enumerate(HOSTILE + HARMLESS)])
    for name, data in found.items():
        (folder / f"{name}.csv").write_bytes(data)
    yield {name: folder / f"{name}.csv" for name in found}


def test_every_file_is_utf_8_with_a_mark_commas_and_crlf(files: dict[str, Path]) -> None:
    for name, path in files.items():
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n"), name
        rows = cells(data)
        assert {len(row) for row in rows} == {len(rows[0])}, name
        outside = b"".join(data.split(b'"')[::2])
        assert b"\n" not in outside.replace(b"\r\n", b""), f"{name}: a bare line feed outside quotes"


def test_days_are_iso_and_numbers_plain(files: dict[str, Path]) -> None:
    for table in TABLES:
        rows = cells(files[f"release-{table.name}"].read_bytes())
        assert rows[0] == table.names
        for column, values in zip(table.columns, zip(*rows[1:], strict=True), strict=False):
            told = [value for value in values if value]
            if column.kind == "date":
                assert all(pd.Timestamp(value).date().isoformat() == value for value in told), column.name
            if column.kind in ("integer", "number"):
                assert all(float(value) == float(value) for value in told), column.name
            if column.kind == "integer":
                assert all(value.removeprefix("-").isdigit() for value in told), column.name


def test_the_codebook_describes_every_column_with_unit_and_source(files: dict[str, Path]) -> None:
    told = pd.read_csv(files["data-codebook"], keep_default_na=False)
    for name, path in files.items():
        what = name.split("-")[-1]
        if what in ("codebook", "hostile"):
            continue
        described = told[told["Table"] == what].set_index("Column")
        if name.startswith("data-") and what in BY_NAME:  # beside its own columns some of the article
            described = pd.concat([described, told[told["Table"] == "articles"].set_index("Column")])
        for column in cells(path.read_bytes())[0]:
            assert column in described.index, f"{name}: {column}"
            assert described.loc[[column], "Meaning"].iloc[0], column
    numbers = told[told["Kind"].isin(["integer", "number"])]
    assert (numbers["Unit"] != "").mean() > 0.9 and (told["Source"] != "").mean() > 0.9


def test_pandas_reads_what_the_parquet_file_holds(files: dict[str, Path]) -> None:
    for table in TABLES:
        days = [column.name for column in table.columns if column.kind == "date"]
        back = pd.read_csv(files[f"release-{table.name}"], parse_dates=days, keep_default_na=False, na_values=[""])
        rows = cells(files[f"release-{table.name}"].read_bytes())
        assert back.shape == (len(rows) - 1, len(rows[0]))
        for column in table.columns:
            if column.kind == "boolean" and back[column.name].notna().all() and len(back):
                assert back[column.name].dtype == bool, column.name
            if column.kind in ("integer", "number"):
                assert pd.api.types.is_numeric_dtype(back[column.name]) or back[column.name].isna().all(), column.name


@needs_r
def test_r_reads_every_cell(files: dict[str, Path]) -> None:
    back = spreadsheets.r_lang(list(files.values()))
    for path in files.values():
        wanted = cells(path.read_bytes())
        found = differences(wanted, back[path.name])
        assert not found, (path.name, found[:3])


@needs_calc
def test_calc_shows_every_cell_and_no_formula(files: dict[str, Path], tmp_path: Path) -> None:
    shown = spreadsheets.calc(tmp_path, list(files.values()))
    for path in files.values():
        wanted, (got, formulas) = cells(path.read_bytes()), shown[path.name]
        assert formulas == 0, path.name
        found = differences(wanted, got)
        assert not found, (path.name, found[:3])


@needs_calc
def test_the_reader_of_calc_sees_a_formula_where_one_runs(tmp_path: Path) -> None:
    """What is checked above can fail: without the apostrophe Calc runs some of the same texts."""
    path = tmp_path / "raw.csv"
    path.write_text("text\r\n=1+1\r\n'=1+1\r\n", encoding="utf-8-sig")
    got, formulas = spreadsheets.calc(tmp_path, [path])["raw.csv"]
    assert formulas == 1 and got[1] == ["2"] and got[2] == ["'=1+1"]


def test_hostile_texts_keep_their_words(files: dict[str, Path]) -> None:
    back = pd.read_csv(io.BytesIO(files["hostile"].read_bytes()), keep_default_na=False, dtype={"text": str})
    assert back["text"].tolist() == [neutralise(text) for text in HOSTILE + HARMLESS]
    assert back["text"].tolist()[-len(HARMLESS):] == HARMLESS and (back["n"] <= 0).all()
