"""Events: the table, and one event opened to its reports, claims and evidence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import layout, opened_event, queries
from dashboard.layout import Current
from etl import names, wording
from etl.schema import EVENTS, split_list

FIRST = ["date_start", "event_type", "place", "province", "actors_a", "actors_b", "fatalities_best", "evidence"]
MARK = ("⟦", "⟧")
ROWS = 2_000  # events on one page of the table: a message of more than a few MB is felt


def page() -> None:
    """Draws the page."""
    now = layout.current()
    events = queries.events(now.view, now.release)
    shown = events[FIRST + [name for name in EVENTS.names if name not in FIRST]]
    lead = "One row is one happening, linked from all its reports. Choose a row to open it."
    layout.heading("Events", lead, shown, "events")
    asked = now.options["event"]
    opened, status = opened_event.event_now(now.release, asked) if asked else (None, "")
    found = queries.event(now.release, opened) if opened else pd.DataFrame()
    if status == "merged" and opened:
        st.info("The event that the address asks for was merged with another, which is open here.",
                icon=":material/merge:")
    elif asked and found.empty:
        st.warning("The address asks for an event that this release does not have: it was withdrawn, or never was. "
                   "Look for it by date and place.", icon=":material/link_off:")
    _table(now, shown, opened or "")
    if found.empty:
        return
    with st.container(border=True, key="opened_event"):
        if opened not in set(events["event_id"]):
            st.info("The filters leave out this event; it is open because the address names it.",
                    icon=":material/info:")
        _open(now, layout.rows(found)[0])



def _table(now: Current, shown: pd.DataFrame, opened: str) -> None:
    if shown.empty:
        layout.empty()
        return
    everything = len(shown)
    counted = f"{everything:,} event{'s' if everything != 1 else ''}, newest first. Scroll sideways for all columns."
    if everything > ROWS:
        number = _page(now, everything)
        shown = shown.iloc[(number - 1) * ROWS:number * ROWS]
        counted += f" Here {(number - 1) * ROWS + 1:,} to {(number - 1) * ROWS + len(shown):,}; the CSV holds all."
    st.caption(counted)
    rows = [i for i, event_id in enumerate(shown["event_id"]) if event_id == opened]
    # A key for each set of rows and each event: a selection is a row number, which means another event elsewhere.
    key = f"events_{hash((now.view, now.options['page'], opened))}"
    layout.table(
        shown, "events", key=key, on_select=lambda: _chosen(key, shown), selection_mode="single-row",
        height=320 if opened else 560,
        selection_default={"selection": {"rows": rows[:1]}}, placeholder="",
        alt=f"{len(shown)} events with all their columns, newest first",
        column_config={"evidence": st.column_config.TextColumn("Evidence", width="large"),
                       "province": st.column_config.TextColumn("Province", width=150),
                       "event_type": st.column_config.TextColumn("Event type", width=130)},
    )


def _page(now: Current, everything: int) -> int:
    """The page of the table that the address asks for, and the widget to turn it."""
    pages = -(-everything // ROWS)
    number = min(int(now.options["page"] or 1), pages)
    if st.session_state.get("events_page") != number:
        st.session_state["events_page"] = number
    st.pagination(pages, key="events_page",
                  on_change=lambda: layout.set_option("page", str(st.session_state["events_page"])))
    return number


def _chosen(key: str, shown: pd.DataFrame) -> None:
    rows = st.session_state[key].selection.rows
    layout.set_option("event", str(shown["event_id"].iloc[rows[0]]) if rows else "")


def _open(now: Current, row: dict[str, Any]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(layout.plain(names.type_label(row["event_type"])), anchor=False, width="content")
        st.button("Close", icon=":material/close:", type="tertiary", on_click=layout.set_option, args=("event", ""))
    facts = {
        "When": wording.when(row),
        "Where": wording.where(row),
        "Also at": ", ".join(split_list(row["other_places"])),
        "Who": wording.who(row),
        "Toll": wording.toll(row) or "no figures reported",
        "Claimed by": names.actor_list(row["claimed_by"]),
        "Denied by": names.actor_list(row["denied_by"]),
        "Reported": f"{wording.told_by(row)} ({int(row['n_independent'])} independent), "
                    f"{wording.span(row['first_published'], row['last_published'])}",
        "Standing": ("main subject of an article" if row["salience"] == "main" else "mentioned in passing")
        + f"; confidence {row['confidence']:.2f}" + ("; sources contradict each other" if row["contested"] else ""),
    }
    left, right = st.columns([6, 5], gap="medium")
    with left:
        st.table(pd.DataFrame([(name, layout.plain(text)) for name, text in facts.items() if text], columns=["", " "]),
                 border="horizontal", hide_index=True, hide_header=True)
        _losses(now, row["event_id"])
        _claims(now, row["event_id"])
        st.caption(f"event\\_id {layout.plain(row['event_id'])}")
    with right:
        _reports(now, row["event_id"])



def _losses(now: Current, event_id: str) -> None:
    losses = opened_event.losses(opened_event.tolls(now.release, event_id))
    if losses.empty:
        return
    st.markdown("**Losses** – lowest credible, best and highest account, of all together and of each side")
    if losses["Contested"].any():
        st.caption("Sources contradict each other where it says contested: their accounts stand side by side.")
    shown = losses.assign(Contested=losses["Contested"].map({True: "contested", False: ""}))
    layout.table(shown, "losses", height="content", alt="Killed and injured of each side: low, best, high, accounts")
    layout.download(shown, f"losses-{event_id}", "CSV of the losses")


def _claims(now: Current, event_id: str) -> None:
    claims = queries.claims(now.view, now.release, event_id)
    st.markdown("**Claims** – who says how many")
    if claims.empty:
        st.caption("No article gives a casualty figure for this event.")
        return
    shown = pd.DataFrame({
        "Figure": [f"{wording.bounds(low, high)} {measure}" for low, high, measure in
                   zip(claims["low"], claims["high"], claims["measure"], strict=True)],
        "Whose": claims["side"].map(lambda side: names.actor_name(side) if isinstance(side, str) else "not split"),
        "According to": claims["claimant"].map(
            lambda who: names.actor_name(who) if isinstance(who, str) else "the article"),
        "As of": claims["published"],
        "Publisher": claims["publisher"],
        "Evidence": claims["evidence"],
    })
    widths = {"Figure": 95, "Whose": 160, "According to": 160}
    layout.table(
        shown, "claims", height="content", alt="Casualty figures with side, claimant and publisher",
        column_config={name: st.column_config.TextColumn(name, width=width) for name, width in widths.items()},
    )
    layout.download(shown, f"claims-{event_id}", "CSV of the claims")


def _reports(now: Current, event_id: str) -> None:
    reports = queries.reports(now.view, now.release, event_id)
    st.markdown(f"**Reports** – {len(reports)} article{'s' if len(reports) != 1 else ''}")
    for row in layout.rows(reports):
        with st.container(gap="xsmall", border=True):
            st.text(row["title"] if isinstance(row["title"], str) else row["article_id"])
            about = [str(row["publisher"]), wording.day(row["published"])]
            if row["salience"] == "background":
                about.append("mentions it in passing")
            if isinstance(row["copy_of"], str):
                about.append("near-copy of an earlier text")
            st.caption(layout.plain(" · ".join(about)))
            st.text(_excerpt(now, row))
            url = layout.safe_url(row["url"])
            if url:
                st.link_button("Source article", url, icon=":material/open_in_new:", type="tertiary")
            else:
                st.caption("No address of the source.")


def _excerpt(now: Current, row: dict[str, Any]) -> str:
    """The evidence within its paragraph, the evidence itself in double brackets."""
    text = now.release.text(row["article_id"])
    start, end = int(row["evidence_start"]), int(row["evidence_end"])
    if text is None or text[start:end] != row["evidence"]:
        return f"“{row['evidence']}”"
    before, evidence, after = queries.paragraph_excerpt(text, start, end)
    if not before and not after:
        return f"“{evidence}”"
    return before + MARK[0] + evidence + MARK[1] + after



page()
