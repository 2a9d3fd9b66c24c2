"""Reading web pages, web archives, feeds and Zstandard files: what is found, what is refused, what is spared."""

from __future__ import annotations

import gzip
import json
import sys

import pytest

from etl.read import find, read
from etl.read.address import key_of, plain_address, site_of
from etl.read.feed import day_of, parsed
from etl.read.page import glance, peruse
from tests.test_read import GOOD, line, records

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STORY = [
    "LANDI KOTAL: The Torkham crossing was closed on Saturday after an exchange of fire between border guards of the "
    "two sides, officials said.",
    "Hundreds of lorries with fruit and cement stood on both sides of the gate in the evening, and traders asked the "
    "authorities to let perishable goods through.",
    "Elders of the Shinwari tribe met officers of both sides to talk about a ceasefire at the gate.",
]


def page(story=STORY, *, head: str = "", date: str = "2025-10-19T09:30:00+05:00", title: str = "Torkham closed") -> str:
    paragraphs = "".join(f"<p>{one}</p>" for one in story)
    return (f'<!DOCTYPE html><html><head><title>{title} | The Daily Pass</title><meta property="og:title" '
            f'content="{title}"><meta property="og:site_name" content="The Daily Pass">'
            f'<meta property="article:published_time" content="{date}">{head}</head><body>'
            "<nav><ul><li><a href='/'>Home</a></li><li><a href='/w'>World</a></li></ul></nav>"
            f"<main><article><h1>{title}</h1>{paragraphs}</article></main>"
            "<aside><p>Subscribe to our newsletter and win a prize today.</p></aside></body></html>")


def captured(html: bytes, number: int, *, url: str = "https://pass.example/torkham", status: str = "200 OK",
             kind: str = "text/html; charset=utf-8", packing: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{packing}Content-Length: {len(html)}\r\n\r\n".encode()
    block = head + html
    return (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:08d}-0000-4000-8000-000000000000>"
            f"\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2025-10-19T10:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n").encode() \
        + block + b"\r\n\r\n"


@pytest.mark.parametrize("read_page", [glance, peruse])
def test_title_text_date_and_publisher_of_a_page(read_page):
    found = read_page(page())
    assert found and (found.title, found.published) == ("Torkham closed", "2025-10-19")
    assert found.publisher == "The Daily Pass"
    assert all(one in found.text for one in STORY) and "newsletter" not in found.text and "World" not in found.text


@pytest.mark.parametrize(("head", "date"), [
    ('<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-03-02T00:10:00Z"}</script>',
     "2024-03-02"),
    ('<script type="application/ld+json">{"@graph": [{"@type": "WebPage"}, {"@type": "NewsArticle", '
     '"datePublished": "2024-03-03"}]}</script>', "2024-03-03"),
    ('<script type="application/ld+json">{"datePublished": broken</script>', "2025-10-19"),
    ('<script type="application/ld+json">[1, "x", null]</script>', "2025-10-19"),
])
def test_the_date_that_the_page_gives_for_machines_counts_first(head, date):
    assert glance(page(head=head)).published == date


def test_a_date_in_the_address_counts_where_the_page_has_none():
    html = page(date="").replace('<meta property="article:published_time" content="">', "")
    assert glance(html, "https://pass.example/2024/03/05/torkham").published == "2024-03-05"


@pytest.mark.parametrize(("given", "plain"), [
    ("https://pass.example/a?id=7&utm_source=x&fbclid=y#top", "https://pass.example/a?id=7"),
    ("https://pass.example/news/torkham/amp/", "https://pass.example/news/torkham"),
    ("https://amp.pass.example/news/torkham", "https://pass.example/news/torkham"),
    ("https://pass.example/camp/torkham", "https://pass.example/camp/torkham"),
    ("http://[broken", "http://[broken"),
])
def test_addresses_without_tracking_and_amp(given, plain):
    assert plain_address(given) == plain


