"""One record as read: an article, or what is wrong with it; and the checks that every format shares."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from etl.article import Article

MAX_CHARACTERS = 1_000_000  # of title and text: a book, not an article
MAX_TITLE, MAX_ID, MAX_PUBLISHER, MAX_URL = 1_000, 200, 200, 2_000
EARLIEST, LATEST = dt.date(1947, 1, 1), dt.date(2100, 1, 1)
_DATE = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:$|[T ])")
# Control characters but tab, line feed, carriage return, vertical tab, form feed and next line; and lone surrogates.
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(ValueError):
    """A file or record that cannot be read; the message says what is wrong and how to cure it."""


@dataclass(frozen=True)
class Record:
    """One input record: `article`, or `problem`; `note` says what was unusual about a record that was read.

    A record with `finish` is a quick look: enough to see what an article is about. `finish` reads it with care.
    """

    input: str = ""
    record: int = 0
    article: Article | None = None
    article_id: str | None = None
    problem: str = ""
    note: str = ""
    finish: Callable[[], Record] | None = None

    def at(self, source: str, number: int) -> Record:
        """The record with the file and number it was found at."""
        return replace(self, input=source, record=number)

    def settled(self, wanted: Callable[[Article], bool] | None) -> Record:
        """The record as it counts: read with care unless the quick look shows an article that nobody wants."""
        if self.finish is None:
            return self
        if self.article and wanted and not wanted(self.article):
            return replace(self, finish=None)
        return self.finish()


def check(fields: Mapping[str, Any], note: str = "", cure_for_date: str = "write it as 2025-10-19") -> Record:
    """The record of an article's fields (id, url, publisher, published, title, text), checked.

    Length never changes, so that offsets hold: control characters become blanks, lone surrogates U+FFFD.
    """
    article_id: str | None = None
    try:
        article_id = _identifier(fields.get("id"))
        title, text = (_words(fields, name) for name in ("title", "text"))
        if len(title) > MAX_TITLE:
            raise Unreadable(f"the title is {len(title):,} characters long, over {MAX_TITLE:,}; put the text under "
                             '"text"')
        if len(title) + len(text) > MAX_CHARACTERS:
            raise Unreadable(f"title and text are {len(title) + len(text):,} characters long, more than "
                             f"{MAX_CHARACTERS:,}; split the file into its articles")
        published = _published(fields.get("published"), cure_for_date)
        url = _optional(fields, "url", MAX_URL)
        publisher = _optional(fields, "publisher", MAX_PUBLISHER) or _host(url) or "unknown"
    except Unreadable as error:
        return Record(article_id=article_id, problem=str(error), note=note)
    return Record(article=Article(article_id, published, title, text, publisher, url), article_id=article_id, note=note)


def clean(text: str) -> str:
    """`text` of the same length without what cannot be stored: control characters and lone surrogates."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))


def told(error: Exception | str) -> str:
    """The words of a library's error, which may quote the very bytes that it fails at, as text that can be stored."""
    return "".join(c if c.isprintable() else "?" for c in str(error)[:80])


def plain(text: str) -> str:
    """`text` on one line as it can be stored: without NUL, control characters, lone surrogates and ends of lines."""
    return " ".join(clean(text.replace("\0", " ")).split())


def _identifier(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not plain(value):
        raise Unreadable('the article has no id; give it one as "id": "…", unlike that of any other article')
    if len(value) > MAX_ID:
        raise Unreadable(f"the id is {len(value):,} characters long; give the article one of {MAX_ID} at most")
    return plain(value)


def _words(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        raise Unreadable(f"the article has no {name}; add it under \"{name}\"")
    if not isinstance(value, str):
        raise Unreadable(f"the {name} is no text but {type(value).__name__}; put it in quotation marks")
    if not clean(value).strip():
        raise Unreadable(f"the {name} is empty; fetch the article again or leave it out")
    if "\0" in value:
        raise Unreadable(f"the {name} holds NUL characters: it is damaged or binary; export it again as UTF-8 text")
    return clean(value)


def _optional(fields: Mapping[str, Any], name: str, most: int) -> str:
    value = fields.get(name)
    words = plain(value) if isinstance(value, str) else ""
    if len(words) > most:
        raise Unreadable(f"the {name} is {len(words):,} characters long, more than {most:,}; leave it out")
    return words


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _published(value: Any, cure: str) -> dt.date:
    if value is None or value == "":
        raise Unreadable(f"the article has no date of publication; add it under \"published\": {cure}")
    shown = repr(value)[:60]
    match = _DATE.match(value.strip()) if isinstance(value, str) else None
    if not match:
        raise Unreadable(f"the date of publication {shown} is not an ISO date; {cure}")
    try:
        day = dt.date.fromisoformat(match[1])
    except ValueError:
        raise Unreadable(f"the date of publication {shown} is no day of the calendar; {cure}") from None
    if not EARLIEST <= day < LATEST:
        raise Unreadable(f"the date of publication {shown} is not between {EARLIEST.year} and {LATEST.year}; {cure}")
    return day
