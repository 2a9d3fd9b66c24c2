"""A large release, which is kept in a file of DuckDB: the same numbers, nothing reached beside it."""

from __future__ import annotations

import random

import duckdb
import pandas as pd
import pytest

from dashboard import cooccurrence, opening, queries, queries_map, releases
from dashboard.charts import dicts_of
from dashboard.view import View
from etl import names
from etl.schema import split_list
from tests import million, small_release

EVENTS = 2_000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("made")
    return million.write(out, EVENTS, small_release.write(out, "like"))


@pytest.fixture
def kept(made, tmp_path, monkeypatch):
    """The release opened from a file, and the folder of that file."""
    monkeypatch.setattr(opening, "LARGE", 0)
    monkeypatch.setattr(opening, "cache_folder", lambda: tmp_path)
    releases._open.cache_clear()
    yield releases.load(made.name, made.parent), tmp_path
    releases._open.cache_clear()


def test_made_up_events_have_the_shape_of_a_release(made):
    release = releases.load(made.name, made.parent)
    assert release.counts["events"] == EVENTS and release.lacking == ()
    assert release.counts["reports"] > EVENTS < release.counts["mentions"]
    events = queries.events(View.default(release.facts), release)
    assert len(events) == EVENTS and events["event_id"].is_unique and events["evidence"].nunique() > EVENTS * 0.9
    assert (events["date_start"] <= events["date_end"]).all()
    assert events["date_start"].dt.year.min() == 2015 and events["date_start"].dt.year.nunique() > 8
    assert events["date_start"].value_counts().max() < EVENTS / 20  # a day that held most would make every filter quick


def test_a_release_in_a_file_gives_the_numbers_of_one_in_memory(made, kept):
    releases._open.cache_clear()
    with pytest.MonkeyPatch.context() as small:
        small.setattr(opening, "LARGE", 10**12)
        memory = releases.load(made.name, made.parent)
    releases._open.cache_clear()
    file, folder = kept[0], kept[1]
    assert [path.suffix for path in folder.iterdir()] == [".duckdb"] and file.holds_texts and not memory.holds_texts
    assert file.facts == memory.facts and file.counts == memory.counts
    whole = View.default(memory.facts)
    for view in (whole, whole.with_changes(memory.facts, actors=("PAK",), q="fire"),
                 whole.with_changes(memory.facts, places=("Bara",)), whole.with_changes(memory.facts, border_km=20)):
        for ask in (
            lambda release, view=view: queries.events(view, release),
            lambda release, view=view: queries.timeline(view, release, "week"),
            lambda release, view=view: queries.against(view, release),
            lambda release, view=view: queries.comentions(view, release, "paragraph", "actor"),
            lambda release, view=view: cooccurrence.by_month(view, release, "sentence", "npmi"),
            lambda release, view=view: cooccurrence.passages(view, release, "AFG", "PAK", "article"),
            lambda release, view=view: queries_map.locations(view, release),
        ):
            pd.testing.assert_frame_equal(ask(file), ask(memory))


def test_a_search_finds_what_a_look_through_every_text_finds(made):
    release = releases.load(made.name, made.parent)
    whole = View.default(release.facts)
    events = queries.events(whole, release)
    told = queries.reports(whole, release)
    told["said"] = told["title"].fillna("") + " " + told["evidence"]
    reports = told.groupby("event_id")["said"].agg(" ".join)
    texts = {}
    for row in dicts_of(events):
        cells = [row["evidence"], row["event_type"].replace("_", " "), row["place"], row["district"], row["province"],
                 *split_list(row["other_places"]), reports.get(row["event_id"])]
        for actor in {actor for side in opening.SIDES for actor in split_list(row[side])}:
            cells += [actor, names.actor_names().get(actor)]
        texts[row["event_id"]] = " ".join(cell for cell in cells if isinstance(cell, str)).lower()
    rng = random.Random(11)
    looked_for = ["a", "e", "killed", "(1", "TTP", "no-such-word", "%", "pakistan-"]
    for text in rng.sample(sorted(texts.values()), 60):
        word = rng.choice(text.split())
        first = rng.randrange(len(word))
        looked_for.append(word[first:first + rng.choice((1, 2, 3, 5, 40))])
    found_any = 0
    for q in (*looked_for, "killed in", "torkham open", "in in"):
        view = whole.with_changes(release.facts, q=q)
        words = view.q.lower().split()
        expected = {event_id for event_id, text in texts.items() if all(word in text for word in words)}
        assert set(queries.events(view, release)["event_id"]) == expected, q
        found_any += bool(expected)
    assert found_any > 60


def test_the_file_is_made_once_and_nothing_else_can_be_reached(made, kept):
    release, folder = kept
    before = [(path, path.stat().st_mtime_ns) for path in folder.iterdir()]
    releases._open.cache_clear()
    assert releases.load(made.name, made.parent).counts == release.counts
    assert before == [(path, path.stat().st_mtime_ns) for path in folder.iterdir()]
    for sql in (f"SELECT * FROM read_parquet('{made / 'events.parquet'}')", f"ATTACH '{folder / 'other.duckdb'}'",
                f"COPY events TO '{folder / 'out.csv'}'", "SET enable_external_access = true",
                "CREATE TABLE events_too AS FROM events", "DELETE FROM events"):
        with pytest.raises(duckdb.Error):
            release.query(sql)


def test_another_release_under_the_same_name_is_another_file(made, kept):
    _, folder = kept
    (made / "events.parquet").touch()
    releases.load(made.name, made.parent)
    assert len(list(folder.iterdir())) == 2
    for number in range(4):
        (folder / f"old-{number}.duckdb").touch()
    (made / "events.parquet").touch()
    releases.load(made.name, made.parent)
    assert len(list(folder.iterdir())) == opening.FILES
