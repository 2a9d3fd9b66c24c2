"""Timing of linking over made-up reports as dense as real ones: how time grows from a tenth of the reports to all.

Density: 137 reports a day (a million in twenty years), three to a happening on average, as heavily skewed as news is
(half of the happenings are told once, a few hundreds of times); districts by a power law, the nearest to the border
first; three in four reports name a place, one in eight only a district, the others a province, a country or the border;
three in four give an exact day. These shares are near those of the labelled articles.
"""

from __future__ import annotations

import datetime as dt
import resource
import time
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np

from etl.actors import is_armed_group, is_civilian, kind
from etl.likeness import event_group, type_likeness
from etl.link import clusters
from etl.link_report import Report
from etl.reference import read_table, vocabulary

A_DAY = 137
PER_HAPPENING = 3.0
MOST = 400  # reports of one happening
_FIRST_DAY = dt.date(2005, 1, 1)
_SEED = 1893
_VIOLENCE = 0.6
_DATES, _DATE_SHARES = ("day", "week", "month", "year"), (0.76, 0.12, 0.105, 0.015)
_PLACES, _PLACE_SHARES = ("place", "district", "province", "country", "border"), (0.74, 0.125, 0.05, 0.07, 0.015)
_SPANS = {"week": 1, "month": 29, "year": 364}  # days from the first to the last
_COUNTRIES = ("PK", "AF")


def bench_links(number: int) -> str:
    """Link `number` made-up reports and a tenth of them; the seconds, their ratio and the memory, as text.

    The ratio is one of processor time, which what else runs on the machine changes little.
    """
    seconds, found, took = {}, {}, 0.0
    for n in (max(number // 10, 1), number):
        reports = made_up(n)
        began, clock = time.process_time(), time.perf_counter()
        found[n] = len(clusters(reports))
        seconds[n], took = time.process_time() - began, time.perf_counter() - clock
        del reports
    tenth = min(seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return (f"linked {number:,} made-up reports into {found[number]:,} events in {seconds[number]:.1f} s of one "
            f"processor ({took:.1f} s by the clock), {tenth:,} in {seconds[tenth]:.1f} s: ratio of time "
            f"{seconds[number] / seconds[tenth]:.1f} for ratio of reports {number / tenth:.0f}; "
            f"peak memory {peak:.1f} GB")


def made_up(number: int, seed: int = _SEED) -> list[Report]:
    """`number` made-up reports of happenings that never were; the same for the same `seed`."""
    random = np.random.default_rng(seed)
    spots, weights = _spots()
    types, sides = _types(), _sides()
    days = max(number // A_DAY, 1)
    reports: list[Report] = []
    while len(reports) < number:
        happening = _happening(random, spots, weights, types, sides, days)
        for _ in range(min(_told(random), number - len(reports))):
            reports.append(_telling(random, happening, f"n{len(reports)}"))
    return reports


def _told(random: np.random.Generator) -> int:
    """How many reports tell a happening: a power law with a mean of `PER_HAPPENING`, cut at `MOST`."""
    return int(min(random.pareto(1.4) * (PER_HAPPENING - 1) * 0.55 + 1, MOST))


def _spots() -> tuple[list[list[dict[str, str]]], np.ndarray]:
    """Named places by district, the districts nearest to the border first, and how often each is told of."""
    by_district: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in read_table("gazetteer").rows:
        if row["district"] and row["country"] in _COUNTRIES and row["km_to_durand"]:
            by_district[row["province"], row["district"]].append(row)
    ordered = sorted(by_district.values(), key=lambda rows: min(float(row["km_to_durand"]) for row in rows))
    weights = 1 / np.arange(3, len(ordered) + 3) ** 0.8
    return ordered, weights / weights.sum()


def _types() -> tuple[list[str], list[str], dict[str, list[str]]]:
    """Violent types, the others, and what each is also told as."""
    every = vocabulary("event_types")
    group = event_group(every[0])
    others = {one: [two for two in every if one != two and type_likeness(one, two) >= 0.7] for one in every}
    violent = [one for one in every if event_group(one) == group]
    return violent, [one for one in every if one not in violent], others


def _sides() -> tuple[list[str], list[str]]:
    actors = vocabulary("actors")
    armed = [actor for actor in actors if is_armed_group(actor)]
    return armed, [actor for actor in actors if kind(actor) == kind(actors[0]) or is_civilian(actor)]


def _happening(random: np.random.Generator, spots: list[Any], weights: np.ndarray, types: Any, sides: Any, days: int,
               ) -> tuple[Report, list[str]]:
    rows = spots[random.choice(len(spots), p=weights)]
    spot = rows[int(len(rows) * random.random() ** 2)]
    event_type = _one(random, types[0] if random.random() < _VIOLENCE else types[1])
    day = _FIRST_DAY + dt.timedelta(days=int(random.integers(days)))
    killed = int(random.pareto(1.2) * 2)
    victims = _one(random, sides[1])
    return Report("", day, event_type, "main", day, day, "day", spot["name"], spot["district"], spot["province"],
                  spot["country"], "place", (), (_one(random, sides[0]),), (victims,), ((victims, killed, killed),),
                  ""), types[2][event_type]


def _telling(random: np.random.Generator, happening: tuple[Report, list[str]], article_id: str) -> Report:
    """The happening as one article tells it: often less precisely, sometimes with another type or toll."""
    event, others = happening
    late = int(random.exponential(1.5)) if random.random() < 0.8 else int(random.integers(60))
    changes: dict[str, Any] = {"article_id": article_id, "published": event.date_start + dt.timedelta(days=late)}
    if others and random.random() < 0.07:
        changes["event_type"] = _one(random, others)
    precision = _DATES[random.choice(len(_DATES), p=_DATE_SHARES)]
    if precision != "day":
        first = event.date_start - dt.timedelta(days=int(random.integers(_SPANS[precision] + 1)))
        changes |= {"date_precision": precision, "date_start": first,
                    "date_end": first + dt.timedelta(days=_SPANS[precision])}
    precise = _PLACES[random.choice(len(_PLACES), p=_PLACE_SHARES)]
    unknown = ("place", "district", "province", "country")[:_PLACES.index(precise)]
    changes |= {"geo_precision": precise, **dict.fromkeys(unknown)}
    figure = event.figures[0]
    toll = max(figure[1] + int(random.integers(-1, 2)), 0) if random.random() < 0.2 else figure[1]
    changes["figures"] = ((figure[0], toll, toll),) if random.random() < 0.45 else ()
    return replace(event, **changes)


def _one(random: np.random.Generator, values: list[str]) -> str:
    return values[int(random.integers(len(values)))]
