"""Many workers: the same results in any number, and what a worker that dies costs."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl import cluster
from etl.article import Article, CodedArticle
from etl.crew import Crew
from etl.faults import CodingFault
from etl.pipeline import run
from tests.labels import code_from_labels
from tests.test_pipeline import ROWS, hashes, write

POISON = ROWS[21]["id"]
MISHAP = ROWS[5]["id"]


def deadly_coder(article: Article) -> CodedArticle:
    """Like the labels, but one article ends every worker, and another the first one that meets it."""
    mark = Path(os.environ["MARK"])
    if article.id == POISON or (article.id == MISHAP and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return code_from_labels(article)


def test_a_worker_that_dies_costs_its_articles_alone_and_only_the_one_that_kills(tmp_path, monkeypatch):
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    monkeypatch.setattr("etl.workers._CHUNK", 2)
    source = write(tmp_path / "a.jsonl", ROWS[:40])
    release = run([source], tmp_path / "out", code=deadly_coder, crew=Crew(2, patience=0)).release
    ledger = {row["article_id"]: row for row in pq.read_table(release / "ledger.parquet").to_pylist()}
    assert (tmp_path / "mark").exists() and len(ledger) == 40
    assert [one for one, row in ledger.items() if row["status"] == "rejected"] == [POISON]
    told = ledger[POISON]["reason"]
    assert "ended the worker process each time" in told and "leave the article out" in told
    write(source, [row for row in ROWS[:40] if row["id"] != POISON])
    without = run([source], tmp_path / "other", code=code_from_labels).release
    for table in ("events", "reports", "claims", "mentions"):
        assert (release / f"{table}.csv").read_bytes() == (without / f"{table}.csv").read_bytes()


def test_a_cluster_elsewhere_gives_the_same_bytes(tmp_path):
    from distributed import LocalCluster

    source = write(tmp_path / "a.jsonl", ROWS[:60])
    here = run([source], tmp_path / "here", code=code_from_labels).release
    with LocalCluster(n_workers=1, threads_per_worker=2, host="127.0.0.1", dashboard_address=None,
                      local_directory=str(tmp_path)) as there:
        crew = Crew(scheduler=there.scheduler_address)
        release = run([source], tmp_path / "there", code=code_from_labels, crew=crew).release
    assert hashes(release) == hashes(here)


def test_a_cluster_that_is_not_there_is_told_with_its_cure(tmp_path, monkeypatch):
    monkeypatch.setattr("etl.crew._WAIT", 0.2)
    source = write(tmp_path / "a.jsonl", ROWS[:3])
    with pytest.raises(CodingFault, match=r"no scheduler answers at tcp://127.0.0.1:9 .*; start one with: dask sch"):
        run([source], tmp_path / "out", code=code_from_labels, crew=Crew(scheduler="tcp://127.0.0.1:9"))


def test_a_worker_of_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(cluster, "version", lambda: "mine")
    assert cluster.at_work(list, (1, 2), "mine") == [1, 2]
    with pytest.raises(CodingFault, match="install the same on all machines"):
        cluster.at_work(list, (1, 2), "another")


def test_little_work_starts_no_process(monkeypatch):
    monkeypatch.setattr(Crew, "_start", lambda self: pytest.fail("started workers for nothing"))

    def doubled(items: Sequence[int]) -> list[int]:
        return [2 * item for item in items]

    with Crew(8) as crew:
        assert list(crew.each(doubled, [[1, 2], [3]], lambda item: item)) == [(0, [2, 4]), (1, [6])]


def test_a_batch_that_kills_is_halved_until_the_culprit_stands_alone():
    work = cluster._Work(iter([(0, list(range(8)))]))
    deaths = alone = 0
    whole = None
    while job := work.next(nothing_runs=True):
        if 3 in job.items:
            deaths, alone = deaths + 1, alone + job.alone
            if not work.died(job):
                continue
            whole = work.came(job, ["lost"])
        else:
            whole = work.came(job, [10 * item for item in job.items])
    assert whole == [0, 10, 20, "lost", 40, 50, 60, 70]
    assert alone == cluster.DEATHS and deaths <= 2 * cluster.DEATHS + 3
