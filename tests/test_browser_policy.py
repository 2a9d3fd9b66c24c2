"""The content security policy: sent with every page, and what it forbids is refused.

That each page runs under it is seen in tests/test_browser.py.
"""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser

from tests import browser as browsing
from tests.browser import RECORD
from tests.test_browser import page_address

pytestmark = pytest.mark.browser


def test_a_page_opens_again_from_the_cache_of_the_browser(chromium: Browser, served: str) -> None:
    context = chromium.new_context()
    try:
        watch = browsing.Watched(context.new_page())
        watch.page.add_init_script(RECORD)
        for _ in range(3):
            watch.open(page_address(served, "about"))
            assert watch.refused() == []
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
