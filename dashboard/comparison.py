"""Two periods side by side: the same measures of each, their difference, and both counted from their first days.

The first period is that of the View; the second is the one before it, the same days a year earlier, or any other. All
other filters hold for both.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace

import pandas as pd

from dashboard import crossing_states, queries
from dashboard.palette import event_groups
from dashboard.releases import Release
from dashboard.view import Facts, View
from etl import names

BEFORE, YEAR, BETWEEN = "before", "year", "~"
RATE = 30  # days: periods of unequal length are compared by this many
KILLED = {"low": "Killed, lowest accounts", "best": "Killed, best accounts", "high": "Killed, highest accounts"}
STEP_DAYS = {"day": 1, "week": 7, "month": RATE}
FEWEST_STEPS = 4  # a comparison over fewer steps shows no course: it takes the next shorter one
Span = tuple[dt.date, dt.date]


class NoPeriod(ValueError):
    """A second period that cannot be compared with; the message says why."""


def second_period(view: View, facts: Facts, compare: str) -> Span | None:
    """The period that `compare` asks for (see `dashboard.view`), None where it asks for none.

    Raises `NoPeriod` where its days are none, in the wrong order, or not all within the release: what nobody read is
    not the same as nothing that happened.
    """
    if not compare:
        return None
    if compare == BEFORE:
        first, last = period_before(view.date_from, view.date_to)
    elif compare == YEAR:
        first, last = (_years_earlier(day) for day in (view.date_from, view.date_to))
    else:
        try:
            first, last = (dt.date.fromisoformat(day) for day in compare.split(BETWEEN))
        except ValueError:
            raise NoPeriod("The period to compare with has a day that no calendar has.") from None
        if first > last:
            raise NoPeriod("The period to compare with ends before it begins.")
    if first < facts.date_from or last > facts.date_to:
        raise NoPeriod(f"The period to compare with, {first} to {last}, is not all within this release, which runs "
                       f"from {facts.date_from} to {facts.date_to}.")
    return first, last


def period_before(first: dt.date, last: dt.date) -> Span:
    """The period just before: as many whole months where the days are whole months, else as many days."""
    end = first - dt.timedelta(days=1)
    if first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]:
        months = first.year * 12 + first.month - 1 - (last.year * 12 + last.month - first.year * 12 - first.month + 1)
        return dt.date(months // 12, months % 12 + 1, 1), end
    return end - (last - first), end


def _years_earlier(day: dt.date) -> dt.date:
    whole = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, whole))


def days(span: Span) -> int:
    """How many days a period has, both ends counted."""
    return (span[1] - span[0]).days + 1


def measures(view: View, release: Release, second: Span | None) -> pd.DataFrame:
    """The same measures of both periods, a row each.

    Columns ``kind`` (all, killed, group, type, crossing), ``quantity``, ``unit``, ``period_1``, ``period_2``,
    ``difference``, ``per_30_days_1``, ``per_30_days_2``; those of the second period are empty where there is none.
    ``period_1`` is that of the View, and the difference is the first less the second. Days on which a crossing was
    closed are those that reports tell (see `dashboard.crossing_states`), whatever else is filtered.
    """
    spans = [(view.date_from, view.date_to), *([second] if second else [])]
    told = [_of_one(replace(view, date_from=first, date_to=last), release) for first, last in spans]
    rows = []
    for key in dict.fromkeys(key for one in told for key in one):
        values = [one.get(key, 0) for one in told]
        rates = [round(value * RATE / days(span), 2) for value, span in zip(values, spans, strict=True)]
        other = values[1] if second else None
        rows.append((*key, values[0], other, values[0] - other if other is not None else None, rates[0],
                     rates[1] if second else None))
    table = pd.DataFrame(rows, columns=["kind", "quantity", "unit", "period_1", "period_2", "difference",
                                        "per_30_days_1", "per_30_days_2"])
    order = {kind: i for i, kind in enumerate(("all", "killed", "group", "type", "crossing"))}
    known = {label: i for i, label in enumerate(names.type_labels().values())}
    rank = table["kind"].map(order) * 1000 + table["quantity"].map(known).fillna(0)
    table = table.iloc[rank.argsort(kind="stable")].reset_index(drop=True)
    whole = {name: "Int64" for name in ("period_1", "period_2", "difference")}
    return table.astype({**whole, "per_30_days_1": "Float64", "per_30_days_2": "Float64"})


def _of_one(view: View, release: Release) -> dict[tuple[str, str, str], int]:
    by_type = queries.by_type(view, release)
    groups = by_type["event_type"].map(event_groups())
    found = {("all", "All events", "events"): int(by_type["n_events"].sum())}
    for bound, label in KILLED.items():
        found["killed", label, "persons"] = int(by_type[f"fatalities_{bound}"].sum())
    for group in dict.fromkeys(event_groups().values()):
        found["group", names.group_label(group), "events"] = int(by_type.loc[groups == group, "n_events"].sum())
    for key, n in zip(by_type["event_type"], by_type["n_events"], strict=True):
        found["type", names.type_label(key), "events"] = int(n)
    states = crossing_states.states(crossing_states.history(view, release), view.date_from, view.date_to)
    closed = states[states["state"] == crossing_states.CLOSED]
    lengths = (pd.to_datetime(closed["end"]) - pd.to_datetime(closed["start"])).dt.days
    for crossing, length in lengths.groupby(closed["crossing"], sort=False).sum().items():
        found["crossing", f"{crossing} closed", "days"] = int(length)
    return found


def step_for(unit: str, spans: tuple[Span, Span]) -> str:
    """The step of the common axis: `unit`, or a shorter one where both periods would have too few steps."""
    longest = max(map(days, spans))
    steps = list(STEP_DAYS)
    while unit != steps[0] and longest / STEP_DAYS[unit] < FEWEST_STEPS:
        unit = steps[steps.index(unit) - 1]
    return unit


def course(view: View, release: Release, second: Span, step: str) -> pd.DataFrame:
    """Both periods in steps of equal length counted from their first days.

    Columns ``period`` (1 or 2), ``step`` (from 0), ``step_start`` (its first day), ``n_violent`` (events of violence)
    and ``fatalities_low``, ``_best``, ``_high`` (persons). A step without events counts zero; the last one may be cut
    short by the end of its period. A month here is `RATE` days, so that steps are alike.
    """
    found = []
    for i, (first, last) in enumerate(((view.date_from, view.date_to), second), start=1):
        daily = queries.timeline(replace(view, date_from=first, date_to=last), release, "day")
        found.append(steps_of(daily, (first, last), step).assign(period=i))
    table = pd.concat(found, ignore_index=True)
    return table[["period", "step", "step_start", "n_violent", *(f"fatalities_{bound}" for bound in KILLED)]]


def steps_of(daily: pd.DataFrame, span: Span, step: str) -> pd.DataFrame:
    """Events by day and type (see `queries.timeline`) added up by steps from the first day of `span`."""
    length = STEP_DAYS[step]
    number = (pd.to_datetime(daily["period_start"]) - pd.Timestamp(span[0])).dt.days // length
    violent = daily["n_events"].where(daily["event_type"].map(event_groups()) == "violence", 0)
    table = daily.assign(step=number, n_violent=violent)
    columns = ["n_violent", *(f"fatalities_{bound}" for bound in KILLED)]
    sums = table.groupby("step")[columns].sum().reindex(range(-(-days(span) // length)), fill_value=0).astype(int)
    sums.insert(0, "step_start", [pd.Timestamp(span[0]) + pd.Timedelta(days=length * i) for i in sums.index])
    return sums.reset_index(names="step")
