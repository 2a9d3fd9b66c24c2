"""The gate: the coder, over the shipped labels, keeps to the floors that are written beside them."""

import json

import pytest

from etl.evaluate import Score, evaluate, read_labels
from etl.report import FLOORED, FLOORS, GOLD, code_label, summary_of, undercut


@pytest.fixture(scope="session")
def scores() -> dict[str, Score]:
    return evaluate(read_labels(GOLD), code_label)


@pytest.fixture(scope="session")
def floors() -> dict:
    assert FLOORS.exists(), "data/gold/floors.json is missing; write it with: python -m etl evaluate --write"
    return json.loads(FLOORS.read_text(encoding="utf-8"))


def test_floors_are_written_for_the_whole_and_the_part_kept_aside(floors):
    assert {part: set(wanted) for part, wanted in floors["parts"].items()} == {
        "all": set(FLOORED), "aside": set(FLOORED)}


def test_every_floor_holds(scores, floors):
    assert undercut(summary_of(scores, GOLD), floors) == []


def test_every_excerpt_is_in_its_article(scores):
    assert scores["all"].fields["evidence"] == 1.0
