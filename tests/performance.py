"""How long pages take on a large release, and how much they send.

``python -m tests.performance [--events N] [--views N] [--json FILE]`` makes a release of made-up events (see
`tests.million`; ``--release FOLDER`` takes one that is there), opens it, and shows every page with random filters as a
session would: address, script, messages to the browser. Times are of the server alone, on a machine as it is: the
load is told with them, and beside the clock the time of the processors ("cpu", both together), which other work
disturbs less. "Bare" are the very queries that a page asked, run again one by one with nothing around them and nothing
kept.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from dashboard import releases
from dashboard.navigation import PAGES
from dashboard.releases import Release
from dashboard.view import Facts, View
from etl import names
from etl.reference import DATA
from tests import million

SCRIPT = DATA.parent / "dashboard" / "script" / "main.py"
SHOWN = ("overview", "timeline", "map", "actors", "events")  # pages that depend on the filters
OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {  # what a page draws besides its default
    "timeline": {"unit": ("week", "month"), "stack": ("type", "group", "dyad")},
    "map": {"marks": ("auto", "hexagons", "districts"), "measure": ("fatalities", "events")},
    "actors": {"show": ("matrix", "network", "against")},
}
WORDS = ("drone", "killed", "torkham", "refugees", "peshawar")
LIMIT_MS, LIMIT_RATIO, LIMIT_BYTES = 300, 1.5, 1_500_000
WAIT = 120  # seconds


@dataclass(frozen=True)
class Run:
    """One page with one View: milliseconds of the server and of the bare queries, on the clock and of its processors,
    queries, bytes sent, any fault."""

    page: str
    query: str
    ms: float
    bare_ms: float
    cpu_ms: float
    bare_cpu_ms: float
    queries: int
    sent: int
    fault: str = ""


def random_view(facts: Facts, rng: random.Random) -> View:
    """Filters such as readers choose: mostly one or two, over a month, a year, some years or all."""
    whole = (facts.date_to - facts.date_from).days
    days = min(rng.choice((30, 90, 365, 1095, whole + 1)), whole + 1)
    first = facts.date_from + dt.timedelta(days=rng.randint(0, whole + 1 - days))
    chosen: dict[str, Any] = {"date_from": first, "date_to": first + dt.timedelta(days=days - 1)}
    filters = ("types", "actors", "provinces", "places", "km", "min", "salience", "q")
    for name in rng.sample(filters, rng.choice((0, 1, 2))):
        if name == "types":
            groups = [*names.type_groups().values()]
            held = [kind for group in rng.sample(groups, 2) for kind in group]
            chosen["types"] = tuple(kind for kind in facts.types if kind in held)
        elif name in ("actors", "provinces", "places"):
            known = getattr(facts, name)
            chosen[name] = tuple(rng.sample(known, min(len(known), rng.choice((1, 3)))))
        elif name == "km":
            chosen["border_km"] = rng.choice((5, 20, 100))
        elif name == "min":
            chosen["min_fatalities"] = rng.choice((1, 10))
        elif name == "salience":
            chosen["salience"] = "main"
        else:
            chosen["q"] = rng.choice(WORDS)
    return View.default(facts).with_changes(facts, **chosen)


@contextmanager
def main_kept() -> Iterator[None]:
    """`__main__` afterwards as before: Streamlit puts the page there, and processes begun later would import it."""
    own = sys.modules["__main__"]
    try:
        yield
    finally:
        sys.modules["__main__"] = own


class Session:
    """One open page, run without a browser: every `show` is what a changed address makes the server do."""

    def __init__(self) -> None:
        from streamlit.runtime.scriptrunner.script_cache import ScriptCache
        from streamlit.testing.v1 import AppTest

        self.scripts = ScriptCache()  # a server compiles each page once, the harness each time
        self.app = AppTest.from_file(str(SCRIPT), default_timeout=WAIT)
        with main_kept():
            self.app.run()
        self.page = "overview"
        self.cpu_ms = 0.0  # of the last page shown

    def show(self, page: str, query: dict[str, list[str]]) -> tuple[float, int, str]:
        """Milliseconds, bytes and the fault (nothing where there is none) of showing `page` with `query`."""
        from streamlit.testing.v1 import local_script_runner

        scripts = self.scripts

        if page != self.page:
            file = next(file for name, file, *_ in PAGES if name == page)
            self.app.switch_page(f"../pages/{file}")
            self.page = page
        self.app.query_params = dict(query)
        ended = sent = 0.0
        parse = local_script_runner.parse_tree_from_messages

        def measured(messages: list[Any]) -> Any:
            nonlocal ended, sent
            ended, sent = time.perf_counter(), sum(message.ByteSize() for message in messages)
            self.cpu_ms = (time.process_time() - busy) * 1000
            return parse(messages)

        began, busy = time.perf_counter(), time.process_time()
        try:
            with (mock.patch.object(local_script_runner, "parse_tree_from_messages", measured),
                  mock.patch.object(local_script_runner, "ScriptCache", lambda: scripts), main_kept()):
                self.app.run()
        except RuntimeError as fault:  # it took longer than `WAIT`
            return (time.perf_counter() - began) * 1000, 0, str(fault)
        faults = [f"{element.message}" for element in self.app.exception]
        return (ended - began) * 1000, int(sent), "; ".join(faults)


@contextmanager
def recorded() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every query that pages ask of a release within."""
    asked: list[tuple[str, dict[str, Any]]] = []
    query = Release.query

    def heard(self: Release, sql: str, params: Any = None) -> Any:
        asked.append((sql, dict(params or {})))
        return query(self, sql, params)

    with mock.patch.object(Release, "query", heard):
        yield asked


