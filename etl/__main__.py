"""The command line: ``python -m etl run | watch | code | link | evaluate | brief | check-reference`` and others."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from etl import watch_command
from etl.faults import Fault, write_fault
from etl.progress import Progress
from etl.reference import FOLDER, ReferenceFault

_RUN = """Build a release of event tables from articles.

PATH is a file or a folder of articles (.jsonl, .jsonl.gz, .jsonl.zst, .json, .txt), saved web pages (.html), saved news
feeds (.rss, .atom, .xml) and web archives (.warc, .warc.gz); in a folder, names that begin with a dot and notes (.md)
are left alone. An article has id, url, publisher, published (ISO date), title and text. Each input record ends up in
the ledger table with what became of it; bad ones are also logged with their cure and do no harm to the rest. The
release is named by the hash of its inputs, the reference tables and the code: when it is there, nothing is done.
DIR/latest points to it."""
_CODE = """Code articles into events, without a release.

Reads one article {id, url, publisher, published, title, text} a line and writes {id, events: [...]} a line, the events
in the fields of the codebook: same order, same number of lines. A line that cannot be read becomes an entry with
"error"."""
_LINK = """Link events across articles.

Reads what "etl code" writes and gives every event an "event_id": the same for the same happening, whichever article
tells it. All other fields stay as they are."""
_EVALUATE = """Measure accuracy on labelled articles.

Codes the labelled articles (by default those shipped in data/gold) and prints, for all of them, for the part that rules
were written on and for the part kept aside: how many events are found, how many rows are wholly right, each field, and
how far stated confidence can be trusted. --faults prints the disagreements by kind, with both rows."""
_TRAIN = """Fit the weights of the confidence model on labelled articles.

Uses the part of each file that is not kept aside and writes data/reference/confidence_weights.csv."""
_TRAIN_SCREEN = """Fit the weights that decide which articles are coded at all.

Codes every article under PATH in full, learns which of them give an event and which do not, and writes
data/reference/screen_weights.csv. Give a sample of a whole newspaper, with all that is not about the border."""
_VERIFY = """Check a release against everything that it promises.

Files and hashes, schema, keys, row counts, CSV against Parquet, excerpts against the texts, and that the ledger
accounts for every input. Prints a line a fault; the exit code is 1 where there is one."""
_DIFF = """Say what changed between two releases.

Events added, removed, merged, split, and each changed cell with its old and new value and the articles behind it:
+ came, − went, ~ was read otherwise. Without A and B it compares the latest release with the one before."""
_BRIEF = """Write a briefing of a period: one page to send or print.

Headline numbers, events over time, the map, the main events with their evidence, and how to read them, as one HTML file
that needs nothing else. Without --from and --to it covers the last month that has events."""
_COMPARE = """Hold a release's killed a month against published totals.

Violence in Pakistan by month, linked, rival figures not added up, beside the totals in
data/reference/published_totals.csv; with rank correlation and ratio. --write stores the table for the dashboard."""
_BENCH = """Time the stages against plain spaCy in one run.

Prints ratios, which hold on any machine, rather than seconds, which do not."""

_CHECK = """Check the tables of data/reference and name every faulty line.

