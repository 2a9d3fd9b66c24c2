"""The command ``python -m etl watch``: its options, and what it does with them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from etl.faults import InputFault
from etl.progress import Progress

ABOUT = """Keep a dataset of articles up to date from news feeds.

FEED is the address of a feed (RSS, Atom), a list of such addresses (.txt, one a line; .opml) or a saved feed (.xml,
.rss, .atom). The pages of new entries are fetched, their articles written into DIR, a file a month, as "etl run" reads
them. robots.txt is kept to, feeds are asked whether they have changed, each host has its pauses, and what fails is
tried again later. DIR/.watch/log.jsonl has a line for each decision. It may be stopped at any moment and goes on where
it was. Only public http(s) addresses are fetched."""
EXAMPLE = "python -m etl watch https://example.org/rss --out data/watched --once"


def options(command: argparse.ArgumentParser, whole: Callable[[str], int]) -> None:
    """Add the options to the command; `whole` reads a whole number from 1 up."""
    command.add_argument("feeds", nargs="+", metavar="FEED", help="addresses, lists or files of feeds")
    command.add_argument("--out", type=Path, default=Path("data/watched"), metavar="DIR",
                         help="folder of the dataset; made if need be (default: %(default)s)")
    command.add_argument("--interval", type=whole, default=30, metavar="MINUTES",
                         help="minutes between two readings of a feed (default: %(default)s)")
    command.add_argument("--delay", type=whole, default=2, metavar="SECONDS",
                         help="least pause between two requests to one host (default: %(default)s)")
    command.add_argument("--once", action="store_true", help="one round, then end")
    command.add_argument("--releases", type=Path, metavar="DIR",
                         help="also make a release in DIR after each round that brought new articles")
    command.add_argument("--contact", default="", metavar="TEXT",
                         help="address or e-mail of who watches, told to the sites")


def act(chosen: argparse.Namespace) -> str:
    """Watch as the options say; returns the summary. Raises `etl.faults.Fault`."""
    from etl.fetch import Fetcher  # here, because other commands need none of it
    from etl.selection import load_selection
    from etl.watch import Watch, agent, watch
    from etl.watch.feeds import feeds_of
    from etl.watch.store import HIDDEN

    def publish() -> str:
        from etl.pipeline import run

        return run([chosen.out], chosen.releases, cache=chosen.out / HIDDEN / "cache", progress=progress).summary()

    if chosen.releases and chosen.releases.resolve().is_relative_to(chosen.out.resolve()):
        raise InputFault(f"{chosen.releases} lies in {chosen.out}, whose files are read as articles; give another "
                         "--releases")
    progress = Progress(quiet=chosen.quiet)
    selection = load_selection(chosen.select) if chosen.select else None
    if selection:
        progress.say(selection.told())
    plan = Watch(feeds_of(chosen.feeds), chosen.out, chosen.interval * 60.0, float(chosen.delay),
                 selection.__contains__ if selection else None, publish if chosen.releases else None)
    return watch(plan, Fetcher(agent(chosen.contact)), rounds=1 if chosen.once else None, progress=progress)
