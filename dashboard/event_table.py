"""Events as a short table to read: when, what, where, who, how many, and the excerpt that shows it."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import dicts_of
from etl import names, wording

COLUMNS = ("When", "Event type", "Where", "Who", "Toll", "Evidence", "event_id")


def event_table(events: pd.DataFrame) -> pd.DataFrame:
    """One row an event of `events` (columns of the events table), in the same order, with the columns `COLUMNS`."""
    rows = dicts_of(events)
    return pd.DataFrame({
        "When": [wording.when(row) for row in rows],
        "Event type": [names.type_label(row["event_type"]) for row in rows],
        "Where": [wording.where(row) for row in rows],
        "Who": [wording.who(row) for row in rows],
        "Toll": [wording.toll(row) for row in rows],
        "Evidence": [row["evidence"] for row in rows],
        "event_id": [row["event_id"] for row in rows],
    }, columns=list(COLUMNS))
