"""Bytes to text: UTF-8 first, by mark UTF-16 or UTF-32, else the encoding that fits best."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from charset_normalizer import from_bytes
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from etl.read.record import Unreadable

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Code pages that English, Urdu and Pashto newspapers are found in; fewer candidates make a short text's guess surer.
_CANDIDATES = ["cp1252", "cp1256", "mac_roman", "iso8859_15"]


@dataclass(frozen=True)
class Decoded:
    """The text, and a note where it was not UTF-8."""

    text: str
    note: str = ""


def decode(data: bytes) -> Decoded:
    """The text of `data`; raises `Unreadable` for binary data and for bytes that no known encoding fits."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(encoding, "replace"), "" if encoding == "utf-8-sig" else f"read as {encoding}")
    if b"\0" in data:
        raise Unreadable("it holds NUL bytes: it is binary or damaged; export it again as UTF-8 text")
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    best = from_bytes(data, cp_isolation=_CANDIDATES, threshold=0.2).best()
    if best is None:
        raise Unreadable("it is not UTF-8, nor any other encoding known here; save it as UTF-8 text")
    return Decoded(str(best), f"not UTF-8, read as {best.encoding}; check its special characters")


def page_text(data: bytes, charset: str | None) -> str:
    """The text of a web page in the encoding that the site names, or, where there is none of that name, that it
    seems."""
    seems = detect_encoding(data, from_html_meta=True) if charset is None else charset
    try:
        return bytes_to_str(data, seems or "utf-8")
    except (LookupError, ValueError):  # no encoding of that name, or none of text
        return bytes_to_str(data, detect_encoding(data, from_html_meta=False) or "utf-8")


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file that should hold text say that it does not."""
    return b"\0" in head and not any(head.startswith(mark) for mark, _ in MARKS)
