"""About the data: what it is, codebook, columns, sources, accuracy, limits, how to cite."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import layout
from dashboard.layout import Current
from etl.reference import DATA, FOLDER, read_table
from etl.schema import TABLES

ACCURACY = DATA / "gold" / "accuracy.json"
SOURCES = FOLDER / "SOURCES.md"
TEXT = Path(__file__).resolve().parent.parent / "about_the_data.md"
SHARE = {"p": "Precision", "r": "Recall", "f1": "F1", "precision": "Precision", "recall": "Recall"}


def page() -> None:
    """Draws the page."""
    now = layout.current()
    columns = dictionary()
    layout.heading("About the data", "What the numbers are made of, how far they can be trusted, and how to cite them.",
                   columns, "columns")
    tabs = st.tabs(["What it is", "Event types", "Columns", "Accuracy", "Sources and licences", "Cite"])
    with tabs[0]:
        _what(now)
    with tabs[1]:
        _codebook(now)
    with tabs[2]:
        st.markdown("Every column of a release: its meaning, unit and what it may hold. The CSV button above gives it.")
        st.dataframe(columns, hide_index=True, height=560, placeholder="", key="columns")
    with tabs[3]:
        _accuracy()
    with tabs[4]:
        _sources()
    with tabs[5]:
        _cite(now)


def _what(now: Current) -> None:
    counts = now.release.counts
    st.markdown(TEXT.read_text(encoding="utf-8"))
    table = pd.DataFrame([{"Table": one.name, "One row is": one.row, "Rows": counts[one.name]} for one in TABLES])
    st.subheader(f"Release {now.release.name}", anchor=False)
    st.dataframe(table, hide_index=True, key="tables", width="content")
    made = now.release.made_from
    if made:
        inputs = ", ".join(f"{item.get('name')} (SHA-256 {str(item.get('sha256'))[:12]}…)"
                           for item in made.get("inputs") or [] if isinstance(item, dict))
        st.caption(layout.plain("; ".join(
            f"{name}: {value}" for name, value in (
                ("Inputs", inputs), ("coded by", made.get("coder")),
                ("code", str(made.get("code_sha256") or "")[:12]),
                ("reference tables", str(made.get("reference_sha256") or "")[:12]),
            ) if value
        )))
    status = now.release.query(
        "SELECT status, CAST(count(*) AS BIGINT) AS n FROM ledger GROUP BY status ORDER BY n DESC")
    if len(status):
        parts = [f"{row.n:,} {str(row.status).replace('_', ' ')}" for row in status.itertuples()]
        st.caption(layout.plain(f"Input records by what became of them: {', '.join(parts)}. "
                                "The table ledger says why, record by record."))


def _codebook(now: Current) -> None:
    table = read_table("event_types")
    held = now.release.query("SELECT event_type, CAST(count(*) AS BIGINT) AS n FROM events GROUP BY event_type")
    counts = dict(zip(held["event_type"], held["n"], strict=True))
    types = pd.DataFrame([
        {"Group": row["group"], "event_type": row["event_type"], "Label": row["label"], "What": row["description"],
         "In this release": int(counts.get(row["event_type"], 0)), "ACLED event": row["acled_event"],
         "ACLED sub-event": row["acled_sub_event"], "PLOVER": row["plover"]}
        for row in table.rows
    ])
    st.markdown("The event types of the codebook, with the nearest types of ACLED and PLOVER.")
    st.dataframe(types, hide_index=True, height="content", key="codebook",
                 column_config={"What": st.column_config.TextColumn(width="large")})
    layout.download(types, "event-types", "CSV of the event types")
    actors = pd.DataFrame([{name: row[name] for name in ("actor_id", "name", "parent", "kind", "description")}
                           for row in read_table("actors").rows])
    st.markdown("**Actors.** Identifiers are dotted, so that `PAK.MIL` rolls up into `PAK`.")
    st.dataframe(actors, hide_index=True, height=400, key="actors")
    layout.download(actors, "actors", "CSV of the actors")


def dictionary() -> pd.DataFrame:
    """The column dictionary, from `etl.schema`: one row a column of every table."""
    return pd.DataFrame([
        {
            "Table": table.name,
            "Column": column.name,
            "Kind": column.kind,
            "Meaning": column.description,
            "Unit": column.unit or "",
            "Always filled": column.required,
            "Values": ", ".join(column.allowed) or (f"see {column.vocabulary}" if column.vocabulary else "")
            or (f"refers to {column.refers_to}" if column.refers_to else ""),
        }
        for table in TABLES for column in table.columns
    ])


def _accuracy() -> None:
    st.markdown(
        "Measured by coding labelled articles and comparing every event with the label: *found* asks whether the "
        "event was coded at all, *row right* whether its type, date, place and sides are right too. For scale: two "
        "careful human readers with the same codebook agree with F1 0.95–0.98 on what is found and 0.78–0.79 on "
        "whole rows."
    )
    figures = accuracy_rows(_read_accuracy())
    if figures.empty:
        st.info("No measured accuracy comes with this copy. “make evaluate” measures it on the labelled articles.",
                icon=":material/info:")
        return
    st.dataframe(figures, hide_index=True, key="accuracy", width="content", placeholder="")
    layout.download(figures, "accuracy", "CSV of the accuracy")
    st.caption("Figures on the shipped summaries flatter: rules were written with part of them in sight, and summaries "
               "are plainer than newspaper text.")


def _read_accuracy() -> Any:
    try:
        return json.loads(ACCURACY.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def accuracy_rows(measured: Any, limit: int = 200) -> pd.DataFrame:
    """Measured figures as rows Articles, Measure, Value, from nested objects with numbers at their ends."""
    rows: list[dict[str, Any]] = []

    def walk(node: Any, path: tuple[str, ...]) -> None:
        if isinstance(node, dict):
            for name, value in node.items():
                walk(value, (*path, str(name)))
        elif isinstance(node, int | float) and not isinstance(node, bool) and len(path) > 1 and len(rows) < limit:
            words = [SHARE.get(name, name.replace("_", " ")) for name in path[1:]]
            rows.append({"Articles": path[0].replace("_", " "), "Measure": " · ".join(words), "Value": round(node, 3)})

    walk(measured, ())
    return pd.DataFrame(rows, columns=["Articles", "Measure", "Value"])


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
