"""A .txt file: lines such as ``published: 2025-10-19`` (id, url, publisher, published, title), then the article.

Without a title among those lines the first line is the title; without a date the file's name must begin with one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.read.encoding import decode
from etl.read.inputs import Input
from etl.read.record import Record, check

_HEADER = re.compile(r"^(id|url|publisher|published|title):[ \t]*(.*)$", re.IGNORECASE)
MOST = 100  # such lines; what goes on like that is no head of an article
DATE_IN_NAME = re.compile(r"^(\d{4}-\d{2}-\d{2})(?!\d)")
CURE = "begin the file with a line such as “published: 2025-10-19”, or its name with the date"


def read_text(source: Input) -> Iterator[Record]:
    """The one record of the file; its id is the file's name where no line gives one."""
    data = source.load()
    if not data.strip():
        return
    decoded = decode(data)
    lines = decoded.text.replace("\r\n", "\n").split("\n")
    fields: dict[str, str] = {}
    began = 0  # the line that the article begins with
    while began < min(len(lines), MOST) and (match := _HEADER.match(lines[began].strip())):
        fields.setdefault(match[1].lower(), match[2].strip())
        began += 1
    body = "\n".join(lines[began:]).strip()
    if "title" not in fields:
        fields["title"], _, body = body.partition("\n")
    in_name = DATE_IN_NAME.match(source.path.name)
    yield check({"id": source.name, "published": in_name[1] if in_name else None, **fields, "text": body.strip()},
                decoded.note, CURE)
