"""Hostile addresses of pages and of data: ``python -m tests.hostile_addresses --number N --seed S``.

Each must end, within `SECONDS`, as a page of what could be understood with a notice for the rest, or, where data are
asked for, as a file or as an error in the one shape. Nothing may be raised, and no other file be given. They are tried
against the small release of the tests, which lies beside a file that nobody may be given. Prints a JSON object: how
the addresses ended, and each that failed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, unquote

from starlette.applications import Starlette
from starlette.middleware import Middleware

from dashboard import data_addresses, releases
from dashboard.app import Guard
from dashboard.data_addresses import BRIEFING, CODEBOOK, FILES, OWN, RELEASES
from dashboard.view import FILTERS, MAX_VALUES, PAGE_OPTIONS, View, options_from_query
from dashboard.web.front import Front
from tests import small_release
from tests.web_settings import SERVED

SECONDS = 5.0  # of processor time
SECRET = "not for you"  # stands in a file beside the release
TYPES = ("text/csv", "application/vnd.apache.parquet", "application/geo+json", "application/json", "text/html")
VALUES = (
    "", " ", "all", "none", "0", "1", "-1", "1e9", "99999999999999999999", "NaN", "٣", "１２", "null", "true",
    "[]", "{}",
    "PAK", "pak", "PAK.MIL", "TTP", "AFG", "bombing", "Bannu", "Kandahar", "e-clash", "r-small", "2025-10-12",
    "2025-02-30",
    "0000-00-00", "9999-12-31", "2025-10-12T00:00", "main", "PAK~AFG", "PAK~PAK", "~", "week", "events",
    "border", "csv",
    "' OR 1=1 --", "'; DROP TABLE events; --", "1) UNION SELECT * FROM read_csv('/etc/passwd')", "$id", "%", "_", "?",
    "COPY events TO '/var/x'", "read_text('secret.txt')", "../secret.txt", "..%2f..%2fsecret.txt",
    "/etc/passwd", "~root",
    "file:///etc/passwd", "C:\\windows", "\\\\host\\share", "r-small/events.parquet", ".", "..", "\0", "e-clash\0",
    "\r\nX-A: b", "\u202e", "\u200b", "\ud800", "\U0010ffff", "<script>alert(1)</script>", "{{7*7}}", "${x}",
    "%s%n", "=1+1",
    "x" * 201, "x" * 70_000, "a," * 500, "(" * 2000, "İ" * 90, "e" * 80)
PATHS = (
    "", ".", "..", "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "..\\secret.txt", "//secret.txt",
    "secret.txt",
    "events", "events.CSV", "events.csv/", "events.csv%00", "events.csv;x", "events.csv/../../secret.txt",
    "r-small/events.csv",
    "r-small/articles.parquet", "events.json", "articles.csv", "%00", "%ff", "%", "*", "x" * 5000,
    "events.csv.gz", "~", "data/")


def query(rng: random.Random, names: list[str]) -> str:
    """What stands behind the question mark."""
    pairs = []
    for _ in range(rng.choice((0, 1, 1, 2, 3, 6))):
        name = rng.choice(names) if rng.randrange(8) else rng.choice(VALUES)[:60]
        value = rng.choice(VALUES)
        for _ in range(rng.choice((1, 1, 1, 1, 2, MAX_VALUES + 1))):
            written = rng.choice((quote, quote, quote_plus))(value.encode("utf-8", "surrogatepass"))
            named = quote(name.encode("utf-8", "surrogatepass"))
            pairs.append(named + rng.choice(("=", "=", "=", "=", "", "==")) + written)
    text = rng.choice(("&", "&", "&", ";", "&&")).join(pairs)
    if text and rng.randrange(12) == 0:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(("%", "%zz", "%ff", "%00", "+", "#", "&", "é", "=")) + text[at:]
    return text[:66_000]


def address(rng: random.Random) -> tuple[str, str, str]:
    """Method, path (or the page's name) and query of a random address."""
    if rng.randrange(3) == 0:
        page = rng.choice((*PAGE_OPTIONS, "nothing", ""))
        return "PAGE", page, query(rng, [*FILTERS, *(option.name for option in PAGE_OPTIONS.get(page, ()))])
    options = [option.name for known in PAGE_OPTIONS.values() for option in known]
    path = rng.choice((*FILES, CODEBOOK, RELEASES, BRIEFING)) if rng.randrange(5) else rng.choice(PATHS)
    return rng.choice(("GET", "GET", "GET", "GET", "HEAD", "POST", "PUT")), path, query(rng, [*FILTERS, *options, *OWN])


def of_page(page: str, text: str, facts: Any) -> str:
    """How the parameters of a page end, as the page reads them."""
    params = parse_qs(text, keep_blank_values=True, errors="replace", max_num_fields=100_000)
    view, notices = View.from_query(params, facts)
    _, more = options_from_query(params, page)
    told = notices + more
    again = View.from_query(view.to_query(), facts)
    if again != (view, ()):
        return "WRONG the view does not survive its address"
    if any(len(notice) > 500 or "\0" in notice or "<" in notice for notice in told) or len(told) > 60:
        return "WRONG a notice that repeats what is hostile, or too much of it"
    return "page with notices" if told else "page"


def of_data(app: Starlette, loop: asyncio.AbstractEventLoop, method: str, path: str, text: str) -> str:
    """How an address of data ends; the request reaches the app as a server hands it on, with nothing made good."""
    status, kind, body = loop.run_until_complete(_asked(app, method, f"/data/{path}", text.encode("ascii", "replace")))
    if SECRET.encode() in body or b"Traceback" in body:
        return "WRONG another file, or a traceback"
    if status == 200:
        return "file" if kind in TYPES else f"WRONG a file of type {kind!r}"
    if not 400 <= status < 500:
        return f"WRONG status {status}"
    told = json.loads(body)
    shaped = set(told) == {"error", "cure"} and all(isinstance(one, str) and one for one in told.values())
    if not shaped or kind != "application/json" or len(body) > 5000:
        return f"WRONG an error of another shape: {body[:100]!r}"
    return f"status {status}"


async def _asked(app: Starlette, method: str, path: str, text: bytes) -> tuple[int, str, bytes]:
    """Status, type and body of the answer."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
             "path": unquote(path), "raw_path": path.encode("ascii", "replace"), "query_string": text, "root_path": "",
             "headers": [(b"host", b"testserver")], "client": ("testclient", 1), "server": ("testserver", 80)}
    await app(scope, receive, send)
    headers = {name.lower(): value for name, value in sent[0]["headers"]}
    kind = headers.get(b"content-type", b"").decode("latin-1").split(";")[0]
    return sent[0]["status"], kind, b"".join(message.get("body", b"") for message in sent[1:])


def run(number: int, seed: int, folder: Path) -> dict[str, Any]:
    """All addresses, with a small release written to `folder`; see the module for what is returned."""
    (folder / "releases").mkdir()
    small_release.write(folder / "releases")
    for place in (folder, folder / "releases", folder / "releases" / small_release.NAME):
        (place / "secret.txt").write_text(SECRET, "utf-8")
    rng, found, faults, slowest = random.Random(seed), Counter[str](), [], 0.0
    loop = asyncio.new_event_loop()
    before = os.environ.get(releases.FOLDER_VARIABLE)
    os.environ[releases.FOLDER_VARIABLE] = str(folder / "releases")
    try:
        facts = releases.load(small_release.NAME).facts
        layers = [Middleware(Front, settings=SERVED), Middleware(Guard)]
        app = Starlette(routes=data_addresses.routes(), middleware=layers)
        for _ in range(number):
            method, path, text = address(rng)
            began = time.process_time()
            try:
                how = of_page(path, text, facts) if method == "PAGE" else of_data(app, loop, method, path, text)
            except Exception as error:  # the very thing that is looked for
                how = f"WRONG {type(error).__name__}: {str(error)[:100]}"
            used = time.process_time() - began
            slowest = max(slowest, used)
            how = f"WRONG {used:.1f} s" if used > SECONDS and not how.startswith("WRONG") else how
            found["WRONG" if how.startswith("WRONG") else how] += 1
            if how.startswith("WRONG"):
                faults.append(f"{how}: {method} {path[:200]}?{text[:300]}")
    finally:
        loop.close()
        os.environ.pop(releases.FOLDER_VARIABLE)
        if before is not None:
            os.environ[releases.FOLDER_VARIABLE] = before
    return {"tried": number, "ends": dict(sorted(found.items())), "slowest": round(slowest, 3), "faults": faults}


def main() -> None:
    """The command; ends with 1 where an address failed."""
    parser = argparse.ArgumentParser(description="Tries hostile addresses.")
    parser.add_argument("--number", type=int, default=10_000, help="addresses to try")
    parser.add_argument("--seed", type=int, default=1, help="other addresses for another seed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = run(asked.number, asked.seed, Path(folder))
    print(json.dumps(told, indent=1, ensure_ascii=True))
    sys.exit(bool(told["faults"]))


if __name__ == "__main__":
    main()
