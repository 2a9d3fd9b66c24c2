"""Servers on the loopback that misbehave, each in its own way: ``python -m tests.misbehaving``.

Every way must end as `Refused` with an address, a reason and a cure, within `SECONDS` and without more memory than the
limits allow. With ``--mutated N`` sound answers are mutated N times besides: each must end so, or as an answer within
the limits. Prints a JSON object: how many ways, addresses and mutations were tried, the slowest, and what went wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import random
import socket
import sys
import threading
import time
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from etl.fetch import Fetcher, Limits, Refused
from etl.fetch.address import Guard

SECONDS = 2.0  # of waiting for one way
MEMORY = 8 * 1024 * 1024  # bytes that one way may cost while it is tried
LIMITS = Limits(connect=0.4, read=0.25, total=0.6, redirects=3, head=16 * 1024, packed=200_000, body=300_000)
HTML = ("text/html",)
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
Behaviour = Callable[[socket.socket, str, int], None]


@dataclass(frozen=True)
class Way:
    """How a server misbehaves, and words of the reason that must be told."""

    does: Behaviour
    told: str


def sends(*pieces: bytes, pause: float = 0.0, times: int = 1) -> Behaviour:
    """Sends the pieces `times` times over, with a pause before each, then closes."""
    def do(connection: socket.socket, path: str, port: int) -> None:
        for _ in range(times):
            for piece in pieces:
                time.sleep(pause)
                connection.sendall(piece)
    return do


def _leads(to: str, status: str = "302 Found") -> Behaviour:
    def do(connection: socket.socket, path: str, port: int) -> None:
        there = to.format(port=port, next=int("0" + path.strip("/")) + 1)
        connection.sendall(f"HTTP/1.1 {status}\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode())
    return do


def _packed(data: bytes, packing: str = "gzip") -> Behaviour:
    return sends(_OK + f"Content-Encoding: {packing}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)


def _bomb() -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([pack.compress(bytes(1_000_000)) for _ in range(100)]) + pack.flush()


def _hangs(connection: socket.socket, path: str, port: int) -> None:
    connection.settimeout(3)
    with contextlib.suppress(OSError):
        connection.recv(1)  # until the other side goes


_BOMB = _bomb()
WAYS: dict[str, Way] = {
    "says nothing": Way(_hangs, "stopped speaking"),
    "closes at once": Way(sends(), "no sound HTTP"),
    "sends headers a byte at a time": Way(sends(*(bytes([b]) for b in _OK * 9), pause=0.03), "not whole after"),
    "sends the body a byte at a time": Way(
        sends(_OK + b"Content-Length: 999\r\n\r\n", *[b"x"] * 99, pause=0.03), "not whole after"),
    "stops in the middle of the body": Way(
        lambda c, path, port: (c.sendall(_OK + b"Content-Length: 999\r\n\r\nhalf"), _hangs(c, path, port))[1],
        "stopped speaking"),
    "promises more than it sends": Way(sends(_OK + b"Content-Length: 999\r\n\r\nhalf"), "no sound HTTP"),
    "sends a body without end": Way(sends(_OK + b"\r\n", *[b"x" * 65536] * 99), "larger than"),
    "announces a huge body": Way(sends(_OK + b"Content-Length: 99999999999\r\n\r\nx"), "larger than"),
    "sends chunks without end": Way(
        sends(_OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"4000\r\n" + b"x" * 0x4000 + b"\r\n"] * 99),
        "larger than"),
    "sends chunks of no size": Way(sends(_OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n"), "no sound HTTP"),
    "sends one header without end": Way(sends(_OK + b"X: ", *[b"x" * 4096] * 99), "headers have no end"),
    "sends headers without end": Way(sends(_OK, *[b"X: y\r\n" * 1000] * 99), "headers have no end"),
    "sends first words without end": Way(sends(*[b"HTTP/1.1 100 Continue\r\n\r\n" * 99] * 99), "headers have no end"),
    "speaks no HTTP": Way(sends(b"SSH-2.0-OpenSSH_9.9\r\n" * 9), "no sound HTTP"),
    "sends random bytes": Way(sends(bytes(range(256)) * 20), "no sound HTTP"),
    "states two lengths": Way(sends(_OK + b"Content-Length: 4\r\nContent-Length: 9\r\n\r\nfour"), "no sound HTTP"),
    "packs a bomb (gzip)": Way(_packed(_BOMB), "when unpacked"),
    "packs a bomb (deflate)": Way(_packed(zlib.compress(bytes(50_000_000), 9), "deflate"), "when unpacked"),
    "packs a bomb into many parts": Way(_packed(gzip.compress(bytes(100_000)) * 99), "when unpacked"),
    "packs a bomb into a bomb": Way(_packed(gzip.compress(_BOMB), "gzip, gzip"), "not asked for"),
    "packs in a way not asked for": Way(_packed(b"\x0b\x02\x80hello\x03", "br"), "not asked for"),
    "packs damaged bytes": Way(_packed(b"\x1f\x8b\x08\x00" + bytes(range(9, 99))), "damaged"),
    "cuts the packed stream short": Way(_packed(gzip.compress(bytes(range(256)) * 9)[:-12]), "cut short"),
    "sends a picture": Way(sends(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nPNG"), "image/png"),
    "states no content type": Way(sends(b"HTTP/1.1 200 OK\r\n\r\n<p>"), "no stated kind"),
    "redirects to itself": Way(_leads("/"), "in a circle"),
    "redirects without end": Way(_leads("/{next}"), "more than 3 times"),
    "redirects nowhere": Way(sends(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), "does not say where"),
    "redirects to a file": Way(_leads("file:///etc/passwd"), "only http and https"),
    "redirects to this machine": Way(_leads("http://127.0.0.1:80/"), "this machine itself"),
    "redirects to this machine by name": Way(_leads("http://inner.example:80/"), "this machine itself"),
    "redirects to this machine in IPv6": Way(_leads("http://[::1]/"), "this machine itself"),
    "redirects to a number in octal": Way(_leads("http://0177.0.0.1/"), "no address"),
    "redirects to the metadata of a cloud": Way(_leads("http://169.254.169.254/latest/"), "link-local"),
    "redirects to a private network": Way(_leads("http://intranet.example/"), "private"),
    "redirects to a name with two faces": Way(_leads("http://twofaced.example/"), "private"),
    "redirects with a password": Way(_leads("http://pass.example:{port}@127.0.0.1/"), "before an @"),
    "redirects to a backslash": Way(_leads("http://pass.example\\@127.0.0.1/"), "backslashes"),
    "redirects to another service": Way(_leads("http://pass.example:6379/"), "port 6379"),
    "redirects to what is no address": Way(_leads("http://[::1"), "no address"),
}
NAMES = {"inner.example": ["127.0.0.1"], "intranet.example": ["10.1.2.3"], "twofaced.example": ["8.8.8.8", "10.0.0.1"]}
ADDRESSES: dict[str, str] = {
    "ftp://pass.example/a": "only http and https", "file:///etc/passwd": "only http and https",
    "//pass.example/": "only http and https", "gopher://pass.example:70/_x": "only http and https",
    "http://": "no plain name", "http://localhost/": "", "http://127.0.0.1/": "this machine itself",
    "http://127.1/": "no plain name", "http://2130706433/": "no plain name", "http://0x7f000001/": "no plain name",
    "http://0177.0.0.01/": "no address", "http://0x7f.0.0.1/": "no plain name", "http://0/": "no plain name",
    "http://0.0.0.0/": "stands for this machine", "http://[::]/": "stands for this machine", "http://[::1]/": "itself",
    "http://[::ffff:127.0.0.1]/": "", "http://[::ffff:7f00:1]/": "this machine itself",
    "http://[64:ff9b::7f00:1]/": "this machine itself", "http://[64:ff9b::a9fe:a9fe]/": "link-local",
    "http://[2002:7f00:1::]/": "", "http://[fe80::1%25eth0]/": "", "http://[fe80::1]/": "link-local",
    "http://[fd00:ec2::254]/": "private", "http://[ff02::1]/": "multicast", "http://224.0.0.1/": "multicast",
    "http://255.255.255.255/": "", "http://10.0.0.1/": "private", "http://172.16.9.9/": "private",
    "http://192.168.1.1/": "private", "http://100.100.100.200/": "reserved", "http://169.254.169.254/": "link-local",
    "http://168.63.129.16/": "reserved", "http://198.18.0.1/": "", "http://240.0.0.1/": "",
    "http://192.0.0.192/": "", "http://①②⑦.0.0.1/": "", "http://127。0。0。1/": "",
    "http://pass.example:22/": "port 22", "http://pass.example:25/": "port 25", "http://pass.example:99999/": "",
    "http://user@pass.example/": "before an @", "http://user:word@pass.example/": "before an @",
    "http://8.8.8.8@127.0.0.1/": "before an @", "http://@127.0.0.1/": "before an @",
    "http://pass.example\\@127.0.0.1/": "backslashes", "http://pass.example/\r\nHost: x": "control characters",
    "http://pass.example/\0": "control characters", " http://pass.example/": "blanks",
    "http://pass .example/": "blanks",
    "http://inner.example/": "this machine itself", "http://intranet.example/": "private",
    "http://twofaced.example/": "private", "http://nowhere.example/": "no address", "http://-a.example/": "",
    "http://" + "a" * 64 + ".example/": "", "http://pass.example/" + "a" * 2000: "more than 2,000",
    "http://%31%32%37.0.0.1/": "", "http://127.0.0.1.:80/": "", "data:text/html,x": "", "x": "", "": "",
}


def resolve(host: str, port: int) -> list[str]:
    """The addresses of the made-up names; the ordinary one is this machine, where the server is."""
    if host == "nowhere.example":
        raise OSError("no such name")
    return NAMES.get(host, ["127.0.0.1"])


@contextlib.contextmanager
def serving(behaviour: Behaviour) -> Iterator[tuple[int, list[str]]]:
    """A server on the loopback: its port, and the paths that it was asked for."""
    asked: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = connection.recv(65536).decode("latin-1")
            asked.append(head.split(" ")[1] if " " in head else head)
            behaviour(connection, asked[-1], port)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield port, asked
    finally:
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()


def fetcher(*ports: int) -> Fetcher:
    """One that may reach these ports of the loopback, and knows the made-up names."""
    return Fetcher("Torkham tests", LIMITS, Guard(frozenset(ports), resolve))


def refused(fetch: Callable[[], object], told: str) -> str:
    """What is wrong with how a fetch ended; "" where it was refused in time with the words wanted."""
    began, fault = time.monotonic(), "it was taken"
    tracemalloc.start()
    try:
        fetch()
    except Refused as error:
        reason, _, cure = str(error).rpartition("; ")
        fault = "" if told in reason and cure and len(str(error)) < 500 and str(error).isprintable() else str(error)
    except Exception as error:  # the very thing that is looked for
        fault = f"{type(error).__name__}: {error}"
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if time.monotonic() - began > SECONDS:
        fault = fault or f"it took {time.monotonic() - began:.1f} s"
    return fault or (f"it took {most:,} bytes" if most > MEMORY else "")


def try_way(name: str) -> str:
    """What is wrong with how a way ended; "" where all is well."""
    way = WAYS[name]
    with serving(way.does) as (port, _):
        return refused(lambda: fetcher(port).get(f"http://pass.example:{port}/", kinds=HTML), way.told)


_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n4\r\n<p>f\r\n3\r\nine\r\n0\r\n\r\n"
SOUND = (
    _OK + b"Content-Length: 7\r\n\r\n<p>fine", _OK + _CHUNKED,
    _OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<p>fine" * 99),
    _OK + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"<p>fine" * 99),
    b"HTTP/1.1 301 Moved\r\nLocation: http://pass.example/two\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nSet-Cookie: a=b\r\n\r\n",
)
_PIECES = (b"\r\n", b"\n", b"\r", b"\0", b": ", b" ", b"\xff", b"99999999999999999999", b"-1", b"0x", b";", b",",
           b"chunked", b"http://127.0.0.1/", b"HTTP/1.1 200 OK\r\n", b"Content-Length: 5\r\n", b"[", b"@", b"%",
           "\u202e".encode())


def mutated(rng: random.Random) -> bytes:
    """A sound answer with one to six places cut, repeated, replaced or filled with what means something elsewhere."""
    data = rng.choice(SOUND)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        at, length = rng.randrange(len(data) + 1), rng.choice((0, 0, 1, 1, 2, 9, 40))
        new = rng.choice((b"", rng.choice(_PIECES), rng.choice(_PIECES) * rng.choice((3, 400)),
                          data[at:at + length] * 2, rng.randbytes(3)))
        data = data[:at] + new + data[at + length:]
    return data


def try_mutated(seed: str) -> tuple[str, str]:
    """How a mutated answer ended ("answer" or "refused"), and what is wrong with that; "" where all is well."""
    began, how = time.monotonic(), "refused"
    with serving(sends(mutated(random.Random(seed)))) as (port, _):
        try:
            got = fetcher(port).get(f"http://pass.example:{port}/", kinds=HTML)
            how = "answer"
            fault = "" if len(got.body) <= LIMITS.body and (got.status == 200 or not got.body) else "too much"
        except Refused as error:
            fault = "" if "; " in str(error) and str(error).isprintable() and len(str(error)) < 500 else str(error)
        except Exception as error:  # the very thing that is looked for
            fault = f"{type(error).__name__}: {error}"
    return how, fault or ("" if time.monotonic() - began < SECONDS else f"it took {time.monotonic() - began:.1f} s")


def main() -> int:
    """All ways and addresses; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutated", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    faults: dict[str, str] = {}
    slowest: list[Any] = [0.0, ""]
    ended: Counter[str] = Counter()
    for name in WAYS:
        began = time.monotonic()
        if fault := try_way(name):
            faults[name] = fault
        slowest = max(slowest, [round(time.monotonic() - began, 2), name])
    for address, told in ADDRESSES.items():
        if fault := refused(lambda address=address: fetcher().get(address), told):
            faults[address] = fault
    for i in range(chosen.mutated):
        began = time.monotonic()
        how, fault = try_mutated(f"{chosen.seed}-{i}")
        ended[how] += 1
        if fault:
            faults[f"mutated {chosen.seed}-{i}"] = fault
        slowest = max(slowest, [round(time.monotonic() - began, 2), f"mutated {chosen.seed}-{i}"])
    print(json.dumps({"misbehaviours": len(WAYS), "addresses": len(ADDRESSES), "mutated": ended,
                      "slowest": slowest, "faults": faults}, indent=1, ensure_ascii=False))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
