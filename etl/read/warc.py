"""A web archive (WARC, plain or compressed), as Common Crawl's news crawl publishes: one record a captured page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from etl.read.encoding import page_text
from etl.read.html import page_record
from etl.read.page import MAX_PAGE, TOO_LARGE
from etl.read.record import MAX_ID, Record, Unreadable, plain, told

CURE = "the page names no date; give the article as JSON Lines with its date"
_PAGES = ("text/html", "application/xhtml+xml")


def split_warc(file: BinaryIO) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """Each captured answer of an open archive as bytes; with its own id, address, whether it is HTTP, what is wrong."""
    archive = iter(ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=False))
    while True:
        try:
            captured = next(archive, None)
            if captured is None:
                return
            size = captured.content_length
            block = captured.reader.read(size) if size <= MAX_PAGE else None
        except OSError as error:
            raise Unreadable(f"the archive is damaged from here on ({told(error)}); fetch it again") from None
        article_id = plain((captured.record_id or "").removeprefix("<").removesuffix(">").removeprefix("urn:uuid:"))
        about = article_id[:MAX_ID], captured.headers.get("WARC-Target-URI") or "", str(captured.is_http)
        if block is None:
            yield b"", (*about, TOO_LARGE)
        elif len(block) < size:
            # The reader passes the end of a cut file over in silence.
            yield b"", (*about, "the archive is cut short within this page; fetch it again")
        else:
            yield block, (*about, "")


def read_capture(block: bytes, about: tuple[str, ...]) -> Record:
    """The record of one captured answer; its id is the capture's own, its address the page's.

    An answer that is no page (a picture, a refusal, a redirect) is a record with a problem, so that the ledger counts
    it.
    """
    article_id, url, is_http, problem = about
    if problem:
        return Record(article_id=article_id, problem=problem)
    # A record of its own: an error within the answer would leave the archive without its place.
    apart = WarcRecord()
    apart.is_http = is_http == str(True)
    apart.set_bytes_content(block)
    try:
        return _capture(apart, article_id, url)
    except OSError as error:  # of this answer alone: its lengths or its packing are wrong
        return Record(article_id=article_id, problem=f"the answer is damaged ({told(error)}); fetch it again")


def _capture(captured: WarcRecord, article_id: str, url: str) -> Record:
    captured.parse_http(auto_decode="all")
    status = captured.http_headers.status_code if captured.http_headers else None
    if status != 200:
        return Record(article_id=article_id, problem=f"the site answered {status}, not with a page; nothing to do")
    kind = (captured.http_content_type or "nothing of a stated kind").lower()
    if kind not in _PAGES:
        return Record(article_id=article_id, problem=f"the site sent {told(kind[:60])}, no web page; nothing to do")
    data = captured.reader.read(MAX_PAGE + 1)
    if len(data) > MAX_PAGE:  # a small answer may unpack into a huge one
        return Record(article_id=article_id, problem=TOO_LARGE)
    return page_record(page_text(data, captured.http_charset), article_id, url=url, cure=CURE)

