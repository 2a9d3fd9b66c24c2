"""Queries: a View and a Release give a DataFrame.

An event belongs to a period by its first day, so that the counts of neighbouring periods add up. SQL here is made of
constant text alone; everything that a reader chose comes in as a bound value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from dashboard.opening import SPAN, TOLLS
from dashboard.releases import Release
from dashboard.view import Facts, View
from etl import names, wording
from etl.schema import CLAIMS, EVENTS, EVIDENCE_LIMIT, REPORTS

Unit = Literal["day", "week", "month"]
Level = Literal["sentence", "paragraph", "article"]
Detail = Literal["root", "actor"]
Part = tuple[int, int]  # at most so many rows, and how many to pass over before them

UNITS: tuple[Unit, ...] = ("day", "week", "month")
MARK_GROUPS = ("diplomacy", "border")
SENTENCES = 200  # rows of `sentences`
_ROOT = "split_part({0}, '.', 1)"


def condition(view: View) -> tuple[str, dict[str, Any]]:
    """The SQL condition on table ``events e`` that the filters of `view` mean, and the values it binds."""
    parts = ["e.date_start BETWEEN $date_from AND $date_to",
             "e.kind IN (SELECT kind FROM kinds WHERE list_contains($types::VARCHAR[], event_type))"]
    values: dict[str, Any] = {
        "date_from": view.date_from, "date_to": view.date_to, "types": list(view.types),
    }
    if view.actors:
        parts.append("e.who IN (SELECT who FROM who_actors WHERE list_contains($actors::VARCHAR[], actor) "
                     "OR list_contains($actors::VARCHAR[], root))")
        values["actors"] = list(view.actors)
    if view.provinces:
        parts.append("list_contains($provinces::VARCHAR[], e.province)")
        values["provinces"] = list(view.provinces)
    if view.places:
        parts.append("e.spot IN (SELECT spot FROM spots WHERE list_contains($places::VARCHAR[], place) OR "
                     "list_has_any(string_split(coalesce(other_places, ''), '|'), $places::VARCHAR[]))")
        values["places"] = list(view.places)
    if view.min_fatalities:
        parts.append("e.fatalities_best >= $min_fatalities")
        values["min_fatalities"] = view.min_fatalities
    if view.border_km:
        parts.append("(e.km_to_border <= $border_km OR e.geo_precision = 'border')")
        values["border_km"] = view.border_km
    if view.salience != "all":
        parts.append("e.salience = $salience")
        values["salience"] = view.salience
    for i, word in enumerate(view.q.lower().split()):
        parts.append("e.nth IN (SELECT nth FROM word_events WHERE word IN "
                     f"(SELECT word FROM words WHERE contains(text, $word{i})))")
        values[f"word{i}"] = word
    return " AND ".join(parts), values


def events(view: View, release: Release, part: Part | None = None) -> pd.DataFrame:
    """The events in view (or `part` of them), newest first, with the columns of `etl.schema.EVENTS`."""
    where, values = condition(view)
    if part is not None:  # which rows, then their cells: sorting whole rows costs ten times as much
        where = f"e.nth IN (SELECT e.nth FROM events e WHERE {where} ORDER BY e.nth{_limit(part, values)})"
    return release.query(f"SELECT {', '.join(EVENTS.names)} FROM events e WHERE {where} ORDER BY nth", values)


def count(table: Literal["events", "reports", "claims"], view: View, release: Release) -> int:
    """How many rows of `table` belong to the events in view."""
    if table not in ("events", "reports", "claims"):
        raise ValueError(f"no rows of {table!r} to count")
    where, values = condition(view)
    found = release.query(
        f"SELECT count(*) AS n FROM events e WHERE {where}" if table == "events" else
        f"SELECT count(*) AS n FROM {table} t WHERE t.event_id IN (SELECT e.event_id FROM events e WHERE {where})",
        values)
    return int(found["n"].iloc[0])


def without_distance(view: View, release: Release) -> int:
    """How many events the filter by distance to the border leaves out because their distance is not known.

    Known it is of a place with a position alone: a district or a province is no distance away.
    """
    where, values = condition(replace(view, border_km=0))
    found = release.query(f"SELECT count(*) AS n FROM events e WHERE {where} AND e.km_to_border IS NULL "
                          "AND e.geo_precision <> 'border'", values)
    return int(found["n"].iloc[0])


def event(release: Release, event_id: str) -> pd.DataFrame:
    """One row, the event `event_id`, whether or not a View shows it; no row where the release has none of that id."""
    return release.query(f"SELECT {', '.join(EVENTS.names)} FROM events e WHERE event_id = $event_id",
                         {"event_id": event_id})


def reports(view: View, release: Release, event_id: str | None = None, part: Part | None = None) -> pd.DataFrame:
    """The reports of the events in view (or of `event_id` alone), newest first; `part` of them where given.

    Columns of `etl.schema.REPORTS`, then published, publisher, title, url and copy_of of the article.
    """
    where, values = _events_in(view, event_id)
    columns = ", ".join(f"r.{name}" for name in REPORTS.names)
    return release.query(
        f"SELECT {columns}, a.published, a.publisher, a.title, a.url, a.copy_of FROM reports r "
        f"LEFT JOIN articles a USING (article_id) WHERE r.event_id IN ({where}) "
        f"ORDER BY a.published DESC, r.salience DESC, r.report_id{_limit(part, values)}", values,
    )


def claims(view: View, release: Release, event_id: str | None = None, part: Part | None = None) -> pd.DataFrame:
    """The casualty figures of the events in view (or of `event_id` alone), oldest first; `part` of them where given.

    Columns of `etl.schema.CLAIMS`, then publisher, title and url of the article.
    """
    where, values = _events_in(view, event_id)
    columns = ", ".join(f"c.{name}" for name in CLAIMS.names)
    return release.query(
        f"SELECT {columns}, a.publisher, a.title, a.url FROM claims c LEFT JOIN articles a USING (article_id) "
        f"WHERE c.event_id IN ({where}) "
        f"ORDER BY c.published, c.measure DESC, c.side, c.claim_id{_limit(part, values)}", values,
    )


def timeline(view: View, release: Release, unit: Unit) -> pd.DataFrame:
    """Events in view by period and type: period_start, event_type, n_events, fatalities_low, _best, _high, n_imprecise.

    Only periods that have events; weeks begin on Monday. `n_imprecise` of the events are known only to a longer time
    that reaches beyond the period: they are counted in the period of their first possible day.
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
    where, values = condition(view)
    return release.query(
        f"""WITH told AS (SELECT CAST(date_trunc('{unit}', e.date_start) AS DATE) AS period_start, e.kind,
            CAST(count(*) AS BIGINT) AS n_events, {toll_sums('e')},
            CAST(count(*) FILTER (e.beyond_{unit}) AS BIGINT) AS n_imprecise FROM events e WHERE {where} GROUP BY ALL)
        SELECT period_start, event_type, * EXCLUDE (period_start, event_type, kind)
        FROM told JOIN kinds USING (kind) ORDER BY period_start, event_type""", values)


