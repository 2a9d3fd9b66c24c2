"""Killed a month against published totals: what counts into a month, and how agreement is measured."""

import json
from pathlib import Path

import pandas as pd
import pytest

from dashboard.about import monthly_rows
from etl.monthly import against_published, agreement, compare, killed_a_month
from tests.make_release import make_release

MONTHS = ("2025-01", "2025-03", "2025-04", "2025-05")


def tables(*rows: tuple[str, str, str, str, int, dict[str, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Events (type, country, day, precision, best, killed by side) as the tables events and tolls."""
    events, tolls = [], []
    for number, (event_type, country, day, precision, best, sides) in enumerate(rows):
        events.append({"event_id": f"E{number}", "event_type": event_type, "country": country, "date_start": day,
                       "date_precision": precision, "fatalities_best": best})
        tolls += [{"event_id": f"E{number}", "measure": "killed", "side": side, "best": killed}
                  for side, killed in sides.items()]
    return pd.DataFrame(events), pd.DataFrame(tolls, columns=["event_id", "measure", "side", "best"])


def test_violence_in_pakistan_counts_by_side_and_month() -> None:
    ours = killed_a_month(*tables(
        ("bombing", "PK", "2025-01-03", "day", 9, {"PAK.MIL": 4, "PAK.POL": 1, "CIV.PAK": 2, "TTP": 2}),
        ("security_operation", "PK", "2025-01-31", "week", 5, {"MILITANTS": 5}),
        ("air_strike", "AF", "2025-01-05", "day", 40, {"CIV.AFG": 40}),
        ("protest", "PK", "2025-01-06", "day", 3, {"CIV.PAK": 3}),
        ("armed_attack", "PK", "2025-01-01", "year", 80, {"CIV.PAK": 80}),
        ("armed_clash", "PK", "2025-02-02", "day", 6, {"TRIBE": 4}),
    ))
    assert ours.loc["2025-01"].to_dict() == {"events": 2, "killed": 14, "killed_security": 5, "killed_civilians": 2,
                                             "killed_militants": 7}
    assert ours.loc["2025-02", ["killed", "killed_civilians"]].tolist() == [6, 4]


def test_agreement_tells_order_and_size() -> None:
    published = against_published(killed_a_month(*tables(
        *(("bombing", "PK", f"{month}-02", "day", 1, {"CIV.PAK": 1}) for month in MONTHS)
    ))).set_index("month")["killed_published"]
    double = killed_a_month(*tables(
        *(("bombing", "PK", f"{month}-02", "day", int(2 * published[month]), {}) for month in MONTHS)))
    found = agreement(against_published(double))["killed"]
    assert found == {"rank_correlation": 1.0, "ratio": 2.0, "months": 4}
    upside_down = killed_a_month(*tables(
        *(("bombing", "PK", f"{month}-02", "day", int(1000 - published[month]), {}) for month in MONTHS)))
    assert agreement(against_published(upside_down))["killed"]["rank_correlation"] == -1.0


def test_a_total_that_was_not_printed_is_the_sum_of_its_parts() -> None:
    row = against_published(killed_a_month(*tables(("bombing", "PK", "2025-02-02", "day", 1, {})))).iloc[0]
    parts = sum(row[f"killed_{side}_published"] for side in ("security", "civilians", "militants"))
    assert row["killed_published"] == parts > 0


def test_a_release_is_compared_by_its_folder(tmp_path: Path) -> None:
    told = compare(make_release(tmp_path).release)
    assert "2025-03" in told and "killed_published" in told


@pytest.mark.parametrize("broken", [None, [], {"months": 3}, {"months": [{}], "agreement": {}}])
def test_a_broken_comparison_shows_nothing(broken) -> None:
    assert monthly_rows(broken).empty


def test_the_comparison_is_shown_month_by_month() -> None:
    table = against_published(killed_a_month(*tables(
        *(("bombing", "PK", f"{month}-02", "day", 7, {"CIV.PAK": 7}) for month in MONTHS))))
    stored = {"months": json.loads(table.to_json(orient="records")), "agreement": agreement(table)}
    shown = monthly_rows(stored)
    assert shown["Month"].tolist() == [*MONTHS, "Rank correlation", "Ours / theirs"]
    assert shown.loc[0, "Killed"] == "7" and shown.loc[0, "Civilians, PICSS"] == "20"
