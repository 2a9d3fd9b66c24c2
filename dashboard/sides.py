"""Who acted against whom: the cells of the matrix, and the events behind one cell."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.charts import rows_of
from dashboard.queries import Detail
from dashboard.view import root
from etl.schema import split_list
from etl.wording import UNORDERED


def against_cells(sides: pd.DataFrame) -> pd.DataFrame:
    """One row a cell: actor_a, actor_b, n_events, n_mutual, fatalities_best (persons; empty without a figure).

    `sides` as `dashboard.queries.against` gives it. Events whose sides have no order (clashes, talks) count in both
    cells of a pair; `n_mutual` says how many those are.
    """
    mutual = sides[~sides["directed"].astype(bool)]
    turned = {"actor_a": "actor_b", "actor_b": "actor_a"}
    swapped = mutual[mutual["actor_a"] != mutual["actor_b"]].rename(columns=turned)
    table = pd.concat([sides, swapped], ignore_index=True)
    table["n_mutual"] = table["n_events"].where(~table["directed"].astype(bool), 0)
    table["fatalities_best"] = pd.to_numeric(table["fatalities_best"], errors="coerce")
    grouped = table.groupby(["actor_a", "actor_b"], as_index=False)
    cells = grouped.agg(n_events=("n_events", "sum"), n_mutual=("n_mutual", "sum"),
                        fatalities_best=("fatalities_best", lambda values: values.sum(min_count=1)))
    return cells.sort_values(["n_events", "actor_a", "actor_b"], ascending=[False, True, True], ignore_index=True)


def events_between(
    events: pd.DataFrame, first: str, second: str, detail: Detail = "root", opened: Sequence[str] = ()
) -> pd.DataFrame:
    """The rows of `events` in which `first` acted against `second`, or both took part where the order means nothing."""

    def among(cell: str | None, actor: str) -> bool:
        return any(actor == (root(name) if detail == "root" and root(name) not in opened else name)
                   for name in split_list(cell))

    kept = []
    for row in rows_of(events):
        straight = among(row.actors_a, first) and among(row.actors_b, second)
        turned = row.event_type in UNORDERED and among(row.actors_a, second) and among(row.actors_b, first)
        kept.append(straight or turned)
    return events[pd.Series(kept, index=events.index, dtype=bool)]
