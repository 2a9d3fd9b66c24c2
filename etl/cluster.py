"""Shares batches of work out to a Dask cluster, and gets by without the workers that die.

A worker that dies costs the batch that it held, and nothing else: the batch is done again, then in halves, until the
one item that ends its workers is found. That item is tried again with nothing beside it; where it ends a worker then
too, it is lost, and who ordered the work says what that means.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from distributed import Client, Future
from distributed.scheduler import KilledWorker

from etl.faults import CodingFault
from etl.reference import ReferenceFault

Task = Callable[[Sequence[Any]], Sequence[Any]]
DEATHS = 2  # workers that a batch may end before it is halved, and a single item before it is lost
_AHEAD = 2  # batches a worker that are handed out at a time, so that memory does not grow with the input
_DESERTED = 600  # seconds without any worker after which a run gives up
_LOOK, _ASK = 0.01, 10.0  # seconds between two looks at what is done, and at whether there are workers
_AGAIN = "start it and run again: what was done until now is in the cache"


@dataclass
class _Job:
    """Items of a batch from number `first` on; how many workers they ended; `alone`: nothing runs beside them."""

    batch: int
    first: int
    items: Sequence[Any]
    deaths: int = 0
    alone: bool = False

    def halves(self) -> list[_Job]:
        """Two jobs, each of which is halved in turn where it ends a worker."""
        middle = len(self.items) // 2
        return [_Job(self.batch, self.first, self.items[:middle], DEATHS - 1),
                _Job(self.batch, self.first + middle, self.items[middle:], DEATHS - 1)]


@dataclass
class _Work:
    """What is still to do, and what has come back."""

    batches: Iterator[tuple[int, Sequence[Any]]]
    again: deque[_Job] = field(default_factory=deque)
    suspects: list[_Job] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    parts: dict[int, dict[int, list[Any]]] = field(default_factory=dict)

    def next(self, nothing_runs: bool) -> _Job | None:
        """The next job to hand out; suspects come last and one by one."""
        if self.again:
            return self.again.popleft()
        for number, items in self.batches:
            self.sizes[number], self.parts[number] = len(items), {}
            return _Job(number, 0, items)
        if not self.suspects or not nothing_runs:
            return None
        job = self.suspects.pop()
        if not job.alone:
            job.alone, job.deaths = True, 0
        return job

    def died(self, job: _Job) -> bool:
        """Take a job back with which a worker died; whether it is lost for good."""
        job.deaths += 1
        if len(job.items) == 1:
            if job.alone and job.deaths >= DEATHS:
                return True
            self.suspects.append(job)
        else:
            self.again.extend(job.halves() if job.deaths >= DEATHS else [job])
        return False

    def came(self, job: _Job, results: Sequence[Any]) -> list[Any] | None:
        """Note the results of a job; all results of its batch where they are complete now."""
        parts = self.parts[job.batch]
        parts[job.first] = list(results)
        if sum(map(len, parts.values())) < self.sizes[job.batch]:
            return None
        del self.parts[job.batch], self.sizes[job.batch]
        return [result for first in sorted(parts) for result in parts[first]]


def share(client: Client, task: Task, batches: Iterator[tuple[int, Sequence[Any]]], lost: Callable[[Any], Any]
          ) -> Iterator[tuple[int, list[Any]]]:
    """The number and the results of each numbered batch, as they are done by the workers of `client`.

    Raises `CodingFault` where the cluster goes away or a worker has other code or tables than this process.
    """
    work, running = _Work(batches), dict[Future, _Job]()
    try:
        while True:
            while len(running) < _AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"])):
                job = work.next(nothing_runs=not running)
                if job is None:
                    break
                running[client.submit(at_work, task, job.items, version(), pure=False, retries=0)] = job
            if not running:
                return
            future = _done(running, client)
            job, error = running.pop(future), future.exception() if future.status == "error" else None
            if future.status not in ("finished", "error"):
                raise CodingFault(f"the cluster went away; {_AGAIN}")
            if error is None:
                results = future.result()
            elif not isinstance(error, KilledWorker):
                raise error if isinstance(error, CodingFault | ReferenceFault) else CodingFault(
                    f"a worker failed ({type(error).__name__}: {str(error)[:160]})") from error
            elif work.died(job):
                results = [lost(job.items[0])]
            else:
                continue
            whole = work.came(job, results)
            if whole is not None:
                yield job.batch, whole
    finally:
        for future in running:
            future.cancel()


def _done(running: Iterable[Future], client: Client) -> Future:
    """The first future that is done; raises `CodingFault` where there is no worker for too long."""
    since = looked = time.monotonic()
    while True:
        for future in running:
            if future.done():
                return future
        time.sleep(_LOOK)
        now = time.monotonic()
        if now - looked > _ASK:
            looked = now
            if client.scheduler_info(n_workers=-1)["workers"]:
                since = now
            elif now - since > _DESERTED:
                raise CodingFault(f"the cluster has had no worker for {_DESERTED} seconds; {_AGAIN}")


def at_work(task: Task, items: Sequence[Any], wanted: str) -> Sequence[Any]:
    """What a worker does. Raises `CodingFault` where it has other code, tables or libraries than who ordered it."""
    if version() != wanted:
        raise CodingFault("a worker has other code, reference tables or libraries than this process; install the same "
                          "on all machines and start the workers anew")
    return task(items)


@cache
def version() -> str:
    """A hash of code, reference tables and pinned libraries, as a process sees them when it first asks."""
    from etl.fingerprint import CODE, folder_sha256, versions
    from etl.reference import FOLDER

    return f"{folder_sha256(CODE, '**/*.py')} {folder_sha256(FOLDER)} {versions()}"
