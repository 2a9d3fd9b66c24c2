"""Who does the work: this process, worker processes of this machine, or a Dask cluster. The results are the same.

Work comes in batches of items; a task turns a batch into one result an item. What happens where a worker dies stands in
`etl.cluster`.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Any

from etl.faults import CodingFault

if TYPE_CHECKING:
    from distributed import Client

Task = Callable[[Sequence[Any]], Sequence[Any]]
MEMORY = 1_500_000_000  # bytes that a worker of this machine may use; one that needs more is ended and begun anew
ALONE = 5.0  # seconds that this process works by itself before it calls others: starting them takes about as long
_WAIT = 60  # seconds to wait for a cluster and its first worker
_SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,  # deaths are counted in etl.cluster
    "distributed.scheduler.worker-saturation": 1.0,  # no batch waits at a worker, so that none is lost with another
    "distributed.worker.memory.target": False, "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False, "distributed.worker.memory.terminate": 0.95,
}


@dataclass
class Crew:
    """`workers` processes of this machine (one: this process itself), or the cluster at the address `scheduler`.

    A context manager. Processes are started only for work that takes longer than starting them: for `patience` seconds
    this one works by itself.
    """

    workers: int = 1
    scheduler: str | None = None
    patience: float = ALONE
    _open: ExitStack = field(default_factory=ExitStack)
    _client: Client | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._open.close()
        self._client = None

    def each(self, task: Task, batches: Iterable[Sequence[Any]], lost: Callable[[Any], Any]
             ) -> Iterator[tuple[int, list[Any]]]:
        """The number and the results of each batch as they are done, which may be in another order.

        `task` must be a function that workers can import. `lost` makes the result of an item that ends its workers.
        Raises `CodingFault` where a cluster cannot be reached, goes away or is not of this version.
        """
        began, numbered = time.monotonic(), iter(enumerate(batches))
        for number, batch in numbered:
            if self._others(time.monotonic() - began):
                from etl.cluster import share

                assert self._client is not None
                yield from share(self._client, task, chain([(number, batch)], numbered), lost)
                return
            yield number, list(task(batch))

    def _others(self, seconds: float) -> bool:
        """Whether others are there to do the work, after so many seconds of doing it here."""
        if self._client is None and self.scheduler:
            self._connect(self.scheduler)
        elif self._client is None and self.workers > 1 and seconds >= self.patience:
            self._start()
        return self._client is not None

    def _start(self) -> None:
        import dask
        from distributed import Client, LocalCluster

        self._open.enter_context(dask.config.set(_SETTINGS))
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="torkham-", ignore_cleanup_errors=True))
        try:
            local = self._open.enter_context(LocalCluster(
                n_workers=self.workers, threads_per_worker=1, processes=True, memory_limit=MEMORY,
                host="127.0.0.1", dashboard_address=None, local_directory=folder, silence_logs=logging.CRITICAL))
            self._client = self._open.enter_context(Client(local, set_as_default=False))
        except (OSError, RuntimeError, TimeoutError) as error:
            raise CodingFault(f"the workers could not be started ({error}); run with --workers 1") from error

    def _connect(self, address: str) -> None:
        from distributed import Client

        try:
            self._client = self._open.enter_context(Client(address, timeout=_WAIT, set_as_default=False))
        except (OSError, ValueError, TypeError, TimeoutError) as error:
            raise CodingFault(f"no scheduler answers at {address} ({str(error)[:120] or type(error).__name__}); start "
                              "one with: dask scheduler, or check the address") from error
        try:
            self._client.wait_for_workers(1, timeout=_WAIT)
        except TimeoutError:
            raise CodingFault(f"the scheduler at {address} has no worker; start some with: dask worker {address} "
                              "--nthreads 1") from None
