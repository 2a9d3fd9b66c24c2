"""Fits the weights of `etl.coding.confidence` on labelled articles: ``python -m etl train --labels FILE…``.

Two logistic regressions with a ridge penalty: whether a row is an event that the article reports, and whether the
figures of killed of such a row are right. Whole rows alone tell a regression of this size little; the product of the
two chances tells more. It is calibrated: rows are judged by weights that were fitted without their article
(cross-validation by article), and the products are stretched or flattened to the shares of whole rows that were right
(Platt 1999).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from etl.coding.confidence import DOUBT, OFFSET, SLOPE, features
from etl.coding.events import happenings_of
from etl.evaluate import parts, read_labels
from etl.measure import ROW, checks, pair
from etl.read.record import check
from etl.reference import FOLDER

RIDGE = 3.0  # strength of the L2 penalty: a few hundred rows must not be learned by heart
FOLDS = 10


class Row(NamedTuple):
    """One main candidate event: its features, whether it pairs with a labelled event that counts, whether its figures
    of killed are right, whether the whole row is, and the article's id."""

    features: dict[str, float]
    found: bool
    killed: bool
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
            verdict = checks(match, rows[j], article.full_text) if match is not None else dict.fromkeys(ROW, False)
            given = features(readings, happening, event, len(candidates))
            whole = all(verdict[name] for name in ROW)
            made.append(Row(given, match is not None, verdict["killed"], whole, label["id"]))
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


def _logit(weights: dict[str, float], row: Row) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in row.features.items())


def products_apart(rows: list[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Each row judged by weights that were fitted without its article.

    Gives the chance of `found`, and the logarithm of the product of both chances: arrays of shape (rows,).
    """
    fold = np.array([int(hashlib.sha256(row.article_id.encode()).hexdigest(), 16) % FOLDS for row in rows])
    chances, products = np.zeros(len(rows)), np.zeros(len(rows))
    for k in sorted(set(fold)):
        found, killed = _weights([row for row, f in zip(rows, fold, strict=True) if f != k])
        for i in np.flatnonzero(fold == k):
            one = -np.logaddexp(0, -_logit(found, rows[i]))
            chances[i], products[i] = np.exp(one), one - np.logaddexp(0, -_logit(killed, rows[i]))
    return chances, products


def _weights(rows: list[Row]) -> tuple[dict[str, float], dict[str, float]]:
    found = fit(rows, lambda row: row.found)
    return found, fit([row for row in rows if row.found], lambda row: row.killed)


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


def weights_of(rows: list[Row]) -> tuple[dict[str, float], dict[str, float]]:
    """The two columns of the table, the second with the calibration under `SLOPE` and `OFFSET`.

    Only rows that would be published shape the calibration, because only they show their confidence.
    """
    chances, products = products_apart(rows)
    shown = chances >= DOUBT if (chances >= DOUBT).any() else np.ones(len(rows), bool)
    slope, offset = stretch(products[shown], np.array([float(row.right) for row in rows])[shown])
    found, killed = _weights(rows)
    return found, killed | {SLOPE: round(slope, 3), OFFSET: round(offset, 3)}


def train(paths: list[Path], output: Path = FOLDER / "confidence_weights.csv") -> int:
    """Fit on the tuned part of the labelled files (the part kept aside stays unseen); the number of rows used."""
    rows = rows_of([label for path in paths for label in parts(read_labels(path))["tuned"]])
    found, killed = weights_of(rows)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "found", "killed"])
        writer.writerows([name, found.get(name, 0.0), killed.get(name, 0.0)] for name in sorted({*found, *killed}))
    return len(rows)
