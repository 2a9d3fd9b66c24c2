"""Who says each figure, in plain sentences and short texts as different newspapers and statements would put them.

`claimants.csv`: the text, its title where the title matters, and each figure with the actor that states it ("-" where
the article does so in its own voice, or names no one whom the codebook knows).
"""

import csv
import datetime as dt
from pathlib import Path

import pytest

from etl.article import Article
from etl.coding.actors import find_actors
from etl.coding.casualties import find_figures
from etl.coding.parse import parse
from etl.coding.speech import Speech

FRIDAY = dt.date(2025, 10, 24)
with (Path(__file__).parent / "claimants.csv").open(encoding="utf-8", newline="") as file:
    TEXTS = [(row["title"] or "News from the border", row["text"], row["figures"]) for row in csv.DictReader(file)]


def claimants(title: str, text: str) -> dict[tuple[str, int | None], set[str]]:
    """The sources of each figure of a text: measure and number → claimants."""
    parsed = parse(Article("a", FRIDAY, title, text))
    actors = find_actors(parsed)
    found: dict[tuple[str, int | None], set[str]] = {}
    for figure in find_figures(parsed, actors, Speech(parsed, actors)):
        number = figure.low if figure.low is not None else figure.high
        found.setdefault((figure.measure, number), set()).add(figure.by or "-")
    return found


@pytest.mark.parametrize(("title", "text", "figures"), TEXTS, ids=[text[:60] for _, text, _ in TEXTS])
def test_who_says_each_figure(title: str, text: str, figures: str) -> None:
    found = claimants(title, text)
    for told in figures.split("; "):
        measure, number, claimant = told.split()
        assert found.get((measure, int(number))) == {claimant}
