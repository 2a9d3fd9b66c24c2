"""The tables of casualty figures: the ledger of claims, and what follows from them for each side and in total."""

from __future__ import annotations

from etl.columns import EVIDENCE_LIMIT, MEASURES, Column, Table

STANDINGS = ("own_losses", "neutral", "unattributed", "civilians", "enemy_losses")

CLAIMS = Table(
    "claims",
    "one casualty figure, by one source, in one article",
    ("claim_id",),
    (
        Column("claim_id", "string", "Identifier of the claim", required=True),
        Column("event_id", "string", "The event that the figure is about", required=True, refers_to="events.event_id"),
        Column("report_id", "string", "The report that carries it", required=True, refers_to="reports.report_id"),
        Column("article_id", "string", "The article that carries it", required=True, refers_to="articles.article_id"),
        Column("published", "date", "Day of the article", "ISO 8601 date", True),
        Column(
            "side",
            "string",
            "Whose losses; empty where the figure is a total that the text does not split",
            vocabulary="actors",
        ),
        Column("measure", "string", "killed or injured", required=True, allowed=MEASURES),
        Column(
            "low", "integer", "Lower bound of the figure; empty where only an upper bound is told", "persons", minimum=0
        ),
        Column(
            "high", "integer", "Upper bound of the figure; empty where only a lower bound is told", "persons", minimum=0
        ),
        Column(
            "claimant", "string", "Who says so; empty where the article says it in its own voice", vocabulary="actors"
        ),
        Column(
            "standing",
            "string",
            "How the source stands to the losses: its own, neutral to them, unattributed (the article's own voice), "
            "civilians', or its enemy's, which weighs least",
            required=True,
            allowed=STANDINGS,
        ),
        Column(
            "superseded",
            "boolean",
            "True where the same source tells a newer figure of the same side: part of the history, not of the toll",
            required=True,
        ),
        Column(
            "evidence",
            "string",
            f"Exact sentence that carries the figure (at most {EVIDENCE_LIMIT} characters)",
            required=True,
        ),
        Column(
            "evidence_start",
            "integer",
            "Offset of the excerpt in title + newline + text",
            "characters",
            True,
            minimum=0,
        ),
        Column("evidence_end", "integer", "Offset just behind the excerpt", "characters", True, minimum=0),
    ),
)

TOLLS = Table(
    "tolls",
    "the losses of one side of one event, or of all sides together, in one measure",
    ("toll_id",),
    (
        Column("toll_id", "string", "Identifier of the row", required=True),
        Column("event_id", "string", "The event", required=True, refers_to="events.event_id"),
        Column("measure", "string", "killed or injured", required=True, allowed=MEASURES),
        Column("side", "string", "Whose losses; empty for all sides together", vocabulary="actors"),
        Column("low", "integer", "Lowest credible account", "persons", True, minimum=0),
        Column("best", "integer", "Most reliable account, the latest among equals", "persons", True, minimum=0),
        Column("high", "integer", "Highest account", "persons", True, minimum=0),
        Column("n_claims", "integer", "Claims about these losses", "claims", True, minimum=0),
        Column("contested", "boolean", "True where sources contradict each other on these losses", required=True),
        Column(
            "basis",
            "string",
            "The claim that best rests on; empty where it is the sum of several",
            refers_to="claims.claim_id",
        ),
        Column(
            "accounts",
            "list",
            "The latest figure of each source, side by side, e.g. “AFG.GOV 58|PAK.MIL 23”; “text” is the articles' "
            "own voice, “9+” at least 9, “≤9” at most 9",
        ),
        Column(
            "history",
            "list",
            "How the best account grew: day of publication and figure, e.g. “2025-10-12 9|2025-10-13 12”",
        ),
    ),
)
