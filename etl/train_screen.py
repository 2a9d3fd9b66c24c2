"""Fits the weights of `etl.relevance`: ``python -m etl train-screen --articles FILE… [--labels FILE…]``.

The teacher is the full coding: an article that it gives a main event is one to keep. Labelled articles teach by their
labels and count `_WEIGHT` times. The coding also errs, so the regression is not asked to follow it everywhere: it is
ridge-penalised, and an article passes from a chance of about one in five.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from etl.article import Article
from etl.evaluate import parts, read_labels
from etl.faults import InputFault
from etl.progress import Progress
from etl.read import find, read
from etl.read.record import check
from etl.reference import FOLDER
from etl.relevance import ALWAYS, features, marks_of

RIDGE = 12.0
LEEWAY = 1.5  # of the logit: what is kept though it seems to tell of nothing
_WEIGHT = 3
_RARE = 5  # articles: what is met in fewer teaches nothing


def train_screen(paths: Iterable[Path], labels: Iterable[Path] = (), output: Path = FOLDER / "screen_weights.csv",
                 progress: Progress | None = None) -> int:
    """Fit on unlabelled articles and the tuned part of labelled ones, and write the table; the number of articles.

    Raises `InputFault` where they do not tell what is to be kept from what is not.
    """
    progress = progress or Progress(quiet=True)
    given, wanted = [], []
    articles = [record.article for record in read(find(paths)) if record.article]
    for article in progress.track(iter(articles), len(articles), "code"):
        given.append(features(marks_of(article)))
        wanted.append(_tells(article))
    for label in (row for path in labels for row in parts(read_labels(path))["tuned"]):
        labelled = check(label).article
        if labelled is not None:
            given += [features(marks_of(labelled))] * _WEIGHT
            wanted += [any(event["salience"] == "main" for event in label["events"])] * _WEIGHT
    if len(set(wanted)) < 2:
        raise InputFault("the articles are all to be kept or none is; give a sample of a whole newspaper")
    write(fit(given, wanted), output)
    return len(given)


def _tells(article: Article) -> bool:
    from etl.coding import code_article

    return any(event.salience == "main" for event in code_article(article).events)


def fit(given: list[dict[str, float]], wanted: list[bool]) -> dict[str, float]:
    """Feature → weight of a ridge-penalised logistic regression, with `LEEWAY` in the weight of `ALWAYS`."""
    met: dict[str, int] = {}
    for one in given:
        for name in one:
            met[name] = met.get(name, 0) + 1
    names = sorted(name for name, n in met.items() if n >= _RARE)
    place = {name: i for i, name in enumerate(names)}
    matrix, target = np.zeros((len(given), len(names))), np.array(wanted, float)
    for i, one in enumerate(given):
        for name, value in one.items():
            if name in place:
                matrix[i, place[name]] = value
    strength = np.where(np.array(names) == ALWAYS, 0.0, RIDGE)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logit = matrix @ weights
        value = np.logaddexp(0, logit).sum() - target @ logit + (strength * weights**2).sum() / 2
        return float(value), matrix.T @ (1 / (1 + np.exp(-logit)) - target) + strength * weights

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights = dict(zip(names, best.x.tolist(), strict=True))
    weights[ALWAYS] = weights.get(ALWAYS, 0.0) + LEEWAY
    return weights


def write(weights: dict[str, float], output: Path) -> None:
    """The table of weights, sorted by feature; those that round to nothing are left out."""
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "weight"])
        writer.writerows([name, f"{value:.2f}"] for name, value in sorted(weights.items()) if abs(value) >= 0.02)
