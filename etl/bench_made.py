"""Articles and web pages for timings: made-up news about other things, of the length and the words of a newspaper.

Sentences are drawn from patterns whose gaps are filled at random, always alike. Some name the region or use words of
violence in another sense, as newspapers do, so that screening has work to do.
"""

from __future__ import annotations

import datetime as dt
import gzip
import random
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from etl.article import Article
from etl.reference import read_table

_WHO = ("the committee", "the board", "a spokesperson for the firm", "the district council", "the captain",
        "traders at the market", "doctors at the hospital", "the vice chancellor", "the minister for finance",
        "officials of the weather office", "the winning team", "residents of the colony", "the company's chairman")
_DID = ("approved", "reviewed", "welcomed", "criticised", "postponed", "announced", "inaugurated", "discussed",
        "attacked in a speech", "called for", "met about", "agreed on", "struck down", "fought over")
_WHAT = ("the budget for the coming year", "a new library", "the price of wheat and sugar", "a plan for clean water",
         "the second match of the series", "an award for young writers", "the rise in shares", "a tax on imports",
         "the repair of roads and bridges", "a film about a poet", "the results of the examination", "a vaccine drive")
_WHEN = ("on Monday", "on Tuesday", "last week", "in the morning", "after a long delay", "earlier this month",
         "at a ceremony", "during the second session", "before the start of the season")
_WHY = ("saying that costs had risen by {n} per cent", "while {n} people looked on", "which will take {n} months",
        "as prices fell for the third week", "because the old rules no longer served their purpose",
        "so that students need not travel far", "although the opposition had asked for more time")
_DAY = dt.date(2025, 6, 1)


def made_articles(n: int, seed: int = 7) -> list[Article]:
    """So many articles about other things, some 500 words each, always the same."""
    draw = random.Random(seed)
    towns = [row["name"] for row in read_table("gazetteer").rows if row["kind"] == "city"]
    return [Article(f"made-{i}", _DAY + dt.timedelta(days=i % 28), _sentence(draw, towns)[:70],
                    "\n".join(" ".join(_sentence(draw, towns) for _ in range(draw.randint(1, 3)))
                              for _ in range(draw.randint(8, 14))), "Made News") for i in range(n)]


def _sentence(draw: random.Random, towns: Sequence[str]) -> str:
    who, did, what, when, why = (draw.choice(words) for words in (_WHO, _DID, _WHAT, _WHEN, _WHY))
    where = f" in {draw.choice(towns)}" if draw.random() < 0.3 else ""
    return f"{who.capitalize()}{where} {did} {what} {when}, {why.format(n=draw.randint(3, 900))}."


def write_warc(path: Path, articles: Sequence[Article]) -> int:
    """Write a web archive (gzip) with a page for each article, with the furniture of a newspaper's page around it.

    Returns the bytes of HTML.
    """
    size = 0
    with path.open("wb") as file:
        for article in articles:
            body = _page(article).encode()
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            head = (f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{article.id}>\r\n"
                    f"WARC-Target-URI: https://news.example/{article.id}\r\n"
                    f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n")
            file.write(gzip.compress(head.encode() + answer + b"\r\n\r\n", mtime=0))
            size += len(body)
    return size


def _page(article: Article) -> str:
    menu = "".join(f'<li class="nav-item"><a href="/section/{i}">Section {i}</a></li>' for i in range(60))
    more = "".join(f'<div class="card"><a href="/story/{i}"><img src="/i/{i}.jpg" alt=""><h3>Another story {i}</h3></a>'
                   f'<span class="time">{i} hours ago</span></div>' for i in range(40))
    script = "<script>" + "window.dataLayer.push({event: 'view', id: 1});\n" * 300 + "</script>"
    text = "".join(f"<p>{escape(line)}</p>" for line in _lines(article))
    return (f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(article.title)}</title>'
            f'<meta property="article:published_time" content="{article.published.isoformat()}">{script}</head><body>'
            f'<nav><ul>{menu}</ul></nav><main><article><h1>{escape(article.title)}</h1>{text}</article></main>'
            f'<aside>{more}</aside><footer><ul>{menu}</ul></footer></body></html>')


def _lines(article: Article) -> Iterator[str]:
    return (line for line in article.text.split("\n") if line)
