"""Publishing: files that open everywhere, described by the schema; a release is whole or it is not there."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import etl.publish
from etl.faults import PublishFault
from etl.fingerprint import file_sha256, folder_sha256
from etl.publish import LATEST, MANIFEST, is_whole, point_to
from etl.schema import BY_NAME, EVIDENCE_LIMIT, TABLES
from etl.spreadsheet import neutralise, write_csv
from etl.validate import InvalidTable, validate
from tests.make_release import make_release


@pytest.fixture(scope="module", autouse=True)
def still_code():
    """The code's hash as it was at first, so that a file saved meanwhile by an editor fails no test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.fingerprint.folder_sha256", cache(folder_sha256))
        yield


@pytest.fixture(scope="module")
def release(tmp_path_factory, still_code) -> Path:
    return make_release(tmp_path_factory.mktemp("out")).release


@pytest.fixture
def out(release, tmp_path) -> Path:
    """A folder of its own with the release in it."""
    shutil.copytree(release.parent, tmp_path / "out", symlinks=True)
    return tmp_path / "out"


def frames(release: Path) -> dict[str, pd.DataFrame]:
    from etl.tables import frame

    rows = {table.name: pq.read_table(release / f"{table.name}.parquet").to_pylist() for table in TABLES}
    return {name: frame(name, table) for name, table in rows.items()}


# Formulas and numbers

@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1", "\tx", "\uff1d1+1",
                                  "\uff0b1", "\uff0d1+2", "\uff201", "\u200b=1", "\u00a0=1", "-Dawn", "\rx", "\nx"])
def test_what_a_spreadsheet_would_run_is_neutralised(cell):
    assert neutralise(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+5.2", "-1e9", " -5 ", "-.5", "a=b", "5-3", "", "Torkham", "2025-10-19"])
def test_numbers_and_plain_text_stay_as_they_are(cell):
    assert neutralise(cell) == cell


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_no_number_is_harmed(number):
    (row,) = list(csv.reader(io.StringIO(write_csv(["n"], [[number]]).decode("utf-8-sig"), newline="")))[1:]
    assert float(row[0]) == float(number)
    assert neutralise(str(number)) == str(number)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=4))
def test_every_text_comes_back(cells):
    data = write_csv([f"c{i}" for i in range(len(cells))], [cells])
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n")
    (row,) = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert row == [neutralise(cell) for cell in cells]


# Files

def test_parquet_and_csv_hold_the_same_rows(release):
    for table in TABLES:
        parquet = pq.read_table(release / f"{table.name}.parquet")
        assert parquet.column_names == table.names
        text = (release / f"{table.name}.csv").read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert rows[0] == table.names and len(rows) - 1 == parquet.num_rows
        read = pd.read_csv(release / f"{table.name}.csv")
        assert list(read.columns) == table.names and len(read) == parquet.num_rows
        for column in table.columns:
            meaning = parquet.schema.field(column.name).metadata
            assert meaning[b"description"].decode() == column.description
            if column.kind in ("integer", "number"):
                values = pd.Series(parquet[column.name].to_pylist(), dtype="float64")
                pd.testing.assert_series_equal(read[column.name].astype("float64"), values, check_names=False)


def test_days_are_days_in_parquet(release):
    days = duckdb.sql(f"select typeof(date_start) from '{release}/events.parquet' limit 1").fetchall()
    assert days == [("DATE",)]


def test_texts_are_apart_and_not_in_the_package(release):
    texts = pq.read_table(release / "texts.parquet").to_pylist()
    titles = {row["article_id"]: row["title"] for row in pq.read_table(release / "articles.parquet").to_pylist()}
    package = json.loads((release / "datapackage.json").read_text())
    assert texts and "texts" not in json.dumps(package["resources"])
    full = {row["article_id"]: f"{titles[row['article_id']]}\n{row['text']}" for row in texts}
    for table in ("reports", "claims"):
        for row in pq.read_table(release / f"{table}.parquet").to_pylist():
            assert full[row["article_id"]][row["evidence_start"]:row["evidence_end"]] == row["evidence"]
            assert len(row["evidence"]) <= EVIDENCE_LIMIT
    longest = max(len(line) for line in (release / "events.csv").read_text("utf-8-sig").splitlines())
    assert longest < 2000


