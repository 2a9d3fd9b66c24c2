"""Rounds of reading feeds and fetching the pages of their new entries."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etl.faults import Fault
from etl.fetch import Fetcher, Refused
from etl.progress import Progress
from etl.read.address import key_of
from etl.read.raw import unforeseen
from etl.read.record import Unreadable
from etl.watch import pages
from etl.watch.feeds import KINDS, MOST, Entry, entries_of
from etl.watch.manners import Clock, Forbidden, Manners
from etl.watch.store import FINAL, HIDDEN, LOG, FeedState, Store, Waiting, opened

TRIES = 6  # of one page, over some two days
FEED_WORDS = ("feed read", "feed unchanged", "feed failed", "feed not due")
_LONGEST = 24 * 3600.0  # seconds between two tries
_PATIENCE = 60.0  # seconds that a feed's host may keep everybody waiting
_FIRST = 15 * 60.0  # seconds until the second try of a page


@dataclass
class Watch:
    """What a watcher is told: the feeds, where the dataset lies, and its pace.

    `interval` is the time between two readings of a feed, `delay` the least time between two requests to one host,
    both in seconds. `select` says by its address whether a page is wanted. `publish` is called after a round that
    brought new articles.
    """

    feeds: Sequence[str]
    out: Path
    interval: float = 1800.0
    delay: float = 2.0
    select: Callable[[str], bool] | None = None
    publish: Callable[[], str] | None = None
    clock: Clock = field(default_factory=Clock)


def watch(plan: Watch, fetcher: Fetcher, *, rounds: int | None = None, progress: Progress | None = None) -> str:
    """Keep the dataset up to date for a number of rounds, or until interrupted; returns a summary.

    One feed or page that fails does not stop the others: it is written into the log and, where it helps, tried again
    later. Raises `Fault` where the folder cannot be used, and where a single round could read no feed at all.
    """
    progress = progress or Progress(quiet=True)
    counts: Counter[str] = Counter()
    manners = Manners(fetcher, plan.clock, plan.delay)
    with opened(plan.out) as store:
        done = 0
        try:
            while rounds is None or done < rounds:
                found = _round(plan, store, manners, progress)
                counts += found
                done += 1
                if found["kept"] and plan.publish:
                    _publish(plan.publish, progress)
                if rounds is None or done < rounds:
                    plan.clock.sleep(max(1.0, _next(plan, store, manners) - plan.clock.now()))
        except KeyboardInterrupt:
            progress.say("interrupted; what was found so far is kept, and the rest is fetched next time")
        if rounds == 1 and counts["feed failed"] == len(plan.feeds):
            raise Fault(f"no feed could be read; {plan.out / HIDDEN / LOG} says why")
        told = ", ".join(f"{name.replace('_', ' ')} {counts[name]:,}" for name in (*FINAL, *FEED_WORDS)
                         if counts[name] or name == "kept")
        return f"{plan.out}: {told}, waiting {len(store.waiting):,}; why: {plan.out / HIDDEN / LOG}"


def _next(plan: Watch, store: Store, manners: Manners) -> float:
    """When there is something to do again."""
    feeds = [store.feeds[name].due for name in plan.feeds if name in store.feeds]
    waiting = [max(one.due, manners.turn(one.url)) for one in store.waiting.values()]
    return min([*feeds, *waiting], default=plan.clock.now() + plan.interval)


def _publish(publish: Callable[[], str], progress: Progress) -> None:
    try:
        progress.say(publish())
    except Fault as error:  # the articles are safe; the next round tries again
        progress.warn(f"no release was made: {error}", "release")


def _round(plan: Watch, store: Store, manners: Manners, progress: Progress) -> Counter[str]:
    counts: Counter[str] = Counter()
    for feed in plan.feeds:
        state = store.feeds.setdefault(feed, FeedState())
        turn = manners.turn(feed)
        if turn > plan.clock.now() + _PATIENCE:  # waiting for it would keep the other feeds waiting
            state.due = max(state.due, turn)
        if state.due > plan.clock.now():
            counts["feed not due"] += 1
            continue
        counts[_read_feed(plan, store, manners, feed, state, progress)] += 1
    ends = plan.clock.now() + plan.interval
    while ready := [(manners.turn(one.url), number, key) for number, (key, one) in enumerate(store.waiting.items())
                    if one.due <= plan.clock.now()]:
        turn, _, key = min(ready)  # sites take turns, so that the pause of one is not lost for the others
        if turn > ends:
            break
        counts[_fetch_page(plan, store, manners, key, progress)] += 1
    return counts


def _read_feed(plan: Watch, store: Store, manners: Manners, feed: str, state: FeedState, progress: Progress) -> str:
    """Read one feed and take up its new entries; returns what became of it."""
    state.due = plan.clock.now() + plan.interval
    try:
        entries = _entries(manners, feed, state, store, plan.clock)
    except Exception as error:  # it concerns this feed alone
        known = isinstance(error, Fault | Unreadable)
        state.failures += 1
        after = error.after if isinstance(error, Refused) else 0.0
        state.due = plan.clock.now() + max(after, min(plan.interval * 2 ** min(state.failures, 20), _LONGEST))
        reason = str(error) if known else unforeseen(error)
        store.log(plan.clock.now(), "feed failed", reason, feed=feed)
        store.save()
        progress.warn(reason if feed in reason else f"{feed}: {reason}", "feed")
        return "feed failed"
    state.failures = 0
    if entries is None:
        store.log(plan.clock.now(), "feed unchanged", "nothing new since it was read last", feed=feed)
        store.save()
        return "feed unchanged"
    n_new = _take_up(plan, store, feed, entries[:MOST])
    left = f"; it has {len(entries):,}, the first {MOST:,} were looked at" if len(entries) > MOST else ""
    store.log(plan.clock.now(), "feed read", f"{min(len(entries), MOST)} entries, {n_new} new{left}", feed=feed)
    store.save()  # marks and new entries in one step: a feed that has not changed does not name them again
    progress.say(f"{feed}: {min(len(entries), MOST)} entries, {n_new} new{left}")
    return "feed read"


def _entries(manners: Manners, feed: str, state: FeedState, store: Store, clock: Clock) -> list[Entry] | None:
    """The entries of a feed; None where it has not changed."""
    if "://" not in feed:
        data = Path(feed).read_bytes()
        before, state.sha256 = state.sha256, hashlib.sha256(data).hexdigest()
        return None if state.sha256 == before else entries_of(data, "")
    marks = {"If-None-Match": state.etag, "If-Modified-Since": state.modified}
    answer = manners.get(feed, KINDS, {name: value for name, value in marks.items() if value})
    if answer.moved:
        store.log(clock.now(), "feed moved", f"it has moved for good to {answer.moved}; watch that address", feed=feed)
    if answer.status == 304:
        return None
    found = entries_of(answer.body, answer.address, answer.headers.get("content-type", ""))
    state.etag, state.modified = (_mark(answer.headers.get(name, "")) for name in ("etag", "last-modified"))
    return found


def _mark(value: str) -> str:
    """A mark as it may be sent back: short and printable, else none."""
    return value if len(value) <= 200 and value.isascii() and value.isprintable() else ""


def _take_up(plan: Watch, store: Store, feed: str, entries: list[Entry]) -> int:
    """Let the pages of new entries wait for their turn, and decide about entries that have none."""
    n_new, now = 0, plan.clock.now()
    for entry in entries:
        key = key_of(entry.url)
        if not key:
            key = "entry " + hashlib.sha256(f"{feed}\n{entry.url}\n{entry.title}".encode()).hexdigest()[:16]
            if key not in store.known:
                store.log(now, "rejected", f"the entry {entry.title[:80]!r} names no page; nothing to do", feed=feed,
                          url=entry.url, keys=[key])
        elif key in store.known or key in store.waiting:
            continue
        elif plan.select and not plan.select(entry.url):
            store.log(now, "not_selected", "it is not in the selection", feed=feed, url=entry.url, keys=[key])
        else:
            store.waiting[key] = Waiting(entry.url, feed, entry.title, entry.day)
            n_new += 1
    return n_new


def _fetch_page(plan: Watch, store: Store, manners: Manners, key: str, progress: Progress) -> str:
    """Fetch one page and decide about it; returns what became of it."""
    page = store.waiting[key]
    try:
        found = pages.fetch(page, key, manners, store)
    except Forbidden as error:
        found = pages.Verdict("forbidden", str(error))
    except Refused as error:
        if not error.lasting:
            return _later(plan, store, page, key, error, progress)
        found = pages.Verdict("rejected", str(error))
    except Fault:  # the folder cannot be written
        raise
    except Exception as error:  # it concerns this page alone
        found = pages.Verdict("rejected", unforeseen(error))
    now = plan.clock.now()
    if found.status == "kept" and found.article:
        store.keep(found.article, page.feed, now)
    store.log(now, found.status, found.reason, feed=page.feed, url=page.url, keys=[key, *found.keys],
              article_id=found.article.id if found.article else found.article_id)
    if found.status in ("rejected", "forbidden"):
        progress.warn(found.reason if page.url[:60] in found.reason else f"{page.url}: {found.reason}", found.status)
    elif found.status == "kept":
        progress.say(f"kept {page.url}")
    return found.status


def _later(plan: Watch, store: Store, page: Waiting, key: str, error: Refused, progress: Progress) -> str:
    now = plan.clock.now()
    page.tries += 1
    if page.tries >= TRIES:
        store.log(now, "given_up", f"{error} (tried {page.tries} times)", feed=page.feed, url=page.url, keys=[key])
        progress.warn(f"given up: {error}", "given_up")
        return "given_up"
    page.due = now + max(error.after, min(_FIRST * 4 ** (page.tries - 1), _LONGEST))
    store.log(now, "later", str(error), feed=page.feed, url=page.url)
    store.save()
    return "later"
