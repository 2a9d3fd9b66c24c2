"""Measures how fast one core reads, screens and codes, and reckons from that what a year of CC-NEWS takes."""

from __future__ import annotations

import gzip
import html
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from etl.article import Article
from etl.bench_again import article_line
from etl.faults import InputFault
from etl.read import Input, Raw, find, raws, read
from etl.screen import may_matter
from etl.sift import sift

# What is published about CC-NEWS; docs/scale.md names the sources.
PAGES, PACKED = 140_000_000, 37_000  # pages a year; bytes of one as it is stored
PAGE = 130_000  # characters of a page of news, of which the article is a small part
SHARES = (0.001, 0.01, 0.07)  # of the pages that are about the border: the world's news … a newspaper of the region
NEWSPAPER = 42_000  # articles of a newspaper in some years
PRICE = 0.045  # US dollars an hour and core of a rented machine
_SECONDS = 10.0  # of work for each figure
_MOST = 200  # pages that are made
_DAYS, _CORES = 24, 64
Item = TypeVar("Item")


def bench_scale(paths: Iterable[str | Path]) -> str:
    """Time one core over pages made of the articles under `paths`, and reckon; the report as text.

    Times are processor seconds, so that a busy machine does not count. Raises `InputFault` where no relevant article is
    there.
    """
    from etl.coding import code_article

    articles = [record.article for record in read(find(paths)) if record.article and may_matter(record.article)]
    if not articles:
        raise InputFault("no relevant article under the given paths; name others with --articles")
    code_article(articles[0])
    given, about = _reading(articles)
    _, away = _reading([_strange(article) for article in articles])
    coding = _rate(articles, code_article)
    lines_about, lines_away = _lines(articles), _lines([_strange(article) for article in articles])
    minutes = NEWSPAPER * ((1 - SHARES[-1]) / lines_away + SHARES[-1] * (1 / lines_about + 1 / coding)) / 60
    lines = [
        f"one core here: {away:,.0f} pages a second read and screened that are about something else, {about:,.0f} that "
        f"are not; {coding:,.1f} articles a second coded; one process reads {given:,.0f} pages a second from WARC "
        f"files, enough for {given / away:.0f} cores",
        f"{NEWSPAPER:,} articles of a newspaper as JSON Lines, {SHARES[-1]:.0%} of them about the border: "
        f"{minutes / 2:.1f} minutes on two cores ({lines_away:,.0f} a second read and screened, {lines_about:,.0f} of "
        "those about the border)",
        f"a year of CC-NEWS, {PAGES:,} pages, {PAGES * PACKED / 1e12:.1f} TB, by the share that is about the border:",
    ]
    for share in SHARES:
        hours = PAGES * ((1 - share) / away + share / about + share / coding) / 3600
        lines.append(f"  {share:.1%}: {hours:,.0f} core hours, {hours / _CORES / _DAYS:.1f} days on {_CORES} cores, "
                     f"{hours * PRICE:,.0f} US dollars at {PRICE} an hour and core")
    return "\n".join(lines)


def _reading(articles: Sequence[Article]) -> tuple[float, float]:
    """Pages a second that are read from a WARC file, and that are read with care and screened."""
    with tempfile.TemporaryDirectory(prefix="torkham-") as folder:
        path = Path(folder) / "pages.warc.gz"
        with path.open("wb") as file:
            file.writelines(map(_captured, articles[:_MOST]))
        inputs = find([path])
        pieces = list(raws(inputs))
        began, done = time.process_time(), 0
        while (spent := time.process_time() - began) < _SECONDS / 4:
            done += sum(len(raw.digest()) > 0 for raw in raws(inputs))
    return done / spent, _rate(pieces, lambda piece: sift([piece]))


def _lines(articles: Sequence[Article]) -> float:
    """Articles a second that are read from JSON Lines and screened."""
    source = Input("articles.jsonl", Path("articles.jsonl"), "jsonl")
    pieces = [Raw(source, number, article_line(article).encode()) for number, article in enumerate(articles, start=1)]
    return _rate(pieces, lambda piece: sift([piece]))


def _rate(items: Sequence[Item], work: Callable[[Item], object]) -> float:
    """Items in a processor second."""
    began, done = time.process_time(), 0
    while (spent := time.process_time() - began) < _SECONDS:
        work(items[done % len(items)])
        done += 1
    return done / spent


def _strange(article: Article) -> Article:
    """An article as long as this one, of words that mean nothing."""
    chance = random.Random(article.id)

    def strange(text: str) -> str:
        return "".join(letter.upper() if c.isupper() else letter if c.isalpha() else c
                       for c in text for letter in chance.choice("bdfglmnprstvaeiou"))

    return Article(article.id, article.published, strange(article.title), strange(article.text))


def _captured(article: Article) -> bytes:
    """A record of a WARC file: the article in a page with as much furniture as news pages have."""
    chance = random.Random(article.id)
    paragraphs = "".join(f"<p>{html.escape(part)}</p>\n" for part in article.text.split("\n") if part.strip())
    links = ""
    while 2 * len(links) < PAGE - len(paragraphs):
        word = f"{chance.randrange(16**8):08x}"
        track = chance.randbytes(20).hex()
        links += (f'<li class="item-{word}"><a href="/news/{word}" data-track="{track}">Story {word}</a></li>\n'
                  f'<script>window.slots=window.slots||[];slots.push({{"id":"{word}","size":[300,250]}})</script>\n')
    title = html.escape(article.title)
    page = (f'<!doctype html><html lang="en"><head><title>{title}</title><meta property="article:published_time" '
            f'content="{article.published}"></head><body><nav><ul>{links}</ul></nav><main><article><h1>{title}</h1>'
            f'{paragraphs}</article></main><aside><ul>{links}</ul></aside></body></html>').encode()
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{article.id}>\r\nWARC-Target-URI: "
            f"https://news.example/{chance.randrange(16**8):08x}\r\nContent-Type: application/http; msgtype=response"
            f"\r\nContent-Length: {len(block)}\r\n\r\n").encode()
    return gzip.compress(head + block + b"\r\n\r\n", 6)
