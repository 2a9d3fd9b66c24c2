"""Manners towards sites: robots.txt, a pause between two requests to one host, and waiting where a site asks for it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from etl.fetch import Answer, Fetcher, Refused
from etl.read.record import told

ROBOT = "Torkham"  # the name that robots.txt files know the watcher by
REMEMBERED = 24 * 3600.0  # seconds for which a robots.txt counts (RFC 9309)
LONGEST_PAUSE = 7 * 24 * 3600.0  # seconds; a site that asks for more is asked again then
_BUSY = (429, 503)
_LATER = "it is asked again later"


def agent(contact: str = "") -> str:
    """What the watcher calls itself: a robot, its purpose, and who can be asked about it."""
    plain = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()\\")[:100].strip()
    return f"{ROBOT}/1.0 (reads news feeds for event data{f'; {plain}' if plain else ''})"


class Forbidden(Refused):
    """A page that the site's robots.txt keeps robots from."""


class Clock:
    """The time in seconds since 1970, and waiting."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Manners:
    """Fetches for one watcher, one request at a time.

    `delay` is the least pause in seconds between two requests to one host; a site's Crawl-delay or Request-rate makes
    it longer. `free` says when a host may be asked again.
    """

    def __init__(self, fetcher: Fetcher, clock: Clock, delay: float) -> None:
        self._fetcher, self._clock, self._delay = fetcher, clock, delay
        self._rules: dict[str, tuple[float, Protego]] = {}
        self.free: dict[str, float] = {}

    def get(self, address: str, kinds: Iterable[str], headers: Mapping[str, str] | None = None) -> Answer:
        """The answer of the site with status 200 or 304, when it is the host's turn.

        Raises `Forbidden`, and `Refused` for every other answer.
        """
        self._obey(address)
        self._wait(address)
        try:
            answer = self._fetcher.get(address, kinds=kinds, headers=headers, before=self._hop(address))
        finally:
            self._pause(address, self._pace(address))
        return self._sound(answer)

    def turn(self, address: str) -> float:
        """When the host of an address may be asked again, in seconds since 1970."""
        return self.free.get(_host(address), 0.0)

    def _hop(self, first: str) -> Callable[[str], None]:
        def before(address: str) -> None:
            if address != first:
                self._obey(address)
                self._pause(address, self._pace(address))
        return before

    def _sound(self, answer: Answer) -> Answer:
        status, here = answer.status, answer.address
        if status in (200, 304):
            return answer
        if status in _BUSY:
            after = self._asked_to_wait(answer)
            self._pause(here, after)
            raise Refused(here, f"the site is busy (status {status})", _LATER, after=after)
        if status in (401, 402, 403, 407, 451):
            raise Refused(here, f"the site does not show it to everybody (status {status})", "save the page as a file "
                          "if you may read it", lasting=True)
        if status in (404, 410):
            raise Refused(here, f"the site no longer has it (status {status})", "check the address", lasting=True)
        lasting = 400 <= status < 500 and status not in (408, 425)
        raise Refused(here, f"the site answers with status {status}", "check the address" if lasting
                      else _LATER, lasting=lasting)

    def _asked_to_wait(self, answer: Answer) -> float:
        """Seconds of the header Retry-After, in either of its forms; 0 where there is none that makes sense."""
        text = answer.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return min(float(text[:12]), LONGEST_PAUSE)
        try:
            when = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return 0.0
        seconds = (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp() - self._clock.now()
        return min(max(seconds, 0.0), LONGEST_PAUSE)

    def _wait(self, address: str) -> None:
        if (seconds := self.turn(address) - self._clock.now()) > 0:
            self._clock.sleep(seconds)

    def _pause(self, address: str, seconds: float) -> None:
        host = _host(address)
        self.free[host] = max(self.free.get(host, 0.0), self._clock.now() + seconds)

    def _pace(self, address: str) -> float:
        """Seconds between two requests to the host of an address."""
        known = self._rules.get(_origin(address))
        if known is None:
            return self._delay
        rules, rate = known[1], known[1].request_rate(ROBOT)
        return max(self._delay, float(rules.crawl_delay(ROBOT) or 0),
                   rate.seconds / rate.requests if rate and rate.requests else 0.0)

    def _obey(self, address: str) -> None:
        """Raise `Forbidden` where robots.txt says so, and `Refused` where it cannot be read now."""
        origin = _origin(address)
        known = self._rules.get(origin)
        if known is None or known[0] < self._clock.now():
            self._rules[origin] = known = (self._clock.now() + REMEMBERED, self._read_rules(address, origin))
        if not known[1].can_fetch(address, ROBOT):
            raise Forbidden(address, "its robots.txt keeps robots out", "ask the publisher for leave, or save the page "
                            "yourself", lasting=True)

    def _read_rules(self, address: str, origin: str) -> Protego:
        """What robots.txt says: nothing is forbidden where there is none, all for now where the site is in trouble."""
        self._fetcher.check(address)  # what may not be fetched at all is told as such
        self._wait(address)
        try:
            answer = self._fetcher.get(f"{origin}/robots.txt")
        except Refused as error:
            raise Refused(address, f"its robots.txt cannot be had ({error.reason})", _LATER) from None
        finally:
            self._pause(address, self._delay)
        if answer.status == 429 or answer.status >= 500:
            after = self._asked_to_wait(answer)
            self._pause(address, after)
            raise Refused(address, f"its robots.txt cannot be read (status {answer.status})", _LATER,
                          after=after)
        try:
            return Protego.parse(answer.body.decode("utf-8", "replace") if answer.status == 200 else "")
        except Exception as error:  # whatever a parser makes of odd bytes: then nobody said what is allowed
            raise Refused(address, f"its robots.txt makes no sense ({told(error)})", _LATER) from None


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), "", "", ""))
