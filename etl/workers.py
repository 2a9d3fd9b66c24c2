"""Codes articles: what an earlier run coded is taken from the cache, the rest is shared among the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from etl.article import Article, CodedArticle
from etl.cache import Cache
from etl.codebook import fault_in
from etl.crew import Crew
from etl.progress import Progress
from etl.reference import ReferenceFault
from etl.reuse import Reuse

Coder = Callable[[Article], CodedArticle]
_CHUNK = 8  # articles handed to a worker at a time
_LOST = ("coding it ended the worker process each time, perhaps for want of memory; leave the article out, split it, "
         "or report it")


@dataclass(frozen=True)
class Failed:
    """An article that could not be coded, and why."""

    article: Article
    reason: str


def code_all(articles: Sequence[Article], code: Coder | None, progress: Progress, crew: Crew | None = None,
             kept: Cache | None = None) -> list[CodedArticle | Failed]:
    """Every article coded by `code` (by default `etl.coding.code_article`), in order.

    An article that cannot be coded comes as `Failed`. Raises `CodingFault` where the crew breaks down, and
    `ReferenceFault` where a table cannot be used.
    """
    reuse = Reuse(kept or Cache(None))
    done: dict[int, CodedArticle | Failed] = dict(reuse.find(articles) if code is None else {})
    left = [number for number in range(len(articles)) if number not in done]
    if done:
        progress.say(f"code: {len(done):,} of {len(articles):,} articles are in the cache, {len(left):,} are new")
    for number, coded in progress.track(_coded(articles, left, code, crew or Crew(), reuse), len(left), "code"):
        done[number] = coded
    return [done[number] for number in range(len(articles))]


def _coded(articles: Sequence[Article], left: Sequence[int], code: Coder | None, crew: Crew, reuse: Reuse
           ) -> Iterator[tuple[int, CodedArticle | Failed]]:
    chunks = [left[i:i + _CHUNK] for i in range(0, len(left), _CHUNK)]
    batches = ([articles[number] for number in chunk] for chunk in chunks)
    for place, results in crew.each(partial(_code, code), batches, lambda article: Failed(article, _LOST)):
        if code is None:
            reuse.keep(one for one in results if isinstance(one, CodedArticle))
        yield from zip(chunks[place], results, strict=True)


def _code(code: Coder | None, articles: Sequence[Article]) -> list[CodedArticle | Failed]:
    """What a worker does with a batch."""
    if code:
        return [guarded(code, article) for article in articles]
    from etl.coding import code_article
    from etl.coding.parse import language

    with language().memory_zone():  # the words of these articles are forgotten again, so that memory does not grow
        return [guarded(code_article, article) for article in articles]


def guarded(code: Coder, article: Article) -> CodedArticle | Failed:
    """The coded article, or why it could not be coded: one odd article must not end the run of all others."""
    try:
        coded = code(article)
        return Failed(article, f"coding failed ({wrong}); please report it") if (wrong := fault_in(coded)) else coded
    except ReferenceFault:  # of no article: an analyst has to cure it first
        raise
    except Exception as error:  # whatever it is, it concerns this article and goes into the ledger
        return Failed(article, f"coding failed ({type(error).__name__}: {str(error)[:120]}); please report it")
