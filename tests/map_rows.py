"""Rows as the map is told of events, for its tests."""

from __future__ import annotations

import pandas as pd

from dashboard import located

KHYBER = {"district": "Khyber", "province": "Khyber Pakhtunkhwa", "country": "PK"}
DAY = pd.Timestamp("2025-10-12")
WIDE = (60.8, 28.9, 75.2, 37.4)
NEAR = (70.2, 33.4, 72.0, 34.8)
MESSAGE_LIMIT = 1_500_000  # bytes that one map may send to the browser


def event(event_id: str, precision: str, killed: tuple[int, int, int] = (0, 0, 0), **fields) -> dict:
    """What the map is told of one event, a bombing with nothing known but what is given."""
    return {
        **dict.fromkeys(located.WHERE), "event_id": event_id, "event_type": "bombing", "geo_precision": precision,
        "n_events": 1, **dict(zip(("killed_low", "killed_best", "killed_high"), killed, strict=True)),
        "first": DAY, "last": DAY, "location": f"at {event_id}", **fields,
    }


def torkham(event_id: str, **fields) -> dict:
    known = {"place": "Torkham", "latitude": 34.1226, "longitude": 71.0932, **KHYBER}
    return event(event_id, "place", **{**known, **fields})


EVENT_ROWS = pd.DataFrame([
    torkham("clash 1", event_type="border_clash", killed=(7, 9, 30)),
    torkham("clash 2", event_type="border_clash", killed=(1, 1, 1)),
    torkham("gate", event_type="border_closure"),
    event("no position", "place", place="Somewhere in Khyber", **KHYBER, killed=(4, 4, 4)),
    event("district", "district", **KHYBER),
    event("province", "province", province="Kunar", country="AF"),
    event("district unknown", "district", district="No Such District", province="Kunar", country="AF"),
    event("border", "border"),
    event("country", "country", country="AF"),
    event("doha", "place", place="Doha", country="QA", latitude=25.2854, longitude=51.531, event_type="talks"),
    event("nowhere", "province", province="No Such Province", country="PK"),
])


def ids(table: pd.DataFrame) -> list[str]:
    """The events of a table, in its order."""
    return table["event_id"].tolist()
