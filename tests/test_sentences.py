"""Plain sentences of every type, as different newspapers would put them, and some that tell no event of ours.

`sentences.csv` is a net for the vocabulary of `triggers.csv`: it asks for the type alone.
"""

import csv
import datetime as dt
from pathlib import Path

import pytest

from tests.test_events import events, types

FRIDAY = dt.date(2025, 10, 24)
with (Path(__file__).parent / "sentences.csv").open(encoding="utf-8", newline="") as file:
    SENTENCES = [(row["event_type"], row["sentence"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("event_type", "sentence"), SENTENCES, ids=[text[:60] for _, text in SENTENCES])
def test_the_type_of_a_sentence(event_type: str, sentence: str) -> None:
    found = types(events("News from the border", sentence, FRIDAY))
    assert event_type in found if event_type else not found
