"""Fits the weights of `etl.coding.confidence` on labelled articles: ``python -m etl train --labels FILE…``.

Two logistic regressions with a ridge penalty. That of `right` becomes the published confidence, so it is calibrated:
rows are judged by weights that were fitted without their article (cross-validation by article), the penalty is the one
that judges best so, and the judgements are stretched or flattened to the shares that were right (Platt 1999). The
stretch is written into the weights, so that coding only sums them up.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from etl.coding.confidence import DOUBT, features
from etl.coding.events import happenings_of
from etl.evaluate import parts, read_labels
from etl.measure import ROW, checks, pair
from etl.read.record import check
from etl.reference import FOLDER

RIDGE = 3.0  # strength of the L2 penalty: a few hundred rows must not be learned by heart
RIDGES = (3.0, 10.0, 30.0, 100.0)  # penalties that are tried for `right`
FOLDS = 10


class Row(NamedTuple):
    """One main candidate event: its features, whether it pairs with a labelled event that counts, whether the whole row
    is right, and the article's id."""

    features: dict[str, float]
    found: bool
    right: bool
    article_id: str


def rows_of(labels: Iterable[dict[str, Any]]) -> list[Row]:
    """The candidate main events of labelled articles, for fitting."""
    from etl.codebook import event_row
    from etl.coding import read_article

    made = []
    for label in labels:
        article = check(label).article
        if article is None:
            continue
        readings, stances = read_article(article)
        candidates = happenings_of(readings, stances)
        rows = [event_row(event, article) for _, event in candidates]
        partner = {j: i for i, j in pair(label["events"], rows)}
        for j, (happening, event) in enumerate(candidates):
            if event.salience == "background":
                continue
            match = label["events"][partner[j]] if j in partner else None
            if match is not None and match["salience"] == "background":
                continue
            right = match is not None and all(checks(match, rows[j], article.full_text)[k] for k in ROW)
            made.append(
                Row(features(readings, happening, event, len(candidates)), match is not None, right, label["id"])
            )
    return made


def fit(rows: list[Row], target_of: Callable[[Row], bool], ridge: float = RIDGE) -> dict[str, float]:
    """Weights of a ridge-penalised logistic regression of `target_of` on the rows' features."""
    names = sorted({name for row in rows for name in row.features})
    matrix = np.array([[row.features.get(name, 0.0) for name in names] for row in rows])
    target = np.array([float(target_of(row)) for row in rows])
    free = np.array([name == "always" for name in names])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logit = matrix @ weights
        value = np.logaddexp(0, logit).sum() - target @ logit + ridge / 2 * (weights[~free] ** 2).sum()
        gradient = matrix.T @ (1 / (1 + np.exp(-logit)) - target) + ridge * np.where(free, 0, weights)
        return float(value), gradient

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, best.x.round(3).tolist(), strict=True))


def judged_apart(rows: list[Row], target_of: Callable[[Row], bool], ridge: float = RIDGE) -> np.ndarray:
    """The logit of each row by weights that were fitted without its article: shape (rows,)."""
    fold = np.array([int(hashlib.sha256(row.article_id.encode()).hexdigest(), 16) % FOLDS for row in rows])
    logits = np.zeros(len(rows))
    for k in sorted(set(fold)):
        weights = fit([row for row, f in zip(rows, fold, strict=True) if f != k], target_of, ridge)
        for i in np.flatnonzero(fold == k):
            logits[i] = sum(weights.get(name, 0.0) * value for name, value in rows[i].features.items())
    return logits


def stretch(logits: np.ndarray, target: np.ndarray) -> tuple[float, float]:
    """Slope (not below 0) and offset that make logits fit the shares that are right: Platt's two parameters.

    The targets are drawn in by Platt's prior, so that a few rows that are all right do not make certainty.
    """
    high, low = (target.sum() + 1) / (target.sum() + 2), 1 / ((1 - target).sum() + 2)
    wanted = np.where(target > 0.5, high, low)

    def loss(line: np.ndarray) -> float:
        moved = line[0] * logits + line[1]
        return float(np.logaddexp(0, moved).sum() - wanted @ moved)

    best = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.0, 5.0), (-10.0, 10.0)])
    return float(best.x[0]), float(best.x[1])


def calibrated(rows: list[Row]) -> dict[str, float]:
    """Weights of `right` whose sum is a logit that holds on articles that were not fitted on.

    Only rows that would be published shape the stretch, because only they show their confidence.
    """
    target = np.array([float(row.right) for row in rows])
    doubt = np.log(DOUBT / (1 - DOUBT))
    shown = judged_apart(rows, lambda row: row.found) >= doubt
    if not shown.any():
        shown[:] = True

    def loss(ridge: float) -> float:
        logits = apart[ridge][shown]
        slope, offset = stretch(logits, target[shown])
        moved = slope * logits + offset
        return float(np.logaddexp(0, moved).sum() - target[shown] @ moved)

    apart = {ridge: judged_apart(rows, lambda row: row.right, ridge) for ridge in RIDGES}
    ridge = min(RIDGES, key=loss)
    slope, offset = stretch(apart[ridge][shown], target[shown])
    weights = {name: round(slope * weight, 3) for name, weight in fit(rows, lambda row: row.right, ridge).items()}
    return weights | {"always": round(weights.get("always", 0.0) + offset, 3)}


def train(paths: list[Path], output: Path = FOLDER / "confidence_weights.csv") -> int:
    """Fit on the tuned part of the labelled files (the part kept aside stays unseen); the number of rows used."""
    labels = [label for path in paths for label in parts(read_labels(path))["tuned"]]
    rows = rows_of(labels)
    found, right = fit(rows, lambda row: row.found), calibrated(rows)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "found", "right"])
        writer.writerows([name, found[name], right[name]] for name in sorted(found))
    return len(rows)
