"""Logging in by OpenID Connect, end to end: a provider that signs, a real browser, and nothing before the login."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit import file_util

from dashboard.app import app
from dashboard.web.front import CLOSED
from dashboard.web.gate import OPEN, WANTED
from tests import browser as browsing
from tests import oidc_provider, small_release
from tests.oidc_provider import Provider

pytestmark = pytest.mark.browser
ACCESS = 'emails = ["someone@example.com"]\ndomains = ["example.org"]'
OF_RELEASE = ("e-clash", "Torkham", small_release.NAME, small_release.HOSTILE)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with oidc_provider.running() as running:
        yield running


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("login") / "server.log"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, provider: Provider, log: Path) -> Iterator[str]:
    """The dashboard with a login, over the small release."""
    folder = tmp_path_factory.mktemp("releases")
    small_release.write(folder)
    with browsing.served(folder, log, lambda address: provider.secrets(address, ACCESS), TORKHAM_LOGIN="required",
                         TORKHAM_LOG="json", TORKHAM_LOGINS_PER_MINUTE="1000") as address:
        yield address


@contextmanager
def stranger(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that nobody has used."""
    context = chromium.new_context()
    context.set_default_timeout(60_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def settle(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_selector('[data-testid="stMain"] h1')


def log_in(page: Page, address: str, person: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Log in").click()
    page.get_by_role("link", name=person, exact=True).click()


def test_a_reader_logs_in_gets_what_was_asked_for_and_logs_out(chromium: Browser, guarded: str,
                                                               provider: Provider) -> None:
    with stranger(chromium) as page:
        before: list[str] = []
        page.on("request", lambda request: before.append(request.url))
        answer = page.goto(f"{guarded}/events?release={small_release.NAME}&salience=background&q=")
        assert answer and answer.status == 401 and len(before) == 1, "the page of the login asks for nothing more"
        assert page.title() == "Torkham – login"
        page.get_by_role("link", name="Log in").click()
        assert page.url.startswith(provider.address)
        page.get_by_role("link", name="reader", exact=True).click()
        page.wait_for_url(f"{guarded}/events?**salience=background**")
        settle(page)
        expect(page.get_by_text("2 events, newest first")).to_be_visible()
        expect(page.get_by_test_id("stSidebar").get_by_text("Reader@Example.org")).to_be_visible()
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert cookies["_streamlit_user"]["httpOnly"] and cookies["_streamlit_user"]["sameSite"] == "Lax"
        assert WANTED not in cookies
        data = page.request.get(f"{guarded}/data/events.csv")
        assert data.status == 200 and "e-clash" in data.text()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_text("Log in to read this dashboard.")).to_be_visible()
        assert provider.asked["/logout"] == 1
        assert "_streamlit_user" not in {cookie["name"] for cookie in page.context.cookies()}
        assert page.request.get(f"{guarded}/data/events.csv").status == 401


def test_who_is_not_on_the_list_is_told_and_gets_nothing(chromium: Browser, guarded: str) -> None:
    with stranger(chromium) as page:
        log_in(page, guarded, "guest")
        expect(page.get_by_text("guest@elsewhere.example is not on the list of readers")).to_be_visible()
        refused = page.request.get(f"{guarded}/data/events.csv")
        assert refused.status == 403 and set(refused.json()) == {"error", "cure"}
        page.get_by_role("link", name="Log out").click()
        log_in(page, guarded, "unverified")
        expect(page.get_by_text("is not on the list of readers")).to_be_visible()


@pytest.mark.parametrize("fault", ["key", "nonce", "audience", "expired"])
def test_a_token_that_the_provider_cannot_have_meant_is_no_login(chromium: Browser, guarded: str, provider: Provider,
                                                                 fault: str) -> None:
    provider.faults.add(fault)
    try:
        with stranger(chromium) as page:
            log_in(page, guarded, "reader")
            expect(page.get_by_text("Log in to read this dashboard.")).to_be_visible()
            assert page.request.get(f"{guarded}/data/events.csv").status == 401
    finally:
        provider.faults.clear()


def routes() -> list[tuple[str, str]]:
    """Every route of the server as an address, with what it answers to; those of Streamlit among them."""
    if app._starlette_app is None:
        app._starlette_app = app._build_starlette_app()
    found = []
    for route in app._starlette_app.routes:
        path = re.sub(r"\{[^}]*\}", "a.csv", route.path)  # type: ignore[attr-defined]
        for method in sorted(getattr(route, "methods", None) or {"GET"}):
            found.append((method, path or "/"))
    return found


def test_no_route_gives_anything_without_a_login(guarded: str) -> None:
    index = Path(file_util.get_static_dir())
    files = ["/" + file.relative_to(index).as_posix() for file in sorted(index.rglob("*"))[:8] if file.is_file()]
    pages = [("GET", f"/{page}") for page in ("events", "map", "event?id=x", "login?to=//evil.example", "x/y")]
    walked = routes() + [("GET", name) for name in files] + pages + [("GET", "/index.html"), ("GET", "/favicon.png")]
    assert len(walked) > 40 and {"/data/events.csv", "/data/briefing.html", "/_stcore/stream"} <= {p for _, p in walked}
    with httpx.Client(base_url=guarded, timeout=60) as client:
        for method, path in walked:
            for accept in ("text/html", "*/*"):
                answer = client.request(method, path, headers={"Accept": accept})
                assert not any(word in answer.text for word in OF_RELEASE[:1] + OF_RELEASE[2:]), path
                bare = urlsplit(path).path
                if bare in OPEN or bare == "/login":
                    assert answer.status_code in (302, 405), path
                    assert urlsplit(answer.headers.get("location", "/")).netloc in ("", urlsplit(guarded).netloc)
                else:
                    told = 404 if bare.startswith(CLOSED) else 401
                    assert answer.status_code in (told, 405) and b"<script" not in answer.content, (method, path)


@pytest.mark.parametrize("cookie", ["", "_streamlit_user=x", "_streamlit_user=chunks-9", '_streamlit_user="\\"'])
def test_no_session_opens_without_a_login(guarded: str, cookie: str) -> None:
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": guarded,
               **({"Cookie": cookie} if cookie else {})}
    answer = httpx.get(f"{guarded}/_stcore/stream", headers=headers, timeout=60)
    assert answer.status_code == 403


def test_health_needs_no_login_and_tells_nothing(guarded: str) -> None:
    for path, word in (("/health/live", "alive"), ("/health/ready", "ready")):
        answer = httpx.get(guarded + path, headers={"Host": "10.0.0.7"}, timeout=60)
        assert answer.status_code == 200 and answer.json() == {"status": word}


def test_the_log_names_nobody(guarded: str, log: Path) -> None:
    httpx.get(f"{guarded}/data/events.csv?q=someone@example.org", headers={"User-Agent": "a-browser"}, timeout=60)
    lines = [line.strip() for line in log.read_text("utf-8").splitlines() if line.strip()]
    told = [json.loads(line) for line in lines if not line.startswith(("URL:", "You can now"))]
    assert {"what", "time", "level"} <= set.intersection(*(set(line) for line in told))
    last = told[-1]
    assert (last["route"], last["status"]) == ("/data/events.csv", 401)
    whole = " ".join(line for line in lines if line.startswith("{")).lower()
    assert not [word for word in ("@", "example.org", "a-browser", "127.0.0.1", "code=", "?q") if word in whole]


def test_without_its_login_the_server_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="TORKHAM_LOGIN is required"), \
            browsing.served(tmp_path, tmp_path / "log", TORKHAM_LOGIN="required"):
        pass
