"""A few readers at once for some seconds: no error, no page of two releases (wholly: ``python -m tests.load``)."""

from __future__ import annotations

import json

import pytest

from tests import load


def test_some_readers_find_no_error_and_no_mixed_page(capsys: pytest.CaptureFixture[str]) -> None:
    ended = load.main(["--sessions", "5", "--seconds", "20", "--thinks", "3"])
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == {} and told["mixed"] == 0 and told["stale"] == 0 and ended == 0
    assert told["runs"] >= 5 and told["pages_by_evidence"][load.MARKS[0]] > 0


def test_a_mixed_page_and_an_error_are_seen() -> None:
    tally = load.Tally()
    assert load.shares([3.0, 1.0, 2.0]) == {"n": 3, "p50": 2.0, "p95": 3.0, "most": 3.0}
    reader = load.Reader("http://127.0.0.1:1", tally, [], load.random.Random(0))
    told = load.ForwardMsg()
    told.delta.new_element.exception.type = "KeyError"
    reader._note(told)
    told.delta.new_element.alert.body, told.delta.new_element.alert.format = "There is no release", load.Alert.ERROR
    reader._note(told)
    assert dict(tally.errors) == {"KeyError on overview": 1, "There is no release (on overview)": 1}
