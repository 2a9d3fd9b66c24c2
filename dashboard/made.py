"""What pages make of a release (tables, figures, pictures of the map), kept for all readers who see the same.

Most readers look at the same few Views, and what is drawn for one of them is drawn alike for all. What is kept is
bounded by its size; what was not asked for longest goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import numpy as np
import pandas as pd

T = TypeVar("T")
BYTES = 16_000_000  # of all that is kept of one release
LARGEST = 4_000_000  # bytes of one thing that is kept
SAMPLE = 16  # entries of a list that are weighed
_OBJECT = 120  # bytes that an object of Python takes with what it refers by


class Made:
    """A store of things made, by all that they depend on; `limit` in bytes. Nobody may change what it gives, but for
    tables, which are the caller's own."""

    def __init__(self, limit: int = BYTES) -> None:
        self.limit, self.size = limit, 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, else what `make` makes. Readers who come at once wait for one of them to make it.

        What `make` raises is passed on, and nothing kept.
        """
        return own(self._get(key, make))

    def _get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
            mine = self._making.setdefault(key, threading.Lock())
        with mine:
            with self._lock:
                if key in self._kept:
                    return self._kept[key][0]
            try:
                value = make()
                size = weight(value, LARGEST)
                with self._lock:
                    if size < min(LARGEST, self.limit):
                        self._kept[key] = (value, size)
                        self.size += size
                    while self.size > self.limit:
                        self.size -= self._kept.popitem(last=False)[1][1]
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return value


def own(value: T) -> T:
    """`value` with copies of the tables in it.

    A copy that shares the columns would do, but pandas writes down at each column who shares it, also those long gone.
    """
    if isinstance(value, pd.DataFrame):
        return value.copy()
    return tuple(own(one) for one in value) if isinstance(value, tuple) and type(value) is tuple else value  # type: ignore[return-value]


def weight(value: Any, most: int) -> int:
    """About how many bytes `value` holds, with all that hangs on it; counting ends beyond `most`.

    Of long lists some of the entries are weighed, evenly chosen.
    """
    total, seen, waiting = 0.0, set[int](), [(value, 1.0)]
    while waiting and total <= most:
        one, times = waiting.pop()
        total += _OBJECT * times
        if isinstance(one, (str, bytes)):
            total += len(one) * times
        elif isinstance(one, np.ndarray):
            total += one.nbytes * times
        elif isinstance(one, (pd.DataFrame, pd.Series)):
            total += int(np.sum(one.memory_usage(deep=len(one) < 20_000))) * times
        elif one is None or isinstance(one, (int, float, type)) or callable(one) or id(one) in seen:
            continue
        else:
            seen.add(id(one))
            if isinstance(one, Mapping):
                waiting += [(item, times) for pair in one.items() for item in pair]
            elif isinstance(one, (list, tuple, set, frozenset)):
                parts = [*one][::max(len(one) // SAMPLE, 1)]
                waiting += [(part, times * len(one) / len(parts)) for part in parts]
            else:
                waiting += [(part, times) for part in getattr(one, "__dict__", {}).values()]
    return int(total)
