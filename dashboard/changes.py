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


def in_words(found: pd.DataFrame) -> pd.DataFrame:
    """Changes as `readable` gives them as a table to read: Change, Event, Cell, Before, Now, Because of.

    A column that has nothing in any row, or where all rows are one kind of change, its kind, is left out.
    """
    told = pd.DataFrame({
        "Change": found["kind"].str.capitalize(), "Event": found["event"],
        "Cell": found["field"].str.replace("_", " ").str.capitalize(), "Before": found["old"], "Now": found["new"],
        "Because of": found["because"],
    }).reset_index(drop=True)
    kinds = found["kind"].nunique()
    return told[[name for name in told if (kinds > 1 if name == "Change" else told[name].ne("").any())]]


def pages(found: pd.DataFrame) -> list[tuple[str, bool]]:
    """For each change the event whose page tells of it, and whether that is a page of the older release.

    One that was merged is read where its reports are now, one that was removed in the release that had it.
    """
    return [(str(other) if kind == "merged" else str(event), kind == "removed")
            for kind, event, other in zip(found["kind"], found["event_id"], found["other_id"], strict=True)]