def test_the_package_describes_every_column_and_key(release):
    package = json.loads((release / "datapackage.json").read_text())
    by_path = {resource["path"]: resource for resource in package["resources"]}
    for table in TABLES:
        for ending in ("csv", "parquet"):
            resource = by_path[f"{table.name}.{ending}"]
            path = release / resource["path"]
            assert resource["bytes"] == path.stat().st_size and resource["hash"] == f"sha256:{file_sha256(path)}"
            fields = {field["name"]: field for field in resource["schema"]["fields"]}
            assert list(fields) == table.names and resource["schema"]["primaryKey"] == list(table.key)
            for column in table.columns:
                assert fields[column.name]["description"] == column.description
                assert fields[column.name].get("unit") == column.unit
            keys = {key["fields"][0]: key["reference"] for key in resource["schema"]["foreignKeys"]}
            assert keys.keys() == {column.name for column in table.columns if column.refers_to}
    assert package["licenses"] and package["sources"]


def test_a_codebook_lies_beside_the_tables(release):
    with (release / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Table"], row["Column"]) for row in rows] == [(table.name, name) for table in TABLES
                                                               for name in table.names]
    told = {(row["Table"], row["Column"]): row for row in rows}
    for table in TABLES:
        for column in table.columns:
            row = told[table.name, column.name]
            assert row["Unit"] == (column.unit or "") and row["Meaning"] and row["Source"]
    assert told["events", "fatalities_best"]["Unit"] == "persons" and told["events", "km_to_border"]["Always filled"] \
        == "FALSE"
    package = json.loads((release / "datapackage.json").read_text())
    resource = next(one for one in package["resources"] if one["path"] == "codebook.csv")
    assert resource["rows"] == len(rows) and resource["hash"] == f"sha256:{file_sha256(release / 'codebook.csv')}"


def test_the_manifest_has_every_file_and_no_clock(release):
    manifest = json.loads((release / MANIFEST).read_text())
    names = {path.name for path in release.iterdir()} - {MANIFEST}
    assert manifest["files"].keys() == names and manifest["name"] == release.name
    for name, file in manifest["files"].items():
        assert file["sha256"] == file_sha256(release / name)
    status = pd.read_parquet(release / "ledger.parquet")["status"]
    assert len(status) == 249 and len(manifest["code_sha256"]) == 64
    assert manifest["rows"]["articles"] == int(status.isin(["coded", "no_event"]).sum()) > 200
    assert manifest["inputs"][0]["name"] == "digests.jsonl" and len(manifest["inputs"][0]["sha256"]) == 64
    assert not {"date", "time", "created"} & set(json.dumps(manifest).split('"'))


# Validation can fail

@pytest.mark.parametrize("table, column, value, told", [
    ("events", "event_type", "parade", "event_type"), ("events", "actors_a", "PAK.MIL|MARTIANS", "actors_a"),
    ("events", "fatalities_best", -1, "fatalities_best"), ("events", "latitude", 91.0, "latitude"),
    ("events", "geo_precision", "exact", "geo_precision"), ("events", "evidence", "x" * 241, "evidence"),
    ("reports", "event_id", "E0", "events.event_id"), ("claims", "report_id", "R0", "reports.report_id"),
    ("articles", "title", None, "title"), ("ledger", "status", "lost", "status"),
    ("events", "date_end", "1999-01-01", "behind"),
])
def test_validation_finds_a_bad_cell(release, table, column, value, told):
    tables = frames(release)
    validate(tables)
    value = pd.Timestamp(value) if column == "date_end" else value
    tables[table].loc[0, column] = value
    with pytest.raises(InvalidTable, match=told):
        validate(tables)


