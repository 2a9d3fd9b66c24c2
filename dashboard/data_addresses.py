"""Addresses of the data beside the pages: ``/data/events.csv?…`` takes the same parameters as the page's address.

They answer with a file, or with one shape of error: JSON with ``error`` and ``cure``. Other than a page, which ignores
what it does not understand and says so, an address of data is read by programs, so a bad parameter is an error.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import data_files, queries, releases, unfurl
from dashboard.comparison import NoPeriod
from dashboard.data_sets import BRIEFING, CODEBOOK, PICTURE, RELEASES, SETS, DataSet
from dashboard.export import file_name
from dashboard.queries import Part
from dashboard.releases import Release, ReleaseFault
from dashboard.view import FILTERS, PAGE_OPTIONS, REFUSED, View, options_from_query
from dashboard.view_words import in_words
from etl.brief import brief
from etl.datapackage import codebook_bytes
from etl.fingerprint import folder_sha256

LIMIT = 100_000  # rows of one answer
MAX_QUERY = 32_768  # characters behind the question mark
MAX_OFFSET = 100_000_000
ENDINGS = ("csv", "parquet")
FILES: tuple[str, ...] = tuple(
    f"{name}.{ending}" for name in SETS for ending in (*ENDINGS, *(("geojson",) if name == "events" else ())))
OTHERS = (CODEBOOK, RELEASES, BRIEFING, PICTURE)
OWN = {  # parameters that only addresses of data have
    "id": "event_id of the one event whose rows are wanted (events, reports, claims); other filters do not matter then",
    "limit": f"at most so many rows, 1 to {LIMIT:,}; what is left out is announced in the headers of the answer",
    "offset": "rows to pass over before the first one, for the next part",
}
PINNED = "public, max-age=31536000, immutable"  # a release never changes
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"  # a page that runs nothing
CHECKED = "no-cache"  # kept by the reader, but asked for anew: the latest release may be another one
_log = logging.getLogger(__name__)
# Two at a time: a large file takes memory, and pages go on meanwhile.
_WORKERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="data")


class Refused(Exception):
    """An address that cannot be answered: HTTP status, what is wrong, how to cure it, and seconds to wait."""

    def __init__(self, status: int, error: str, cure: str, after: int = 0) -> None:
        super().__init__(error)
        self.status, self.error, self.cure, self.after = status, error, cure, after

    def answer(self) -> Response:
        """The error as JSON, in the one shape that all addresses of data share."""
        body = json.dumps({"error": self.error, "cure": self.cure}, ensure_ascii=False)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"}
        if self.status == 405:
            headers["Allow"] = "GET, HEAD"
        if self.after:
            headers["Retry-After"] = str(self.after)
        return Response(body, self.status, headers, "application/json")


def routes(base: str = "") -> list[Route]:
    """The routes of all addresses, below the path `base`."""
    place = f"/{base.strip('/')}".rstrip("/")
    return [Route(f"{place}/data/{name}", answer, methods=["GET"]) for name in (*FILES, *OTHERS)]


def refusal(path: str, method: str, query: bytes) -> Refused | None:
    """Why a request below ``/data/`` has no answer, before anything of it is read; None where it may have one."""
    if path.removeprefix("/data/") not in (*FILES, *OTHERS):
        return Refused(404, "There are no data at this address.",
                       f"Ask below /data/ for one of: {', '.join((*FILES, *OTHERS))}.")
    if method not in ("GET", "HEAD"):
        return Refused(405, "Data can only be read here.", "Ask with GET or HEAD.")
    if len(query) > MAX_QUERY:
        return Refused(414, f"The address has more than {MAX_QUERY:,} characters behind the question mark.",
                       "Choose fewer values, or leave a list out to take in all of it.")
    return None


async def answer(request: Request) -> Response:
    """The file that the address asks for, 304 where the reader has it already, or an error."""
    try:
        name = request.url.path.rsplit("/data/", 1)[-1]
        raw = request.scope.get("query_string", b"")
        refused = refusal(f"/data/{name}", request.method, raw)
        if refused:
            return refused.answer()
        known = request.headers.get("if-none-match", "")
        found = await asyncio.get_running_loop().run_in_executor(_WORKERS, _found, name, raw, known)
        if request.method == "HEAD":
            length = str(len(found.body))
            found = Response(status_code=found.status_code, headers=dict(found.headers))
            found.headers["content-length"] = length
        return found
    except Refused as refused:
        return refused.answer()
    except ReleaseFault as fault:
        return Refused(503, "There is no release to read.", str(fault)).answer()
    except Exception:
        _log.exception("an address of data failed")
        return Refused(500, "The server could not make this file.", "Try again; if it stays so, see its log.").answer()


def _found(name: str, raw: bytes, known: str) -> Response:
    """The answer to the address of `name` with the parameters `raw`; `known` is the reader's If-None-Match."""
    params = _params(raw)
    if name == RELEASES:
        return _releases(params, known)
    release = _release(params)
    pinned = "release" in params
    if name == CODEBOOK:
        _only(params, ("release",))
        tag = _tag(release, name, {})
        data = codebook_bytes(one.table for one in SETS.values())
        return _same(tag, known, pinned) or _file(data, "csv", "torkham_codebook.csv", tag, pinned, release)
    if name == BRIEFING:
        return _briefing(params, release, known, pinned)
    if name == PICTURE:
        return _picture(params, release, known, pinned)
    what, ending = name.rsplit(".", 1)
    dataset = SETS[what]
    event_id, part = _own(params, dataset)
    view, options = _view(params, release, dataset)
    tag = _tag(release, name, {**view.to_query(), **options, "id": event_id, "part": part})
    same = _same(tag, known, pinned)
    if same:
        return same

    def made() -> tuple[bytes, dict[str, Any]]:
        try:
            frame, total = _rows(dataset, view, release, options, event_id, part)
        except NoPeriod as fault:
            raise Refused(400, str(fault), "Choose other days for the parameter compare, or leave it out.") from None
        told = {"release": release.name, "rows": len(frame), "total": total, "truncated": len(frame) < total}
        return data_files.encoded(frame, dataset.table, ending, told), told

    body, told = release.made.get(("file", tag, LIMIT), made)
    file = file_name(what, view, release.facts).removesuffix(".csv")
    if event_id is not None:
        file = f"torkham_{what}_{release.name}_{''.join(c for c in event_id if c.isalnum() and c.isascii())[:40]}"
    if told["truncated"]:
        first = part[1] if part else 0
        file += f"_rows-{first + 1}-to-{first + told['rows']}-of-{told['total']}"
    found = _file(body, ending, f"{file}.{ending}", tag, pinned, release)
    found.headers.update({"X-Torkham-Rows": str(told["rows"]), "X-Torkham-Total": str(told["total"]),
                          "X-Torkham-Truncated": "true" if told["truncated"] else "false"})
    return found


