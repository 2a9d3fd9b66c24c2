"""The tables of a release, described once.

Everything that needs to know a column reads it here: validation (`etl.publish`), the Frictionless `datapackage.json`,
the column dictionary in the docs and in the dashboard. Lists inside a cell are joined by ``|`` (see `LIST_SEPARATOR`),
so that Parquet and CSV hold the same text and Excel and R can split it.
"""

from __future__ import annotations

from etl.columns import EVIDENCE_LIMIT, LIST_SEPARATOR, MEASURES, Column, Kind, Table, join_list, split_list
from etl.schema_claims import CLAIMS, TOLLS
from etl.schema_corrections import CORRECTION_STATUS, CORRECTIONS

__all__ = ["EVIDENCE_LIMIT", "LIST_SEPARATOR", "MEASURES", "Column", "Kind", "Table", "join_list", "split_list"]

PRECISIONS = ("day", "week", "month", "year")
GEO_PRECISIONS = ("place", "district", "province", "country", "border")
SALIENCE = ("main", "background")
ID_STATUS = ("live", "merged", "withdrawn")
LEDGER_STATUS = ("coded", "no_event", "off_topic", "duplicate", "not_selected", "rejected",
                 *(f"correction_{status}" for status in CORRECTION_STATUS))


def _where() -> tuple[Column, ...]:
    """When and where, in the codebook's fields: the same in `events` and in `reports`."""
    return (
        Column("date_start", "date", "First day of the event, or of the period that bounds it", "ISO 8601 date", True),
        Column("date_end", "date", "Last day of the event, or of the period that bounds it", "ISO 8601 date", True),
        Column(
            "date_precision",
            "string",
            "day: both dates are exact; else the period that bounds the event",
            required=True,
            allowed=PRECISIONS,
        ),
        Column("place", "string", "Most specific named place, as the gazetteer spells it where it knows the place"),
        Column("district", "string", "District (admin2) of the place"),
        Column("province", "string", "Province (admin1) of the place"),
        Column("country", "string", "Country of the place", "ISO 3166-1 alpha-2"),
        Column(
            "geo_precision",
            "string",
            "How precisely the place is known; border: only along the border",
            required=True,
            allowed=GEO_PRECISIONS,
        ),
        Column("other_places", "list", "Further places that share the event"),
        Column("place_id", "string", "Gazetteer entry of the place; empty where no entry matches"),
        Column(
            "latitude",
            "number",
            "Position of the place, only where geo_precision is place and the gazetteer has it",
            "degrees north, WGS84",
            minimum=-90,
            maximum=90,
        ),
        Column(
            "longitude",
            "number",
            "Position of the place, as latitude",
            "degrees east, WGS84",
            minimum=-180,
            maximum=180,
        ),
    )


def _who() -> tuple[Column, ...]:
    return (
        Column(
            "actors_a",
            "list",
            "The initiator's side (no meaning in the order for talks, agreements and clashes)",
            vocabulary="actors",
        ),
        Column("actors_b", "list", "The other side: who was hit, or the target", vocabulary="actors"),
        Column("mediators", "list", "Third parties who host or mediate", vocabulary="actors"),
        Column("claimed_by", "list", "Parties that claim the deed as theirs", vocabulary="actors"),
        Column("denied_by", "list", "Parties that deny the deed", vocabulary="actors"),
    )


def _tolls() -> tuple[Column, ...]:
    """Fatalities and injured as low, best and high, after UCDP's way of reporting uncertainty."""
    return tuple(
        Column(f"{measure}_{bound}", "integer", f"{meaning} {text}", "persons", minimum=0)
        for measure, text in (
            ("fatalities", "killed, both sides together"),
            ("injured", "injured, both sides together"),
        )
        for bound, meaning in (
            ("low", "Lowest account of the"),
            ("best", "Most reliable account of the"),
            ("high", "Highest account of the"),
        )
    )


EVENTS = Table(
    "events",
    "one happening, linked from all its reports",
    ("event_id",),
    (
        Column(
            "event_id",
            "string",
            "Identifier of the happening; kept from release to release as long as its reports stay together",
            required=True,
        ),
        Column("event_type", "string", "Event type of the codebook", required=True, vocabulary="event_types"),
        Column(
            "event_group",
            "string",
            "Group of the event type: violence, border, people, diplomacy, statement",
            required=True,
        ),
        Column(
            "salience",
            "string",
            "main: at least one article was written to report it; background: only mentioned in passing",
            required=True,
            allowed=SALIENCE,
        ),
        *_where(),
        Column(
            "km_to_border",
            "number",
            "Distance from the place to the Durand Line, where a position is known",
            "kilometres",
            minimum=0,
        ),
        *_who(),
        Column(
            "dyad",
            "string",
            "The two sides as root actors in alphabetical order, e.g. AFG–PAK; empty with one side only",
        ),
        *_tolls(),
        Column(
            "contested",
            "boolean",
            "True where sources contradict each other on the losses, of one side or of whose they are",
            required=True,
        ),
        Column(
            "contested_accounts",
            "list",
            "The versions side by side where contested, e.g. “killed PAK.MIL: AFG.GOV 58, PAK.MIL 23”",
        ),
        Column("n_reports", "integer", "Reports (article × event) linked to the event", "reports", True, minimum=1),
        Column("n_publishers", "integer", "Distinct publishers among the reports", "publishers", True, minimum=1),
        Column(
            "n_independent",
            "integer",
            "Reports after near-copies of one text are counted once",
            "reports",
            True,
            minimum=1,
        ),
        Column("first_published", "date", "Day of the first report", "ISO 8601 date", True),
        Column("last_published", "date", "Day of the latest report", "ISO 8601 date", True),
        Column(
            "confidence", "number", "Highest confidence among the reports", "probability", True, minimum=0, maximum=1
        ),
        Column(
            "evidence",
            "string",
            f"Excerpt of the best report that shows the event (at most {EVIDENCE_LIMIT} characters)",
            required=True,
        ),
    ),
)

