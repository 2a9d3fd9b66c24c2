"""Hostile addresses give a page, a file or an error of the one shape, and no other file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dashboard import data_addresses
from tests.hostile_addresses import address, run


def test_hundreds_of_hostile_addresses_end_well(tmp_path: Path) -> None:
    told = run(400, 1893, tmp_path)
    assert told["faults"] == [] and sum(told["ends"].values()) == told["tried"] == 400
    assert set(told["ends"]) >= {"file", "page", "page with notices", "status 400", "status 404", "status 405"}


def test_what_is_looked_for_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaks(*_: object) -> object:
        raise ValueError("no such thing")

    monkeypatch.setattr(data_addresses, "_found", leaks)
    told = run(100, 1893, tmp_path)
    assert told["ends"]["WRONG"] == len(told["faults"]) > 10 and "status 500" in told["faults"][0]


def test_the_same_seed_makes_the_same_address_and_long_ones_are_among_them() -> None:
    first, second = ([address(rng) for _ in range(300)] for rng in (random.Random(5), random.Random(5)))
    assert first == second and max(len(text) for _, _, text in first) > data_addresses.MAX_QUERY
