"""Which reader reads which format."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from etl.read.feed import read_feed
from etl.read.html import read_html
from etl.read.inputs import Input
from etl.read.json_file import read_json
from etl.read.jsonl import read_jsonl
from etl.read.record import Record
from etl.read.text import read_text
from etl.read.warc import read_warc

READERS: dict[str, Callable[[Input], Iterator[Record]]] = {
    "jsonl": read_jsonl, "json": read_json, "txt": read_text, "html": read_html,
    "feed": read_feed, "warc": read_warc,
}
