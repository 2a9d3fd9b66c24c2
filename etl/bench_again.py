"""Times a second run over a grown archive against the first, in one run, and compares the release with a full one."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from etl.article import Article
from etl.cache import Cache
from etl.crew import Crew
from etl.faults import InputFault
from etl.fingerprint import file_sha256
from etl.pipeline import run
from etl.progress import Progress
from etl.read import find, read

SHARE = 100  # one article in so many is new
Result = TypeVar("Result")


def bench_again(paths: Iterable[str | Path]) -> str:
    """Run over 99 of 100 articles under `paths` with an empty cache, then over all of them; the report as text.

    Times are processor seconds of one process, so that a busy machine does not count. Raises `InputFault` where there
    are fewer than a hundred articles.
    """
    articles = [record.article for record in read(find(paths)) if record.article]
    if len(articles) < SHARE:
        raise InputFault(f"only {len(articles)} articles under the given paths; at least {SHARE} are needed")
    with tempfile.TemporaryDirectory(prefix="torkham-") as place:
        folder = Path(place)
        source, cache = folder / "articles.jsonl", folder / "cache"
        _write(folder / "warm.jsonl", articles[:1])
        run([folder / "warm.jsonl"], folder / "warm")  # loads the model and the tables
        old = [article for number, article in enumerate(articles) if number % SHARE]
        _write(source, old)
        whole, _ = _timed(lambda: run([source], folder / "first", cache=cache))
        linking, _ = _timed(lambda: run([source], folder / "second", cache=cache))
        nothing, _ = _timed(lambda: _stages(source, cache))
        _write(source, articles)
        stages, _ = _timed(lambda: _stages(source, cache, keep=False))
        again, grown = _timed(lambda: run([source], folder / "third", cache=cache))
        full, anew = _timed(lambda: run([source], folder / "fourth"))
        same = _hashes(grown.release) == _hashes(anew.release)
    later = linking - nothing
    return (
        f"{len(articles):,} articles, {len(articles) - len(old):,} of them new: reading, screening and coding took "
        f"{stages / (whole - later):.1%} of their first time, the whole run with linking, which is done anew, "
        f"{again / full:.1%}; the release is {'byte for byte that' if same else 'NOT that'} of a full run "
        f"(processor seconds: first {whole:.1f}, of which linking and writing {later:.1f}; again {again:.1f}; full "
        f"{full:.1f})"
    )


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def _stages(source: Path, cache: Path, keep: bool = True) -> None:
    """The stages before linking, with the cache; without `keep` what they make is not kept."""
    from etl.screen import sort_out
    from etl.sift import sift_all
    from etl.workers import code_all

    with Crew() as crew, _Reader(cache) if not keep else Cache(cache) as kept:
        screened = sort_out(sift_all(find([source]), crew, kept))
        code_all(screened.articles, None, Progress(quiet=True), crew, kept)


class _Reader(Cache):
    """A cache that gives what it has and takes nothing."""

    def put(self, values: object) -> None:
        """Keep nothing."""


def _write(path: Path, articles: Iterable[Article]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(article_line(article) + "\n" for article in articles)


def article_line(article: Article) -> str:
    """The article as a line of JSON Lines."""
    return json.dumps({"id": article.id, "url": article.url, "publisher": article.publisher, "title": article.title,
                       "published": article.published.isoformat(), "text": article.text})


def _hashes(release: Path) -> dict[str, str]:
    return {path.name: file_sha256(path) for path in release.iterdir()}
