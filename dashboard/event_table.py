"""Events as a short table to read: when, what, where, who, how many, and the excerpt that shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard.charts import dicts_of
from etl import names, wording

WHERE = ("geo_precision", "place", "district", "province", "country")
WHO = ("event_type", "actors_a", "actors_b", "mediators")
TOLL = tuple(f"{measure}_{bound}" for measure in ("fatalities", "injured") for bound in ("low", "best", "high"))
READ = ("event_id", "date_start", "date_end", "date_precision", *WHO, *WHERE, *TOLL, "evidence")
COLUMNS = ("When", "Event type", "Where", "Who", "Toll", "Evidence", "event_id")


def event_table(events: pd.DataFrame) -> pd.DataFrame:
    """One row an event of `events` (columns of the events table), in the same order, with the columns `COLUMNS`."""
    rows = dicts_of(events[[name for name in READ if name in events]])
    return pd.DataFrame({
        "When": [wording.when(row) for row in rows],
        "Event type": [names.type_label(row["event_type"]) for row in rows],
        "Where": _each(wording.where, rows, WHERE),
        "Who": _each(wording.who, rows, WHO),
        "Toll": _each(wording.toll, rows, TOLL),
        "Evidence": [row["evidence"] for row in rows],
        "event_id": [row["event_id"] for row in rows],
    }, columns=list(COLUMNS))


def _each(say: Callable[[dict[str, Any]], str], rows: list[dict[str, Any]], cells: tuple[str, ...]) -> list[str]:
    """What `say` says of each row, which depends on `cells` alone: said once for rows that are alike in them."""
    said: dict[tuple[Any, ...], str] = {}
    found = []
    for row in rows:
        key = tuple([row[name] if isinstance(row[name], str) else (str(row[name]),) for name in cells])
        if key not in said:
            said[key] = say(row)
        found.append(said[key])
    return found
