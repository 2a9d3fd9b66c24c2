"""Fetching: what servers on the loopback do wrong is refused in time, what is sound is taken, nothing private met."""

from __future__ import annotations

import ast
import contextlib
import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.fetch import Fetcher, Refused
from etl.fetch.address import Guard, objection, place_of
from etl.fetch.refusal import shown
from etl.fetch.unpack import Unpackable, unpacked
from tests.docs_reading import ROOT
from tests.misbehaving import (
    ADDRESSES,
    HTML,
    LIMITS,
    SECONDS,
    WAYS,
    Behaviour,
    fetcher,
    refused,
    resolve,
    sends,
    serving,
    try_mutated,
    try_way,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


@pytest.mark.parametrize("name", WAYS)
def test_a_server_that_misbehaves_is_refused_in_time(name):
    assert try_way(name) == ""


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_does_not_lead_to_a_public_page_is_refused(address):
    assert refused(lambda: fetcher().get(address), ADDRESSES[address]) == ""


def test_mutated_answers_end_as_answers_or_refusals():
    ended = [try_mutated(f"test-{i}") for i in range(300)]
    assert [fault for _, fault in ended if fault] == []
    assert 30 < sum(how == "answer" for how, _ in ended) < 270


def test_there_are_many_ways_and_the_check_of_them_can_fail():
    assert len(WAYS) >= 20 and len(ADDRESSES) >= 40
    with serving(sends(OK + b"\r\n<p>fine")) as (port, _):
        assert refused(lambda: fetcher(port).get(f"http://pass.example:{port}/"), "") == "it was taken"
    assert "private" in refused(lambda: fetcher().get("http://10.0.0.1/"), "no such words")
    assert LIMITS.total < SECONDS


@pytest.mark.parametrize("answer", [
    OK + b"Content-Length: 7\r\n\r\n<p>fine", OK + b"\r\n<p>fine",
    OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\n<p>f\r\n3\r\nine\r\n0\r\n\r\n",
    OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<p>fine"),
    OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<p>f") + gzip.compress(b"ine"),
    OK + b"Content-Encoding: x-gzip\r\n\r\n" + gzip.compress(b"<p>fine") + b"\0\0\0",
    OK + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"<p>fine"),
    OK + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"<p>fine", wbits=-15),
    OK + b"Content-Encoding: identity\r\n\r\n<p>fine",
    b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 7\r\n\r\n<p>fine and more that does not belong to it",
])
def test_a_sound_answer_is_taken(answer):
    with serving(sends(answer)) as (port, asked):
        got = fetcher(port).get(f"http://pass.example:{port}/a?b=1#c", kinds=HTML)
    assert (got.status, got.body, got.kind, got.charset) == (200, b"<p>fine", "text/html", "utf-8")
    assert asked == ["/a?b=1"]


@pytest.mark.parametrize("status", ["304 Not Modified", "404 Not Found", "429 Too Many Requests", "500 Oops"])
def test_other_answers_come_with_their_headers_and_without_body(status):
    with serving(sends(f"HTTP/1.1 {status}\r\nRetry-After: 7\r\n\r\n".encode() + b"x" * 9)) as (port, _):
        got = fetcher(port).get(f"http://pass.example:{port}/", kinds=HTML)
    assert (got.status, got.body, got.headers["retry-after"]) == (int(status[:3]), b"", "7")


def request_of(fetch: Fetcher | None = None, **options) -> bytes:
    """The bytes of one request as the server sees them."""
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    with server, pytest.raises(Refused):
        server.listen()
        seen: list[bytes] = []

        def take() -> None:
            with server.accept()[0] as connection:
                seen.append(connection.recv(65536))

        taking = threading.Thread(target=take)
        taking.start()
        try:
            (fetch or fetcher(port)).get(f"http://pass.example:{port}/", **options)
        finally:
            taking.join(5)
    return seen[0]


