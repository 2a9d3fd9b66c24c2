"""One event with an address of its own: what, where, when, who says so, and the reports with their evidence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import event_record, highlight, layout, locator, queries
from dashboard.layout import Current
from etl import names, wording
from etl.schema import split_list

EXCERPT = 600  # characters of a paragraph around the evidence
STANDING = {"own_losses": "about its own losses", "neutral": "neutral", "unattributed": "no source named",
            "civilians": "about civilians", "enemy_losses": "about its enemy's losses"}


def page() -> None:
    """Draws the page."""
    now = layout.current()
    event_id = now.options["id"]
    found = queries.event(now.release, event_id)
    if found.empty:
        _missing(now, event_id)
        return
    row = layout.rows(found)[0]
    reports, claims = (query(now.view, now.release, event_id) for query in (queries.reports, queries.claims))
    kind = names.type_label(row["event_type"])
    st.set_page_config(page_title=f"{kind}, {wording.unturned(wording.where(row))}, {wording.when(row)} – Torkham")
    layout.page_link("events", "All events", ":material/arrow_back:")
    layout.heading(f"{kind}: {wording.where(row)}", layout.plain(_lead(row)), found, f"event-{event_id}")
    left, right = st.columns([7, 4], gap="large")
    with left:
        _facts(row)
        _claims(now, row, claims)
        _reports(now, reports)
    with right:
        _where(row)
        _corrections(now, event_id)
        _cite(now, row, reports)
        _identity(now, event_id)


def _lead(row: dict[str, Any]) -> str:
    return " · ".join(part for part in (wording.when(row), wording.who(row), wording.toll(row)) if part)


def _missing(now: Current, event_id: str) -> None:
    """The page of an identifier that is no event of this release."""
    layout.heading("Event", "One event, with its reports and claims.")
    told = event_record.identity(now.release, event_id)
    shown = layout.plain(event_id)
    if not event_id:
        st.info("The address names no event. Choose one on the page Events.", icon=":material/link_off:")
    elif told.status == "merged" and told.now:
        st.info(f"The event {shown} is now part of another one: its reports were found to tell the same happening"
                + (f" (since release {layout.plain(told.changed_in)})." if told.changed_in else "."),
                icon=":material/merge:")
        # A button: the browser keeps the old address on a link from a page to itself.
        st.button(f"Open the event {layout.plain(told.now)}", on_click=layout.set_option, args=("id", told.now),
                  icon=":material/arrow_forward:")
    elif told.status == "withdrawn":
        st.info(f"The event {shown} was withdrawn: none of its reports is in this release"
                + (f" (since release {layout.plain(told.changed_in)})." if told.changed_in else "."),
                icon=":material/event_busy:")
    else:
        st.warning(f"Release {layout.plain(now.release.name)} has no event {shown}. Another release may have it: "
                   "choose one in the sidebar, or look for the event by date and place.", icon=":material/link_off:")
    layout.page_link("events", "All events", ":material/arrow_back:")


def _facts(row: dict[str, Any]) -> None:
    """What the lead does not say already."""
    facts = {
        "Also at": ", ".join(split_list(row["other_places"])),
        "Claimed by": names.actor_list(row["claimed_by"]),
        "Denied by": names.actor_list(row["denied_by"]),
        "Reported": f"{wording.told_by(row)} ({int(row['n_independent'])} independent), "
                    f"{wording.span(row['first_published'], row['last_published'])}",
        "Standing": ("main subject of an article" if row["salience"] == "main" else "mentioned in passing")
        + f"; confidence {row['confidence']:.2f}" + ("; sources contradict each other" if row["contested"] else ""),
    }
    st.table(pd.DataFrame([(name, layout.plain(text)) for name, text in facts.items() if text], columns=["", " "]),
             border="horizontal", hide_index=True, hide_header=True)


def _claims(now: Current, row: dict[str, Any], claims: pd.DataFrame) -> None:
    st.header("Who says how many", anchor=False)
    if claims.empty:
        st.caption("No article gives a casualty figure for this event.")
        return
    table = event_record.side_by_side(claims)
    st.dataframe(table, hide_index=True, key="side_by_side", height="content", placeholder="–",
                 alt="The latest figure of each source, side by side")
    _losses(now, row["event_id"])
    shown = pd.DataFrame({
        "As of": claims["published"],
        "Figure": [f"{wording.bounds(low, high)} {measure}" for low, high, measure in
                   zip(claims["low"], claims["high"], claims["measure"], strict=True)],
        "Whose": claims["side"].map(lambda side: names.actor_name(side) if isinstance(side, str) else "not split"),
        "According to": claims["claimant"].map(
            lambda who: names.actor_name(who) if isinstance(who, str) else event_record.OWN_VOICE),
        "The source is": [STANDING.get(standing, standing) for standing in claims["standing"]],
        "Replaced": ["by a newer figure of the same source" if old else "" for old in claims["superseded"]],
        "Publisher": claims["publisher"],
        "Evidence": claims["evidence"],
    })
    if not shown["Replaced"].any():
        shown = shown.drop(columns="Replaced")
    with st.expander(f"All {len(shown)} figures in order of publication, with their evidence",
                     icon=":material/history:"):
        layout.table(shown, "claims", height="content", alt="Casualty figures with side, source and publisher",
                     row_height=60, column_config={"Evidence": st.column_config.TextColumn("Evidence", width="large")})
        layout.download(shown, f"claims-{row['event_id']}", "CSV of the claims")


def _losses(now: Current, event_id: str) -> None:
    """Low, best and high of each side and of all together, with rival accounts and how they grew."""
    losses = event_record.losses(event_record.tolls(now.release, event_id))
    if losses.empty:
        return
    st.caption("Lowest credible, best and highest account."
               + (" Contested: sources contradict each other." if losses["Contested"].any() else ""))
    shown = losses.assign(Contested=losses["Contested"].map({True: "contested", False: ""}))
    layout.table(shown, "losses", height="content", alt="Killed and injured of each side: low, best, high, accounts")


def _corrections(now: Current, event_id: str) -> None:
    found = event_record.corrections(now.release, event_id)
    if found.empty:
        return
    st.header("Corrections", anchor=False)
    for row in layout.rows(found):
        st.text(f"{row['field']}: {row['old'] or 'empty'} → {row['value'] or 'empty'}. {row['reason']} "
                f"({row['source']}; {row['by']}, {row['date']})")


def _reports(now: Current, reports: pd.DataFrame) -> None:
    st.header(f"Reports: {len(reports)} article{'s' if len(reports) != 1 else ''}", anchor=False)
    for row in layout.rows(reports):
        with st.container(gap="xsmall", border=True):
            st.text(row["title"] if isinstance(row["title"], str) else row["article_id"])
            about = [str(row["publisher"]), wording.day(row["published"])]
            if row["salience"] == "background":
                about.append("mentions it in passing")
            if isinstance(row["copy_of"], str):
                about.append("near-copy of an earlier text")
            st.caption(layout.plain(" · ".join(about)))
            st.html(highlight.evidence_html(*_excerpt(now, row)))
            url = layout.safe_url(row["url"])
            if url:
                st.link_button("Source article", url, icon=":material/open_in_new:", type="tertiary")
            else:
                st.caption("No address of the source.")


def _excerpt(now: Current, row: dict[str, Any]) -> tuple[str, str, str]:
    """What stands before the evidence in its paragraph, the evidence, and what stands behind it."""
    text = now.release.text(row["article_id"])
    start, end = int(row["evidence_start"]), int(row["evidence_end"])
    if text is None or text[start:end] != row["evidence"]:
        return "", str(row["evidence"]), ""
    return queries.paragraph_excerpt(text, start, end, EXCERPT)


def _where(row: dict[str, Any]) -> None:
    st.header("Where", anchor=False)
    picture = layout.made("where", lambda: locator.locator(row, layout.theme()))
    if picture is None:
        st.caption(layout.plain(f"{wording.where(row)}. It is not drawn: no more than that is known, or the place lies "
                                "outside the map."))
        return
    st.image(picture, width="stretch", alt=locator.words(row))
    st.caption(layout.plain(f"{wording.where(row)}. Dashed: the Durand Line. Boundaries imply no endorsement; sources "
                            "on the page Map."))


def _cite(now: Current, row: dict[str, Any], reports: pd.DataFrame) -> None:
    st.header("Cite this event", anchor=False)
    st.code(event_record.citation(row, reports, now.release.name, layout.link(now)), language=None, wrap_lines=True)


def _identity(now: Current, event_id: str) -> None:
    told = event_record.identity(now.release, event_id)
    parts = [f"Identifier {event_id}"]
    if told.first_release:
        parts.append(f"first given in release {told.first_release}")
    if told.before:
        parts.append(f"took in {', '.join(told.before)}")
    if told.origin:
        parts.append(f"split from {told.origin}")
    st.caption(layout.plain("; ".join(parts) + "."))


page()
