"""What changed from one release to another: events added, removed, merged, split, and each cell that differs, with the
articles behind it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from etl import names, wording
from etl.faults import InputFault
from etl.lineage import BEFORE
from etl.publish import LATEST, MANIFEST
from etl.schema import EVENTS

KINDS = ("added", "removed", "merged", "split", "changed")
COLUMNS = ("kind", "event_id", "other_id", "field", "old", "new", "because", "event")
TABLES = ("events", "reports", "event_ids")
_CORRECTIONS = "corrections"  # a table of newer releases alone
# Cells of the reports that a coder fills: where none of them differs, the rules of linking or of the tables do.
_CODED = ("event_type", "salience", "date_start", "date_end", "place", "district", "province", "country", "actors_a",
          "actors_b", "evidence")


def changes(old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row an event that came or went, and one a cell that differs; the columns `COLUMNS`, all text.

    `old` and `new` hold the tables events, reports and, where the release has it, event_ids. `kind` is one of `KINDS`:
    for ``merged`` `other_id` is the event that took it in, for ``split`` the one it came from. `because` names the
    articles whose reports came (+), went (−) or were read otherwise (~); ``correction`` where an analyst declared it;
    empty where other rules alone made the difference. `event` says in words which event it is.
    """
    before, after = (tables["events"].set_index("event_id", drop=False) for tables in (old, new))
    ids = new.get("event_ids")
    known = ids.set_index("event_id") if ids is not None else pd.DataFrame()
    reasons = _Reasons(old, new)
    rows = []
    for event_id in before.index.difference(after.index):
        into = _text(known["merged_into"].get(event_id)) if "merged_into" in known else ""
        rows.append(("merged" if into else "removed", event_id, into, "", "", "", reasons.of(event_id),
                     label(before.loc[event_id])))
    for event_id in after.index.difference(before.index):
        source = _text(known["split_from"].get(event_id)) if "split_from" in known else ""
        source = source if source in before.index else ""
        rows.append(("split" if source else "added", event_id, source, "", "", "", reasons.of(event_id),
                     label(after.loc[event_id])))
    shared = before.index.intersection(after.index)
    for field in [name for name in EVENTS.names if name in before and name in after and name != "event_id"]:
        one, other = (frame.loc[shared, field].map(_text) for frame in (before, after))
        for event_id in shared[(one != other).to_numpy()]:
            rows.append(("changed", event_id, "", field, one[event_id], other[event_id], reasons.of(event_id, field),
                         label(after.loc[event_id])))
    order = {kind: i for i, kind in enumerate(KINDS)}
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="string")
    return frame.sort_values(["kind", "event_id", "field"], key=lambda c: c.map(order) if c.name == "kind" else c,
                             ignore_index=True, kind="stable")


