"""Which feeds to watch, and what the entries of a feed are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from etl.faults import InputFault
from etl.fetch.address import LONGEST
from etl.read.feed import day_of, parsed
from etl.read.record import MAX_TITLE, clean

KINDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml",
         "application/x-rss+xml", "text/html", "text/plain")  # many a site calls its feed a page
MOST = 1_000  # entries of a feed that are looked at
_LISTS, _FEEDS = (".txt", ".opml"), (".xml", ".rss", ".atom")
_OUTLINE = re.compile(r"<outline\b[^>]*?\bxmlUrl\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """An entry of a feed: the address of its page, and what the feed says of it. `day` is an ISO date or ""."""

    url: str
    title: str = ""
    day: str = ""


def feeds_of(given: Iterable[str]) -> list[str]:
    """The feeds that are meant: addresses, files of feeds, and what lists of addresses (.txt, .opml) hold, each once.

    Raises `InputFault` for a file that is not there or holds no address.
    """
    found: list[str] = []
    for one in given:
        if re.match(r"[a-z][a-z0-9+.-]*://", one, re.IGNORECASE):
            found.append(one)
        elif one.lower().endswith(_FEEDS):
            _text(Path(one))
            found.append(one)
        elif one.lower().endswith(_LISTS):
            listed = addresses_in(_text(Path(one)), is_opml=one.lower().endswith(".opml"))
            if not listed:
                raise InputFault(f"{one} holds no address of a feed; write one a line")
            found += listed
        else:
            raise InputFault(f"{one} is neither an address nor a file of a feed; give https://…, a list ("
                             f"{', '.join(_LISTS)}) or a saved feed ({', '.join(_FEEDS)})")
    return list(dict.fromkeys(found))


def addresses_in(text: str, *, is_opml: bool = False) -> list[str]:
    """The addresses in a list: one a line, with remarks behind ``#`` at a line's start; or those of an OPML file."""
    if is_opml:
        return [(one or other).replace("&amp;", "&").strip() for one, other in _OUTLINE.findall(text)]
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InputFault(f"{path} cannot be read ({error.strerror}); check the path") from None


def entries_of(data: bytes, base: str, content_type: str = "") -> list[Entry]:
    """The entries of a feed, in its order; `base` is the address that relative ones start from.

    Raises `etl.read.record.Unreadable` for what is no feed.
    """
    found = []
    for entry in parsed(data, content_type).entries:
        link = str(entry.get("link") or "").strip()
        try:
            url = urljoin(base, link) if link else ""
        except ValueError:
            url = link
        title = " ".join(clean(str(entry.get("title") or "")).split())
        found.append(Entry(clean(url)[:LONGEST + 1], title[:MAX_TITLE], _valid(day_of(entry) or "")))
    return found


def _valid(day: str) -> str:
    """An ISO date that the calendar has, else ""."""
    try:
        return dt.date.fromisoformat(day).isoformat()
    except ValueError:
        return ""
