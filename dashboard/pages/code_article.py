"""Code an article: paste a text or give a file, and see the rows it becomes and why. Nothing is stored."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import threading
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import layout
from dashboard.export import csv_bytes
from dashboard.highlight import marked_html
from etl import names, wording
from etl.article import Article
from etl.codebook import event_row
from etl.explain import Explanation, Told, explain
from etl.read import find, read
from etl.read.record import EARLIEST, MAX_TITLE, Record, check
from etl.screen import off_topic

MAX_CHARACTERS = 20_000  # of one article: about a second's work, so that one reader does not hold up the others
MAX_FROM_FILE = 50  # articles of one file that can be chosen from
FORMATS = ["txt", "html", "htm", "json", "jsonl", "gz"]
RESULT = "coded_article"  # key of the session
_ONE_AT_A_TIME = threading.Lock()  # the language model is shared by all sessions


def page() -> None:
    """Draws the page."""
    layout.heading("Code an article", "Paste an article, or give a file, to see what is read from it, which rows it "
                   "becomes, and why. Nothing is stored and nothing leaves this server.")
    given = _from_form() or _from_file()
    if given is not None:
        st.session_state[RESULT] = _coded(given)
    result = st.session_state.get(RESULT)
    if isinstance(result, str):
        st.error(layout.plain(result), icon=":material/error:")
    elif result is not None:
        _show(result)


def _from_form() -> Record | None:
    with st.form("paste", border=True):
        left, right = st.columns([4, 1])
        title = left.text_input("Headline", max_chars=MAX_TITLE)
        day = right.date_input("Published on", dt.date.today(), min_value=EARLIEST, format="YYYY-MM-DD",
                               help="“On Saturday” in the text is counted from this day")
        text = st.text_area("Text", height=220, max_chars=MAX_CHARACTERS)
        if not st.form_submit_button("Code it", icon=":material/play_arrow:"):
            return None
    return check({"id": "pasted", "title": title, "text": text, "publisher": "pasted",
                  "published": day.isoformat() if isinstance(day, dt.date) else None})


def _from_file() -> Record | None:
    with st.expander("Or give a file", icon=":material/upload_file:"):
        file = st.file_uploader("A text, a saved page, or articles as JSON", type=FORMATS, key="article_file",
                                help="The same formats as for a run; see the README for the fields")
        if file is None:
            return None
        records = _records(file.name, file.getvalue())
        titles = [one.article.title if one.article else f"record {one.record}: {one.problem}" for one in records]
        chosen = st.selectbox("Article", range(len(records)), format_func=lambda i: titles[i], key="article_of_file")
        if chosen is None or not st.button("Code it", key="code_file", icon=":material/play_arrow:"):
            return None
    return records[chosen]


def _records(name: str, data: bytes) -> list[Record]:
    """The first records of an uploaded file, read as a run reads them, from a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{''.join(Path(name).suffixes[-2:]).lower()}"
        path.write_bytes(data)
        return list(islice(read(find([path])), MAX_FROM_FILE))


def _coded(record: Record) -> Explanation | str:
    """The article explained, or what is wrong with it."""
    article = record.article
    if article is None:
        return f"{record.problem[:1].upper()}{record.problem[1:]}."
    if len(article.full_text) > MAX_CHARACTERS:
        return (f"The article has {len(article.full_text):,} characters; this page takes {MAX_CHARACTERS:,}. "
                "Cut it, or code it with: python -m etl code")
    with _ONE_AT_A_TIME:
        return explain(article)


def _show(found: Explanation) -> None:
    article = found.article
    kept = [told for told in found.rows if told.kept]
    doubtful = [told for told in found.rows if not told.kept]
    reason = off_topic(article)
    if reason:
        st.warning(f"A run would leave this article out: it {layout.plain(reason)}.", icon=":material/filter_alt:")
    st.header(f"{len(kept)} row{'s' if len(kept) != 1 else ''}", anchor=False)
    if not kept:
        st.caption("The article tells of no event that the codebook counts.")
    for number, told in enumerate(kept, 1):
        _row(article, told, number)
    if kept:
        _downloads(article, kept)
    if doubtful:
        with st.expander(f"{len(doubtful)} more seen, left out as too doubtful", icon=":material/help:"):
            for number, told in enumerate(doubtful, len(kept) + 1):
                _row(article, told, number)
    st.header("What was read", anchor=False)
    st.caption("Behind each word stands what it was read as. A word may be read and yet become no row: plans, "
               "threats, history and sums are passed over.")
    st.html(marked_html(article.full_text, found.marks))


def _row(article: Article, told: Told, number: int) -> None:
    row = event_row(told.event, article)
    shown = {**row, **{name: "|".join(row[name]) for name in ("actors_a", "actors_b", "mediators")}}
    with st.container(border=True):
        st.markdown(f"**{number}. {layout.plain(names.type_label(told.event.event_type))}** – "
                    + layout.plain(" · ".join((wording.when(shown), wording.where(shown), wording.who(shown)))))
        st.text(f"“{row['evidence']}”")
        text = article.full_text
        reasons = [{"Cell": one.cell, "Value": one.value,
                    "Words": " … ".join(" ".join(text[a:b].split()) for a, b in one.words), "Rule": one.rule}
                   for one in told.reasons]
        with st.expander("Why", icon=":material/rule:", expanded=number == 1):
            layout.table(pd.DataFrame(reasons), "reasons", key=f"why_{number}", height="content",
                         alt="Each cell of the row with the words and the rule behind it")


def _downloads(article: Article, kept: list[Told]) -> None:
    rows: list[dict[str, Any]] = [event_row(told.event, article) for told in kept]
    flat = pd.DataFrame([{name: "|".join(map(str, value)) if isinstance(value, list) and name != "casualties" else
                          json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
                          for name, value in row.items()} for row in rows])
    with st.container(horizontal=True):
        st.download_button("Rows as CSV", lambda: csv_bytes(flat), "torkham_coded_article.csv", "text/csv",
                           on_click="ignore", icon=":material/download:")
        st.download_button("Rows as JSON", lambda: json.dumps(rows, ensure_ascii=False, indent=1).encode(),
                           "torkham_coded_article.json", "application/json", on_click="ignore",
                           icon=":material/download:")


page()
