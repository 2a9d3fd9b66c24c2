"""Coverage-guided hostile inputs: ``python -m tests.fuzz --kind html --seconds 60`` (``--kind all``: each in turn).

libFuzzer, through Atheris, changes inputs so that they reach code that none reached before. What it can see is our own
Python and that of the packages `SEEN`; parsers that are compiled (lxml, Resiliparse, FastWARC, spaCy, Python's own
json and csv) run, but are not watched. Each kind runs in a process of its own, until the time is over or an input
fails: by what no record may be (`tests.hostile.wrong`), an error that no reader foresaw, more than `SECONDS`, or more
than `MEGABYTES`. Prints a JSON object: inputs tried, how much of the code the first ones and all reached, the failed
input in Base64; ends with 1 where there was one. ``--input`` tries such an input again.

Atheris comes with the extra ``dev`` on Linux: ``python -m pip install --require-hashes -r requirements.txt``.
"""

from __future__ import annotations

import argparse
import base64
import importlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

KINDS = ("jsonl", "json", "text", "html", "feed", "warc", "packed", "coding", "table")
SEEN = ("etl", "trafilatura", "feedparser", "htmldate", "courlan", "justext")
PAGES = ("trafilatura", "htmldate", "etl.read.page")
NEEDED = {  # modules that a kind is read with, instrumented as they are imported
    "html": PAGES, "warc": PAGES, "feed": (*PAGES, "feedparser", "etl.read.feed"), "coding": ("etl.coding.events",),
    "table": ("etl.check_reference",),
}
SECONDS, MEGABYTES = 10, 4096  # of one input; of the process
LONGEST = {"coding": 600, "table": 4_000}  # bytes of an input; of other kinds: 20,000
FIRST = 60  # structured inputs (`tests.hostile_formats`) to begin with, besides the sound ones
_DONE = re.compile(r"#(\d+)\s+(INITED|DONE|REDUCE|NEW|pulse|RELOAD)\s+cov: (\d+) ft: (\d+) corp: (\d+)")


class Found(Exception):
    """An input ended as none may."""


def trial(kind: str, folder: Path) -> Callable[[bytes], None]:
    """What is done with one input of `kind`; `folder` is for its file. Raises `Found` where it ends as none may."""
    from etl.read import find, read
    from tests import hostile
    from tests.hostile_seeds import SEEDS

    if kind == "coding":
        return _coding
    if kind == "table":
        return _table(folder)
    names = [name for name, _ in SEEDS[kind]]

    def reads(data: bytes) -> None:
        path = folder / names[data[-1] % len(names) if data else 0]
        path.write_bytes(data)
        records = list(read(find([path])))
        how = hostile.ended(records)
        unforeseen = next((record.problem for record in records if "please report it" in record.problem), "")
        if how.startswith("WRONG") or unforeseen:
            raise Found(unforeseen or how)

    return reads


def _coding(data: bytes) -> None:
    from etl.article import Article
    from etl.codebook import fault_in
    from etl.coding import code_article
    from etl.read.record import EARLIEST, clean

    title, _, text = clean(data.decode("utf-8", "replace").replace("\0", " ")).partition("\n")
    if title.strip() and text.strip():
        fault = fault_in(code_article(Article("n1", EARLIEST.replace(2025), title, text)))
        if fault:
            raise Found(fault)


def _table(folder: Path) -> Callable[[bytes], None]:
    """One reference table: its form and its cells, against the other tables; and as the stages read it."""
    from etl import check_reference as checks
    from etl.check_cells import Tables
    from etl.reference import FOLDER, ReferenceFault, read_table

    sound = Tables()
    names = [path.stem for path in sorted(FOLDER.glob("*.csv")) if path.stem in checks.FORMS]
    for name in names:
        sound[name] = checks._read(FOLDER, name)[0]

    def judged(data: bytes) -> None:
        name = names[data[0] % len(names)] if data else names[0]
        (folder / f"{name}.csv").write_bytes(data[1:])
        rows, faults = checks._read(folder, name)
        tables = Tables()
        tables.update({**sound, name: rows})
        faults += [*checks._cells(name, rows, tables), *checks._repeated(name, rows)]
        if any(not fault.what or not fault.cure for fault in faults):
            raise Found("a fault without cure")
        try:
            read_table.__wrapped__(name, folder)
        except ReferenceFault as fault:
            if "; " not in str(fault):
                raise Found(f"a fault without cure: {fault}") from None

    return judged


