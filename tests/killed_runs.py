"""Runs that are killed at random moments: ``python -m tests.killed_runs FOLDER NUMBER SEED``.

In FOLDER lie two files of articles, ``first.jsonl`` and ``second.jsonl``. A release of the first is made once, and one
of both undisturbed. Then NUMBER times a run of both begins from the first release, is killed (SIGKILL) at a random
moment, looked at, and run again. Each run is a child process that inherits what an earlier run has loaded, so that the
moments fall into the run and not into the start of Python. Prints a JSON object: how often the old or the new release
was there after the kill, and a list of what went wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from etl.fingerprint import file_sha256
from etl.pipeline import run
from etl.publish import LATEST, is_whole
from tests.labels import code_from_labels


def child(inputs: list[Path], out: Path) -> int:
    """Starts a run in a process of its own; returns its number."""
    number = os.fork()
    if number == 0:
        try:
            run(inputs, out, code=code_from_labels)
            os._exit(0)
        except BaseException as error:  # whatever it is, the parent must hear of it
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
    return number


def finish(inputs: list[Path], out: Path) -> float:
    """A run from beginning to end; returns its seconds."""
    began = time.monotonic()
    _, status = os.waitpid(child(inputs, out), 0)
    if status:
        raise SystemExit("an undisturbed run failed")
    return time.monotonic() - began


def hashes(release: Path) -> dict[str, str]:
    """The files of a release by their hashes."""
    return {path.name: file_sha256(path) for path in sorted(release.iterdir())}


def main(folder: Path, number: int, seed: int) -> None:
    """All the runs; see the module."""
    first, both = [folder / "first.jsonl"], [folder / "first.jsonl", folder / "second.jsonl"]
    base, wanted = folder / "base", folder / "wanted"
    run(first, folder / "warm", code=code_from_labels)  # loads everything before the first child
    finish(first, base)
    shutil.copytree(base, wanted, symlinks=True)
    seconds = finish(both, wanted)
    old, new = (base / LATEST).readlink(), (wanted / LATEST).readlink()
    expected, moments = hashes(wanted / LATEST), random.Random(seed)
    found: Counter[str] = Counter()
    faults = []
    for i in range(number):
        out = folder / f"run-{i}"
        shutil.copytree(base, out, symlinks=True)
        after = moments.uniform(0, seconds * 1.1)
        process = child(both, out)
        time.sleep(after)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        there = (out / LATEST).readlink()
        found["new" if there == new else "old"] += 1
        if there not in (old, new) or not is_whole(out / LATEST) or not is_whole(out / old):
            faults.append(f"killed after {after:.3f} s: {there} is not whole")
        finish(both, out)
        left = {path.name for path in out.iterdir()} - {LATEST, str(old), str(new)}
        if (out / LATEST).readlink() != new or hashes(out / LATEST) != expected or left:
            faults.append(f"killed after {after:.3f} s: the next run made something else, or left {sorted(left)}")
        shutil.rmtree(out)
    print(json.dumps({"killed": number, "seconds": seconds, **found, "faults": faults}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
