"""The briefing: its numbers are those of the tables, it stands alone, and nothing of an article is rendered."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from etl.__main__ import main
from etl.brief import MAIN_EVENTS, brief, brief_of
from etl.brief.pictures import map_of, timeline, unit_of
from etl.faults import InputFault
from tests import make_release

TABLES = ("events", "reports", "articles")


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("releases")
    make_release.make_release(folder)
    return (folder / "latest").resolve()


@pytest.fixture(scope="module")
def tables(release) -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(release / f"{name}.parquet") for name in TABLES}


class _Read(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.words, self.links = [], "", []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.words += f" {data}"


def read(page: str) -> _Read:
    found = _Read()
    found.feed(page)
    found.words = " ".join(found.words.split())
    return found


def whole(tables) -> tuple[dt.date, dt.date]:
    days = pd.to_datetime(tables["events"]["date_start"])
    return days.min().date(), days.max().date()


def test_the_headline_numbers_are_sums_of_the_table(tables):
    first, last = whole(tables)
    events = tables["events"]
    words = read(brief(tables, first, last, "r1", "All events")).words
    killed = int(events["fatalities_best"].fillna(0).sum())
    assert f"Events {len(events):,} Killed {killed:,}" in words
    assert f"Contested {int(events['contested'].fillna(False).sum())}" in words


def test_the_main_events_are_those_with_most_killed_and_carry_their_evidence(tables):
    first, last = whole(tables)
    found = read(brief(tables, first, last, "r1", "All events"))
    ordered = tables["events"].sort_values("fatalities_best", ascending=False).head(1)
    assert f"“{ordered['evidence'].iloc[0]}”" in found.words and f"event {ordered['event_id'].iloc[0]}" in found.words
    assert found.tags.count("li") == min(MAIN_EVENTS, len(tables["events"]))


def test_the_page_stands_alone_and_runs_nothing(tables):
    first, last = whole(tables)
    page = brief(tables, first, last, "r1", "All events", link="https://torkham.example/?from=x&to=y")
    found = read(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    assert all(link.startswith(("https://", "http://", "#")) for link in found.links)
    assert "default-src 'none'" in page and "url(http" not in page and "@import" not in page


HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> {{ 7*7 }} **x**"


def test_text_of_articles_is_shown_and_never_rendered(tables):
    changed = {name: frame.copy() for name, frame in tables.items()}
    for column in ("evidence", "place", "district", "province"):
        changed["events"][column] = HOSTILE
    changed["reports"]["evidence"] = HOSTILE
    changed["articles"]["publisher"], changed["articles"]["url"] = HOSTILE, "javascript:alert(1)"
    found = read(brief(changed, *whole(tables), HOSTILE, HOSTILE, link="javascript:alert(1)"))
    assert not {"script", "img"} & set(found.tags) and "{{ 7*7 }}" in found.words and "**x**" in found.words
    assert not [link for link in found.links if link.startswith("javascript")]


def test_a_period_without_events_says_so(tables):
    empty = {**tables, "events": tables["events"].head(0)}
    words = read(brief(empty, dt.date(2020, 1, 1), dt.date(2020, 1, 31), "r1", "All events")).words
    assert "No event of this release begins in the period" in words and "Killed 0" in words


def test_the_same_tables_give_the_same_bytes(tables):
    first, last = whole(tables)
    assert brief(tables, first, last, "r1", "x") == brief(tables, first, last, "r1", "x")


def test_pictures_hold_text_and_as_many_circles_as_placed_events(tables):
    events, (first, last) = tables["events"], whole(tables)
    assert "Killed</text>" in timeline(events, pd.Timestamp(first), pd.Timestamp(last))
    one = events.dropna(subset=["latitude"]).head(1)
    picture = map_of(one, [one["event_id"].iloc[0]])
    assert ">1</text>" in picture and "stroke-dasharray" in picture


@pytest.mark.parametrize(("days", "unit"), [(1, "day"), (45, "day"), (46, "week"), (400, "week"), (401, "month")])
def test_bars_stand_for_what_can_be_read(days, unit):
    first = pd.Timestamp("2025-01-01")
    assert unit_of(first, first + pd.Timedelta(days=days - 1)) == unit


def test_the_command_writes_a_file_and_tells_faults(release, tmp_path, capsys):
    target = tmp_path / "brief.html"
    assert main(["brief", "--release", str(release), "--output", str(target)]) == 0
    assert re.search(r"<h1>The Pakistan–Afghanistan border, .*\d{4}</h1>", target.read_text("utf-8"))
    assert main(["brief", "--release", str(tmp_path / "none"), "--output", str(target)]) == 1
    assert "no whole release" in capsys.readouterr().err
    assert main(["brief", "--release", str(release), "--output", str(tmp_path / "no" / "b.html")]) == 1
    assert "make it first" in capsys.readouterr().err
    with pytest.raises(InputFault, match="this order"):
        brief_of(release, dt.date(2026, 1, 2), dt.date(2026, 1, 1))
