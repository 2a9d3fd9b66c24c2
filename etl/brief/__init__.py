"""A briefing: the events of a period as one self-contained page to send or print, every figure with its source."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from etl import names, wording
from etl.brief import pictures
from etl.faults import InputFault
from etl.publish import is_whole
from etl.reference import FOLDER

MAIN_EVENTS = 5
CHOICE = ("The events with most persons killed by the best account; among equals those with more independent reports, "
          "then the later ones.")
_ACCURACY = FOLDER.parent / "gold" / "accuracy.json"
_TABLES = ("events", "reports", "articles")
_COUNTED = (("Violent events", ("violence",)), ("Border and people", ("border", "people")),
            ("Diplomacy and statements", ("diplomacy", "statement")))


def brief_of(release: Path, first: dt.date | None = None, last: dt.date | None = None) -> str:
    """The briefing of a release's folder, by default of its last month with events, as HTML.

    Raises `InputFault` where the release is not whole, or `first` lies behind `last`.
    """
    folder = release.resolve()
    if not is_whole(folder):
        raise InputFault(f"{release} is no whole release; make one with: python -m etl run --articles data/articles "
                         "--out data/releases")
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _TABLES}
    days = pd.to_datetime(tables["events"]["date_start"])
    end = pd.Timestamp(last) if last else days.max()
    start = pd.Timestamp(first) if first else end.replace(day=1)
    if start > end:
        raise InputFault(f"the first day {start.date()} lies behind the last day {end.date()}; give --from and --to in "
                         "this order")
    tables["events"] = tables["events"][(days >= start) & (days <= end)]
    return brief(tables, start.date(), end.date(), folder.name, "All events of the period")


def brief(tables: Mapping[str, pd.DataFrame], first: dt.date, last: dt.date, release: str, filters: str,
          link: str = "") -> str:
    """The page for the events in `tables` (events, reports, articles with the columns of `etl.schema`), as HTML.

    The events are taken as they are: whoever calls has chosen them, and `filters` says in words how. All text is
    escaped; the page asks nothing of any host.
    """
    events = tables["events"]
    start, end = pd.Timestamp(first), pd.Timestamp(last)
    chosen = _chosen(events)
    period = wording.span(start, end)
    return _page().render(
        period=period, filters=filters, release=release, link=_safe(link), numbers=_numbers(events),
        events=[_main_event(row, tables) for row in chosen], choice=CHOICE,
        timeline=pictures.timeline(events, start, end) if len(events) else "",
        timeline_words=_timeline_words(events, start, end),
        map=pictures.map_of(events, [row["event_id"] for row in chosen]) if len(events) else "",
        map_words=_map_words(events),
        boundaries="geoBoundaries, OpenStreetMap and OCHA COD-AB, see data/reference/SOURCES.md", accuracy=_accuracy())


@cache
def _page() -> Any:
    folder = Path(__file__).resolve().parent
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True).get_template("page.html")


def _numbers(events: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Headline numbers: what, how many, and what belongs to it."""
    best = events["fatalities_best"].astype(float)
    low, high = (events[f"fatalities_{bound}"].astype(float).fillna(best).sum() for bound in ("low", "high"))
    spread = f"{low:,.0f} to {high:,.0f} by the accounts" if low != high else ""
    found = [("Events", f"{len(events):,}", ""), ("Killed", f"{best.sum():,.0f}", spread)]
    found += [(label, f"{int(events['event_group'].isin(groups).sum()):,}", "") for label, groups in _COUNTED]
    contested = int(events["contested"].fillna(False).astype(bool).sum())
    return [*found, ("Contested", f"{contested:,}", "events on which sources contradict each other")]


def _chosen(events: pd.DataFrame) -> list[dict[str, Any]]:
    ordered = events.assign(_killed=events["fatalities_best"].astype(float).fillna(0)).sort_values(
        ["_killed", "n_independent", "date_start", "event_id"], ascending=[False, False, False, True])
    return [{str(key): value for key, value in row.items()} for row in ordered.head(MAIN_EVENTS).to_dict("records")]


def _main_event(row: dict[str, Any], tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """What the page says of one event; its evidence is from the report whose words the events table shows."""
    reports = tables["reports"][tables["reports"]["event_id"] == row["event_id"]]
    told = reports[reports["evidence"] == row["evidence"]].head(1)
    article = tables["articles"][tables["articles"]["article_id"].isin(told["article_id"])].head(1)
    source = [(str(a["publisher"]), wording.day(a["published"]), a["url"]) for a in article.to_dict("records")]
    publisher, day, url = source[0] if source else ("unknown source", "", None)
    contested = row.get("contested_accounts") if row.get("contested") else None
    return {
        "id": row["event_id"], "type": names.type_label(row["event_type"]), "when": wording.when(row),
        "where": wording.where(row), "who": wording.who(row), "toll": wording.toll(row),
        "contested": (contested if isinstance(contested, str) else "sources contradict each other")
        if row.get("contested") else "",
        "evidence": row["evidence"], "source": publisher, "published": day, "url": _safe(url),
        "reported": wording.told_by(row),
    }


def _safe(url: object) -> str:
    """`url` where it is a plain http or https address; else nothing."""
    try:
        good = isinstance(url, str) and urlsplit(url).scheme in ("http", "https") and url.isprintable() \
            and not set(url) & set(' "<>\\')
    except ValueError:
        return ""
    return str(url) if good else ""


def _timeline_words(events: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> str:
    if events.empty:
        return ""
    unit = pictures.unit_of(start, end)
    counts = pictures.periods_of(events, unit).value_counts().sort_index()
    most = counts.index[int(counts.to_numpy().argmax())]
    return (f"Events and persons killed by {unit}, {len(events):,} events in all. Most events, {counts.max():,}, began "
            f"in the {unit} of {wording.day(most.start_time)}. The thin lines span the lowest and the highest account.")


def _map_words(events: pd.DataFrame) -> str:
    placed = int(events[["latitude", "longitude"]].notna().all(axis=1).sum())
    rest = len(events) - placed
    return (f"{placed:,} of {len(events):,} events have a place of known position and are drawn; circles grow with the "
            f"persons killed, numbers are those of the main events. {rest:,} known only to a district, a province or "
            "the border are not drawn.")


def _accuracy() -> str:
    """What `make evaluate` measured last, as part of a sentence."""
    try:
        part = json.loads(_ACCURACY.read_text(encoding="utf-8"))["parts"]["aside"]
        return (f"{part['found_f1']:.0%} (F1) of events are found and {part['row_right_f1']:.0%} of rows are right in "
                "every cell")
    except (OSError, ValueError, KeyError):
        return "accuracy is not on record"
