"""Limits for each client: files and pages in a minute, bytes in an hour, files and pages at once, actions in a page.

A client is a reader who has logged in, else an address (of IPv6 the network of 64 bits that a household has). Only a
keyed hash of it is held, in memory. Several processes count each for itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import math
import secrets
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.data_addresses import Refused
from dashboard.start_page import page_of
from dashboard.web.access import Clock
from dashboard.web.gate import LOGIN, OPEN, READER
from dashboard.web.settings import Settings

FILES = ("/data/", "/media/", "/_stcore/upload_file/")
SOCKET = "/_stcore/stream"
KEPT = 20_000  # clients that are remembered; those not seen for longest are forgotten
BURST_ACTIONS = 60  # actions in a page that are taken at once before they wait
_LONGEST_WAIT = 5.0  # seconds that an action waits at most
_TOGETHER = 8  # files at once of all clients, as a multiple of those of one


@dataclass
class Bucket:
    """So much at once, refilled at `rate` a second. `left` may fall below nought: then it is waited for."""

    most: float
    rate: float
    left: float
    seen: float

    def wait(self, now: float, amount: float = 1.0) -> float:
        """Seconds until `amount` may be taken; 0 takes it."""
        self.left = min(self.most, self.left + max(0.0, now - self.seen) * self.rate)
        self.seen = now
        if self.left >= amount:
            self.left -= amount
            return 0.0
        return (amount - self.left) / self.rate


class Limits:
    """ASGI middleware: 429 in the one shape of error for files beyond the limits; pages beyond them do not open."""

    def __init__(self, app: ASGIApp, settings: Settings, base: str = "", clock: Clock = time.monotonic) -> None:
        self.app, self.base, self.clock = app, base, clock
        numbers = settings.numbers
        self.per_minute = {what: numbers[f"TORKHAM_{what.upper()}_PER_MINUTE"] for what in ("files", "pages", "logins")}
        self.bytes = numbers["TORKHAM_FILE_MB_PER_HOUR"] * 1_000_000
        self.at_once = numbers["TORKHAM_FILES_AT_ONCE"]
        self.sessions, self.own_sessions = numbers["TORKHAM_SESSIONS"], numbers["TORKHAM_SESSIONS_PER_CLIENT"]
        self.actions = numbers["TORKHAM_ACTIONS_PER_SECOND"]
        self._key = secrets.token_bytes(16)
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()
        self._files: Counter[str] = Counter()
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on within the limits."""
        path = scope["path"].removeprefix(self.base) if scope["type"] in ("http", "websocket") else ""
        if scope["type"] == "websocket" and path == SOCKET:
            await self._session(scope, receive, send)
        elif scope["type"] == "http" and path.startswith(FILES):
            await self._file(scope, receive, send)
        elif scope["type"] == "http" and path in (*OPEN, LOGIN):
            refused = self._often("logins", self.client(scope))
            await (refused.answer() if refused else self.app)(scope, receive, send)
        elif scope["type"] == "http" and self._is_page(scope):
            full = Refused(503, "As many readers are here as this server can serve.", "Try again in a few minutes.")
            refused = full if self._full() else self._often("pages", self.client(scope))
            await (refused.answer() if refused else self.app)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def client(self, scope: Scope) -> str:
        """Who asks: a hash that is another one in every process."""
        told = scope.get(READER) or network((scope.get("client") or ("",))[0])
        return hmac.new(self._key, str(told).encode(), hashlib.sha256).hexdigest()[:32]

    async def _file(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = self.client(scope)
        refused = self._often("files", client)
        budget = self._bucket("bytes", client, self.bytes, self.bytes / 3600)
        if not refused and (wait := budget.wait(self.clock(), 0)):
            refused = _later(wait, f"This client was sent {self.bytes // 1_000_000:,} MB within an hour")
        if not refused and self._files[client] >= self.at_once:
            refused = _later(2, f"This client waits for {self.at_once} files already")
        if not refused and self._files.total() >= self.at_once * _TOGETHER:
            refused = _later(10, "The server is making as many files as it can")
        if refused:
            await refused.answer()(scope, receive, send)
            return
        self._files[client] += 1

        async def counted(message: Message) -> None:
            budget.left -= len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            _leave(self._files, client)

    async def _session(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A page's connection; its actions beyond the rate wait, and what follows them too."""
        client = self.client(scope)
        if self._full() or self._open[client] >= self.own_sessions:
            await send({"type": "websocket.close", "code": 1013})
            return
        bucket = Bucket(BURST_ACTIONS, self.actions, BURST_ACTIONS, self.clock())

        async def slowed() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and (wait := bucket.wait(self.clock())):
                await asyncio.sleep(min(wait, _LONGEST_WAIT))
                bucket.wait(self.clock())
            return message

        self._open[client] += 1
        try:
            await self.app(scope, slowed, send)
        finally:
            _leave(self._open, client)

    def _is_page(self, scope: Scope) -> bool:
        """Whether a page is asked for, which is completed for its address and opens a session."""
        wanted = b"text/html" in dict(scope["headers"]).get(b"accept", b"")
        return wanted or page_of(scope["path"], self.base) is not None

    def _full(self) -> bool:
        return self._open.total() >= self.sessions

    def _often(self, what: str, client: str) -> Refused | None:
        most = self.per_minute[what]
        wait = self._bucket(what, client, most, most / 60).wait(self.clock())
        return _later(wait, f"This client asked more than {most} times within a minute") if wait else None

    def _bucket(self, what: str, client: str, most: float, rate: float) -> Bucket:
        bucket = self._buckets.setdefault((what, client), Bucket(most, rate, most, self.clock()))
        self._buckets.move_to_end((what, client))
        while len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)
        return bucket


def network(address: str) -> str:
    """`address`, of IPv6 its network of 64 bits; as it is where it is none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _later(seconds: float, error: str) -> Refused:
    whole = max(1, math.ceil(seconds))
    return Refused(429, f"{error}.", f"Ask again in {whole} seconds, and for fewer or smaller files.", after=whole)


def _leave(counter: Counter[str], client: str) -> None:
    counter[client] -= 1
    if counter[client] <= 0:
        del counter[client]
