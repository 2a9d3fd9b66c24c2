"""Queries over a small release whose answers can be counted by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from dashboard import queries, queries_map, releases
from dashboard.releases import Release, ReleaseFault
from dashboard.sides import events_between
from dashboard.view import View
from etl import wording
from etl.schema import BY_NAME, CLAIMS, EVENTS, EVIDENCE_LIMIT, REPORTS
from tests import small_release


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("releases")
    small_release.write(path)
    return path


@pytest.fixture(scope="module")
def release(folder: Path) -> Release:
    return releases.load(where=folder)


def view(release: Release, **changes: Any) -> View:
    return View.default(release.facts).with_changes(release.facts, **changes)


def ids(frame: pd.DataFrame) -> list[str]:
    return list(frame["event_id"])


def test_the_facts_are_what_the_release_holds(release: Release) -> None:
    facts = release.facts
    assert (facts.date_from, facts.date_to) == (dt.date(2024, 10, 1), dt.date(2025, 11, 1))
    assert facts.actors[:4] == ("PAK", "PAK.GOV", "PAK.MIL", "PAK.POL") and "CIV" in facts.actors
    assert facts.provinces == ("Kandahar", "Khyber Pakhtunkhwa", "Kunar")
    assert {"Bara", "Landi Kotal", "Tirah"} <= set(facts.places)
    assert release.counts["events"] == 8 and release.province_country["Kunar"] == "AF"


def test_events_come_newest_first_with_all_columns(release: Release) -> None:
    found = queries.events(view(release), release)
    assert list(found.columns) == EVENTS.names
    assert ids(found) == ["e-hostile", "e-line", "e-truce", "e-none", "e-clash", "e-close", "e-bomb", "e-old"]


@pytest.mark.parametrize(("changes", "expected"), [
    ({"date_from": dt.date(2025, 10, 12), "date_to": dt.date(2025, 10, 13)}, ["e-none", "e-clash", "e-close"]),
    ({"types": ("bombing", "border_clash")}, ["e-clash", "e-bomb"]),
    ({"types": ()}, []),
    ({"actors": ("TTP",)}, ["e-hostile", "e-line", "e-bomb"]),
    ({"actors": ("TTP.JUA",)}, ["e-hostile"]),
    ({"actors": ("PAK.POL",)}, ["e-hostile", "e-bomb"]),
    ({"actors": ("QAT",)}, ["e-truce"]),
    ({"provinces": ("Kunar", "Kandahar")}, ["e-clash", "e-close", "e-old"]),
    ({"places": ("Landi Kotal",)}, ["e-hostile"]),
    ({"places": ("Doha", "Bannu")}, ["e-truce", "e-bomb"]),
    ({"min_fatalities": 3}, ["e-line", "e-clash", "e-old"]),
    ({"min_fatalities": 10}, []),
    ({"border_km": 1}, ["e-line", "e-clash", "e-close"]),  # 0.5 km, or along the border
    ({"border_km": 1, "types": ("border_clash", "bombing")}, ["e-clash"]),
    ({"salience": "background"}, ["e-line", "e-old"]),
    ({"q": "SPIN boldak"}, ["e-clash", "e-close"]),
    ({"q": "boldak crossing"}, ["e-close"]),
    ({"q": "qatar"}, ["e-truce"]),
    ({"q": "100%_'; DROP TABLE events; --"}, []),
    ({"actors": ("PAK",), "provinces": ("Khyber Pakhtunkhwa",), "min_fatalities": 2}, ["e-bomb"]),
])
def test_each_filter_leaves_what_it_says(release: Release, changes: dict[str, Any], expected: list[str]) -> None:
    assert ids(queries.events(view(release, **changes), release)) == expected


def test_what_a_distance_leaves_out_for_want_of_one_is_counted(release: Release) -> None:
    assert queries.without_distance(view(release, border_km=1), release) == 5
    assert queries.without_distance(view(release, border_km=1, types=("bombing",)), release) == 1


def test_the_map_is_told_of_places_as_sums_that_lead_to_their_events(release: Release) -> None:
    whole = view(release)
    table = queries_map.locations(whole, release)
    assert table["n_events"].sum() == 8 and table["killed_best"].sum() == 20 and table["killed_high"].sum() == 26
    boldak = table[table["place"] == "Spin Boldak"]
    assert boldak[["event_type", "n_events", "killed_best"]].to_numpy().tolist() == [
        ["border_clash", 1, 9], ["border_closure", 1, 0]]
    assert boldak["location"].nunique() == 1 and table["location"].nunique() == 7
    assert ids(queries_map.events_at(whole, release, boldak["location"])) == ["e-clash", "e-close"]
    assert ids(queries_map.events_at(whole, release, boldak["location"], 1)) == ["e-clash"]
    bombs = view(release, types=("bombing",))
    assert queries_map.events_at(bombs, release, boldak["location"]).empty


def test_periods_next_to_each_other_add_up(release: Release) -> None:
    first = queries.events(view(release, date_to=dt.date(2025, 10, 12)), release)
    rest = queries.events(view(release, date_from=dt.date(2025, 10, 13)), release)
    assert sorted(ids(first) + ids(rest)) == sorted(ids(queries.events(view(release), release)))


def test_reports_and_claims_follow_the_events(release: Release) -> None:
    clash = view(release, types=("border_clash",))
    reports = queries.reports(clash, release)
    assert list(reports.columns[:len(REPORTS.names)]) == REPORTS.names
    assert list(reports["article_id"]) == ["n2", "n3", "n1"] and list(reports["publisher"])[2] == "The Daily Pass"
    claims = queries.claims(clash, release)
    assert list(claims.columns[:len(CLAIMS.names)]) == CLAIMS.names
    assert list(claims["claim_id"]) == ["c1", "c2", "c3"]
    other = view(release, types=("talks",))
    assert len(queries.reports(other, release)) == len(queries.claims(other, release)) == 0
    assert len(queries.reports(other, release, "e-clash")) == 3
    assert list(queries.claims(other, release, "e-bomb")["claim_id"]) == ["c4"]


def test_an_event_is_found_by_its_id_alone(release: Release) -> None:
    assert ids(queries.event(release, "e-old")) == ["e-old"]
    assert queries.event(release, "' OR 1=1 --").empty


def test_the_timeline_counts_each_event_once_and_says_which_are_imprecise(release: Release) -> None:
    for unit in queries.UNITS:
        found = queries.timeline(view(release), release, unit)
        assert found["n_events"].sum() == 8 and found["fatalities_best"].sum() == 20
    weeks = queries.timeline(view(release), release, "week")
    assert weeks["period_start"].dt.weekday.eq(0).all()
    days = queries.timeline(view(release), release, "day").set_index("event_type")["n_imprecise"]
    assert dict(days[days > 0]) == {"bombing": 1, "shelling": 1, "armed_clash": 1}
    months = queries.timeline(view(release), release, "month").set_index("event_type")["n_imprecise"]
    assert dict(months[months > 0]) == {"armed_clash": 1}
    with pytest.raises(ValueError, match="unit must be"):
        queries.timeline(view(release), release, "year'); --")  # type: ignore[arg-type]


def test_an_open_range_never_makes_the_high_sum_lower_than_the_best(release: Release) -> None:
    found = queries.by_type(view(release), release).set_index("event_type")
    assert found.loc["armed_attack", "fatalities_high"] == 1
    assert (found["fatalities_low"].dropna() <= found["fatalities_best"].dropna()).all()
    assert pd.isna(found.loc["agreement", "fatalities_best"])


def test_marks_are_diplomacy_and_border_in_order_of_time(release: Release) -> None:
    assert ids(queries.marks(view(release), release)) == ["e-close", "e-truce"]
    assert queries.marks(view(release, types=("bombing",)), release).empty


def test_comentions_leave_out_copies_and_count_each_text_once(release: Release) -> None:
    def pairs(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
        return {(row.actor_1, row.actor_2): row.n for row in frame.itertuples()}

    assert pairs(queries.comentions(view(release), release, "sentence")) == {("AFG", "PAK"): 4, ("PAK", "TTP"): 1}
    assert pairs(queries.comentions(view(release), release, "article")) == {
        ("AFG", "PAK"): 3, ("AFG", "QAT"): 1, ("PAK", "QAT"): 1, ("PAK", "TTP"): 1}
    fine = pairs(queries.comentions(view(release), release, "article", "actor"))
    assert fine[("AFG", "PAK.MIL")] == 2 and ("AFG", "AFG.MIL") not in fine
    assert pairs(queries.comentions(view(release, types=("bombing",)), release, "sentence")) == {("PAK", "TTP"): 1}
    with pytest.raises(ValueError, match="no texts by"):
        queries.comentions(view(release), release, "book")  # type: ignore[arg-type]


def test_sides_have_a_direction_only_where_the_codebook_gives_one(release: Release) -> None:
    found = {(row.actor_a, row.actor_b, row.directed): (row.n_events, row.fatalities_best)
             for row in queries.against(view(release), release).itertuples()}
    assert found[("AFG", "PAK", False)] == (2, 9)
    assert found[("TTP", "PAK", True)] == (2, 3), "two branches hit in one event count it once"
    assert found[("PAK", "TTP", False)] == (1, 5)
    assert found[("PAK", "AFG", True)][0] == 2 and pd.isna(found[("PAK", "AFG", True)][1])
    fine = queries.against(view(release, actors=("TTP.JUA",)), release, "actor")
    assert set(fine["actor_b"]) == {"PAK.MIL", "PAK.POL"}


def test_a_period_is_compared_with_one_of_equal_length_before(release: Release) -> None:
    october = view(release, date_from=dt.date(2025, 10, 1), date_to=dt.date(2025, 10, 31))
    assert queries.period_before(october, release.facts) == (dt.date(2025, 8, 31), dt.date(2025, 9, 30))
    found = queries.before_after(october, release).set_index("event_type")
    assert found.loc["bombing", ["n_events", "n_events_before"]].tolist() == [0, 1]
    assert found.loc["border_clash", ["n_events", "n_events_before"]].tolist() == [1, 0]
    assert found.loc["bombing", "fatalities_best_before"] == 2
    whole = queries.before_after(view(release), release)
    assert queries.period_before(view(release), release.facts) is None
    assert whole["n_events_before"].isna().all() and whole["n_events"].sum() == 8


def test_an_excerpt_stays_in_its_paragraph_and_within_the_limit() -> None:
    text = "Title\n" + "before " * 60 + "the very words" + " after" * 60 + "\nnext paragraph"
    start = text.index("the very words")
    left, evidence, right = queries.paragraph_excerpt(text, start, start + len("the very words"))
    assert evidence == "the very words" and left.startswith("… before") and right.endswith("after …")
    assert len(left + evidence + right) <= EVIDENCE_LIMIT
    short = "Title\nA clash began at dawn.\nNext."
    at = short.index("clash")
    assert queries.paragraph_excerpt(short, at, at + 5) == ("A ", "clash", " began at dawn.")


def test_no_release_and_broken_ones_say_how_to_cure_it(tmp_path: Path) -> None:
    with pytest.raises(ReleaseFault, match="no release to show yet.*make run"):
        releases.load(where=tmp_path / "nowhere")
    path = small_release.write(tmp_path)
    (path / "claims.parquet").write_bytes(b"not parquet")
    with pytest.raises(ReleaseFault, match=r"claims\.parquet cannot be read"):
        releases.load(where=tmp_path)
    (path / "claims.parquet").unlink()
    with pytest.raises(ReleaseFault, match=r"claims\.parquet is missing"):
        releases.load(where=tmp_path)


def test_a_table_that_no_version_had_so_is_refused(tmp_path: Path) -> None:
    path = small_release.write(tmp_path)
    pd.read_parquet(path / "events.parquet").drop(columns="event_type").to_parquet(path / "events.parquet")
    with pytest.raises(ReleaseFault, match="lacks the columns event_type"):
        releases.load(where=tmp_path)


def test_a_release_of_an_older_version_opens_and_says_what_is_empty(tmp_path: Path) -> None:
    path = small_release.write(tmp_path)
    pd.read_parquet(path / "events.parquet").drop(columns=["dyad", "contested_accounts"]).to_parquet(
        path / "events.parquet")
    for name in set(BY_NAME) - set(releases.ESSENTIAL):
        (path / f"{name}.parquet").unlink(missing_ok=True)
    old = releases.load(where=tmp_path)
    assert all(old.query(f"SELECT count(*) AS n FROM {name}")["n"].iloc[0] == 0
               for name in set(BY_NAME) - set(releases.ESSENTIAL))
    assert "table tolls" in old.lacking and "events: dyad, contested_accounts" in old.lacking
    events = queries.events(View.default(old.facts), old)
    assert len(events) and events["dyad"].isna().all()
    assert old.query("SELECT count(*) AS n FROM tolls")["n"].iloc[0] == 0


def test_an_empty_release_opens(tmp_path: Path) -> None:
    small_release.write(tmp_path, empty=True)
    empty = releases.load(where=tmp_path)
    everything = View.default(empty.facts)
    assert queries.events(everything, empty).empty
    assert queries.timeline(everything, empty, "month").empty
    assert queries.comentions(everything, empty, "sentence").empty
    assert queries.before_after(everything, empty)["n_events"].sum() == 0


def test_latest_stands_first_under_its_own_name_and_an_old_one_can_be_asked_for(tmp_path: Path) -> None:
    small_release.write(tmp_path, "r-old")
    new = small_release.write(tmp_path, "r-new", empty=True)
    (tmp_path / "latest").symlink_to(new, target_is_directory=True)
    (tmp_path / ".aside").mkdir()
    assert list(releases.available(tmp_path)) == ["r-new", "r-old"]
    assert releases.load(where=tmp_path).name == "r-new"
    assert releases.load("r-old", tmp_path).name == "r-old"
    assert releases.load("../../etc", tmp_path).name == "r-new"


def test_an_open_release_reaches_no_file(release: Release, folder: Path) -> None:
    with pytest.raises(duckdb.Error):
        release.query(f"SELECT * FROM read_parquet('{folder / small_release.NAME / 'events.parquet'}')")
    with pytest.raises(duckdb.Error):
        release.query("SET enable_external_access = true")


@pytest.mark.parametrize(("event_id", "when", "where", "who", "toll"), [
    ("e-clash", "12 Oct 2025", "Spin Boldak, Kandahar, Afghanistan",
     "Pakistan's armed forces and Afghan Taliban forces", "9 (4–13) killed"),
    ("e-bomb", "between 1 Sep 2025 and 2 Sep 2025", "Bannu, Khyber Pakhtunkhwa, Pakistan",
     "Tehrik-i-Taliban Pakistan → Pakistan's police", "2 killed, 0 injured"),
    ("e-truce", "19 Oct 2025", "Doha, Qatar", "Pakistan and Afghan Taliban authorities; mediating: Qatar", ""),
    ("e-hostile", "31 Oct 2025", "Tirah, Khyber, Khyber Pakhtunkhwa, Pakistan (district only)",
     "Jamaat-ul-Ahrar → Pakistan's armed forces, Pakistan's police", "at least 1 killed"),
    ("e-old", "October 2024, day not known", "Kunar, Afghanistan (province only)",
     "Pakistan's armed forces → Civilians in Afghanistan", "3 (3–5) killed"),
    ("e-line", "between 30 Oct 2025 and 1 Nov 2025", "along the border", "Tehrik-i-Taliban Pakistan and Pakistan's "
     "armed forces", "5 killed"),
])
def test_an_event_in_words_claims_no_more_than_the_data(
    release: Release, event_id: str, when: str, where: str, who: str, toll: str,
) -> None:
    row = queries.event(release, event_id).to_dict("records")[0]
    assert (wording.when(row), wording.where(row), wording.who(row), wording.toll(row)) == (when, where, who, toll)


@pytest.mark.parametrize(("cell", "more", "expected"), [
    (("PAK", "AFG"), {}, ["e-truce", "e-none", "e-clash", "e-close"]),
    (("AFG", "PAK"), {}, ["e-truce", "e-clash"]),  # the order means nothing in a clash or at a table
    (("TTP", "PAK"), {}, ["e-hostile", "e-line", "e-bomb"]),
    (("TTP", "PAK.MIL"), {"detail": "actor"}, ["e-line"]),
    (("TTP", "PAK.MIL"), {"opened": ("PAK",)}, ["e-hostile", "e-line"]),
    (("TTP", "PAK"), {"opened": ("PAK",)}, []),
])
def test_events_behind_a_cell(release: Release, cell: tuple[str, str], more: dict[str, Any],
                              expected: list[str]) -> None:
    found, n = events_between(view(release), release, *cell, **more)
    assert ids(found) == expected and n == len(expected)
    assert ids(events_between(view(release), release, *cell, **more, most=1)[0]) == expected[:1]
