"""A run that is killed leaves a whole release, old or new, and the next one makes the bytes of an undisturbed one."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from etl.progress import Progress
from etl.publish import alone
from etl.reference import DATA

ROOT = Path(__file__).resolve().parent.parent
NUMBER = 100


def test_killed_at_a_hundred_random_moments(tmp_path):
    lines = (DATA / "articles" / "digests.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "first.jsonl").write_text("\n".join(lines[:6]), "utf-8")
    (tmp_path / "second.jsonl").write_text("\n".join(lines[6:12]), "utf-8")
    done = subprocess.run([sys.executable, "-m", "tests.killed_runs", str(tmp_path), str(NUMBER), "1893"],
                          cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["faults"] == [] and told["killed"] == NUMBER
    assert told["old"] > 10 and told["old"] + told.get("new", 0) == NUMBER


def test_a_second_run_says_that_it_waits_and_goes_on(tmp_path, capsys):
    progress, held, order = Progress(stream=sys.stderr), threading.Event(), []

    def second() -> None:
        with alone(tmp_path, lambda: (progress.say("waiting"), held.set())):
            order.append("second")

    with alone(tmp_path, lambda: None):
        other = threading.Thread(target=second)
        other.start()
        assert held.wait(10)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"] and "waiting" in capsys.readouterr().err


def test_the_lock_ends_with_the_process_that_holds_it(tmp_path):
    code = "import os, sys; from pathlib import Path; from etl.publish import alone\n" \
           "with alone(Path(sys.argv[1]), lambda: None): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT)
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises where the lock is still held
    os.close(handle)
