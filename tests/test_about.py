"""What the page About the data makes of the measured accuracy and of the schema."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashboard.about import accuracy_rows, dictionary, reliability_rows
from etl.schema import TABLES


def values(frame: pd.DataFrame) -> dict[tuple[str, str], tuple[float, str]]:
    return {(row[0], row[1]): (row[2], row[3]) for row in frame.itertuples(index=False)}


def test_accuracy_is_shown_by_part_with_its_interval() -> None:
    measured = {"gold": "digests.jsonl", "sha256": "ab", "reliability_aside": [{"rows": 3}], "parts": {
        "aside": {"articles": 80, "found_f1": 0.71234, "found_interval": [0.65, 0.77], "quiet_kept_empty": None,
                  "fields": {"date": 0.9, "who says": 0.8}}}}
    assert values(accuracy_rows(measured)) == {
        ("digests, articles kept aside", "articles"): (80, ""),
        ("digests, articles kept aside", "found, F1"): (0.712, "0.650–0.770"),
        ("digests, articles kept aside", "field right · date"): (0.9, ""),
        ("digests, articles kept aside", "field right · who says"): (0.8, ""),
    }


def test_accuracy_of_a_simpler_form_is_shown_too() -> None:
    assert values(accuracy_rows({"digests": {"found": {"p": 0.8, "f1": 0.75}, "ok": True}})) == {
        ("digests", "found · precision"): (0.8, ""), ("digests", "found · F1"): (0.75, "")}


@pytest.mark.parametrize("broken", [None, [], 3, "x", {"parts": []}, {"a": 1}])
def test_broken_accuracy_shows_nothing(broken: Any) -> None:
    assert accuracy_rows(broken).empty


def test_reliability_is_shown_by_part_and_bin() -> None:
    one = {"from": 0.6, "to": 0.8, "rows": 12, "mean_confidence": 0.712, "share_right": 0.667}
    frame = reliability_rows({"reliability_aside": [one, {"rows": 3}], "reliability_tuned": None})
    assert frame.to_numpy().tolist() == [["articles kept aside", "0.6–0.8", 12, 0.71, 0.67]]
    assert reliability_rows(None).empty and reliability_rows({"reliability_aside": [3]}).empty


def test_the_dictionary_holds_every_column() -> None:
    frame = dictionary()
    assert list(zip(frame["Table"], frame["Column"], strict=True)) == [
        (table.name, name) for table in TABLES for name in table.names]
    assert frame["Meaning"].str.len().min() > 5