def test_validation_finds_a_key_that_stands_twice_and_a_column_too_many(release):
    tables = frames(release)
    tables["events"].loc[1, "event_id"] = tables["events"].loc[0, "event_id"]
    with pytest.raises(InvalidTable, match="event_id"):
        validate(tables)
    tables = frames(release)
    tables["events"]["extra"] = 1
    with pytest.raises(InvalidTable, match="extra"):
        validate(tables)
    assert set(frames(release)) == set(BY_NAME)


# Faults of the file system

def snapshot(out: Path) -> dict[str, str]:
    return {str(path.relative_to(out)): file_sha256(path) for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize("after, number, told", [
    (0, errno.ENOSPC, "disk that holds .* is full"), (7, errno.ENOSPC, "disk that holds .* is full"),
    (14, errno.ENOSPC, "disk that holds .* is full"), (3, errno.EACCES, "no permission"),
    (5, errno.EROFS, "read-only"), (12, errno.EIO, "cannot be written")])
def test_a_fault_leaves_the_old_release_whole_and_nothing_aside(out, tmp_path, monkeypatch, number, told, after):
    before, latest = snapshot(out), (out / LATEST).readlink()
    monkeypatch.setattr("etl.fingerprint.versions", lambda: {"spacy": "another"})  # so that there is a release to make
    real, written = etl.publish._put, []

    def fail(path: Path, data: bytes):
        if len(written) == after:
            raise OSError(number, os.strerror(number))
        written.append(path)
        return real(path, data)

    monkeypatch.setattr(etl.publish, "_put", fail)
    with pytest.raises(PublishFault, match=told):
        make_release(out)
    assert snapshot(out) == before and (out / LATEST).readlink() == latest and is_whole(out / LATEST)
    assert {path.name for path in out.iterdir()} == {LATEST, str(latest)}


def test_a_real_full_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("mounting a small disk needs root; the fault itself is tested above")
    try:
        with pytest.raises(PublishFault, match="is full"):
            make_release(disk)
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_cannot_be_written_is_told_before_any_coding(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    monkeypatch.setattr("etl.workers.code_all", lambda *rest: pytest.fail("coded for nothing"))
    with pytest.raises(PublishFault, match="no permission"):
        make_release(tmp_path / "out")


def test_two_runs_at_once_publish_one_release(out, monkeypatch):
    monkeypatch.setattr("etl.pipeline.is_whole", lambda release: False)  # as when both began before either was done
    before = snapshot(out)
    made = (out / LATEST).resolve().stat().st_ino
    make_release(out)
    assert snapshot(out) == before and (out / LATEST).resolve().stat().st_ino == made


def test_out_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(PublishFault, match="is a file|not a folder"):
        make_release(tmp_path / "out")


def test_latest_is_relative_and_comes_back(out, tmp_path):
    assert not (out / LATEST).readlink().is_absolute()
    moved = tmp_path / "moved"
    out.rename(moved)
    assert is_whole(moved / LATEST)
    (moved / LATEST).unlink()
    point_to(moved, "r0")
    make_release(moved)
    assert is_whole(moved / LATEST)


def test_latest_that_is_a_folder_is_not_overwritten(out):
    (out / LATEST).unlink()
    (out / LATEST).mkdir()
    with pytest.raises(PublishFault, match="not a link"):
        make_release(out)


@pytest.mark.parametrize("harm", ["delete", "change", "manifest"])
def test_a_damaged_release_is_made_anew(out, harm):
    release = (out / LATEST).resolve()
    before = snapshot(out)
    if harm == "delete":
        (release / "claims.csv").unlink()
    elif harm == "change":
        data = (release / "claims.csv").read_bytes()
        (release / "claims.csv").write_bytes(data[:-3] + b"9\r\n")
    else:
        (release / MANIFEST).write_text("{")
    assert not is_whole(release)
    assert not make_release(out).skipped
    assert snapshot(out) == before


def test_what_a_killed_run_left_is_cleared(out):
    left = out / ".building-left"
    left.mkdir()
    (left / "events.csv").write_text("half")
    shutil.rmtree((out / LATEST).resolve())
    make_release(out)
    assert not left.exists() and is_whole(out / LATEST)
