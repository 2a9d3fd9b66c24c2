"""One event opened: where an identifier of an older release leads, and its losses side by side."""

from __future__ import annotations

import pandas as pd

from dashboard import queries
from dashboard.releases import Release
from etl import names, wording
from etl.schema import TOLLS, split_list


def event_now(release: Release, event_id: str) -> tuple[str | None, str]:
    """The event that an identifier of any release of the line leads to in this one, and the status of the identifier.

    The status is live, merged (then the event is the one that holds its reports now), withdrawn, or "unknown" where no
    release of the line gave it.
    """
    found = release.query("SELECT status, merged_into FROM event_ids WHERE event_id = $event_id",
                          {"event_id": event_id})
    if found.empty:
        return (event_id, "live") if len(queries.event(release, event_id)) else (None, "unknown")
    status, into = str(found["status"].iloc[0]), found["merged_into"].iloc[0]
    return event_id if status == "live" else into if isinstance(into, str) else None, status


def tolls(release: Release, event_id: str) -> pd.DataFrame:
    """The killed and the injured of an event, of all together first: columns of `etl.schema.TOLLS`."""
    return release.query(
        f"SELECT {', '.join(TOLLS.names)} FROM tolls WHERE event_id = $event_id "
        "ORDER BY measure DESC, side IS NOT NULL, side", {"event_id": event_id},
    )


def losses(rows: pd.DataFrame) -> pd.DataFrame:
    """`tolls` in words: whose, measure, low, best, high, contested (boolean), accounts side by side, how they grew."""
    return pd.DataFrame({
        "Whose": rows["side"].map(lambda side: names.actor_name(side) if isinstance(side, str) else "all together"),
        "Measure": rows["measure"], "Low": rows["low"], "Best": rows["best"], "High": rows["high"],
        "Contested": rows["contested"].astype(bool),
        "Accounts": rows["accounts"].map(lambda cell: "; ".join(_account(part) for part in split_list(cell))),
        "As it grew": rows["history"].map(lambda cell: ", then ".join(_step(part) for part in split_list(cell))),
    })


def _account(text: str) -> str:
    """“AFG.GOV 58 PAK.MIL” → “Afghan Taliban government: 58 (Pakistan's armed forces)”."""
    source, figure, *side = text.split(" ")
    said = "the articles" if source == "text" else names.actor_name(source)
    return f"{said}: {figure}" + (f" ({names.actor_name(side[0])})" if side else "")


def _step(text: str) -> str:
    """“2025-10-12 9” → “9 (12 Oct 2025)”."""
    day, figure = text.split(" ")
    return f"{figure} ({wording.day(pd.Timestamp(day))})"
