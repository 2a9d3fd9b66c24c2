"""The way from articles to a release: read → screen → code → link → publish."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from etl.article import Article, CodedArticle
from etl.cache import Cache
from etl.corrections import FILE, load
from etl.crew import Crew
from etl.faults import InputFault
from etl.fingerprint import provenance, release_name
from etl.ledger import Entry, settle
from etl.lineage import BEFORE, descend
from etl.progress import Progress
from etl.publish import alone, check_writable, is_whole, point_to, publish
from etl.read import Gauge, find

if TYPE_CHECKING:
    import pandas as pd

    from etl.selection import Selection

Coder = Callable[[Article], CodedArticle]
DEFAULT_CODER = "etl.coding.code_article"


@dataclass(frozen=True)
class Outcome:
    """The release's folder, whether it was there already, and what the summary counts."""

    release: Path
    skipped: bool
    counts: dict[str, int]
    seconds: float

    def summary(self) -> str:
        """The last line of a run."""
        if self.skipped:
            return (f"release {self.release.name} is up to date: same articles, reference tables and code "
                    f"({self.seconds:.1f} s)")
        told = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in self.counts.items())
        return f"release {self.release.name}: {told}, seconds {self.seconds:.1f}"


def run(paths: Iterable[Path | str], out: Path | str, *, code: Coder | None = None, crew: Crew | None = None,
        cache: Path | None = None, progress: Progress | None = None, corrections: Path = FILE,
        select: Iterable[Path | str] = ()) -> Outcome:
    """Make a release in `out` from the articles under `paths`, unless the same one is there already.

    `code` codes one article (by default `etl.coding.code_article`); `crew` shares the work among processes or machines
    and the folder `cache` keeps what each stage made for later runs: neither changes anything in the release.
    `corrections` is the file of declared corrections. `select` are the files of a selection (`etl.selection`): only
    articles with an address in it are used. Two runs into one folder go one after the other. Raises `etl.faults.Fault`
    where no record can be read, the crew breaks down or the release cannot be written; older
    releases stay as they are then.
    """
    progress, out = progress or Progress(quiet=True), Path(out)
    with alone(out, lambda: progress.say(f"another run is writing to {out}; waiting until it is done")):
        return _run(paths, out, code, crew or Crew(), cache, progress, corrections, tuple(select))


def _run(paths: Iterable[Path | str], out: Path, code: Coder | None, crew: Crew, cache: Path | None, progress: Progress,
         corrections: Path, select: Sequence[Path | str]) -> Outcome:
    began, inputs, declared = time.monotonic(), find(paths), load(corrections)
    chosen = _selection(select, progress)
    coder = f"{code.__module__}.{code.__qualname__}" if code else DEFAULT_CODER
    made_from = descend(out, provenance(inputs, coder, corrections if declared.rows else None,
                                        chosen.files if chosen else None))
    name = release_name(made_from)
    if is_whole(out / name):
        point_to(out, name)
        return Outcome(out / name, True, {}, time.monotonic() - began)
    check_writable(out)

    from etl.correct import amend, apply
    from etl.earlier import past
    from etl.event_ids import identify, told
    from etl.screen import near_copies, sort_out
    from etl.selection import selected
    from etl.sift import sift_all
    from etl.tables import build
    from etl.validate import validate
    from etl.workers import code_all

    left: list[Entry] = []
    with crew, Cache(cache, progress.warn) as store:
        found = sift_all(inputs, crew, store, chosen, gauge := Gauge(inputs))
        rows = selected(found, chosen, left, inputs)
        screened = sort_out(progress.track(rows, None, "read", "record", gauge.share))
        coded = code_all(screened.articles, code, progress, crew, store)
    screened.entries += left
    if chosen is not None:
        progress.say(f"selection: {len(chosen.met):,} of its addresses stand in the input")
    ledger = settle(screened, coded)
    _tell(ledger, progress)
    if left and all(entry.status in ("rejected", "not_selected") for entry in ledger):
        raise InputFault("none of the input records that could be used is in the selection; check that both are of the "
                         "same time and sites. No release was made")
    if all(entry.status == "rejected" for entry in ledger):
        raise InputFault("none of the input records could be used; the lines above say why. No release was made")
    kept = [one for one in coded if isinstance(one, CodedArticle) and one.relevant]
    event_ids, known = identify(told(kept), past(out, made_from[BEFORE]), name)
    frames = build(kept, event_ids, known, near_copies([one.article for one in kept]), ledger,
                   partial(amend, declared))
    frames = apply(declared, frames)
    _tell(declared.entries(), progress)
    validate(frames)
    texts = {one.article.id: one.article.text for one in kept}
    release = publish(frames, texts, made_from, out, name)
    return Outcome(release, False, _counts(ledger, frames), time.monotonic() - began)


def _selection(files: Sequence[Path | str], progress: Progress) -> Selection | None:
    if not files:
        return None
    from etl.selection import load_selection

    chosen = load_selection(files)
    progress.say(chosen.told())
    return chosen


def _tell(ledger: Sequence[Entry], progress: Progress) -> None:
    for entry in ledger:
        if entry.status in ("rejected", "duplicate", "correction_stale", "correction_rejected"):
            progress.warn(entry.line(), entry.status)
        elif entry.note:
            progress.warn(f"{entry.input}, record {entry.record}: {entry.note}", "doubtful")


def _counts(ledger: Sequence[Entry], frames: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    status = Counter(entry.status for entry in ledger)
    events = frames["events"]
    return {
        "articles read": len(ledger), "kept": len(frames["articles"]), "off-topic": status["off_topic"],
        "duplicate": status["duplicate"],
        **({"not selected": status["not_selected"]} if status["not_selected"] else {}),
        "rejected": status["rejected"], "reports": len(frames["reports"]),
        "events": len(events), "places found": int(events["place_id"].notna().sum()),
    }
