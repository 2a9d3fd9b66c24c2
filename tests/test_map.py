"""The map: events are drawn no more precisely than they are known, and no other host is asked for anything."""

from __future__ import annotations

import datetime as dt
import json
import math

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some
from shapely.geometry import Polygon
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import located, map_areas, map_files, map_marks
from dashboard import map as maps
from dashboard.geometry import boundaries, bounds_of, crossings, polygons_of
from dashboard.palette import THEMES
from etl.reference import ReferenceFault
from tests.map_rows import EVENT_ROWS, KHYBER, MESSAGE_LIMIT, NEAR, WIDE, event, ids, torkham

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
    assert place["types"] == [("border_clash", 2), ("border_closure", 1)] and place["deadliest"] == "border_clash"
    by_type = located.sums(found.places, by_type=True)
    numbers = by_type[["n_events", "killed_best", "deadliest"]].to_numpy().tolist()
    assert numbers == [[2, 10, "border_clash"], [1, 0, ""]]
    assert located.sums(found.places.head(0)).empty


def test_places_are_counted_in_their_district_by_its_name_else_by_their_position():
    rows = pd.DataFrame([torkham("named"), torkham("unnamed", district=None, latitude=34.0, longitude=71.3),
                         event("district", "district", **KHYBER),
                         torkham("abroad", district=None, province=None, country="TJ", latitude=38.5, longitude=68.8)])
    found = located.as_districts(located.locate(rows))
    [khyber] = located.sums(found.districts).to_dict("records")
    assert (khyber["n_events"], khyber["district"]) == (3, "Khyber")
    assert found.places.empty and ids(found.left_out) == ["abroad"]


# The deck

def whole_deck(rows: pd.DataFrame, theme="light", bounds=WIDE):
    shapes, here = boundaries(), located.locate(rows)
    outlines, hatching, labels = map_areas.imprecise(located.sums(here.districts), shapes.districts, "district", bounds)
    more = map_areas.imprecise(located.sums(here.provinces), shapes.provinces, "province", bounds)
    under, over = maps.base_layers(shapes, bounds, theme)
    below, above = maps.area_layers(
        maps.Drawn(outlines=outlines + more[0], hatching=hatching + more[1], labels=labels + more[2]), theme)
    gates = maps.gates_of(crossings(), {}, dt.date(2025, 10, 12))
    marks = map_marks.marks(located.sums(here.places), "fatalities", maps.pixels_per_degree(bounds))
    return maps.deck([*under, *below, *over, *above, *maps.gate_names(gates, theme), *maps.scale_layers(bounds, theme),
                      *maps.mark_layers(marks, gates, bounds, theme)], bounds, theme)


@pytest.mark.parametrize("theme", THEMES)
def test_no_basemap_and_no_address_of_another_host(theme):
    text = whole_deck(EVENT_ROWS, theme).to_json()
    # Streamlit leaves the basemap out for this value alone; a null style makes it ask a tile server.
    assert json.loads(text)["mapStyle"] == "__MAP_STYLE__"
    assert "mapProvider" not in json.loads(text)
    assert "http" not in text and "carto" not in text


def test_layers_stand_in_order_and_have_names_of_their_own():
    rows = pd.DataFrame([*EVENT_ROWS.to_dict("records"),
                         torkham("beside", place="Michni", longitude=71.10, killed=(80, 80, 80))])
    layers = json.loads(whole_deck(rows).to_json())["layers"]
    names = [layer["id"] for layer in layers]
    assert len(set(names)) == len(names)
    order = ["land", "province-areas", "district-areas", "hatching", "districts", "provinces", "countries",
             "durand-line", "area-counts", "crossing-names", "scale", "leaders", "true-places", "crossings", "places"]
    assert [name for name in names if name in order] == order


