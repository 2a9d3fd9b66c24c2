"""Sound inputs of every kind, from which hostile ones are made."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from backports import zstd

from etl.reference import FOLDER

FACTS = {
    "id": "n1",
    "url": "https://news.example/1",
    "publisher": "The Daily Pass",
    "published": "2025-10-19",
    "title": "Nine soldiers killed as troops trade fire at Spin Boldak",
}
PARAGRAPHS = (
    "Pakistani troops and Afghan forces traded fire at Spin Boldak on Sunday, October 12, officials said. The army "
    "said nine Afghan fighters were killed and 14 others injured; Kabul spoke of four.",
    "A spokesman, Zabihullah Mujahid, said 58 Pakistani soldiers were killed in “retaliatory” operations along the "
    "Durand Line. Islamabad denied it, and put its own losses at 23.",
    "The Torkham and Chaman crossings were closed last week. Hundreds of trucks were stranded at both border points, "
    "traders said, and 1,200 refugees were sent back on Monday.",
    "The TTP claimed a suicide bombing in North Waziristan on October 10 that killed at least seven policemen, "
    "including a deputy superintendent. The Foreign Office summoned the Afghan chargé d’affaires.",
    "Qatar and Turkey hosted talks in Doha. Both sides agreed to an immediate ceasefire on 19 October 2025.",
)
TEXT = "\n".join(PARAGRAPHS)
_JSON_LD = json.dumps(
    {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": FACTS["title"],
        "datePublished": "2025-10-19T08:00:00+05:00",
        "isAccessibleForFree": True,
    }
)
HTML = (
    "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Troops trade fire | The Daily Pass</title>"
    f'<meta property="og:title" content="{FACTS["title"]}"><meta property="og:site_name" content="The Daily Pass">'
    '<meta property="article:published_time" content="2025-10-19T08:00:00+05:00">'
    '<link rel="canonical" href="https://news.example/1?utm_source=x">'
    f'<script type="application/ld+json">{_JSON_LD}</script></head><body>'
    '<nav><ul><li><a href="/">Home</a></li></ul></nav>'
   
    f"<article><h1>{FACTS['title']}</h1>"
    + "".join(f"<p>{part}</p>" for part in PARAGRAPHS)
    + '<table><tr><td>Killed</td><td>9</td></tr></table><img src="a.jpg" alt="a"></article>'
    "<footer>©</footer></body></html>"
)
RSS = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    "<channel><title>The Daily Pass</title>"
    + "".join(
        f"<item><title>{FACTS['title']}</title><link>https://news.example/{i}</link><guid>g{i}</guid>"
        f"<pubDate>Sun, 19 Oct 2025 08:00:00 GMT</pubDate><description>{PARAGRAPHS[0]}</description>"
        f"<content:encoded><![CDATA[<p>{PARAGRAPHS[i]}</p>]]></content:encoded></item>"
        for i in range(3)
    )
    + "</channel></rss>"
)
ATOM = (
    '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>The Daily Pass</title>'
    f"<entry><id>tag:1</id><title>{FACTS['title']}</title><link href='https://news.example/1'/>"
    f"<updated>2025-10-19T08:00:00Z</updated><content type='html'>&lt;p&gt;{PARAGRAPHS[1]}&lt;/p&gt;</content>"
    "</entry></feed>"
)


def capture(body: bytes, http: str = "", length: int | None = None) -> bytes:
    """A WARC record of one answer."""
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{http}\r\n".encode() + body
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0a6d1e5c-0000-4000-8000-000000000001>\r\n"
        b"WARC-Date: 2025-10-19T08:00:00Z\r\nWARC-Target-URI: https://news.example/1\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: "
        + str(len(block) if length is None else length).encode()
        + b"\r\n\r\n"
        + block
        + b"\r\n\r\n"
    )


def lines(number: int = 3) -> bytes:
    """JSON Lines of a few articles."""
    return b"".join(json.dumps({**FACTS, "id": f"n{i}", "text": TEXT}).encode() + b"\n" for i in range(number))


def text_file(facts: dict[str, str], text: str) -> bytes:
    """A text file with its lines of facts."""
    return ("".join(f"{name}: {value}\n" for name, value in facts.items()) + "\n" + text).encode(
        "utf-8", "surrogatepass"
    )


SEEDS: dict[str, tuple[tuple[str, bytes], ...]] = {  # kind → file name, bytes
    "jsonl": (("a.jsonl", lines()),),
    "packed": (("a.jsonl.gz", gzip.compress(lines(), mtime=0)), ("a.jsonl.zst", zstd.compress(lines()))),
    "json": (("a.json", json.dumps([{**FACTS, "text": TEXT}, {**FACTS, "id": "n2", "text": TEXT}]).encode()),),
    "text": (("2025-10-19-a.txt", text_file(FACTS, TEXT)), ("2025-10-19-b.txt", TEXT.encode())),
    "html": (("2025-10-19-a.html", HTML.encode()), ("b.html", HTML.encode())),
    "feed": (("a.xml", RSS.encode()), ("a.atom", ATOM.encode())),
    "warc": (("a.warc", capture(HTML.encode()) * 2), ("a.warc.gz", gzip.compress(capture(HTML.encode()), mtime=0) * 2)),
}
TABLES: tuple[Path, ...] = tuple(sorted(FOLDER.glob("*.csv")))
