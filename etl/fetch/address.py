"""Which addresses may be fetched: http(s), an ordinary name, an ordinary port, and a public host behind it.

A name is resolved once, and the connection goes to what was checked: a name that answers otherwise the next time
(DNS rebinding) gains nothing. All addresses of a name must be public; one that is not shows ill will or a mistake.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import httpx

from etl.fetch.refusal import Refused

Resolver = Callable[[str, int], Sequence[str]]
LONGEST = 2_000  # characters of an address
PORTS = frozenset({80, 443, 8080, 8443})  # other ports are other services, which a request might set in motion
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?")  # a last label that old resolvers read as a number
_WRITE = "write the address as https://name/path"
_PUBLIC = "only public hosts are read; save the page as a file if it is yours"
# What `ipaddress` counts as global, or did in some version, and is not the public web.
_CLOSED = [ipaddress.ip_network(net) for net in (
    "168.63.129.16/32",  # one cloud's inner services, at an address that looks public
    "192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "198.18.0.0/15", "240.0.0.0/4",
    "64:ff9b:1::/48", "2001::/23", "2002::/16", "3ffe::/16", "5f00::/16", "fec0::/10", "::/96", "100::/64",
)]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Place:
    """Where an address leads: scheme, host as in the certificate, port, and the path with its query."""

    scheme: str
    host: str
    port: int
    target: str


def place_of(address: str) -> Place:
    """The parts of an address; raises `Refused` for one that is not plain http(s) or hides where it leads."""
    def refused(reason: str, cure: str = _WRITE) -> Refused:
        return Refused(address, reason, cure, lasting=True)

    if len(address) > LONGEST:
        raise refused(f"the address has more than {LONGEST:,} characters")
    if any(c <= " " or c == "\\" or "\x7f" <= c < "\xa0" or not c.isprintable() for c in address):
        raise refused("the address holds blanks, backslashes or control characters")
    try:
        url = httpx.URL(address)
        host, port = url.raw_host.decode("ascii").lower(), url.port
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise refused("this is no address") from None
    if url.scheme not in ("http", "https"):
        raise refused("only http and https are read")
    if url.userinfo or "@" in re.split(r"[/?#]", address.partition("//")[2], maxsplit=1)[0]:
        raise refused("the address holds a name or password before an @")
    if not _is_literal(host) and (not _NAME.fullmatch(host) or len(host) > 253 or _NUMBER.fullmatch(
            host.rstrip(".").rpartition(".")[2])):
        raise refused("the host is no plain name")
    return Place(url.scheme, host, port or {"http": 80, "https": 443}[url.scheme], url.raw_path.decode("ascii"))


def _is_literal(host: str) -> bool:
    """Whether the host is a number of the Internet in its one plain form: no octal, no parts left out, no zone."""
    try:
        return str(ipaddress.ip_address(host)) == host
    except ValueError:
        return False


@dataclass(frozen=True)
class Guard:
    """Decides where connections may go.

    `loopback` holds ports of 127.0.0.1 and ::1 that may be reached although they are not public. It is for tests whose
    server runs on this machine: nothing but a caller in Python can set it, no option and no variable of the
    environment does. `resolve` stands for the system's resolver in the same tests.
    """

    loopback: frozenset[int] = frozenset()
    resolve: Resolver | None = None

    def addresses(self, address: str, place: Place, seconds: float) -> list[str]:
        """The numeric addresses of the host, all of them checked; raises `Refused`."""
        if place.port not in PORTS and place.port not in self.loopback:
            raise Refused(address, f"port {place.port} is not one that web pages are served from",
                          f"use one of {', '.join(map(str, sorted(PORTS)))}", lasting=True)
        if _is_literal(place.host):
            found: Sequence[str] = [place.host]
        else:
            try:
                found = _in_time(self.resolve or _system, place.host.rstrip("."), place.port, seconds)
            except TimeoutError:
                raise Refused(address, "its host was not found in time", "check the network, try again") from None
            except (OSError, UnicodeError):
                raise Refused(address, "its host has no address", "check the spelling and the network") from None
        if not found:
            raise Refused(address, "its host has no address", "check the spelling and the network")
        for one in found:
            if reason := self._objection(one, place.port):
                raise Refused(address, f"its host is {one}, {reason}", _PUBLIC, lasting=True)
        return list(dict.fromkeys(found))

    def _objection(self, numeric: str, port: int) -> str:
        try:
            ip = ipaddress.ip_address(numeric)
        except ValueError:
            return "which is no address"
        if ip.is_loopback and port in self.loopback:
            return ""
        return objection(ip)


def objection(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Why a numeric address is not one of the public web; "" where it is."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            return objection(inner)
    kinds: Collection[tuple[bool, str]] = (
        (ip.is_unspecified, "which stands for this machine"), (ip.is_loopback, "this machine itself"),
        (ip.is_link_local, "a link-local address, where clouds keep their metadata"),
        (ip.is_multicast, "a multicast address"), (ip.is_private, "a private address"),
        (ip.is_reserved or not ip.is_global or any(ip in net for net in _CLOSED), "a reserved address"),
    )
    return next((told for holds, told in kinds if holds), "")


def _system(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _in_time(resolve: Resolver, host: str, port: int, seconds: float) -> Sequence[str]:
    """What `resolve` says, if it says it in time; the system's resolver has no limit of its own."""
    said: list[Sequence[str] | Exception] = []

    def ask() -> None:
        try:
            said.append(resolve(host, port))
        except Exception as error:  # it is raised again where it is waited for
            said.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if not said:
        raise TimeoutError
    if isinstance(said[0], Exception):
        raise said[0]
    return said[0]
