"""The three uses in a real browser: explore to a finding, send its link, check the download against the screen.

And all of it by the keyboard alone, and by the lines that the download dialogue gives to programs.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from etl import names
from tests import browser as browsing
from tests import small_release
from tests.browser import RECORD, Watched
from tests.test_browser import TITLES, assert_sound, page_address, query

pytestmark = pytest.mark.browser
SMALL = f"release={small_release.NAME}"
# The cells of a table: it is drawn as a picture, in which its rows stand as a table for screen readers.
GRID = """all => all.map(one => [...one.querySelectorAll('tr')].map(
    row => [...row.querySelectorAll('th, td')].map(cell => cell.textContent.trim())))"""
SEEN = """() => {
  const one = document.activeElement, look = getComputedStyle(one), around = getComputedStyle(one.parentElement);
  const own = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0 || look.boxShadow !== 'none';
  const typed = one.matches('input, textarea, [role="spinbutton"], main, iframe') || around.boxShadow !== 'none';
  return {tag: one.tagName, text: (one.getAttribute('aria-label') || one.innerText || '').trim(), seen: own || typed};
}"""


def table(watch: Watched, name: str) -> list[list[str]]:
    """The header and the rows on the screen of the table with the text alternative `name`."""
    canvas = watch.page.locator(f'[data-testid="stDataFrame"] div[aria-label*="{name}"] canvas').first
    expect(canvas.locator("td").first).to_be_attached()
    grids: list[list[list[str]]] = canvas.evaluate_all(GRID)
    return [row for row in grids[0] if any(row)]


def downloaded(page: Page, button: str) -> list[dict[str, str]]:
    """The rows of the CSV that the button gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def metrics(watch: Watched) -> list[str]:
    return [" ".join(text.split()) for text in watch.page.get_by_test_id("stMetric").all_inner_texts()]


def test_what_is_found_is_the_same_for_whoever_gets_the_link(chromium: Browser, served: str) -> None:
    """From the start page to a finding; then a browser that was never here, with nothing but the link."""
    with browsing.watched(chromium, "light", 1360) as watch:
        page, side = watch.page, watch.page.get_by_test_id("stSidebar")
        watch.open(page_address(served, "overview"))
        whole = metrics(watch)
        side.get_by_role("combobox", name="Actors").fill("Tehrik")
        page.get_by_role("option", name="Tehrik-i-Taliban Pakistan").click()
        page.wait_for_url("**actors=TTP**")
        page.keyboard.press("Escape")  # the list stays open for more
        watch.settle()
        found = metrics(watch)
        assert len(found) == 4 and found != whole
        side.get_by_role("link", name="Timeline").click()
        expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
        page.get_by_role("radio", name="Week", exact=True).click()
        page.wait_for_url("**unit=week**")
        watch.settle()
        words = page.get_by_test_id("stText").first.inner_text()
        page.get_by_role("button", name="Share").click()
        link = "".join(page.get_by_test_id("stPopoverBody").locator("code").inner_text().split())
        assert_sound(watch)
    context = chromium.new_context(color_scheme="dark", locale="de-DE")
    try:
        other = browsing.Watched(context.new_page())
        other.page.add_init_script(RECORD)
        assert context.cookies() == []
        other.open(link)
        assert query(other)["actors"] == ["TTP"] and query(other)["unit"] == ["week"] and "release" in query(other)
        assert other.page.get_by_test_id("stText").first.inner_text() == words
        other.page.get_by_test_id("stSidebar").get_by_role("link", name="Overview").click()
        expect(other.page.get_by_role("heading", name="Overview")).to_be_visible()
        other.settle()
        assert metrics(other) == found
        assert_sound(other)
    finally:
        context.close()


def test_a_full_link_stands_in_the_address_as_it_is(chromium: Browser, served: str) -> None:
    link = (f"{SMALL}&from=2025-10-01&to=2025-10-31&types=border_clash&types=bombing"
            "&actors=PAK.MIL&provinces=all&places=all&min_fatalities=1&border_km=0&salience=main&q=")
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "events", link))
        assert "1 event, newest first" in watch.main_text()
        assert "&".join(f"{name}={value}" for name, values in query(watch).items() for value in values) == link


def test_every_cell_of_the_csv_is_what_stands_on_the_screen(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 2200, 1500) as watch:
        watch.open(page_address(served, "events", "types=bombing&types=border_clash&min_fatalities=1"))
        head, *rows = table(watch, "newest first")
        assert head[:7] == ["Date", "Event type", "Where", "Who", "Killed", "Evidence", "Toll"]
        watch.page.get_by_role("button", name="Download").click()
        told = downloaded(watch.page, "CSV of this page")
        shown = int(re.search(r"([\d,]+) events, newest", watch.main_text())[1].replace(",", ""))  # type: ignore[index]
        assert len(told) == shown > len(rows) >= 5
        for row, line in zip(rows, told, strict=False):
            cell = dict(zip(head, row, strict=True))
            assert cell["Date"] == line["date_start"]
            assert cell["Event type"] == names.type_label(line["event_type"])
            assert cell["Killed"] == line["fatalities_best"]
            assert cell["Evidence"] == line["evidence"].removeprefix("'")
            for name in ("place", "district", "province"):
                assert line[name] in cell["Where"]
            for side in ("actors_a", "actors_b"):
                assert all(names.actor_name(actor) in cell["Who"] for actor in line[side].split("|") if actor)
        assert_sound(watch)


