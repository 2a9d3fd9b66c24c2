"""A .json file: one article object, or an array of them."""

from __future__ import annotations

from collections.abc import Iterator

from etl.read.encoding import decode
from etl.read.inputs import Input
from etl.read.jsonl import load_json
from etl.read.record import Record, Unreadable, check


def read_json(source: Input) -> Iterator[Record]:
    """One record for the object, or one for each element of the array."""
    data = source.load()
    if not data.strip():
        return
    decoded = decode(data)
    value = load_json(decoded.text)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield check(item, decoded.note)
        else:
            yield Record(problem="not a JSON object; write each article as one {…}")
    if value == []:
        raise Unreadable("the array is empty; put at least one article into it")