def _briefing(params: dict[str, list[str]], release: Release, known: str, pinned: bool) -> Response:
    """The events in view as one page to read or print."""
    dataset = SETS["events"]
    _only(params, tuple(FILTERS))
    view, _ = _view(params, release, dataset)
    tag = _tag(release, BRIEFING, view.to_query())
    same = _same(tag, known, pinned)
    if same:
        return same

    def made() -> bytes:
        events, _ = _rows(dataset, view, release, {}, None, None)
        tables = {"events": events, "reports": queries.reports(view, release),
                  "articles": release.query("SELECT article_id, publisher, published, url FROM articles")}
        words = in_words(view, release.facts).rsplit(" · ", 1)[0]
        return brief(tables, view.date_from, view.date_to, release.name, words).encode()

    page = release.made.get(("file", tag, LIMIT), made)
    return Response(page, 200, {"ETag": tag, "Cache-Control": PINNED if pinned else CHECKED,
                                "X-Torkham-Release": release.name, "Content-Security-Policy": PAGE_POLICY},
                    "text/html; charset=utf-8")


def _picture(params: dict[str, list[str]], release: Release, known: str, pinned: bool) -> Response:
    """What chats show of a link: the events in view, or one event, as a picture."""
    _only(params, (*FILTERS, "id"))
    event_id, _ = _own(params, SETS["events"])
    view, _ = _view(params, release, SETS["events"])
    tag = _tag(release, PICTURE, {**view.to_query(), "id": event_id})
    same = _same(tag, known, pinned)
    if same:
        return same
    body = unfurl.picture(view, release, event_id)
    if body is None:
        raise Refused(404, "This release has no event of that id.", "Look for it by date and place.")
    return Response(body, 200, {"ETag": tag, "Cache-Control": PINNED if pinned else CHECKED,
                                "X-Torkham-Release": release.name, "Content-Security-Policy": "default-src 'none'"},
                    "image/png")


