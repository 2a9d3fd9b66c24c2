"""A news feed that was saved (RSS, Atom): one record an entry. Nothing is fetched."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from etl.read.inputs import Input
from etl.read.page import plain_address
from etl.read.record import Record, Unreadable, check

CURE = "the feed gives the entry no date; add one as <pubDate> or <updated>"


def read_feed(source: Input) -> Iterator[Record]:
    """One record for each entry, of the text that the feed itself carries (its content, else its summary).

    Raises `Unreadable` for what is no feed, and for one that defines entities of its own: that is how a small file
    becomes a huge text.
    """
    import feedparser  # here, because few runs need it

    data = source.load()
    if b"<!ENTITY" in data:
        raise Unreadable("the feed defines entities of its own; save it without its document type")
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not feed.entries:
        told = getattr(feed.get("bozo_exception"), "getMessage", lambda: "")() or "it has no entry"
        raise Unreadable(f"no news feed that can be read ({str(told)[:80]}); save the RSS or Atom document itself")
    site = feed.feed.get("title", "")
    for entry in feed.entries:
        yield _record(entry, site)


def _record(entry: dict[str, Any], site: str) -> Record:
    stamp = entry.get("published_parsed") or entry.get("updated_parsed")
    bodies = [part.get("value", "") for part in entry.get("content", ())] or [entry.get("summary", "")]
    url = plain_address(entry.get("link", ""))
    return check({"id": (entry.get("id") or url)[:200], "url": url, "publisher": site[:200],
                  "published": date(*stamp[:3]).isoformat() if stamp else None,
                  "title": _text(entry.get("title", "")), "text": "\n\n".join(filter(None, map(_text, bodies)))},
                 cure_for_date=CURE)


def _text(html: str) -> str:
    """The words of a piece of HTML, a paragraph a line."""
    from resiliparse.extract.html2text import extract_plain_text

    return extract_plain_text(html, list_bullets=False, alt_texts=False).strip() if html else ""
