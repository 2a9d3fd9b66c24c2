"""Limits for each client, and a log that tells nobody's name."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.web import limits, request_log
from dashboard.web.gate import READER
from dashboard.web.limits import Bucket, Limits, network
from dashboard.web.request_log import Json, Plain, RequestLog, redacted, route
from dashboard.web.settings import read

FEW = {"TORKHAM_FILES_PER_MINUTE": "3", "TORKHAM_FILE_MB_PER_HOUR": "1", "TORKHAM_FILES_AT_ONCE": "2",
       "TORKHAM_LOGINS_PER_MINUTE": "2", "TORKHAM_SESSIONS": "3", "TORKHAM_SESSIONS_PER_CLIENT": "2"}
PAGE = {"Accept": "text/html"}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def served(clock: Clock, **more: str) -> Any:
    async def page(request: Any) -> PlainTextResponse:
        return PlainTextResponse("x" * int(request.query_params.get("size", 1)))

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnect:
            pass

    return Starlette(routes=[WebSocketRoute("/_stcore/stream", socket), Route("/{rest:path}", page)],
                     middleware=[Middleware(Limits, settings=read({**FEW, **more}, {}), clock=clock)])


def refused(answer: Any) -> dict[str, str]:
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    told: dict[str, str] = answer.json()
    assert set(told) == {"error", "cure"} and answer.headers["cache-control"] == "no-store"
    return told


def test_files_in_a_minute_are_counted_for_each_client() -> None:
    clock = Clock()
    app = served(clock)
    one, other = TestClient(app, client=("192.0.2.1", 1)), TestClient(app, client=("192.0.2.2", 1))
    assert [one.get(path).status_code for path in ("/data/events.csv", "/media/a.csv", "/data/x")] == [200] * 3
    assert "3 times within a minute" in refused(one.get("/data/events.csv"))["error"]
    assert one.get("/").status_code == 200 and one.get("/static/a.js").status_code == 200
    assert other.get("/data/events.csv").status_code == 200
    clock.now += 20
    assert one.get("/data/events.csv").status_code == 200
    refused(one.get("/data/events.csv"))


def test_bytes_in_an_hour_are_counted_when_they_were_sent() -> None:
    clock = Clock()
    client = TestClient(served(clock))
    assert client.get("/data/events.csv?size=1500000").status_code == 200
    told = refused(client.get("/data/events.csv"))
    assert "1 MB within an hour" in told["error"] and "1800 seconds" in told["cure"]
    clock.now += 1801
    assert client.get("/data/events.csv").status_code == 200


def test_pages_in_a_minute_are_counted_whatever_is_accepted() -> None:
    client = TestClient(served(Clock(), TORKHAM_PAGES_PER_MINUTE="3"))
    assert [client.get(path).status_code for path in ("/", "/events?q=x", "/map")] == [200] * 3
    refused(client.get("/events"))
    refused(client.get("/anything", headers=PAGE))
    assert client.get("/static/a.js").status_code == 200


def test_steps_of_a_login_are_few() -> None:
    client = TestClient(served(Clock()))
    assert [client.get(path).status_code for path in ("/login", "/auth/login", "/oauth2callback")] == [200, 200, 429]


def test_files_at_once_are_few_for_one_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_TOGETHER", 2)
    release = asyncio.Event()
    told: dict[str, list[int]] = {}

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def ask(app: Limits, client: str) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                told.setdefault(client, []).append(message["status"])

        await app({"type": "http", "path": "/data/events.csv", "headers": [], "client": (client, 1)}, None, send)  # type: ignore[arg-type]

    async def all_of_them() -> Limits:
        app = Limits(slow, read({**FEW, "TORKHAM_FILES_PER_MINUTE": "100"}, {}))
        asked = [asyncio.create_task(ask(app, client)) for client in ("a", "a", "a", "b", "b", "c")]
        await asyncio.sleep(0.05)
        release.set()
        await asyncio.gather(*asked)
        await ask(app, "a")
        return app

    app = asyncio.run(all_of_them())
    assert told == {"a": [429, 200, 200, 200], "b": [200, 200], "c": [429]} and not app._files


def test_open_pages_are_few_for_one_and_for_all() -> None:
    app = served(Clock())
    one, other = TestClient(app, client=("192.0.2.1", 1)), TestClient(app, client=("192.0.2.2", 1))
    with one.websocket_connect("/_stcore/stream"), one.websocket_connect("/_stcore/stream"):
        with pytest.raises(WebSocketDisconnect):
            one.websocket_connect("/_stcore/stream").__enter__()
        assert one.get("/", headers=PAGE).status_code == 200
        with other.websocket_connect("/_stcore/stream"):
            full = other.get("/", headers=PAGE)
            assert full.status_code == 503 and "As many readers" in full.json()["error"]
            assert other.get("/static/a.js").status_code == 200
    with one.websocket_connect("/_stcore/stream"):
        pass


def test_actions_beyond_the_rate_wait_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(limits.asyncio, "sleep", sleep)
    monkeypatch.setattr(limits, "BURST_ACTIONS", 5)
    with TestClient(served(Clock())).websocket_connect("/_stcore/stream") as socket:
        for number in range(8):
            socket.send_text(str(number))
            assert socket.receive_text() == str(number)
    assert len(waited) == 3 and all(0 < seconds <= 5 for seconds in waited)


def test_a_client_is_a_reader_or_a_network_and_named_nowhere() -> None:
    app = Limits(None, read(FEW, {}))  # type: ignore[arg-type]
    by = {key: app.client({"client": (key, 1)}) for key in ("192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8:1::1")}
    assert by["2001:db8::1"] == by["2001:db8::2"] != by["2001:db8:1::1"] and "192" not in by["192.0.2.1"]
    assert app.client({"client": ("192.0.2.1", 1), READER: "x"}) == app.client({"client": None, READER: "x"})
    assert app.client({"client": ("192.0.2.1", 1)}) != Limits(None, read(FEW, {})).client(  # type: ignore[arg-type]
        {"client": ("192.0.2.1", 1)})
    assert network("::ffff:192.0.2.1") == "192.0.2.1" and network("unix") == "unix"


def test_clients_long_unseen_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT", 10)
    app = Limits(None, read(FEW, {}))  # type: ignore[arg-type]
    for number in range(50):
        app._bucket("files", str(number), 1, 1)
    assert [client for _, client in app._buckets] == [str(number) for number in range(40, 50)]


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(1, 1, 0, 100)
    assert bucket.wait(50) == 1 and bucket.wait(51) == 0


@pytest.mark.parametrize(("text", "told"), [
    ("login of a.reader+x@example.org failed", "login of [e-mail] failed"),
    ("GET https://h/events?q=name&x=1 'a'", "GET https://h/events?[…] 'a'"),
    ("('192.0.2.7', 4711) - \"WebSocket /_stcore/stream\"", "('[address]) - \"WebSocket /_stcore/stream\""),
    ("from 2001:db8::7 and ::1 at 13:20:05", "from [address] and [address] at 13:20:05"),
    ("code=abc123 id_token='eyJ.x'", "code=[…] id_token='[…]'"),
    ("release r1.2 has 3 events", "release r1.2 has 3 events"),
])
def test_names_and_queries_are_left_out(text: str, told: str) -> None:
    assert redacted(text) == told


def test_network_addresses_are_told_where_it_was_asked_for() -> None:
    assert redacted("192.0.2.7 a@example.org", clients=True) == "192.0.2.7 [e-mail]"


@pytest.mark.parametrize(("path", "told"), [
    ("/", "/"), ("/events", "/events"), ("/data/events.csv", "/data/events.csv"), ("/data/a@example.org", "/data/…"),
    ("/someone@example.org", "other"), ("/media/abc.csv", "/media/…"), ("/_stcore/upload_file/s/f", "/_stcore/…"),
])
def test_the_kind_of_an_address_is_logged_not_the_address(path: str, told: str) -> None:
    assert route(path) == told


def logged(caplog: pytest.LogCaptureFixture, settings: dict[str, str]) -> dict[str, Any]:
    async def page(request: Any) -> PlainTextResponse:
        return PlainTextResponse("four")

    app = Starlette(routes=[Route("/{rest:path}", page)],
                    middleware=[Middleware(RequestLog, settings=read(settings, {}))])
    caplog.clear()
    with caplog.at_level(logging.INFO, "torkham.requests"):
        answer = TestClient(app, client=("192.0.2.7", 1)).get("/events?q=a@example.org", headers={"User-Agent": "Me"})
    line: dict[str, Any] = json.loads(Json().format(caplog.records[-1]))
    assert answer.headers["x-request-id"] == line["id"]
    return line


def test_a_line_of_the_log_has_no_name_query_or_address(caplog: pytest.LogCaptureFixture) -> None:
    line = logged(caplog, {})
    assert set(line) == {"time", "level", "what", "id", "method", "route", "status", "bytes", "ms"}
    assert (line["route"], line["status"], line["bytes"], line["what"]) == ("/events", 200, 4, "request")
    assert line["time"].endswith("Z") and logged(caplog, {"TORKHAM_LOG_CLIENTS": "yes"})["client"] == "192.0.2.7"


def test_a_traceback_is_one_line_without_names() -> None:
    try:
        raise ValueError("a@example.org\nfrom 192.0.2.7")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "no %s", ("b@example.org",), (ValueError, error, None))
    text = Json().format(record)
    line = json.loads(text)
    assert "\n" not in text and "example.org" not in text and "192" not in text
    assert line["message"] == "no [e-mail]" and "ValueError" in line["traceback"]
    assert "example.org" not in Plain().format(record)


def test_all_loggers_of_the_server_go_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    from streamlit.logger import get_logger

    root, of_class = logging.getLogger(), logging.getLoggerClass()
    before = list(root.handlers)
    early = get_logger("streamlit.tests.early")
    try:
        request_log.install(read({"TORKHAM_LOG": "json"}, {}))
        root.handlers = [one for one in root.handlers if isinstance(one, request_log._Handler)]
        for logger in (early, get_logger("streamlit.tests.late")):
            logger.error("for c@example.org")
    finally:
        root.handlers = before
        logging.setLoggerClass(of_class)
        logging.captureWarnings(False)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["logger"] for line in lines] == ["streamlit.tests.early", "streamlit.tests.late"]
    assert {line["message"] for line in lines} == {"for [e-mail]"}
