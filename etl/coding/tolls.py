"""The casualty rows of a happening: one a side and source, told as the event names its sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from etl.article import Casualty
from etl.coding.casualties import Figure
from etl.coding.identity import Happening, in_lead
from etl.coding.kinds import civilians_of, is_civilian, is_group, unnamed_group
from etl.coding.scenes import Scene

_NEAR = 40  # characters between two figures of one clause
Bounds = tuple[int | None, int | None] | None


def without_totals(happening: Happening, happenings: Sequence[Happening], published: dt.date) -> list[Scene]:
    """The scenes of a happening, less the figures of headline and lead that only add up what several happenings of the
    same days cost, or that another happening is told to have cost."""
    recent = [
        h for h in happenings if h.family == happening.family and (h.date is None or (published - h.date[1]).days <= 3)
    ]
    told = {
        (id(h), f.side, f.measure, f.low)
        for h in recent
        for s in h.scenes
        if s.sentence > 0
        for f in s.figures
        if not f.aggregate and f.low
    }
    if len({key[0] for key in told}) < 2:
        return happening.scenes

    below = {
        (id(h), f.side, f.measure, f.low)
        for h in recent
        for s in h.scenes
        if not in_lead(s)
        for f in s.figures
        if not f.aggregate and f.low
    }

    def adds_up(figure: Figure) -> bool:
        if (id(happening), figure.side, figure.measure, figure.low) in below:
            return False  # told again as its own
        parts = [
            key
            for key in told
            if key[2] == figure.measure and key[3] < (figure.low or 0) and _same_people(key[1], figure.side)
        ]
        return len({key[0] for key in parts}) > 1 and sum(key[3] for key in parts) == figure.low

    def of_another(figure: Figure) -> bool:
        owners = {key[0] for key in told if key[1:] == (figure.side, figure.measure, figure.low)}
        return figure.sentence == 0 and bool(owners) and id(happening) not in owners

    def summed(figure: Figure) -> bool:
        # in a lead that adds up, what else it counts is that of the happening which tells it below
        owners = {key[0] for key in below if key[1:] == (figure.side, figure.measure, figure.low)}
        return bool(owners) and id(happening) not in owners

    kept = []
    for scene in happening.scenes:
        if in_lead(scene):
            places = {p.place.district or p.place.name for p in scene.places if p.role == "location"}
            sums = any(adds_up(f) for f in scene.figures) or len(places) > 1
            scene = replace(scene, figures=tuple(
                f for f in scene.figures if not (adds_up(f) or of_another(f) or (sums and summed(f)))))
        kept.append(scene)
    return kept


def _same_people(one: str | None, other: str | None) -> bool:
    """Whether losses of one side may be counted in a total of the other."""
    return (
        one == other or other is None or is_civilian(other) or (one is not None and is_group(one) and is_group(other))
    )


def casualties_of(happening: Happening) -> list[Casualty]:
    """One row a side and source; a total only where its parts are not told.

    Of several figures of one source the largest counts: a toll that rose, not a part of it told later or earlier.
    """
    figures: dict[tuple[str | None, str | None, str], Figure] = {}
    told = [f for s in happening.scenes for f in s.figures if not f.aggregate]
    parts = {(f.side, f.measure) for f in told if not f.part_of_total}
    for scene in happening.scenes:
        for figure in scene.figures:
            if figure.aggregate or (figure.low is None and figure.high is None):
                continue
            if figure.part_of_total and (figure.side, figure.measure) in parts:
                continue
            key = (figure.side, figure.by, figure.measure)
            held = figures.get(key)
            if held is None or _size(figure) > _size(held) or (_size(figure) == _size(held) and held.sentence == 0):
                figures[key] = figure
    figures = {key: figure for key, figure in figures.items() if not _is_sum(key, figure, figures)}
    _merge_sources(figures)
    figures = {key: figure for key, figure in figures.items()
               if not _told_again(key, figure, figures) and not _mixed(key, figure, figures)}
    rows: dict[tuple[str | None, str | None], dict[str, Figure]] = {}
    for (side, by, measure), figure in figures.items():
        rows.setdefault((side, by), {})[measure] = figure
    split = {(by, f.measure) for (side, by, _), f in figures.items() if side}
    made = []
    for (side, by), both in rows.items():
        kept = {m: f for m, f in both.items() if side or (by, m) not in split or not f.part_of_total}
        if kept:
            told = list(kept.values())
            killed, injured = ((kept[m].low, kept[m].high) if m in kept else None for m in ("killed", "injured"))
            made.append(Casualty(side, killed, injured, by, min(f.start for f in told), max(f.end for f in told)))
    return made


def _size(figure: Figure) -> int:
    return figure.low if figure.low is not None else figure.high or 0


def _is_sum(
    key: tuple[str | None, str | None, str], figure: Figure, figures: dict[tuple[str | None, str | None, str], Figure]
) -> bool:
    """Whether a figure of unsplit or civilian losses only adds up the losses of several sides.

    "18 dead" where a source counts five soldiers and 13 villagers; attackers may be left out of such a sum. A total
    with an open end ("several people", "at least three") needs only not to exceed it.
    """
    side, by, measure = key
    if side is not None and not is_civilian(side):
        return False
    parts: dict[str, list[int]] = {}
    for (other, source, kind), held in figures.items():
        if kind == measure and other is not None and (other != side or source != by) and held is not figure:
            parts.setdefault(other, []).append(_size(held))
    others = {other: max(sizes) for other, sizes in parts.items()}
    victims = {other: size for other, size in others.items() if not is_group(other)}
    whole = _size(figure)
    if any(len(told) > 1 and sum(told.values()) == whole for told in (others, victims)):
        return True
    source_parts = [
        _size(held)
        for (other, source, kind), held in figures.items()
        if kind == measure and other is not None and source is not None and source != by and not is_group(other)
    ]
    if len(source_parts) > 1 and by is None and _pairs_up(source_parts, whole):
        return True
    return side is None and figure.high is None and len(others) > 1 and sum(others.values()) >= whole


def _mixed(
    key: tuple[str | None, str | None, str], figure: Figure, figures: dict[tuple[str | None, str | None, str], Figure]
) -> bool:
    """Whether civilians so counted are the "nine people, one of them a soldier" of the same or a named source."""
    side, by, measure = key
    return side is not None and is_civilian(side) and any(
        other is None and kind == measure and (by is None or source == by) and held.low == figure.low
        for (other, source, kind), held in figures.items()
    )


def _told_again(
    key: tuple[str | None, str | None, str], figure: Figure, figures: dict[tuple[str | None, str | None, str], Figure]
) -> bool:
    """Whether a figure only names victims whom another source counts ("Constables Khan and Gul died", of four)."""
    side, by, measure = key
    return figure.named and any(
        kind == measure and not held.named and _size(held) >= _size(figure)
        and (other is None or source != by)
        and (other in (side, None) or (side is not None and is_civilian(side) and not is_group(other)))
        for (other, source, kind), held in figures.items()
    )


def _pairs_up(parts: Sequence[int], whole: int) -> bool:
    """Whether two or three of the parts make up the whole."""
    return any(sum(some) == whole for size in (2, 3) for some in combinations(parts[:10], size))


def named_alike(
    casualties: list[Casualty], event_type: str, sides: tuple[str, ...], country: str | None
) -> list[Casualty]:
    """Losses told in vaguer words take the side that the event knows: "militants" the group it names, "people" the
    civilians of the country or, where another account counts the same number, the side which that one names."""
    groups = [a for a in sides if is_group(a) and a != unnamed_group()]
    own = civilians_of(country)
    exact = {
        (m, getattr(c, m)): c
        for c in casualties
        if c.side and not is_civilian(c.side) and not is_group(c.side)
        for m in ("killed", "injured")
        if getattr(c, m)
    }
    made: dict[tuple[str | None, str | None], Casualty] = {}
    for row in casualties:
        side = row.side
        if side == unnamed_group() and len(groups) == 1:
            side = groups[0]
        elif side is None or is_civilian(side):
            same = exact.get(("killed", row.killed)) or (None if row.killed else exact.get(("injured", row.injured)))
            beside = same is not None and min(row.end, same.end) - max(row.start, same.start) > -_NEAR
            if same is not None and beside and side and same.by == row.by:
                same = None  # "a constable and his driver": two losses told side by side
            side = (same.side if same else None) or (own if side and own and event_type != "border_clash" else side)
        held = made.get((side, row.by))
        made[side, row.by] = replace(
            row,
            side=side,
            killed=_larger(row.killed, held.killed if held else None),
            injured=_larger(row.injured, held.injured if held else None),
        )
    rows = list(made.values())
    return [c for c in rows if not any(other is not c and _covers(other, c, sides) for other in rows)]


def _covers(other: Casualty, row: Casualty, sides: tuple[str, ...]) -> bool:
    """Whether another row says the same better: a source where this one has none, an exact figure where this one has a
    bound, the event's own side where this one names another group."""
    same_side = other.side == row.side
    if not same_side and not (
        row.side
        and other.side
        and is_group(row.side)
        and is_group(other.side)
        and other.side in sides
        and row.side not in sides
    ):
        return False
    if row.by is not None and row.by != other.by:
        return False
    if same_side and row.by == other.by:
        return False
    return all(_within(getattr(row, m), getattr(other, m)) for m in ("killed", "injured"))


