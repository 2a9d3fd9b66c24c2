"""Lists of the addresses of articles, as files that lie here.

Read are GDELT's exports of events, mentions and the Global Knowledge Graph (tab separated, without header), its Article
List and the answers of its search (JSON, CSV), tables with a column of addresses, and one address a line; each as it is
or packed (.zip, .gz, .zst). Source of the columns: GDELT's codebooks (Event 1.0 and 2.0, GKG 1.0 and 2.1).
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from etl.read.jsonl import lines_of
from etl.read.record import Unreadable

LONGEST = 4 * 1024 * 1024  # bytes of a line; the longest of GDELT's have some 500,000
MOST = 8 * 1024 ** 3  # bytes of a packed file, unpacked
MANY = 64 * 1024 * 1024  # characters of one JSON text
# Names of columns and fields that hold addresses, as GDELT's tables and searches have them.
NAMED = ("sourceurl", "documentidentifier", "v2documentidentifier", "mentionidentifier", "sourceurls", "url")
# Columns of a row without header → which holds the address: Knowledge Graph 2; events 2 and 1; mentions.
BY_WIDTH = {27: 4, 61: 60, 58: 57, 16: 5}
_PARTED = "<UDIV>"  # between the addresses in a cell of the first Knowledge Graph


def addresses_of(path: Path) -> Iterator[str]:
    """The addresses that a file names, in its order; a row that names none gives what stands there instead, or "".

    Raises `Unreadable` where its form is not known or it is damaged, OSError as open does.
    """
    lines = _text(path)
    first = next((line for line in lines if line.strip()), "").removeprefix("\ufeff")
    if first.lstrip()[:1] in ("{", "["):
        return _of_json(first, lines)
    mark = "\t" if "\t" in first else ","
    names = [cell.strip().strip('"').lower() for cell in first.split(mark)]
    named = [i for i, name in enumerate(names) if name in NAMED]
    if named:
        return _of_table(lines, mark, named[0])
    if mark == "\t":
        if len(names) not in BY_WIDTH:
            raise Unreadable(f"a table of {len(names)} columns without a header is none of GDELT's exports with "
                             f"addresses; give it a header that names one column {NAMED[-1]}")
        return _of_export(chain([first], lines), len(names))
    return (line.strip() for line in chain([first], lines) if line.strip() and not line.startswith("#"))


def _of_export(lines: Iterable[str], width: int) -> Iterator[str]:
    for line in lines:
        row = line.split("\t")
        yield row[BY_WIDTH[width]].strip() if len(row) == width else ""


def _of_table(lines: Iterable[str], mark: str, column: int) -> Iterator[str]:
    rows = (line.split(mark) for line in lines) if mark == "\t" else csv.reader(lines)
    try:
        for row in rows:
            if row:
                yield from (one.strip() for one in row[column].split(_PARTED)) if len(row) > column else [""]
    except csv.Error as error:
        raise Unreadable(f"its table breaks off ({error}); close every quote") from None


def _of_json(first: str, lines: Iterator[str]) -> Iterator[str]:
    """Of objects, one a line, or of one JSON text that holds a list of them."""
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        value = _whole(first, lines)
    yield from _named_in(value)
    for line in lines:
        if line.strip():
            try:
                yield from _named_in(json.loads(line))
            except (ValueError, RecursionError):
                yield ""


def _whole(first: str, lines: Iterable[str]) -> Any:
    parts, size = [first], len(first)
    for line in lines:
        parts.append(line)
        size += len(line)
        if size > MANY:
            raise Unreadable(f"its JSON text is longer than {MANY // 1024 ** 2} MB; write one object a line")
    try:
        return json.loads("\n".join(parts))
    except (ValueError, RecursionError):
        raise Unreadable("it is no sound JSON; write one object a line") from None


def _named_in(value: Any) -> Iterator[str]:
    items = value.get("articles") if isinstance(value, dict) and isinstance(value.get("articles"), list) else value
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, str):
            yield item
        else:
            fields = {str(name).lower(): one for name, one in item.items()} if isinstance(item, dict) else {}
            found = next((fields[name] for name in NAMED if name in fields), "")
            yield found if isinstance(found, str) else ""


def _text(path: Path) -> Iterator[str]:
    """The lines of a file, however it is packed; of a zip file those of all files in it, one after another."""
    if not zipfile.is_zipfile(path):
        for line in lines_of(path):
            yield line[:LONGEST].decode("utf-8", "replace")
        return
    size = 0
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                while line := file.readline(LONGEST):
                    size += len(line)
                    if size > MOST:
                        raise Unreadable(f"it unpacks to more than {MOST // 1024 ** 3} GB; split it")
                    yield line.decode("utf-8", "replace").rstrip("\r\n")
