"""Many readers at once: ``python -m tests.load --sessions 100 --seconds 600``.

Starts the dashboard over a release made from the labels of the shipped articles and opens sessions as a browser does:
the start page, then Streamlit's own messages over its websocket. Each reader opens pages, filters, reads events, asks
for files, goes away and comes back, with pauses to think. In the middle a second release is published, in which all
evidence is marked otherwise, so that a page which holds both marks is a mixed one. Prints a JSON object; ends with 1
where there was an error or a mixed page. With ``--release FOLDER`` they read that release instead, for one of a
million events say, and none is published after it. Clients and server share the processors of this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from dashboard.navigation import TITLES
from dashboard.releases import LATEST
from tests import browser as browsing
from tests.make_release import make_release

MARKS = ("ofthefirst", "ofthesecond")  # the evidence of the two releases begins with them
NAMES = ("r-first", "r-second")
WAITED = 60.0  # seconds that a page may take
THINKS = 20.0  # seconds between two actions, on average: a chart or a table is read
KINDS = {"page": 40, "filter": 30, "event": 15, "file": 5, "again": 10}  # what a reader does next, of 100 times
PAGES = ("overview", "timeline", "actors", "map", "events", "about", "changes")
FILTERS: tuple[dict[str, str], ...] = (
    {"types": "bombing"}, {"actors": "TTP"}, {"actors": "PAK"}, {"salience": "main"}, {"min_fatalities": "5"},
    {"q": "border"}, {"border_km": "50"}, {},
)
# The server ends idle connections after 5 s. A browser asks again where that crosses its request, this client does not.
KEPT = httpx.Limits(keepalive_expiry=2.0)
FILES = ("events.csv", "timeline.csv", "briefing.html", "claims.parquet")
# All clients come from one address here.
ROOM = {"TORKHAM_SESSIONS_PER_CLIENT": "5000", "TORKHAM_SESSIONS": "5000", "TORKHAM_PAGES_PER_MINUTE": "100000",
        "TORKHAM_FILES_PER_MINUTE": "100000", "TORKHAM_FILES_AT_ONCE": "1000", "TORKHAM_FILE_MB_PER_HOUR": "1000000"}


@dataclass
class Tally:
    """What happened: seconds of each kind of action, errors by their words, pages by the release they showed."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    mixed: list[str] = field(default_factory=list)
    stale: int = 0  # opened without naming a release after the second was there, and showing the first
    megabytes: float = 0.0
    refused: int = 0  # files that are larger than is given at once


def marked(base: Path, folder: Path, name: str, mark: str) -> Path:
    """A copy of the release at `base` in ``folder/name`` whose evidence begins with `mark`, put there in one step."""
    aside = folder / f".{name}"
    shutil.copytree(base, aside)
    for table in ("events", "reports", "claims"):
        rows = pq.read_table(aside / f"{table}.parquet")
        at = rows.schema.get_field_index("evidence")
        told = pa.array([f"{mark} {text}" for text in rows.column(at).to_pylist()], pa.string())
        pq.write_table(rows.set_column(at, "evidence", told), aside / f"{table}.parquet")
    (aside / "release.json").unlink(missing_ok=True)
    aside.rename(folder / name)
    (folder / ".point").symlink_to(name)
    (folder / ".point").replace(folder / LATEST)
    return folder / name


