"""Hostile inputs, each read in a process that may be lost: ``python -m tests.hostile --number N --seed S``.

Every input must end as articles or as records whose problem names a cure, within `SECONDS`, within `MEMORY` bytes more
than the process began with. A part of the texts is coded as well, and reference tables are checked. Prints a JSON
object: inputs tried by kind, how they ended, the slowest, and each one that failed with the words that make it again
(``--only KIND:SEED``).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import select
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from etl.article import Article
from etl.check_reference import check_reference
from etl.codebook import fault_in
from etl.coding import code_article
from etl.read import Record, find, read
from etl.read.record import EARLIEST, LATEST, MAX_CHARACTERS
from etl.reference import FOLDER
from tests.hostile_formats import case
from tests.hostile_mutations import of_words, table
from tests.hostile_seeds import FACTS, TABLES, TEXT

SECONDS = 5.0  # of processor time of one input
LONG = 60.0  # the same for a text of up to the 1,000,000 characters that an article may have, coded
WAITED = 60.0  # seconds of waiting for one input, whatever else the machine does; ten times so many for a long one
MEMORY = 2 * 1024**3  # bytes of address space that one input may add
SHARES = {
    "jsonl": 26, "json": 14, "text": 22, "html": 10, "feed": 8, "warc": 8, "packed": 7, "coding": 4, "huge": 0.2,
    "table": 0.3, "long": 0.01,
}


def drawn(number: int, seed: int) -> Iterator[tuple[str, str]]:
    """Kind and seed of `number` inputs."""
    rng = random.Random(seed)
    for i in range(number):
        yield rng.choices(list(SHARES), list(SHARES.values()))[0], f"{seed}-{i}"


def tried(kind: str, seed: str, folder: Path) -> str:
    """Makes the input and sends it through; returns how it ended, beginning with "WRONG" where it should not have."""
    if kind == "long":
        rng, text = random.Random(f"long {seed}"), ""
        size = rng.choice((30_000, 150_000, MAX_CHARACTERS - 1000))
        while len(text) < size:
            text += of_words(TEXT, rng) + rng.choice(("\n", "\n\n", " "))
        return coded(folder, {**FACTS, "text": text[:size].replace("\0", "")})
    if kind == "coding":
        rng = random.Random(f"coding {seed}")
        article = Article("n1", EARLIEST.replace(2025), of_words(FACTS["title"], rng)[:900], of_words(TEXT, rng))
        fields = {**FACTS, "title": article.title, "text": article.text}
        return coded(folder, fields)
    if kind == "table":
        return checked(seed, folder)
    name, data = case(kind, seed)
    path = folder / name
    path.write_bytes(data)
    try:
        return ended(list(read(find([path]))))
    finally:
        path.unlink()


def ended(records: list[Record]) -> str:
    """How the records of one input ended."""
    if not records:
        return "WRONG no record"
    for record in records:
        if fault := wrong(record):
            return f"WRONG {fault}"
    n_articles = sum(record.article is not None for record in records)
    return "articles" if n_articles == len(records) else "problems" if not n_articles else "articles and problems"


def wrong(record: Record) -> str:
    """What no record may be; "" where all is well."""
    told = (record.problem, record.note, record.input, record.article_id or "")
    article = record.article
    if article:
        told += (article.id, article.title, article.text, article.publisher, article.url)
        if record.problem or not article.id or not article.title.strip() or not article.text.strip():
            return "an article without words, or with a problem"
        if not EARLIEST <= article.published < LATEST or len(article.full_text) > MAX_CHARACTERS + 1:
            return "an article of another time, or too long"
    elif "; " not in record.problem:
        return f"a problem without cure: {record.problem[:100]!r}"
    if len(record.problem) > 500:
        return "a problem of more than 500 characters"
    try:
        "".join(told).encode()
    except UnicodeEncodeError:
        return "text that cannot be stored"
    return "NUL in a text" if any("\0" in text for text in told) else ""


def coded(folder: Path, fields: dict[str, str]) -> str:
    """How coding the article of `fields` ended, once it is read."""
    path = folder / "coding.jsonl"
    path.write_text(json.dumps(fields), "utf-8")
    records = list(read(find([path])))
    if not (article := records[0].article):
        return ended(records)
    made = code_article(article)
    fault = fault_in(made)
    return f"WRONG {fault}" if fault else "events" if made.events else "no event"


def checked(seed: str, folder: Path) -> str:
    """How a reference folder with one hostile table was judged."""
    place = folder / "reference"
    place.mkdir(exist_ok=True)
    for source in FOLDER.iterdir():
        with contextlib.suppress(FileExistsError):
            (place / source.name).symlink_to(source)
    source = random.Random(f"which {seed}").choice(TABLES)
    target = place / source.name
    target.unlink()
    target.write_bytes(table(source.read_bytes(), seed))
    try:
        faults, _, _ = check_reference(place)
    finally:
        target.unlink()
    if any(not fault.what or not fault.cure for fault in faults):
        return "WRONG a fault without cure"
    return "faults told" if any(fault.file == source.name for fault in faults) else "no fault"


def work(cases: Iterable[tuple[str, str]], out: int) -> None:
    """Tries one case after another in this process and writes a line about each to `out`."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        for kind, seed in cases:
            began = time.process_time()
            try:
                how = tried(kind, seed, folder)
            except MemoryError:
                how = "WRONG out of memory"
            except Exception as error:  # the very thing that is looked for
                where = error.__traceback__
                while where and where.tb_next:
                    where = where.tb_next
                at = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else ""
                how = f"WRONG {type(error).__name__} at {at}: {str(error)[:100]!r}"
            line = json.dumps([how, round(time.process_time() - began, 3)])
            os.write(out, line.encode() + b"\n")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(cases: list[tuple[str, str]], seconds: float = float("inf")) -> dict[str, Any]:
    """All cases, until `seconds` have passed, in one process at a time; see the module for what is returned."""
    found: dict[str, Counter[str]] = {}
    faults: list[str] = []
    slowest: list[tuple[float, str]] = []
    began, at = time.monotonic(), 0
    code_article(Article("n0", EARLIEST.replace(2025), FACTS["title"], TEXT))  # loads the model before processes divide
    while at < len(cases) and time.monotonic() - began < seconds:
        for how, used in _in_child(cases[at : at + 2000], began + seconds):
            kind, seed = cases[at]
            at += 1
            if used > (LONG if kind == "long" else SECONDS) and not how.startswith("WRONG"):
                how = f"WRONG {used:.1f} s"
            found.setdefault(kind, Counter())["WRONG" if how.startswith("WRONG") else how] += 1
            slowest = sorted([*slowest, (used, f"{kind}:{seed}")], reverse=True)[:5]
            if how.startswith("WRONG"):
                faults.append(f"{kind}:{seed} {how}")
                print(faults[-1], file=sys.stderr, flush=True)
    return {
        "tried": at, "seconds": round(time.monotonic() - began), "kinds": {k: dict(v) for k, v in found.items()},
        "slowest": slowest, "faults": faults,
    }