REPORTS = Table(
    "reports",
    "one event as one article tells it",
    ("report_id",),
    (
        Column("report_id", "string", "Identifier of the report", required=True),
        Column(
            "event_id", "string", "The event that the report is linked to", required=True, refers_to="events.event_id"
        ),
        Column("article_id", "string", "The article it comes from", required=True, refers_to="articles.article_id"),
        Column("event_type", "string", "Event type as this article tells it", required=True, vocabulary="event_types"),
        Column(
            "salience",
            "string",
            "main: what the article was written to report; background: mentioned",
            required=True,
            allowed=SALIENCE,
        ),
        *_where(),
        *_who(),
        Column(
            "evidence",
            "string",
            f"Exact excerpt of the article that shows the event (at most {EVIDENCE_LIMIT} characters)",
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
        Column("trigger", "string", "The words that made it an event", required=True),
        Column(
            "confidence",
            "number",
            "Estimated probability that the whole row is right",
            "probability",
            True,
            minimum=0,
            maximum=1,
        ),
    ),
)

MENTIONS = Table(
    "mentions",
    "one actor in one sentence of one article",
    ("article_id", "sentence", "actor"),
    (
        Column("article_id", "string", "The article", required=True, refers_to="articles.article_id"),
        Column(
            "paragraph",
            "integer",
            "Number of the paragraph, from 0 (the title is paragraph 0)",
            "ordinal",
            True,
            minimum=0,
        ),
        Column(
            "sentence",
            "integer",
            "Number of the sentence in the article, from 0 (the title first)",
            "ordinal",
            True,
            minimum=0,
        ),
        Column("actor", "string", "Actor named in the sentence", required=True, vocabulary="actors"),
        Column("n", "integer", "How often the sentence names the actor", "mentions", True, minimum=1),
        Column(
            "sentence_start",
            "integer",
            "Offset of the sentence in title + newline + text",
            "characters",
            True,
            minimum=0,
        ),
        Column("sentence_end", "integer", "Offset just behind the sentence", "characters", True, minimum=0),
    ),
)

ARTICLES = Table(
    "articles",
    "one article that was read and is about the border or its conflicts",
    ("article_id",),
    (
        Column("article_id", "string", "Identifier given by the input", required=True),
        Column("url", "string", "Address of the source"),
        Column("publisher", "string", "Publisher as the input names it", required=True),
        Column("published", "date", "Day of publication", "ISO 8601 date", True),
        Column("title", "string", "Title of the article", required=True),
        Column("n_characters", "integer", "Length of title + newline + text", "characters", True, minimum=0),
        Column("n_sentences", "integer", "Sentences, the title among them", "sentences", True, minimum=0),
        Column("n_reports", "integer", "Events coded in the article", "reports", True, minimum=0),
        Column(
            "copy_of",
            "string",
            "The earlier article of which this one is a near-copy; empty for an original",
            refers_to="articles.article_id",
        ),
        Column("text_sha256", "string", "SHA-256 of title + newline + text", required=True),
    ),
)

EVENT_IDS = Table(
    "event_ids",
    "one identifier that this release or one before it gave to an event",
    ("event_id",),
    (
        Column("event_id", "string", "The identifier; never given to another happening", required=True),
        Column(
            "status",
            "string",
            "live: a row of events; merged: its reports are in another event now; "
            "withdrawn: none of its reports is in this release",
            required=True,
            allowed=ID_STATUS,
        ),
        Column(
            "merged_into",
            "string",
            "The event that holds its reports now, where it was merged",
            refers_to="events.event_id",
        ),
        Column(
            "split_from",
            "string",
            "The event that held its first report before, where it was split off",
            refers_to="event_ids.event_id",
        ),
        Column("first_release", "string", "Release that gave the identifier first", required=True),
        Column("changed_in", "string", "Release in which status, target or origin last changed", required=True),
    ),
)

LEDGER = Table(
    "ledger",
    "one input record and what became of it",
    ("input", "record"),
    (
        Column("input", "string", "Input file, relative to the path given", required=True),
        Column(
            "record",
            "integer",
            "Line of the file (from 1), or 1 for a file that holds one article",
            "ordinal",
            True,
            minimum=0,
        ),
        Column("article_id", "string", "Identifier of the article where one could be read"),
        Column("status", "string", "What became of the record", required=True, allowed=LEDGER_STATUS),
        Column(
            "reason",
            "string",
            "Why, in one sentence; for a rejected record what is wrong and how to cure it",
            required=True,
        ),
        Column("duplicate_of", "string", "The article_id that the record repeats"),
        Column("n_events", "integer", "Events coded from the record", "reports", True, minimum=0),
    ),
)

TABLES: tuple[Table, ...] = (EVENTS, REPORTS, CLAIMS, TOLLS, MENTIONS, ARTICLES, EVENT_IDS, CORRECTIONS, LEDGER)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