class Reader:
    """One open page: what a browser sends to the server and what it reads until the script has finished."""

    def __init__(self, base: str, tally: Tally, events: list[str], rng: random.Random) -> None:
        self.base, self.tally, self.events, self.rng = base, tally, events, rng
        self.pages: dict[str, str] = {}  # name in the address → hash of the script
        self.page, self.query, self.title = "overview", "", ""
        self.socket: ClientConnection

    async def open(self, client: httpx.AsyncClient, page: str = "overview", query: str = "") -> None:
        """The start page, the connection, and the first run."""
        begun = time.perf_counter()
        path = "" if page == "overview" else page
        answer = await client.get(f"{self.base}/{path}?{query}", headers={"Accept": "text/html"})
        if answer.status_code != 200:
            raise RuntimeError(f"status {answer.status_code} of a start page")
        place = urlsplit(self.base)
        self.socket = await connect(f"ws://{place.netloc}/_stcore/stream", subprotocols=["streamlit"],  # type: ignore
                                    origin=self.base, max_size=None, open_timeout=WAITED)  # type: ignore[arg-type]
        await self.run("open", page, query, begun)

    async def run(self, kind: str, page: str, query: str, begun: float | None = None) -> str:
        """One run of the script; returns the mark that the page showed."""
        begun = begun or time.perf_counter()
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = query, "" if page == "overview" else page
        if page in self.pages:
            state.page_script_hash, state.page_name = self.pages[page], ""
        state.context_info.url = f"{self.base}/{'' if page == 'overview' else page}"
        state.context_info.timezone, state.context_info.locale = "Asia/Karachi", "en-GB"
        state.context_info.color_scheme = "light"
        await self.socket.send(message.SerializeToString())
        seen: set[str] = set()
        self.page, self.title = page, ""
        while True:
            data = await asyncio.wait_for(self.socket.recv(decode=False), WAITED)
            self.tally.megabytes += len(data) / 1e6
            told = ForwardMsg.FromString(data)
            seen |= {mark for mark in MARKS if mark.encode() in data}
            self._note(told)
            if told.WhichOneof("type") == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    seen.clear()
                    continue
                break
        self.tally.seconds[kind].append(time.perf_counter() - begun)
        if self.title != TITLES[page] and page != "event":
            self.tally.errors[f"{page} was not shown"] += 1
        if len(seen) > 1 and page != "changes":  # which is about both
            self.tally.mixed.append(f"{page}?{self.query}")
        mark = seen.pop() if len(seen) == 1 else ""
        self.tally.shown[mark or "no evidence on it"] += 1
        return mark

    def _note(self, told: ForwardMsg) -> None:
        """Takes from a message where the pages are, the address, and what went wrong."""
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.pages = {one.url_pathname or "overview": one.page_script_hash for one in told.navigation.app_pages}
        elif kind == "page_info_changed":
            self.query = told.page_info_changed.query_string
        elif kind == "page_not_found":
            self.tally.errors["a page was not found"] += 1
        elif kind == "session_event" and told.session_event.WhichOneof("type") == "script_compilation_exception":
            self.tally.errors["the script does not compile"] += 1
        elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            element = told.delta.new_element
            if element.WhichOneof("type") == "heading" and element.heading.tag == "h1":
                self.title = element.heading.body
            elif element.WhichOneof("type") == "exception":
                self.tally.errors[f"{element.exception.type} on {self.page}"] += 1
            elif element.WhichOneof("type") == "alert" and element.alert.format == Alert.ERROR:
                self.tally.errors[f"{element.alert.body[:120]} (on {self.page})"] += 1

    async def act(self, client: httpx.AsyncClient) -> bool:
        """What the reader does next; False where it goes away."""
        kind = self.rng.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "again":
            return False
        if kind == "page":
            await self.run("page", self.rng.choice(PAGES), self.query if self.page != "event" else "")
        elif kind == "filter":
            page = self.page if self.page not in ("event", "about", "changes") else "events"
            query = urlencode(self.rng.choice(FILTERS))
            await self.run("filter", page, query)
        elif kind == "event":
            await self.run("event", "event", urlencode({"id": self.rng.choice(self.events)}))
        else:
            begun = time.perf_counter()
            answer = await client.get(f"{self.base}/data/{self.rng.choice(FILES)}")
            if answer.status_code == 413:  # the whole of a large release: told so, as documented
                self.tally.refused += 1
            elif answer.status_code != 200:
                self.tally.errors[f"status {answer.status_code} of a file"] += 1
            self.tally.seconds["file"].append(time.perf_counter() - begun)
        return True


async def reads(base: str, tally: Tally, events: list[str], seed: int, until: float, changed: asyncio.Event,
                thinks: float, delay: float) -> None:
    """One reader from the first page to the end of the time: comes, acts, goes, comes back."""
    rng = random.Random(seed)
    await asyncio.sleep(delay)
    async with httpx.AsyncClient(timeout=WAITED, limits=KEPT) as client:
        while time.monotonic() < until:
            reader = Reader(base, tally, events, rng)
            new = changed.is_set()
            try:
                await reader.open(client, rng.choice(PAGES[:5]))
                if new and NAMES[0] in reader.query:
                    tally.stale += 1
                while (pause := 1 + rng.expovariate(1 / max(thinks - 1, 0.1))) < until - time.monotonic():
                    await asyncio.sleep(pause)
                    if not await reader.act(client):
                        break
                else:
                    return
            except (OSError, RuntimeError, TimeoutError, httpx.HTTPError, WebSocketException) as error:
                tally.errors[f"{type(error).__name__}: {str(error)[:120]}"] += 1
                await asyncio.sleep(1)
            finally:
                if hasattr(reader, "socket"):
                    await reader.socket.close()