def _params(raw: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise Refused(400, "The parameters of the address cannot be read.",
                      "Write name=value pairs joined by &, in percent-encoded UTF-8, at most 1000 of them.") from None
    params: dict[str, list[str]] = {}
    for name, value in pairs:
        params.setdefault(name, []).append(value)
    return params


def _only(params: Mapping[str, Sequence[str]], allowed: Sequence[str]) -> None:
    strangers = [name for name in params if name not in allowed]
    if strangers:
        named = f" named {strangers[0]}" if strangers[0].isidentifier() and len(strangers[0]) <= 40 else ""
        raise Refused(400, f"There is no parameter{named} here.",
                      f"This address takes: {', '.join(allowed) or 'none'}.")


def _release(params: Mapping[str, Sequence[str]]) -> Release:
    """The release that the address names, which must be there; without a name the latest."""
    wanted = params.get("release", [])
    if len(wanted) > 1:
        raise Refused(400, "The parameter release stands more than once.", "Name one release.")
    if wanted and wanted[0] not in releases.available():
        raise Refused(404, "That release is not here.", f"See /data/{RELEASES} for those that are, or leave it out.")
    return releases.load(wanted[0] if wanted else None)


def _own(params: dict[str, list[str]], dataset: DataSet) -> tuple[str | None, Part | None]:
    """The event and the part of the rows that the address asks for."""
    for name in OWN:
        if len(params.get(name, ())) > 1:
            raise Refused(400, f"The parameter {name} stands more than once.", "Give it one value.")
    given = {name: params[name][0] for name in OWN if name in params}
    event_id = given.get("id")
    if event_id is not None and not dataset.of_events:
        raise Refused(400, "The parameter id is only for events, reports and claims.", "Leave it out.")
    numbers = {}
    for name, least, most in (("limit", 1, LIMIT), ("offset", 0, MAX_OFFSET)):
        text = given.get(name)
        if text is None:
            continue
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
            raise Refused(400, f"The parameter {name} is no whole number from {least} to {most}.",
                          "Give it such a number.")
        numbers[name] = int(text)
    return event_id, (numbers.get("limit", LIMIT), numbers.get("offset", 0)) if numbers else None


def _view(params: dict[str, list[str]], release: Release, dataset: DataSet) -> tuple[View, dict[str, str]]:
    """The View and the options of the page; every parameter must be one, with a value that this release has."""
    asked = {name: values for name, values in params.items() if name not in OWN}
    filters = {name: values for name, values in asked.items() if name in FILTERS}
    view, notices = View.from_query(filters, release.facts, REFUSED)
    options, more = options_from_query(asked, dataset.page, REFUSED)
    if notices or more:
        known = [*FILTERS, *(option.name for option in PAGE_OPTIONS[dataset.page]), *OWN]
        raise Refused(400, " ".join(notices + more), f"Mend or leave out what is named. This address takes: "
                      f"{', '.join(known)}.")
    return view, options


def _rows(dataset: DataSet, view: View, release: Release, options: Mapping[str, str], event_id: str | None,
          part: Part | None) -> tuple[Any, int]:
    """The rows that are wanted, and how many there are in all."""
    if event_id is not None or dataset.count is None:
        frame = dataset.read(view, release, options, event_id, None)
        if event_id is not None and frame.empty and release.query(
                "SELECT 1 FROM events WHERE event_id = $id", {"id": event_id}).empty:
            raise Refused(404, "This release has no event of that id.",
                          "It may have been merged or withdrawn; look for it by date and place.")
        total = len(frame)
        first, most = (part[1], part[0]) if part else (0, total)
        return frame.iloc[first:first + most], total
    total = dataset.count(view, release)
    if part is None and total > LIMIT:
        raise Refused(413, f"{total:,} rows match, and one answer holds {LIMIT:,}.",
                      f"Narrow the filters, or ask for parts: limit={LIMIT}&offset=0, then offset={LIMIT}, and so on.")
    return dataset.read(view, release, options, None, part), total


def _releases(params: Mapping[str, Sequence[str]], known: str) -> Response:
    _only(params, ())
    found: list[dict[str, Any]] = []
    for name, path in releases.available().items():
        made = releases.made_from(path)
        inputs = [one.get("name") for one in made.get("inputs") or [] if isinstance(one, dict)]
        found.append({"release": name, "latest": not found, "rows": made.get("rows") or {}, "inputs": inputs,
                      "events": f"/data/events.csv?release={name}"})
    body = json.dumps({"releases": found, "limit": LIMIT}, ensure_ascii=False, indent=1).encode()
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    return _same(tag, known, False) or Response(body, 200, {"ETag": tag, "Cache-Control": CHECKED}, "application/json")


@cache
def _code() -> str:
    """What makes the files: another version of it may make others of the same release."""
    return folder_sha256(Path(__file__).resolve().parent, "*.py")


def _tag(release: Release, name: str, asked: Mapping[str, Any]) -> str:
    """The ETag of a file: weak, since it may also be sent compressed."""
    values = sorted((key, repr(value)) for key, value in asked.items())
    whole = repr((release.name, release.stamp, _code(), name, values))
    return f'W/"{hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:32]}"'


def _same(tag: str, known: str, pinned: bool) -> Response | None:
    """304 where one of the reader's tags `known` is `tag`."""
    bare = tag.removeprefix("W/")
    if known.strip() != "*" and bare not in [part.strip().removeprefix("W/") for part in known.split(",")]:
        return None
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": PINNED if pinned else CHECKED})


def _file(body: bytes, ending: str, name: str, tag: str, pinned: bool, release: Release) -> Response:
    return Response(body, 200, {
        "ETag": tag, "Cache-Control": PINNED if pinned else CHECKED, "X-Torkham-Release": release.name,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }, data_files.MEDIA[ending])
