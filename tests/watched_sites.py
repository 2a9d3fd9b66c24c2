"""News sites on the loopback for tests of the watcher: hosts by name, pages by path, and a clock that tests turn."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from etl.fetch import Fetcher, Limits
from etl.fetch.address import Guard
from etl.watch import Watch
from etl.watch.manners import Clock

LIMITS = Limits(connect=2, read=0.5, total=5, redirects=3)
DAY = "2025-10-19"


class TestClock(Clock):
    """Time that passes only while somebody waits."""

    __test__ = False

    def __init__(self) -> None:
        self.time = 1_760_900_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Reply:
    """What a site answers."""

    body: str | bytes = ""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""


@dataclass
class Sites:
    """All sites: `pages` by "host/path". `asked` lists the requests: time, "host/path" and headers."""

    clock: TestClock = field(default_factory=TestClock)
    pages: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    asked: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    def url(self, place: str, scheme: str = "http") -> str:
        """The address of "host/path"."""
        host, _, path = place.partition("/")
        return f"{scheme}://{host}:{self.port}/{path}"

    def paths(self, start: str = "") -> list[str]:
        """What was asked for, in order."""
        return [place for _, place, _ in self.asked if place.startswith(start)]

    def feed(self, place: str, *entries: str, **reply: object) -> str:
        """Puts up a feed that names these pages; returns its address."""
        items = "".join(f"<item><title>Entry {i}</title><link>{one if '://' in one else self.url(one)}</link>"
                        f"<pubDate>Sun, 19 Oct 2025 09:30:00 GMT</pubDate></item>" for i, one in enumerate(entries))
        text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Pass</title>{items}</channel></rss>'
        self.pages[place] = Reply(text, kind="application/rss+xml", **reply)  # type: ignore[arg-type]
        return self.url(place)

    def article(self, place: str, words: str, *, head: str = "", date: str = DAY) -> None:
        """Puts up a page with an article."""
        self.pages[place] = Reply(
            f'<html><head><title>{words} at the pass</title><meta property="article:published_time" content="{date}">'
            f"{head}</head><body><article><h1>{words} at the pass</h1><p>The crossing was closed on Saturday after "
            f"{words}, officials of both sides said, and hundreds of lorries stood at the gate.</p><p>Traders asked "
            f"the authorities to let perishable goods through while elders spoke with officers about {words}, and by "
            "the evening some of them had left the gate for the next town.</p></article></body></html>")

    def fetcher(self) -> Fetcher:
        """One that finds the hosts of these tests on the loopback, by an explicit permission for this one port."""
        return Fetcher("Torkham tests", LIMITS, Guard(frozenset({self.port}), lambda host, port: ["127.0.0.1"]))


@contextlib.contextmanager
def sites() -> Iterator[Sites]:
    """Sites that are served while the block lasts."""
    found = Sites()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = (self.headers.get("Host") or "").partition(":")[0] + self.path.partition("?")[0]
            found.asked.append((found.clock.now(), place, dict(self.headers.items())))
            reply = found.pages.get(place, Reply("gone", 404))
            if isinstance(reply, list):
                reply = reply.pop(0) if len(reply) > 1 else reply[0]
            data = reply.body.encode() if isinstance(reply.body, str) else reply.body
            status = 304 if reply.etag and self.headers.get("If-None-Match") == reply.etag else reply.status
            self.send_response(status)
            for name, value in {"Content-Type": reply.kind, **({"ETag": reply.etag} if reply.etag else {}),
                                **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if status == 200:
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def log(out: Path, *statuses: str) -> list[dict]:
    """What the watcher of `out` wrote down, of these statuses or of all."""
    rows = [json.loads(line) for line in (out / ".watch" / "log.jsonl").read_text("utf-8").splitlines()]
    return [row for row in rows if not statuses or row["status"] in statuses]


def plan(web: Sites, out: Path, *feeds: str, **more: object) -> Watch:
    return Watch(feeds, out, clock=web.clock, **more)  # type: ignore[arg-type]


def articles(out: Path) -> list[dict]:
    return [json.loads(line) for path in sorted(out.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
