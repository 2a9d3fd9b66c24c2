"""Fitting of the confidence: calibration on rows that were judged without their own article."""

from __future__ import annotations

import numpy as np
import pytest

from etl.coding import confidence
from etl.train import Row, products_apart, stretch, weights_of


def made(n: int, signal: float, seed: int = 1) -> list[Row]:
    """Rows of `n` articles whose figures hang on `good` by `signal`, beside forty features of noise.

    A row whose figures are right is right wholly in three of four cases.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        good = float(rng.integers(0, 2))
        noise = {f"noise {k}": float(rng.integers(0, 2)) for k in range(40)}
        killed = bool(rng.random() < 1 / (1 + np.exp(-signal * (2 * good - 1))))
        right = killed and bool(rng.random() < 0.75)
        rows.append(Row({"always": 1.0, "good": good, **noise}, True, killed, right, f"article {i}"))
    return rows


def stated(rows: list[Row], new: list[Row], monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    found, killed = weights_of(rows)
    table = {name: (found.get(name, 0.0), killed.get(name, 0.0)) for name in {*found, *killed}}
    monkeypatch.setattr(confidence, "_weights", lambda: table)
    return np.array([confidence.probabilities(row.features)[1] for row in new])


def test_stated_confidence_holds_on_new_articles(monkeypatch):
    new = made(4000, 2.0, seed=2)
    told = stated(made(400, 2.0), new, monkeypatch)
    right = np.array([row.right for row in new])
    for low, high in ((0.0, 0.4), (0.4, 1.0)):
        inside = (told >= low) & (told < high)
        assert inside.sum() > 1000 and abs(told[inside].mean() - right[inside].mean()) < 0.07


def test_without_a_signal_every_row_gets_the_share_that_is_right(monkeypatch):
    told = stated(made(300, 0.0), made(500, 0.0, seed=2), monkeypatch)
    assert np.std(told) < 0.08 and abs(np.mean(told) - 0.375) < 0.08


def test_a_row_is_judged_without_its_article():
    rows = made(60, 2.0)
    twins = [row._replace(article_id="one") for row in rows[:30]] + rows[30:]
    turned = [row._replace(killed=not row.killed) for row in twins[:30]] + twins[30:]
    assert np.allclose(products_apart(twins)[1][:30], products_apart(turned)[1][:30])
    assert not np.allclose(products_apart(twins)[1][30:], products_apart(turned)[1][30:])


def test_stretch_flattens_what_claims_too_much():
    rng = np.random.default_rng(3)
    true = rng.normal(0, 1, 4000)
    target = (rng.random(4000) < 1 / (1 + np.exp(-true))).astype(float)
    slope, offset = stretch(3 * true + 2, target)
    assert abs(slope - 1 / 3) < 0.05 and abs(offset + 2 / 3) < 0.15
    assert stretch(-true, target)[0] < 0.01
