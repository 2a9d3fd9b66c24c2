"""How close coded events come to labelled ones: pairing, similarity and the fields that count as right.

Events of one article are paired one to one so that their summed similarity is highest (Hungarian method); a pair needs
the same group of types and a similarity of at least 0.5. Only `main` events count: a labelled background event need
not be found, and one that is found is no false alarm.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from etl.reference import read_table

Event = Mapping[str, Any]
ROW = ("type", "date", "place", "sides", "killed")
SYMMETRIC = frozenset({"border_clash", "armed_clash", "talks", "agreement", "talks_failure"})
TABLE_TALK = frozenset({"talks", "agreement", "talks_failure"})
PAIR_FLOOR = 0.5
_FILLER = re.compile(r"\b(?:district|province|city|town|village|area|border|crossing|gate|tehsil|valley|agency|the)\b")


def pair(labelled: Sequence[Event], coded: Sequence[Event]) -> list[tuple[int, int]]:
    """Index pairs (labelled, coded) of the best one-to-one pairing."""
    if not labelled or not coded:
        return []
    scores = np.array([[similarity(g, p) for p in coded] for g in labelled])
    rows, columns = linear_sum_assignment(-scores)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if scores[i, j] >= PAIR_FLOOR]


def similarity(label: Event, coded: Event) -> float:
    """0 to 1: type 0.30, actors 0.25, place 0.20, date 0.15, figures of killed 0.10; 0 across groups of types."""
    groups = {row["event_type"]: row["group"] for row in read_table("event_types").rows}
    if groups.get(label["event_type"]) != groups.get(coded.get("event_type", "")):
        return 0.0
    same = 1.0 if label["event_type"] == coded["event_type"] else 0.5
    killed = _overlap(figures(label, "killed"), figures(coded, "killed"))
    return (
        0.30 * same
        + 0.15 * date_score(label, coded)
        + 0.20 * place_score(label, coded)
        + 0.25 * actor_score(label, coded)
        + 0.10 * killed
    )


def checks(label: Event, coded: Event, text: str) -> dict[str, bool]:
    """Field by field, whether a pair agrees; `text` is title + newline + text of the article."""
    return {
        "type": label["event_type"] == coded["event_type"],
        "date": date_score(label, coded) == 1.0,
        "place": place_score(label, coded) >= 0.8,
        "sides": sides_agree(label, coded),
        "killed": figures(label, "killed") == figures(coded, "killed"),
        "injured": figures(label, "injured") == figures(coded, "injured"),
        "who says": figures(label, "killed", True) == figures(coded, "killed", True),
        "mediators": _roots(label.get("mediators")) == _roots(coded.get("mediators")),
        "claimed by": _roots(label.get("claimed_by")) == _roots(coded.get("claimed_by")),
        "evidence": bool(coded.get("evidence")) and coded["evidence"] in text,
    }


def date_score(label: Event, coded: Event) -> float:
    """1 where the periods overlap and the coded one is not much wider, 0.5 where they lie a day apart, else 0."""
    start, got = _day(label.get("date_start")), _day(coded.get("date_start"))
    if start is None:
        return 1.0
    if got is None:
        return 0.0
    end, got_end = _day(label.get("date_end")) or start, _day(coded.get("date_end")) or got
    width, overlap = (end - start).days, max(start, got) <= min(end, got_end)
    if overlap and (got_end - got).days <= max(2 * width, width + 1):
        return 1.0
    gap = 0 if overlap else min(abs((got - end).days), abs((start - got_end).days))
    return 0.5 if gap <= 1 else 0.0


def place_score(label: Event, coded: Event) -> float:
    """1 same place, 0.8 same district, 0.4 same province, 0.2 same country; 1 where the label names no place."""
    if label.get("geo_precision") == "border" and not label.get("place"):
        return 1.0 if coded.get("geo_precision") == "border" or not coded.get("district") else 0.5
    names = [label.get("place"), *(label.get("other_places") or [])]
    if not any(names) and not label.get("province"):
        return 1.0
    got = [coded.get("place"), *(coded.get("other_places") or [])]
    if any(same_name(a, b) for a in names for b in got):
        return 1.0
    precision = label.get("geo_precision")
    if same_name(label.get("district"), coded.get("district")) or any(
        same_name(a, coded.get("district")) for a in names
    ):
        return 1.0 if precision == "district" else 0.8
    if same_name(label.get("province"), coded.get("province")):
        return 1.0 if precision == "province" else 0.4
    if label.get("country") and label.get("country") == coded.get("country"):
        return 1.0 if precision == "country" else 0.2
    return 0.0


def same_name(one: str | None, other: str | None) -> bool:
    """Same place name but for case, accents, words such as "district", and one letter in five."""
    a, b = _plain(one), _plain(other)
    if not a or not b:
        return False
    if a == b:
        return True
    return min(len(a), len(b)) >= 5 and Levenshtein.distance(a, b) <= max(len(a), len(b)) // 5


def _plain(name: str | None) -> str:
    folded = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "", _FILLER.sub(" ", folded))


def actor_score(label: Event, coded: Event) -> float:
    """How well the two sides match, branches of one root counting 0.7."""
    a, b, got_a, got_b = (e.get(k) or [] for e in (label, coded) for k in ("actors_a", "actors_b"))
    straight = (_side(a, got_a) + _side(b, got_b)) / 2
    if label["event_type"] not in SYMMETRIC:
        return straight
    if label["event_type"] != "border_clash":
        straight = max(straight, _side([*a, *b], [*got_a, *got_b]))
    return max(straight, (_side(a, got_b) + _side(b, got_a)) / 2)


def _side(label: list[str], got: list[str]) -> float:
    if not label and not got:
        return 1.0
    if not label or not got:
        return 0.0
    recall = sum(max(_alike(g, p) for p in got) for g in label) / len(label)
    precision = sum(max(_alike(g, p) for g in label) for p in got) / len(got)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _alike(one: str, other: str) -> float:
    return 1.0 if one == other else 0.7 if one.split(".")[0] == other.split(".")[0] else 0.0


def sides_agree(label: Event, coded: Event) -> bool:
    """Same organised parties on both sides, as roots; for talks and deals it does not matter who sits where."""
    a, b, got_a, got_b = (_parties(e.get(k)) for e in (label, coded) for k in ("actors_a", "actors_b"))
    kind = label["event_type"]
    if kind in SYMMETRIC:
        return {frozenset(a), frozenset(b)} == {frozenset(got_a), frozenset(got_b)} or (
            kind in TABLE_TALK and a | b == got_a | got_b
        )
    return a == got_a and b == got_b


def _parties(actors: Iterable[str] | None) -> set[str]:
    kinds = {row["actor_id"]: row["kind"] for row in read_table("actors").rows}
    organised = {a.split(".")[0] for a in actors or [] if kinds.get(a) not in {"civilians", "community"}}
    return organised or _roots(actors)


def _roots(actors: Iterable[str] | None) -> set[str]:
    return {a.split(".")[0] for a in actors or []}


def figures(event: Event, measure: str, claimant: bool = False) -> set[tuple[Any, ...]]:
    """The event's casualty rows of `measure` as (root of side, low, high), with the claimant's root where asked."""
    rows = set()
    for row in event.get("casualties") or []:
        if row.get(measure):
            low, high = ([*row[measure], None, None])[:2]
            side = row["side"].split(".")[0] if row.get("side") else None
            rows.add((side, low, high, *(((row.get("by") or "").split(".")[0],) if claimant else ())))
    return rows


def _overlap(one: set[Any], other: set[Any]) -> float:
    return 1.0 if not one and not other else 2 * len(one & other) / (len(one) + len(other))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None
