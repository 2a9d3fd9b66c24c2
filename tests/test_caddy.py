"""The shipped Caddyfile does as nginx.conf does: TLS, one process for each reader, nothing a client says of itself."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path
from socket import create_connection

import httpx
import pytest
from websockets.sync.client import connect

from tests import proxy
from tests.proxy import NAME, Proxy
from tests.test_deploy import backend, named, reader

pytestmark = pytest.mark.skipif(not (shutil.which("caddy") and shutil.which("openssl")), reason="Caddy is not here")


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with backend("one") as one, backend("two") as two, \
            proxy.running(tmp_path_factory.mktemp("caddy"), [one, two], program="caddy") as running:
        yield running


def test_it_speaks_tls_and_tells_browsers_to_stay_with_it(proxied: Proxy) -> None:
    with reader(proxied) as client:
        answer = named(client)
        assert answer.status_code == 200 and answer.headers["strict-transport-security"].startswith("max-age=31536000")
        assert "; HttpOnly; Secure; SameSite=Lax" in answer.headers["set-cookie"]
        assert named(client, "/health/ready").status_code == 404
    moved = httpx.get(f"http://127.0.0.1:{proxied.plain_port}/events?a=1", headers={"Host": NAME})
    assert moved.status_code == 308 and moved.headers["location"].startswith(f"https://{NAME}")


def test_another_name_gets_no_answer(proxied: Proxy) -> None:
    with pytest.raises(httpx.ConnectError), reader(proxied) as client:
        client.get("/", extensions={"sni_hostname": "rebound.example"})


def test_a_reader_stays_with_one_process_and_readers_are_spread(proxied: Proxy) -> None:
    found = []
    for _ in range(12):
        with reader(proxied) as client:
            way = named(client).cookies["torkham_way"]
            names = {named(client, f"/{i}", Cookie=f"torkham_way={way}").json()["name"] for i in range(6)}
            assert len(names) == 1
            found += names
    assert set(found) == {"one", "two"}


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


def test_what_a_client_says_of_itself_is_not_passed_on(proxied: Proxy) -> None:
    with reader(proxied) as client:
        told = named(client, "/", **{
            "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "http"}).json()
    assert told["headers"]["x-forwarded-for"] == "127.0.0.1" and told["headers"]["host"] == NAME
    assert told["scheme"] == "https" and "forwarded" not in told["headers"]
    assert told["headers"]["x-forwarded-host"] == NAME


def test_a_process_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    gone = f"127.0.0.1:{proxy.free_port()}"
    with backend("one") as one, proxy.running(tmp_path, [one, gone], program="caddy") as at, reader(at) as client:
        for i in range(12):
            client.cookies.clear()
            assert named(client, f"/{i}").json()["name"] == "one"
