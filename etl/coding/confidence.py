"""How sure a coded row is: a logistic regression over what the text gives for it.

The weights stand in `data/reference/confidence_weights.csv`, one feature a line, fitted by ``python -m etl train`` on
labelled articles: `found` weighs towards "this is an event that the article reports", `killed` towards "and its
figures of killed are right". `SLOPE` and `OFFSET` turn the product of the two chances into the published `confidence`:
the chance that type, date, place, both sides and the figures of killed are those that a careful reader would write. It
is calibrated: of the rows at 0.8, about 80 in 100 are right. A main event that is less likely than `DOUBT` to be one is
not published.
"""

from __future__ import annotations

import math
from functools import cache

from etl.article import CodedEvent
from etl.coding.identity import Happening, own_date
from etl.coding.kinds import is_group, unnamed_group
from etl.coding.needs import words
from etl.coding.scenes import Readings
from etl.reference import read_table

SLOPE, OFFSET = "calibration slope", "calibration offset"  # rows of the table that are no features
DOUBT = 0.45  # from 0.4 to 0.5 all is equal within the intervals, on the articles that rules were written on


def features(readings: Readings, happening: Happening, event: CodedEvent, n_happenings: int) -> dict[str, float]:
    """What the text gives for the row, each between 0 and 1 (or a small count on a log scale)."""
    doc, scenes = readings.parsed.doc, happening.scenes
    best = [a for s in scenes for a in s.actions if a.modality in {"real", "state"} and a.strength != "cue"] or list(
        scenes[0].actions
    )
    token = doc[best[0].token]
    lemmas = {t.lemma_.lower() for s in scenes for t in readings.parsed.sentences[s.sentence]}
    title = {t.lemma_.lower() for t in readings.parsed.sentences[0]} if readings.parsed.sentences else set()
    first = min(s.sentence for s in scenes)
    age = (readings.parsed.article.published - event.date_end).days
    width = (event.date_end - event.date_start).days
    killed = any(c.killed for c in event.casualties)
    quoted = readings.parsed.text[: best[0].start].count('"') % 2 == 1
    return {
        "always": 1.0,
        f"type {event.event_type}": 1.0,
        "strong": float(any(s.strength == "strong" for s in scenes)),
        "in title": float(first == 0),
        "in first paragraph": float(any(s.paragraph <= 1 for s in scenes)),
        "in second paragraph": float(any(s.paragraph == 2 for s in scenes)),
        "how far down": min(min(s.paragraph for s in scenes), 12) / 12,
        "clauses": math.log1p(len(scenes)) / 3,
        "own day": float(any(own_date(s) for s in scenes) and width <= 1),
        "own period": float(any(own_date(s) for s in scenes) and width > 1),
        "statement day": float(any(s.statement for s in scenes)),
        "today or yesterday": float(0 <= age <= 1),
        "own place": float(any(s.place is not None and s.place.geo_precision in {"place", "district"} for s in scenes)),
        "place": float(event.geo_precision == "place"),
        "no place": float(event.geo_precision in {"country", "border"}),
        "known place": float(event.place_id is not None),
        "killed": float(killed),
        "injured": float(any(c.injured for c in event.casualties)),
        "figures": min(len(event.casualties), 5) / 5,
        "somebody says": float(any(c.by for c in event.casualties)),
        "named group": float(any(is_group(a) and a != unnamed_group() for a in (*event.actors_a, *event.actors_b))),
        "unnamed group": float(unnamed_group() in event.actors_a),
        "several sides": float(len(event.actors_a) + len(event.actors_b) > 2),
        "verb": float(token.pos_ == "VERB"),
        "plural noun": float(token.tag_ in {"NNS", "NNPS"}),
        "past perfect": float(any(c.lower_ in {"had", "has", "have"} and c.dep_ == "aux" for c in token.children)),
        "relative clause": float(token.dep_ in {"relcl", "acl", "advcl"}),
        "quoted": float(quoted),
        "marker": float(any(s.marker for s in scenes)),
        "militancy word": float(bool(lemmas & words("militancy"))),
        "militancy title": float(bool(title & words("militancy"))),
        "protected word": float(bool(lemmas & words("protected"))),
        "crime word": float(bool((lemmas | title) & words("crime"))),
        "accident word": float(bool((lemmas | title) & words("accident"))),
        "many events": min(n_happenings, 10) / 10,
        "long article": min(len(readings.parsed.sentences), 60) / 60,
        "two border states": float(len({a.split(".")[0] for a in (*event.actors_a, *event.actors_b)}) > 1),
    }


@cache
def _weights() -> dict[str, tuple[float, float]]:
    rows = read_table("confidence_weights").rows
    return {row["feature"]: (float(row["found"]), float(row["killed"])) for row in rows}


def probabilities(given: dict[str, float]) -> tuple[float, float]:
    """The chance that the row is an event that the article reports, and that every cell of it is right."""
    weights = _weights()
    found = sum(weights.get(name, (0.0, 0.0))[0] * value for name, value in given.items())
    killed = sum(weights.get(name, (0.0, 0.0))[1] * value for name, value in given.items())
    product = -math.log1p(math.exp(-found)) - math.log1p(math.exp(-killed))
    logit = weights.get(SLOPE, (0.0, 1.0))[1] * product + weights.get(OFFSET, (0.0, 0.0))[1]
    return 1 / (1 + math.exp(-found)), 1 / (1 + math.exp(-logit))
