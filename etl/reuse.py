"""Coded articles of earlier runs that still hold: same article, same coding, and no changed row touches it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from etl import stages
from etl.article import Article, CodedArticle
from etl.cache import Cache, address
from etl.coded_json import decode, encode
from etl.reference import read_table

# Tables of which a row counts only for the articles that it touches, see `etl.touch`.
FINE = frozenset({"actor_aliases", "triggers"})
_STAMP = 16  # bytes before a coded article that say with which rows of these tables it was coded


class Reuse:
    """The coded articles in a cache."""

    def __init__(self, kept: Cache) -> None:
        self.kept = kept
        self._touching: dict[bytes, frozenset[str]] = {}

    @cached_property
    def _version(self) -> str:
        return stages.version(stages.CODING, FINE)

    def address(self, article: Article) -> bytes:
        """Where the coded article is kept: by all that coding sees of it, and the version of the coding."""
        return address("code", self._version, article.published.isoformat(), article.title, article.text)

    def find(self, articles: Sequence[Article]) -> dict[int, CodedArticle]:
        """Position → coded article, of those that hold. Raises `ReferenceFault` where a table cannot be used."""
        if self.kept.folder is None:
            return {}
        places = [self.address(article) for article in articles]
        values = self.kept.get(places)
        found, renewed = {}, {}
        for number, (article, place) in enumerate(zip(articles, places, strict=True)):
            value = values.get(place)
            if value is None or not self._holds(article, value[:_STAMP]):
                continue
            try:
                found[number] = decode(value[_STAMP:], article)
            except (ValueError, TypeError, KeyError):  # of another version, though it says otherwise
                continue
            if value[:_STAMP] != _stamp():
                renewed[place] = _stamp() + value[_STAMP:]
        self.kept.put(renewed)
        return found

    def keep(self, coded: Iterable[CodedArticle]) -> None:
        """Keep coded articles for later runs."""
        if self.kept.folder is None or stages.edited(stages.CODING):
            return
        if not self.kept.get([_stamp()]):
            self.kept.put({_stamp(): json.dumps(_rows()).encode()})
        values = {}
        for one in coded:
            try:
                values[self.address(one.article)] = _stamp() + encode(one)
            except (TypeError, ValueError):  # it holds what JSON cannot keep: it is coded anew each time
                continue
        self.kept.put(values)

    def _holds(self, article: Article, stamp: bytes) -> bool:
        """Whether no row that changed since then touches the article."""
        if stamp == _stamp():
            return True
        from etl.coding.parse import clean
        from etl.touch import fold, touches

        if stamp not in self._touching:
            self._touching[stamp] = self._changed(stamp)
        parts = self._touching[stamp]
        return "" not in parts and not touches(parts, fold(clean(article)[0]))

    def _changed(self, stamp: bytes) -> frozenset[str]:
        """The words of the rows that changed; the empty word, which stands in every text, where that is not known."""
        from etl.coding.aliases import lexicon
        from etl.touch import changed, fragments

        lexicon()  # raises `ReferenceFault` where the tables of now cannot be used, as coding would
        then = self.kept.get([stamp]).get(stamp)
        if then is None:
            return frozenset({""})
        parts: set[str] = set()
        for table, rows in json.loads(then).items():
            before, now = ([tuple(row) for row in some] for some in (rows, _rows()[table]))
            changes = changed(before, now)
            parts |= {""} if changes is None else fragments(table, now[0], changes)
        return frozenset(parts)


@cache
def _rows() -> dict[str, list[list[str]]]:
    """The rows of the fine tables as JSON has them, each table with its columns first."""
    tables = {name: read_table(name) for name in sorted(FINE)}
    return {name: [list(table.columns), *([row[column] for column in table.columns] for row in table.rows)]
            for name, table in tables.items()}


@cache
def _stamp() -> bytes:
    return hashlib.blake2b(json.dumps(_rows()).encode(), digest_size=_STAMP).digest()
