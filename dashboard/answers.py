"""Answers of a release to queries, kept while they are likely to be asked for again.

Sessions that look at the same View, a page that asks one thing twice, and a reader who goes back all get the answer
that is there. What is kept is bounded by its size; what was not asked for longest goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

BYTES = 48_000_000  # of all answers of one release
LARGEST = 6_000_000  # bytes of one answer that is kept
COPIED = 500_000  # bytes of an answer up to which it is given as a copy


class Answers:
    """A store of answers by query and values; `limit` in bytes."""

    def __init__(self, limit: int = BYTES) -> None:
        self.limit, self.size = limit, 0
        self._kept: OrderedDict[tuple[str, str], tuple[pd.DataFrame, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(
        self, sql: str, params: Mapping[str, Any], ask: Callable[[str, Mapping[str, Any]], pd.DataFrame]
    ) -> pd.DataFrame:
        """The answer that is kept, else that of `ask`, which is kept from then on unless it is large.

        The frame is the caller's own: what is changed in it changes nothing that is kept. (Small ones are copied, large
        ones share their columns until they are written to; at those, pandas notes down everybody who shares them.)
        """
        key = (sql, repr(sorted(params.items())))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0].copy(deep=self._kept[key][1] < COPIED)
        frame = ask(sql, params)
        size = int(frame.memory_usage(deep=len(frame) < 20_000).sum()) + len(key[0]) + len(key[1])
        if size <= min(LARGEST, self.limit):
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = (frame, size)
                    self.size += size
                while self.size > self.limit:
                    self.size -= self._kept.popitem(last=False)[1][1]
        return frame.copy(deep=size < COPIED)