def memory(pid: int) -> float:
    """Megabytes of memory that the process holds (resident set)."""
    told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return round(int(told.split("VmRSS:")[1].split()[0]) / 1024, 1)


async def watched(pid: int, begun: float, seconds: float) -> list[float]:
    """The memory of the process at the beginning and after each tenth of the time."""
    held = []
    for tenth in range(11):
        await asyncio.sleep(max(0.0, begun + tenth * seconds / 10 - time.monotonic()))
        held.append(memory(pid))
    return held


def processor(pid: int) -> float:
    """Seconds of processor time that the process has used."""
    used = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def shares(seconds: list[float]) -> dict[str, float]:
    """Number, 50th and 95th percentile and the most, in seconds."""
    found = sorted(seconds)
    return {"n": len(found), **{f"p{share}": round(found[min(len(found) * share // 100, len(found) - 1)], 3)
                                for share in (50, 95)}, "most": round(found[-1], 3)}


async def tried(base: str, pid: int, folder: Path, made: Path, sessions: int, seconds: float,
                thinks: float, second: bool = True) -> dict[str, Any]:
    """`sessions` readers for so many seconds over the server at `base`, a `second` release published in the middle."""
    events = pq.read_table(made / "events.parquet", columns=["event_id"])["event_id"].to_pylist()
    tally, changed = Tally(), asyncio.Event()
    async with httpx.AsyncClient(timeout=WAITED) as client:  # every page once: what a server loads but once
        for page in PAGES:
            first = Reader(base, Tally(), events, random.Random(0))
            await first.open(client, page)
            await first.socket.close()
    worked = processor(pid)
    begun = time.monotonic()
    until = begun + seconds
    held = asyncio.create_task(watched(pid, begun, seconds))
    readers = [asyncio.create_task(reads(base, tally, events, 1000 + i, until, changed, thinks,
                                         i / sessions * min(seconds / 6, 60))) for i in range(sessions)]
    await asyncio.sleep(seconds / 2)
    if second:
        await asyncio.to_thread(marked, made, folder, NAMES[1], MARKS[1])
        changed.set()
    await asyncio.gather(*readers)
    worked = processor(pid) - worked
    runs = sum(tally.shown.values())
    return {
        "sessions": sessions, "seconds": seconds, "thinks": thinks, "runs": runs,
        "errors": dict(tally.errors),
        "files_refused": tally.refused, "mixed": len(tally.mixed), "mixed_pages": tally.mixed[:5], "stale": tally.stale,
        "pages_by_evidence": dict(tally.shown), "megabytes_sent": round(tally.megabytes, 1),
        "seconds_by_action": {kind: shares(found) for kind, found in sorted(tally.seconds.items())},
        "server_megabytes": await held, "server_processor_seconds": round(worked, 1),
        "processor_seconds_of_a_run": round(worked / max(runs, 1), 3),
        "events": len(events), "processors": os.cpu_count(),
        "load_of_machine": round(os.getloadavg()[0], 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Runs the trial and prints what was found; 1 where there was an error, a mixed or a stale page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--thinks", type=float, default=THINKS, help="seconds between two actions, on average")
    parser.add_argument("--release", type=Path, help="folder of a release to read instead, no second one after it")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name) / "releases", Path(name) / "server.log"
        folder.mkdir()
        if chosen.release:
            made = chosen.release.resolve()
            (folder / made.name).symlink_to(made)
        else:
            made = make_release(Path(name) / "made").release.resolve()
            marked(made, folder, NAMES[0], MARKS[0])
        with browsing.running(folder, log, None, **ROOM) as (base, pid):
            found = asyncio.run(tried(base, pid, folder, made, chosen.sessions, chosen.seconds,
                                      chosen.thinks, second=not chosen.release))
    print(json.dumps(found, indent=1))
    return 1 if found["errors"] or found["mixed"] or found["stale"] else 0


if __name__ == "__main__":
    sys.exit(main())
