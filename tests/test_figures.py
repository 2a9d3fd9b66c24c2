"""Plain sentences with a toll, as different newspapers would put them: how many, killed or injured, of which side."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from etl.article import Article
from etl.coding import read_article
from etl.coding.casualties import Figure

FRIDAY = dt.date(2025, 10, 24)
with (Path(__file__).parent / "figures.csv").open(encoding="utf-8", newline="") as file:
    SENTENCES = [(row["sentence"], row["figures"]) for row in csv.DictReader(file)]


def told(figure: Figure) -> str:
    """"PAK.MIL killed at least 3"; "?" where the side is not told."""
    if figure.low is None:
        number = f"up to {figure.high}"
    elif figure.high is None:
        number = f"at least {figure.low}"
    else:
        number = f"{figure.low}" if figure.low == figure.high else f"{figure.low} to {figure.high}"
    return f"{figure.side or '?'} {figure.measure} {number}"


@pytest.mark.parametrize(("sentence", "figures"), SENTENCES, ids=[text[:60] for text, _ in SENTENCES])
def test_the_figures_of_a_sentence(sentence: str, figures: str) -> None:
    readings, _ = read_article(Article("a", FRIDAY, "News from the border", sentence, "A paper", ""))
    assert "; ".join(sorted(told(figure) for figure in readings.figures if not figure.part_of_total)) == figures
