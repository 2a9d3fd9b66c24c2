"""A selection: the addresses of the articles to keep, as GDELT's lists of articles or a plain list name them.

Addresses are compared as `etl.read.address.key_of` makes them.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from etl.faults import InputFault
from etl.fingerprint import file_sha256
from etl.ledger import Entry
from etl.read import Input
from etl.read.address import key_of
from etl.read.lists import addresses_of
from etl.read.record import Unreadable
from etl.screen import Sifted


@dataclass
class Selection:
    """The selection as hashes of keys; `files` are name and SHA-256 of what it was read from, `n_unusable` the rows
    that name no address, `met` the hashes that were asked for and are in it."""

    hashes: np.ndarray
    files: list[dict[str, str]]
    n_unusable: int = 0
    met: set[int] = field(default_factory=set)

    def __contains__(self, url: object) -> bool:
        key = key_of(url) if isinstance(url, str) else ""
        if not key or not len(self.hashes):
            return False
        wanted = _hash(key)
        at = int(np.searchsorted(self.hashes, np.uint64(wanted)))
        if at < len(self.hashes) and int(self.hashes[at]) == wanted:
            self.met.add(wanted)
            return True
        return False

    def __len__(self) -> int:
        return len(self.hashes)

    def told(self) -> str:
        """One line about it for the log."""
        left = f"; {self.n_unusable:,} rows name no web address" if self.n_unusable else ""
        return f"selection: {len(self):,} addresses{left}"


def load_selection(paths: Iterable[Path | str]) -> Selection:
    """The selection that these files make up together.

    Raises `InputFault` for a file that cannot be read or names no address at all.
    """
    found, files, n_unusable = array("Q"), [], 0
    for path in map(Path, paths):
        before = len(found)
        try:
            for address in addresses_of(path):
                if key := key_of(address):
                    found.append(_hash(key))
                else:
                    n_unusable += 1
            files.append({"name": path.name, "sha256": file_sha256(path)})
        except Unreadable as error:
            raise InputFault(f"{path}: {error}") from None
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
            told = getattr(error, "strerror", None) or error
            raise InputFault(f"{path} cannot be read ({told}); check the path, or fetch it again") from None
        if len(found) == before:
            raise InputFault(f"{path} names no address; give one of GDELT's exports with addresses, or one address a "
                             "line")
    return Selection(np.unique(np.frombuffer(found, dtype=np.uint64)) if found else np.zeros(0, np.uint64), files,
                     n_unusable)


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def selected(rows: Iterable[Sifted], chosen: Selection | None, left: list[Entry],
             inputs: Iterable[Input]) -> Iterator[Sifted]:
    """The rows of the selection, by default all; of each other readable one an entry of the ledger goes into `left`.

    A page of a web archive that was read was chosen by the address at which it was captured, whatever it says of
    itself. Rows are handed on without their addresses, which nobody needs any more.
    """
    captured = {source.name for source in inputs if source.format == "warc"}
    for row in rows:
        if chosen is None or row.problem or (row.words and row.input in captured) or row.url in chosen:
            yield replace(row, url="") if row.url else row
        else:
            told = "its address is not in the selection" if row.url else "it has no address to look up there"
            left.append(Entry(row.input, row.record, "not_selected", told, row.article_id))
