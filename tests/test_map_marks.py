"""What the map draws: marks, signs, hatched and coloured areas, hexagons, and the legend that explains them."""

from __future__ import annotations

import datetime as dt
import io
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image
from shapely.geometry import LineString, Point, Polygon

from dashboard import legend, located, map_areas, map_marks, map_symbols
from dashboard.map_classes import classes, ink
from dashboard.palette import THEMES, sign
from etl.names import type_labels
from tests.map_rows import NEAR, WIDE, event, torkham

# Marks

def test_a_mark_has_the_sign_of_its_leading_type_and_the_words_of_all():
    rows = pd.DataFrame([torkham("t1", event_type="talks"), torkham("t2", event_type="talks"),
                         torkham("b", killed=(2, 3, 4))])
    [mark] = map_marks.marks(located.sums(located.locate(rows).places))
    assert mark["icon"] == "bombing" and mark["position"] == [71.0932, 34.1226] and mark["offset"] == [0, 0]
    assert mark["tip"] == ("Torkham, Khyber\n3 events, 3 killed (low 2, high 4)\nTalks: 2\nBombing: 1\n12 Oct 2025")
    [mark] = map_marks.marks(located.sums(located.locate(rows).places), "events")
    assert mark["icon"] == "talks"


def test_area_of_a_mark_grows_with_the_dead_within_limits():
    assert map_marks.radius(0) == map_marks.radius(1) == map_marks.SMALLEST
    assert map_marks.radius(100) == pytest.approx(2 * map_marks.radius(25))
    assert map_marks.radius(10_000) == map_marks.LARGEST


@given(some.lists(some.tuples(some.floats(70, 71), some.floats(34, 34.5), some.floats(6, 20)), max_size=14))
@settings(max_examples=40, deadline=None)
def test_marks_are_moved_apart_by_a_limited_way_and_always_the_same(discs):
    moved = map_marks.spread(discs, 45.0)
    assert moved == map_marks.spread(discs, 45.0) and len(moved) == len(discs)
    assert all(math.hypot(*offset) <= map_marks.FARTHEST + 1 for offset in moved)


def test_marks_of_one_place_are_fanned_out_around_it_with_lines_to_it():
    rows = pd.DataFrame([torkham(kind, event_type=kind) for kind in ("talks", "bombing", "protest", "shelling")])
    found = map_marks.marks(located.sums(located.locate(rows).places, by_type=True), "events", 400.0)
    assert {mark["icon"] for mark in found} == {"talks", "bombing", "protest", "shelling"}
    ends = [mark["offset"] for mark in found]
    apart = min(math.dist(a, b) for i, a in enumerate(ends) for b in ends[:i])
    assert apart > 1.6 * map_marks.SMALLEST
    lines = map_marks.leaders(found)
    assert len(lines) == 4 and all(line["position"] == [71.0932, 34.1226] for line in lines)
    for line, (right, down) in zip(lines, ends, strict=True):  # a line drawn upwards, turned against the clock
        turn = math.radians(line["angle"])
        assert (-line["size"] * math.sin(turn), -line["size"] * math.cos(turn)) == pytest.approx((right, down), abs=0.2)


def test_a_mark_that_nothing_covers_stays_where_it_is():
    assert map_marks.spread([(60.0, 30.0, 10.0), (70.0, 30.0, 10.0)], 45.0) == [[0, 0], [0, 0]]
    assert map_marks.spread([(60.0, 30.0, 10.0)] * 2, 0.0) == [[0, 0], [0, 0]]


def test_a_mark_leaves_the_gate_of_its_place_in_sight():
    gate = {"position": [71.0932, 34.1226]}
    rows = located.sums(located.locate(pd.DataFrame([torkham("x")])).places)
    [mark] = map_marks.marks(rows, "events", 45.0, [gate])
    assert math.hypot(*mark["offset"]) >= 0.8 * (map_marks.GATE + mark["radius"])


def test_names_of_places_cover_neither_marks_nor_names():
    rows = pd.DataFrame([torkham(f"e{i}", place=f"Place {i}", longitude=71.0 + i * 0.02, killed=(30, 30, 30))
                         for i in range(12)])
    found = map_marks.marks(located.sums(located.locate(rows).places), "fatalities", 300.0)
    named = map_marks.labels(found, 300.0, near=True)
    assert 2 <= len(named) <= 12 and len({label["text"] for label in named}) == len(named)
    corners = []
    for label in named:
        x, y = map_marks.mercator(*label["position"])
        middle = (x * 300 + label["offset"][0], -y * 300 + label["offset"][1])
        assert all(math.hypot(middle[0] - a * 300 - mark["offset"][0], middle[1] + b * 300 - mark["offset"][1])
                   > mark["radius"] for mark in found for a, b in [map_marks.mercator(*mark["position"])])
        corners.append(middle)
    assert all(abs(a[0] - b[0]) > 30 or abs(a[1] - b[1]) > 12 for i, a in enumerate(corners) for b in corners[:i])
    small = map_marks.marks(located.sums(located.locate(pd.DataFrame([torkham("x")])).places))
    assert map_marks.labels(small, 300.0, near=False) == [] and map_marks.labels(small, 300.0, near=True)


