"""What the map asks of a release: sums by place and type, and the events of a place."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from dashboard.located import WHERE
from dashboard.queries import condition, toll_sums
from dashboard.releases import Release
from dashboard.view import View
from etl.schema import EVENTS

READ = 50  # events of one place that are listed
_COLUMNS = ", ".join(f"e.{name}" for name in WHERE)
_LOCATION = f"CAST(hash({_COLUMNS}) AS VARCHAR)"  # one short word for all that is known of where


def locations(view: View, release: Release) -> pd.DataFrame:
    """Where the events in view happened: one row a location, as precisely as it is known, and event type.

    Columns of `dashboard.located.WHERE`, event_type, n_events, killed_low, killed_best, killed_high (persons; 0 where
    no event gives a figure), first, last (days), and location, by which `events_at` finds the events.
    """
    where, values = condition(view)
    killed = ", ".join(f"coalesce(fatalities_{bound}, 0) AS killed_{bound}" for bound in ("low", "best", "high"))
    return release.query(
        f"SELECT {', '.join(WHERE)}, event_type, n_events, {killed}, first, last, location FROM ("
        f"SELECT {_COLUMNS}, e.event_type, CAST(count(*) AS BIGINT) AS n_events, {toll_sums('e')}, "
        f"min(e.date_start) AS first, max(e.date_end) AS last, {_LOCATION} AS location "
        f"FROM events e WHERE {where} GROUP BY ALL) ORDER BY ALL", values)


def events_at(view: View, release: Release, locations: Iterable[str], limit: int = READ) -> pd.DataFrame:
    """The newest events in view at `locations` (see there), at most `limit`; the columns of the events table."""
    where, values = condition(view)
    return release.query(
        f"SELECT {', '.join(EVENTS.names)} FROM events e WHERE {where} "
        f"AND list_contains($locations::VARCHAR[], {_LOCATION}) "
        "ORDER BY date_start DESC, date_end DESC, event_id LIMIT $part_rows",
        {**values, "locations": list(locations), "part_rows": limit})
