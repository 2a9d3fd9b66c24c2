"""How strongly two actors are named together: counts, and two measures that allow for how often each is named at all."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd

from dashboard.queries import Detail, Level, condition
from dashboard.releases import Release
from dashboard.view import View

Scale = Literal["count", "jaccard", "npmi"]
SCALES: dict[Scale, str] = {
    "count": "Count: texts that name both.",
    "jaccard": "Jaccard: texts that name both, divided by texts that name either; 0 never together, 1 always together.",
    "npmi": "NPMI (normalised pointwise mutual information, Bouma 2009): −1 never together, 0 as often as chance would "
            "have it, 1 only ever together. Counts below five make it unsteady.",
}
_SPAN = {"sentence": "m.sentence", "paragraph": "m.paragraph", "article": "0"}
_ACTOR = {"root": "split_part(m.actor, '.', 1)", "actor": "m.actor"}


def namings(view: View, release: Release, level: Level, detail: Detail = "root") -> tuple[pd.DataFrame, int]:
    """How many texts name each actor (``actor``, ``n``, most first), and how many texts name any actor.

    Texts are sentences, paragraphs or articles (`level`) of the articles that `dashboard.queries.comentions` counts.
    """
    where, values = condition(view)
    named = f"""SELECT DISTINCT m.article_id, {_SPAN[level]} AS span, {_ACTOR[detail]} AS actor
        FROM mentions m JOIN articles a USING (article_id)
        WHERE a.copy_of IS NULL AND m.article_id IN (
            SELECT r.article_id FROM reports r JOIN events e USING (event_id) WHERE {where})"""
    counts = release.query(
        f"SELECT actor, CAST(count(*) AS BIGINT) AS n FROM ({named}) GROUP BY actor ORDER BY n DESC, actor", values)
    total = release.query(f"SELECT count(*) AS n FROM (SELECT DISTINCT article_id, span FROM ({named}))", values)
    return counts, int(total["n"].iloc[0])


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
        strength(int(row.n), int(row.n_1), int(row.n_2), total, scale) for row in table.itertuples()
    ]
    return table
