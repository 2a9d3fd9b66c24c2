"""Fits the weights of `etl.coding.confidence` on labelled articles: ``python -m etl train --labels FILE…``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from etl.coding.confidence import features
from etl.coding.events import happenings_of
from etl.evaluate import parts, read_labels
from etl.measure import ROW, checks, pair
from etl.read.record import check
from etl.reference import FOLDER

RIDGE = 3.0  # strength of the L2 penalty: a few hundred rows must not be learned by heart


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


def fit(rows: list[Row], target_of: Callable[[Row], bool]) -> dict[str, float]:
    """Weights of a ridge-penalised logistic regression of `target_of` on the rows' features."""
    names = sorted({name for row in rows for name in row.features})
    matrix = np.array([[row.features.get(name, 0.0) for name in names] for row in rows])
    target = np.array([float(target_of(row)) for row in rows])
    free = np.array([name == "always" for name in names])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logit = matrix @ weights
        value = np.logaddexp(0, logit).sum() - target @ logit + RIDGE / 2 * (weights[~free] ** 2).sum()
        gradient = matrix.T @ (1 / (1 + np.exp(-logit)) - target) + RIDGE * np.where(free, 0, weights)
        return float(value), gradient

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, best.x.round(3).tolist(), strict=True))


def train(paths: list[Path], output: Path = FOLDER / "confidence_weights.csv") -> int:
    """Fit on the tuned part of the labelled files (the part kept aside stays unseen); the number of rows used."""
    labels = [label for path in paths for label in parts(read_labels(path))["tuned"]]
    rows = rows_of(labels)
    found, right = fit(rows, lambda row: row.found), fit(rows, lambda row: row.right)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "found", "right"])
        writer.writerows([name, found[name], right[name]] for name in sorted(found))
    return len(rows)
