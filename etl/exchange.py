"""JSON Lines in, JSON Lines out: `etl code` and `etl link`, for scripts that want events without a release."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from etl.article import CodedArticle
from etl.cache import Cache
from etl.codebook import event_row
from etl.crew import Crew
from etl.event_ids import Known, Past, Told, identify
from etl.faults import InputFault, PublishFault, write_fault
from etl.identifiers import digest
from etl.link_report import report_of_row
from etl.progress import Progress
from etl.read.jsonl import lines_of, load_object
from etl.read.record import Record, Unreadable, check, clean
from etl.screen import off_topic
from etl.workers import Coder, Failed, code_all

_LINKED = ("event_id", "merged_ids", "split_from")  # what linking adds to an event


@dataclass(frozen=True)
class Tally:
    """How many lines were read, how many of them became an entry with an error, and how many events were written."""

    lines: int
    errors: int
    events: int

    def summary(self) -> str:
        """The last line of a command."""
        return f"lines {self.lines:,}, with an error {self.errors:,}, events {self.events:,}"


def code_file(source: Path, target: Path, *, code: Coder | None = None, crew: Crew | None = None,
              cache: Path | None = None, progress: Progress | None = None) -> Tally:
    """Code a JSON Lines file of articles into one of ``{id, events}``: same order, same number of lines.

    A line that cannot be read or coded becomes ``{id, events: [], error}``, with the id where it can be read and null
    otherwise. An off-topic article has no events. Raises `etl.faults.Fault`.
    """
    progress = progress or Progress(quiet=True)
    with _output(target, source) as file:
        records = [_article(line) for line in _lines(source)]
        articles = [record.article for record, _ in records if record.article]
        relevant = [article for article in articles if not off_topic(article)]
        with crew or Crew() as hands, Cache(cache, progress.warn) as kept:
            coded = dict(zip(map(id, relevant), code_all(relevant, code, progress, hands, kept), strict=True))
        tally: Counter[str] = Counter()
        for number, (record, shown) in enumerate(records, start=1):
            entry = _entry(record, shown, coded.get(id(record.article)))
            if "error" in entry:
                progress.warn(f"{source.name}, record {number}: {entry['error']}", "unreadable")
            tally.update(lines=1, errors="error" in entry, events=len(entry["events"]))
            _put(file, entry)
    return Tally(tally["lines"], tally["errors"], tally["events"])


def _article(line: bytes) -> tuple[Record, Any]:
    """The record in a line, and its id as the line gives it."""
    try:
        fields, note = load_object(line)
    except Unreadable as error:
        return Record(problem=str(error)), None
    shown = fields.get("id")
    return check(fields, note), clean(shown) if isinstance(shown, str) else shown if type(shown) is int else None


def _entry(record: Record, shown: Any, coded: CodedArticle | Failed | None) -> dict[str, Any]:
    if record.article is None:
        return {"id": shown, "events": [], "error": record.problem}
    if isinstance(coded, Failed):
        return {"id": shown, "events": [], "error": coded.reason}
    return {"id": shown, "events": [event_row(event, record.article) for event in coded.events] if coded else []}


def link_file(source: Path, target: Path, *, previous: Path | None = None,
              progress: Progress | None = None) -> Tally:
    """Give every event of a JSON Lines file of ``{id, events}`` an ``event_id``; all other fields stay as they are.

    With `previous`, an earlier output of this, events keep the identifiers that they have there; an event that took in
    others names theirs in ``merged_ids``, one that was split off names its origin in ``split_from``. A line that is no
    such object becomes ``{id: null, events: [], error}``. An event that lacks the fields that linking needs gets an
    identifier of its own. Raises `etl.faults.Fault`.
    """
    progress = progress or Progress(quiet=True)
    with _output(target, source) as file:
        earlier = _linked([_coded_entry(line) for line in _lines(previous)]) if previous else Past()
        entries = [_coded_entry(line) for line in _lines(source)]
        told, linkable = _reports(entries, lambda text: progress.warn(f"{source.name}: {text}", "unlinked"))
        ids, known = identify(told, earlier, "")
        merged: dict[str, list[str]] = defaultdict(list)
        for row in known:
            if row.merged_into:
                merged[row.merged_into].append(row.event_id)
        split = {row.event_id: row.split_from for row in known if row.split_from}
        for event, event_id in zip(linkable, ids, strict=True):
            for name in _LINKED:
                event.pop(name, None)
            event["event_id"] = event_id
            event.update({name: value for name, value in (("merged_ids", merged.get(event_id)),
                                                          ("split_from", split.get(event_id))) if value})
        tally: Counter[str] = Counter()
        for number, entry in enumerate(entries, start=1):
            if "error" in entry:
                progress.warn(f"{source.name}, record {number}: {entry['error']}", "unreadable")
            tally.update(lines=1, errors="error" in entry, events=len(entry["events"]))
            _put(file, entry)
    return Tally(tally["lines"], tally["errors"], tally["events"])


def _reports(entries: list[dict[str, Any]], warn: Callable[[str], None]) -> tuple[list[Told], list[dict[str, Any]]]:
    """The reports that can be linked and, in the same order, their events; the others get identifiers of their own."""
    seen: Counter[str] = Counter()
    told: list[Told] = []
    linkable: list[dict[str, Any]] = []
    for entry in entries:
        article_id = entry["id"] if isinstance(entry.get("id"), str) else json.dumps(entry.get("id"))
        seen[article_id] += 1
        if seen[article_id] > 1:  # the same article again is another telling: its events may be joined
            article_id += f"#{seen[article_id]}"
        same: Counter[str] = Counter()
        for number, event in enumerate(entry["events"]):
            plain = {name: value for name, value in event.items() if name not in _LINKED}
            text = json.dumps([article_id, plain], sort_keys=True)
            same[text] += 1
            try:
                report = report_of_row(event, article_id, _day(entry.get("published")))
                earlier = event.get("event_id")
                told.append(Told(digest(text, str(same[text])), report, earlier if isinstance(earlier, str) else ""))
                linkable.append(event)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                why = f"it lacks {error}" if isinstance(error, KeyError) else f"a field cannot be read: {error}"
                warn(f"event {number + 1} of {article_id} cannot be linked, {why}; it gets an identifier of its own")
                event["event_id"] = f"E{digest(text, str(number))}"
    return told, linkable


def _linked(entries: list[dict[str, Any]]) -> Past:
    """What an earlier output says: its reports and the identifiers given until then."""
    told, events = _reports(entries, lambda text: None)
    known: dict[str, Known] = {}
    for one, event in zip(told, events, strict=True):
        if not one.event_id:
            raise InputFault("an event of the earlier output has no event_id; give a file that etl link wrote")
        origin = event.get("split_from")
        known[one.event_id] = Known(one.event_id, "live", None, origin if isinstance(origin, str) else None, "", "")
        for old in event.get("merged_ids") or ():
            known.setdefault(str(old), Known(str(old), "merged", one.event_id, None, "", ""))
    return Past(told, known)


def _coded_entry(line: bytes) -> dict[str, Any]:
    try:
        entry, _ = load_object(line)
    except Unreadable as error:
        return {"id": None, "events": [], "error": str(error)}
    events = entry.get("events")
    if events is None and "error" in entry:
        return {**entry, "events": []}
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        return {"id": entry.get("id"), "events": [], "error": "the line has no list of events; write it with etl code"}
    return entry


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _lines(source: Path) -> Iterable[bytes]:
    try:
        yield from lines_of(source)
    except FileNotFoundError:
        raise InputFault(f"there is no file {source}; check the path given") from None
    except IsADirectoryError:
        raise InputFault(f"{source} is a folder; give a JSON Lines file") from None
    except PermissionError:
        raise InputFault(f"no permission to read {source}; allow it with chmod u+r") from None
    except Unreadable as error:
        raise InputFault(f"{source}: {error}") from None
    except OSError as error:
        raise InputFault(f"{source} cannot be read ({error.strerror}); check the disk and the path") from None


def _put(file: TextIO, entry: dict[str, Any]) -> None:
    try:
        line = json.dumps(entry, ensure_ascii=False)
        line.encode("utf-8")
    except UnicodeEncodeError:
        line = json.dumps(entry)  # a lone surrogate, which UTF-8 cannot hold, stays an escape
    file.write(line + "\n")


@contextmanager
def _output(target: Path, source: Path) -> Iterator[TextIO]:
    """The output file, written aside and renamed when it is whole; what was there before stays until then."""
    if target.name == "-":
        raise PublishFault("- is no output file; name a file, or /dev/stdout to write to the terminal or a pipe")
    try:
        if target.exists() and source.exists() and target.is_file() and target.samefile(source):
            raise PublishFault(f"{target} is the input itself; name another file to write to")
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise PublishFault(f"{target} is a folder; give the name of a file")
            with target.open("w", encoding="utf-8") as file:
                yield file
            return
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:50]}-", dir=target.parent)
        aside = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            aside.chmod(0o644)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise write_fault(error, target if error.errno != errno.ENOENT else target.parent) from error
