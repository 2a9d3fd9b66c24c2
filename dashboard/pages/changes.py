"""What changed: the release on the screen against another one, event by event and cell by cell."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import changes, layout, releases, synced
from dashboard.charts import counted
from dashboard.layout import Current
from etl import diff
from etl.faults import InputFault

MEANING = {
    "added": "new in this release", "removed": "no longer there", "merged": "now part of another event",
    "split": "taken out of another event", "changed": "with at least one other cell",
}
ORDER = ["kind", "event", "field", "old", "new", "because", "event_id", "other_id"]
ROWS = 2_000  # a message of more than a few MB is felt


def page() -> None:
    """Draws the page."""
    now = layout.current()
    since = _since(now)
    found = pd.DataFrame(columns=list(diff.COLUMNS))
    if since:
        try:
            found = changes.readable(changes.between(releases.folder() / since, now.release.folder))
        except InputFault as fault:
            st.error(layout.plain(str(fault)), icon=":material/error:")
    layout.heading("What changed", "Releases are never edited: a correction, new articles or better rules make a new "
                   "one. Here is what this one says otherwise than the one chosen below, whatever the filters.",
                   found, f"changes-since-{since}")
    if not now.release.counts["events"]:
        layout.empty()
    if not since:
        st.info("There is no other release to compare with. The next “make run” with other articles, rules or "
                "corrections makes one.", icon=":material/compare_arrows:")
        return
    _choose(now, since)
    counts = diff.counts(found)
    if found.empty:
        st.text(f"{since} and {now.release.name} hold the same events with the same cells.")
        return
    st.text(f"From {since} to {now.release.name}: " + ", ".join(
        f"{counted(number, 'event')} {MEANING[kind]}" for kind, number in counts.items() if number) + ".")
    kinds = [kind for kind in diff.KINDS if counts[kind]]
    kind = st.segmented_control("Show", ["all", *kinds], default="all", key="changes_kind",
                                format_func=str.capitalize) or "all"
    shown = found if kind == "all" else found[found["kind"] == kind]
    if len(shown) > ROWS:
        st.caption(f"The first {ROWS:,} of {len(shown):,} rows; the CSV holds all.")
    layout.table(shown.head(ROWS)[ORDER], "changes", height=560,
                 alt=f"{len(shown)} changes, a row an event that came or went or a cell that differs")
    st.caption("Because of: + an article that came, − one that went, ~ one that is read otherwise, correction: one "
               "declared by an analyst; empty: other rules alone.")


def _since(now: Current) -> str:
    """The release to compare with: that of the address, else the one before."""
    there = changes.others(now.release)
    return now.options["since"] if now.options["since"] in there else next(iter(there), "")


def _choose(now: Current, since: str) -> None:
    there = changes.others(now.release)
    key = synced.put("changes_since", since)
    st.selectbox("Compare with", there, key=key, on_change=synced.unless_old(
        key, lambda: layout.set_option("since", synced.held("changes_since", since))))


page()
