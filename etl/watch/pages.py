"""One page of a watched feed: fetched, read with care, compared with what is there, judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from etl.article import Article
from etl.identifiers import digest
from etl.read.address import key_of, site_of
from etl.read.encoding import page_text
from etl.read.html import page_record
from etl.read.record import Record
from etl.watch.manners import Manners
from etl.watch.store import Store, Waiting

KINDS = ("text/html", "application/xhtml+xml")
_APART = dt.timedelta(days=2)  # by which feed and page may differ without a word about it
CURE = "neither the page nor the feed names a date; give the article as JSON Lines with its date"


@dataclass(frozen=True)
class Verdict:
    """What becomes of a page: a final status of the log, why, all keys of the page, the article or the id of the one
    that it repeats."""

    status: str
    reason: str
    keys: tuple[str, ...] = ()
    article: Article | None = None
    article_id: str = ""


def fetch(page: Waiting, key: str, manners: Manners, store: Store) -> Verdict:
    """Fetch a page and judge it; raises `etl.fetch.Refused` where it is not to be had."""
    answer = manners.get(page.url, KINDS)
    here = key_of(answer.address)
    if here != key and here in store.known:
        return _repeats(store, here, (here,))
    if urlsplit(answer.address).path in ("", "/") and urlsplit(page.url).path not in ("", "/"):
        return Verdict("rejected", f"{page.url} leads to the front page of {site_of(answer.address)}: the article is "
                       "gone; nothing to do")
    html = page_text(answer.body, answer.charset)
    record = read(html, answer.address, "")
    if record.article is None and page.day and "date" in record.problem:
        record = read(html, answer.address, page.day)
    if record.article is None:
        return Verdict("rejected", record.problem, (here,))
    own = key_of(record.article.url) or here
    if own in store.known or own in store.articles:
        return _repeats(store, own, (here, own))
    notes = [record.note] if record.note else []
    if page.day and abs(record.article.published - dt.date.fromisoformat(page.day)) > _APART:
        notes.append(f"the page says {record.article.published}, the feed {page.day}")
    reason = f"{len(record.article.text.split())} words" + "".join(f"; {note}" for note in notes)
    return Verdict("kept", reason, (here, own), record.article)


def read(html: str, address: str, day: str) -> Record:
    """The record of a page, read with care; its id is made of its address."""
    record = page_record(html, "page", url=address, day=day, cure=CURE).settled(None)
    if record.article is None:
        return record
    key = key_of(record.article.url) or key_of(address)
    article_id = f"{site_of(record.article.url or address)[:100]}-{digest(key)}"
    return Record(article=Article(article_id, record.article.published, record.article.title, record.article.text,
                                  record.article.publisher, record.article.url or address),
                  article_id=article_id, note=record.note)


def _repeats(store: Store, key: str, keys: tuple[str, ...]) -> Verdict:
    article_id = store.articles.get(key, "")
    if article_id and article_id not in store.logged:  # kept when the watcher was killed, before the log was written
        return Verdict("kept", "it stood in the dataset already when the watcher went on", keys, article_id=article_id)
    told = f"the article {article_id}" if article_id else "a page that was decided before"
    return Verdict("duplicate", f"it repeats {told} ({key})", keys, article_id=article_id)
