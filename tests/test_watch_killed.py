"""Watching feeds through kills: at any write, and by a shot at the process, nothing is lost and nothing comes twice."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

from etl.read import find, read
from etl.watch import Watch, watch
from etl.watch import store as stores
from tests.watched_sites import Reply, articles, log, plan


class Killed(BaseException):
    """The process ends here, whatever it was doing."""


def test_killed_at_any_write_it_goes_on_without_loss_or_repetition(web, tmp_path, monkeypatch):
    for name in "123":
        web.article(f"pass.example/{name}", f"clash {name}")
    web.pages["pass.example/stub"] = Reply("<p>Subscribe.</p>")
    names = [f"pass.example/{name}" for name in ("1", "2", "stub", "3", "3?utm_source=x")]
    feed = web.feed("pass.example/rss", *names, etag='"v1"')
    whole = tmp_path / "whole"
    watch(plan(web, whole, feed), web.fetcher(), rounds=1)
    wanted = sorted(row["id"] for row in articles(whole))
    append, save = stores._append, stores.Store.save
    assert len(wanted) == 3

    def killing(at: int, half: bool):
        left = [at]

        def write(path: Path, row: dict) -> None:
            left[0] -= 1
            if left[0] < 0:
                if half:
                    with path.open("ab") as file:
                        file.write(json.dumps(row).encode()[:40])
                raise Killed
            append(path, row)

        def put(store: stores.Store) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            save(store)
        return write, put

    for at in range(30):
        for half in (False, True):
            out = tmp_path / f"{at}-{half}"
            write, put = killing(at, half)
            monkeypatch.setattr(stores, "_append", write)
            monkeypatch.setattr(stores.Store, "save", put)
            try:
                watch(plan(web, out, feed), web.fetcher(), rounds=1)
                ended = True
            except Killed:
                ended = False
            monkeypatch.setattr(stores, "_append", append)
            monkeypatch.setattr(stores.Store, "save", save)
            web.clock.sleep(3600)
            watch(plan(web, out, feed), web.fetcher(), rounds=1)
            assert sorted(row["id"] for row in articles(out)) == wanted, (at, half)
            final = Counter((row["status"], key) for row in log(out, *stores.FINAL) for key in row["keys"])
            assert max(final.values()) == 1 and sum(s == "kept" for s, _ in final) == 3, (at, half)
            assert not json.loads((out / ".watch" / "state.json").read_text())["waiting"] or half or not ended
        if ended:
            break
    assert ended and at >= 6


def test_a_watcher_that_is_shot_goes_on(web, tmp_path):
    for i in range(30):
        web.article(f"pass.example/{i}", f"clash {i}")
    feed = web.feed("pass.example/rss", *(f"pass.example/{i}" for i in range(30)), etag='"v1"')
    for seconds in (0.15, 0.3, 0.5):
        child = os.fork()
        if child == 0:
            try:
                watch(Watch([feed], tmp_path, delay=0.0), web.fetcher(), rounds=1)
            finally:
                os._exit(0)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    watch(Watch([feed], tmp_path, delay=0.0), web.fetcher(), rounds=1)
    web.clock.time = time.time() + 1e5
    watch(plan(web, tmp_path, feed, delay=0.0), web.fetcher(), rounds=1)
    assert len(articles(tmp_path)) == len({row["id"] for row in articles(tmp_path)}) == 30
    assert all(record.article for record in read(find([tmp_path])))
