"""What earlier runs made, by the hash of all that it depends on: a folder outside of the releases, safe to remove.

One SQLite file holds it. Every value carries a hash of its own, so that a damaged one counts as absent; a damaged file
is begun anew. Runs may share a folder. Whatever goes wrong here costs time, never the run.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

FILE = "torkham-cache.sqlite"
LIMIT = 20 * 1024**3  # bytes; beyond that, what has not been used for longest is removed
_FORMAT = 1
_TABLE = ("CREATE TABLE IF NOT EXISTS kept (address BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL, "
          "bytes INTEGER NOT NULL)")
_DAY = 86_400
_MANY = 500  # addresses asked for at a time
_BUSY = 30  # seconds to wait for another run that writes


def address(*parts: str | bytes) -> bytes:
    """16 bytes that stand for all of the parts."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        made.update(len(data).to_bytes(8) + data)
    return made.digest()


class Cache:
    """Values by address in `folder`; without a folder nothing is kept. A context manager.

    `warn` is told once where the cache cannot be used. `limit` bounds its bytes.
    """

    def __init__(self, folder: Path | None, warn: Callable[[str], None] = lambda text: None,
                 limit: int = LIMIT) -> None:
        self.folder, self.warn, self.limit = folder, warn, limit
        self.hits = self.misses = 0
        self._base: sqlite3.Connection | None = None
        self._today = int(time.time()) // _DAY

    def __enter__(self) -> Cache:
        if self.folder is not None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._open(self.folder / FILE)
            except (OSError, sqlite3.Error) as error:
                self._give_up(error)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._base is not None:
            with suppress(sqlite3.Error):
                self._prune()
            with suppress(sqlite3.Error):
                self._base.close()
            self._base = None

    def get(self, addresses: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are there and whole, by address."""
        wanted, found, stale = list(dict.fromkeys(addresses)), dict[bytes, bytes](), list[bytes]()
        for some in _portions(wanted) if self._base is not None else ():
            marks = ",".join("?" * len(some))
            for key, value, used in self._ask(f"SELECT address, value, used FROM kept WHERE address IN ({marks})",
                                              some):
                whole = _unsealed(key, value)
                if whole is not None:
                    found[key] = whole
                    if used < self._today:
                        stale.append(key)
        if stale:
            self._do("UPDATE kept SET used = ? WHERE address = ?", [(self._today, key) for key in stale])
        self.hits += len(found)
        self.misses += len(wanted) - len(found)
        return found

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Keep these values; they are safe from then on, also where the run is killed."""
        rows = [(key, sealed := _sealed(key, value), self._today, len(sealed)) for key, value in values.items()]
        if rows:
            self._do("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)

    def _open(self, path: Path) -> None:
        try:
            self._base = self._connected(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # no right to write, a full disk, a lock
                raise
            self.warn(f"{path} is damaged ({error}); it is begun anew")
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
            self._base = self._connected(path)

    @staticmethod
    def _connected(path: Path) -> sqlite3.Connection:
        base = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
        try:
            base.execute("PRAGMA auto_vacuum = INCREMENTAL")
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
            if base.execute("PRAGMA user_version").fetchone()[0] not in (0, _FORMAT):
                base.execute("DROP TABLE IF EXISTS kept")
            base.execute(_TABLE)
            base.execute(f"PRAGMA user_version = {_FORMAT}")
            return base
        except sqlite3.Error:
            base.close()
            raise

    def _ask(self, query: str, values: list[bytes]) -> list[tuple[bytes, bytes, int]]:
        try:
            return self._base.execute(query, values).fetchall() if self._base is not None else []
        except sqlite3.Error as error:
            self._give_up(error)
            return []

    def _do(self, query: str, rows: Iterable[tuple[object, ...]]) -> None:
        if self._base is None:
            return
        try:
            with closing(self._base.cursor()) as cursor:
                cursor.execute("BEGIN IMMEDIATE")
                cursor.executemany(query, rows)
                cursor.execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self.warn(f"the cache in {self.folder} cannot be used ({error}); the run goes on without it. It is safe to "
                  "remove the folder")
        if self._base is not None:
            with suppress(sqlite3.Error):
                self._base.close()
        self._base = None

    def _prune(self) -> None:
        """Remove what has not been used for longest, where all together is beyond the limit."""
        assert self._base is not None
        total = self._base.execute("SELECT coalesce(sum(bytes), 0) FROM kept").fetchone()[0]
        if total <= self.limit:
            return
        gone = []
        for key, size in self._base.execute("SELECT address, bytes FROM kept ORDER BY used, rowid"):
            if total <= self.limit * 0.8:
                break
            gone.append((key,))
            total -= size
        self._do("DELETE FROM kept WHERE address = ?", gone)
        if self._base is not None:
            self._base.executescript("PRAGMA incremental_vacuum")  # which frees a page a step: execute takes one step


def _portions(keys: list[bytes]) -> Iterator[list[bytes]]:
    return (keys[i:i + _MANY] for i in range(0, len(keys), _MANY))


def _sealed(key: bytes, value: bytes) -> bytes:
    packed = zlib.compress(value, 1)
    return address(key, packed) + packed


def _unsealed(key: bytes, sealed: bytes) -> bytes | None:
    """The value, or None where it is not as it was written."""
    if not isinstance(sealed, bytes) or address(key, sealed[16:]) != sealed[:16]:
        return None
    return zlib.decompress(sealed[16:])