def test_a_request_says_who_asks_and_carries_nothing_else(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    lines = request_of(kinds=HTML, headers={"If-None-Match": '"v1"'}).decode().split("\r\n")
    names = {line.partition(":")[0].lower() for line in lines[1:] if line}
    assert names == {"host", "user-agent", "accept", "accept-encoding", "connection", "if-none-match"}
    assert "User-Agent: Torkham tests" in lines and lines[0] == "GET / HTTP/1.1"


def test_cookies_are_neither_kept_nor_sent():
    seen: list[str] = []

    def does(connection: socket.socket, path: str, port: int) -> None:
        seen.append(path)
        connection.sendall((b"HTTP/1.1 302 Found\r\nSet-Cookie: a=b\r\nLocation: /two\r\n" if path == "/" else OK)
                           + b"Content-Length: 0\r\n\r\n")
    with serving(does) as (port, _):
        one = fetcher(port)
        assert one.get(f"http://pass.example:{port}/").address.endswith("/two")
        assert seen == ["/", "/two"] and "cookie" not in vars(one)


def test_a_header_that_would_become_two_is_not_sent():
    with serving(sends(OK + b"\r\n")) as (port, asked):
        assert refused(lambda: fetcher(port).get(f"http://pass.example:{port}/",
                                                 headers={"If-None-Match": '"a"\r\nX: y'}), "") == ""
        assert "".join(asked) == ""  # a connection at most, and no word on it


def test_each_redirect_is_asked_about_and_only_lasting_ones_move_the_address():
    def does(connection: socket.socket, path: str, port: int) -> None:
        to = {"/1": ("301 Moved Permanently", "/2"), "/2": ("302 Found", "/3")}.get(path)
        connection.sendall((f"HTTP/1.1 {to[0]}\r\nLocation: {to[1]}\r\n" if to else OK.decode()).encode()
                           + b"Content-Length: 0\r\n\r\n")

    asked: list[str] = []
    with serving(does) as (port, paths):
        got = fetcher(port).get(f"http://pass.example:{port}/1", before=asked.append)
        assert (got.address, got.moved) == (f"http://pass.example:{port}/3", f"http://pass.example:{port}/2")
        assert asked == [f"http://pass.example:{port}{path}" for path in paths] and paths == ["/1", "/2", "/3"]

        def no(address: str) -> None:
            if address.endswith("/2"):
                raise Refused(address, "the site forbids it", "leave it")
        with pytest.raises(Refused, match="forbids"):
            fetcher(port).get(f"http://pass.example:{port}/1", before=no)
        assert paths == ["/1", "/2", "/3", "/1"]


def test_a_name_is_resolved_once_and_the_connection_goes_where_was_looked():
    """DNS rebinding: the second answer of the resolver would lead into the house."""
    said: list[str] = []
    with serving(sends(OK + b"Content-Length: 0\r\n\r\n")) as (port, asked):
        def rebinding(host: str, port: int) -> list[str]:
            said.append(host)
            return ["127.0.0.1"] if len(said) == 1 else ["10.0.0.1"]
        got = Fetcher("Torkham tests", LIMITS, Guard(frozenset({port}), rebinding)).get(f"http://pass.example:{port}/")
        assert got.status == 200 and said == ["pass.example"] and asked == ["/"]


def test_a_resolver_that_hangs_or_talks_nonsense_is_no_way_in():
    def hangs(host: str, port: int) -> list[str]:
        time.sleep(2)
        return ["8.8.8.8"]
    for resolver, told in ((hangs, "in time"), (lambda h, p: [], "no address"), (lambda h, p: ["x"], "no address")):
        one = Fetcher("Torkham tests", LIMITS, Guard(frozenset(), resolver))
        assert refused(lambda one=one: one.get("http://pass.example/"), told) == ""


@pytest.mark.parametrize("network", [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
    "240.0.0.0/4", "::/96", "::ffff:10.0.0.0/104", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32",
    "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
])
def test_first_and_last_address_of_every_special_network_is_refused(network):
    net = ipaddress.ip_network(network)
    assert objection(net[0]) and objection(net[-1]) and objection(net[net.num_addresses // 2])


@pytest.mark.parametrize("numeric", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:808:808",
                                     "192.0.1.1"])
def test_public_addresses_are_not(numeric):
    assert objection(ipaddress.ip_address(numeric)) == ""


@pytest.mark.parametrize(("address", "host", "port", "target"), [
    ("https://pass.example", "pass.example", 443, "/"),
    ("HTTP://PASS.example:8080/A?b=c#d", "pass.example", 8080, "/A?b=c"),
    ("https://دنیا.example/خبر", "xn--mgbp3ex1a.example", 443, "/%D8%AE%D8%A8%D8%B1"),
    ("https://[2606:4700::1]/", "2606:4700::1", 443, "/"), ("https://pass.example/a@b", "pass.example", 443, "/a@b"),
])
def test_the_parts_of_ordinary_addresses(address, host, port, target):
    place = place_of(address)
    assert (place.host, place.port, place.target) == (host, port, target)


def test_a_body_in_one_piece_or_many_is_the_same():
    whole = gzip.compress(bytes(range(256)) * 40)
    for size in (1, 7, 1000, len(whole)):
        pieces = [whole[i:i + size] for i in range(0, len(whole), size)]
        assert unpacked(pieces, "gzip", 10_000, 20_000) == bytes(range(256)) * 40
    with pytest.raises(Unpackable, match="larger"):
        unpacked([whole], "gzip", 10_000, 10_239)
    assert len(unpacked([whole], "gzip", 10_000, 10_240)) == 10_240


def test_what_is_told_of_an_address_holds_no_password_and_no_control_characters():
    assert shown("http://user:word@pass.example/a") == "http://…@pass.example/a"
    assert shown("http://pass.example/\x1b[2J\u202e") == "http://pass.example/?[2J?"
    assert len(shown("http://pass.example/" + "a" * 5000)) < 250


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for `name`, signed by itself, and what a server needs to show it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    day = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(1).not_valid_before(day).not_valid_after(day + dt.timedelta(days=9))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))
    path = folder / f"{name}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def test_certificates_count_although_the_connection_goes_to_a_number(tmp_path):
    pem, server_side = certificate(tmp_path, "pass.example")

    def secure(answer: bytes) -> Behaviour:
        def do(connection: socket.socket, path: str, port: int) -> None:
            with server_side.wrap_socket(connection, server_side=True) as tls:
                tls.recv(65536)
                tls.sendall(answer)
        return do

    trusting = ssl.create_default_context(cafile=str(pem))
    for host, context, told in (("pass.example", trusting, ""), ("other.example", trusting, "certificate"),
                                ("pass.example", None, "certificate")):
        with tls_serving(secure(OK + b"Content-Length: 4\r\n\r\nfine")) as port:
            one = Fetcher("Torkham tests", LIMITS, Guard(frozenset({port}), resolve), context)
            if told:
                assert refused(lambda one=one, host=host, port=port: one.get(f"https://{host}:{port}/"), told) == ""
            else:
                assert one.get(f"https://{host}:{port}/").body == b"fine"
    with tls_serving(secure(b"HTTP/1.1 302 Found\r\nLocation: http://pass.example/\r\n\r\n")) as port:
        one = Fetcher("Torkham tests", LIMITS, Guard(frozenset({port}), resolve), trusting)
        assert refused(lambda: one.get(f"https://pass.example:{port}/"), "from https to http") == ""


