"""Watching feeds: everything accounted for, nothing twice, nobody pressed, and nothing lost by a kill at any moment."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from etl.faults import Fault, InputFault
from etl.read import find, read
from etl.watch import store as stores
from etl.watch import watch
from etl.watch.feeds import addresses_in, entries_of, feeds_of
from etl.watch.watching import TRIES
from tests.watched_sites import Reply, articles, log, plan


def test_two_rounds_find_what_is_new_and_an_unchanged_feed_is_not_sent_again(web, tmp_path):
    web.article("pass.example/1", "a clash")
    web.article("pass.example/2", "a protest")
    feed = web.feed("pass.example/rss", "pass.example/1", etag='"v1"')
    summary = watch(plan(web, tmp_path, feed), web.fetcher(), rounds=2)
    assert "kept 1" in summary and [row["url"] for row in articles(tmp_path)] == [web.url("pass.example/1")]
    assert [row["status"] for row in log(tmp_path)] == ["feed read", "kept", "feed unchanged"]
    assert web.asked[-1][1] == "pass.example/rss" and web.asked[-1][2]["If-None-Match"] == '"v1"'

    web.feed("pass.example/rss", "pass.example/2", "pass.example/1", etag='"v2"')
    web.clock.sleep(3600)
    watch(plan(web, tmp_path, feed), web.fetcher(), rounds=1)
    assert len(articles(tmp_path)) == 2 and web.paths("pass.example/1") == ["pass.example/1"]
    assert "2 entries, 1 new" in log(tmp_path, "feed read")[-1]["reason"]


def test_the_dataset_is_what_a_run_reads(web, tmp_path):
    web.article("pass.example/1", "a clash")
    watch(plan(web, tmp_path, web.feed("pass.example/rss", "pass.example/1")), web.fetcher(), rounds=1)
    (record,) = read(find([tmp_path]))
    assert record.article and record.input == "2025-10.jsonl" and str(record.article.published) == "2025-10-19"
    assert record.article.publisher == "pass.example" and "hundreds of lorries" in record.article.text
    assert record.article.id.startswith("pass.example-") and record.article.title == "a clash at the pass"


def test_a_broken_feed_does_no_harm_to_the_one_beside_it(web, tmp_path):
    web.article("pass.example/1", "a clash")
    web.pages["bad.example/rss"] = Reply("<rss><channel><title>no entries</title></channel></rss>", kind="text/xml")
    web.pages["torn.example/rss"] = Reply(b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"}, kind="text/xml")
    web.pages["ents.example/rss"] = Reply('<!DOCTYPE x [<!ENTITY a "b">]><rss/>', kind="text/xml")
    feeds = [web.url(f"{name}.example/rss") for name in ("bad", "torn", "ents", "gone")]
    good = web.feed("pass.example/rss", "pass.example/1")
    summary = watch(plan(web, tmp_path, "http://10.0.0.1/rss", *feeds, good), web.fetcher(), rounds=1)
    assert "kept 1" in summary and "feed failed 5" in summary
    failed = log(tmp_path, "feed failed")
    assert [row["feed"] for row in failed] == ["http://10.0.0.1/rss", *feeds]
    assert all("; " in row["reason"] for row in failed) and "private" in failed[0]["reason"]


def test_a_feed_that_fails_is_asked_ever_more_rarely_and_at_once_often_again_when_it_is_back(web, tmp_path):
    feed = web.url("pass.example/rss")
    web.pages["pass.example/rss"] = Reply("", 500)
    watch(plan(web, tmp_path, feed), web.fetcher(), rounds=5)
    times = [at for at, place, _ in web.asked if place.endswith("/rss")]
    pauses = [round((b - a) / 1800) for a, b in zip(times, times[1:], strict=False)]
    assert pauses == [2, 4, 8, 16]
    web.feed("pass.example/rss", "pass.example/1")
    web.clock.sleep(24 * 3600)
    watch(plan(web, tmp_path, feed), web.fetcher(), rounds=1)
    assert json.loads((tmp_path / ".watch" / "state.json").read_text())["feeds"][feed]["failures"] == 0


def test_a_site_that_asks_to_wait_is_left_alone_as_long(web, tmp_path):
    web.pages["pass.example/rss"] = Reply("", 429, headers={"Retry-After": "90000"})
    web.article("other.example/1", "a clash")
    other = web.feed("other.example/rss", "other.example/1", "pass.example/2")
    began = web.clock.now()
    watch(plan(web, tmp_path, web.url("pass.example/rss"), other), web.fetcher(), rounds=3)
    after = [at - began for at, place, _ in web.asked if place.startswith("pass.example") and "robots" not in place]
    assert after[0] < 60 and all(at >= 90_000 for at in after[1:])
    assert len(articles(tmp_path)) == 1
    watched = json.loads((tmp_path / ".watch" / "state.json").read_text())
    assert [one["url"] for one in watched["waiting"].values()] == [web.url("pass.example/2")]


def test_a_host_that_wants_long_pauses_does_not_keep_the_others_waiting(web, tmp_path):
    web.pages["slow.example/rss"] = Reply("", 429, headers={"Retry-After": "90000"})
    web.pages["calm.example/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 40000\n")
    feeds = [web.url("slow.example/rss"), web.url("slow.example/more"), web.feed("calm.example/rss", "pass.example/1"),
             web.feed("calm.example/more", "pass.example/2"), web.feed("pass.example/rss", "pass.example/3")]
    for name in "123":
        web.article(f"pass.example/{name}", f"clash {name}")
    began = web.clock.now()
    watch(plan(web, tmp_path, *feeds), web.fetcher(), rounds=4)
    times = {place: [at - began for at, one, _ in web.asked if one == place] for place in web.paths()}
    assert len(times["pass.example/rss"]) >= 3 and times["pass.example/rss"][-1] < 4 * 1800
    assert times["slow.example/rss"][0] < 60 and "slow.example/more" not in times and "calm.example/more" not in times
    assert len(articles(tmp_path)) == 2


def test_robots_txt_is_kept_to_and_read_once(web, tmp_path):
    web.pages["pass.example/robots.txt"] = Reply("User-agent: *\nDisallow: /private/\nCrawl-delay: 11\n")
    for name in ("1", "2", "3", "private/4"):
        web.article(f"pass.example/{name}", f"clash number {name}")
    web.pages["pass.example/moved"] = Reply("", 302, headers={"Location": "/private/5"})
    feed = web.feed("pass.example/rss", *(f"pass.example/{name}" for name in ("1", "2", "private/4", "3", "moved")))
    watch(plan(web, tmp_path, feed), web.fetcher(), rounds=1)
    asked = [(at, place) for at, place, _ in web.asked]
    assert [place for _, place in asked] == [
        f"pass.example/{name}" for name in ("robots.txt", "rss", "1", "2", "3", "moved")]
    assert all(b - a >= 11 for (a, _), (b, _) in zip(asked[1:], asked[2:], strict=False))
    forbidden = [web.url("pass.example/private/4"), web.url("pass.example/moved")]
    assert [row["url"] for row in log(tmp_path, "forbidden")] == forbidden
    assert "robots.txt" in log(tmp_path, "forbidden")[0]["reason"] and len(articles(tmp_path)) == 3


@pytest.mark.parametrize(("status", "kept"), [(404, 1), (403, 1), (500, 0), (429, 0)])
def test_what_an_unreadable_robots_txt_means(web, tmp_path, status, kept):
    web.pages["pass.example/robots.txt"] = Reply("", status)
    web.article("pass.example/1", "a clash")
    summary = watch(plan(web, tmp_path, web.feed("other.example/rss", "pass.example/1")), web.fetcher(), rounds=1)
    assert f"kept {kept}, " in summary and ("waiting 1" in summary) is not bool(kept)


def test_a_robots_txt_that_leads_astray_is_no_leave(web, tmp_path):
    web.pages["pass.example/robots.txt"] = Reply("", 302, headers={"Location": "http://10.0.0.1/robots.txt"})
    web.pages["loop.example/robots.txt"] = Reply("", 302, headers={"Location": "/robots.txt"})
    feed = web.feed("other.example/rss", "pass.example/1", "loop.example/1")
    assert "waiting 2" in watch(plan(web, tmp_path, feed), web.fetcher(), rounds=1)
    assert all("robots.txt cannot be had" in row["reason"] for row in log(tmp_path, "later"))
    assert web.paths("pass.example/1") == web.paths("loop.example/1") == []


def test_requests_to_one_host_are_apart_and_hosts_take_turns(web, tmp_path):
    names = [f"{host}.example/{i}" for host in ("a", "b") for i in range(5)]
    for name in names:
        web.article(name, f"clash {name}")
    began = web.clock.now()
    watch(plan(web, tmp_path, web.feed("a.example/rss", *names), delay=4.0), web.fetcher(), rounds=1)
    assert len(articles(tmp_path)) == 10
    for host in "ab":
        times = [at for at, place, _ in web.asked if place.startswith(f"{host}.example")]
        assert all(b - a >= 4 for a, b in zip(times, times[1:], strict=False))
    assert web.clock.now() - began < 4 * 9  # twelve requests one after another would take longer


def test_copies_of_one_page_are_kept_once(web, tmp_path):
    for host in ("pass.example", "m.pass.example", "amp.pass.example"):
        web.article(f"{host}/1", "a clash", head=f'<link rel="canonical" href="{web.url("pass.example/1")}">')
    web.article("pass.example/one", "a clash", head='<link rel="canonical" href="/1">')
    web.pages["short.example/x"] = Reply("", 301, headers={"Location": web.url("pass.example/1?utm_source=x")})
    feed = web.feed("pass.example/rss", "pass.example/1?utm_source=rss", "m.pass.example/1", "amp.pass.example/1",
                    "pass.example/1#top", "pass.example/one", "short.example/x")
    watch(plan(web, tmp_path, feed), web.fetcher(), rounds=1)
    (article,) = articles(tmp_path)
    assert article["url"] == web.url("pass.example/1")
    keys = {key for row in log(tmp_path, "kept", "duplicate") for key in row["keys"]}
    places = ("pass.example", "1"), ("pass.example", "one"), ("short.example", "x")
    assert keys == {f"{host}:{web.port}/{name}" for host, name in places}
    assert all(article["id"] in row["reason"] for row in log(tmp_path, "duplicate"))


def test_every_entry_is_accounted_for(web, tmp_path):
    web.article("pass.example/1", "a clash")
    web.article("pass.example/nodate", "a clash without a day", date="")
    web.article("pass.example/old", "an old clash", date="2024-02-01")
    web.pages["pass.example/stub"] = Reply("<html><head><title>Pay</title></head><body><p>Subscribe.</p></body></html>")
    web.pages["pass.example/picture"] = Reply(b"\x89PNG", kind="image/png")
    web.pages["pass.example/paid"] = Reply("", 402)
    web.pages["pass.example/front"] = Reply("", 302, headers={"Location": "/"})
    web.pages["pass.example/"] = Reply("<html><body><p>News</p></body></html>")
    web.pages["pass.example/circle"] = Reply("", 302, headers={"Location": "/circle"})
    web.pages["pass.example/busy"] = Reply("", 503)
    pages = ["1", "nodate", "old", "stub", "picture", "paid", "front", "circle", "gone", "busy", "x" * 3000]
    feed = web.feed("pass.example/rss", *(f"pass.example/{name}" for name in pages), "ftp://pass.example/a",
                    "http://169.254.169.254/latest/", "mailto:a@pass.example")
    summary = watch(plan(web, tmp_path, feed), web.fetcher(), rounds=1)
    rows = log(tmp_path, *stores.FINAL)
    assert Counter(row["status"] for row in rows) == {"kept": 3, "rejected": 9}
    assert len(log(tmp_path, "later")) == 2 and "waiting 2" in summary
    told = {row["url"].rpartition("/")[2][:9]: row["reason"] for row in rows}
    assert "image/png" in told["picture"] and "402" in told["paid"] and "front page" in told["front"]
    assert "no longer" in told["gone"] and "2,000" in told["xxxxxxxxx"] and "only 1 words" in told["stub"]
    assert "the page says 2024-02-01, the feed 2025-10-19" in told["old"]
    assert all("; " in row["reason"] for row in rows if row["status"] == "rejected")
    assert {row["published"] for row in articles(tmp_path)} == {"2025-10-19", "2024-02-01"}
    watch(plan(web, tmp_path, feed), web.fetcher(), rounds=2)
    assert Counter(row["status"] for row in log(tmp_path, *stores.FINAL)) == Counter(row["status"] for row in rows)


def test_a_page_that_never_comes_is_given_up_after_some_tries(web, tmp_path):
    web.pages["pass.example/busy"] = Reply("", 500)
    watch(plan(web, tmp_path, web.feed("pass.example/rss", "pass.example/busy"), interval=6 * 3600.0),
          web.fetcher(), rounds=40)
    times = [at for at, place, _ in web.asked if place.endswith("busy")]
    assert len(times) == TRIES and times[-1] - times[0] > 24 * 3600 and times[1] - times[0] >= 900
    assert len(log(tmp_path, "given_up")) == 1 and "tried 6 times" in log(tmp_path, "given_up")[0]["reason"]


def test_a_selection_spares_the_other_pages(web, tmp_path):
    for name in "12":
        web.article(f"pass.example/{name}", f"clash {name}")
    feed = web.feed("pass.example/rss", "pass.example/1", "pass.example/2")
    watch(plan(web, tmp_path, feed, select=lambda url: url.endswith("2")), web.fetcher(), rounds=1)
    assert web.paths("pass.example/1") == [] and len(articles(tmp_path)) == 1
    assert log(tmp_path, "not_selected")[0]["url"].endswith("/1")


def test_two_watchers_do_not_share_a_folder_and_a_spoilt_state_is_told(web, tmp_path):
    feed = web.feed("pass.example/rss", "pass.example/1")
    with stores.opened(tmp_path), pytest.raises(InputFault, match="another watcher"):
        watch(plan(web, tmp_path, feed), web.fetcher(), rounds=1)
    (tmp_path / ".watch").mkdir()
    for spoilt in ('{"feeds": {"x": {"more": 2}}, "waiting": {}}', '{"feeds": {"x": {"due": "soon"}}, "waiting": {}}',
                   "{", "[]", "7", '{"feeds": {}, "waiting": {"x": {"url": 1, "feed": "x"}}}'):
        (tmp_path / ".watch" / "state.json").write_text(spoilt)
        with pytest.raises(InputFault, match="remove it"):
            watch(plan(web, tmp_path, feed), web.fetcher(), rounds=1)


def test_after_new_articles_a_release_is_made_and_its_failure_stops_nothing(web, tmp_path):
    web.article("pass.example/1", "a clash")
    feed, made = web.feed("pass.example/rss", "pass.example/1"), []

    def publish() -> str:
        made.append(len(articles(tmp_path)))
        if len(made) == 1:
            raise Fault("the disk is full; free some space")
        return "release r0"
    watch(plan(web, tmp_path, feed, publish=publish), web.fetcher(), rounds=2)
    assert made == [1]  # not again in a round that brought nothing
    web.article("pass.example/2", "a protest")
    web.feed("pass.example/rss", "pass.example/2")
    web.clock.sleep(3600)
    watch(plan(web, tmp_path, feed, publish=publish), web.fetcher(), rounds=1)
    assert made == [1, 2]


def test_feeds_come_from_addresses_lists_and_files(tmp_path, web):
    (tmp_path / "a.txt").write_text("# ours\nhttps://pass.example/rss\n\nhttps://pass.example/atom\n")
    (tmp_path / "a.opml").write_text('<opml><body><outline text="x" xmlUrl="https://pass.example/o?a=1&amp;b=2"/>'
                                     "<outline xmlUrl='https://pass.example/rss'/></body></opml>")
    web.article("pass.example/1", "a clash")
    web.feed("pass.example/rss", "pass.example/1")
    (tmp_path / "saved.xml").write_text(str(web.pages["pass.example/rss"].body))  # type: ignore[union-attr]
    names = [str(tmp_path / name) for name in ("a.txt", "a.opml", "saved.xml")]
    assert feeds_of([*names, "HTTPS://pass.example/x"]) == [
        "https://pass.example/rss", "https://pass.example/atom", "https://pass.example/o?a=1&b=2", names[2],
        "HTTPS://pass.example/x"]
    assert addresses_in("") == []
    for wrong in ("feeds.csv", str(tmp_path / "none.txt"), str(tmp_path / "none.xml")):
        with pytest.raises(InputFault, match="; "):
            feeds_of([wrong])
    watch(plan(web, tmp_path / "out", names[2]), web.fetcher(), rounds=2)
    assert [row["status"] for row in log(tmp_path / "out")] == ["feed read", "kept", "feed unchanged"]
    assert [one.url for one in entries_of(b'<rss version="2.0"><channel><item><link>/a</link></item></channel></rss>',
                                          "https://pass.example/rss")] == ["https://pass.example/a"]
