"""Finding articles in pages of our own making: floors of the figures, and what is noted of unusual pages."""

from __future__ import annotations

import pytest

from etl.read import find, read
from etl.read.html import page_record
from etl.read.page import Page, glance
from tests.docs_reading import read as document
from tests.extraction import READERS, address, kept, measure, table
from tests.made_pages import LAYOUTS, PUBLISHER, STORIES, teaser
from tests.test_read_pages import captured, page


def test_the_figures_keep_to_their_floors():
    quick, careful, whole = (measure(read) for read in READERS.values())
    assert quick.recall >= 0.92 and min(careful.recall, whole.recall) >= 0.99
    assert quick.precision >= 0.87 and min(careful.precision, whole.precision) >= 0.97
    assert whole.title == whole.day == whole.publisher == 1.0


def test_the_measure_falls_where_something_is_wrong():
    wrong = measure(lambda html, url: Page(title="x", text="cricket and the weather", published="2020-01-01"))
    assert (wrong.title, wrong.day, wrong.publisher) == (0, 0, 0) and wrong.precision <= 0.5 and wrong.recall < 0.1
    assert measure(lambda html, url: None).recall == 0


def test_the_table_of_the_documents_is_that_of_the_code():
    assert table() in document("docs/inputs.md"), "put there what this prints: python -m tests.extraction"


@pytest.mark.parametrize(("layout", "note"), [
    ("live blog", "live blog"), ("metered", "for subscribers"), ("table", "")])
def test_unusual_pages_are_noted(layout, note):
    record = page_record(LAYOUTS[layout](STORIES[0]), "a", url=address(STORIES[0], layout), cure="").settled(None)
    assert record.article and (note in record.note if note else not record.note)


def test_a_teaser_is_noted_as_cut_short():
    record = page_record(teaser(STORIES[0]), "a", url=address(STORIES[0], ""), cure="").settled(None)
    assert record.article and "the text may be cut short" in record.note
    assert record.article.text.strip().endswith(STORIES[0].text[0][-20:])


@pytest.mark.parametrize(("title", "end", "note"), [
    ("Torkham closed", "Subscribe to continue reading.", "cut short"),
    ("Torkham closed: live updates", "", "live blog"),
    ("Torkham closed", "Subscribers to the fund paid on Sunday.", ""), ("Torkham closed", "Soldiers live there.", ""),
])
def test_words_at_the_end_or_in_the_title_tell_what_a_page_is(title, end, note):
    text = (*STORIES[0].text, end)
    record = page_record(page(text, title=title), "a", url="https://pass.example/1", cure="").settled(None)
    assert record.article and (note in record.note if note else not record.note)


def test_a_long_article_that_asks_for_subscriptions_is_whole():
    text = [one for story in STORIES for one in story.text] + ["Already a subscriber? Sign in."]
    record = page_record(page(text), "a", url="https://pass.example/1", cure="").settled(None)
    assert record.article and not record.note


def test_a_page_and_its_amp_copy_are_one_article(tmp_path):
    story = STORIES[0]
    url = f"https://pass.example/news/{story.slug}"
    (tmp_path / "a.warc").write_bytes(
        captured(LAYOUTS["article element"](story).encode(), 1, url=url)
        + captured(LAYOUTS["AMP copy"](story).encode(), 2, url=f"https://amp.pass.example/news/{story.slug}?amp=1"))
    one, other = (record.article for record in read(find([tmp_path])))
    assert one and other and one.url == other.url == url and one.publisher == other.publisher == PUBLISHER
    assert (one.title, one.published, one.text.split()) == (other.title, other.published, other.text.split())


@pytest.mark.parametrize(("described", "told", "day"), [
    ("2025-10-11T20:30:00Z", "2025-10-12T01:30:00+05:00", "2025-10-12"),
    ("2025-10-11T20:30:00+00:00", "2025-10-12T01:30:10+05:00", "2025-10-12"),
    ("2025-10-11T20:30:00+02:00", "2025-10-12T01:30:00+05:00", "2025-10-11"),
    ("2025-10-11T20:30:00Z", "2025-10-14T01:30:00+05:00", "2025-10-11"),
    ("2025-10-11", "2025-10-12T01:30:00+05:00", "2025-10-11"), ("2025-10-11T20:30:00Z", "", "2025-10-11"),
    ("soon", "2025-10-12T01:30:00+05:00", "2025-10-12"),
])
def test_the_day_is_that_of_the_site_where_it_tells_its_own_time(described, told, day):
    html = (f'<html><head><script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{described}"}}'
            f'</script><meta property="article:published_time" content="{told}"></head><body><p>Words.</p></body>')
    assert glance(html).published == day


@pytest.mark.parametrize(("described", "publisher"), [
    ('{"datePublished": "2025-10-11", "publisher": {"name": " The  Pass "}}', "The Pass"),
    ('{"datePublished": "2025-10-11", "publisher": [{"name": "One"}, {"name": "Two"}]}', "One"),
    ('{"datePublished": "2025-10-11", "publisher": "Plain"}', "Plain"),
    ('{"datePublished": "2025-10-11", "publisher": {"name": 7}}', "pass.example"),
    ('{"datePublished": "2025-10-11", "publisher": []}', "pass.example"),
])
def test_the_publisher_that_the_page_describes(described, publisher):
    html = f'<html><head><script type="application/ld+json">{described}</script></head><body><p>Words.</p></body>'
    assert glance(html, "https://www.pass.example/1").publisher == publisher
    assert kept(html, "https://www.pass.example/1") == Page()
