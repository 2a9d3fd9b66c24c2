"""What is kept between runs: found again only when it is whole, and never in the way of a run."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from etl.cache import FILE, Cache, address

ONE, TWO = address("one"), address("two")


def filled(folder: Path) -> Path:
    with Cache(folder) as kept:
        kept.put({ONE: b"first" * 99, TWO: b"second"})
    return folder / FILE


def found(folder: Path, warned: list[str] | None = None) -> dict[bytes, bytes]:
    with Cache(folder, (warned if warned is not None else []).append) as kept:
        return kept.get([ONE, TWO, address("three")])


def test_what_was_put_is_found_by_later_runs(tmp_path):
    filled(tmp_path / "a" / "b")
    assert found(tmp_path / "a" / "b") == {ONE: b"first" * 99, TWO: b"second"}
    with Cache(None) as nothing:
        nothing.put({ONE: b"x"})
        assert nothing.get([ONE]) == {}


def test_addresses_tell_their_parts_apart():
    assert len({address("ab", "c"), address("a", "bc"), address("abc"), address("abc", ""), address()}) == 5
    assert address("a\ud800") and address(b"a", "b") == address("a", b"b")


def test_a_damaged_value_counts_as_absent(tmp_path):
    path = filled(tmp_path)
    with sqlite3.connect(path) as base:
        value = bytearray(base.execute("SELECT value FROM kept WHERE address = ?", (ONE,)).fetchone()[0])
        value[-1] ^= 1
        base.execute("UPDATE kept SET value = ? WHERE address = ?", (bytes(value), ONE))
    assert found(tmp_path) == {TWO: b"second"}


@pytest.mark.parametrize("damage", [b"no database at all", b"", bytes(9000)])
def test_a_damaged_file_is_begun_anew(tmp_path, damage):
    path = filled(tmp_path)
    path.write_bytes(damage)
    warned: list[str] = []
    assert found(tmp_path, warned) == {} and len(warned) == bool(damage)
    filled(tmp_path)
    assert len(found(tmp_path)) == 2


def test_a_file_with_holes_does_no_harm(tmp_path):
    with Cache(tmp_path) as kept:
        kept.put({address(str(i)): bytes([i]) * 5000 + str(i).encode() for i in range(200)})
    path = tmp_path / FILE
    data = bytearray(path.read_bytes())
    for place in range(5000, len(data), 7919):
        data[place] ^= 0x5A
    path.write_bytes(bytes(data))
    with Cache(tmp_path) as kept:
        got = kept.get([address(str(i)) for i in range(200)])
    assert all(value == bytes([i]) * 5000 + str(i).encode() for i in range(200)
               if (value := got.get(address(str(i)))) is not None)


def test_where_nothing_can_be_kept_the_run_goes_on(tmp_path):
    (tmp_path / "file").write_text("x")
    warned: list[str] = []
    with Cache(tmp_path / "file" / "cache", warned.append) as kept:
        kept.put({ONE: b"x"})
        assert kept.get([ONE]) == {}
    assert len(warned) == 1 and "goes on without it" in warned[0]


def test_a_folder_that_goes_away_meanwhile_does_no_harm(tmp_path):
    with Cache(tmp_path / "c") as kept:
        kept.put({ONE: b"x"})
        for path in (tmp_path / "c").iterdir():
            path.unlink()
        kept.put({TWO: b"y"})
        kept.get([ONE, TWO])
    assert found(tmp_path / "c") in ({}, {ONE: b"x", TWO: b"y"})


def test_runs_share_a_folder(tmp_path):
    with Cache(tmp_path) as one, Cache(tmp_path) as other:
        one.put({ONE: b"x"})
        other.put({TWO: b"y"})
        assert one.get([ONE, TWO]) == other.get([ONE, TWO]) == {ONE: b"x", TWO: b"y"}


def test_what_was_used_longest_ago_goes_first(tmp_path, monkeypatch):
    for day in range(10):
        monkeypatch.setattr("time.time", lambda day=day: day * 86_400.0)
        with Cache(tmp_path) as kept:
            kept.put({address(str(day), str(i)): random.Random(i).randbytes(5000) for i in range(20)})
            kept.get([address("0", "1")])
    size = (tmp_path / FILE).stat().st_size
    with Cache(tmp_path, limit=size // 2) as kept:
        pass
    with Cache(tmp_path) as kept:
        assert len(kept.get([address("9", str(i)) for i in range(20)])) == 20
        assert not kept.get([address("0", "2"), address("1", "1")]) and kept.get([address("0", "1")])
    assert (tmp_path / FILE).stat().st_size < size * 0.7
