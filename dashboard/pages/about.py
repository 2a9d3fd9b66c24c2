"""About the data: what it is, codebook, columns, sources, accuracy, limits, how to cite."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import about, layout
from dashboard.layout import Current
from etl.reference import FOLDER, read_table

SOURCES = FOLDER / "SOURCES.md"
TEXT = Path(__file__).resolve().parent.parent / "about_the_data.md"
SECTIONS = {"data": "What it is", "types": "Event types", "columns": "Columns", "accuracy": "Accuracy",
            "sources": "Sources and licences", "citing": "How to cite"}


def page() -> None:
    """Draws the page."""
    now = layout.current()
    section = now.options["section"]
    tables = {
        "data": lambda: about.table_counts(now.release), "types": lambda: about.type_table(now.release),
        "columns": about.dictionary, "accuracy": lambda: about.accuracy_rows(about.read_accuracy()),
    }
    shown = tables[section]() if section in tables else None
    layout.heading("About the data", "What the numbers are made of, how far they can be trusted, and how to cite them.",
                   shown, f"about-{section}")
    layout.choose("section", "Section", SECTIONS)
    if section == "data" and shown is not None:
        _what(now, shown)
    elif section == "types" and shown is not None:
        _codebook(shown)
    elif section == "columns":
        st.markdown("Every column of a release: its meaning, unit and what it may hold.")
        st.dataframe(shown, hide_index=True, height=560, placeholder="", key="columns", alt="Column dictionary",
                     column_config={"Meaning": st.column_config.TextColumn("Meaning", width="large")})
    elif section == "accuracy" and shown is not None:
        _accuracy(shown)
    elif section == "sources":
        _sources()
    else:
        _cite(now)


def _what(now: Current, table: pd.DataFrame) -> None:
    st.markdown(TEXT.read_text(encoding="utf-8"))
    st.header(f"Release {now.release.name}", anchor=False)
    st.dataframe(table, hide_index=True, key="tables", width="content", alt="Tables of the release and their rows")
    made = now.release.made_from
    inputs = ", ".join(f"{item.get('name')} (SHA-256 {str(item.get('sha256'))[:12]}…)"
                       for item in made.get("inputs") or [] if isinstance(item, dict))
    parts = {"Inputs": inputs, "coded by": made.get("coder"), "code": str(made.get("code_sha256") or "")[:12],
             "reference tables": str(made.get("reference_sha256") or "")[:12]}
    if any(parts.values()):
        st.caption(layout.plain("; ".join(f"{name}: {value}" for name, value in parts.items() if value)))
    status = now.release.query(
        "SELECT status, CAST(count(*) AS BIGINT) AS n FROM ledger GROUP BY status ORDER BY n DESC")
    if len(status):
        told = [f"{row['n']:,} {row['status'].replace('_', ' ')}" for row in layout.rows(status)]
        st.caption(layout.plain(f"Input records by what became of them: {', '.join(told)}. "
                                "The table ledger says why, record by record."))


def _codebook(types: pd.DataFrame) -> None:
    st.markdown("The event types of the codebook, with the nearest types of ACLED and PLOVER.")
    st.dataframe(types, hide_index=True, height="content", key="codebook", alt="Event types of the codebook",
                 column_config={"What": st.column_config.TextColumn("What", width="large")})
    actors = pd.DataFrame([{name: row[name] for name in ("actor_id", "name", "parent", "kind", "description")}
                           for row in read_table("actors").rows])
    st.markdown("**Actors.** Identifiers are dotted, so that `PAK.MIL` rolls up into `PAK`.")
    st.dataframe(actors, hide_index=True, height=400, key="actors", alt="Actors and their identifiers")
    layout.download(actors, "actors", "CSV of the actors")


def _accuracy(figures: pd.DataFrame) -> None:
    st.markdown(
        "Measured by coding labelled articles and comparing every event with the label: *found* asks whether the "
        "event was coded at all, *row right* whether its type, date, place and sides are right too. For scale: two "
        "careful human readers with the same codebook agree with F1 0.95–0.98 on what is found and 0.78–0.79 on "
        "whole rows."
    )
    if figures.empty:
        st.info("No measured accuracy comes with this copy. “make evaluate” measures it on the labelled articles.",
                icon=":material/info:")
        return
    st.dataframe(figures, hide_index=True, key="accuracy", width="content", height="content", placeholder="",
                 alt="Measured accuracy")
    trust = about.reliability_rows(about.read_accuracy())
    if len(trust):
        st.markdown("**What confidence means.** The confidence of a row is the chance that it is right: that the "
                    "article reports the event, and that type, date, place, both sides and the figures of killed are "
                    "as a careful reader would write them. Of the rows of each confidence, so many were right:")
        st.dataframe(trust, hide_index=True, key="reliability", width="content", height="content", placeholder="",
                     alt="Rows by stated confidence, and the share that was right")
    _monthly()
    st.caption("Figures on the shipped summaries flatter: rules were written with part of them in sight, and summaries "
               "are plainer than newspaper text.")


def _monthly() -> None:
    stored = about.read_monthly()
    table = about.monthly_rows(stored)
    if table.empty:
        return
    st.markdown(
        f"**A whole archive against others' counts.** {stored['articles']:,} articles of two publishers, coded and "
        "linked: killed a month in Pakistan, rival figures not added up, beside the totals that others published. Such "
        "totals rest on more sources than two; order and shape should be alike, the sums need not be."
    )
    st.dataframe(table, hide_index=True, key="monthly", width="content", height="content", placeholder="",
                 alt="Killed a month in Pakistan: this coding and published totals")


def _sources() -> None:
    st.markdown(
        "**Articles** that come with Torkham: our own summaries, Apache-2.0 like the code. **Texts** of articles that "
        "you bring stay with you: the tables of a release hold excerpts of at most 240 characters as evidence."
    )
    try:
        text = SOURCES.read_text(encoding="utf-8")
    except OSError:
        st.info("The file data/reference/SOURCES.md is missing; restore it from the repository.",
                icon=":material/info:")
        return
    # Our own file, shown a level lower; it holds no article text.
    st.markdown(re.sub(r"^(#+) ", r"##\1 ", text, flags=re.MULTILINE))


def _cite(now: Current) -> None:
    st.markdown("Name the release, so that a reader can find the same numbers, and the day you looked. For example:")
    st.code(
        f"Torkham, events from news articles on the Pakistan–Afghanistan border, release {now.release.name} "
        f"({now.release.counts['events']} events, {now.release.facts.date_from} to {now.release.facts.date_to}). "
        f"{layout.link(now).split('?')[0]}?release={now.release.name}",
        language=None, wrap_lines=True,
    )
    st.markdown("When you quote an event, cite the articles that report it too: Events → a row → Reports. When you "
                "publish a map, keep its attribution lines (see Sources and licences).")


page()
