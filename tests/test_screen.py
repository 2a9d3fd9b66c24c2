"""Screening: repeats, near-copies and articles about something else; no article with an event may be lost."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest

from etl.article import Article
from etl.read.record import Record
from etl.relevance import features, marks_of
from etl.screen import near_copies, off_topic, screen
from etl.train_screen import fit, write
from tests.labels import article_from, gold

DAY = dt.date(2025, 10, 19)


def article(article_id: str, text: str = "Gunmen attacked a police post in Bannu.",
            title: str = "Post attacked in Bannu", day: dt.date = DAY, publisher: str = "The Pass") -> Article:
    return Article(article_id, day, title, text, publisher)


def record(one: Article, number: int = 1, source: str = "a.jsonl") -> Record:
    return Record(source, number, one, one.id)


def test_the_same_record_again_is_a_duplicate():
    screened = screen([record(article("n1")), record(article("n1"), 2)])
    (entry,) = screened.entries
    assert (entry.status, entry.record, entry.duplicate_of) == ("duplicate", 2, "n1")
    assert "a.jsonl, record 1" in entry.reason and [one.id for one in screened.articles] == ["n1"]


def test_an_id_for_two_texts_is_rejected_with_its_cure():
    other = article("n1", "A truce was agreed in Kabul by the two sides.")
    screened = screen([record(article("n1")), record(other, 2)])
    (entry,) = screened.entries
    assert entry.status == "rejected" and "an id of its own" in entry.reason and "record 1" in entry.reason


def test_a_publishers_text_under_another_id_is_a_duplicate_for_a_week():
    again = article("n2", "Gunmen attacked a  police post in Bannu", day=DAY + dt.timedelta(days=7))
    screened = screen([record(article("n1")), record(again, 2)])
    assert [(entry.status, entry.duplicate_of) for entry in screened.entries] == [("duplicate", "n1")]
    later = article("n2", day=DAY + dt.timedelta(days=8))
    assert len(screen([record(article("n1")), record(later, 2)]).articles) == 2
    elsewhere = article("n2", publisher="The Frontier")
    assert len(screen([record(article("n1")), record(elsewhere, 2)]).articles) == 2


def test_the_order_of_records_plays_no_part():
    rows = [record(article(f"n{i % 5}", f"Gunmen attacked post {i % 3} in Bannu."), i + 1) for i in range(12)]
    first = screen(rows)
    random.Random(7).shuffle(rows)
    second = screen(rows)
    assert first.articles == second.articles
    assert sorted(map(str, first.entries)) == sorted(map(str, second.entries))


def test_unreadable_records_stay_in_the_ledger():
    (entry,) = screen([Record("a.jsonl", 4, problem="not JSON; write JSON")]).entries
    assert entry.status == "rejected" and entry.line() == "a.jsonl, record 4: rejected: not JSON; write JSON"


@pytest.mark.parametrize("title, text", [
    ("Striker signs for Lisbon", "The club paid a record fee for the forward, who scored twice in Turin."),
    ("Quake shakes Peru", "A strong quake killed nine people near Lima, police said."),
    ("New library opens in Gilgit", "Readers in Gilgit welcomed the new library and its garden."),
])
def test_what_is_plainly_about_something_else_is_off_topic(title, text):
    assert off_topic(article("n1", text, title))


@pytest.mark.parametrize("town", ["Miranshah", "Wana", "Parachinar", "Landi Kotal", "Angoor Adda", "D.I. Khan"])
def test_an_article_that_names_a_town_alone_is_let_through(town):
    assert off_topic(article("n1", "Two men were killed in the morning.", f"Blast in {town}")) is None


def test_hardly_a_labelled_article_with_an_event_is_lost():
    told = [row for row in gold().values() if any(event["salience"] == "main" for event in row["events"])]
    lost = [row["id"] for row in told if off_topic(article_from(row))]
    assert len(lost) < 0.01 * len(told), lost


@pytest.mark.parametrize("title, text", [
    ("Border shut again", "Trade stopped as the Torkham gate was closed to lorries on Monday."),
    ("Two officers shot", "Gunmen on a motorbike killed two policemen in Dera Ismail Khan and fled."),
    ("Envoys to meet", "The Afghan and Pakistani ministers held talks in Kabul on Sunday."),
    ("Five killed", "Troops raided a hideout of the TTP in Tirah and five militants were killed."),
    ("Families on the move", "Hundreds of Afghan refugees were deported on Tuesday."),
])
def test_short_news_of_the_matter_is_let_through(title, text):
    assert off_topic(article("n1", text, title)) is None


@pytest.mark.parametrize("title, text, reason", [
    ("Striker signs for Lisbon", "The club paid a record fee for the forward.", "names no place or actor"),
    ("A library for Gilgit", "Readers in Gilgit were glad of the garden.", "has no word of"),
    ("Karachi win the cup", "Karachi beat Lahore by nine runs in the final on Sunday.\nThe captain struck six "
     "fours and was named the player of the match.\nFans of both sides went home late.",
     "reads like news about something else"),
])
def test_the_reason_is_told(title, text, reason):
    assert reason in (off_topic(article("n1", text, title)) or "")


def test_capitals_tell_a_place_from_a_word():
    one, other = (marks_of(article("n1", f"A bomb went off in {place}.", "Blast"))[1] for place in ("Tank", "a tank"))
    assert "place:border" in one and "place:border" not in other


def test_features_tell_headline_lead_and_text_apart():
    given = features([frozenset({"word:blast"}), frozenset(), frozenset(), frozenset({"word:blast"})])
    assert given["title word:blast"] == 1 and "lead word:blast" not in given
    assert given["text word:blast"] == pytest.approx(math.log(3), abs=1e-3)


def test_training_learns_what_is_kept(tmp_path):
    given = [{"always": 1.0, "title word:blast": float(i % 2), "title word:match": float(1 - i % 2)} for i in range(40)]
    weights = fit(given, [bool(i % 2) for i in range(40)])
    assert weights["title word:blast"] > 0 > weights["title word:match"]
    write(weights, tmp_path / "w.csv")
    lines = (tmp_path / "w.csv").read_text().splitlines()
    assert lines[0] == "feature,weight" and len(lines) == 4


WIRE = """troops traded fire along the river on {} night after a post near the crossing came under attack and officials
of both sides blamed each other for the first shot while traders waited with their lorries at the closed gate and
villagers moved their children to relatives in the next valley until the guns fell silent at dawn"""


def wire(day: str) -> str:
    return WIRE.format(day)


def test_a_wire_story_at_two_publishers_is_a_near_copy_of_the_earlier():
    first = article("n1", wire("Sunday"))
    shortened = article("n2", wire("Sunday")[:250], "Fire traded at crossing", publisher="The Frontier")
    reworded = article("n3", " ".join(reversed(wire("Sunday").split())), publisher="Third")
    later = article("n4", wire("Sunday"), day=DAY + dt.timedelta(days=30), publisher="Fourth")
    assert near_copies([later, shortened, reworded, first]) == {"n2": "n1"}


def test_near_copies_point_to_one_original():
    rows = [article(f"n{i}", wire("Sunday" if i < 3 else "Monday"), f"Fire, version {i}", publisher=f"P{i}")
            for i in range(6)]
    assert near_copies(rows) == {f"n{i}": "n0" for i in range(1, 6)}


def test_an_agencys_text_in_five_papers_is_one_source():
    body = " ".join(f"word{i} of the agency" for i in range(90))
    papers = {
        "n1": body,  # the agency's own
        "n2": f"KABUL (Agencies): {body}",
        "n3": body[: len(body) // 2],
        "n4": f"{' '.join(f'own{i}' for i in range(40))}. {body}",
        "n5": body.replace("word20", "item20").replace("word60", "item60"),
    }
    rows = [Article(name, DAY + dt.timedelta(days=i // 2), f"Headline of {name}", text, f"Paper {i}")
            for i, (name, text) in enumerate(papers.items())]
    quoting = Article("n6", DAY, "A report of its own", " ".join(f"new{i}" for i in range(300)) + body[:300], "Paper 6")
    late = Article("n7", DAY + dt.timedelta(days=40), "Again", body, "Paper 7")
    assert near_copies([*rows, quoting, late]) == {name: "n1" for name in ("n2", "n3", "n4", "n5")}


def test_labelled_digests_written_apart_are_no_copies():
    assert near_copies([article_from(row) for row in gold().values()]) == {}