@pytest.mark.parametrize("same", [
    "http://www.pass.example/news/7/torkham-closed", "https://m.pass.example/news/7/torkham-closed/",
    "https://amp.pass.example/news/7/torkham-closed", "https://pass.example/news/7/torkham-closed/amp",
    "https://pass.example/amp/news/7/torkham-closed", "https://PASS.example:443/news/7/torkham-closed#comments",
    "https://pass.example/news/7/torkham-closed?utm_source=x&UTM_medium=y&fbclid=1&at_link=2&outputType=amp",
    "https://pass.example/news/7/torkham%2Dclosed", "https://pass.example/news/7/torkham-closed/index.html",
    "https://pass-example.cdn.ampproject.org/c/s/pass.example/news/7/torkham-closed?amp_js_v=0.1",
    "https://www.google.com/amp/s/www.pass.example/news/7/torkham-closed/amp/",
    " https://www.m.pass.example./news/7/torkham-closed",
])
def test_copies_of_one_page_have_one_key(same):
    assert key_of(same) == key_of("https://pass.example/news/7/torkham-closed") == "pass.example/news/7/torkham-closed"


@pytest.mark.parametrize(("one", "other"), [
    ("https://pass.example/a", "https://pass.example/A"), ("https://pass.example/a?id=1", "https://pass.example/a?id=2"),
    ("https://pass.example/a", "https://ur.pass.example/a"), ("https://pass.example/camp/a", "https://pass.example/c/a"),
    ("https://pass.example/ample", "https://pass.example/le"), ("https://pass.example/a", "https://pass.example:8080/a"),
    ("https://google.com/amp/x", "https://google.com/x/y"), ("https://amp.example/a", "https://example/a"),
])
def test_different_pages_have_different_keys(one, other):
    assert key_of(one) != key_of(other)


def test_what_names_no_host_has_no_key():
    for text in ("", "torkham", "http://[broken", "mailto:x@pass.example", "https:///a"):
        assert key_of(text) == ""
    assert key_of("https://pass.example/a?b=2&a=1") == key_of("https://pass.example/a?a=1&b=2")
    assert site_of("https://mobile.pass.example/") == "pass.example" and site_of("http://[broken") == ""


def test_a_page_out_of_a_cache_has_its_own_address():
    cached = "https://pass-example.cdn.ampproject.org/c/s/pass.example/news/7/amp?usqp=1"
    assert plain_address(cached) == "https://pass.example/news/7"
    head = '<link rel="canonical" href="https://www.pass.example/news/7">'
    assert glance(page(head=head), cached).url == "https://pass.example/news/7"
    assert glance(page(head='<link rel="canonical" href="/news/8">'), "https://m.pass.example/x").url.endswith("/news/8")


def test_a_canonical_address_counts_only_within_the_same_site():
    head = '<link rel="canonical" href="https://{}/torkham">'
    assert glance(page(head=head.format("pass.example")), "https://amp.pass.example/x").url == "https://pass.example/torkham"
    assert glance(page(head=head.format("other.example")), "https://pass.example/x").url == "https://pass.example/x"


def test_a_web_archive_gives_one_record_a_capture(tmp_path):
    html = page().encode()
    parts = [captured(html, 1), captured(b"\x89PNG", 2, kind="image/png"), captured(b"gone", 3, status="404 Not Found"),
             captured(gzip.compress(html), 4, packing="Content-Encoding: gzip\r\n", url="https://pass.example/b?utm_id=1"),
             captured(page(["Subscribe."]).encode(), 5)]
    for name, data in (("a.warc", b"".join(parts)), ("a.warc.gz", b"".join(map(gzip.compress, parts)))):
        first, picture, gone, second, stub = records(tmp_path, name, data)
        assert first.article and first.article.id == "00000001-0000-4000-8000-000000000000"
        assert first.article.publisher == "The Daily Pass" and STORY[0] in first.article.text
        assert second.article and second.article.url == "https://pass.example/b" and STORY[2] in second.article.text
        assert "image/png" in picture.problem and "404" in gone.problem and stub.problem
        assert [one.record for one in (first, picture, gone, second, stub)] == [1, 2, 3, 4, 5]


def test_a_small_answer_that_unpacks_into_a_huge_one_is_told(tmp_path):
    huge = gzip.compress(b"<html>" + b" " * 200_000_000)
    bomb, after = records(tmp_path, "a.warc", captured(huge, 1, packing="Content-Encoding: gzip\r\n")
                          + captured(page().encode(), 2))
    assert "too large" in bomb.problem and after.article


def test_a_damaged_archive_keeps_what_came_before(tmp_path):
    whole = b"".join(gzip.compress(captured(page().encode(), number)) for number in (1, 2))
    first, *rest = records(tmp_path, "a.warc.gz", whole[:-200])
    assert first.article and rest and all(one.article is None and ";" in one.problem for one in rest)


