"""Who is let in: what a login must say, cookies that are not ours, and where a login may lead back to."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.web import access, gate
from dashboard.web.gate import WANTED, Gate
from dashboard.web.settings import Login, read
from tests.web_settings import AUTH, SECRET

NOW = 1_800_000_000
LOGIN = Login(("default",), "https://testserver", frozenset({"a@example.org"}), frozenset({"example.com"}), hours=12)
CLAIMS = {"is_logged_in": True, "origin": "https://testserver", "iat": NOW - 60, "iss": "https://p", "sub": "1",
          "email": "A@Example.org", "email_verified": True}
TO = "https://testserver"


def cookie(claims: Any, secret: str = SECRET, name: str = "_streamlit_user") -> str:
    text = claims if isinstance(claims, str) else json.dumps(claims)
    return f"{name}={create_signed_value(secret, name, text).decode()}"


@pytest.mark.parametrize(("change", "told"), [
    ({}, "admitted"), ({"email": "x@example.com"}, "admitted"), ({"email": "X@EXAMPLE.COM"}, "admitted"),
    ({"email": "b@example.org"}, "refused"), ({"email": "x@sub.example.com"}, "refused"),
    ({"email": "x@example.com.evil.example"}, "refused"), ({"email": "x@evil.example@example.com"}, "refused"),
    ({"email": "@example.com"}, "refused"), ({"email": "example.com"}, "refused"), ({"email": None}, "refused"),
    ({"email": ["a@example.org"]}, "refused"), ({"email": "x\n@example.com"}, "refused"),
    ({"email_verified": False}, "refused"), ({"email_verified": "true"}, "refused"), ({"email_verified": 1}, "refused"),
    ({"iat": NOW - 12 * 3600 - 1}, "ended"), ({"iat": NOW + 3600}, "ended"), ({"iat": None}, "ended"),
    ({"iat": True}, "ended"), ({"iat": "1"}, "ended"), ({"is_logged_in": False}, "nobody"),
    ({"is_logged_in": 1}, "nobody"),
])
def test_who_is_let_in(change: dict[str, Any], told: str) -> None:
    assert access.standing({**CLAIMS, **change}, LOGIN, NOW) == told


def test_the_settings_can_let_in_more() -> None:
    unproved = {**CLAIMS, "email_verified": False}
    assert access.standing(unproved, Login(("default",), TO, LOGIN.emails, unverified=True), NOW) == "admitted"
    assert access.standing({**CLAIMS, "email": "b@b"}, Login(("default",), TO, everyone=True), NOW) == "admitted"
    assert access.standing({}, Login(("default",), TO, everyone=True), NOW) == "nobody"


def test_a_cookie_is_ours_or_none() -> None:
    good = cookie(CLAIMS)
    assert access.claims_of(good, SECRET, LOGIN)["email"] == "A@Example.org"
    halves = json.dumps(CLAIMS)
    split = "; ".join([cookie("chunks-2"), *(cookie(part, name=f"_streamlit_user_{i}") for i, part in
                                             ((1, halves[:40]), (2, halves[40:])))])
    assert access.claims_of(split, SECRET, LOGIN)["sub"] == "1"
    for bad in ("", "_streamlit_user=", cookie(CLAIMS, "another secret"), good[:-1] + ("A" if good[-1] != "A" else "B"),
                cookie(CLAIMS, name="_streamlit_user_tokens").replace("_tokens=", "="), cookie("[]"), cookie("x"),
                cookie("chunks-3"), cookie({**CLAIMS, "origin": "https://other"}), "_streamlit_user=\u00e9",
                cookie({**CLAIMS, "is_logged_in": "yes"})):
        assert access.claims_of(bad, SECRET, LOGIN) == {}, bad


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(gate, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(gate, "generate_login_redirect_url", lambda provider: f"/auth/login?provider={provider}")

    async def page(request: Any) -> PlainTextResponse:
        return PlainTextResponse(f"here {request.scope.get(gate.READER, '')}")

    routes = [Route("/{rest:path}", page)]
    login = read({"TORKHAM_ALLOWED_DOMAINS": "example.org"}, {"auth": AUTH}).login
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Gate, login=login, clock=lambda: NOW)]),
                      base_url=TO, follow_redirects=False)


def test_a_reader_is_let_through_under_a_name_that_tells_nothing(client: TestClient) -> None:
    answer = client.get("/events", headers={"Cookie": cookie(CLAIMS)})
    assert answer.status_code == 200 and len(answer.text) == 29 and "xample" not in answer.text


@pytest.mark.parametrize(("place", "kept"), [
    ("/events?a=1&b=%C3%A9", "/events?a=1&b=%C3%A9"), ("//evil.example", None), ("https://evil.example", None),
    ("/\\evil.example", None), ("/\t/evil.example", None), ("javascript:alert(1)", None), ("/login?to=/x", None),
    ("/" + "x" * 3000, None), ("/a\r\nSet-Cookie: x", None), ("", None), ("/\u2028", None),
])
def test_a_login_leads_back_to_our_own_addresses_alone(client: TestClient, place: str, kept: str | None) -> None:
    answer = client.get(f"/login?with=default&to={quote(place, safe='')}")
    assert answer.status_code == 302 and answer.headers["location"] == "/auth/login?provider=default"
    given = answer.headers.get("set-cookie", "")
    assert bool(given) == (kept is not None)
    stored = given.partition(";")[0].partition("=")[2] if kept else quote(place)
    client.cookies.clear()
    back = client.get("/", headers={"Cookie": f"{cookie(CLAIMS)}; {WANTED}={stored}"})
    assert back.status_code == 302 and back.headers["location"] == (kept or "/")
    assert "Max-Age=0" in back.headers["set-cookie"]


def test_another_provider_than_those_of_the_settings_is_none(client: TestClient) -> None:
    assert client.get("/login?with=evil").status_code == 404


def test_the_page_of_the_login_shows_text_as_text(client: TestClient) -> None:
    who = cookie({**CLAIMS, "email": "<script>alert(1)</script>@elsewhere.example"})
    answer = client.get("/?q=%3Cscript%3E", headers={"Cookie": who, "Accept": "text/html"})
    assert answer.status_code == 403 and "<script" not in answer.text and "&lt;script&gt;" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert answer.headers["cache-control"] == "no-store"


def test_a_login_that_has_ended_leads_back_to_where_the_reader_was(client: TestClient) -> None:
    old = cookie({**CLAIMS, "iat": NOW - 13 * 3600})
    answer = client.get("/events?types=bombing", headers={"Cookie": old, "Accept": "text/html"})
    assert answer.status_code == 401 and "Your login has ended" in answer.text
    assert "to=%2Fevents%3Ftypes%3Dbombing" in answer.text


def test_nothing_of_a_reader_is_kept_where_others_find_it(client: TestClient) -> None:
    for path in ("/data/events.csv", "/media/a.csv", "/events"):
        answer = client.get(path, headers={"Cookie": cookie(CLAIMS)})
        assert answer.headers["cache-control"] == "private, no-cache" and "Cookie" in answer.headers["vary"]
    assert "vary" not in client.get("/static/a.js", headers={"Cookie": cookie(CLAIMS)}).headers
    assert client.get("/auth/logout").headers["clear-site-data"] == '"cache"'