@contextlib.contextmanager
def tls_serving(does: Behaviour) -> Iterator[int]:
    """A server on the loopback whose behaviour gets the connection before anything is read from it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def accept() -> None:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    does(connection, "", port)

        threading.Thread(target=accept, daemon=True).start()
        yield port


def test_a_handshake_that_hangs_ends_in_time():
    with tls_serving(WAYS["says nothing"].does) as port:
        assert refused(lambda: fetcher(port).get(f"https://pass.example:{port}/"), "") == ""


def test_the_permission_to_reach_the_loopback_is_for_tests_alone():
    """Nothing in etl/ builds a `Guard`, hands one on or reads the environment to do so: no command can give it."""
    for path in sorted((ROOT / "etl").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)}
        given = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
        assert not {"loopback", "guard", "resolve"} & {name for name in given if path.parent.name != "read"}, path
        if path.parent.name in ("fetch", "watch"):
            assert not names & {"environ", "getenv"}, path
        if "Guard" in names:
            assert path.relative_to(ROOT).as_posix() in ("etl/fetch/client.py", "etl/fetch/address.py")


def test_nothing_else_asks_other_hosts_for_anything():
    asking = {"httpx", "httpcore", "socket", "http.client", "urllib.request", "requests", "urllib3", "ftplib"}
    for path in sorted((ROOT / "etl").rglob("*.py")):
        named = {name for node in ast.walk(ast.parse(path.read_text("utf-8"))) for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else [])}
        assert not named & asking or path.parent.name == "fetch", path
        if "etl.fetch" in named:
            assert path.parent.name in ("watch", "fetch") or path.name == "watch_command.py", path


def test_an_own_interpreter_with_any_environment_refuses_the_loopback():
    script = ("import sys; from etl.fetch import Fetcher, Refused\ntry: Fetcher('t').get(sys.argv[1])\n"
              "except Refused as error: print(error)")
    with serving(sends(OK + b"\r\n")) as (port, asked):
        for address in (f"http://127.0.0.1:{port}/", "http://localhost/", "http://127.0.0.1/"):
            done = subprocess.run([sys.executable, "-c", script, address], cwd=ROOT, capture_output=True, text=True,
                                  check=False, env={"TORKHAM_LOOPBACK": str(port), "LOOPBACK": "1", "NO_PROXY": "*"})
            assert "; " in done.stdout and done.returncode == 0, done.stderr
        assert not asked
