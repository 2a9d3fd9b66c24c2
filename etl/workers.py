"""Codes articles one after another or in several processes; results come in the order of the articles either way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from etl.article import Article, CodedArticle
from etl.codebook import fault_in
from etl.faults import CodingFault
from etl.progress import Progress

Coder = Callable[[Article], CodedArticle]
_CHUNK = 8  # articles handed to a process at a time


@dataclass(frozen=True)
class Failed:
    """An article that could not be coded, and why."""

    article: Article
    reason: str


_coder: Coder | None = None


def code_all(articles: Sequence[Article], code: Coder | None, workers: int,
             progress: Progress) -> list[CodedArticle | Failed]:
    """Every article coded by `code` (by default `etl.coding.code_article`), in order.

    An article that cannot be coded comes as `Failed`. Raises `CodingFault` when a worker process dies.
    """
    return list(progress.track(_coded(articles, code, workers), len(articles), "code"))


def _coded(articles: Sequence[Article], code: Coder | None, workers: int) -> Iterator[CodedArticle | Failed]:
    workers = min(workers, -(-len(articles) // _CHUNK))
    if workers <= 1:
        _prepare(code)
        yield from map(guarded, articles)
        return
    try:
        with ProcessPoolExecutor(workers, initializer=_prepare, initargs=(code,)) as pool:
            yield from pool.map(guarded, articles, chunksize=_CHUNK)
    except BrokenProcessPool:
        raise CodingFault("a worker process ended, perhaps for want of memory; run with fewer --workers") from None


def _prepare(code: Coder | None) -> None:
    global _coder
    if code is None:
        from etl.coding import code_article as code
    _coder = code


def guarded(article: Article) -> CodedArticle | Failed:
    """The coded article, or why it could not be coded: one odd article must not end the run of all others."""
    assert _coder is not None
    try:
        coded = _coder(article)
        return Failed(article, f"coding failed ({wrong}); please report it") if (wrong := fault_in(coded)) else coded
    except Exception as error:  # whatever it is, it concerns this article and goes into the ledger
        return Failed(article, f"coding failed ({type(error).__name__}: {str(error)[:120]}); please report it")