def beginnings(kind: str, folder: Path) -> None:
    """Writes the inputs to begin with into `folder`: sound ones, and some that are odd in their structure."""
    from tests.hostile_formats import case
    from tests.hostile_mutations import of_words
    from tests.hostile_seeds import FACTS, PARAGRAPHS, SEEDS, TABLES

    rng = random.Random(f"fuzz {kind}")
    made: list[bytes] = []
    if kind == "coding":
        made = [f"{FACTS['title']}\n{part}".encode() for part in PARAGRAPHS]
        made += [f"{FACTS['title']}\n{of_words(rng.choice(PARAGRAPHS), rng)}".encode("utf-8", "replace")
                 for _ in range(FIRST)]
    elif kind == "table":
        made = [bytes([i]) + table.read_bytes()[:1500].rpartition(b"\n")[0] for i, table in enumerate(TABLES)]
    else:
        made = [data for _, data in SEEDS[kind]] + [case(kind, f"fuzz-{i}")[1] for i in range(FIRST)]
    for i, data in enumerate(made):
        if len(data) <= LONGEST.get(kind, 20_000):
            (folder / f"{i:04}").write_bytes(data)


def words(folder: Path) -> Path:
    """libFuzzer's dictionary of the signs and numbers that `tests.hostile_mutations` puts into inputs."""
    from tests.hostile_mutations import NUMBERS, SIGNS, TOKENS

    told = [*TOKENS, *(text.encode("utf-8", "replace") for text in (*SIGNS, *NUMBERS))]
    path = folder / "words"
    coded = ["".join(f"\\x{byte:02x}" for byte in one[:60]) for one in told]
    path.write_text("".join(f'"{one}"\n' for one in coded), "ascii")
    return path


def work(kind: str, folder: Path, seconds: float, seed: int) -> None:
    """Fuzzes in this process, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=[*SEEN]):
        for module in ("etl.read", *NEEDED.get(kind, ())):
            importlib.import_module(module)
    corpus, places = folder / "corpus", folder / "places"
    for place in (corpus, places):
        place.mkdir()
    beginnings(kind, corpus)
    tries = trial(kind, places)
    atheris.Setup([
        "fuzz", str(corpus), f"-max_total_time={max(1, round(seconds))}", f"-timeout={SECONDS}", f"-seed={seed}",
        f"-rss_limit_mb={MEGABYTES}", f"-max_len={LONGEST.get(kind, 20_000)}", f"-artifact_prefix={folder}/found-",
        f"-dict={words(folder)}", "-len_control=0", "-print_final_stats=1",
    ], tries)
    atheris.Fuzz()


def run(kind: str, seconds: float, seed: int) -> dict[str, Any]:
    """What was tried of one kind in so many seconds, in a process of its own."""
    quick = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=quick) as name:
        command = [sys.executable, "-m", "tests.fuzz", "--kind", kind, "--seconds", str(seconds), "--seed", str(seed),
                   "--folder", name]
        ended = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds * 3 + 300,
                               check=False)
        lines = _DONE.findall(ended.stderr)
        stopped = sorted(Path(name).glob("found-*"))
        told: dict[str, Any] = {
            "kind": kind, "tried": int(lines[-1][0]) if lines else 0,
            "reached_at_first": int(lines[0][2]) if lines else 0, "reached": int(lines[-1][2]) if lines else 0,
            "inputs_kept": int(lines[-1][4]) if lines else 0,
        }
        if ended.returncode or stopped or not lines:
            why = [line for line in ended.stderr.splitlines() if re.match(r"\S*(?:Error|Exception|Found)\b.*:", line)
                   or "ERROR: libFuzzer" in line]
            told["fault"] = (why or ended.stderr.splitlines()[-3:] or ["no word"])[:3]
            told["input"] = [base64.b64encode(path.read_bytes()).decode() for path in stopped]
    return told


def main(arguments: list[str] | None = None) -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kind", choices=[*KINDS, "all"], default="all")
    parser.add_argument("--seconds", type=float, default=60, help="for all kinds together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--input", help="an input in Base64, to try it again")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)  # the process that does the work has one
    asked = parser.parse_args(arguments)
    if asked.input is not None:
        with tempfile.TemporaryDirectory() as name:
            trial(asked.kind, Path(name))(base64.b64decode(asked.input))
        print("It ends as it should.")
        return 0
    if asked.folder:
        work(asked.kind, asked.folder, asked.seconds, asked.seed)
        return 0
    try:
        importlib.import_module("atheris")
    except ImportError:
        print("Atheris is not installed: it comes with requirements.txt on Linux; "
              "python -m pip install --require-hashes -r requirements.txt", file=sys.stderr)
        return 2
    kinds = KINDS if asked.kind == "all" else (asked.kind,)
    told = [run(kind, asked.seconds / len(kinds), asked.seed) for kind in kinds]
    print(json.dumps(told, indent=1))
    return int(any("fault" in one for one in told))


if __name__ == "__main__":
    sys.exit(main())