def _in_child(cases: list[tuple[str, str]], until: float) -> Iterator[tuple[str, float]]:
    """How each case ended and its seconds; a process that is lost ends the last one of them."""
    source, out = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 1)
        os.dup2(devnull, 2)
        try:
            work(cases, out)
        finally:
            os._exit(0)
    os.close(out)
    done, rest, hung, stopped = 0, b"", False, False
    while True:
        patience = 10 * WAITED if done < len(cases) and cases[done][0] == "long" else WAITED
        ready, _, _ = select.select([source], [], [], patience)
        data = os.read(source, 65536) if ready else b""
        hung = not ready
        stopped = time.monotonic() > until
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            done += 1
            yield tuple(json.loads(line))
        if hung or stopped or not data:
            break
    if hung or stopped:
        os.kill(child, 9)
    os.close(source)
    _, status = os.waitpid(child, 0)
    if done < len(cases) and not stopped:
        yield f"WRONG hang of more than {patience:.0f} s" if hung else f"WRONG process lost, status {status}", WAITED


def main() -> None:
    """The command; ends with 1 where an input failed."""
    parser = argparse.ArgumentParser(description="Tries hostile inputs.")
    parser.add_argument("--number", type=int, default=1000, help="inputs to try")
    parser.add_argument("--skip", type=int, default=0, help="of these, the first that are left out")
    parser.add_argument("--seed", type=int, default=1, help="other inputs for another seed")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many seconds")
    parser.add_argument("--only", nargs="*", default=[], help="inputs named KIND:SEED in an earlier report")
    asked = parser.parse_args()
    cases = [tuple(name.split(":", 1)) for name in asked.only] or list(drawn(asked.number, asked.seed))[asked.skip:]
    told = run(cases, asked.seconds)
    print(json.dumps(told, indent=1))
    sys.exit(bool(told["faults"]))


if __name__ == "__main__":
    main()
