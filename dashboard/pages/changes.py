"""What changed: the release on the screen against another one, event by event and cell by cell."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import changes, layout, releases, synced
from dashboard.charts import counted
from dashboard.event_list import PAGE_COLUMN, event_address
from dashboard.layout import Current
from etl import diff
from etl.faults import InputFault

MEANING = {
    "added": "new in this release", "removed": "no longer there", "merged": "now part of another event",
    "split": "taken out of another event", "changed": "with at least one other cell",
}
WIDTHS = {"Change": 75, "Event": 265, "Cell": 105, "Before": 135, "Now": 135, "Because of": 95}  # pixels
ROWS = 2_000  # a message of more than a few MB is felt
ROW_HEIGHT = 70  # pixels: three lines


def page() -> None:
    """Draws the page."""
    now = layout.current()
    since, kind = _since(now), now.options["kind"]
    found = pd.DataFrame(columns=list(diff.COLUMNS))
    if since:
        try:
            found = layout.made("found", lambda: changes.readable(
                changes.between(releases.folder() / since, now.release.folder)), since)
        except InputFault as fault:
            st.error(layout.plain(str(fault)), icon=":material/error:")
    shown = found if kind == "all" else found[found["kind"] == kind]
    layout.heading("What changed", "Releases are never edited: a correction, new articles or better rules make a new "
                   "one. Here is what the release on the screen says otherwise than the one chosen below.",
                   shown, f"changes-since-{since}{'' if kind == 'all' else f'-{kind}'}")
    if not now.release.counts["events"]:
        layout.empty()
    if not since:
        st.info("There is no other release to compare with. The next “make run” with other articles, rules or "
                "corrections makes one.", icon=":material/compare_arrows:")
        return
    _choose(now, since)
    if found.empty:
        st.text(f"{since} and {now.release.name} hold the same events with the same cells.")
        return
    counts = diff.counts(found)
    st.text(f"From {since} to {now.release.name}: " + ", ".join(
        f"{counted(number, 'event')} {MEANING[one]}" for one, number in counts.items() if number) + ".")
    layout.choose("kind", "Show")
    if shown.empty:
        st.text(f"No event is {MEANING[kind]}.")
        return
    if len(shown) > ROWS:
        st.caption(f"The first {ROWS:,} of {len(shown):,} rows; the CSV holds all.")
    _table(now, since, shown)


def _table(now: Current, since: str, shown: pd.DataFrame) -> None:
    listed = changes.in_words(shown.head(ROWS))
    listed["Page"] = [event_address(now, event_id, since if old else "")
                      for event_id, old in changes.pages(shown.head(ROWS))]
    config = {name: st.column_config.TextColumn(name, width=width) for name, width in WIDTHS.items()}
    layout.table(listed, "changes", height=min(ROW_HEIGHT * len(listed) + 40, 640), row_height=ROW_HEIGHT,
                 placeholder="", column_config={**config, "Page": PAGE_COLUMN},
                 alt=f"{len(shown)} changes, a row an event that came or went or a cell that differs")
    st.caption("Because of: + an article that came, − one that went, ~ one that is read otherwise, correction: one "
               "declared by an analyst; empty: other rules alone. The page of an event that is no longer there is that "
               "of the older release. The CSV has the identifiers too.")


def _since(now: Current) -> str:
    """The release to compare with: that of the address, else the one before."""
    there = changes.others(now.release)
    return now.options["since"] if now.options["since"] in there else next(iter(there), "")


def _choose(now: Current, since: str) -> None:
    there = changes.others(now.release)
    key = synced.put("changes_since", since)
    st.selectbox("Compare with", there, key=key, width=320, on_change=synced.unless_old(
        key, lambda: layout.set_option("since", synced.held("changes_since", since))))


page()
