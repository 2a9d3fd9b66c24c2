"""Killed a month in Pakistan as a release counts them, held against the totals that others publish.

What the sums say of coding and linking as a whole: labelled articles tell whether rows are right, monthly sums whether
an archive, coded and linked, keeps the order and the size of what happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import spearmanr

from etl.publish import MANIFEST
from etl.reference import DATA, read_table

STORED = DATA / "gold" / "monthly.json"
SHARES = ("killed", "killed_security", "killed_civilians", "killed_militants")
COUNTRY = "PK"
# A date that is only known to the year belongs to no month.
_MONTHLY = ("day", "week", "month")


def killed_a_month(events: pd.DataFrame, tolls: pd.DataFrame) -> pd.DataFrame:
    """Index month (YYYY-MM); columns events and those of `SHARES`, persons: violence in Pakistan by month of its start.

    `events` and `tolls` are tables of a release. A toll of a side counts for the share that its actor belongs to by
    kind: military and police (security), civilians and communities (civilians), armed groups (militants); `killed` is
    the event's best total, which can be more than its parts where sources do not split it.
    """
    groups = {row["event_type"]: row["group"] for row in read_table("event_types").rows}
    here = events[
        (events["country"] == COUNTRY)
        & (events["event_type"].map(groups) == "violence")
        & events["date_precision"].isin(_MONTHLY)
    ]
    month = pd.Series(here["date_start"].astype(str).str[:7].to_numpy(), index=here["event_id"].to_numpy())
    sums = pd.DataFrame({"events": month.groupby(month).size()})
    total = here.set_index("event_id")["fatalities_best"].fillna(0)
    sums["killed"] = total.groupby(month.reindex(total.index)).sum()
    share = {actor: _share(kind) for actor, kind in _kinds().items()}
    parts = tolls[(tolls["measure"] == "killed") & tolls["event_id"].isin(month.index)]
    for name in SHARES[1:]:
        mine = parts[parts["side"].map(share) == name].set_index("event_id")["best"]
        sums[name] = mine.groupby(month.reindex(mine.index)).sum()
    return sums.fillna(0).astype("int64")


def against_published(ours: pd.DataFrame) -> pd.DataFrame:
    """One row a published month that `ours` covers, too.

    Columns: month, publisher, source, then for each of `SHARES` ``<share>`` (ours) and ``<share>_published``, persons;
    a published total that was not printed is the sum of its printed parts.
    """
    rows = []
    for row in read_table("published_totals").rows:
        if row["month"] not in ours.index:
            continue
        theirs = {name: int(row[name]) if row[name] else None for name in SHARES}
        parts = [theirs[name] for name in SHARES[1:]]
        if theirs["killed"] is None and None not in parts:
            theirs["killed"] = sum(part or 0 for part in parts)
        found: dict[str, Any] = {name: row[name] for name in ("month", "publisher", "source")}
        for name in SHARES:
            found |= {name: int(ours[name].loc[row["month"]]), f"{name}_published": theirs[name]}
        rows.append(found)
    return pd.DataFrame(rows)


def agreement(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """For each of `SHARES`: rank correlation (Spearman) over the months, and the ratio of the sums, ours to theirs."""
    found = {}
    for name in SHARES:
        both = table[[name, f"{name}_published"]].dropna().astype(float)
        if len(both) < 3 or any(both[column].nunique() == 1 for column in both):
            continue  # no order to compare
        rank = spearmanr(both.iloc[:, 0], both.iloc[:, 1]).statistic
        found[name] = {"rank_correlation": round(float(rank), 2),
                       "ratio": round(float(both.iloc[:, 0].sum() / both.iloc[:, 1].sum()), 2), "months": len(both)}
    return found


def compare(release: Path, write: bool = False) -> str:
    """The comparison of the release in the folder `release` as text; with `write` also stored for the dashboard.

    Raises OSError where the folder holds no release.
    """
    tables = [pd.read_parquet(release / f"{name}.parquet") for name in ("events", "tolls")]
    manifest: Mapping[str, Any] = json.loads((release / MANIFEST).read_text(encoding="utf-8"))
    table = against_published(killed_a_month(*tables))
    if table.empty:
        return "no published month lies in this release"
    measured = agreement(table)
    if write:
        counts = pd.read_parquet(release / "ledger.parquet", columns=["status"])["status"].value_counts()
        stored = {"release": manifest.get("release") or release.resolve().name,
                  "articles": int(counts.sum()), "coded": int(counts.get("coded", 0)),
                  "months": json.loads(table.to_json(orient="records")), "agreement": measured}
        STORED.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = [f"{name}: rank correlation {one['rank_correlation']:.2f}, ours / published {one['ratio']:.2f} "
             f"over {one['months']} months" for name, one in measured.items()]
    return "\n".join([table.drop(columns="source").to_string(index=False), *lines])


def _share(kind: str) -> str:
    return {"military": "killed_security", "police": "killed_security", "civilians": "killed_civilians",
            "community": "killed_civilians", "armed group": "killed_militants"}.get(kind, "")


def _kinds() -> dict[str, str]:
    return {row["actor_id"]: row["kind"] for row in read_table("actors").rows}
