"""A saved web page: title, date, publisher and text. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from etl.read.encoding import decode
from etl.read.inputs import Input
from etl.read.page import STUB, UNSURE, Page, glance, peruse
from etl.read.record import Record, Unreadable, check
from etl.read.text import DATE_IN_NAME

CURE = "begin the file's name with it, such as 2025-10-19-torkham.html"


def read_html(source: Input) -> Iterator[Record]:
    """The one record of the page; its id is the file's name. A date in the file's name wins over one in the page."""
    data = source.load()
    if not data.strip():
        return
    decoded, in_name = decode(data), DATE_IN_NAME.match(source.path.name)
    yield page_record(decoded.text, source.name, day=in_name[1] if in_name else "", note=decoded.note, cure=CURE)


def page_record(html: str, article_id: str, *, url: str = "", day: str = "", note: str = "", cure: str) -> Record:
    """The record of a page by a quick look, to be finished with care; read with care at once where the quick look saw
    hardly any text. `day` is the date of publication where something better than the page tells it."""
    def as_record(page: Page) -> Record:
        told = filter(None, (note, "a live blog: its posts count as one article" if page.live else "",
                             "" if page.free else "for subscribers: the text may be cut short"))
        return check({"id": article_id, "url": page.url, "publisher": page.publisher, "title": page.title,
                      "published": day or page.published or None, "text": page.text}, "; ".join(told), cure)

    def careful() -> Record:
        found = peruse(html, url) or Page()
        if found.n_words < STUB:
            return Record(article_id=article_id, note=note, problem=f"only {found.n_words} words of article text were "
                          "found in the page; if it has more, save its text as .txt")
        return as_record(found)

    try:
        page = glance(html, url)
    except Unreadable as error:
        return Record(article_id=article_id, note=note, problem=str(error))
    return careful() if page.n_words < UNSURE else replace(as_record(page), finish=careful)
