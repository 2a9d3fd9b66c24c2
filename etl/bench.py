"""Timings as ratios within one run: screening and coding beside the plain spaCy pipeline over the same articles.

All times are of the processor, which other work on the machine changes less than the clock. Where no archive is given,
the articles that are about something else are made up by `etl.bench_made`.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.article import Article
from etl.bench_made import made_articles, write_warc
from etl.cache import Cache
from etl.coding import code_article
from etl.crew import Crew
from etl.faults import InputFault
from etl.read import find, read
from etl.screen import off_topic
from etl.sift import sift_all

_ROUNDS = 3
_SAMPLE = 150  # articles of a stream: plain spaCy takes a tenth of a second for each
_BEFORE = 50  # articles that both sides read before the clock starts: an archive's words are met again and again
_PAGES = 600
_SHARES = (None, 0.07)  # of articles with an event: as the stream is, and a newspaper's usual one


@dataclass
class _Timed:
    """An article of the stream, the seconds that either side took for it, and what became of it."""

    ours: float
    plain: float
    passed: bool
    tells: bool


def bench(paths: Iterable[str | Path], archive: Path | None = None) -> str:
    """Time all stages; the report as text. `archive`: articles of a whole newspaper, as they come.

    Raises `InputFault` where no relevant article is under `paths`.
    """
    import spacy

    from etl.coding.parse import MODEL

    plain = spacy.load(MODEL)
    relevant = [article for article in _articles(paths) if off_topic(article) is None]
    if not relevant:
        raise InputFault("no relevant article under the given paths; name others with --articles")
    code_article(relevant[0])
    plain(relevant[0].full_text)
    if archive:
        stream, told = _articles([archive]), f"of {archive.name}, evenly spaced"
    else:
        stream = [*relevant, *made_articles(2 * len(relevant))]
        told = "given and made up, one in three given"
    return "\n".join([_coding(relevant[:100], plain), *_stream(stream, told, plain), _pages()])


def _articles(paths: Iterable[str | Path]) -> list[Article]:
    return [record.article for record in read(find(paths)) if record.article]


def _spaced(articles: Sequence[Article], number: int) -> list[Article]:
    step = max(1, len(articles) // number)
    return list(articles[::step][:number])


def _seconds(work: Callable[[Any], Any], one: Any) -> float:
    began = time.process_time()
    work(one)
    return time.process_time() - began


def _coding(articles: Sequence[Article], plain: Callable[[str], Any]) -> str:
    ratios = []
    for _ in range(_ROUNDS):
        ours = sum(_seconds(code_article, article) for article in articles)
        theirs = sum(_seconds(plain, article.full_text) for article in articles)
        ratios.append(theirs / ours)
    middle = sorted(ratios)[_ROUNDS // 2]
    return (f"coding against the plain spaCy pipeline over the same {len(articles)} relevant articles, one core: "
            f"{middle:.2f} times as fast (rounds {', '.join(f'{r:.2f}' for r in ratios)})")


def _stream(every: Sequence[Article], told: str, plain: Callable[[str], Any]) -> list[str]:
    """Articles a second from text to coded events against plain spaCy, for the stream and for another mixture of it."""
    articles = _spaced(every, _SAMPLE)
    sampled = {article.id for article in articles}
    before = _spaced([article for article in every if article.id not in sampled], _BEFORE)
    timed = []
    for article in before:
        plain(article.full_text)
        if off_topic(article) is None:
            code_article(article)
    for article in articles:
        events: list[Any] = []

        def ours(one: Article, into: list[Any] = events) -> None:
            if off_topic(one) is None:
                into.append(code_article(one))

        seconds = _seconds(ours, article)
        timed.append(_Timed(seconds, _seconds(plain, article.full_text), bool(events), any(
            event.salience == "main" for coded in events for event in coded.events)))
    own = sum(one.tells for one in timed) / len(timed)
    lines = [f"screening lets {sum(one.passed for one in timed) / len(timed):.0%} of {len(timed)} articles through "
             f"({told}); {own:.0%} tell an event"]
    for share in _SHARES:
        part = own if share is None else share
        ratio, rate = _mixed(timed, part)
        lines.append(f"screening and coding where {part:.0%} tell an event: {ratio:.1f} times as many articles "
                     f"a second as plain spaCy, here {rate:.0f}, one core")
    return lines


def _mixed(timed: Sequence[_Timed], share: float) -> tuple[float, float]:
    """How many times as fast, and articles a second, in a stream of which that share tells an event."""
    mean: dict[tuple[bool, str], float] = {}
    for tells in (True, False):
        some = [one for one in timed if one.tells == tells]
        for side in ("ours", "plain"):
            mean[tells, side] = sum(getattr(one, side) for one in some) / len(some) if some else 0.0
    ours, plain = (share * mean[True, side] + (1 - share) * mean[False, side] for side in ("ours", "plain"))
    return plain / ours, 1 / ours


def _sifted(path: Path) -> int:
    with Cache(None) as nothing_kept:
        return sum(1 for _ in sift_all(find([path]), Crew(), nothing_kept))


def _pages() -> str:
    """Pages of a web archive a second up to the screening's verdict, and the most memory that this run has taken."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.warc.gz"
        size = write_warc(path, made_articles(_PAGES))
        few = Path(folder) / "few.warc.gz"
        write_warc(few, made_articles(5))
        _sifted(few)  # loads the tables
        began = time.process_time()
        told = _sifted(path)
        seconds = time.process_time() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return (f"web archive: {told / seconds:.0f} pages a second and core to the screening's verdict "
            f"({_PAGES} made pages of {size / _PAGES / 1024:.0f} KB); the whole run took {most:.0f} MB at most")
