"""The table of an analyst's declared corrections, as a release shows them."""

from __future__ import annotations

from etl.columns import Column, Table

CORRECTION_STATUS = ("applied", "stale", "rejected")

CORRECTIONS = Table(
    "corrections",
    "one declared correction and what became of it",
    ("line",),
    (
        Column("line", "integer", "Line of data/corrections.csv, the header being line 1", "ordinal", True, minimum=2),
        Column("target", "string", "The event_id or report_id that the correction names", required=True),
        Column("event_id", "string", "The event that it touches, where it was applied"),
        Column("field", "string", "The corrected column of events or reports", required=True),
        Column("old", "string", "What the cell held; lists joined by |, empty for an empty cell"),
        Column("value", "string", "What it holds instead"),
        Column("reason", "string", "Why, in a sentence"),
        Column("source", "string", "Where the right value comes from"),
        Column("by", "string", "Who declared it"),
        Column("date", "string", "On which day, as declared", "ISO 8601 date"),
        Column(
            "status",
            "string",
            "applied; stale: the release no longer holds what it corrects; rejected: it cannot be read",
            required=True,
            allowed=CORRECTION_STATUS,
        ),
        Column("outcome", "string", "The same in a sentence, with the cure where it was not applied", required=True),
    ),
)
