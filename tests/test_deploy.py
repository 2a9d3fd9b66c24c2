"""What stands in deploy/: the image and the services are as closed as said, and the proxy does what it says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import ssl
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from dashboard.web.settings import VARIABLES
from tests import browser as browsing
from tests import proxy, small_release
from tests.proxy import NAME, ROOT, Proxy

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
nginx = pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not here")


def steps(word: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(" ", 1)[1].strip() for line in joined.splitlines() if line.startswith(word + " ")]


def test_the_image_has_an_exact_base_and_no_root() -> None:
    assert re.fullmatch(r"BASE=python:3\.11\.\d+-slim-\w+", steps("ARG")[0])
    assert steps("FROM") == ["${BASE} AS build", "${BASE}"] and steps("USER") == ["10001:10001"]
    assert "--require-hashes" in steps("RUN")[1] and "TORKHAM_LOG=json" in steps("ENV")[1]
    command = json.loads(steps("CMD")[0])
    assert command[:4] == ["python", "-m", "streamlit", "run"] and (ROOT / command[4]).is_file()


def test_the_image_takes_what_runs_and_leaves_out_the_tools() -> None:
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"]
    tools = {re.split(r"[<>=; \[]", one)[0] for one in extra}
    removed = shlex.split(steps("RUN")[1].split("uninstall --yes")[1])
    assert set(removed) == tools
    taken = [part for line in steps("COPY") if not line.startswith("--") for part in shlex.split(line)[:-1]]
    assert all((ROOT / part).exists() for part in taken) and not [one for one in taken if "secret" in one]
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()
    assert ignored[0] == "*" and {f"!{one}" for one in taken} <= set(ignored)


def test_every_service_is_closed() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"] and "privileged" not in service, name
        assert name == "proxy" or (service["user"] == "10001:10001" and "ports" not in service), name
        assert ":latest" not in service["image"] and all(mount.endswith((":ro", "releases:rw"))
                                                         for mount in service["volumes"]), name
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    app = COMPOSE["services"]["app1"]
    assert {key for key in app["environment"] if key.startswith("TORKHAM_")} <= set(VARIABLES)
    assert app["environment"]["TORKHAM_LOGIN"] == "required"


def test_every_setting_stands_in_the_document() -> None:
    text = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for name, (default, meaning) in VARIABLES.items():
        assert f"| `{name}` | {f'`{default}` ' if default else ''}| {meaning} |" in text, name


@contextmanager
def backend(name: str) -> Iterator[str]:
    """A server that says who it is and what it was told."""
    async def page(request: Request) -> JSONResponse:
        return JSONResponse({"name": name, "headers": dict(request.headers), "client": request.client.host
                             if request.client else "", "scheme": request.url.scheme})

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(f"{name}: {await websocket.receive_text()}")
        await websocket.close()

    app = Starlette(routes=[WebSocketRoute("/_stcore/stream", socket), Route("/{rest:path}", page)])
    port = proxy.free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            pass
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with backend("one") as one, backend("two") as two, \
            proxy.running(tmp_path_factory.mktemp("nginx"), [one, two]) as running:
        yield running


def reader(at: Proxy) -> httpx.Client:
    """A reader with cookies of their own, who trusts the proxy's certificate and no other."""
    return httpx.Client(base_url=f"https://127.0.0.1:{at.port}", headers={"Host": NAME}, timeout=30,
                        verify=ssl.create_default_context(cafile=str(at.certificate)))


def named(client: httpx.Client, path: str = "/", **headers: str) -> httpx.Response:
    return client.get(path, headers=headers, extensions={"sni_hostname": NAME})


@nginx
def test_the_proxy_speaks_tls_and_tells_browsers_to_stay_with_it(proxied: Proxy) -> None:
    with reader(proxied) as client:
        answer = named(client)
        assert answer.status_code == 200 and answer.headers["strict-transport-security"].startswith("max-age=31536000")
        assert "HttpOnly; SameSite=Lax" in answer.headers["set-cookie"] and "Secure" in answer.headers["set-cookie"]
        assert "nginx/" not in answer.headers.get("server", "") and named(client, "/health/ready").status_code == 404
    moved = httpx.get(f"http://127.0.0.1:{proxied.plain_port}/events?a=1", headers={"Host": NAME})
    assert moved.status_code == 301 and moved.headers["location"] == f"https://{NAME}/events?a=1"


@nginx
def test_another_name_gets_no_answer(proxied: Proxy) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{proxied.plain_port}/", headers={"Host": "rebound.example"})
    with pytest.raises(httpx.ConnectError), reader(proxied) as client:
        client.get("/", extensions={"sni_hostname": "rebound.example"})


@nginx
def test_a_reader_stays_with_one_process_and_readers_are_spread(proxied: Proxy) -> None:
    found = []
    for _ in range(12):
        with reader(proxied) as client:
            way = named(client).cookies["torkham_way"]
            names = {named(client, f"/{i}", Cookie=f"torkham_way={way}").json()["name"] for i in range(6)}
            assert len(names) == 1
            found += names
    assert set(found) == {"one", "two"}


@nginx
def test_the_socket_goes_through_to_the_process_of_the_reader(proxied: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxied.certificate))
    with reader(proxied) as client:
        way = named(client).cookies["torkham_way"]
        name = named(client, Cookie=f"torkham_way={way}").json()["name"]
    with connect(f"wss://{NAME}/_stcore/stream", ssl=context, compression=None,
                 sock=create_connection(("127.0.0.1", proxied.port), 20),
                 additional_headers={"Cookie": f"torkham_way={way}"}) as socket:
        socket.send("hello")
        assert socket.recv(timeout=20) == f"{name}: hello"


@nginx
def test_what_a_client_says_of_itself_is_not_passed_on(proxied: Proxy) -> None:
    with reader(proxied) as client:
        told = named(client, "/?q=someone@example.org", **{
            "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "http"}).json()
    assert told["headers"]["x-forwarded-for"] == "127.0.0.1" and told["headers"]["host"] == NAME
    assert told["scheme"] == "https" and not {"forwarded", "x-forwarded-host"} & set(told["headers"])
    lines = [json.loads(line) for line in proxied.log.read_text().splitlines()]
    assert lines and not [line for line in lines if "example.org" in json.dumps(line) or "client" in line]


@nginx
def test_a_process_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    with backend("one") as one, proxy.running(tmp_path, [one, f"127.0.0.1:{proxy.free_port()}"]) as at, \
            reader(at) as client:
        assert {named(client, Cookie=f"torkham_way={i:032x}").json()["name"] for i in range(12)} == {"one"}


@nginx
@pytest.mark.browser
def test_a_page_opens_in_a_browser_through_the_proxy(chromium: Browser, served: str, tmp_path: Path) -> None:
    server = served.removeprefix("http://")
    with proxy.running(tmp_path, [server, server], "localhost") as at:
        context = chromium.new_context(ignore_https_errors=True)
        try:
            watch = browsing.Watched(context.new_page())
            sockets: list[str] = []
            watch.page.on("websocket", lambda socket: sockets.append(socket.url))
            watch.open(f"https://localhost:{at.port}/events?release={small_release.NAME}&salience=background")
            expect(watch.page.get_by_text("2 events, newest first")).to_be_visible()
            assert sockets == [f"wss://localhost:{at.port}/_stcore/stream"]
            cookies = {cookie["name"]: cookie for cookie in context.cookies()}
            assert cookies["torkham_way"]["secure"] and cookies["_streamlit_xsrf"]["secure"]
        finally:
            context.close()
