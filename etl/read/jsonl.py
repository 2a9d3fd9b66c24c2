"""JSON Lines, plain, gzip or Zstandard: one article object a line."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from etl.read.encoding import MARKS, decode, is_binary
from etl.read.record import Record, Unreadable, check, told

Packed = io.BufferedReader | gzip.GzipFile | zstd.ZstdFile
_GZIP, _ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
MAX_LINE = 32 * 1024 * 1024  # bytes; a longer line is skipped without being held in memory
MAX_PASSED = 4 * MAX_LINE  # bytes of one line that are passed over; a small packed file may hold a line without end


def split_jsonl(file: io.BufferedReader) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """The lines of an open file, about which nothing else is to be told."""
    return ((line, ()) for line in _lines_in(file))


def read_line(line: bytes, about: tuple[str, ...] = ()) -> Record:
    """The record in one line; a line that cannot be read is one too, an empty one is a blank record."""
    return parse_line(line) if line.strip() else Record()


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file, plain or packed, without their ends, as UTF-8 where the file is marked as UTF-16 or UTF-32.

    Raises OSError as open does, and `Unreadable` where the file is binary or its packed stream breaks off.
    """
    with path.open("rb") as file:
        yield from _lines_in(file)


def _lines_in(file: io.BufferedReader) -> Iterator[bytes]:
    try:
        head = file.read(4)
        file.seek(0)
        yield from _marked(_unpacked(file, head))
    except (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError):
        raise Unreadable("the packed file is damaged or cut short from here on; fetch it again") from None


def _unpacked(file: io.BufferedReader, head: bytes) -> Packed:
    """The file's own bytes; how it is packed is told by its first bytes, whatever its name."""
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file)
    return zstd.ZstdFile(file) if head.startswith(_ZSTANDARD) else file


def _marked(file: Packed) -> Iterator[bytes]:
    head = file.peek(4096)[:4096]
    mark = next(((mark, encoding) for mark, encoding in MARKS if head.startswith(mark)), None)
    if is_binary(head) and not head.lstrip().startswith(b"{"):
        raise Unreadable("it holds NUL bytes: it is binary; export the articles as JSON Lines in UTF-8")
    if mark and mark[1] != "utf-8-sig":
        for line in io.TextIOWrapper(file, encoding=mark[1], errors="replace", newline="\n"):
            yield line.rstrip("\r\n").encode("utf-8", "replace")
        return
    if mark:
        file.read(len(mark[0]))
    yield from _lines(file)


def _lines(file: Packed) -> Iterator[bytes]:
    """Lines without their end; of one that is too long, only more than `MAX_LINE` bytes.

    Raises `Unreadable` where one goes on for more than `MAX_PASSED`.
    """
    while line := file.readline(MAX_LINE + 1):
        rest, passed = line, len(line)
        while not rest.endswith(b"\n") and len(rest) > MAX_LINE:
            rest = file.readline(MAX_LINE + 1)
            passed += len(rest)
            if passed > MAX_PASSED:
                raise Unreadable(f"a line goes on for more than {MAX_PASSED // 1024 ** 2} MB; put each article on a "
                                 "line of its own")
        yield line.rstrip(b"\r\n") if len(line) <= MAX_LINE else line


def parse_line(line: bytes) -> Record:
    """The record in one line."""
    try:
        fields, note = load_object(line)
    except Unreadable as error:
        return Record(problem=str(error))
    return check(fields, note)


def load_object(line: bytes) -> tuple[dict[str, Any], str]:
    """The JSON object in one line, and a note on its encoding; raises `Unreadable` where there is none."""
    if len(line) > MAX_LINE:
        raise Unreadable(f"the line is longer than {MAX_LINE // 1024 ** 2} MB; put each article on a line of its own")
    if not line.strip():
        raise Unreadable("the line is empty; remove it")
    decoded = decode(line)
    value = load_json(decoded.text)
    if not isinstance(value, dict):
        raise Unreadable(f"the line holds a JSON {_kind(value)}, not an object; write each article as one {{…}}")
    return value, decoded.note


def load_json(text: str) -> Any:
    """The JSON value in `text`; raises `Unreadable` where it is none, a key stands twice or it nests too deep."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except Unreadable:
        raise
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON ({error.msg} at character {error.pos + 1}); write each article as one JSON object "
                         "on one line") from None
    except RecursionError:
        raise Unreadable("the JSON is nested too deep; write each article as one flat object") from None
    except ValueError as error:
        raise Unreadable(f"the JSON holds a value that cannot be read ({told(error)}); write it as text") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Unreadable(f"the key {twice[:60]!r} stands twice in one object; keep one of them")
    return found


def _kind(value: Any) -> str:
    return {list: "array", str: "string", bool: "truth value", type(None): "null"}.get(type(value), "number")