def bare(release: Release, asked: list[tuple[str, dict[str, Any]]]) -> tuple[float, float]:
    """Milliseconds that the queries take one after another, each once however often it was asked: on the clock, and of
    the processors."""
    took = worked = 0.0
    for sql, params in {(sql, repr(params)): (sql, params) for sql, params in asked}.values():
        began, busy = time.perf_counter(), time.process_time()
        release.ask(sql, params)
        took, worked = took + time.perf_counter() - began, worked + time.process_time() - busy
    return took * 1000, worked * 1000


def measure(release: Release, views: int, seed: int = 1) -> list[Run]:
    """Every page with `views` random Views; the release must be the latest of the folder of releases."""
    rng, runs = random.Random(seed), []
    session = Session()
    for page in SHOWN:
        session.show(page, View.default(release.facts).to_query())  # what a process does once is not measured
        for _ in range(views):
            query = random_view(release.facts, rng).to_query()
            query |= {name: [rng.choice(values)] for name, values in OPTIONS.get(page, {}).items()}
            with recorded() as asked:
                ms, sent, fault = session.show(page, query)
            alone, worked = bare(release, asked)
            runs.append(Run(page, json.dumps(query), ms, alone, session.cpu_ms, worked, len(asked), sent, fault))
    return runs


def table(runs: list[Run]) -> list[dict[str, Any]]:
    """A row a page and one for all: milliseconds, ratio to the bare queries, largest message, faults."""
    rows = []
    for page in (*SHOWN, "all"):
        of = [run for run in runs if page in (run.page, "all")]
        ms, own = np.array([run.ms for run in of]), np.array([run.bare_ms for run in of])
        rows.append({
            "page": page, "views": len(of), "ms_50": round(float(np.percentile(ms, 50))),
            "ms_95": round(float(np.percentile(ms, 95))), "bare_50": round(float(np.percentile(own, 50))),
            "bare_95": round(float(np.percentile(own, 95))),
            "ratio_50": round(float(np.percentile(ms / np.maximum(own, 0.1), 50)), 2),
            "cpu_50": round(float(np.percentile([run.cpu_ms for run in of], 50))),
            "cpu_95": round(float(np.percentile([run.cpu_ms for run in of], 95))),
            "bare_cpu_50": round(float(np.percentile([run.bare_cpu_ms for run in of], 50))),
            "beside_50": round(float(np.percentile(ms - own, 50))), "kb_max": max(run.sent for run in of) // 1000,
            "within": round(float(np.mean(ms <= LIMIT_MS)), 2), "faults": sum(bool(run.fault) for run in of),
        })
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__.split("\n")[0])
    parser.add_argument("--events", type=int, default=million.EVENTS, help="events of the release that is made")
    parser.add_argument("--release", type=Path, help="folder of a release to measure instead")
    parser.add_argument("--views", type=int, default=30, help="random filters for each page (default 30)")
    parser.add_argument("--json", type=Path, help="file to write all figures to")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.release or million.write(Path(scratch), given.events)
        os.environ[releases.FOLDER_VARIABLE] = str(folder.parent)
        load, began = os.getloadavg()[0], time.monotonic()
        release = releases.load(folder.name)
        opened = time.monotonic() - began
        runs = measure(release, given.views)
        told = {"events": release.counts["events"], "opened_s": round(opened, 1), "cores": os.cpu_count(),
                "load_before": round(load, 1), "load_after": round(os.getloadavg()[0], 1),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000, "pages": table(runs)}
        if given.json:
            given.json.write_text(json.dumps({**told, "runs": [asdict(run) for run in runs]}, indent=1))
    print(", ".join(f"{name} {value}" for name, value in told.items() if name != "pages"))
    rows = told["pages"]
    print("| " + " | ".join(rows[0]) + " |\n| " + " | ".join("---" for _ in rows[0]) + " |")
    for row in rows:
        print("| " + " | ".join(str(value) for value in row.values()) + " |")
    for run in runs:
        if run.fault:
            print(f"FAULT {run.page} {run.query}: {run.fault[:300]}", file=sys.stderr)


if __name__ == "__main__":
    main()