def test_the_durand_line_is_dashed_and_whole():
    [line] = [layer for layer in json.loads(whole_deck(EVENT_ROWS).to_json())["layers"] if layer["id"] == "durand-line"]
    assert line["extensions"][0]["@@type"] == "PathStyleExtension"
    assert min(line["getDashArray"]) > 0
    assert line["data"] == map_files.address("durand_line.json")
    km = sum(_km(a, b) for record in json.loads(map_files.files()["durand_line.json"].body)
             for a, b in zip(record["path"], record["path"][1:], strict=False))
    assert 2000 < km < 2700  # 2,656 km before it was simplified


def test_what_all_maps_share_is_asked_for_once_and_kept():
    client = TestClient(Starlette(routes=map_files.routes()))
    for name, file in map_files.files().items():
        kept = client.get(map_files.address(name))
        assert kept.content == file.body and "immutable" in kept.headers["cache-control"]
        assert client.get(f"{map_files.PLACE}{name}?v=old").headers["cache-control"] == "no-cache"
        again = client.get(map_files.address(name), headers={"If-None-Match": kept.headers["etag"]})
        assert again.status_code == 304 and not again.content
    assert client.get(f"{map_files.PLACE}..%2Fpalette.csv").status_code == 404
    text = whole_deck(EVENT_ROWS).to_json()
    assert len(text) < 60_000, "boundaries and signs are not sent with each picture"


def _km(one: list[float], other: list[float]) -> float:
    east = (other[0] - one[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return 111.2 * math.hypot(east, other[1] - one[1])


@pytest.mark.parametrize("bounds", [WIDE, NEAR, (60.0, 23.4, 78.0, 38.6)])
def test_the_scale_is_as_long_as_it_says_and_in_sight(bounds):
    line, words = maps.scale_bar(bounds)
    assert _km(line[1], line[2]) == pytest.approx(int(words.removesuffix(" km")), rel=0.02)
    pixels = (line[2][0] - line[1][0]) * maps.pixels_per_degree(bounds)
    assert 30 < pixels < 120
    assert abs(line[1][0] - maps.view_state(bounds).longitude) * maps.pixels_per_degree(bounds) < 180


def test_the_message_stays_small_with_many_places():
    rows = pd.DataFrame([
        torkham(f"e{i}", place=f"Place {i}", latitude=29 + (i % 90) * 0.08, longitude=62 + (i // 90) * 0.9,
                event_type=("bombing", "talks", "air_strike")[i % 3], killed=(i % 60,) * 3)
        for i in range(map_marks.ROW_LIMIT)
    ])
    assert len(whole_deck(rows).to_json().encode()) < MESSAGE_LIMIT


def test_text_from_articles_is_neither_markup_nor_an_expression():
    rows = pd.DataFrame([torkham("x", place="@@=constructor", district="<img src=x onerror=alert(1)>")])
    [mark] = map_marks.marks(located.sums(located.locate(rows).places))
    assert mark["tip"].startswith(" @@=constructor, <img")
    deck = whole_deck(rows)
    assert set(deck._tooltip) == {"text", "style"}  # as text, never as HTML
    for layer in json.loads(deck.to_json())["layers"]:
        for record in layer["data"] if isinstance(layer["data"], list) else ():
            for value in record.values():
                assert not str(value).startswith("@@")


def test_near_maps_name_districts_and_wide_ones_do_not():
    def districts(bounds):
        layers = json.loads(whole_deck(EVENT_ROWS, bounds=bounds).to_json())["layers"]
        return next((layer["data"] for layer in layers if layer["id"] == "district-names"), [])

    assert "Khyber" in {record["text"] for record in districts(NEAR)}
    assert districts(WIDE) == []


def test_a_map_without_events_still_has_its_boundaries_and_no_empty_words():
    layers = json.loads(whole_deck(EVENT_ROWS.head(0)).to_json())["layers"]
    assert "durand-line" in [layer["id"] for layer in layers]
    assert [layer["id"] for layer in layers if layer["@@type"] == "TextLayer" and not layer["data"]] == []


def test_the_view_holds_what_it_should_show():
    view = maps.view_state(WIDE, width=640, height=560)
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
