"""How the release on the screen differs from another one: the comparison, kept, and what it means for a View."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock

import pandas as pd

from dashboard import queries, releases
from dashboard.releases import Release
from dashboard.view import View
from etl import diff, names

KEPT = 4  # comparisons kept in memory
_COMPARING = Lock()  # readers who come at once after a publication wait for one of them to compare


def between(old: Path, new: Path) -> pd.DataFrame:
    """The changes from one release's folder to another's, with the columns of `etl.diff.COLUMNS`.

    Raises `etl.faults.InputFault` where one of them cannot be read.
    """
    with _COMPARING:
        return _between(old, new, releases.stamp_of(old), releases.stamp_of(new))


@lru_cache(maxsize=KEPT)
def _between(old: Path, new: Path, _old_stamp: int, _new_stamp: int) -> pd.DataFrame:
    return diff.changes(diff.tables_of(old), diff.tables_of(new))


def others(release: Release) -> list[str]:
    """The other releases to compare with: those before it first, then the later ones."""
    order = [path.name for path in diff.by_age(releases.folder())]
    if release.name not in order:
        return order
    at = order.index(release.name)
    return order[at + 1:] + order[:at]


def newer(view: View, release: Release) -> tuple[str, int, int] | None:
    """The latest release, how many of the events in view changed since in it, and how many are in view.

    None where the release shown is the latest. An event counts that differs in a cell, was removed, merged or split;
    events that came anew do not, since they are not on the screen.
    """
    there = releases.available()
    latest = next(iter(there), release.name)
    if latest == release.name:
        return None
    found = between(release.folder, there[latest])
    where, values = queries.condition(view)
    ids = release.query(f"SELECT event_id FROM events e WHERE {where}", values)["event_id"]
    return latest, len(diff.events_touched(found, ids)), len(ids)


def readable(found: pd.DataFrame) -> pd.DataFrame:
    """The changes for reading: actors and event types by their names."""
    def named(row: pd.Series, cell: str) -> str:
        if row["field"] == "event_type":
            return names.type_label(row[cell]) if row[cell] else ""
        if row["field"] in ("actors_a", "actors_b", "mediators", "claimed_by", "denied_by"):
            return names.actor_list(row[cell] or None)
        return str(row[cell])

    if found.empty:
        return found
    return found.assign(old=found.apply(named, axis=1, cell="old"), new=found.apply(named, axis=1, cell="new"))
