"""Fitting of the confidence: calibration on rows that were judged without their own article."""

from __future__ import annotations

import numpy as np

from etl.train import FOLDS, Row, calibrated, judged_apart, stretch


def made(n: int, signal: float, seed: int = 1) -> list[Row]:
    """Rows of `n` articles whose chance to be right hangs on `good` by `signal`, beside forty features of noise."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        good = float(rng.integers(0, 2))
        noise = {f"noise {k}": float(rng.integers(0, 2)) for k in range(40)}
        chance = 1 / (1 + np.exp(-signal * (2 * good - 1)))
        rows.append(Row({"always": 1.0, "good": good, **noise}, True, bool(rng.random() < chance), f"article {i}"))
    return rows


def stated(weights: dict[str, float], row: Row) -> float:
    return float(1 / (1 + np.exp(-sum(weights.get(name, 0.0) * value for name, value in row.features.items()))))


def test_stated_confidence_holds_on_new_articles():
    weights = calibrated(made(400, 2.0))
    new = made(4000, 2.0, seed=2)
    for low, high in ((0.0, 0.5), (0.5, 1.0)):
        inside = [(stated(weights, row), row.right) for row in new if low <= stated(weights, row) < high]
        told, right = np.mean(inside, axis=0)
        assert len(inside) > 1000 and abs(told - right) < 0.06


def test_without_a_signal_every_row_gets_the_share_that_is_right():
    weights = calibrated(made(300, 0.0))
    told = [stated(weights, row) for row in made(500, 0.0, seed=2)]
    assert np.std(told) < 0.08 and abs(np.mean(told) - 0.5) < 0.1


def test_a_row_is_judged_without_its_article():
    rows = made(60, 2.0)
    twins = [row._replace(article_id="one") for row in rows[:30]] + rows[30:]
    before = judged_apart(twins, lambda row: row.right)
    turned = [row._replace(right=not row.right) for row in twins[:30]] + twins[30:]
    assert np.allclose(before[:30], judged_apart(turned, lambda row: row.right)[:30])
    assert FOLDS >= 5


def test_stretch_flattens_what_claims_too_much():
    rng = np.random.default_rng(3)
    true = rng.normal(0, 1, 4000)
    target = (rng.random(4000) < 1 / (1 + np.exp(-true))).astype(float)
    slope, offset = stretch(3 * true + 2, target)
    assert abs(slope - 1 / 3) < 0.05 and abs(offset + 2 / 3) < 0.15
    assert stretch(-true, target)[0] < 0.01