def test_only_a_wanted_page_is_read_with_care(tmp_path, monkeypatch):
    from etl.read import html as reader

    read_with_care = []
    monkeypatch.setattr(reader, "peruse", lambda html, url="": read_with_care.append(url) or peruse(html, url))
    cricket = page(["The home side won the toss and batted first in the final on Sunday, to the crowd's joy."] * 5)
    (tmp_path / "a.warc").write_bytes(captured(page().encode(), 1)
                                      + captured(cricket.encode(), 2, url="https://b.example/"))
    found = list(read(find([tmp_path]), wanted=lambda article: "Shinwari" in article.text))
    assert [one.article is not None for one in found] == [True, True] and read_with_care == ["https://pass.example/torkham"]


def test_a_live_blog_is_noted(tmp_path):
    head = '<script type="application/ld+json">{"@type": "LiveBlogPosting", "datePublished": "2025-10-19"}</script>'
    (record,) = records(tmp_path, "a.html", page(head=head).encode())
    assert record.article and "live blog" in record.note


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Daily Pass</title>
<item><title>Torkham &amp; Chaman closed</title><link>https://pass.example/1?utm_source=rss</link><guid>p1</guid>
<pubDate>Sun, 19 Oct 2025 09:30:00 +0500</pubDate><description>&lt;p&gt;Both crossings were closed.&lt;/p&gt;
&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;Traders waited.&lt;/p&gt;</description></item>
<item><title>No date</title><guid>p2</guid><description>Text.</description></item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Pass</title><entry><title>Torkham</title>
<id>a1</id><updated>2025-10-19T09:30:00Z</updated><link href="https://pass.example/1"/><content type="html">
&lt;p&gt;It was closed.&lt;/p&gt;</content></entry></feed>"""


@pytest.mark.parametrize(("stamp", "day"), [
    ("Sun, 19 Oct 2025 01:30:00 +0500", "2025-10-19"), ("Sun, 19 Oct 2025 23:30:00 -0500", "2025-10-19"),
    ("Sat, 18 Oct 2025 20:30:00 GMT", "2025-10-18"), ("2025-10-19T01:30:00+05:00", "2025-10-19"),
    ("2025-10-19", "2025-10-19"), ("Sun, 19 Oct 2025 01:30:00 PKT", "2025-10-19"), ("soon", None), ("", None),
])
def test_the_day_of_an_entry_is_that_of_the_feed(stamp, day):
    feed = f"<rss version='2.0'><channel><item><title>a</title><pubDate>{stamp}</pubDate></item></channel></rss>"
    assert day_of(parsed(feed.encode()).entries[0]) == day


def test_entries_of_feeds(tmp_path):
    first, second = records(tmp_path, "a.xml", RSS.encode())
    assert first.article and first.article.title == "Torkham & Chaman closed" and first.article.id == "p1"
    assert first.article.text.split() == ["Both", "crossings", "were", "closed.", "Traders", "waited."]
    assert (first.article.url, str(first.article.published)) == ("https://pass.example/1", "2025-10-19")
    assert "date" in second.problem and ";" in second.problem
    (entry,) = records(tmp_path, "b.atom", ATOM.encode())
    assert entry.article and entry.article.text == "It was closed."


@pytest.mark.parametrize(("data", "told"), [
    (b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel/></rss>', "entities"),
    (b"<html><body>no feed</body></html>", "no news feed"), (b"not xml at all", "no news feed"),
    (b"<rss><channel><item>", "no"), (b"\0" * 100, "no news feed"),
])
def test_what_is_no_feed(tmp_path, data, told):
    (record,) = records(tmp_path, "a.rss", data)
    assert record.article is None and told in record.problem and ";" in record.problem


def test_zstandard_lines_and_a_stream_cut_short(tmp_path):
    rows = [line(id=f"n{i}", text=json.dumps({**GOOD, "i": i}) * 3) for i in range(2_000)]
    packed = zstd.compress(b"\n".join(rows))
    assert len(records(tmp_path, "a.jsonl.zst", packed)) == 2_000
    assert len(records(tmp_path, "b.jsonl.zst", packed + zstd.compress(b"\n" + line(id="last")))) == 2_001
    *kept, broken = records(tmp_path, "c.jsonl.zst", packed[: len(packed) // 2])
    assert "cut short" in broken.problem and all(one.article for one in kept)
