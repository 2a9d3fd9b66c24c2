"""Verification: a whole release passes, and each check fails on the one thing that it is there for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from etl.__main__ import main
from etl.faults import InputFault
from etl.files import csv_bytes, parquet_bytes
from etl.fingerprint import file_sha256
from etl.publish import MANIFEST, TEXTS
from etl.schema import BY_NAME
from etl.validate import DTYPES
from etl.verify import CHECKS, read, verify
from tests.make_release import make_release


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return make_release(tmp_path_factory.mktemp("out")).release


@pytest.fixture
def release(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / whole.name))


def table(release: Path, name: str) -> pd.DataFrame:
    frame = pd.read_parquet(release / f"{name}.parquet")
    return frame.astype({column.name: DTYPES[column.kind] for column in BY_NAME[name].columns})


def rewritten(release: Path, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Changes a table in both formats and the promises about them, so that only the change itself is at fault."""
    frame = change(table(release, name))
    manifest = json.loads((release / MANIFEST).read_text("utf-8"))
    package = json.loads((release / "datapackage.json").read_text("utf-8"))
    for ending, data in (("parquet", parquet_bytes(name, frame)), ("csv", csv_bytes(frame))):
        file = release / f"{name}.{ending}"
        file.write_bytes(data)
        promise = {"bytes": len(data), "sha256": file_sha256(file), "rows": len(frame)}
        manifest["files"][file.name] = promise
        for one in package["resources"]:
            if one["path"] == file.name:
                one.update(bytes=promise["bytes"], hash=f"sha256:{promise['sha256']}", rows=promise["rows"])
    manifest["rows"][name] = len(frame)
    (release / "datapackage.json").write_text(json.dumps(package))
    described = release / "datapackage.json"
    manifest["files"][described.name] = {"bytes": described.stat().st_size, "sha256": file_sha256(described)}
    (release / MANIFEST).write_text(json.dumps(manifest))


def manifested(release: Path, change: Callable[[dict], None]) -> None:
    manifest = json.loads((release / MANIFEST).read_text("utf-8"))
    change(manifest)
    (release / MANIFEST).write_text(json.dumps(manifest))


def first(column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A change of the first row's cell."""
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        frame.loc[frame.index[0], column] = value
        return frame
    return change


HARMS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a byte": ("files_as_promised", lambda r: (r / "claims.csv").open("ab").write(b"x"), "claims.csv has other bytes"),
    "a missing file": ("files_as_promised", lambda r: (r / "mentions.csv").unlink(), "mentions.csv is missing"),
    "a stray file": ("files_as_promised", lambda r: (r / "notes.csv").write_text("x"), "notes.csv is not listed"),
    "another name": ("files_as_promised", lambda r: manifested(r, lambda m: m.update(name="r0")), "names the release"),
    "an unlisted table": ("files_as_promised", lambda r: manifested(r, lambda m: m["files"].pop("claims.csv")),
                          "does not list claims.csv"),
    "an unknown type": ("schema_holds", lambda r: rewritten(r, "events", first("event_type", "picnic")), "picnic"),
    "a negative toll": ("schema_holds", lambda r: rewritten(r, "events", first("fatalities_best", -1)), "-1"),
    "a lost event": ("schema_holds", lambda r: rewritten(r, "claims", first("event_id", "E0")), "not in events"),
    "a key twice": ("schema_holds", lambda r: rewritten(
        r, "events", lambda f: f.assign(event_id=[f["event_id"].iloc[1], *f["event_id"].iloc[1:]])), "event_id"),
    "another count": ("rows_counted", lambda r: manifested(r, lambda m: m["rows"].update(events=1)), "events has"),
    "another package": ("package_agrees", lambda r: (r / "datapackage.json").write_text('{"resources": []}'),
                        "describes events.parquet otherwise"),
    "no package": ("package_agrees", lambda r: (r / "datapackage.json").write_text("{"), "cannot be read"),
    "another CSV": ("csv_is_parquet", lambda r: (r / "articles.csv").write_bytes(
        (r / "articles.csv").read_bytes().replace(b"2025", b"2024", 1)), "articles.csv holds something else"),
    "another text": ("texts_and_excerpts", lambda r: _text(r, lambda t: t.assign(text=["x", *t["text"].iloc[1:]])),
                     "another hash"),
    "a lost text": ("texts_and_excerpts", lambda r: _text(r, lambda t: t.iloc[1:]), "articles without text"),
    "moved evidence": ("texts_and_excerpts", lambda r: rewritten(
        r, "reports", lambda f: first("evidence_start", f["evidence_start"].iloc[0] + 1)(f)),
        "not the text between its offsets"),
    "a miscounted event": ("reports_counted", lambda r: rewritten(r, "events", first("n_reports", 99)), "n_reports"),
    "a dead identifier": ("reports_counted", lambda r: rewritten(r, "event_ids", first("status", "withdrawn")), "live"),
    "a lost input": ("inputs_accounted", lambda r: manifested(
        r, lambda m: m["inputs"].append({"name": "more.jsonl", "sha256": "0"})), "inputs without a row"),
    "an input of nobody": ("inputs_accounted", lambda r: rewritten(r, "ledger", first("input", "other.jsonl")),
                           "that the manifest does not name"),
    "a lost record": ("inputs_accounted", lambda r: rewritten(r, "ledger", lambda f: f.iloc[1:]),
                      "articles without their row in the ledger"),
    "a miscounted record": ("inputs_accounted", lambda r: rewritten(r, "ledger", first("n_events", 77)), "n_events"),
    "a duplicate of nothing": ("inputs_accounted", lambda r: rewritten(r, "ledger", first("duplicate_of", "nobody")),
                               "duplicates of an article"),
}


def _text(release: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    change(pd.read_parquet(release / TEXTS)).to_parquet(release / TEXTS)


def test_a_whole_release_has_no_fault(whole):
    assert verify(whole) == [] and verify(whole.parent / "latest") == []


@pytest.mark.parametrize("harm", HARMS)
def test_each_check_can_fail(release, harm):
    check, does, told = HARMS[harm]
    does(release)
    assert any(told in fault for fault in CHECKS[check](read(release)))
    assert any(told in fault for fault in verify(release))


def test_every_check_is_shown_to_fail():
    assert {check for check, _, _ in HARMS.values()} == set(CHECKS)


def test_a_table_that_cannot_be_read_is_one_fault_among_others(release):
    (release / "events.parquet").write_bytes(b"PAR1")
    faults = verify(release)
    assert any("events.parquet cannot be read" in fault for fault in faults)
    assert any("other bytes" in fault for fault in faults)


def test_the_command_tells_faults_by_its_exit_code(release, tmp_path, capsys):
    assert main(["verify", str(release)]) == 0 and "holds all that it promises" in capsys.readouterr().out
    (release / "events.csv").unlink()
    assert main(["verify", str(release)]) == 1
    told = capsys.readouterr()
    assert "events.csv is missing" in told.out and "1 fault" in told.err
    assert main(["verify", str(tmp_path / "nowhere")]) == 1 and "is no release" in capsys.readouterr().err
    with pytest.raises(InputFault):
        verify(tmp_path)
