"""Spells of unusual violence: periods with more violent events than the recent past lets expect.

Method: the count of a period against the mean of the twelve periods that end two before it, so that a spell does not
raise its own measure (the gap and the moving baseline are those of the EARS C2 rule: Hutwagner et al. 2003, Journal of
Urban Health 80). The count is unusual where a negative binomial with that mean, and with the variance of those periods
where it is larger, would reach it in less than one period in a hundred. Fewer than `LEAST` events are never unusual.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from dashboard.palette import event_groups

BASELINE, GAP = 12, 1  # periods
LEAST = 3  # events
RARE = 0.01
FLOOR = 0.5  # events a period: what is expected where none was reported before
COLUMNS = ("period_start", "n_events", "expected", "chance")


def violence(periods: pd.DataFrame, starts: pd.DatetimeIndex) -> pd.Series:
    """Violent events in each period of `starts`; `periods` as `dashboard.queries.timeline` gives them."""
    own = periods[periods["event_type"].map(event_groups()) == "violence"]
    counts = own.groupby(pd.to_datetime(own["period_start"]))["n_events"].sum()
    return counts.reindex(starts, fill_value=0).astype(int)


def unusual(counts: pd.Series) -> pd.DataFrame:
    """The unusual periods of a series of counts (index: starts of periods that follow each other), columns `COLUMNS`.

    `expected` is the mean of the periods compared with, `chance` how often a period with that past would reach the
    count. Periods without a whole baseline before them are not judged.
    """
    values = counts.to_numpy(dtype="float64")
    if len(values) <= BASELINE + GAP:
        return pd.DataFrame([], columns=list(COLUMNS))
    past = np.lib.stride_tricks.sliding_window_view(values, BASELINE)[:len(values) - BASELINE - GAP]
    count, mean = values[BASELINE + GAP:], np.maximum(past.mean(axis=1), FLOOR)
    spread = np.maximum(past.var(axis=1, ddof=1), mean * 1.0001)
    at = np.flatnonzero((count >= LEAST) & (count > mean))
    size = mean[at] ** 2 / (spread[at] - mean[at])
    # The chance of `count` or more: what scipy.stats.nbinom.sf(count - 1, size, size / (size + mean)) is.
    chance = special.betainc(count[at], size, mean[at] / (size + mean[at]))
    rows = [(counts.index[i + BASELINE + GAP], int(count[i]), float(mean[i]), float(p))
            for i, p in zip(at.tolist(), chance.tolist(), strict=True) if p < RARE]
    return pd.DataFrame(rows, columns=list(COLUMNS))
