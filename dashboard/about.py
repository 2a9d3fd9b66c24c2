"""What the page About the data tells, as tables: codebook, column dictionary, measured accuracy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.releases import Release
from etl import datapackage
from etl.reference import DATA, read_table
from etl.schema import TABLES

ACCURACY = DATA / "gold" / "accuracy.json"
MONTHLY = DATA / "gold" / "monthly.json"
SIDES = {"killed": "Killed", "killed_security": "Security forces", "killed_civilians": "Civilians",
         "killed_militants": "Militants"}
PARTS = {"tuned": "articles that rules were tuned on", "aside": "articles kept aside", "all": "all articles"}
SHARE = {"p": "precision", "r": "recall", "f1": "F1", "found_f1": "found, F1", "row_right_f1": "row right, F1",
         "quiet_kept_empty": "articles without events kept empty", "fields": "field right",
         "labelled": "main events labelled", "coded": "main events coded"}


def table_counts(release: Release) -> pd.DataFrame:
    """The tables of the release: Table, One row is, Rows."""
    counts = release.counts
    return pd.DataFrame([{"Table": one.name, "One row is": one.row, "Rows": counts[one.name]} for one in TABLES])


def type_table(release: Release) -> pd.DataFrame:
    """The event types of the codebook with their events in the release and the nearest types of other codebooks."""
    held = release.query("SELECT event_type, CAST(count(*) AS BIGINT) AS n FROM events GROUP BY event_type")
    counts = dict(zip(held["event_type"], held["n"], strict=True))
    return pd.DataFrame([
        {"Group": row["group"], "event_type": row["event_type"], "Label": row["label"], "What": row["description"],
         "In this release": int(counts.get(row["event_type"], 0)), "ACLED event": row["acled_event"],
         "ACLED sub-event": row["acled_sub_event"], "PLOVER": row["plover"]}
        for row in read_table("event_types").rows
    ])


def dictionary() -> pd.DataFrame:
    """The column dictionary of a release, see `etl.datapackage.dictionary`."""
    return pd.DataFrame(datapackage.dictionary())


def read_accuracy() -> Any:
    """The measured accuracy that comes with the repository; None where there is none or it cannot be read."""
    return _stored(ACCURACY)


def read_monthly() -> Any:
    """The comparison of `etl compare --write` that comes with the repository; None as in `read_accuracy`."""
    return _stored(MONTHLY)


def monthly_rows(stored: Any) -> pd.DataFrame:
    """An archive's killed a month beside published totals, persons.

    Columns Month, then for each of `SIDES` its name and ``<name>, <publisher>``; Source. The last two rows tell rank
    correlation and ratio of the sums. Empty where `stored` is not what `etl.monthly.compare` writes.
    """
    try:
        rows = [{"Month": one["month"], **{key: value for name, told in SIDES.items() for key, value in
                 ((told, one[name]), (f"{told}, {one['publisher']}", one[f"{name}_published"]))},
                 "Source": one["source"]} for one in stored["months"]]
        for measure, told in (("rank_correlation", "Rank correlation"), ("ratio", "Ours / theirs")):
            rows.append({"Month": told} | {SIDES[name]: one[measure] for name, one in stored["agreement"].items()
                                           if name in SIDES})
    except (TypeError, KeyError, AttributeError):
        return pd.DataFrame()
    return pd.DataFrame(rows).map(lambda cell: "" if pd.isna(cell) else f"{cell:g}" if isinstance(cell, float) else
                                  str(cell))


def accuracy_rows(measured: Any, limit: int = 200) -> pd.DataFrame:
    """Measured figures as rows Articles, Measure, Value, Interval (90 %), from ``accuracy.json`` of `etl evaluate`.

    Numbers at the ends of nested objects count; a pair of numbers ``<name>_interval`` goes to the row of ``<name>``.
    Anything else is passed over.
    """
    if isinstance(measured, dict) and isinstance(measured.get("parts"), dict):
        gold = str(measured.get("gold", "")).removesuffix(".jsonl")
        measured = {f"{gold}, {PARTS.get(name, name)}".strip(", "): part for name, part in measured["parts"].items()}
    found: list[dict[str, Any]] = []

    def walk(node: Any, path: tuple[str, ...]) -> None:
        for name, value in node.items() if isinstance(node, dict) else ():
            if isinstance(value, int | float) and not isinstance(value, bool) and path and len(found) < limit:
                words = [SHARE.get(word, word.replace("_", " ")) for word in (*path[1:], str(name))]
                pair = node.get(f"{str(name).removesuffix('_f1')}_interval")
                found.append({"Articles": path[0].replace("_", " "), "Measure": " · ".join(words),
                              "Value": round(value, 3), "Interval (90 %)": _interval(pair)})
            walk(value, (*path, str(name)))

    walk(measured, ())
    return pd.DataFrame(found, columns=["Articles", "Measure", "Value", "Interval (90 %)"])


def reliability_rows(measured: Any) -> pd.DataFrame:
    """How far confidence can be trusted, from ``accuracy.json``.

    Columns Articles, Confidence, Rows, Stated (mean), Right (share).

    Bins that lack a number are passed over.
    """
    found: list[dict[str, Any]] = []
    for part, told in PARTS.items():
        bins = measured.get(f"reliability_{part}") if isinstance(measured, dict) else None
        for one in bins if isinstance(bins, list) else ():
            names = ("from", "to", "rows", "mean_confidence", "share_right")
            numbers: list[Any] = [one.get(name) for name in names] if isinstance(one, dict) else [None]
            if all(isinstance(number, int | float) for number in numbers):
                low, high, count, stated, right = numbers
                found.append({"Articles": told, "Confidence": f"{low:.1f}–{high:.1f}", "Rows": int(count),
                              "Stated (mean)": round(stated, 2), "Right (share)": round(right, 2)})
    return pd.DataFrame(found, columns=["Articles", "Confidence", "Rows", "Stated (mean)", "Right (share)"])


def _stored(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _interval(pair: Any) -> str:
    good = isinstance(pair, list) and len(pair) == 2 and all(isinstance(end, int | float) for end in pair)
    return f"{pair[0]:.3f}–{pair[1]:.3f}" if good else ""
