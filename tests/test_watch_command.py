"""``python -m etl watch``: what the command makes of its options, and whom it tells who it is."""

from __future__ import annotations

from etl.__main__ import main
from etl.watch import agent
from tests.watched_sites import log


def test_the_command_makes_a_release_of_what_it_found(web, tmp_path, monkeypatch, capsys):
    web.article("pass.example/1", "a clash")
    feed, out, ran = web.feed("pass.example/rss", "pass.example/1"), tmp_path / "out", []

    class Made:
        def summary(self) -> str:
            return "release r0"

    monkeypatch.setattr("etl.pipeline.run", lambda paths, out, **_: ran.append((paths, out)) or Made())
    monkeypatch.setattr("etl.fetch.Fetcher", lambda agent: web.fetcher())
    assert main(["watch", feed, "--out", str(out), "--once", "--delay", "1", "--releases", str(tmp_path / "r")]) == 0
    assert ran == [([out], tmp_path / "r")] and "kept 1" in capsys.readouterr().out


def test_releases_do_not_go_among_the_articles(tmp_path, capsys):
    call = ["watch", "https://pass.example/rss", "--out", str(tmp_path), "--once", "--releases", str(tmp_path / "r")]
    assert main(call) == 1 and "give another --releases" in capsys.readouterr().err
    assert not (tmp_path / ".watch").exists()


def test_the_command_reaches_no_private_address(tmp_path, web, capsys):
    addresses = [f"http://127.0.0.1:{web.port}/rss", f"http://localhost:{web.port}/rss", "http://127.0.0.1/rss"]
    assert main(["watch", *addresses, "--out", str(tmp_path), "--once"]) == 1
    assert "no feed could be read" in capsys.readouterr().err and web.asked == []
    assert [row["feed"] for row in log(tmp_path, "feed failed")] == addresses


def test_the_watcher_says_who_it_is():
    assert agent() == "Torkham/1.0 (reads news feeds for event data)"
    told = agent("desk@pass.example\r\nX: (y)\u202e")
    assert told == "Torkham/1.0 (reads news feeds for event data; desk@pass.exampleX: y)"
