"""The explanation of one article: the same rows as coding, with words that stand in the text; shown without harm."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import pytest

from dashboard.highlight import marked_html, visible
from etl.article import Article
from etl.coding import code_article
from etl.explain import KINDS, Mark, explain

ARTICLE = Article(
    "a1", dt.date(2026, 3, 13), "Strikes on Khost",
    "KHOST: Pakistani jets bombed a house in Khost on Thursday, killing 14 civilians, the Afghan defence ministry "
    "said. Islamabad said nine TTP militants were killed.\n\nThe Foreign Office will meet the envoy on Sunday.")


@pytest.fixture(scope="module")
def explained():
    return explain(ARTICLE)


def test_the_rows_are_those_of_coding(explained):
    assert [told.event for told in explained.rows if told.kept] == list(code_article(ARTICLE).events)
    assert any(told.kept for told in explained.rows)


def test_each_kind_of_word_is_marked_where_it_stands(explained):
    text = ARTICLE.full_text
    assert {mark.kind for mark in explained.marks} == set(KINDS)
    read = {(mark.kind, text[mark.start:mark.end], mark.reading) for mark in explained.marks}
    assert ("date", "Thursday", "2026-03-12") in read and ("actor", "Pakistani jets", "PAK.MIL") in read
    assert any(kind == "actor" and reading == "TTP" for kind, _, reading in read)


def test_each_cell_has_a_reason_and_its_words_are_of_the_article(explained):
    told = next(told for told in explained.rows if told.event.event_type == "air_strike")
    reasons = {one.cell: one for one in told.reasons}
    assert {"event_type", "date_start, date_end", "place", "actors_a", "actors_b", "salience"} <= set(reasons)
    words = {cell: [ARTICLE.full_text[a:b] for a, b in one.words] for cell, one in reasons.items()}
    assert words["date_start, date_end"] == ["Thursday"] and "Khost" in words["place"]
    assert all(one.rule for one in told.reasons)
    assert "casualties, killed" in reasons and any("according to" in one.rule for one in told.reasons)


def test_an_adjective_of_a_nation_counts_as_a_word_of_its_state():
    text = "KHOST: Pakistani air strikes in Khost on Thursday killed four people."
    article = Article("a3", dt.date(2026, 3, 13), "Khost", text)
    read = {(m.kind, article.full_text[m.start:m.end], m.reading) for m in explain(article).marks}
    assert ("actor", "Pakistani", "PAK") in read


def test_a_day_that_nobody_tells_is_said_to_be_bounded():
    article = Article("a2", dt.date(2026, 3, 13), "Bomb in Tank", "TANK: A roadside bomb killed two policemen in Tank.")
    (told,) = explain(article).rows
    reason = next(one for one in told.reasons if one.cell.startswith("date"))
    assert reason.words == () and "no day of its own" in reason.rule


class _Shown(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.words = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</p></div><iframe src=//x>", "&lt;b&gt; & <b>",
           '" onmouseover="alert(1)', "![x](http://x/y.png) [a](javascript:alert(1))", "<!-- --><style>*{}</style>"]


@pytest.mark.parametrize("text", HOSTILE)
def test_article_text_is_shown_and_never_rendered(text):
    marks = [Mark(0, len(text), "actor", "<b>PAK</b>"), Mark(1, 3, "event", "bombing")]
    for given in (marks, [], [Mark(2, 5, "place", text)]):
        shown = _Shown()
        html = marked_html(text, given)
        shown.feed(re.sub(r"^<style>.*?</style>", "", html, flags=re.DOTALL))
        assert {tag for tag, _ in shown.tags} <= {"div", "p", "mark", "small", "br"}
        assert all(set(attributes) <= {"class"} for _, attributes in shown.tags)
        assert text in shown.words or given  # a reading stands behind its words
        assert all(part in shown.words for part in (text[:2], text[-3:]))


def test_marks_do_not_overlap_and_figures_win():
    marks = [Mark(0, 10, "actor", "A"), Mark(5, 15, "figure", "9 killed"), Mark(16, 18, "place", "X"),
             Mark(3, 3, "date", "")]
    assert [(m.start, m.kind) for m in visible(marks)] == [(5, "figure"), (16, "place")]
