"""Accuracy against labelled articles: scores with intervals, and the faults by kind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from etl.measure import ROW, Event, checks, pair

_DRAWS = 1000  # resamplings of the articles for the 90 % intervals
_SEED = 20251019


@dataclass(frozen=True)
class Fault:
    """One disagreement: `what` is missed, false alarm, or "wrong …" with the fields that differ."""

    article_id: str
    what: str
    label: Event | None
    coded: Event | None


@dataclass(frozen=True)
class Score:
    """Agreement of coded with labelled articles.

    `found` and `right` are (precision, recall, F1, low, high), the last two a 90 % interval of F1 from resampled
    articles; `fields` is the share of pairs in which each field agrees; `quiet` the share of articles without events
    that were kept empty (None when there is none).
    """

    articles: int
    labelled: int
    coded: int
    found: tuple[float, float, float, float, float]
    right: tuple[float, float, float, float, float]
    fields: dict[str, float]
    quiet: float | None
    faults: list[Fault] = field(default_factory=list, compare=False)
    rows: list[tuple[float, bool]] = field(default_factory=list, compare=False)  # confidence, whole row right

    def summary(self) -> dict[str, Any]:
        """The figures as plain JSON: what `make evaluate` prints and the floors are held against."""
        return {
            "articles": self.articles,
            "labelled": self.labelled,
            "coded": self.coded,
            "found_f1": round(self.found[2], 3),
            "found_interval": [round(x, 3) for x in self.found[3:]],
            "row_right_f1": round(self.right[2], 3),
            "row_right_interval": [round(x, 3) for x in self.right[3:]],
            "fields": {k: round(v, 3) for k, v in self.fields.items()},
            "quiet_kept_empty": None if self.quiet is None else round(self.quiet, 3),
        }


def score(labels: Iterable[dict[str, Any]], coded: dict[str, list[Event]]) -> Score:
    """Score `coded` (article id → events in the codebook's fields) against labelled articles."""
    counts: list[list[int]] = []
    agree: dict[str, list[bool]] = {}
    faults: list[Fault] = []
    rows: list[tuple[float, bool]] = []
    quiet = [0, 0]
    for article in labels:
        wanted, got = article["events"], coded.get(article["id"], [])
        text = f"{article['title']}\n{article['text']}"
        if not wanted:
            quiet[0] += 1
            quiet[1] += not any(_main(p) for p in got)
        pairs = pair(wanted, got)
        main = {i for i, g in enumerate(wanted) if _main(g)}
        told = {j for j, p in enumerate(got) if _main(p)}
        hit = right = 0
        for i, j in pairs:
            verdict = checks(wanted[i], got[j], text)
            verdict["salience"] = (i in main) == (j in told)
            for name, value in verdict.items():
                agree.setdefault(name, []).append(value)
            whole = all(verdict[name] for name in ROW)
            if i in main and j in told:
                hit += 1
                right += whole
            if j in told:
                rows.append((float(got[j].get("confidence", 0.5)), whole))
            if not whole:
                wrong = ", ".join(name for name in ROW if not verdict[name])
                faults.append(Fault(article["id"], f"wrong {wrong}", wanted[i], got[j]))
        paired_coded = {j for _, j in pairs}
        paired_labels = {i for i, _ in pairs}
        forgiven = sum(1 for i, j in pairs if i not in main and j in told)
        counts.append([len(main), len(told) - forgiven, hit, right])
        faults += [Fault(article["id"], "missed", wanted[i], None) for i in sorted(main - paired_labels)]
        for i, j in pairs:
            if i in main and j not in told:
                faults.append(Fault(article["id"], "missed (coded as background)", wanted[i], got[j]))
        for j in sorted(told - paired_coded):
            faults.append(Fault(article["id"], "false alarm", None, got[j]))
            rows.append((float(got[j].get("confidence", 0.5)), False))
    table = np.array(counts or [[0, 0, 0, 0]])
    return Score(
        len(counts),
        int(table[:, 0].sum()),
        int(table[:, 1].sum()),
        _f1(table, 2),
        _f1(table, 3),
        {k: float(np.mean(v)) for k, v in agree.items()},
        quiet[1] / quiet[0] if quiet[0] else None,
        faults,
        rows,
    )


def _main(event: Event) -> bool:
    return event.get("salience") != "background"


def _f1(table: np.ndarray, column: int) -> tuple[float, float, float, float, float]:
    labelled, coded, hit = (int(table[:, k].sum()) for k in (0, 1, column))
    precision, recall = hit / coded if coded else 0.0, hit / labelled if labelled else 0.0
    both = labelled + coded
    draws = np.random.default_rng(_SEED).integers(0, len(table), (_DRAWS, len(table)))
    again = table[draws].sum(axis=1)
    spread = 2 * again[:, column] / np.maximum(again[:, 0] + again[:, 1], 1)
    low, high = np.quantile(spread, [0.05, 0.95])
    return precision, recall, 2 * hit / both if both else 0.0, float(low), float(high)


def reliability(
    rows: Iterable[tuple[float, bool]], edges: tuple[float, ...] = (0, 0.2, 0.4, 0.6, 0.8, 1.01)
) -> list[dict[str, Any]]:
    """Rows by stated confidence: how many, the mean confidence, and the share that is right.

    Right is what `Score.right` counts: the row pairs with a labelled event, and type, date, place, both sides and the
    figures of killed agree. A false alarm is a row that is not right.
    """
    rows = list(rows)
    table = []
    for low, high in zip(edges, edges[1:], strict=False):
        inside = [(c, ok) for c, ok in rows if low <= c < high]
        if inside:
            table.append(
                {
                    "from": low,
                    "to": min(high, 1.0),
                    "rows": len(inside),
                    "mean_confidence": round(float(np.mean([c for c, _ in inside])), 3),
                    "share_right": round(float(np.mean([ok for _, ok in inside])), 3),
                }
            )
    return table


def read_labels(path: Path) -> list[dict[str, Any]]:
    """Labelled articles, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def fingerprint(path: Path) -> str:
    """SHA-256 of a gold file: floors hold for exactly these labels."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def parts(labels: list[dict[str, Any]], share: int = 3, most: int = 50) -> dict[str, list[dict[str, Any]]]:
    """Labelled articles in two parts, "tuned" and "aside", by clusters of articles that tell the same happenings.

    About one cluster in `share` is kept aside, chosen by a hash of its first article's id; a cluster of `most` articles
    or more would be all of the part kept aside, so it is tuned on.
    """
    parent: dict[str, str] = {}

    def find(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for article in labels:
        find(article["id"])
        for event in article["events"]:
            one, other = find("key " + event["event_key"]), find(article["id"])
            if one != other:
                parent[one] = other
    clusters: dict[str, list[dict[str, Any]]] = {}
    for article in labels:
        clusters.setdefault(find(article["id"]), []).append(article)
    made: dict[str, list[dict[str, Any]]] = {"tuned": [], "aside": []}
    for members in clusters.values():
        first = min(article["id"] for article in members)
        aside = len(members) < most and int(hashlib.sha256(first.encode()).hexdigest(), 16) % share == 0
        made["aside" if aside else "tuned"] += members
    return made


def evaluate(labels: list[dict[str, Any]], code: Callable[[dict[str, Any]], list[Event]]) -> dict[str, Score]:
    """Scores of `code` (labelled article → events) on the whole and on both parts."""
    coded = {article["id"]: code(article) for article in labels}
    scores = {"all": score(labels, coded)}
    for name, members in parts(labels).items():
        scores[name] = score(members, coded)
    return scores
