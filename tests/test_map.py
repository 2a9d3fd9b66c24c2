"""The map: events are drawn no more precisely than they are known, and no other host is asked for anything."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some
from shapely.geometry import Point, Polygon

from dashboard import legend, located, map_summary
from dashboard import map as maps
from dashboard.geometry import boundaries, bounds_of, crossings, polygons_of
from dashboard.palette import THEMES
from etl.reference import ReferenceFault
from etl.schema import EVENTS

KHYBER = {"district": "Khyber", "province": "Khyber Pakhtunkhwa", "country": "PK"}
MESSAGE_LIMIT = 1_500_000  # bytes that one map may send to the browser


def event(event_id: str, precision: str, **fields) -> dict:
    """One row of the events table, a bombing with nothing known but what is given."""
    return {
        **dict.fromkeys(EVENTS.names), "event_id": event_id, "event_type": "bombing", "event_group": "violence",
        "date_start": "2025-10-12", "date_end": "2025-10-12", "geo_precision": precision, **fields,
    }


def torkham(event_id: str, **fields) -> dict:
    known = {"place": "Torkham", "latitude": 34.1226, "longitude": 71.0932, **KHYBER}
    return event(event_id, "place", **{**known, **fields})


EVENT_ROWS = pd.DataFrame([
    torkham("clash 1", event_type="border_clash", fatalities_low=7, fatalities_best=9, fatalities_high=30),
    torkham("clash 2", event_type="border_clash", fatalities_low=1, fatalities_best=1, fatalities_high=1),
    torkham("gate", event_type="border_closure"),
    event("no position", "place", place="Somewhere in Khyber", **KHYBER, fatalities_best=4, fatalities_low=4,
          fatalities_high=4),
    event("district", "district", **KHYBER),
    event("province", "province", province="Kunar", country="AF"),
    event("district unknown", "district", district="No Such District", province="Kunar", country="AF"),
    event("border", "border"),
    event("country", "country", country="AF"),
    event("doha", "place", place="Doha", country="QA", latitude=25.2854, longitude=51.531, event_type="talks"),
    event("nowhere", "province", province="No Such Province", country="PK"),
])


@pytest.fixture(scope="module")
def shapes():
    return boundaries()


@pytest.fixture(scope="module")
def found():
    return located.locate(EVENT_ROWS)


def ids(table: pd.DataFrame) -> list[str]:
    return table["event_id"].tolist()


# Where events can be drawn

def test_every_event_is_somewhere_exactly_once(found):
    everywhere = [*ids(found.places), *ids(found.districts), *ids(found.provinces), *ids(found.left_out)]
    assert sorted(everywhere) == sorted(ids(EVENT_ROWS))


def test_only_a_known_place_with_a_position_becomes_a_point(found):
    assert ids(found.places) == ["clash 1", "clash 2", "gate"]
    assert ids(found.districts) == ["no position", "district"]
    assert ids(found.provinces) == ["province", "district unknown"]  # the finest level that is both known and drawable


def test_what_is_not_drawn_is_counted_under_its_reason(found):
    assert dict(zip(found.left_out["event_id"], found.left_out["reason"], strict=True)) == {
        "border": "border", "country": "country", "doha": "elsewhere", "nowhere": "unmatched"}
    assert located.left_out_sentence(found) == (
        "Not drawn: 4 events (1 known only to be along the border, 1 known only to their country, 1 outside the map "
        "and 1 whose area is not among the boundaries). They are in the table below.")


@given(some.sampled_from(["district", "province", "country", "border"]), some.floats(25, 38), some.floats(61, 75))
@settings(max_examples=30, deadline=None)
def test_a_position_never_makes_a_point_of_what_is_known_less_precisely(precision, latitude, longitude):
    row = event("x", precision, **KHYBER, latitude=latitude, longitude=longitude)
    assert located.locate(pd.DataFrame([row])).places.empty


def test_a_district_newer_than_the_boundaries_is_drawn_as_its_own_or_its_parent(shapes):
    row = located.area_of("district", "PK", "Balochistan", "Chaman")
    assert row is not None
    assert shapes.districts.loc[row, "name"] in {"Chaman", "Killa Abdullah"}


def test_a_name_in_two_provinces_needs_its_province(shapes):
    twice = shapes.districts.groupby(["country", "name"]).filter(lambda part: len(part) > 1)
    for item in twice.to_dict("records"):
        row = located.area_of("district", item["country"], item["province"], item["name"])
        assert shapes.districts.loc[row, "province"] == item["province"]
        assert located.area_of("district", item["country"], None, item["name"]) is None


def test_sums_of_a_place(found):
    [place] = located.sums(found.places).to_dict("records")
    assert (place["n_events"], place["killed_low"], place["killed_best"], place["killed_high"]) == (3, 8, 10, 31)
    assert place["types"] == [("border_clash", 2), ("border_closure", 1)]
    assert located.sums(found.places.head(0)).empty


# What is drawn

def test_a_place_is_one_spot_with_rings_in_proportion_to_its_types(found):
    outer, inner = maps.discs(located.sums(found.places))
    assert outer["position"] == inner["position"] == [71.0932, 34.1226]
    assert outer["radius"] == maps.radius(10)
    assert (inner["radius"] / outer["radius"]) ** 2 == pytest.approx(2 / 3, abs=0.03)
    assert outer["tip"] == inner["tip"] == (
        "Torkham, Khyber\n3 events, 10 killed (low 8, high 31)\nBorder clash: 2\nBorder closure: 1\n12 Oct 2025")


def test_area_of_a_disc_grows_with_the_dead_within_limits():
    assert maps.radius(0) == maps.radius(1) == maps.SMALLEST
    assert maps.radius(100) == pytest.approx(2 * maps.radius(25))
    assert maps.radius(10_000) == maps.LARGEST


def test_large_discs_lie_under_small_ones(found):
    rows = pd.DataFrame([torkham("far", longitude=70.0, fatalities_best=80), *EVENT_ROWS.to_dict("records")])
    radii = [record["size"] for record in maps.discs(located.sums(located.locate(rows).places))]
    assert radii == sorted(radii, reverse=True)


def test_districts_and_provinces_are_areas_with_their_true_outline(found, shapes):
    districts = maps.shaded(located.sums(found.districts), shapes.districts, "district", "events", "light")
    [outline] = districts
    drawn = Polygon(outline["polygon"][0])
    assert drawn.contains(Point(71.10, 34.0))  # inside the district, west of Jamrud
    assert not drawn.contains(Point(71.56, 34.01))  # Peshawar
    assert outline["tip"].splitlines()[:2] == ["Khyber (district): events known only to the district",
                                               "2 events, 4 killed (low 4, high 4)"]
    provinces = maps.shaded(located.sums(found.provinces), shapes.provinces, "province", "events", "light")
    assert {record["area"].split(":")[0] for record in provinces} == {"province"}
    assert all("position" not in record for record in [*districts, *provinces])


def test_more_events_are_shaded_darker(shapes):
    names = [("Khyber", 1), ("Kurram", 9)]
    rows = [event(f"{name} {i}", "district", district=name, province="Khyber Pakhtunkhwa", country="PK")
            for name, n in names for i in range(n)]
    areas = located.sums(located.locate(pd.DataFrame(rows)).districts)
    alphas = {record["tip"].split(" ")[0]: record["colour"][3]
              for record in maps.shaded(areas, shapes.districts, "district", "events", "light")}
    assert alphas["Kurram"] > alphas["Khyber"]


def test_the_table_and_the_words_behind_the_map_hold_every_event(found, shapes):
    table = map_summary.as_table(found, shapes)
    assert table["n_events"].sum() == len(EVENT_ROWS)
    assert table["drawn_as"].tolist() == ["place", "district", "province", *["not drawn"] * 4]
    assert table.loc[table["drawn_as"] != "place", ["latitude", "longitude"]].isna().all(axis=None)
    assert map_summary.in_words(found, shapes).startswith(
        "11 events: 3 at a place, 2 as a district, 2 as a province. Not drawn: 4 events")
    assert map_summary.in_words(found, shapes).endswith(
        "Most: Torkham, Khyber: 3 events; Khyber (district only): 2 events; Kunar (province only): 2 events.")


def test_every_record_that_can_be_clicked_leads_to_its_events(found, shapes):
    spots = map_summary.spots(found, shapes)
    drawn = [*maps.discs(located.sums(found.places)),
             *maps.shaded(located.sums(found.districts), shapes.districts, "district", "events", "light"),
             *maps.shaded(located.sums(found.provinces), shapes.provinces, "province", "events", "light")]
    assert {record["area"] for record in drawn} == set(spots)
    assert sum(len(spot.events) for spot in spots.values()) == 7


# The deck

def whole_deck(rows: pd.DataFrame, theme="light", bounds=(60.8, 28.9, 75.2, 37.4)):
    shapes, here = boundaries(), located.locate(rows)
    districts, provinces = located.sums(here.districts), located.sums(here.provinces)
    under, over, top = maps.base_layers(shapes, crossings(), bounds, theme)
    areas, points = maps.event_layers(
        maps.shaded(districts, shapes.districts, "district", "fatalities", theme),
        maps.shaded(provinces, shapes.provinces, "province", "fatalities", theme),
        maps.discs(located.sums(here.places), "fatalities", theme), maps.counts_in(districts, shapes.districts),
        bounds, theme)
    return maps.deck([*under, *areas, *over, *points, *top], bounds, theme)


@pytest.mark.parametrize("theme", THEMES)
def test_no_basemap_and_no_address_of_another_host(theme):
    text = whole_deck(EVENT_ROWS, theme).to_json()
    # Streamlit leaves the basemap out for this value alone; a null style makes it ask a tile server.
    assert json.loads(text)["mapStyle"] == "__MAP_STYLE__"
    assert "mapProvider" not in json.loads(text)
    assert "http" not in text and "carto" not in text


def test_layers_stand_in_order_and_have_names_of_their_own():
    rows = pd.DataFrame([*EVENT_ROWS.to_dict("records"), torkham("large", longitude=70.0, fatalities_best=80)])
    layers = json.loads(whole_deck(rows).to_json())["layers"]
    names = [layer["id"] for layer in layers]
    assert len(set(names)) == len(names)
    order = ["land", "province-areas", "district-areas", "districts", "provinces", "countries", "durand-line",
             "crossings", "places", "codes", "crossing-names"]
    assert [name for name in names if name in order] == order


def test_the_durand_line_is_dashed_and_whole():
    [line] = [layer for layer in json.loads(whole_deck(EVENT_ROWS).to_json())["layers"] if layer["id"] == "durand-line"]
    assert line["extensions"][0]["@@type"] == "PathStyleExtension"
    assert min(line["getDashArray"]) > 0
    km = sum(_km(a, b) for record in line["data"] for a, b in zip(record["path"], record["path"][1:], strict=False))
    assert 2000 < km < 2700  # 2,656 km before it was simplified


def _km(one: list[float], other: list[float]) -> float:
    east = (other[0] - one[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return 111.2 * math.hypot(east, other[1] - one[1])


def test_the_message_stays_small_with_many_places():
    rows = pd.DataFrame([
        torkham(f"e{i}", place=f"Place {i}", latitude=29 + (i % 90) * 0.08, longitude=62 + (i // 90) * 0.9,
                event_type=("bombing", "talks", "air_strike")[i % 3], fatalities_best=i % 60)
        for i in range(1000)
    ])
    assert len(whole_deck(rows).to_json().encode()) < MESSAGE_LIMIT


def test_text_from_articles_is_neither_markup_nor_an_expression():
    rows = pd.DataFrame([torkham("x", place="@@=constructor", district="<img src=x onerror=alert(1)>")])
    [disc] = maps.discs(located.sums(located.locate(rows).places))
    assert disc["tip"].startswith(" @@=constructor, <img")
    deck = whole_deck(rows)
    assert set(deck._tooltip) == {"text", "style"}  # as text, never as HTML
    for layer in json.loads(deck.to_json())["layers"]:
        for record in layer["data"]:
            for value in record.values():
                assert not str(value).startswith("@@")


def test_near_maps_name_districts_and_wide_ones_do_not():
    def districts(bounds):
        layers = json.loads(whole_deck(EVENT_ROWS, bounds=bounds).to_json())["layers"]
        return next((layer["data"] for layer in layers if layer["id"] == "district-names"), [])

    assert "Khyber" in {record["text"] for record in districts((70.2, 33.4, 72.0, 34.8))}
    assert districts((60.8, 28.9, 75.2, 37.4)) == []


def test_a_map_without_events_still_has_its_boundaries_and_no_empty_words():
    layers = json.loads(whole_deck(EVENT_ROWS.head(0)).to_json())["layers"]
    assert "durand-line" in [layer["id"] for layer in layers]
    assert [layer["id"] for layer in layers if layer["@@type"] == "TextLayer" and not layer["data"]] == []


def test_the_view_holds_what_it_should_show():
    view = maps.view_state((60.8, 28.9, 75.2, 37.4), width=640, height=560)
    pixels_per_degree = 512 * 2**view.zoom / 360
    assert (75.2 - 60.8) * pixels_per_degree <= 641
    assert 60.8 < view.longitude < 75.2 and 28.9 < view.latitude < 37.4


# Geometry

def test_simplified_areas_are_valid_and_leave_no_gap(shapes):
    assert shapely.is_valid(shapes.districts["geometry"].to_numpy()).all()
    whole = shapely.area(shapely.union_all(shapes.provinces["geometry"].to_numpy()))
    assert shapely.area(shapely.union_all(shapes.districts["geometry"].to_numpy())) == pytest.approx(whole)
    overlap = shapes.districts["geometry"].map(shapely.area).sum() - whole
    assert abs(overlap) < 0.01  # square degrees, of about 145


def test_each_shared_edge_is_sent_once(shapes):
    seen = [tuple(sorted((tuple(a), tuple(b))))
            for line in shapes.district_lines
            for a, b in zip(line, line[1:], strict=False) if a != b]
    assert len(seen) - len(set(seen)) < 0.01 * len(seen)


def test_holes_of_an_area_stay_holes():
    area = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2)]])
    [[outer, hole]] = polygons_of(area)
    assert (len(outer), len(hole)) == (5, 4)


def test_crossings_with_a_position(shapes):
    table = crossings().set_index("crossing_id")
    assert {"torkham", "chaman", "ghulam-khan"} <= set(table.index)
    assert not table[["latitude", "longitude"]].isna().any(axis=None)


def test_bounds_of_provinces():
    west, south, east, north = bounds_of(["Kunar"])
    assert 70 < west < east < 72.5 and 34 < south < north < 36
    assert bounds_of(["No Such Province"]) is None


def test_a_missing_boundary_file_says_which(tmp_path):
    with pytest.raises(ReferenceFault, match=r"admin2\.geojson is missing"):
        boundaries(tmp_path)
    (tmp_path / "admin2.geojson").write_text("{}", encoding="utf-8")
    with pytest.raises(ReferenceFault, match="no GeoJSON feature collection"):
        boundaries(tmp_path)


# Legend

@pytest.mark.parametrize("theme", THEMES)
def test_the_legend_names_what_is_on_the_map_and_nothing_else(theme):
    svg = legend.legend(["border_clash", "talks"], "fatalities", theme)
    assert svg.startswith("<svg") and "Border clash" in svg and ">BC<" in svg and "Air strike" not in svg
    assert "Durand Line" in svg and "stroke-dasharray" in svg
    assert "BC Border clash, TA Talks" in legend.in_words(["border_clash", "talks"])
