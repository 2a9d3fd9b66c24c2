"""A saved web page: title, date, publisher and text as trafilatura finds them. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator

from etl.read.encoding import decode
from etl.read.inputs import Input
from etl.read.record import LATEST, Record, Unreadable, check
from etl.read.text import DATE_IN_NAME

CURE = "begin the file's name with it, such as 2025-10-19-torkham.html"


def read_html(source: Input) -> Iterator[Record]:
    """The one record of the page; its id is the file's name. A date in the file's name wins over one in the page."""
    from trafilatura import bare_extraction  # here, because it takes a second to load and few runs need it

    data = source.load()
    if not data.strip():
        return
    decoded = decode(data)
    found = bare_extraction(decoded.text, with_metadata=True, include_comments=False, include_tables=False,
                            date_extraction_params={"extensive_search": False, "original_date": True,
                                                    "max_date": LATEST.isoformat()})
    if found is None:
        raise Unreadable("no article text was found in the page; save its text as .txt")
    page = found if isinstance(found, dict) else found.as_dict()
    in_name = DATE_IN_NAME.match(source.path.name)
    yield check({"id": source.name, "url": page.get("url"), "publisher": page.get("sitename") or page.get("hostname"),
                 "published": in_name[1] if in_name else page.get("date"), "title": page.get("title"),
                 "text": page.get("text")}, decoded.note, CURE)
