"""The map in words and as a table, the state of crossings, and steps through time."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from dashboard import crossing_states, located, map_areas, map_marks, map_summary, map_time
from dashboard import map as maps
from dashboard.geometry import crossings
from dashboard.map_classes import classes
from dashboard.view import View
from tests.map_rows import EVENT_ROWS, WIDE

# Words and table

def test_the_table_and_the_words_behind_the_map_hold_every_event(found, shapes):
    table = map_summary.as_table(found, shapes)
    assert table["n_events"].sum() == len(EVENT_ROWS)
    assert table["drawn_as"].tolist() == ["place", "district", "province", *["not drawn"] * 4]
    assert table.loc[table["drawn_as"] != "place", ["latitude", "longitude"]].isna().all(axis=None)
    words = map_summary.in_words(found, map_summary.spots(found, shapes))
    assert words.startswith("11 events: 3 at a place, 2 as a district, 2 as a province. Not drawn: 4 events")
    assert words.endswith(
        "Most: Torkham, Khyber: 3 events; Khyber (district only): 2 events; Kunar (province only): 2 events.")
    nothing = located.locate(EVENT_ROWS.head(0))
    assert map_summary.in_words(nothing, {}) == "No events."


@pytest.mark.parametrize("marks", ["places", "hexagons", "districts"])
def test_every_record_that_can_be_clicked_leads_to_its_events(found, shapes, marks):
    shown, drawn = found, []
    if marks == "places":
        drawn = map_marks.marks(located.sums(found.places))
    if marks == "hexagons":
        size = map_areas.hexagon_size(45.0)
        shown = located.Located(map_areas.binned(found.places, size), found.districts, found.provinces, found.left_out)
        cells = located.sums(shown.places)
        drawn, _ = map_areas.hexagons(cells, dict.fromkeys(cells["area_id"], "x"), size, "events", classes(1), "light")
    if marks == "districts":
        shown = located.as_districts(found)
        drawn, _ = map_areas.choropleth(located.sums(shown.districts), shapes.districts, "events", classes(1), "light")
    else:
        drawn += map_areas.imprecise(located.sums(shown.districts), shapes.districts, "district", WIDE)[0]
    drawn += map_areas.imprecise(located.sums(shown.provinces), shapes.provinces, "province", WIDE)[0]
    spots = map_summary.spots(shown, shapes, marks)
    assert {record["area"] for record in drawn} == set(spots)
    assert sum(spot.n_events for spot in spots.values()) == 7
    assert sum(len(spot.locations) for spot in spots.values()) == 7


# Crossings and time

def closure(event_id: str, day: str, event_type: str = "border_closure", **fields) -> dict:
    return {"event_id": event_id, "event_type": event_type, "date_end": pd.Timestamp(day), "place": "Torkham",
            "other_places": None, "geo_precision": "place", **fields}


def test_a_crossing_has_on_each_day_the_state_last_reported_for_thirty_days():
    history = pd.DataFrame([closure("c", "2025-10-01"), closure("o", "2025-10-05", "border_reopening")])
    state = {day: crossing_states.on_day(history, dt.date.fromisoformat(day)).get("Torkham", ("unknown", None))[0]
             for day in ("2025-09-30", "2025-10-01", "2025-10-04", "2025-10-05", "2025-11-03", "2025-11-04")}
    assert list(state.values()) == ["unknown", "closed", "closed", "open", "open", "unknown"]
    bars = crossing_states.states(history, dt.date(2025, 9, 1), dt.date(2025, 12, 1))  # the timeline says the same
    assert bars[["state", "start", "end"]].astype(str).to_numpy().tolist() == [
        ["closed", "2025-10-01", "2025-10-05"], ["open", "2025-10-05", "2025-11-04"]]


def test_crossings_on_the_map_say_their_state_and_its_source():
    history = pd.DataFrame([closure("c", "2025-10-01")])
    day = dt.date(2025, 10, 3)
    states = crossing_states.on_day(history, day)
    gates = {gate["text"]: gate for gate in maps.gates_of(crossings(), states, day)}
    assert gates["Torkham: closed"]["icon"] == "state-closed"
    assert "On 3 Oct 2025: closed, as reported on 1 Oct 2025" in gates["Torkham: closed"]["tip"]
    assert gates["Ghulam Khan"]["icon"] == "state-unknown"
    assert gates["Torkham: closed"]["size"] > gates["Ghulam Khan"]["size"]
    assert map_summary.gates_in_words(states, day) == (
        "Crossings on 3 Oct 2025: Torkham closed (reported 1 Oct 2025); the others unknown.")
    assert "no report of the 30 days before" in map_summary.gates_in_words({}, day)


def test_steps_cover_the_period_once_and_are_cut_to_it():
    view = View("r", dt.date(2025, 9, 29), dt.date(2025, 11, 5), ("bombing",))
    assert map_time.periods(view, "whole") == []
    for step in ("day", "week", "month"):
        found = map_time.periods(view, step)
        assert found[0][0] == view.date_from and found[-1][1] == view.date_to
        assert all(b[0] - a[1] == dt.timedelta(days=1) for a, b in zip(found, found[1:], strict=False))
    months = map_time.periods(view, "month")
    assert [map_time.label(month) for month in months] == [
        "29 Sep 2025 – 30 Sep 2025", "1 Oct 2025 – 31 Oct 2025", "1 Nov 2025 – 5 Nov 2025"]
    assert [map_time.step_at(months, at) for at in ("2025-10-31", "2025-09-29", "2031-01-01", "")] == [1, 0, 2, 2]
    alone, up_to = (map_time.during(view, months[1], cumulative) for cumulative in (False, True))
    assert (alone.date_from, alone.date_to) == months[1]
    assert (up_to.date_from, up_to.date_to) == (view.date_from, months[1][1]) and up_to.types == view.types
