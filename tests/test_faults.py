"""A release that is deleted or damaged under a running dashboard: a page that says so, and the way back by itself."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import duckdb
import pytest
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import changes, data_addresses, releases
from dashboard.releases import ReleaseFault
from tests import browser as browsing
from tests import small_release
from tests.test_browser import assert_sound

NAME = small_release.NAME


def _cut(path: Path) -> None:
    file = path / "events.parquet"
    file.write_bytes(file.read_bytes()[:500])
    os.utime(file, (file.stat().st_atime, file.stat().st_mtime + 5))


def _other_types(path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * REPLACE ([1, 2] AS actors_a) FROM '{path}/events.parquet') "
                           f"TO '{path}/other'")
    (path / "other").replace(path / "events.parquet")
    os.utime(path / "events.parquet", (0, 4e9))


def _emptied(path: Path) -> None:
    for file in path.iterdir():
        file.unlink()


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "deleted": (shutil.rmtree, "no release to show yet"),
    "emptied": (_emptied, "no release to show yet"),
    "cut": (_cut, "events.parquet cannot be read"),
    "without a table": (lambda path: (path / "reports.parquet").unlink(), "reports.parquet is missing"),
    "with other types": (_other_types, "cannot be read"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_release_is_told_and_a_restored_one_is_read(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "releases"
    path = small_release.write(folder)
    newest = max(file.stat().st_mtime for file in path.iterdir())
    os.utime(path / "reports.parquet", (newest + 1, newest + 1))
    shutil.copytree(path, tmp_path / "kept")
    first = releases.load(NAME, folder)
    damage, said = FAULTS[fault]
    damage(path)
    for _ in range(2):  # a fault is not kept, nor is what was read before shown for it
        with pytest.raises(ReleaseFault, match=said):
            releases.load(NAME, folder)
    assert len(first.query("SELECT * FROM events")) == 8  # who has it open reads on
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(tmp_path / "kept", path)
    assert releases.load(NAME, folder).counts == first.counts


ADDRESSES = ("events.csv", "events.geojson", "reports.parquet", "timeline.csv", "comentions.csv", "codebook.csv",
             "briefing.html", "picture.png")


@pytest.mark.parametrize("fault", FAULTS)
def test_addresses_of_data_tell_a_damaged_release_and_serve_a_restored_one(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    folder = tmp_path / "releases"
    path = small_release.write(folder)
    shutil.copytree(path, tmp_path / "kept")
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(folder))
    client = TestClient(Starlette(routes=data_addresses.routes()), raise_server_exceptions=False)
    asked = [f"/data/{name}{query}" for name in ADDRESSES for query in ("", f"?release={NAME}")]
    sound = {address: client.get(address) for address in asked}
    assert {answer.status_code for answer in sound.values()} == {200}
    damage, said = FAULTS[fault]
    damage(path)
    gone = said.startswith("no release")  # then a named one is not there, and the list is empty
    for address in asked:
        known = {"If-None-Match": sound[address].headers["etag"]}  # nor is it said that nothing changed
        for answer in (client.get(address), client.get(address, headers=known)):
            assert answer.status_code == (404 if gone and "release=" in address else 503), address
            told = answer.json()
            assert set(told) == {"error", "cure"} and answer.headers["cache-control"] == "no-store"
            assert ("/data/releases.json" in told["cure"] if answer.status_code == 404 else "make run" in told["cure"])
            assert "Traceback" not in answer.text and str(tmp_path) not in answer.text
    assert [one["release"] for one in client.get("/data/releases.json").json()["releases"]] == ([] if gone else [NAME])
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(tmp_path / "kept", path)
    for address in asked:
        answer = client.get(address)
        assert answer.status_code == 200 and answer.content == sound[address].content, address


def test_a_table_that_a_release_lists_and_lacks_is_a_fault_and_not_an_older_version(tmp_path: Path) -> None:
    path = small_release.write(tmp_path)
    (path / "tolls.parquet").unlink()
    assert "table tolls" in releases.load(NAME, tmp_path).lacking
    (path / "release.json").write_text(json.dumps({"files": {"tolls.parquet": {}}}), encoding="utf-8")
    os.utime(path / "events.parquet", (0, 4e9))
    with pytest.raises(ReleaseFault, match=r"tolls\.parquet is missing"):
        releases.load(NAME, tmp_path)


def test_a_folder_that_goes_between_two_looks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small_release.write(tmp_path)
    found = releases.available(tmp_path)
    shutil.rmtree(path)
    monkeypatch.setattr(releases, "available", lambda where=None: found)
    with pytest.raises(ReleaseFault, match="is missing"):
        releases.load(NAME, tmp_path)
    assert releases.stamp_of(path) == 0


def test_a_release_replaced_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_release.write(tmp_path)
    stamps = iter((1, 2, 2))
    monkeypatch.setattr(releases, "stamp_of", lambda path: next(stamps))
    assert releases.load(NAME, tmp_path).stamp == 2


def test_readers_who_come_at_once_open_and_compare_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = small_release.write(tmp_path), small_release.write(tmp_path, "r-other")
    opened: list[Path] = []
    compared: list[int] = []
    plainly, tables = releases._opened, changes.diff.tables_of
    monkeypatch.setattr(releases, "_opened", lambda path, stamp: (opened.append(path), plainly(path, stamp))[1])
    monkeypatch.setattr(changes.diff, "tables_of", lambda path: (compared.append(1), tables(path))[1])
    together = Barrier(8)

    def read() -> None:
        together.wait()
        releases.load(NAME, tmp_path)
        changes.between(old, new)

    readers = [Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert opened == [old] and len(compared) == 2


@pytest.mark.browser
def test_an_open_page_goes_on_by_itself_when_its_release_is_back(chromium: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    path = small_release.write(folder)
    with browsing.served(folder, tmp_path / "log.txt") as address, browsing.watched(chromium, "light", 1360) as watch:
        page = watch.page
        background = page.get_by_test_id("stSidebar").get_by_text("Background", exact=True)
        watch.open(f"{address}/events?release={NAME}&types=bombing&types=shelling")
        assert "2 events, newest first" in watch.main_text()
        path.rename(tmp_path / "away")
        background.click()
        expect(page.get_by_text("no release to show yet")).to_be_visible()
        (tmp_path / "away").rename(path)
        expect(page.get_by_text("1 event, newest first")).to_be_visible()  # with the filter that was chosen
        sound = (path / "events.parquet").read_bytes()
        (path / "events.parquet").write_bytes(sound[:500])
        page.get_by_test_id("stSidebar").get_by_text("All", exact=True).last.click()
        expect(page.get_by_text("events.parquet cannot be read")).to_be_visible()
        assert "Traceback" not in page.content()
        (path / "events.parquet").write_bytes(sound)
        expect(page.get_by_text("2 events, newest first")).to_be_visible()
        expect(page.get_by_text("cannot be read")).to_have_count(0)
        page.wait_for_timeout(6_000)  # it looks no more
        watch.settle()
        assert_sound(watch)