def test_a_table_of_the_overview_is_its_csv(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360, 1800) as watch:
        watch.open(page_address(served, "overview", SMALL))
        head, *rows = table(watch, "Events and persons killed")
        told = downloaded(watch.page, "CSV of this table")
        assert [list(line.values()) for line in told] == [
            [cell if cell != "–" else "" for cell in row] for row in rows] and list(told[0]) == head
        assert_sound(watch)


def tab_to(page: Page, wanted: Callable[[str], bool], tag: str = "", most: int = 90) -> str:
    """Presses Tab until what has the focus (an element `tag`) is called as wanted; it must be seen where the focus is.
    """
    for _ in range(most):
        page.keyboard.press("Tab")
        now = page.evaluate(SEEN)
        assert now["seen"] or now["tag"] in ("BODY", "CANVAS", "DIV", "MAIN"), f"no sign of the focus on {now}"
        if tag in ("", now["tag"]) and wanted(now["text"]):
            return str(now["text"])
    raise AssertionError("the keyboard does not get there")


def test_from_the_start_to_a_download_by_the_keyboard_alone(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        page = watch.page
        watch.open(page_address(served, "overview", SMALL))
        page.locator("body").press("Tab")  # "Skip to main content"
        page.evaluate("document.activeElement.blur()")
        tab_to(page, lambda text: text == "All" and page.evaluate(
            "!!document.activeElement.closest('[data-testid=\"stSidebar\"] [role=\"radiogroup\"]')") and page.evaluate(
            "document.activeElement.closest('[role=\"radiogroup\"]').innerText.includes('Background')"))
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        page.wait_for_url("**salience=main**")
        watch.settle()
        tab_to(page, lambda text: "Reports and claims" in text, "A")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/event[?]"))
        watch.settle()
        tab_to(page, lambda text: text.startswith("Download") or "\nDownload" in text, "BUTTON")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        tab_to(page, lambda text: "CSV of this page" in text, "BUTTON")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == 2 and lines[0].startswith("event_id,")
        page.keyboard.press("Escape")
        assert_sound(watch)


def test_every_page_is_reached_and_worked_by_the_keyboard(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "dark", 1360) as watch:
        page = watch.page
        watch.open(page_address(served, "about", SMALL))
        for name, title in TITLES.items():
            if name == "event":  # reached from an event, above
                continue
            tab_to(page, lambda text, title=title: text.endswith(title), "A")
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
            watch.settle()
            reached = set()
            for _ in range(6):
                reached.add(tab_to(page, lambda text: bool(text)))
            assert len(reached) > 1, f"nothing to work with on {title}"
        assert_sound(watch)


def lines(chromium: Browser, served: str) -> dict[str, str]:
    """What the download dialogue of the events gives to each program."""
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "events", f"{SMALL}&salience=main"))
        watch.page.get_by_role("button", name="Download").click()
        body = watch.page.get_by_test_id("stPopoverBody")
        told = {}
        for tab in ("pandas", "R", "Excel"):
            body.get_by_role("tab", name=tab, exact=True).click()
            code = body.get_by_role("tabpanel").filter(visible=True).locator("code").first
            expect(code).to_be_visible()
            told[tab] = code.inner_text()
        return told


def test_the_lines_of_the_download_dialogue_run_as_they_stand(chromium: Browser, served: str) -> None:
    told = lines(chromium, served)
    code = told["pandas"] + ("\nprint(len(events), set(events['salience']), events['date_start'].dtype.kind, "
                             "events['fatalities_best'].sum())")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True).stdout
    rows, salience, kind, killed = out.split()
    assert (rows, salience, kind) == ("6", "{'main'}", "M") and float(killed) > 0
    power = told["Excel"]
    assert power.startswith("let") and power.split()[-2:] == ["in", "Typed"]
    assert [power.count(a) for a in "([{"] == [power.count(b) for b in ")]}"] and power.count('"') % 2 == 0
    steps = re.findall(r"^  (\w+) = ", power, re.MULTILINE)
    assert steps == ["Source", "Events", "Typed"] and re.search(r"\{\"date_start\", type date\}", power)
    assert all(line.endswith(",") for line in power.splitlines()[2:-3])  # a comma between two steps, none at the end
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed; the lines of pandas and Excel were checked")
    code = told["R"] + '\ncat(nrow(events), class(events$date_start), sum(events$fatalities_best, na.rm = TRUE))'
    out = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, timeout=120, check=True).stdout
    assert out.split() == ["6", "Date", str(int(float(killed)))]