def _within(figure: tuple[int | None, int | None] | None, other: tuple[int | None, int | None] | None) -> bool:
    """Whether `other` is the same figure or a more exact one."""
    if figure is None or figure == other:
        return True
    if other is None or None not in figure:
        return False
    low, high = other
    return (figure[0] is None or (low is not None and low >= figure[0])) and (
        figure[1] is None or (high is not None and high <= figure[1])
    )


def _merge_sources(figures: dict[tuple[str | None, str | None, str], Figure]) -> None:
    """A figure of the headline or lead that a source repeats is that source's.

    A headline sums up: where it counts more than the source's first words ("five died there, a sixth in hospital"),
    its number is the toll.
    """
    for key in list(figures):
        side, by, measure = key
        if by is not None:
            continue
        figure = figures[key]
        for other_key, other in list(figures.items()):
            other_side, other_by, other_measure = other_key
            if other_by is None or other_side != side or other_measure != measure:
                continue
            same = (other.low, other.high) == (figure.low, figure.high)
            if same or figure.sentence == 0:
                if _size(figure) > _size(other):
                    figures[other_key] = replace(other, low=figure.low, high=figure.high)
                figures.pop(key, None)
                break


def _larger(one: Bounds, other: Bounds) -> Bounds:
    """The larger of two figures of one measure, where either may be missing."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda bounds: bounds[0] if bounds[0] is not None else bounds[1] or 0)