def dyads(view: View, release: Release, unit: Unit) -> pd.DataFrame:
    """Events in view by period and pair of sides: period_start, dyad (roots, in alphabetical order), n_events.

    Events with one side only have no dyad and are left out.
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
    where, values = condition(view)
    return release.query(f"SELECT CAST(date_trunc('{unit}', e.date_start) AS DATE) AS period_start, e.dyad, "
                         f"CAST(count(*) AS BIGINT) AS n_events FROM events e WHERE {where} AND e.dyad IS NOT NULL "
                         "GROUP BY ALL ORDER BY period_start, e.dyad", values)


def marks(view: View, release: Release, most: int | None = None) -> pd.DataFrame:
    """The diplomacy and border events in view (talks, truces, closures), oldest first; columns as `events`.

    At most `most` of them, those told by most reports, where that is given; `count_marks` tells how many there are.
    """
    where, values = condition(_of_marks(view))
    if most is not None:
        values["most"] = most
        where = (f"e.nth IN (SELECT e.nth FROM events e WHERE {where} "
                 "ORDER BY e.salience = 'main' DESC, e.n_reports DESC, e.nth LIMIT $most)")
    return release.query(f"SELECT {', '.join(EVENTS.names)} FROM events e WHERE {where} ORDER BY nth DESC", values)


def count_marks(view: View, release: Release) -> int:
    """How many diplomacy and border events are in view."""
    return count("events", _of_marks(view), release)


def _of_marks(view: View) -> View:
    groups = names.type_groups()
    types = {event_type for group in MARK_GROUPS for event_type in groups.get(group, ())}
    return replace(view, types=tuple(t for t in view.types if t in types))


def shown_actor(column: str, detail: Detail, opened: Sequence[str], values: dict[str, Any]) -> str:
    """SQL for the actor under which `column` is counted; what it binds goes into `values`.

    ``root``: its root, but for roots that are `opened` into their branches; ``actor``: as it was coded.
    """
    if detail not in ("root", "actor"):
        raise ValueError(f"no actors by {detail!r}")
    if detail == "actor":
        return column
    if not opened:
        return _ROOT.format(column)
    values["opened"] = list(opened)
    whole = _ROOT.format(column)
    return f"CASE WHEN list_contains($opened::VARCHAR[], {whole}) THEN {column} ELSE {whole} END"


def named_sets(view: View, release: Release, level: Level, detail: Detail = "root", opened: Sequence[str] = (),
               by_month: bool = False) -> tuple[str, dict[str, Any]]:
    """The head of a query, ``WITH counted …, named …``, on which actors texts name, and what it binds.

    Texts are sentences, paragraphs or articles (`level`) of the articles that report an event in view, near-copies
    left out. Many texts name the same set of actors: ``counted`` (named, n; `by_month` also month, the first day of
    that of publication) is how many texts name each set, ``named`` (named, actor) who is in it, each once.
    """
    if level not in SPAN:
        raise ValueError(f"no texts by {level!r}")
    where, values = condition(view)
    month = "CAST(date_trunc('month', published) AS DATE)" if by_month else "NULL::DATE"
    # Asked by itself, since all that one page shows is counted from it.
    counted = release.query(
        f"""SELECT named, {month} AS month, CAST(count(*) AS BIGINT) AS n FROM spans WHERE level = '{level}'
        AND article IN (SELECT l.article FROM links l JOIN events e ON e.nth = l.event WHERE {where})
        GROUP BY ALL ORDER BY ALL""", values)
    bound: dict[str, Any] = {name: counted[name].tolist() for name in ("named", "n")}
    bound["month"] = [str(day)[:10] for day in counted["month"]] if by_month else []
    actor = shown_actor("m.actor", detail, opened, bound)
    return f"""WITH counted AS (SELECT unnest($named::INTEGER[]) AS named, unnest($n::BIGINT[]) AS n,
                     unnest($month::DATE[]) AS month),
        named AS (SELECT DISTINCT m.named, {actor} AS actor FROM named_actors m)""", bound


def comentions(
    view: View, release: Release, level: Level, detail: Detail = "root", opened: Sequence[str] = ()
) -> pd.DataFrame:
    """How often two actors are named together: actor_1, actor_2 (in alphabetical order), n.

    Counted are the texts of `named_sets`. A root and its own branch make no pair.
    """
    head, values = named_sets(view, release, level, detail, opened)
    return release.query(
        f"""{head} SELECT x.actor AS actor_1, y.actor AS actor_2, CAST(sum(c.n) AS BIGINT) AS n
        FROM counted c JOIN named x USING (named) JOIN named y ON y.named = c.named AND x.actor < y.actor
        WHERE split_part(y.actor, '.', 1) <> x.actor GROUP BY ALL ORDER BY n DESC, actor_1, actor_2""",
        values,
    )


def against(view: View, release: Release, detail: Detail = "root", opened: Sequence[str] = ()) -> pd.DataFrame:
    """Which side acts against which: actor_a, actor_b, directed, n_events, fatalities_best (persons, both sides).

    Where the codebook gives the order of the sides no meaning (clashes, talks), `directed` is False and the two stand
    in alphabetical order. Events with one side only are left out. Fatalities are empty where no event gives a figure.
    """
    where, values = condition(view)
    who = shown_actor("actor", detail, opened, values)
    return release.query(
        f"""WITH told AS (SELECT who, event_type, n, killed FROM (
                          SELECT e.who, e.kind, count(*) AS n, sum(e.killed_best) AS killed
                          FROM events e WHERE {where} GROUP BY ALL) JOIN kinds USING (kind)),
        sides AS (SELECT DISTINCT who, side, {who} AS actor FROM who_actors),
        pairs AS (
            SELECT DISTINCT t.who, t.event_type, t.n, t.killed,
                   NOT list_contains($unordered::VARCHAR[], t.event_type) AS directed,
                   CASE WHEN directed THEN a.actor ELSE least(a.actor, b.actor) END AS actor_a,
                   CASE WHEN directed THEN b.actor ELSE greatest(a.actor, b.actor) END AS actor_b
            FROM told t JOIN sides a ON a.who = t.who AND a.side = 'actors_a'
            JOIN sides b ON b.who = t.who AND b.side = 'actors_b')
        SELECT actor_a, actor_b, directed, CAST(sum(n) AS BIGINT) AS n_events,
               CAST(sum(killed) AS BIGINT) AS fatalities_best
        FROM pairs GROUP BY actor_a, actor_b, directed ORDER BY n_events DESC, actor_a, actor_b, directed""",
        {**values, "unordered": list(wording.UNORDERED)},
    )


def period_before(view: View, facts: Facts) -> tuple[dt.date, dt.date] | None:
    """The period of equal length just before that of `view`; None where the release begins later than it."""
    days = (view.date_to - view.date_from).days + 1
    last = view.date_from - dt.timedelta(days=1)
    first = last - dt.timedelta(days=days - 1)
    return (first, last) if first >= facts.date_from else None


def before_after(view: View, release: Release) -> pd.DataFrame:
    """The period against the one of equal length before, one row an event type in view, most frequent first.

    Columns event_type, n_events, fatalities_low, _best, _high (persons; empty where no event gives a figure), and each
    again with ``_before``; the latter are empty where the release begins later than that period.
    """
    now = by_type(view, release)
    before = period_before(view, release.facts)
    if before is None:
        for name in [column for column in now.columns if column != "event_type"]:
            now[f"{name}_before"] = pd.Series(pd.NA, index=now.index, dtype="Int64")
        return now
    then = by_type(replace(view, date_from=before[0], date_to=before[1]), release)
    both = now.merge(then, on="event_type", how="outer", suffixes=("", "_before"))
    for name in ("n_events", "n_events_before"):
        both[name] = both[name].fillna(0)
    return both.sort_values(["n_events", "n_events_before", "event_type"], ascending=[False, False, True]).reset_index(
        drop=True)


def by_type(view: View, release: Release) -> pd.DataFrame:
    """Events in view by type: event_type, n_events, fatalities_low, _best, _high (persons), most frequent first."""
    where, values = condition(view)
    frame = release.query(
        f"WITH told AS (SELECT e.kind, CAST(count(*) AS BIGINT) AS n_events, {toll_sums('e')} FROM events e "
        f"WHERE {where} GROUP BY e.kind) SELECT event_type, * EXCLUDE (kind, event_type) FROM told "
        "JOIN kinds USING (kind) ORDER BY n_events DESC, event_type", values)
    return frame.astype({name: "Int64" for name in frame.columns if name != "event_type"})


def paragraph_excerpt(text: str, start: int, end: int, limit: int = EVIDENCE_LIMIT) -> tuple[str, str, str]:
    """The evidence ``text[start:end]`` with what stands before and after it in its paragraph.

    The three parts together have at most `limit` characters, cut at blanks and marked with … where cut.
    """
    evidence = " ".join(text[start:end].split())
    room = limit - len(evidence)
    if room < 20:
        return "", evidence[:limit], ""
    stop = text.find("\n", end)
    left = re.sub(r"\s+", " ", text[text.rfind("\n", 0, start) + 1:start]).lstrip()
    right = re.sub(r"\s+", " ", text[end:stop if stop >= 0 else len(text)]).rstrip()
    for_left = max(room // 2, room - len(right))
    if len(left) > for_left:
        tail = left[len(left) - for_left + 1:]
        left = "…" + tail[tail.find(" "):] if " " in tail else ""
    room -= len(left)
    if len(right) > room:
        head = right[:room - 2] if room > 2 else ""
        right = head[:head.rfind(" ")] + " …" if " " in head else ""
    return left, evidence, right


def _limit(part: Part | None, values: dict[str, Any]) -> str:
    """The clause that keeps `part` of the rows; what it binds goes into `values`."""
    if part is None:
        return ""
    values.update(part_rows=part[0], part_skipped=part[1])
    return " LIMIT $part_rows OFFSET $part_skipped"


def _events_in(view: View, event_id: str | None) -> tuple[str, dict[str, Any]]:
    if event_id is not None:
        return "$event_id", {"event_id": event_id}
    where, values = condition(view)
    return f"SELECT e.event_id FROM events e WHERE {where}", values


def toll_sums(alias: str) -> str:
    """Sums of the three accounts, see ``killed_low`` in `dashboard.opening`."""
    return ", ".join(f"CAST(sum({alias}.killed_{bound}) AS BIGINT) AS fatalities_{bound}" for bound in TOLLS)
