"""What pages make is kept for all readers who see the same, within bounds; pages take turns; a server warms up."""

from __future__ import annotations

import gc
import logging
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import made, releases, turns, warming
from dashboard.layout import PAGES
from dashboard.made import Made, weight
from tests import small_release

SCRIPT = Path(made.__file__).parent / "script" / "main.py"


def test_a_thing_is_made_once_and_a_fault_is_not_kept() -> None:
    store, asked = Made(), []
    for _ in range(2):
        assert store.get("a", lambda: asked.append(1) or "made") == "made"
    with pytest.raises(KeyError):
        store.get("b", lambda: {}["nothing"])
    assert store.get("b", lambda: "later") == "later" and len(asked) == 1 and len(store) == 2


def test_readers_who_come_at_once_wait_for_one_of_them() -> None:
    store, asked = Made(), []

    def slow() -> str:
        asked.append(1)
        time.sleep(0.2)
        return "made"

    readers = [threading.Thread(target=store.get, args=("a", slow)) for _ in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(asked) == 1 and store._making == {}


def test_what_is_kept_is_bounded_and_the_oldest_goes_first() -> None:
    store = Made(limit=10_000)
    for key in "abc":
        store.get(key, lambda: "x" * 4_000)
    store.get("b", str)
    assert list(store._kept) == ["c", "b"] and store.size <= 10_000
    assert store.get("large", lambda: "x" * 20_000) and "large" not in store._kept
    assert store.size == sum(size for _, size in store._kept.values())


def test_a_table_is_the_callers_own_and_nobody_is_noted_down() -> None:
    store = Made()
    first, second = (store.get("a", lambda: (pd.DataFrame({"a": [1, 2]}), "words"))[0] for _ in range(2))
    first.loc[0, "a"] = 9
    assert second["a"].tolist() == [1, 2] == store.get("a", dict)[0]["a"].tolist()  # type: ignore[index]
    kept = store._kept["a"][0][0]
    for _ in range(50):
        store.get("a", dict)
    assert kept is not second and len(kept._mgr.blocks[0].refs.referenced_blocks) < 10


def test_weight_counts_what_hangs_on_a_thing() -> None:
    frame = pd.DataFrame({"a": np.arange(1000), "b": ["text " * 20] * 1000})
    assert weight(frame, 10**9) > 100_000 < weight((frame, None), 10**9)
    assert weight(go.Figure(go.Bar(x=np.arange(5000.0), y=["y" * 50] * 5000)), 10**9) > 200_000
    assert weight(SimpleNamespace(held={"key": [b"z" * 7000]}), 10**9) > 7_000
    circle: list[object] = []
    circle.append(circle)
    assert weight(circle, 10**9) < 1_000
    many = [list(range(100)) for _ in range(1000)]
    assert 5_000 < weight(many, 5_000) < 100_000 and weight(many, 10**9) > 5_000_000  # it stops there


def test_pages_take_turns_and_give_them_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_release.write(tmp_path)
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(tmp_path))
    at_once, most = 0, 0
    lock, plainly = threading.Lock(), releases.load

    def counted(*args: object) -> releases.Release:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)
        with lock:
            at_once -= 1
        return plainly(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(releases, "load", counted)
    shown = [AppTest.from_file(str(SCRIPT), default_timeout=60) for _ in range(3 * turns.AT_ONCE)]
    readers = [threading.Thread(target=page.run) for page in shown]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert most <= turns.AT_ONCE and all(not page.exception and page.title[0].value == "Overview" for page in shown)
    missing = AppTest.from_file(str(SCRIPT), default_timeout=60)  # a page that stops, and one that runs anew
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(tmp_path / "none"))
    missing.run()
    assert "no release to show yet" in missing.error[0].value
    assert all(turns.TURNS.acquire(blocking=False) for _ in range(turns.AT_ONCE))
    for _ in range(turns.AT_ONCE):
        turns.TURNS.release()
    assert PAGES not in missing.session_state or missing.session_state[PAGES]


def test_two_readers_of_one_view_share_what_is_drawn_and_others_do_not(tmp_path: Path,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    small_release.write(tmp_path)
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(tmp_path))
    releases._open.cache_clear()

    def specs(**query: str) -> list[str]:
        page = AppTest.from_file(str(SCRIPT), default_timeout=60)
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return [chart.proto.spec for chart in page.get("plotly_chart")]

    first = specs()
    kept = len(releases.load().made)
    assert kept >= 2 and specs() == first and len(releases.load().made) == kept
    assert specs(types="bombing") != first and len(releases.load().made) > kept


def test_warming_spares_the_collector_and_a_fault_ends_nothing(monkeypatch: pytest.MonkeyPatch,
                                                               caplog: pytest.LogCaptureFixture) -> None:
    try:
        warming.warm()
        assert gc.get_freeze_count() > 10_000
        monkeypatch.setattr(warming, "MODULES", ("dashboard.nowhere",))
        with caplog.at_level(logging.ERROR):
            warming.warm()
        assert "could not be loaded beforehand" in caplog.text
    finally:
        gc.unfreeze()
