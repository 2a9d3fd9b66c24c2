"""Spells of unusual violence: periods with more violent events than the recent past lets expect.

Method: the count of a period against the mean of the twelve periods that end two before it, so that a spell does not
raise its own measure (the gap and the moving baseline are those of the EARS C2 rule: Hutwagner et al. 2003, Journal of
Urban Health 80). The count is unusual where a negative binomial with that mean, and with the variance of those periods
where it is larger, would reach it in less than one period in a hundred. Fewer than `LEAST` events are never unusual.
"""

from __future__ import annotations

import pandas as pd
from scipy import stats

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
    rows = []
    for i in range(BASELINE + GAP, len(counts)):
        past = counts.iloc[i - GAP - BASELINE:i - GAP]
        count, mean = int(counts.iloc[i]), max(float(past.mean()), FLOOR)
        if count < LEAST or count <= mean:
            continue
        spread = max(float(past.var(ddof=1)), mean * 1.0001)
        size = mean ** 2 / (spread - mean)
        chance = float(stats.nbinom.sf(count - 1, size, size / (size + mean)))
        if chance < RARE:
            rows.append((counts.index[i], count, mean, chance))
    return pd.DataFrame(rows, columns=list(COLUMNS))
