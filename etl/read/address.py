"""Addresses of articles: without what only tracks the reader, and as keys by which copies of one page are known."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from etl.reference import read_table

_AMP_PATH = re.compile(r"/amp/?$|[.-]amp(?=\.html?$)")
_AMP_ANYWHERE = re.compile(r"/amp(?=/)|/amp/?$|[.-]amp(?=\.html?$)")
_CACHED = re.compile(r"/(?:amp|[civ])/(s/)?([\w-]+(?:\.[\w-]+)+(?:/.*)?)$")
_INDEX = re.compile(r"/(?:index\.(?:html?|php))?$")
_PORTS = {("http", 80), ("https", 443)}


def plain_address(url: str) -> str:
    """The address without what only tracks the reader, without fragment, and of the page rather than its AMP copy."""
    try:
        parts = _uncached(urlsplit(url))
        netloc = parts.netloc.removeprefix("amp.")
    except ValueError:
        return url
    return urlunsplit((parts.scheme, netloc, _AMP_PATH.sub("", parts.path), urlencode(_query(parts)), ""))


def key_of(url: str) -> str:
    """What all addresses of one page have in common: host and path, whatever scheme, tracking or copy for telephones.

    For comparing only, never for fetching; "" where the address names no host.
    """
    try:
        parts = _uncached(urlsplit(url.strip()))
        host, port = _site(parts), parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    place = host if port is None or (parts.scheme, port) in _PORTS else f"{host}:{port}"
    path = _INDEX.sub("", _AMP_ANYWHERE.sub("", quote(unquote(parts.path), safe="/:@!$&'()*+,;=~")))
    query = urlencode(sorted(_query(parts)))
    return f"{place}{path}?{query}" if query else f"{place}{path}"


def site_of(url: str) -> str:
    """The host of an address without what names a copy of the site (`www.`, `m.`, `amp.`); "" where there is none."""
    try:
        return _site(urlsplit(url))
    except ValueError:
        return ""


def _site(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    while (first := host.partition("."))[0] in _words("host") and "." in first[2]:
        host = first[2]
    return host


def _query(parts: SplitResult) -> list[tuple[str, str]]:
    return [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if not _tracking().fullmatch(name.lower())]


def _uncached(parts: SplitResult) -> SplitResult:
    """The address that a cache of AMP pages holds a copy of; others stay."""
    host = (parts.hostname or "").removeprefix("www.")
    if not any(host == name or host.endswith(f".{name}") for name in _words("cache")):
        return parts
    found = _CACHED.match(parts.path)
    return urlsplit(f"{'https' if found[1] else 'http'}://{found[2]}?{parts.query}") if found else parts


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("address_words").rows if row["kind"] == kind)


@cache
def _tracking() -> re.Pattern[str]:
    """Names of parameters that only track; one that ends in ``*`` stands for all that begin so."""
    return re.compile("|".join(re.escape(word.rstrip("*")) + (".*" if word.endswith("*") else "")
                               for word in sorted(_words("parameter"))))
