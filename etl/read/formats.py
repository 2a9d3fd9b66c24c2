"""Which reader reads which format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from etl.read.feed import read_feed
from etl.read.html import read_html
from etl.read.inputs import Input
from etl.read.json_file import read_json
from etl.read.jsonl import read_line, split_jsonl
from etl.read.record import Record
from etl.read.text import read_text
from etl.read.warc import read_capture, split_warc

# Formats that are read whole, and those that are split into the bytes of their records first: these may be of any size.
READERS: dict[str, Callable[[Input], Iterator[Record]]] = {
    "json": read_json, "txt": read_text, "html": read_html, "feed": read_feed,
}
SPLITTERS: dict[str, Callable[[io.BufferedReader], Iterator[tuple[bytes, tuple[str, ...]]]]] = {
    "jsonl": split_jsonl, "warc": split_warc,
}
PIECES: dict[str, Callable[[bytes, tuple[str, ...]], Record]] = {"jsonl": read_line, "warc": read_capture}
