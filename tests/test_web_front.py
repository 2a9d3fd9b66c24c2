"""The outermost layer: hosts, origins, methods, headers; and the settings, which leave nothing open to guess."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.app import LAYERS
from dashboard.web.front import CLOSED, HEADERS, NO_PAGE, Front, host_name, policy
from dashboard.web.settings import LOOPBACK, NUMBERS, VARIABLES, SettingFault, read, read_secrets
from tests.web_settings import AUTH, SERVED

WHO = {"TORKHAM_ALLOWED_DOMAINS": "example.org"}


def client(settings: Any = SERVED, base_url: str = "http://testserver") -> TestClient:
    async def page(request: Any) -> PlainTextResponse:
        answer = PlainTextResponse("here")
        answer.set_cookie("_streamlit_user", "x", httponly=True, samesite="lax")
        return answer

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    routes = [Route("/{rest:path}", page, methods=["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
              WebSocketRoute("/_stcore/stream", socket)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Front, settings=settings)]), base_url=base_url)


def test_every_answer_has_the_headers_also_a_refusal() -> None:
    for answer in (client().get("/"), client().get("/", headers={"Host": "evil.example"}), client().post("/")):
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert client().get("/").headers["content-security-policy"] == NO_PAGE


def test_not_modified_leaves_the_policy_of_what_the_browser_holds() -> None:
    async def unchanged(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 304, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    answer = TestClient(Front(unchanged, SERVED)).get("/events")
    assert "content-security-policy" not in answer.headers and answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "testserver@evil.example",
                                  "testserver/x", "testserver:80:80", "testserver evil", "127.0.0.1", "x\u00e9"])
def test_another_host_name_is_refused(host: str) -> None:
    answer = client().get("/", headers={"Host": host.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 403 and set(answer.json()) == {"error", "cure"}


def test_what_is_served_by_name() -> None:
    alone = read({}, {}, "127.0.0.1", "reading-room")
    assert all(alone.serves(name) for name in LOOPBACK)
    assert not alone.serves("192.0.2.7") and not alone.serves("reading-room")
    everywhere = read({}, {}, "0.0.0.0", "reading-room")
    # A foreign page can point its own name here, but it has no address in digits.
    assert everywhere.serves("192.0.2.7") and everywhere.serves("2001:db8::7") and everywhere.serves("reading-room")
    assert not everywhere.serves("evil.example") and not everywhere.serves("192.0.2.7.evil.example")
    named = read({"TORKHAM_HOSTS": "data.example.org, *.Border.example"}, {}, "0.0.0.0", "reading-room")
    assert named.serves("data.example.org.") and named.serves("a.border.example")
    assert not any(named.serves(name) for name in ("border.example", "xborder.example", "192.0.2.7", "localhost"))
    assert read({}, {}, "0.0.0.0", "", ("a.example",)).serves("a.example")


@pytest.mark.parametrize(("header", "name"), [
    (b"localhost:8501", "localhost"), (b"LOCALHOST", "localhost"), (b"[::1]:8501", "::1"), (b"", ""),
    (b"localhost.evil.example:80", "localhost.evil.example"),
])
def test_a_host_name_is_read_whole(header: bytes, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver:81", "http://testserver.evil"])
def test_a_page_of_another_site_is_refused(origin: str) -> None:
    assert client().get("/", headers={"Origin": origin}).status_code == 403
    with pytest.raises(WebSocketDisconnect):
        client().websocket_connect("/_stcore/stream", headers={"Origin": origin}).__enter__()


def test_the_own_origin_is_served_also_behind_tls() -> None:
    for origin in ("http://testserver", "https://testserver"):
        assert client().get("/", headers={"Origin": origin}).status_code == 200
        with client().websocket_connect("/_stcore/stream", headers={"Origin": origin}):
            pass


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_is_taken_but_an_article_on_its_page(method: str) -> None:
    for path in CLOSED:
        assert client().request(method, f"{path}x").status_code == 404 == client().get(path).status_code
    for path in ("/", "/events", "/media/x", "/_stcore/upload_filex"):
        assert client().request(method, path).status_code == 405, path
    assert client().request(method, "/_stcore/upload_file/a/b").status_code == (405 if method in ("POST", "PATCH")
                                                                               else 200)


def test_cookies_are_secure_where_readers_come_by_tls() -> None:
    assert "Secure" not in client().get("/").headers["set-cookie"]
    for over in (client(base_url="https://testserver"), client(read({"TORKHAM_HOSTS": "testserver", **WHO},
                                                                    {"auth": AUTH}))):
        assert over.get("/").headers["set-cookie"].endswith("; Secure")


def test_the_policy_of_a_page_names_its_scripts_and_its_own_socket_alone() -> None:
    told = policy(b"<script>a()</script><script src='b'></script>", "data.example.org:444")
    assert "'sha256-" in told
    assert "connect-src 'self' data: ws://data.example.org:444 wss://data.example.org:444;" in told
    assert "unsafe-eval'" not in told.replace("'wasm-unsafe-eval'", "") and "blob:" not in told.split("img-src")[0]
    assert "connect-src 'self' data:;" in policy(b"", "x; script-src *")


def test_lifespan_passes() -> None:
    seen = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(Front(inner, SERVED)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]


@pytest.mark.parametrize(("given", "secrets", "told"), [
    ({"TORKHAM_HOSTS": "https://data.example.org"}, {}, "no host name"),
    ({"TORKHAM_HOSTS": "*"}, {}, "no host name"),
    ({"TORKHAM_LOG": "xml"}, {}, "none of"),
    ({"TORKHAM_LOGIN": "yes"}, {}, "none of"),
    ({"TORKHAM_LOGIN": "required"}, {}, r"no \[auth\]"),
    (WHO, {}, r"no \[auth\]"),
    ({}, {"access": {"emails": ["a@example.org"]}}, r"no \[auth\]"),
    ({}, {"auth": AUTH}, "without a list"),
    (WHO, {"auth": {**AUTH, "cookie_secret": "short"}}, "fewer than 32"),
    (WHO, {"auth": {**AUTH, "redirect_uri": "http://data.example.org/oauth2callback"}}, "https"),
    (WHO, {"auth": {**AUTH, "redirect_uri": "https://data.example.org/"}}, "oauth2callback"),
    (WHO, {"auth": {key: value for key, value in AUTH.items() if key != "client_secret"}}, "lacks client_secret"),
    (WHO, {"auth": {"cookie_secret": AUTH["cookie_secret"]}}, "names no provider"),
    (WHO, {"auth": AUTH, "access": {"mails": []}}, "unknown word mails"),
    (WHO, {"auth": AUTH, "access": {"emails": "a@example.org"}}, "no list"),
    *(({name: bad}, {}, "no whole number") for name in NUMBERS for bad in ("0", "-1", "1e3", "٣", "9" * 12)),
])
def test_a_setting_that_cannot_be_understood_ends_the_start(given: dict, secrets: dict, told: str) -> None:
    with pytest.raises(SettingFault, match=told):
        read(given, secrets)


def test_the_list_of_readers_comes_from_both_places() -> None:
    found = read({"TORKHAM_ALLOWED_EMAILS": " A@Example.org,b@example.org"}, {
        "auth": {**AUTH, "google": {"client_id": "x", "client_secret": "y", "server_metadata_url": "z"}},
        "access": {"emails": ["C@example.org"], "domains": ["@Example.com"]}}).login
    assert found and found.emails == {"a@example.org", "b@example.org", "c@example.org"}
    assert found.domains == {"example.com"} and found.providers == ("default", "google")
    assert found.origin == "https://testserver" and not found.everyone and not found.unverified


def test_a_secrets_file_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('[auth]\nclient_id = "x"\n')
    bad.write_text("[auth\n")
    assert read_secrets([tmp_path / "none.toml", good]) == {"auth": {"client_id": "x"}}
    with pytest.raises(SettingFault, match="bad.toml"):
        read_secrets([good, bad])


def test_every_number_is_a_variable() -> None:
    assert set(NUMBERS) < set(VARIABLES)


def test_the_layers_stand_in_their_order_and_streamlit_is_set_as_said() -> None:
    names = [layer.cls.__name__ for layer in LAYERS]  # type: ignore[attr-defined]
    assert names == ["Health", "RequestLog", "Front", "Gate", "Limits", "Guard"]
    told = tomllib.loads((Path(__file__).resolve().parent.parent / ".streamlit" / "config.toml").read_text("utf-8"))
    assert told["browser"]["gatherUsageStats"] is False and told["server"]["enableXsrfProtection"] is True
    assert told["client"]["showErrorDetails"] == "none" and told["client"]["allowedOrigins"] == []
    assert told["server"]["enableStaticServing"] is False and told["server"]["enableCORS"] is True
