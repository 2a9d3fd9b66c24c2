"""Unpacks the body of an answer piece by piece, so that a small answer cannot become a huge one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

ACCEPTED = "gzip, deflate"


class Unpackable(ValueError):
    """A body that cannot be unpacked; the message says why."""


def unpacked(pieces: Iterable[bytes], packing: str, most_packed: int, most: int) -> bytes:
    """The body in `pieces`, packed as the header Content-Encoding says.

    Raises `Unpackable` for more than `most_packed` bytes as sent, more than `most` bytes unpacked, packings within
    packings, one that is not known, and a stream that is damaged or cut short.
    """
    how = [word.strip().lower() for word in packing.split(",") if word.strip() and word.strip().lower() != "identity"]
    if len(how) > 1 or (how and how[0] not in ("gzip", "x-gzip", "deflate")):
        raise Unpackable(f"it is packed as {packing[:40]!r}, which was not asked for")
    body, sent = bytearray(), 0
    stream = _Stream(how[0]) if how else None
    for piece in pieces:
        sent += len(piece)
        if sent > most_packed:
            raise Unpackable(f"it is larger than {_megabytes(most_packed)}")
        body += stream.feed(piece, most + 1 - len(body)) if stream else piece
        if len(body) > most:
            raise Unpackable(f"it is larger than {_megabytes(most)}" + (" when unpacked" if how else ""))
    if stream and sent and not stream.whole:
        raise Unpackable("its packed stream is cut short")
    return bytes(body)


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1024 ** 2:g} MB"


class _Stream:
    """A gzip stream, of several parts if need be, or a deflate stream, with or without the header of zlib."""

    def __init__(self, how: str) -> None:
        self._bits = 15 if how == "deflate" else 31
        self._parts, self._unpack, self._seen = how != "deflate", zlib.decompressobj(self._bits), False
        self.whole = False

    def feed(self, data: bytes, room: int) -> bytes:
        """What `data` unpacks to, at most `room` bytes."""
        found = b""
        while data and len(found) < room:
            if self.whole:
                if not self._parts or not data.startswith(b"\x1f"):
                    return found  # whatever stands behind the stream is none of it
                self._unpack, self.whole = zlib.decompressobj(self._bits), False
            found += self._once(data, room - len(found))
            self.whole = self._unpack.eof
            data = self._unpack.unused_data if self.whole else self._unpack.unconsumed_tail
        return found

    def _once(self, data: bytes, room: int) -> bytes:
        try:
            return self._unpack.decompress(data, room)
        except zlib.error:
            if self._seen or self._bits != 15:
                raise Unpackable("its packed stream is damaged") from None
            self._bits, self._unpack = -15, zlib.decompressobj(-15)
            try:
                return self._unpack.decompress(data, room)
            except zlib.error:
                raise Unpackable("its packed stream is damaged") from None
        finally:
            self._seen = True
