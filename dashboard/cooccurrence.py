"""How strongly two actors are named together: counts, and two measures that allow for how often each is named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from dashboard import queries
from dashboard.charts import period_starts, rows_of
from dashboard.queries import SENTENCES, SPAN, Detail, Level, condition
from dashboard.releases import Release
from dashboard.view import View
from etl.schema import EVIDENCE_LIMIT

Scale = Literal["count", "jaccard", "npmi"]
SCALES: dict[Scale, str] = {
    "count": "Count: texts that name both.",
    "jaccard": "Jaccard (1901): texts that name both, divided by texts that name either; 0 never together, 1 always "
               "together. An actor that is named everywhere gains nothing by it.",
    "npmi": "NPMI (normalised pointwise mutual information, Bouma 2009): −1 never together, 0 as often as chance would "
            "have it, 1 only ever together. Counts below five make it unsteady.",
}
def namings(
    view: View, release: Release, level: Level, detail: Detail = "root", opened: Sequence[str] = ()
) -> tuple[pd.DataFrame, int]:
    """How many texts name each actor (``actor``, ``n``, most first), and how many texts name any actor.

    The texts are those of `dashboard.queries.namings`.
    """
    named, values = queries.namings(view, level, detail, opened)
    counts = release.query(
        f"SELECT actor, CAST(count(*) AS BIGINT) AS n FROM ({named}) GROUP BY actor ORDER BY n DESC, actor", values)
    total = release.query(f"SELECT count(*) AS n FROM (SELECT DISTINCT article_id, span FROM ({named}))", values)
    return counts, int(total["n"].iloc[0])


def by_month(
    view: View, release: Release, level: Level, scale: Scale, detail: Detail = "root", opened: Sequence[str] = ()
) -> pd.DataFrame:
    """Every pair in every month in which it is named together, by the day on which the article was published.

    Columns ``month`` (its first day), ``actor_1``, ``actor_2``, ``n``, ``n_1``, ``n_2`` as in `associate`, ``n_texts``
    (texts of the month that name any actor) and ``value`` on the scale, counted within the month.
    """
    named, values = queries.namings(view, level, detail, opened)
    table = release.query(
        f"""WITH named AS (SELECT CAST(date_trunc('month', published) AS DATE) AS month, * FROM ({named})),
        alone AS (SELECT month, actor, CAST(count(*) AS BIGINT) AS n FROM named GROUP BY ALL),
        texts AS (SELECT month, CAST(count(*) AS BIGINT) AS n FROM
                  (SELECT DISTINCT month, article_id, span FROM named) GROUP BY ALL)
        SELECT x.month, x.actor AS actor_1, y.actor AS actor_2, CAST(count(*) AS BIGINT) AS n,
               any_value(p.n) AS n_1, any_value(q.n) AS n_2, any_value(t.n) AS n_texts
        FROM named x JOIN named y ON x.article_id = y.article_id AND x.span = y.span AND x.actor < y.actor
        JOIN alone p ON p.month = x.month AND p.actor = x.actor JOIN alone q ON q.month = x.month AND q.actor = y.actor
        JOIN texts t ON t.month = x.month
        WHERE split_part(y.actor, '.', 1) <> x.actor
        GROUP BY x.month, x.actor, y.actor ORDER BY x.month, n DESC, actor_1, actor_2""", values)
    table["value"] = [strength(int(row.n), int(row.n_1), int(row.n_2), int(row.n_texts), scale)
                      for row in rows_of(table)]
    return table


def months(view: View, release: Release) -> pd.DatetimeIndex:
    """Every month from the first to the last in which an article was published that `by_month` counts."""
    named, values = queries.namings(view, "article")
    ends = release.query(f"SELECT min(published) AS first, max(published) AS last FROM ({named})", values).iloc[0]
    if pd.isna(ends["first"]):
        return pd.DatetimeIndex([])
    return period_starts(pd.Timestamp(ends["first"]).date(), pd.Timestamp(ends["last"]).date(), "month")


def strength(both: int, first: int, second: int, total: int, scale: Scale) -> float:
    """The strength of a pair named together in `both` of `total` texts, alone in `first` and `second` of them."""
    if scale == "count":
        return float(both)
    if scale == "jaccard":
        either = first + second - both
        return both / either if either else 0.0
    if both == 0:
        return -1.0
    if both >= total:
        return 1.0
    chance = math.log(both * total / (first * second))
    return chance / -math.log(both / total)


def associate(pairs: pd.DataFrame, counts: pd.DataFrame, total: int, scale: Scale) -> pd.DataFrame:
    """`pairs` (actor_1, actor_2, n) with ``n_1``, ``n_2`` (texts that name each) and ``value`` on the scale chosen."""
    alone = dict(zip(counts["actor"], counts["n"].astype(int), strict=True))
    table = pairs.copy()
    table["n_1"] = [alone.get(actor, 0) for actor in table["actor_1"]]
    table["n_2"] = [alone.get(actor, 0) for actor in table["actor_2"]]
    table["value"] = [
        strength(int(row.n), int(row.n_1), int(row.n_2), total, scale) for row in rows_of(table)
    ]
    return table


def passages(
    view: View, release: Release, actor_1: str, actor_2: str, level: Level, detail: Detail = "root",
    opened: Sequence[str] = (),
) -> pd.DataFrame:
    """Sentences behind one cell, newest first: in texts (`level`) that name both actors, those that name either.

    With ``level="sentence"`` these are the sentences that name both. At most `SENTENCES` rows: article_id, published,
    publisher, title, url, sentence (its number), excerpt (at most `EVIDENCE_LIMIT` characters; empty where the release
    came without texts).
    """
    where, values = condition(view)
    actor = queries.shown_actor("m.actor", detail, opened, values)
    found = release.query(
        f"""WITH named AS (
            SELECT m.article_id, m.sentence, {SPAN[level]} AS span, {actor} AS actor,
                   m.sentence_start, m.sentence_end
            FROM mentions m JOIN articles a USING (article_id)
            WHERE a.copy_of IS NULL AND {actor} IN ($actor_1, $actor_2) AND m.article_id IN (
                SELECT r.article_id FROM reports r JOIN events e USING (event_id) WHERE {where})),
        together AS (SELECT article_id, span FROM named GROUP BY article_id, span HAVING count(DISTINCT actor) = 2)
        SELECT n.article_id, a.published, a.publisher, a.title, a.url, n.sentence,
               min(n.sentence_start) AS sentence_start, max(n.sentence_end) AS sentence_end
        FROM named n JOIN together b ON b.article_id = n.article_id AND b.span = n.span
        JOIN articles a ON a.article_id = n.article_id
        GROUP BY n.article_id, a.published, a.publisher, a.title, a.url, n.sentence
        ORDER BY a.published DESC, n.article_id, n.sentence LIMIT {SENTENCES}""",
        {**values, "actor_1": actor_1, "actor_2": actor_2},
    )
    texts = {article: release.text(article) for article in found["article_id"].unique()}
    found["excerpt"] = [
        _excerpt(texts[row.article_id], int(row.sentence_start), int(row.sentence_end)) for row in rows_of(found)
    ]
    return found.drop(columns=["sentence_start", "sentence_end"])


def _excerpt(text: str | None, start: int, end: int) -> str | None:
    if text is None:
        return None
    sentence = " ".join(text[start:end].split())
    return sentence if len(sentence) <= EVIDENCE_LIMIT else sentence[:EVIDENCE_LIMIT - 1] + "…"
