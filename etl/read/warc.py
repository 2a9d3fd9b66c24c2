"""A web archive (WARC, plain or compressed), as Common Crawl's news crawl publishes: one record a captured page."""

from __future__ import annotations

from collections.abc import Iterator

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from etl.read.html import page_record
from etl.read.inputs import Input
from etl.read.record import Record, Unreadable

MAX_PAGE = 8 * 1024 * 1024  # bytes after decompression: a longer page is no article
CURE = "the page names no date; give the article as JSON Lines with its date"
_PAGES = ("text/html", "application/xhtml+xml")


def read_warc(source: Input) -> Iterator[Record]:
    """One record for each captured answer; its id is the capture's own, its address the page's.

    Answers that are no page (pictures, refusals, redirects) are records with a problem, so that the ledger counts them.
    """
    with source.path.open("rb") as file:
        archive = iter(ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=False))
        while True:
            try:
                captured = next(archive, None)
                if captured is None:
                    return
                record = _capture(captured)
            except OSError as error:
                raise Unreadable(f"the archive is damaged from here on ({str(error)[:80]}); fetch it again") from None
            yield record


def _capture(captured: WarcRecord) -> Record:
    article_id = (captured.record_id or "").removeprefix("<").removesuffix(">").removeprefix("urn:uuid:")
    told = f"more than {MAX_PAGE // 1024 ** 2} MB: too large for an article; if it is one, save its text as .txt"
    size = captured.content_length
    if size > MAX_PAGE:
        return Record(article_id=article_id, problem=told)
    block = captured.reader.read(size)
    if len(block) < size:
        # The reader passes the end of a cut file over in silence.
        return Record(article_id=article_id, problem="the archive is cut short within this page; fetch it again")
    captured.set_bytes_content(block)
    captured.parse_http(auto_decode="all")
    status = captured.http_headers.status_code if captured.http_headers else None
    if status != 200:
        return Record(article_id=article_id, problem=f"the site answered {status}, not with a page; nothing to do")
    kind = (captured.http_content_type or "nothing of a stated kind").lower()
    if kind not in _PAGES:
        return Record(article_id=article_id, problem=f"the site sent {kind[:60]}, no web page; nothing to do")
    data = captured.reader.read(MAX_PAGE + 1)
    if len(data) > MAX_PAGE:  # a small answer may unpack into a huge one
        return Record(article_id=article_id, problem=told)
    encoding = captured.http_charset or detect_encoding(data, from_html_meta=True) or "utf-8"
    url = captured.headers.get("WARC-Target-URI") or ""
    return page_record(bytes_to_str(data, encoding), article_id, url=url, cure=CURE)
