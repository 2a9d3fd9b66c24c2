"""Long runs: what is told while they last, and the commands that measure how they scale."""

from __future__ import annotations

import io
import re

import pytest

from etl import bench_again, bench_scale
from etl.faults import InputFault
from etl.progress import Progress
from etl.read import Gauge, find, raws
from tests.labels import code_from_labels
from tests.test_pipeline import ROWS, write


def told(progress: Progress, *arguments: object) -> list[str]:
    assert list(progress.track(*arguments)) == list(range(40))
    return progress.stream.getvalue().splitlines()


def test_the_time_left_is_told_from_the_total_or_from_the_share_that_is_done(monkeypatch):
    monkeypatch.setattr("time.monotonic", iter(range(0, 10**6, 60)).__next__)
    lines = told(Progress(io.StringIO()), range(40), 40, "code")
    assert re.fullmatch(r"code: 4 of 40 articles, \d+ a second, \d+ min left", lines[0]) and len(lines) == 10
    assert "left" not in lines[-1] and lines[-1].startswith("code: 40 of 40")
    lines = told(Progress(io.StringIO()), range(40), None, "read", "record", lambda: 0.25)
    assert re.fullmatch(r"read: 8 records, \d+ a second, \d+(\.\d)? (s|min|h) left", lines[0]) and len(lines) == 6
    assert told(Progress(io.StringIO(), quiet=True), range(40), 40, "code") == []


def test_a_bar_learns_how_much_there_is():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    lines = told(Progress(Terminal()), range(40), None, "read", "record", lambda: 0.5)
    assert "records/s" in "".join(lines)


@pytest.mark.parametrize("ending", ["jsonl", "txt"])
def test_the_gauge_goes_from_nothing_to_all(tmp_path, ending):
    for number in range(3):
        write(tmp_path / "in" / f"{number}.{ending}", ROWS[:200])
    inputs = find([tmp_path / "in", tmp_path / "nowhere"])
    gauge = Gauge(inputs)
    shares = [gauge.share(), *(gauge.share() for _ in raws(inputs, gauge))]
    assert shares[0] == 0 and shares == sorted(shares) and 0.3 < shares[len(shares) // 2] < 0.9 and gauge.share() == 1
    assert Gauge([]).share() == 0


def test_the_command_that_times_a_second_run_finds_the_same_release(tmp_path, monkeypatch):
    monkeypatch.setattr("etl.coding.code_article", code_from_labels)
    assert "1 of them new" in (text := bench_again.bench_again([write(tmp_path / "a.jsonl", ROWS[:100])]))
    assert "byte for byte that of a full run" in text
    with pytest.raises(InputFault, match="at least 100"):
        bench_again.bench_again([write(tmp_path / "b.jsonl", ROWS[:9])])


def test_the_command_that_reckons_a_year_measures_first(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_scale, "_SECONDS", 0.1)
    monkeypatch.setattr("etl.coding.code_article", code_from_labels)
    lines = bench_scale.bench_scale([write(tmp_path / "a.jsonl", ROWS[:5])]).splitlines()
    assert re.match(r"one core here: \d+ pages a second", lines[0].replace(",", "")) and len(lines) == 6
    hours = [int(re.search(r": ([\d,]+) core hours", line)[1].replace(",", "")) for line in lines[3:]]
    assert hours == sorted(hours) and hours[0] > 0
    with pytest.raises(InputFault, match="no relevant article"):
        bench_scale.bench_scale([tmp_path / "nowhere"])
