"""A table of events to read whose rows lead to the pages of their events."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from dashboard import layout
from dashboard.layout import Current

LIST_WIDTHS = {"When": 130, "Event type": 105, "Where": 145, "Who": 160, "Toll": 130, "Evidence": 325,
               "Known only as": 200}  # pixels
ROW_HEIGHT = 92  # pixels of a row of such a list: four lines of evidence
PAGE_COLUMN = st.column_config.LinkColumn("Page", display_text="Open", width=60, help="The event's own page")


def event_list(events: pd.DataFrame, what: str, **options: Any) -> Any:
    """A table of `dashboard.event_table` whose rows lead to the pages of their events, in a new tab."""
    now = layout.current()
    shown = events.drop(columns="event_id")
    shown.insert(len(shown.columns), "Page", [event_address(now, str(event_id)) for event_id in events["event_id"]])
    text = st.column_config.TextColumn
    config = {
        "Page": PAGE_COLUMN,
        "Killed": st.column_config.NumberColumn("Killed", width=58, help="By the best account, both sides together"),
        **{name: text(name, width=width) for name, width in LIST_WIDTHS.items()},
    }
    options.setdefault("height", min(ROW_HEIGHT * len(shown) + 40, 520))
    return layout.table(shown, what, column_config=config, placeholder="", row_height=ROW_HEIGHT, **options)


def event_address(now: Current, event_id: str, release: str = "") -> str:
    """The full address of the page of an event, of the release shown or of another one."""
    return f"{layout.site(now)}/{layout.EVENT}?release={quote(release or now.view.release)}&id={quote(event_id)}"
