"""Counts as texts tell them, with the bounds that the codebook gives them. The sentences are our own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.coding.numbers import find_numbers


def bounds(text: str) -> list[tuple[int | None, int | None]]:
    return [(mention.low, mention.high) for mention in find_numbers(text)]


@pytest.mark.parametrize(("text", "low", "high"), [
    ("9 men died", 9, 9),
    ("twenty-three men died", 23, 23),
    ("1,200 men crossed", 1200, 1200),
    ("1,00,000 men crossed", 100_000, 100_000),
    ("two hundred and five men crossed", 205, 205),
    ("one hundred thousand men crossed", 100_000, 100_000),
    ("2.5 million men crossed", 2_500_000, 2_500_000),
    ("half a dozen men died", 6, 6),
    ("two dozen men died", 24, 24),
    ("at least 9 men died", 9, None),
    ("no fewer than nine men died", 9, None),
    ("more than 200 men died", 200, None),
    ("over 20 men died", 20, None),
    ("20 or more men died", 20, None),
    ("about 20 men died", 20, 20),
    ("some 20 men died", 20, 20),
    ("20-odd men died", 20, 20),
    ("up to 20 men died", None, 20),
    ("nearly 20 men died", None, 20),
    ("as many as seven men died", 7, 7),
    ("between 6 and 7 men died", 6, 7),
    ("six to seven men died", 6, 7),
    ("6-7 men died", 6, 7),
    ("five or six men died", 5, 6),
    ("a couple of men died", 2, 2),
    ("several men died", 3, None),
    ("multiple men died", 2, None),
    ("dozens of men died", 24, None),
    ("scores of men died", 40, None),
    ("hundreds of men died", 200, None),
    ("more than half a million men fled", 500_000, None),
    ("In September 12 people died", 12, 12),
])
def test_bounds_follow_the_codebook(text, low, high):
    assert bounds(text) == [(low, high)]


@pytest.mark.parametrize("text", [
    "in 2014", "at 9:20pm", "at 15:30", "aged 12", "aged three and five", "a 12-year-old", "12 years old",
    "Gul Khan, 45, from Landi Kotal", "Gul Khan (45)", "15 kilometres off", "5km off", "Rs270 million", "$3 million",
    "40 per cent", "66pc", "66%", "the 17th man", "on October 7", "on 7 October 2025", "2025-10-07", "Rescue 1122",
    "under Section 144", "AK-47", "9mm", "three days", "a two-day visit", "at nine in the evening", "1300 GMT",
    "no one", "one of the deadliest attacks", "3.75", "two thirds",
])
def test_what_counts_nobody(text):
    assert bounds(text) == []


def test_neighbours_stay_apart():
    assert bounds("seven police officers and six civilians, 15 and 20") == [(7, 7), (6, 6), (15, 15), (20, 20)]
    assert bounds("the toll rose from 3 to 5") == [(3, 3), (5, 5)]
    assert bounds("on October 7 and 12 soldiers fell") == [(12, 12)]


def test_the_span_holds_what_qualifies_the_figure():
    text = "They said at least nine men died."
    mention = find_numbers(text)[0]
    assert text[mention.start:mention.end] == "at least nine"
    assert mention.approximate


PARTS = ("at least", "between", "6", "7", "and", "to", "-", "twenty", "three", "hundred", "dozen", "dozens of", "1,200",
         "men", "Rs", "km", "several", "or more", "+", "October", "2014", "one", "of", "a", "million", "0900",
         "99999999999999", ".5", "İ")


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=100), st.lists(st.sampled_from(PARTS), max_size=25).map(" ".join)))
def test_any_text_gives_counts_in_order_within_the_text(text):
    behind = 0
    for mention in find_numbers(text):
        assert behind <= mention.start < mention.end <= len(text)
        assert mention.low is not None or mention.high is not None
        assert mention.low is None or mention.high is None or mention.low <= mention.high
        behind = mention.end