class _Reasons:
    """The articles behind a change, by event."""

    def __init__(self, old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> None:
        self.told = [_by_event(tables["reports"]) for tables in (old, new)]
        corrected = new.get(_CORRECTIONS)
        self.corrected = set() if corrected is None or corrected.empty else {
            (str(row["event_id"]), str(row["field"])) for row in corrected.to_dict("records")
            if row.get("status") == "applied"}

    def of(self, event_id: str, field: str = "") -> str:
        """The reasons as text, at most ten articles."""
        before, after = (told.get(event_id, {}) for told in self.told)
        found = ["correction"] if (event_id, field) in self.corrected else []
        found += [f"+{article}" for article in sorted(set(after) - set(before))]
        found += [f"−{article}" for article in sorted(set(before) - set(after))]
        found += [f"~{article}" for article in sorted(set(before) & set(after)) if before[article] != after[article]]
        return ", ".join(found[:10]) + (f" and {len(found) - 10} more" if len(found) > 10 else "")


def _by_event(reports: pd.DataFrame) -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """event_id → article_id → what its reports of the event say, as text."""
    columns = [name for name in _CODED if name in reports]
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for row in reports.to_dict("records"):
        cells = tuple(_text(row[name]) for name in columns)
        found.setdefault(str(row["event_id"]), {}).setdefault(str(row["article_id"]), []).append(cells)
    return {event: {article: sorted(cells) for article, cells in told.items()} for event, told in found.items()}


def label(event: pd.Series) -> str:
    """An event in a few words: type, time, place."""
    row = {str(name): value for name, value in event.items()}
    return f"{names.type_label(row['event_type'])}, {wording.when(row)}, {wording.where(row)}"


def counts(found: pd.DataFrame) -> dict[str, int]:
    """Events of each kind of change; an event with several changed cells counts once."""
    return {kind: int(found.loc[found["kind"] == kind, "event_id"].nunique()) for kind in KINDS}


def text(found: pd.DataFrame, old: str, new: str) -> str:
    """The changes as lines to read."""
    told = ", ".join(f"{kind} {number:,}" for kind, number in counts(found).items())
    lines = [f"from {old} to {new}: events {told}"]
    for (kind, event_id), rows in found.groupby(["kind", "event_id"], sort=False):
        first = rows.iloc[0]
        target = {"merged": f" into {first['other_id']}", "split": f" from {first['other_id']}"}.get(str(kind), "")
        why = f" (because of {first['because']})" if first["because"] else ""
        lines.append(f"{kind} {event_id}{target}: {first['event']}{'' if kind == 'changed' else why}")
        if kind == "changed":
            for row in rows.to_dict("records"):
                why = f" (because of {row['because']})" if row["because"] else ""
                lines.append(f"    {row['field']}: {row['old'] or 'empty'} → {row['new'] or 'empty'}{why}")
    return "\n".join(lines)


def tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables that a comparison needs, of the release in `folder`; raises `InputFault` where it has no events."""
    found = {}
    for name in (*TABLES, _CORRECTIONS):
        path = folder / f"{name}.parquet"
        try:
            found[name] = pd.read_parquet(path)
        except (OSError, ValueError) as error:
            if name in ("events", "reports"):
                raise InputFault(f"{path} cannot be read ({str(error)[:80]}); name another release, or make it anew") \
                    from None
    return found


def find_release(name: str, releases: Path) -> Path:
    """The folder of a release that is given as a name or as a path; raises `InputFault` where there is none."""
    for path in (releases / name, Path(name)):
        if (path / "events.parquet").is_file():
            return path.resolve()
    there = ", ".join(path.name for path in by_age(releases)) or "none"
    raise InputFault(f"there is no release {name} in {releases}; there: {there}")


def by_age(releases: Path) -> list[Path]:
    """The releases in a folder: the latest, the one it was made after, then the others, the newest first."""
    try:
        there = {path.resolve() for path in releases.iterdir()
                 if not path.name.startswith(".") and (path / "events.parquet").is_file()}
    except OSError:
        return []
    found: list[Path] = []
    following: Path | None = (releases / LATEST).resolve()
    while following in there and following not in found:
        found.append(following)
        following = releases.resolve() / str(_manifest(following).get(BEFORE) or "")
    return found + sorted(there - set(found), key=lambda path: (-path.stat().st_mtime_ns, path.name))


def latest_two(releases: Path) -> tuple[Path, Path]:
    """The release before the latest, and the latest; raises `InputFault` where there are not two."""
    found = by_age(releases)
    if len(found) < 2:
        raise InputFault(f"there are not two releases in {releases} to compare; make another with: python -m etl run")
    return found[1], found[0]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _text(value: object) -> str:
    """A cell as text; days without a time, nothing for an empty cell."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def as_json(found: pd.DataFrame) -> str:
    """The changes as a JSON array of objects."""
    return json.dumps(found.to_dict("records"), ensure_ascii=False, indent=1)


def events_touched(found: pd.DataFrame, ids: Iterable[str]) -> set[str]:
    """Which of the events `ids` a comparison touches: changed in a cell, removed, merged, or the source of a split."""
    touched = set(found.loc[found["kind"] != "added", "event_id"]) | set(
        found.loc[found["kind"].isin(["merged", "split"]), "other_id"])
    return touched & set(ids)
