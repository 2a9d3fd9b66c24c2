"""A web page's article: a quick look (Resiliparse) and a careful reading (trafilatura) of the same HTML.

The quick look is some ten times as fast and takes more of the page's furniture for text: it serves to decide whether an
article is about us. What is kept is read with care.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any
from urllib.parse import urljoin

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from etl.read.address import plain_address, site_of
from etl.read.record import LATEST, MAX_PUBLISHER, Unreadable
from etl.reference import read_table

UNSURE = 60  # words: with fewer, a quick look may have missed the text
STUB = 12  # words: with fewer, a page is a teaser, a paywall's stub or a picture
SHORT, TAIL = 200, 400  # words of a page that may be cut short; characters at its end where it says so
MAX_PAGE = 8 * 1024 * 1024  # bytes or characters: a longer page is no article
MANY_TAGS = 10_000  # with more, trafilatura does not try its other ways, whose time grows with the square
MAX_ELEMENTS = 25_000  # of a page: the largest live blogs have some 15,000
MAX_DEPTH = 250  # elements within elements: browsers and libxml2 stop at some such depth too
_DEEP = "*" + " > *" * (MAX_DEPTH + 2)
TOO_LARGE = (f"more than {MAX_PAGE // 1024 ** 2} MB: too large for an article; if it is one, save its text as .txt")
_DATES = ('meta[property="article:published_time"]', 'meta[itemprop="datePublished"]', 'meta[name="pubdate"]',
          'meta[name="publish-date"]', 'meta[name="DC.date.issued"]', 'meta[name="date"]', "time[datetime]")
_TITLES = ('meta[property="og:title"]', 'meta[name="twitter:title"]')
_SITES, _APPS = ('meta[property="og:site_name"]',), ('meta[name="application-name"]',)
_TIERS = ('meta[property="article:content_tier"]',)
_PAID = ("locked", "metered")
_ISO = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})(?!\d)")


@dataclass(frozen=True)
class Page:
    """What a page says of its article; a field is empty where it says nothing. `published` is an ISO date."""

    title: str = ""
    text: str = ""
    published: str = ""
    publisher: str = ""
    url: str = ""
    live: bool = False  # a live blog: many posts on one page
    free: bool = True  # False where the page says that only subscribers see it whole

    @property
    def n_words(self) -> int:
        """Words of text."""
        return len(self.text.split())


def glance(html: str, url: str = "") -> Page:
    """The article by a quick look: main text by Resiliparse, the rest from the page's own description of itself.

    Raises `Unreadable` for a page so large or so deep that extraction, whose time grows with the square, would not end.
    """
    if len(html) > MAX_PAGE:
        raise Unreadable(TOO_LARGE)
    tree = HTMLTree.parse(html)
    if html.count("<") > 2 * MAX_DEPTH:
        _measure(tree)
    described = _described(tree)
    canonical = _link(tree, url)
    # A canonical address of another host would let a page pass for another publisher's.
    address = canonical if site_of(canonical) == site_of(url) or not url else url
    date = _local(chain([described.get("datePublished", "")], (_first(tree, (one,)) for one in _DATES))) or url
    found = _ISO.search(date)
    title = (described.get("headline") or _first(tree, _TITLES) or tree.title or "").strip()
    text = extract_plain_text(tree, main_content=True, alt_texts=False, list_bullets=False).strip()
    paid = "paid" in described or _first(tree, _TIERS).lower() in _PAID or (
        _says("paywall", text[-TAIL:]) and len(text.split()) < SHORT)
    return Page(
        title, text, "-".join(found.groups()) if found else "",
        publisher=_first(tree, _SITES) or described.get("publisher") or _first(tree, _APPS) or site_of(address or url),
        url=plain_address(address or url), live="live" in described or _says("live", title), free=not paid)


def _says(kind: str, text: str) -> bool:
    """Whether words of `page_words.csv` of this kind stand in the text."""
    lower = text.lower()
    return any(row["phrase"] in lower for row in read_table("page_words").rows if row["kind"] == kind)


def peruse(html: str, url: str = "") -> Page | None:
    """The article by trafilatura, with what only the quick look saw filled in; None where it finds no text."""
    from trafilatura import bare_extraction  # here, because it takes a second to load and few runs need it

    found = bare_extraction(html, url=url or None, with_metadata=True, include_comments=False, include_tables=False,
                            fast=html.count("<") > MANY_TAGS,
                            date_extraction_params={"extensive_search": False, "original_date": True,
                                                    "max_date": LATEST.isoformat()})
    if found is None:
        return None
    page, quick = found if isinstance(found, dict) else found.as_dict(), glance(html, url)
    return replace(quick, text=page.get("text") or "", title=page.get("title") or quick.title,
                   published=quick.published or page.get("date") or "",
                   publisher=quick.publisher or page.get("sitename") or "", url=quick.url or page.get("url") or "")


def _measure(tree: HTMLTree) -> None:
    """Raises `Unreadable` where the page has too many elements, or too many within each other."""
    # Selectors are matched within the library: a walk from here would take as long as all else.
    if tree.body is not None and len(tree.body.query_selector_all("*")) > MAX_ELEMENTS:
        raise Unreadable(f"the page is built of more than {MAX_ELEMENTS:,} elements; save its text as .txt")
    if tree.body is not None and tree.body.query_selector(_DEEP) is not None:
        raise Unreadable(f"the page nests more than {MAX_DEPTH} elements in each other; save its text as .txt")


def _first(tree: HTMLTree, selectors: tuple[str, ...]) -> str:
    for selector in selectors:
        node = tree.document.query_selector(selector) if tree.document else None
        value = (node.getattr("content") or node.getattr("datetime") or "") if node else ""
        if value.strip():
            return value.strip()
    return ""


def _link(tree: HTMLTree, url: str) -> str:
    """The address that the page gives as its own, wherever it stands; "" where it gives none."""
    node = tree.document.query_selector('link[rel="canonical"]') if tree.document else None
    given = (node.getattr("href") or "").strip() if node else ""
    try:
        return urljoin(url, given) if given else ""
    except ValueError:
        return ""


def _local(dates: Iterable[str]) -> str:
    """The first of the dates that are given; where it is told in universal time, rather one of the same moment that is
    told in another time: that is the site's own, and near midnight its day is another one."""
    given = (date for date in dates if _ISO.search(date))
    first = next(given, "")
    moment = _moment(first)
    if moment is None or moment.utcoffset():
        return first
    others = (other for date in given if (other := _moment(date)) and other.utcoffset())
    return next((other.isoformat() for other in others if abs(other - moment) < dt.timedelta(hours=1)), first)


