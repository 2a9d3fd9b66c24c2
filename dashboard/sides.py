"""Who acted against whom: the cells of the matrix, and the events behind one cell."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.queries import Detail, condition, shown_actor
from dashboard.releases import Release
from dashboard.view import View
from etl.schema import EVENTS
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
    view: View, release: Release, first: str, second: str, detail: Detail = "root", opened: Sequence[str] = (),
    most: int | None = None,
) -> tuple[pd.DataFrame, int]:
    """The newest events in view (at most `most`) in which `first` acted against `second`, or both took part where the
    order means nothing, with the columns of the events table; and how many there are in all."""
    where, values = condition(view)
    actor = shown_actor("actor", detail, opened, values)

    def on(side: str, name: str) -> str:
        return f"e.who IN (SELECT who FROM who_actors WHERE side = '{side}' AND {actor} = ${name})"

    straight = f"{on('actors_a', 'first')} AND {on('actors_b', 'second')}"
    turned = f"{on('actors_a', 'second')} AND {on('actors_b', 'first')}"
    found = (f"FROM events e WHERE {where} AND (({straight}) OR "
             f"(list_contains($unordered::VARCHAR[], e.event_type) AND {turned}))")
    values |= {"first": first, "second": second, "unordered": [*UNORDERED]}
    n = int(release.query(f"SELECT count(*) AS n {found}", values)["n"].iloc[0])
    cut, limit = ("", {}) if most is None else (" ORDER BY e.nth LIMIT $most", {"most": most})
    return release.query(f"SELECT {', '.join(EVENTS.names)} FROM events WHERE nth IN (SELECT e.nth {found}{cut}) "
                         "ORDER BY nth", {**values, **limit}), n
