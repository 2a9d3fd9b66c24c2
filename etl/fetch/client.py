"""One request after another, each followed through its redirects with every step checked anew."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin

import httpcore
import httpx

from etl.fetch.address import Guard, Place, place_of
from etl.fetch.connection import Deadline, Network, TooMuch
from etl.fetch.refusal import Refused
from etl.fetch.unpack import ACCEPTED, Unpackable, unpacked

_REDIRECTS = (301, 302, 303, 307, 308)
_LATER, _FIX = "try again later", "ask who runs the site"


@dataclass(frozen=True)
class Limits:
    """Bounds of one fetch: seconds, bytes and redirects."""

    connect: float = 10.0  # seconds until the connection stands
    read: float = 20.0  # seconds of silence
    total: float = 60.0  # seconds of all redirects together with the body
    redirects: int = 5
    head: int = 64 * 1024  # bytes of the headers
    packed: int = 8 * 1024 * 1024  # bytes of the body as sent
    body: int = 8 * 1024 * 1024  # bytes of the body unpacked


@dataclass(frozen=True)
class Answer:
    """What came back: `address` is where it was found, after redirects; `body` is empty unless `status` is 200.

    `moved` is the address that takes the place of the first one for good, "" where none does. Names of `headers` are
    in lower case.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    moved: str = ""

    @property
    def kind(self) -> str:
        """The content type, without its parameters; "" where none is stated."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The encoding that the site names."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'")[:40] or None
        return None


@dataclass(frozen=True)
class Fetcher:
    """Fetches addresses. It keeps no cookies, knows no passwords, and takes no proxy from the environment.

    `agent` is what it calls itself. `guard` decides where connections may go.
    """

    agent: str
    limits: Limits = field(default_factory=Limits)
    guard: Guard = field(default_factory=Guard)
    tls: ssl.SSLContext | None = None  # the authorities that are trusted; by default those of the web

    def get(self, address: str, *, kinds: Iterable[str] = (), headers: Mapping[str, str] | None = None,
            before: Callable[[str], None] | None = None) -> Answer:
        """The answer to a request for `address`, after at most `limits.redirects` redirects.

        `kinds` are the content types taken, by default all. `before` is called with each address before it is asked
        for, and may raise `Refused`. Raises `Refused` for what may not be fetched or does not keep to the limits.
        """
        deadline = Deadline(self.limits.total, self.limits.head)
        seen, here, moved, for_good = {address}, address, "", True
        while True:
            place = place_of(here)
            if before:
                before(here)
            with _told(here, deadline):
                answer = self._once(here, place, deadline, tuple(kinds), headers or {})
            if answer.status not in _REDIRECTS:
                return Answer(answer.address, answer.status, answer.headers, answer.body, moved)
            there = _target(here, answer)
            if place.scheme == "https" and there.startswith("http:"):
                raise Refused(here, "it leads from https to http", "give the http address itself if you trust it",
                              lasting=True)
            if there in seen or len(seen) > self.limits.redirects:
                raise Refused(address, "it redirects in a circle" if there in seen else
                              f"it redirects more than {self.limits.redirects} times", _FIX)
            for_good = for_good and answer.status in (301, 308)
            moved = there if for_good else moved
            seen.add(there)
            here = there

    def check(self, address: str) -> None:
        """Raise `Refused` where an address may not be fetched; nothing is asked but the way to its host."""
        self.guard.addresses(address, place_of(address), self.limits.connect)

    def _once(self, address: str, place: Place, deadline: Deadline, kinds: tuple[str, ...],
              headers: Mapping[str, str]) -> Answer:
        addresses = self.guard.addresses(address, place, deadline.left(self.limits.connect))
        deadline.in_head, deadline.head_left = True, self.limits.head
        host = f"[{place.host}]" if ":" in place.host else place.host
        default = place.port == {"http": 80, "https": 443}[place.scheme]
        sent: dict[bytes | str, bytes | str] = {
            "Host": host if default else f"{host}:{place.port}", "User-Agent": self.agent,
            "Accept": ", ".join(kinds) or "*/*", "Accept-Encoding": ACCEPTED, "Connection": "close"}
        sent.update(headers.items())
        url = httpcore.URL(scheme=place.scheme, host=host, port=place.port, target=place.target)
        with httpcore.ConnectionPool(ssl_context=self.tls or _authorities(), max_connections=1,
                                     max_keepalive_connections=0, network_backend=Network(addresses, deadline)) as pool:
            timeouts = {"connect": self.limits.connect, "read": self.limits.read, "write": self.limits.read}
            with pool.stream("GET", url, headers=sent, extensions={"timeout": timeouts}) as response:
                deadline.in_head = False
                got = _joined(response.headers)
                answer = Answer(address, response.status, got)
                if response.status != 200:
                    return answer
                if kinds and answer.kind not in kinds:
                    told = f"is {answer.kind[:60]!r}" if answer.kind else "has no stated kind"
                    raise Refused(address, f"what the site sends {told}, not {' or '.join(kinds[:2])}",
                                  "check that the address is the right one", lasting=True)
                if (length := got.get("content-length", "")).isdecimal() and int(length[:20]) > self.limits.packed:
                    raise Unpackable(f"it is larger than {self.limits.packed / 1024 ** 2:g} MB")
                body = unpacked(response.iter_stream(), got.get("content-encoding", ""), self.limits.packed,
                                self.limits.body)
                return Answer(address, 200, got, body)


@cache
def _authorities() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case; one that stands twice counts as one list, as HTTP has it."""
    found: dict[str, str] = {}
    for raw, value in headers:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def _target(here: str, answer: Answer) -> str:
    location = answer.headers.get("location", "").strip()
    if not location:
        raise Refused(here, f"it answers {answer.status} but does not say where to", _FIX)
    try:
        return urljoin(here, location).partition("#")[0]
    except ValueError:
        raise Refused(here, "it redirects to what is no address", _FIX, lasting=True) from None


@contextmanager
def _told(address: str, deadline: Deadline) -> Iterator[None]:
    """Turns what can go wrong on the way into `Refused`."""
    try:
        yield
    except (TooMuch, Unpackable) as error:
        slow = isinstance(error, TooMuch)
        raise Refused(address, str(error), _LATER if slow else "leave it out, or save the page yourself",
                      lasting=not slow) from None
    except httpcore.TimeoutException as error:
        reason = (deadline.over() if deadline.is_over else "the site does not take the connection in time"
                  if isinstance(error, httpcore.ConnectTimeout) else "the site stopped speaking")
        raise Refused(address, reason, _LATER) from None
    except httpcore.ConnectError as error:
        certificate = "certificate" in str(error).lower()
        raise Refused(address, "its certificate cannot be relied on" if certificate
                      else f"no connection to the site ({_words(error)})", _FIX if certificate else _LATER) from None
    except (httpcore.RemoteProtocolError, httpcore.LocalProtocolError) as error:
        raise Refused(address, f"the answer is no sound HTTP ({_words(error)})", _LATER) from None
    except (httpcore.NetworkError, httpcore.UnsupportedProtocol, OSError) as error:
        raise Refused(address, f"the connection broke off ({_words(error)})", _LATER) from None


def _words(error: Exception) -> str:
    return "".join(c if c.isprintable() else "?" for c in (str(error) or type(error).__name__)[:100])
