"""Timeline, Actors and Map in a real browser: what is drawn, what a click does, what stays text."""

from __future__ import annotations

import csv
import io
import re

import httpx
import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as PlaywrightError

from tests import browser as browsing
from tests import small_release
from tests.test_browser import assert_sound, page_address, query
from tests.test_browser_hostile import pointed_at, position

pytestmark = pytest.mark.browser
SMALL = f"release={small_release.NAME}"


def test_the_timeline_draws_its_lanes_and_keeps_the_unit_in_the_address(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "timeline", f"{SMALL}&unit=week"))
        chart = watch.page.locator(".js-plotly-plot")
        expect(chart.locator(".barlayer .point path").first).to_be_visible()
        assert chart.locator(".xaxislayer-above").count() >= 1
        for heading in ("Violence by type", "Persons killed per week", "Crossings: thick", "Talks, agreements"):
            expect(chart.get_by_text(heading)).to_be_visible()
        assert "8 events" in watch.main_text() and "low" in watch.main_text()
        watch.page.get_by_text("Group", exact=True).click()
        expect(chart.get_by_text("All events by group, per week")).to_be_visible()
        assert query(watch)["stack"] == ["group"] and query(watch)["unit"] == ["week"]
        assert_sound(watch)


def test_a_brushed_period_goes_into_the_address_and_to_the_other_pages(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "timeline", "from=2025-01-01&to=2025-11-20"))
        area = watch.page.locator(".js-plotly-plot .nsewdrag").first
        expect(area).to_be_visible()
        box = area.bounding_box()
        assert box
        across = [box["x"] + box["width"] * share for share in (0.3, 0.45, 0.6)]
        watch.page.mouse.move(across[0], box["y"] + 40)
        watch.page.mouse.down()
        for x in across[1:]:
            watch.page.mouse.move(x, box["y"] + 60, steps=4)
        watch.page.mouse.up()
        watch.page.wait_for_url(re.compile("from=2025-0[345].*to=2025-0[5-9]"))
        first, last = query(watch)["from"][0], query(watch)["to"][0]
        assert "2025-03" < first < last < "2025-09"
        watch.page.get_by_role("link", name="Events").first.click()
        watch.page.wait_for_url(re.compile(f"/events.*from={first}"))
        assert query(watch)["to"] == [last]
        assert_sound(watch)


def test_a_cell_of_the_matrix_opens_its_sentences_as_text(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360, 1400) as watch:
        watch.open(page_address(served, "actors", f"{SMALL}&detail=actor"))
        cells = watch.page.locator(".st-key-matrix .scatterlayer .point")
        expect(cells.first).to_be_attached()
        box = cells.first.bounding_box()
        assert box
        watch.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        watch.page.wait_for_url("**pair=**")
        watch.settle()
        first, second = query(watch)["pair"][0].split("~")
        assert first < second
        assert "that name both" in watch.main_text()
        assert_sound(watch)


def test_events_behind_a_cell_of_sides(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "actors", f"{SMALL}&show=against&sides=TTP~PAK&pair=AFG~PAK"))
        expect(watch.page.get_by_text("Tehrik-i-Taliban Pakistan → Pakistan")).to_be_attached()
        watch.page.get_by_text("By month", exact=True).click()
        watch.page.wait_for_url("**show=time**")
        panels = watch.page.locator(".st-key-chart_by-month .js-plotly-plot")
        expect(panels.get_by_text("Afghan Taliban authorities and Pakistan").first).to_be_visible()
        assert panels.locator(".barlayer .point path").count() >= 2
        watch.settle()
        assert "Pakistan and the Afghan Taliban agreed on a truce in Doha" in watch.main_text()
        watch.open(page_address(served, "actors", f"{SMALL}&pair=GBR~RUS"))
        assert "GBR and RUS: nothing in view" in watch.main_text()
        assert_sound(watch)


def test_the_map_goes_through_time_by_the_keyboard_and_by_itself(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 900, 700) as watch:  # a small picture: software graphics are slow
        watch.open(page_address(served, "map", f"{SMALL}&step=month&at=2025-09-15"))
        expect(watch.page.get_by_text(re.compile("^1 event: [01] at a place")).first).to_be_visible()
        watch.page.get_by_role("button", name="Next").press("Enter")
        watch.page.wait_for_url("**at=2025-10-01**")
        expect(watch.page.get_by_text(re.compile("^6 events:")).first).to_be_visible()
        assert "Spin Boldak closed" in watch.main_text()
        watch.page.get_by_role("button", name="Play").press("Enter")
        # Each step is drawn for a while and counted by the clock: a busy machine shows fewer of them, but the last, of
        # one day, stays; then the play ends and the address says so.
        watch.page.wait_for_url("**at=2025-11-01**", timeout=90_000)
        expect(watch.page.get_by_text(re.compile("^No events.")).first).to_be_visible()
        expect(watch.page.get_by_role("button", name="Play")).to_be_visible()
        assert_sound(watch)


def test_an_area_of_the_map_lists_its_events_as_text(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 900, 700) as watch:
        watch.open(page_address(served, "map", f"{SMALL}&focus=torkham"))
        assert "1 known only to be along the border" in watch.main_text()
        box = watch.page.get_by_role("combobox", name="Read the events of")
        option = watch.page.get_by_role("option", name=re.compile("Khyber"))
        for _ in range(3):  # while the map still loads, the list may close again
            box.click()
            box.fill("Khyber")
            try:
                option.first.click(timeout=5_000)
                break
            except PlaywrightError:
                continue
        expect(watch.page.get_by_test_id("stDataFrame").first).to_be_visible()
        assert small_release.HOSTILE in watch.main_text()  # its evidence stands beside the map
        assert query(watch)["focus"] == ["torkham"] and query(watch)["area"] == ["district:PK-KP-khyber"]
        assert watch.page.locator('[data-testid="stMain"] img[src="x"]').count() == 0
        assert_sound(watch)


@pytest.mark.parametrize(("marks", "kind"), [("hexagons", "hexagon:"), ("districts", "district:PK-KP-peshawar")])
def test_a_clicked_area_shows_its_events_and_stands_in_the_link(
    chromium: Browser, served: str, marks: str, kind: str
) -> None:
    told = httpx.get(f"{served}/data/events.csv?places=Peshawar", timeout=60).content.decode("utf-8-sig")
    event = next(row for row in csv.DictReader(io.StringIO(told)) if row["latitude"])
    with browsing.watched(chromium, "light", 1360) as watch:
        page = watch.page
        watch.open(page_address(served, "map", f"places=Peshawar&marks={marks}&focus=torkham"))
        page.get_by_test_id("stDeckGlJsonChart").evaluate("one => one.scrollIntoView({block: 'center'})")
        at = position(page, "torkham", float(event["latitude"]), float(event["longitude"]))
        assert "Peshawar" in pointed_at(page, at, "Peshawar")
        page.mouse.down()  # where it is told of
        page.mouse.up()
        page.wait_for_url("**area=**")
        assert query(watch)["area"][0].startswith(kind)
        chosen = page.get_by_role("combobox", name="Read the events of")
        expect(chosen).to_have_value(re.compile("^Peshawar"))
        expect(page.get_by_text(f"“{event['evidence']}”").first).to_be_visible()
        assert_sound(watch)
        watch.open(page.url)
        expect(chosen).to_have_value(re.compile("^Peshawar"))
