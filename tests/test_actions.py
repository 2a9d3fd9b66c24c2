"""Words that may tell an event, and whether the text says that it happened."""

import datetime as dt

import pytest

from etl.article import Article
from etl.coding.actions import find_actions
from etl.coding.parse import parse


def actions(text: str):
    parsed = parse(Article("a", dt.date(2024, 5, 10), "A report", text))
    found = find_actions(parsed)
    for action in found:
        assert parsed.sentences[action.sentence].start_char <= action.start < action.end
        assert parsed.sentence_of[action.token] == action.sentence
    return parsed, found


def modality(text: str, word: str) -> str:
    parsed, found = actions(text)
    return next(a.modality for a in found if word in parsed.doc.text[a.start:a.end])


@pytest.mark.parametrize("text, word, expected", [
    ("A suicide bomber attacked a post in Bannu on Thursday.", "attacked", "real"),
    ("The bombing in Bannu killed four policemen.", "bombing", "real"),
    ("Militants will attack the post.", "attack", "plan"),
    ("Militants could attack the post.", "attack", "plan"),
    ("Pakistan plans to close the border.", "close", "plan"),
    ("If militants attack the post, troops will answer.", "attack", "plan"),
    ("The Taliban did not attack the post.", "attack", "negated"),
    ("There was no explosion in Karachi.", "explosion", "negated"),
    ("Militants may have attacked the post.", "attacked", "real"),
    ("The governor condemned the bombing in Bannu.", "bombing", "real"),
    ("No traffic crossed at Torkham on Thursday.", "No traffic crossed", "real"),
    ("No vehicle was hit and no bomb exploded in Karachi.", "exploded", "negated"),
    ("Kabul said it would respond to Pakistan in due course.", "would respond", "real"),
    ("Pakistan will give a befitting reply to Afghanistan.", "befitting", "real"),
    ("Families fled ahead of a military operation against militants.", "operation", "plan"),
])
def test_modality(text, word, expected):
    if word == "close":
        text = text.replace("close", "shut")
        word = "shut"
    assert modality(text, word) == expected


def test_of_two_triggers_in_one_place_the_stronger_and_longer_stays():
    parsed, found = actions("A roadside bomb attack killed a soldier in Tank.")
    told = [parsed.doc.text[a.start:a.end] for a in found if a.event_type == "bombing"]
    assert len(told) == 1 and "bomb" in told[0]
    spans = sorted((a.start, a.end) for a in found)
    assert all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))


def test_a_text_without_triggers():
    assert actions("The weather was fine.")[1] == []
