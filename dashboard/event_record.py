"""What a release knows of one event beside its row: figures side by side, corrections, identifiers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.charts import rows_of
from dashboard.releases import Release
from etl import names, wording
from etl.schema import TOLLS, split_list

OWN_VOICE = "own voice"  # of an article, where no source is named


@dataclass(frozen=True)
class Identity:
    """What became of an identifier: `status` live, merged, withdrawn, or unknown; `now` is the event to read instead.

    `before` are identifiers that were merged into it, `origin` the event that it was split from.
    """

    status: str
    now: str | None = None
    before: tuple[str, ...] = ()
    origin: str | None = None
    first_release: str | None = None
    changed_in: str | None = None


def identity(release: Release, event_id: str) -> Identity:
    """What `release` says of an identifier, whether or not it is one of its events."""
    held = not release.query("SELECT 1 FROM events WHERE event_id = $id", {"id": event_id}).empty
    told = release.query(
        "SELECT status, merged_into, split_from, first_release, changed_in FROM event_ids WHERE event_id = $id",
        {"id": event_id})
    before = release.query("SELECT event_id FROM event_ids WHERE merged_into = $id ORDER BY event_id", {"id": event_id})
    row = told.iloc[0] if len(told) else None
    status = "live" if held else str(row["status"]) if row is not None else "unknown"
    return Identity(
        status, _text(row, "merged_into"), tuple(before["event_id"]), _text(row, "split_from"),
        _text(row, "first_release"), _text(row, "changed_in"))


def side_by_side(claims: pd.DataFrame) -> pd.DataFrame:
    """The latest figure of each source: According to, then a column for the killed and injured of each side.

    `claims` as `dashboard.queries.claims` gives them (oldest first). An article's own voice counts under its publisher.
    """
    cells: dict[str, dict[str, str]] = {}
    losses: list[str] = []
    for row in rows_of(claims):
        side = names.actor_name(row.side) if isinstance(row.side, str) else "all sides, not split"
        source = names.actor_name(row.claimant) if isinstance(row.claimant, str) else f"{row.publisher} ({OWN_VOICE})"
        column = f"{row.measure.capitalize()}: {side}"
        if column not in losses:
            losses.append(column)
        cells.setdefault(source, {})[column] = wording.bounds(row.low, row.high)
    return pd.DataFrame([{"According to": source, **{column: figures.get(column, "–") for column in losses}}
                         for source, figures in cells.items()], columns=["According to", *losses])


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


def corrections(release: Release, event_id: str) -> pd.DataFrame:
    """The declared corrections that were applied to an event or to a report of it, in the order of their lines."""
    return release.query(
        "SELECT field, old, value, reason, source, \"by\", \"date\" FROM corrections WHERE event_id = $event_id "
        "AND status = 'applied' ORDER BY line", {"event_id": event_id})


def citation(event: dict, reports: pd.DataFrame, release: str, link: str) -> str:
    """Text to cite one event by: what, where and when, its identifier, the release, the reports, the address."""
    told = "; ".join(dict.fromkeys(
        f"{row.publisher}, {pd.Timestamp(row.published):%Y-%m-%d}" for row in rows_of(reports)))
    return wording.unturned(
        f"{names.type_label(event['event_type'])}, {wording.where(event)}, {wording.when(event)}. "
        f"Torkham, event {event['event_id']}, release {release}, coded from: {told}. {link}")


def _text(row: pd.Series | None, name: str) -> str | None:
    value = row[name] if row is not None else None
    return value if isinstance(value, str) else None


def _account(text: str) -> str:
    """“AFG.GOV 58 PAK.MIL” → “Afghan Taliban government: 58 (Pakistan's armed forces)”."""
    source, figure, *side = text.split(" ")
    said = "the articles" if source == "text" else names.actor_name(source)
    return f"{said}: {figure}" + (f" ({names.actor_name(side[0])})" if side else "")


def _step(text: str) -> str:
    """“2025-10-12 9” → “9 (12 Oct 2025)”."""
    day, figure = text.split(" ")
    return f"{figure} ({wording.day(pd.Timestamp(day))})"