def test_large_marks_lie_under_small_ones(found):
    rows = pd.DataFrame([torkham("far", longitude=70.0, killed=(80, 80, 80)), torkham("near")])
    radii = [mark["radius"] for mark in map_marks.marks(located.sums(located.locate(rows).places))]
    assert len(radii) == 2 and radii == sorted(radii, reverse=True)


# Signs

def test_every_event_type_has_a_shape_of_its_own():
    looks = {(sign("event_type", name).symbol, map_symbols.is_solid(name)) for name in type_labels()}
    assert len(looks) == len(type_labels())
    drawn = {(map_symbols.shape(symbol), map_symbols.marked(symbol), solid) for symbol, solid in looks}
    assert len(drawn) == len(looks)


def test_shapes_have_one_area_and_fit_their_picture():
    for name in type_labels():
        ring = map_symbols.shape(sign("event_type", name).symbol)
        assert map_symbols.area(ring) == pytest.approx(math.pi * map_symbols.DISC ** 2)
        reach = max(max(abs(x), abs(y)) for x, y in ring) + map_symbols.STROKE / 2 + map_symbols.EDGE
        assert reach * map_symbols.UNIT < map_symbols.CELL / 2 * 1.12, name


@pytest.mark.parametrize("theme", THEMES)
def test_the_atlas_holds_each_sign_in_its_colour(theme):
    png, mapping = map_symbols.atlas(theme)
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    ground = tuple(sign("map", "land", theme).rgb)
    for name, middle in (("bombing", tuple(sign("event_type", "bombing", theme).rgb)), ("talks", ground)):
        at = mapping[name]
        centre = (at["x"] + at["width"] // 2, at["y"] + at["height"] // 2)
        assert picture.getpixel(centre) == (*middle, 255)
        assert picture.getpixel((at["x"] + 1, at["y"] + 1))[3] == 0
    assert set(type_labels()) <= set(mapping) and {f"state-{state}" for state in map_symbols.STATES} <= set(mapping)
    assert mapping["leader-40"]["mask"] and mapping["leader-40"]["anchorY"] == map_symbols.CELL
    assert len(png) < 60_000


# Areas

def test_districts_and_provinces_are_hatched_within_their_true_outline(found, shapes):
    areas = located.sums(found.districts)
    [outline], hatching, [label] = map_areas.imprecise(areas, shapes.districts, "district", NEAR)
    drawn = Polygon(outline["polygon"][0])
    assert drawn.contains(Point(71.10, 34.0))  # inside the district, west of Jamrud
    assert not drawn.contains(Point(71.56, 34.01))  # Peshawar
    assert outline["tip"].splitlines()[:2] == ["Khyber (district): known only to the district",
                                               "2 events, 4 killed (low 4, high 4)"]
    assert hatching and all(drawn.buffer(0.002).contains(LineString(line["path"])) for line in hatching)
    assert label["text"] == "2" and drawn.contains(Point(label["position"]))
    provinces, _, _ = map_areas.imprecise(located.sums(found.provinces), shapes.provinces, "province", WIDE)
    assert {record["area"].split(":")[0] for record in provinces} == {"province"}


def test_the_two_levels_are_hatched_in_different_directions(found, shapes):
    def directions(rows, table, level):
        _, hatching, _ = map_areas.imprecise(located.sums(rows), table, level, WIDE)
        return {math.copysign(1, (b[1] - a[1]) * (b[0] - a[0])) for line in hatching
                for a, b in zip(line["path"], line["path"][1:], strict=False)}

    assert directions(found.districts, shapes.districts, "district") == {1.0}
    assert directions(found.provinces, shapes.provinces, "province") == {-1.0}


def test_a_choropleth_colours_districts_by_class_and_writes_the_number(shapes):
    names = [("Khyber", 1), ("Kurram", 9)]
    rows = [event(f"{name} {i}", "district", (5, 5, 5), district=name, province="Khyber Pakhtunkhwa", country="PK")
            for name, n in names for i in range(n)]
    areas = located.sums(located.locate(pd.DataFrame(rows)).districts)
    polygons, labels = map_areas.choropleth(areas, shapes.districts, "fatalities", classes(45), "light")
    assert [label["text"] for label in sorted(labels, key=lambda label: int(label["text"]))] == ["5", "45"]
    colours = {record["tip"].split(" ")[0]: record["colour"] for record in polygons}
    assert colours["Kurram"][:3] == sign("map", "class_high").rgb and sum(colours["Khyber"]) > sum(colours["Kurram"])


@given(some.integers(0, 2_000_000))
def test_classes_are_few_round_and_cover_every_number(top):
    found = classes(top)
    assert 1 <= len(found.bounds) <= 5 and list(found.bounds) == sorted(set(found.bounds)) and found.bounds[0] == 1
    assert found.of(0) == 0 and found.of(max(top, 1)) == len(found.bounds)
    assert all(str(bound).rstrip("0") in ("1", "2", "5") for bound in found.bounds)
    assert len(found.labels()) == len(found.bounds)


def test_classes_in_words():
    assert classes(9).labels() == ["1", "2–4", "5 or more"]
    assert classes(0).labels() == ["1 or more"]


@pytest.mark.parametrize("theme", THEMES)
def test_a_number_can_be_read_on_every_class(theme):
    def luminance(colour):
        linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    found = classes(1000)
    for value in (0, *found.bounds):
        pair = sorted(map(luminance, (found.colour(value, theme), ink(found.colour(value, theme)))))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5  # WCAG 2.1, 1.4.3


# Hexagons

@given(some.floats(60, 78), some.floats(24, 38), some.sampled_from([0.05, 0.3535533905932738, 1.0]))
def test_a_position_lies_in_its_hexagon(longitude, latitude, size):
    ring = map_areas.hexagon(*map_areas.hexagon_of(longitude, latitude, size), size)
    assert len(ring) == 7 and ring[0] == ring[-1]
    assert Polygon(ring).buffer(size * 0.002).contains(Point(longitude, latitude))


def test_hexagons_hold_every_event_at_a_place_and_keep_their_grid():
    rows = pd.DataFrame([torkham("a", killed=(1, 2, 3)), torkham("b", place="Landi Kotal", latitude=34.1,
                                                                 longitude=71.15),
                         torkham("c", place="Quetta", latitude=30.18, longitude=67.0, district="Quetta")])
    size = map_areas.hexagon_size(45.0)
    cells = map_areas.binned(located.locate(rows).places, size)
    table = located.sums(cells)
    assert sorted(table["n_events"]) == [1, 2]
    names = map_areas.hexagon_names(cells)
    assert sorted(names.values()) == ["Landi Kotal, Khyber and 1 place near it", "Quetta"]
    polygons, labels = map_areas.hexagons(table, names, size, "events", classes(2), "dark")
    assert len(polygons) == 2 and {label["text"] for label in labels} == {"1", "2"}
    alone = map_areas.binned(located.locate(rows.tail(1)).places, size)
    assert set(alone["area_id"]) < set(cells["area_id"])
    assert map_areas.hexagon_size(45.0) == map_areas.hexagon_size(46.0)  # a slightly other window keeps the grid


# Legend

@pytest.mark.parametrize("theme", THEMES)
def test_the_legend_names_what_is_on_the_map_and_nothing_else(theme):
    svg = legend.signs(["border_clash", "talks"], "fatalities", False, theme)
    assert svg.startswith("<svg") and "Border clash" in svg and "Talks" in svg and "Air strike" not in svg
    assert svg.count("<polygon") == 2 and "most deadly" in svg
    assert "most deadly" not in legend.signs(["talks"], "fatalities", True, theme)
    lines = legend.lines(dt.date(2025, 10, 12), theme)
    assert "Durand Line" in lines and "stroke-dasharray" in lines and "closed on 12 Oct 2025" in lines
    shades = legend.shades(classes(9), "events", theme)
    assert [words in shades for words in ("2–4", "5 or more", "Colour and number: events")] == [True] * 3
    assert "Border clash, Talks; solid for violence" in legend.in_words(["border_clash", "talks"])


def test_sizes_in_the_legend_are_those_of_the_map():
    for measure, sizes in (("fatalities", (0, 25, 100, 186)), ("events", (1, 10, 25, 52))):
        svg = legend.sizes(measure)
        assert all(f'r="{map_marks.radius(size, measure):g}"' in svg for size in sizes)
        assert map_marks.radius(sizes[-1], measure) == pytest.approx(map_marks.LARGEST, abs=0.3)
    assert map_marks.radius(7) == pytest.approx(map_marks.SMALLEST, abs=0.2)
