"""What a watched folder holds: articles by month, and in ``.watch`` the state and a log of every decision.

Killed at any moment, it loses nothing: the state is replaced in one step, and of articles and log only a last line
that was not finished is cut off. What the log does not know is decided again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from etl.article import Article
from etl.faults import InputFault, write_fault
from etl.publish import alone
from etl.read.address import key_of

HIDDEN, STATE, LOG = ".watch", "state.json", "log.jsonl"
FINAL = ("kept", "duplicate", "rejected", "forbidden", "not_selected", "given_up")


@dataclass
class FeedState:
    """What is known of a feed: the marks of what was read last, failures in a row, and when it is due again."""

    etag: str = ""
    modified: str = ""
    sha256: str = ""
    failures: int = 0
    due: float = 0.0


@dataclass
class Waiting:
    """A page that is still to be fetched: how often that failed, and when it is due again."""

    url: str
    feed: str
    title: str = ""
    day: str = ""
    tries: int = 0
    due: float = 0.0


Known = TypeVar("Known", FeedState, Waiting)


@dataclass
class Store:
    """The folder in memory. `known` are the keys of pages that are decided, `articles` those of pages that are kept,
    with the article's id; `logged` the ids that the log knows."""

    folder: Path
    feeds: dict[str, FeedState] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    articles: dict[str, str] = field(default_factory=dict)
    logged: set[str] = field(default_factory=set)

    def keep(self, article: Article, feed: str, at: float) -> None:
        """Add an article to the file of its month."""
        row = {"id": article.id, "url": article.url, "publisher": article.publisher,
               "published": article.published.isoformat(), "title": article.title, "text": article.text,
               "feed": feed, "fetched": _moment(at)}
        _append(self.folder / f"{article.published:%Y-%m}.jsonl", row)
        if key := key_of(article.url):
            self.articles[key] = article.id

    def log(self, at: float, status: str, reason: str, *, feed: str, url: str = "", keys: Iterable[str] = (),
            article_id: str = "") -> None:
        """Write down what became of a feed or of one of its entries; a final word on a page ends its waiting."""
        told = {"at": _moment(at), "status": status, "reason": reason, "feed": feed, "url": url,
                "article_id": article_id, "keys": sorted({*keys} - {""})}
        _append(self.folder / HIDDEN / LOG, {name: value for name, value in told.items() if value})
        self._learn(told)

    def save(self) -> None:
        """Replace the state on the disk by this one."""
        path = self.folder / HIDDEN / STATE
        value = {"feeds": {name: asdict(one) for name, one in self.feeds.items()},
                 "waiting": {name: asdict(one) for name, one in self.waiting.items()}}
        aside = path.with_suffix(".new")
        try:
            with aside.open("w", encoding="utf-8") as file:
                json.dump(value, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            raise write_fault(error, path) from None

    def _learn(self, row: dict[str, Any]) -> None:
        if row.get("status") in FINAL:
            keys = row.get("keys") or ()
            self.known.update(keys)
            self.logged.add(row.get("article_id", ""))
            for key in keys:
                self.waiting.pop(key, None)


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The store in `folder`, made if need be, held against a second watcher.

    Raises `InputFault` where another one holds it or its state makes no sense, `PublishFault` where it cannot be
    written.
    """
    def busy() -> None:
        raise InputFault(f"another watcher keeps {folder} up to date; stop it, or give another --out")

    with alone(folder / HIDDEN, busy):
        store = Store(folder)
        _load(store)
        for path in sorted(folder.glob("*.jsonl")):
            for row in _rows(path):
                if key := key_of(str(row.get("url") or "")):
                    store.articles[key] = str(row.get("id") or "")
        store.known.update(store.articles)
        for row in _rows(folder / HIDDEN / LOG):
            store._learn(row)
        yield store


def _load(store: Store) -> None:
    path = store.folder / HIDDEN / STATE
    if not path.exists():
        return
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        store.feeds = {name: _sound(FeedState(**one)) for name, one in value["feeds"].items()}
        store.waiting = {name: _sound(Waiting(**one)) for name, one in value["waiting"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputFault(f"{path} cannot be read; remove it: every feed is then read anew, and no article is kept "
                         "twice") from None


def _sound(one: Known) -> Known:
    """The same where every field holds what it should; raises TypeError where one does not."""
    for each in fields(one):
        value = getattr(one, each.name)
        if not isinstance(value, str if each.type == "str" else (int, float)) or isinstance(value, bool):
            raise TypeError(each.name)
    return one


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects in a file of JSON lines, once a last line without end is cut off; other lines are left alone."""
    if not path.exists():
        return
    try:
        _mend(path)
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                if isinstance(row, dict):
                    yield row
    except OSError as error:
        raise write_fault(error, path) from None


def _mend(path: Path) -> None:
    """Cut off a last line that was being written when the watcher was killed."""
    with path.open("rb+") as file:
        end = at = file.seek(0, os.SEEK_END)
        tail = b""
        while at > 0 and b"\n" not in tail:
            at = max(0, at - 65536)
            file.seek(at)
            tail = file.read(min(65536, end - at))
        whole = at + tail.rfind(b"\n") + 1
        if whole < end:
            file.truncate(whole)


def _append(path: Path, row: dict[str, Any]) -> None:
    try:
        with path.open("ab") as file:
            file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise write_fault(error, path) from None


def _moment(at: float) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="seconds")
