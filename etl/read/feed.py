"""A news feed that was saved (RSS, Atom): one record an entry. Nothing is fetched."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from etl.read.address import plain_address
from etl.read.inputs import Input
from etl.read.record import Record, Unreadable, check, told

MAX_FEED, MAX_TAGS = 8 * 1024 * 1024, 50_000  # bytes; tags outside of CDATA: parsing grows with the square of depth
_ENTITY = re.compile(rb"<\0*!\0*E\0*N\0*T\0*I\0*T\0*Y", re.IGNORECASE)  # in UTF-16 and UTF-32 too
CURE = "the feed gives the entry no date; add one as <pubDate> or <updated>"


def read_feed(source: Input) -> Iterator[Record]:
    """One record for each entry, of the text that the feed itself carries (its content, else its summary).

    Raises `Unreadable` as `parsed` does.
    """
    feed = parsed(source.load())
    site = _word(feed.feed, "title")
    for entry in feed.entries:
        yield _record(entry, site)


def parsed(data: bytes, content_type: str = "") -> Any:
    """The feed as feedparser reads it, with at least one entry.

    Raises `Unreadable` for what is no feed, and for one that defines entities of its own: that is how a small file
    becomes a huge text.
    """
    import feedparser  # here, because few runs need it

    if _ENTITY.search(data):
        raise Unreadable("the feed defines entities of its own; save it without its document type")
    if len(data) > MAX_FEED or _tags(data) > MAX_TAGS:
        raise Unreadable(f"the feed is larger than {MAX_FEED // 1024 ** 2} MB or has more than {MAX_TAGS:,} tags; save "
                         "its newest entries alone")
    try:
        feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False,
                                response_headers={"content-type": content_type} if content_type else None)
    except (ValueError, LookupError, OverflowError, RecursionError, AssertionError) as error:  # of its loose parser
        raise Unreadable(f"no news feed that can be read ({told(error)}); save the RSS or Atom document itself"
                         ) from None
    if not feed.entries:
        fault = getattr(feed.get("bozo_exception"), "getMessage", lambda: "")() or "it has no entry"
        raise Unreadable(f"no news feed that can be read ({told(fault)}); save the RSS or Atom document itself")
    return feed


def day_of(entry: dict[str, Any]) -> str | None:
    """The ISO date of an entry of a feed, in the time in which the feed tells it; None where it gives none.

    The library's own reading is in universal time: near midnight that is another day than the site's.
    """
    stamp = entry.get("published_parsed") or entry.get("updated_parsed")
    if not stamp:
        return None
    day = "-".join(f"{part:02}" for part in stamp[:3])
    told_day = _as_told(str(entry.get("published" if entry.get("published_parsed") else "updated") or ""))
    try:
        near = told_day and abs(told_day - dt.date.fromisoformat(day)) <= dt.timedelta(days=1)
    except ValueError:  # a year or day that the calendar does not have
        return day
    return told_day.isoformat() if told_day and near else day


def _as_told(stamp: str) -> dt.date | None:
    """The day in a stamp such as ``Sun, 19 Oct 2025 01:30:00 +0500`` or ``2025-10-19T01:30:00+05:00``."""
    try:
        return dt.datetime.fromisoformat(stamp.strip()).date()
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(stamp).date()
    except (ValueError, TypeError, OverflowError):
        return None


def _tags(data: bytes) -> int:
    """How many tags there are outside of CDATA sections, at most."""
    first, *sections = data.split(b"<![CDATA[")
    return first.count(b"<") + sum(part.partition(b"]]>")[2].count(b"<") for part in sections)


def _record(entry: dict[str, Any], site: str) -> Record:
    bodies = [_word(part, "value") for part in entry.get("content", ())] or [_word(entry, "summary")]
    url = plain_address(_word(entry, "link"))
    return check({"id": (_word(entry, "id") or url)[:200], "url": url, "publisher": site[:200],
                  "published": day_of(entry),
                  "title": _text(_word(entry, "title")), "text": "\n\n".join(filter(None, map(_text, bodies)))},
                 cure_for_date=CURE)


def _word(part: dict[str, Any], name: str) -> str:
    """What a part of a feed says under `name`; "" where that is nothing, or no text (a link without an address)."""
    value = part.get(name)
    return value if isinstance(value, str) else ""


def _text(html: str) -> str:
    """The words of a piece of HTML, a paragraph a line."""
    from resiliparse.extract.html2text import extract_plain_text

    return extract_plain_text(html, list_bullets=False, alt_texts=False).strip() if html else ""
