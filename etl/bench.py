"""Timings as ratios within one run: our coder beside the plain spaCy pipeline over the same articles."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from etl.article import Article
from etl.faults import InputFault
from etl.read import find, read
from etl.screen import screen

_ROUNDS = 3


def bench(paths: Iterable[str | Path]) -> str:
    """Time coding and plain spaCy over the relevant articles under `paths`; the report as text.

    Raises `InputFault` where no relevant article is there.
    """
    import spacy

    from etl.coding import code_article
    from etl.coding.parse import MODEL

    screened = screen(read(find(paths)))
    articles = list(screened.articles)
    if not articles:
        raise InputFault("no relevant article under the given paths; name others with --articles")
    plain = spacy.load(MODEL)

    def with_spacy(article: Article) -> None:
        plain(article.full_text)

    def with_us(article: Article) -> None:
        code_article(article)

    with_us(articles[0])
    with_spacy(articles[0])
    ratios, rates = [], []
    for _ in range(_ROUNDS):
        ours, theirs = _seconds(with_us, articles), _seconds(with_spacy, articles)
        ratios.append(theirs / ours)
        rates.append(len(articles) / ours)
    return (
        f"coding against the plain spaCy pipeline over the same {len(articles)} relevant articles, one core: "
        f"{statistics.median(ratios):.2f} times as fast (rounds {', '.join(f'{r:.2f}' for r in ratios)}); "
        f"here {statistics.median(rates):.0f} articles a second"
    )


def _seconds(work: Callable[[Article], None], articles: list[Article]) -> float:
    began = time.process_time()
    for article in articles:
        work(article)
    return time.process_time() - began
