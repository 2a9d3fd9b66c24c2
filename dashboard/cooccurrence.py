"""How strongly two actors are named together: counts, and two measures that allow for how often each is named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from dashboard import queries
from dashboard.charts import period_starts, rows_of
from dashboard.opening import SPAN
from dashboard.queries import SENTENCES, Detail, Level, condition
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

    The texts are those of `dashboard.queries.named_sets`.
    """
    head, values = queries.named_sets(view, release, level, detail, opened)
    counts = release.query(f"{head} SELECT actor, CAST(sum(n) AS BIGINT) AS n FROM counted JOIN named USING (named) "
                           "GROUP BY actor ORDER BY n DESC, actor", values)
    total = release.query(f"{head} SELECT coalesce(sum(n), 0) AS n FROM counted", values)
    return counts, int(total["n"].iloc[0])


def by_month(
    view: View, release: Release, level: Level, scale: Scale, detail: Detail = "root", opened: Sequence[str] = ()
) -> pd.DataFrame:
    """Every pair in every month in which it is named together, by the day on which the article was published.

    Columns ``month`` (its first day), ``actor_1``, ``actor_2``, ``n``, ``n_1``, ``n_2`` as in `associate`, ``n_texts``
    (texts of the month that name any actor) and ``value`` on the scale, counted within the month.
    """
    head, values = queries.named_sets(view, release, level, detail, opened, by_month=True)
    table = release.query(
        f"""{head},
        alone AS (SELECT month, actor, CAST(sum(n) AS BIGINT) AS n FROM counted JOIN named USING (named) GROUP BY ALL),
        texts AS (SELECT month, CAST(sum(n) AS BIGINT) AS n FROM counted GROUP BY ALL),
        pairs AS (SELECT c.month, x.actor AS actor_1, y.actor AS actor_2, CAST(sum(c.n) AS BIGINT) AS n
                  FROM counted c JOIN named x USING (named) JOIN named y ON y.named = c.named AND x.actor < y.actor
                  WHERE split_part(y.actor, '.', 1) <> x.actor GROUP BY ALL)
        SELECT z.month, actor_1, actor_2, z.n, p.n AS n_1, q.n AS n_2, t.n AS n_texts
        FROM pairs z JOIN alone p ON p.month = z.month AND p.actor = actor_1
        JOIN alone q ON q.month = z.month AND q.actor = actor_2 JOIN texts t ON t.month = z.month
        ORDER BY z.month, z.n DESC, actor_1, actor_2""", values)
    table["value"] = [strength(int(row.n), int(row.n_1), int(row.n_2), int(row.n_texts), scale)
                      for row in rows_of(table)]
    return table


def months(view: View, release: Release) -> pd.DatetimeIndex:
    """Every month from the first to the last in which an article was published that `by_month` counts."""
    head, values = queries.named_sets(view, release, "article", by_month=True)
    ends = release.query(f"{head} SELECT min(month) AS first, max(month) AS last FROM counted", values).iloc[0]
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
    # A text that names both has a sentence that names one of them: so many texts are enough for so many sentences.
    found = release.query(
        f"""WITH both_named AS (
            SELECT m.named FROM named_actors m WHERE {actor} IN ($actor_1, $actor_2)
            GROUP BY m.named HAVING count(DISTINCT {actor}) = 2),
        together AS (
            SELECT article, span FROM spans WHERE level = '{level}' AND named IN (SELECT named FROM both_named)
            AND article IN (SELECT l.article FROM links l JOIN events e ON e.nth = l.event WHERE {where})
            ORDER BY article, span LIMIT {SENTENCES})
        SELECT a.nth, a.article_id, a.published, a.publisher, a.title, a.url, m.sentence,
               min(m.sentence_start) AS sentence_start, max(m.sentence_end) AS sentence_end
        FROM mentions m JOIN together t ON t.article = m.article AND t.span = {SPAN[level]}
        JOIN articles a ON a.nth = m.article WHERE {actor} IN ($actor_1, $actor_2)
        GROUP BY ALL ORDER BY a.nth, m.sentence LIMIT {SENTENCES}""",
        {**values, "actor_1": actor_1, "actor_2": actor_2},
    ).drop(columns="nth")
    texts = release.texts(found["article_id"].unique())
    found["excerpt"] = [
        _excerpt(texts.get(row.article_id), int(row.sentence_start), int(row.sentence_end)) for row in rows_of(found)
    ]
    return found.drop(columns=["sentence_start", "sentence_end"])


def _excerpt(text: str | None, start: int, end: int) -> str | None:
    if text is None:
        return None
    sentence = " ".join(text[start:end].split())
    return sentence if len(sentence) <= EVIDENCE_LIMIT else sentence[:EVIDENCE_LIMIT - 1] + "…"
