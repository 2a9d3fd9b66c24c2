"""Connections that go to checked addresses only and end in time, however slowly or endlessly the other side speaks."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Sequence

import httpcore

AT_ONCE = 16 * 1024  # bytes of one reading


class TooMuch(Exception):
    """The other side sent more than it may, or took longer; the message says which."""


class Deadline:
    """The time and the bytes that one request has left."""

    def __init__(self, seconds: float, head_bytes: int) -> None:
        self.ends = time.monotonic() + seconds
        self.seconds, self.head_left, self.in_head = seconds, head_bytes, True

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self.ends

    def over(self) -> str:
        """What there is to tell when no time is left."""
        return f"the answer was not whole after {self.seconds:g} s"

    def left(self, most: float | None) -> float:
        """Seconds for the next step; raises `TooMuch` where there are none."""
        rest = self.ends - time.monotonic()
        if rest <= 0:
            raise TooMuch(self.over())
        return rest if most is None else min(rest, most)

    def take(self, n_bytes: int) -> None:
        """Count what was read before the headers were whole."""
        self.head_left -= n_bytes if self.in_head else 0
        if self.in_head and self.head_left < 0:
            raise TooMuch("its headers have no end")


class Network(httpcore.NetworkBackend):
    """Connects to `addresses`, whatever host is asked for; every step keeps to `deadline`."""

    def __init__(self, addresses: Sequence[str], deadline: Deadline) -> None:
        self._addresses, self._deadline, self._backend = addresses, deadline, httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None) -> httpcore.NetworkStream:
        """A connection to the first of the addresses that takes it."""
        for i, address in enumerate(self._addresses):
            try:
                stream = self._backend.connect_tcp(address, port, self._deadline.left(timeout), None, socket_options)
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if i + 1 == len(self._addresses):
                    raise
        raise httpcore.ConnectError("no address")

    def connect_unix_socket(self, path: str, timeout: float | None = None,
                            socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None) -> httpcore.NetworkStream:
        """Never: what lies on this machine is not fetched."""
        raise httpcore.ConnectError("no sockets of this machine")


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(min(max_bytes, AT_ONCE), self._deadline.left(timeout))
        self._deadline.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None,
                  timeout: float | None = None) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
