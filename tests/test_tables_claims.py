"""Rows of claims and tolls: the sentence of a figure, and how the tables of a release hang together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.schema import EVIDENCE_LIMIT
from etl.tables_claims import sentence_around

TEXT = ("Blast in Bannu\nOn Oct. 12 a bomb went off. Lt. Gen. Khan said nine soldiers were killed in the town! “Four "
        "were hurt,” he added.\nThe road is shut.")


@pytest.mark.parametrize("figure, expected", [
    ("nine soldiers were killed", "Lt. Gen. Khan said nine soldiers were killed in the town!"),
    ("Four were hurt", "“Four were hurt,” he added."),
    ("a bomb", "On Oct. 12 a bomb went off."),
    ("Blast", "Blast in Bannu"),
    ("shut", "The road is shut."),
])
def test_the_excerpt_of_a_claim_is_its_sentence(figure, expected):
    start = TEXT.index(figure)
    first, last = sentence_around(TEXT, start, start + len(figure))
    assert TEXT[first:last] == expected


def test_of_a_long_sentence_as_much_as_an_excerpt_may_hold():
    text = "word " * 200 + "nine were killed " + "word " * 200
    start = text.index("nine")
    first, last = sentence_around(text, start, start + 16)
    assert last - first <= EVIDENCE_LIMIT and "nine were killed" in text[first:last] and text[first:].startswith("word")


@given(st.text(alphabet="aB. \n“\"?", max_size=700), st.integers(0, 699), st.integers(1, 300))
def test_the_figure_is_always_in_its_excerpt(text, start, length):
    start, end = min(start, len(text)), min(start + length, len(text))
    first, last = sentence_around(text, start, end)
    assert 0 <= first <= start and min(end, start + EVIDENCE_LIMIT) <= last <= len(text)
    assert last - first <= EVIDENCE_LIMIT
