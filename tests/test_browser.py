"""Every page in a real browser: light, dark and at phone width, without an error and without asking another host."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.view import FILTERS, PAGE_OPTIONS
from tests import accessibility, small_release
from tests import browser as browsing
from tests.browser import Watched

pytestmark = pytest.mark.browser

PAGES = tuple(PAGE_OPTIONS)
TITLES = {"overview": "Overview", "timeline": "Timeline", "actors": "Actors", "map": "Map", "events": "Events",
          "event": "Event", "changes": "What changed", "code": "Code an article", "about": "About the data"}
OF_VIEW = tuple(page for page in PAGES if page not in ("event", "changes", "code", "about"))  # show what filters leave
SLOW_LINE = """
const Plain = WebSocket;
window.WebSocket = class extends Plain {
  addEventListener(kind, told, options) {
    super.addEventListener(kind, kind === "message" ? one => setTimeout(() => told(one), LAG) : told, options);
  }
};
"""  # what the server says arrives LAG milliseconds late
LOOKS = {"light": ("light", 1360), "dark": ("dark", 1360), "phone": ("light", 390)}


def page_address(base: str, page: str, query: str = "") -> str:
    return f"{base}/{'' if page == 'overview' else page}{'?' + query if query else ''}"


def query(watch: Watched) -> dict[str, list[str]]:
    return parse_qs(urlsplit(watch.page.url).query, keep_blank_values=True)


def use(page: Page, name: str) -> None:
    """Opens what a reader of the page can open: hover, popover, picker of days, menu, table, file."""
    if name in OF_VIEW:
        page.get_by_test_id("stSidebar").get_by_text("Event types").first.click()
        page.get_by_role("button", name="Share").click()
        expect(page.get_by_test_id("stPopoverBody").locator("code")).to_be_visible()
        page.keyboard.press("Escape")
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    if plot.count():
        plot.hover()
        expect(page.locator(".js-plotly-plot .hoverlayer").first).to_be_attached()
    if name == "code":
        page.get_by_text("Or give a file", exact=True).click()
        page.locator('input[type="file"]').set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"TANK: A bomb exploded in Tank on Monday."})
        page.get_by_role("button", name="Code it").last.wait_for()
    table = page.get_by_test_id("stDataFrame").first
    if table.count() and table.is_visible():
        table.click()


def assert_sound(watch: Watched) -> None:
    assert watch.page.locator('[data-testid="stException"]').count() == 0, watch.main_text()
    assert watch.errors == []
    assert watch.strangers == set()
    assert watch.refused() == []


@pytest.mark.parametrize("look", list(LOOKS))
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens(chromium: Browser, served: str, page: str, look: str) -> None:
    """Without an error, a request to another host or anything that its policy refuses, also when it is used."""
    scheme, width = LOOKS[look]
    with browsing.watched(chromium, scheme, width) as watch:
        watch.open(page_address(served, page, f"release={small_release.NAME}&id=e-clash" if page == "event" else ""))
        title = watch.page.locator("h1").inner_text()
        assert title == TITLES[page] or page == "event" and title.startswith("Border clash: Spin Boldak")
        assert len(watch.main_text()) > 150
        assert_sound(watch)
        assert watch.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
        assert page == "event" or set(FILTERS) <= set(query(watch)), "every filter stands in the address"
        dark = watch.page.evaluate(
            "getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor") == "rgb(17, 25, 30)"
        assert dark == (scheme == "dark")
        assert look == "phone" or accessibility.faults(watch.page) == []
        if page in ("overview", "timeline", "actors"):
            assert watch.colours(".js-plotly-plot") > 20
        if page == "map":
            if look != "phone":
                assert_drawn(watch)
            text = " ".join(watch.main_text().split())
            assert "Afghanistan does not recognise it" in text and "OpenStreetMap contributors" in text
        elif look == "light":  # software graphics leave little time for clicks; tests/test_browser_charts.py makes them
            use(watch.page, page)
        assert_sound(watch)


def assert_drawn(watch: Watched) -> None:
    """The map has a picture; with software graphics that takes some seconds."""
    expect(watch.page.get_by_test_id("stDeckGlJsonChart").locator("canvas").first).to_be_visible()
    for _ in range(60):
        if watch.colours('[data-testid="stDeckGlJsonChart"]') > 200:
            return
        watch.page.wait_for_timeout(500)
    pytest.fail("the map stayed empty")


@pytest.mark.parametrize("page", OF_VIEW)
def test_filters_that_leave_nothing_give_a_sentence(chromium: Browser, served: str, page: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, page, "q=nothing+has+these+words"))
        assert_sound(watch)
        assert "match the filters" in watch.main_text()
        assert watch.page.locator(".js-plotly-plot").count() == 0


def test_the_start_page_allows_no_other_host(served: str) -> None:
    for path in ("", "events?q=x"):
        request = urllib.request.Request(f"{served}/{path}", headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            headers, body = answer.headers, answer.read()
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "http" not in policy and "*" not in policy
        assert "'unsafe-inline'" not in policy.split("style-src")[0]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
        assert int(headers["Content-Length"]) == len(body) and b"window.__streamlit=" in body
    with urllib.request.urlopen(f"{served}/_stcore/health", timeout=10) as answer:
        assert answer.read() == b"ok" and answer.headers["X-Frame-Options"] == "DENY"


def test_a_foreign_host_name_is_refused(served: str) -> None:
    request = urllib.request.Request(f"{served}/", headers={"Host": "rebound.example"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request, timeout=10)


def test_types_are_chosen_by_group_and_none_at_all_gives_a_sentence(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "events", f"release={small_release.NAME}&types=bombing&types=agreement"))
        assert "2 events, newest first" in watch.main_text()
        sidebar = watch.page.get_by_test_id("stSidebar")
        sidebar.get_by_text("Event types: 2 of 20").click()
        sidebar.get_by_role("button", name="Bombing").click()
        expect(watch.page.get_by_text("1 event, newest first")).to_be_visible()
        assert query(watch)["types"] == ["agreement"]
        sidebar.get_by_role("button", name="None", exact=True).click()
        expect(watch.page.get_by_text("No event type is chosen")).to_be_visible()
        assert query(watch)["types"] == ["none"]
        watch.page.get_by_role("button", name="Show the whole release").click()
        expect(watch.page.get_by_text("8 events, newest first")).to_be_visible()
        assert_sound(watch)


def test_an_actor_is_narrowed_to_a_branch(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "events", f"release={small_release.NAME}&actors=TTP"))
        assert "3 events, newest first" in watch.main_text()
        watch.page.get_by_test_id("stSidebar").get_by_role("button", name="Jamaat-ul-Ahrar").click()
        expect(watch.page.get_by_text("1 event, newest first")).to_be_visible()
        assert query(watch)["actors"] == ["TTP.JUA"]
        assert_sound(watch)


def test_a_bad_address_is_ignored_with_a_notice(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "overview", "from=2025-02-30&actors=NOBODY&colour=red&release=gone"))
        text = watch.main_text()
        for name in ("from", "actors", "colour", "release"):
            assert f"Parameter {name} of the address was ignored" in text
        assert query(watch)["actors"] == ["all"] and "colour" not in query(watch)
        assert_sound(watch)


@pytest.mark.parametrize("lag", [0, 400])
def test_a_filter_goes_into_the_address_and_stays_through_back_forward_and_a_link(
    chromium: Browser, served: str, lag: int
) -> None:
    """Also over a slow line, where the browser still tells of values that the server has replaced."""
    with browsing.watched(chromium, "light", 1360) as watch:
        page = watch.page
        page.add_init_script(SLOW_LINE.replace("LAG", str(lag)))
        watch.open(page_address(served, "events", f"release={small_release.NAME}"))
        assert "8 events" in watch.main_text()
        salience = page.get_by_test_id("stSidebar").get_by_role("radio")
        page.get_by_test_id("stSidebar").get_by_text("Background", exact=True).click()
        expect(page.get_by_text("2 events, newest first")).to_be_visible()
        assert query(watch)["salience"] == ["background"]
        page.go_back()
        page.wait_for_url("**salience=all**")
        if not lag:
            page.go_forward()  # at once: what the server answers is still on its way
            watch.settle()
        else:
            expect(page.get_by_text("8 events, newest first")).to_be_visible()
            page.go_forward()
        link = page.get_by_test_id("stSidebar").get_by_role("link", name="Overview")
        expect(link).to_have_attribute("href", re.compile("salience=background"))
        link.click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        page.wait_for_url(lambda address: "/events" not in address and "salience=" in address)
        watch.settle()
        page.wait_for_timeout(2 * lag)
        assert query(watch)["salience"] == ["background"] and query(watch)["release"] == [small_release.NAME]
        expect(salience.and_(page.get_by_role("radio", name="Background", exact=True))).to_be_checked()
        page.get_by_role("button", name="Clear all filters").click()
        page.wait_for_url("**salience=all**")
        expect(page.get_by_role("radio", name="Background", exact=True)).not_to_be_checked()
        assert_sound(watch)


def test_an_event_opens_to_reports_claims_and_evidence(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "event", f"release={small_release.NAME}&id=e-clash"))
        text = watch.main_text()
        assert "Reports: 3 articles" in text and "9 (4–13) killed" in text and "sources contradict each other" in text
        assert watch.page.locator("mark").first.inner_text() == "traded fire at Spin Boldak on Sunday"
        links = watch.page.locator('[data-testid="stMain"] a[href^="https://news.example/"]')
        assert links.count() == 3 and links.first.get_attribute("target") == "_blank"
        assert query(watch) == {"release": [small_release.NAME], "id": ["e-clash"]}
        assert_sound(watch)


def test_text_of_an_article_is_shown_and_never_rendered(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "event", f"release={small_release.NAME}&id=e-hostile"))
        assert small_release.HOSTILE in watch.main_text()
        assert watch.page.locator('[data-testid="stMain"] img[src="x"], [onerror]').count() == 0
        assert watch.page.locator('a[href^="javascript:"]').count() == 0
        assert_sound(watch)
        watch.open(page_address(served, "event", f"release={small_release.NAME}&id=e-bomb"))
        assert "No address of the source" in watch.main_text()
        assert watch.page.locator('a[href^="javascript:"]').count() == 0
        watch.open(page_address(served, "overview", f"release={small_release.NAME}"))
        assert small_release.HOSTILE in watch.main_text()
        assert_sound(watch)


def test_without_a_release_a_page_says_how_to_build_one(chromium: Browser, tmp_path: Path) -> None:
    with browsing.served(tmp_path, tmp_path / "log.txt") as address, browsing.watched(chromium, "light", 1360) as watch:
        for page in PAGES:
            watch.open(page_address(address, page))
            assert "no release to show yet" in watch.main_text() and "make run" in watch.main_text()
            assert_sound(watch)


def test_an_empty_release_opens_on_every_page(chromium: Browser, tmp_path: Path) -> None:
    small_release.write(tmp_path, empty=True)
    with browsing.served(tmp_path, tmp_path / "log.txt") as address, browsing.watched(chromium, "light", 1360) as watch:
        for page in PAGES:
            watch.open(page_address(address, page))
            assert watch.page.locator("h1").inner_text() == TITLES[page]
            if page in (*OF_VIEW, "changes"):
                assert "holds no events" in watch.main_text()
            assert_sound(watch)


def test_a_pasted_article_is_coded_and_none_of_it_runs(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "code"))
        watch.page.get_by_label("Headline").fill("<img src=x onerror=document.title='run'> Bomb in Tank")
        text = watch.page.get_by_role("textbox", name="Text", exact=True).last
        text.fill("TANK: A bomb exploded near a police van in Tank on Monday, killing three policemen, police said. "
                  "<script>document.title='run'</script> ![x](https://elsewhere.example/x.png) **loud**")
        watch.page.get_by_role("button", name="Code it").first.click()
        watch.page.locator("mark.figure").wait_for()
        told = watch.main_text()
        assert "1 row" in told and "Bombing" in told and "Tank" in told
        assert "<script>document.title='run'</script>" in told and "**loud**" in told
        assert watch.page.title() != "run" and watch.page.locator("mark.figure").count() == 1
        assert_sound(watch)


def test_a_link_to_an_older_release_says_that_a_newer_one_is_there(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(page_address(served, "events", f"release={small_release.NAME}"))
        assert "There is a newer release" in watch.main_text() and "events changed since" in watch.main_text()
        watch.page.get_by_role("link", name="See what changed").click()
        watch.page.wait_for_url(re.compile(f"/changes.*since={small_release.NAME}"))
        watch.page.get_by_text(f"From {small_release.NAME} to").wait_for()
        assert_sound(watch)
