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


def locations(view: View, release: Release) -> pd.DataFrame:
    """Where the events in view happened: one row a location, as precisely as it is known, and event type.

    Columns of `dashboard.located.WHERE`, event_type, n_events, killed_low, killed_best, killed_high (persons; 0 where
    no event gives a figure), first, last (days), and location, by which `events_at` finds the events.
    """
    where, values = condition(view)
    killed = ", ".join(f"coalesce(fatalities_{bound}, 0) AS killed_{bound}" for bound in ("low", "best", "high"))
    # Locations are numbered in the order of what they say.
    return release.query(
        f"""WITH told AS (
            SELECT e.location, e.kind, CAST(count(*) AS BIGINT) AS n_events, {toll_sums('e')},
                   min(e.date_start) AS first, max(e.date_end) AS last FROM events e WHERE {where} GROUP BY ALL)
        SELECT {', '.join(WHERE)}, event_type, n_events, {killed}, first, last, location
        FROM told JOIN locations USING (location) JOIN kinds USING (kind) ORDER BY location, event_type""", values)


def events_at(view: View, release: Release, locations: Iterable[int], limit: int = READ) -> pd.DataFrame:
    """The newest events in view at `locations` (see there), at most `limit`; the columns of the events table."""
    where, values = condition(view)
    return release.query(
        f"SELECT {', '.join(EVENTS.names)} FROM events WHERE nth IN (SELECT e.nth FROM events e WHERE {where} "
        "AND e.location IN (SELECT unnest($locations::INTEGER[])) "
        "ORDER BY e.nth LIMIT $part_rows) ORDER BY nth",
        {**values, "locations": [int(one) for one in locations], "part_rows": limit})