Tells file, line and column, what is wrong and the cure; ends with 1 where there is a fault. Run it after an edit: the
other commands stop at the first cell that they cannot use, and do not look for what is merely wrong."""


def _parser() -> tuple[argparse.ArgumentParser, argparse._SubParsersAction[argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(
        prog="python -m etl",
        description="News articles in, event tables out: what happens on the Pakistan–Afghanistan border.",
        epilog="example:\n  python -m etl run --articles data/articles --out data/releases",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser, parser.add_subparsers(title="commands", required=True, metavar="COMMAND")


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    about: str,
    example: str,
    action: Callable[[argparse.Namespace], str],
) -> argparse.ArgumentParser:
    """A sub-command with its help: the first line of `about` in the list of commands, all of it with an example alone.

    `action` does the work and returns the last line to tell.
    """
    command = commands.add_parser(
        name,
        help=about.split("\n", 1)[0],
        description=about,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(action=action)
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 a fault that the last line explains, 2 a wrong call."""
    parser, commands = _parser()
    run = add_command(
        commands, "run", _RUN, "python -m etl run --articles data/articles more.jsonl.gz --out data/releases", _run
    )
    run.add_argument("--articles", nargs="+", required=True, metavar="PATH", help="files and folders of articles")
    run.add_argument("--out", required=True, metavar="DIR", help="folder of the releases; made if need be")
    run.add_argument("--corrections", type=Path, default=Path("data/corrections.csv"), metavar="FILE",
                     help="declared corrections (default: %(default)s; without it there are none)")
    watch = add_command(commands, "watch", watch_command.ABOUT, watch_command.EXAMPLE, watch_command.act)
    watch_command.options(watch, _positive)
    for command in (run, watch):
        command.add_argument("--select", nargs="+", type=Path, default=[], metavar="FILE",
                             help="lists of the addresses to keep, such as GDELT's exports; all else is left out")
    code = add_command(commands, "code", _CODE, "python -m etl code --input articles.jsonl --output coded.jsonl", _code)
    link = add_command(commands, "link", _LINK, "python -m etl link --input coded.jsonl --output linked.jsonl", _link)
    evaluate = add_command(commands, "evaluate", _EVALUATE, "python -m etl evaluate --faults", _evaluate)
    evaluate.add_argument(
        "--labels", type=Path, metavar="FILE", help="labelled articles (default: data/gold/digests.jsonl)"
    )
    evaluate.add_argument("--faults", action="store_true", help="also print every disagreement, by kind")
    evaluate.add_argument(
        "--write",
        action="store_true",
        help="also write data/gold/accuracy.json and raise data/gold/floors.json (shipped labels only)",
    )
    train = add_command(commands, "train", _TRAIN, "python -m etl train --labels data/gold/digests.jsonl", _train)
    train.add_argument("--labels", type=Path, nargs="+", required=True, metavar="FILE", help="labelled articles")
    screening = add_command(commands, "train-screen", _TRAIN_SCREEN,
                            "python -m etl train-screen --articles archive.jsonl.gz", _train_screen)
    screening.add_argument("--articles", type=Path, nargs="+", required=True, metavar="PATH", help="files and folders")
    screening.add_argument("--labels", type=Path, nargs="*", default=[Path("data/gold/digests.jsonl")], metavar="FILE",
                           help="labelled articles that teach as well (default: data/gold/digests.jsonl)")
    verify = add_command(commands, "verify", _VERIFY, "python -m etl verify data/releases/latest", _verify)
    verify.add_argument("release", nargs="?", type=Path, default=Path("data/releases/latest"), metavar="RELEASE",
                        help="folder of the release (default: %(default)s)")
    diff = add_command(commands, "diff", _DIFF, "python -m etl diff --format csv > changes.csv", _diff)
    diff.add_argument("old", nargs="?", metavar="A", help="the older release: its name, or the path of its folder")
    diff.add_argument("new", nargs="?", metavar="B", help="the newer release (default: the latest)")
    diff.add_argument("--releases", type=Path, default=Path("data/releases"), metavar="DIR",
                      help="folder of the releases (default: %(default)s)")
    diff.add_argument("--format", choices=("text", "csv", "json"), default="text", help="default: %(default)s")
    brief = add_command(commands, "brief", _BRIEF,
                        "python -m etl brief --from 2025-10-01 --to 2025-10-31 --output brief.html", _brief)
    brief.add_argument("--release", type=Path, default=Path("data/releases/latest"), metavar="DIR",
                       help="folder of the release (default: %(default)s)")
    brief.add_argument("--from", dest="first", type=_day, metavar="DAY", help="first day, as 2025-10-01")
    brief.add_argument("--to", dest="last", type=_day, metavar="DAY", help="last day")
    brief.add_argument("--output", type=Path, required=True, metavar="FILE", help="HTML file to write")
    compare = add_command(commands, "compare", _COMPARE, "python -m etl compare data/releases/latest", _compare)
    compare.add_argument("release", nargs="?", type=Path, default=Path("data/releases/latest"), metavar="RELEASE",
                         help="folder of the release (default: %(default)s)")
    compare.add_argument("--write", action="store_true", help="also write data/gold/monthly.json")
    bench = add_command(commands, "bench", _BENCH, "python -m etl bench --articles data/articles", _bench)
    bench.add_argument("--articles", nargs="+", default=["data/articles"], metavar="PATH", help="articles to time on")
    bench.add_argument("--archive", type=Path, metavar="FILE",
                       help="articles of a whole newspaper as they come (default: the given ones among made-up news)")
    bench.add_argument(
        "--links",
        type=_positive,
        metavar="N",
        help="time linking instead, over N made-up reports and a tenth of them",
    )
    bench.add_argument("--again", action="store_true",
                       help="time instead a second run in which one article in a hundred is new")
    bench.add_argument("--scale", action="store_true", help="reckon instead what a year of CC-NEWS takes")
    check = add_command(commands, "check-reference", _CHECK, "python -m etl check-reference", _check_reference)
    check.add_argument(
        "--folder", type=Path, default=FOLDER, metavar="DIR", help="another folder of such tables"
    )
    link.add_argument("--previous", type=Path, metavar="FILE",
                      help="an earlier output, whose identifiers events keep")
    for command in (code, link):
        command.add_argument("--input", required=True, type=Path, metavar="FILE", help="JSON Lines, plain or gzip")
        command.add_argument("--output", required=True, type=Path, metavar="FILE", help="JSON Lines")
    for command in (run, code):
        command.add_argument(
            "--workers",
            type=_positive,
            default=_processors(),
            metavar="N",
            help="processes that work at a time (default: one a processor, here %(default)s)",
        )
        command.add_argument("--scheduler", metavar="ADDRESS",
                             help="share the work among the workers of a Dask cluster instead, as tcp://10.0.0.1:8786")
        command.add_argument("--cache", type=Path, default=Path("data/cache"), metavar="DIR",
                             help="folder that keeps what each stage made for later runs; safe to remove "
                                  "(default: %(default)s)")
        command.add_argument("--no-cache", action="store_const", const=None, dest="cache",
                             help="make everything anew, and keep nothing")
    for command in (run, watch, code, link, evaluate, screening):
        command.add_argument("--quiet", action="store_true", help="tell faults and the summary only")
    chosen = parser.parse_args(arguments)
    try:
        print(chosen.action(chosen))
        return 0
    except KeyboardInterrupt:
        print("interrupted; nothing was published", file=sys.stderr)
        return 130
    except (Fault, ReferenceFault) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _processors() -> int:
    """Processors that this process may use, which in a container can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2025-10-31") from None


def _run(chosen: argparse.Namespace) -> str:
    from etl.crew import Crew
    from etl.pipeline import run

    return run(chosen.articles, chosen.out, crew=Crew(chosen.workers, chosen.scheduler), cache=chosen.cache,
               progress=Progress(quiet=chosen.quiet), corrections=chosen.corrections, select=chosen.select).summary()


def _code(chosen: argparse.Namespace) -> str:
    from etl.crew import Crew
    from etl.exchange import code_file

    progress = Progress(quiet=chosen.quiet)
    crew = Crew(chosen.workers, chosen.scheduler)
    return code_file(chosen.input, chosen.output, crew=crew, cache=chosen.cache, progress=progress).summary()


def _link(chosen: argparse.Namespace) -> str:
    from etl.exchange import link_file

    progress = Progress(quiet=chosen.quiet)
    return link_file(chosen.input, chosen.output, previous=chosen.previous, progress=progress).summary()


def _evaluate(chosen: argparse.Namespace) -> str:
    from etl import report

    path = chosen.labels or report.GOLD
    scores = report.scores_of(path, Progress(quiet=chosen.quiet))
    if chosen.faults:
        for fault in sorted(scores["tuned"].faults, key=lambda f: f.what):
            print(report.fault_text(fault))
    print(report.table(scores), end="\n\n")
    for part, title in (("tuned", "part that rules were written on"), ("aside", "part kept aside")):
        print(report.reliability_table(scores[part], title), end="\n\n")
    return report.gate(report.summary_of(scores, path), write=chosen.write, shipped=path == report.GOLD)


def _train(chosen: argparse.Namespace) -> str:
    from etl.train import train

    return f"fitted on {train(chosen.labels):,} candidate events"


def _train_screen(chosen: argparse.Namespace) -> str:
    from etl.train_screen import train_screen

    n = train_screen(chosen.articles, chosen.labels, progress=Progress(quiet=chosen.quiet))
    return f"fitted on {n:,} articles"


def _verify(chosen: argparse.Namespace) -> str:
    from etl.verify import verify

    faults = verify(chosen.release)
    for fault in faults:
        print(fault)
    if faults:
        raise Fault(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in {chosen.release}; remove its folder and "
                    "make it anew with: python -m etl run")
    return f"{chosen.release} holds all that it promises"


def _diff(chosen: argparse.Namespace) -> str:
    from etl import diff
    from etl.spreadsheet import write_csv

    if chosen.old:
        old = diff.find_release(chosen.old, chosen.releases)
        new = diff.find_release(chosen.new or "latest", chosen.releases)
    else:
        old, new = diff.latest_two(chosen.releases)
    found = diff.changes(diff.tables_of(old), diff.tables_of(new))
    if chosen.format == "csv":
        rows = found.itertuples(index=False, name=None)
        return write_csv(list(found.columns), rows).decode("utf-8").rstrip()
    return diff.as_json(found) if chosen.format == "json" else diff.text(found, old.name, new.name)


def _brief(chosen: argparse.Namespace) -> str:
    from etl.brief import brief_of

    page = brief_of(chosen.release, chosen.first, chosen.last)
    try:
        chosen.output.write_text(page, encoding="utf-8")
    except OSError as error:
        raise write_fault(error, chosen.output) from None
    return f"wrote {chosen.output}"


def _compare(chosen: argparse.Namespace) -> str:
    from etl.monthly import compare

    try:
        return compare(chosen.release, chosen.write)
    except OSError as error:
        raise Fault(f"{chosen.release} holds no release ({error.strerror}); make one with: python -m etl run") from None


def _bench(chosen: argparse.Namespace) -> str:
    if chosen.links:
        from etl.bench_links import bench_links

        return bench_links(chosen.links)
    if chosen.again:
        from etl.bench_again import bench_again

        return bench_again(chosen.articles)
    if chosen.scale:
        from etl.bench_scale import bench_scale

        return bench_scale(chosen.articles)
    from etl.bench import bench

    return bench(chosen.articles, chosen.archive)


def _check_reference(chosen: argparse.Namespace) -> str:
    from etl.check_reference import report

    return report(chosen.folder)


if __name__ == "__main__":
    sys.exit(main())
