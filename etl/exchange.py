"""JSON Lines in, JSON Lines out: `etl code` and `etl link`, for scripts that want events without a release."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from etl.article import CodedArticle
from etl.codebook import event_row
from etl.faults import InputFault, PublishFault, write_fault
from etl.link import link
from etl.link_report import Report, report_of_row
from etl.progress import Progress
from etl.read.jsonl import lines_of, load_object
from etl.read.record import Record, Unreadable, check, clean
from etl.screen import off_topic
from etl.workers import Coder, Failed, code_all


@dataclass(frozen=True)
class Tally:
    """How many lines were read, how many of them became an entry with an error, and how many events were written."""

    lines: int
    errors: int
    events: int

    def summary(self) -> str:
        """The last line of a command."""
        return f"lines {self.lines:,}, with an error {self.errors:,}, events {self.events:,}"


def code_file(source: Path, target: Path, *, code: Coder | None = None, workers: int = 1,
              progress: Progress | None = None) -> Tally:
    """Code a JSON Lines file of articles into one of ``{id, events}``: same order, same number of lines.

    A line that cannot be read or coded becomes ``{id, events: [], error}``, with the id where it can be read and null
    otherwise. An off-topic article has no events. Raises `etl.faults.Fault`.
    """
    progress = progress or Progress(quiet=True)
    with _output(target, source) as file:
        records = [_article(line) for line in _lines(source)]
        articles = [record.article for record, _ in records if record.article]
        relevant = [article for article in articles if not off_topic(article)]
        coded = dict(zip(map(id, relevant), code_all(relevant, code, workers, progress), strict=True))
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


def link_file(source: Path, target: Path, *, progress: Progress | None = None) -> Tally:
    """Give every event of a JSON Lines file of ``{id, events}`` an ``event_id``; all other fields stay as they are.

    A line that is no such object becomes ``{id: null, events: [], error}``. An event that lacks the fields that linking
    needs gets an identifier of its own. Raises `etl.faults.Fault`.
    """
    progress = progress or Progress(quiet=True)
    with _output(target, source) as file:
        entries = [_coded_entry(line) for line in _lines(source)]
        seen: Counter[str] = Counter()
        reports: list[Report] = []
        linkable: list[dict[str, Any]] = []
        for entry in entries:
            article_id = json.dumps(entry.get("id"))
            seen[article_id] += 1
            if seen[article_id] > 1:  # the same article again is another telling: its events may be joined
                article_id += f"#{seen[article_id]}"
            for number, event in enumerate(entry["events"]):
                try:
                    reports.append(report_of_row(event, article_id, _day(entry.get("published"))))
                    linkable.append(event)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    why = f"it lacks {error}" if isinstance(error, KeyError) else f"a field cannot be read: {error}"
                    progress.warn(f"{source.name}: event {number + 1} of {article_id} cannot be linked, {why}; "
                                  "it gets an identifier of its own", "unlinked")
                    own = json.dumps([article_id, number, event], sort_keys=True)
                    event["event_id"] = f"E{hashlib.sha256(own.encode()).hexdigest()[:12]}"
        for event, event_id in zip(linkable, link(reports), strict=True):
            event["event_id"] = event_id
        tally: Counter[str] = Counter()
        for number, entry in enumerate(entries, start=1):
            if "error" in entry:
                progress.warn(f"{source.name}, record {number}: {entry['error']}", "unreadable")
            tally.update(lines=1, errors="error" in entry, events=len(entry["events"]))
            _put(file, entry)
    return Tally(tally["lines"], tally["errors"], tally["events"])


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
