"""Every page runs under its content security policy: nothing is refused, and charts and map are drawn."""

from __future__ import annotations

import base64
import hashlib
import io

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from dashboard.view import PAGE_OPTIONS
from tests import browser as browsing
from tests import small_release
from tests.test_browser import assert_sound, page_address

pytestmark = pytest.mark.browser
RECORD = """window.refused = [];
document.addEventListener('securitypolicyviolation', e => window.refused.push(
    `${e.effectiveDirective}: ${e.blockedURI} at ${(e.sourceFile || '').split('/').pop()}`));"""


def refused(page: Page) -> list[str]:
    """What the browser refused, and the hashes of style elements on the page, which the policy may lack."""
    found = page.evaluate("window.refused")
    if not found:
        return []
    styles = page.evaluate("Array.from(document.querySelectorAll('style')).map(e => e.textContent)")
    return found + sorted({base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in styles})


def colours(page: Page, selector: str) -> int:
    """How many colours the picture of the element has; an area where nothing is drawn has a few."""
    image = Image.open(io.BytesIO(page.locator(selector).first.screenshot())).convert("RGB")
    return len(image.getcolors(image.width * image.height) or ())


def use(page: Page, name: str) -> None:
    """Opens what a reader of the page can open: hover, popover, picker of days, menu, table, file."""
    if name != "event":
        page.get_by_test_id("stSidebar").get_by_text("Event types").first.click()
    if name not in ("event", "changes", "code", "about"):
        page.get_by_role("button", name="Share").click()
        page.keyboard.press("Escape")
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    if plot.count():
        plot.hover()
        page.wait_for_timeout(200)
    if name == "code":
        page.get_by_text("Or give a file", exact=True).click()
        page.locator('input[type="file"]').set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"TANK: A bomb exploded in Tank on Monday."})
        page.get_by_role("button", name="Code it").last.wait_for()
    table = page.get_by_test_id("stDataFrame").first
    if table.count() and table.is_visible():
        table.click()
    page.wait_for_timeout(300)


@pytest.mark.parametrize("name", PAGE_OPTIONS)
def test_a_page_runs_under_its_policy(chromium: Browser, served: str, name: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.page.add_init_script(RECORD)
        query = f"release={small_release.NAME}&id=e-clash" if name == "event" else ""
        watch.open(page_address(served, name, query))
        if name != "map":  # software graphics leave little time for clicks; tests/test_browser_charts.py makes them
            use(watch.page, name)
        assert refused(watch.page) == []
        if name in ("overview", "timeline", "actors"):
            assert colours(watch.page, ".js-plotly-plot") > 20
        if name == "map":
            watch.page.wait_for_function("() => document.querySelectorAll('canvas').length")
            watch.page.wait_for_timeout(1000)
            assert colours(watch.page, '[data-testid="stDeckGlJsonChart"]') > 50
        assert_sound(watch)


def test_a_page_opens_again_from_the_cache_of_the_browser(chromium: Browser, served: str) -> None:
    context = chromium.new_context()
    try:
        watch = browsing.Watched(context.new_page())
        watch.page.add_init_script(RECORD)
        for _ in range(3):
            watch.open(page_address(served, "about"))
            assert refused(watch.page) == []
    finally:
        context.close()


def test_a_page_is_sent_whole_whatever_the_browser_holds(served: str) -> None:
    for path in ("/", "/events?q=x"):
        first = httpx.get(f"{served}{path}", headers={"Accept": "text/html"}, timeout=60)
        assert "etag" not in first.headers and "last-modified" not in first.headers
        again = httpx.get(f"{served}{path}", timeout=60, headers={
            "Accept": "text/html", "If-None-Match": "*", "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
            "Range": "bytes=0-9"})
        assert again.status_code == 200 and again.content == first.content
        assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


def test_what_the_policy_forbids_is_refused_and_seen(chromium: Browser, served: str) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.page.add_init_script(RECORD)
        watch.open(page_address(served, "about"))
        ran = watch.page.evaluate("""() => { const done = [];
            setTimeout(() => { try { new Function('window.ran = 1')(); } catch (e) {} }, 0);
            const script = document.createElement('script'); script.textContent = 'window.ran = 1';
            document.body.append(script); if (window.ran) done.push('inline');
            document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = 1">');
            const frame = document.createElement('iframe'); frame.src = '/'; document.body.append(frame);
            return done; }""")
        asked = watch.page.evaluate("fetch('http://elsewhere.example:1/').then(() => 'asked', () => 'refused')")
        watch.page.wait_for_timeout(300)
        assert ran == [] and asked == "refused" and not watch.page.evaluate("window.ran")
        told = " ".join(watch.page.evaluate("window.refused"))
        assert all(part in told for part in ("script-src: eval", "script-src-elem: inline", "script-src-attr: inline",
                                             "frame-src", "connect-src: http://elsewhere.example:1"))