def _moment(date: str) -> dt.datetime | None:
    """The moment of a date with time and zone; None for one without."""
    try:
        moment = dt.datetime.fromisoformat(date.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _described(tree: HTMLTree) -> dict[str, str]:
    """What the page's JSON-LD says of its article, where it has one that can be read: headline, datePublished,
    publisher; with the key "live" for a live blog, and "paid" for one that only subscribers see whole."""
    for script in tree.document.query_selector_all('script[type="application/ld+json"]') if tree.document else ():
        try:
            value = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        items = value if isinstance(value, list) else [value]
        items += [item for one in items if isinstance(one, dict) and isinstance(one.get("@graph"), list)
                  for item in one["@graph"]]
        for item in items:
            if isinstance(item, dict) and isinstance(item.get("datePublished"), str):
                return _article(item)
    return {}


def _article(item: dict[str, Any]) -> dict[str, str]:
    found = {key: item[key] for key in ("headline", "datePublished") if isinstance(item.get(key), str)}
    maker = item.get("publisher")
    maker = maker[0] if isinstance(maker, list) and maker else maker
    name = maker.get("name") if isinstance(maker, dict) else maker
    if isinstance(name, str) and name.strip():
        found["publisher"] = " ".join(name.split())[:MAX_PUBLISHER]
    kinds = item.get("@type")
    if "LiveBlogPosting" in (kinds if isinstance(kinds, list) else [kinds]) or item.get("liveBlogUpdate"):
        found["live"] = "true"
    parts = item.get("hasPart")
    for one in (item, *(parts if isinstance(parts, list) else [parts])):
        if isinstance(one, dict) and str(one.get("isAccessibleForFree", True)).lower() == "false":
            found["paid"] = "true"
    return found
