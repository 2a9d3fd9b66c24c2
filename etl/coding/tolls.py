"""The casualty rows of a happening: one a side and source, told as the event names its sides."""

from __future__ import annotations

from dataclasses import replace

from etl.article import Casualty
from etl.coding.casualties import Figure
from etl.coding.identity import Happening
from etl.coding.kinds import civilians_of, is_civilian, is_group, unnamed_group


def casualties_of(happening: Happening) -> list[Casualty]:
    """One row a side and source with the newest figure of each; a total only where no source splits it."""
    figures: dict[tuple[str | None, str | None, str], Figure] = {}
    for scene in happening.scenes:
        for figure in scene.figures:
            if figure.aggregate or (figure.low is None and figure.high is None):
                continue
            key = (figure.side, figure.by, figure.measure)
            held = figures.get(key)
            if held is None or scene.sentence > 0 and held.sentence == 0 or figure.sentence == held.sentence:
                if held is not None and figure.sentence == held.sentence and figure.part_of_total:
                    continue
                figures[key] = figure
    _merge_sources(figures)
    rows: dict[tuple[str | None, str | None], dict[str, Figure]] = {}
    for (side, by, measure), figure in figures.items():
        rows.setdefault((side, by), {})[measure] = figure
    split = {(by, f.measure) for (side, by, _), f in figures.items() if side}
    made = []
    for (side, by), both in rows.items():
        kept = {m: f for m, f in both.items() if side or (by, m) not in split or not f.part_of_total}
        if not kept:
            continue
        first = next(iter(kept.values()))
        last = list(kept.values())[-1]
        made.append(Casualty(
            side, *((kept[m].low, kept[m].high) if m in kept else None for m in ("killed", "injured")), by,
            min(first.start, last.start), max(first.end, last.end)))
    return made


def named_alike(casualties: list[Casualty], event_type: str, sides: tuple[str, ...], country: str | None) -> list[Casualty]:
    """Losses told in vaguer words take the side that the event knows: "militants" the group it names, "people" the
    civilians of the country or, where another account counts the same number, the side which that one names."""
    groups = [a for a in sides if is_group(a) and a != unnamed_group()]
    own = civilians_of(country)
    exact = {(m, getattr(c, m)): c.side for c in casualties if c.side and not is_civilian(c.side)
             for m in ("killed", "injured") if getattr(c, m)}
    made: dict[tuple[str | None, str | None], Casualty] = {}
    for row in casualties:
        side = row.side
        if side == unnamed_group() and len(groups) == 1:
            side = groups[0]
        elif side is None or is_civilian(side):
            same = exact.get(("killed", row.killed)) or (None if row.killed else exact.get(("injured", row.injured)))
            side = same or (own if side and own and event_type != "border_clash" else side)
        held = made.get((side, row.by))
        made[side, row.by] = replace(row, side=side, killed=row.killed or (held.killed if held else None),
                                     injured=row.injured or (held.injured if held else None))
    return [c for c in made.values() if c.by is not None or not any(
        other is not c and other.side == c.side and other.by is not None and c.killed in {None, other.killed}
        and c.injured in {None, other.injured} for other in made.values())]


def _merge_sources(figures: dict[tuple[str | None, str | None, str], Figure]) -> None:
    """A figure of the headline or lead that a source repeats is that source's."""
    for key in list(figures):
        side, by, measure = key
        if by is not None:
            continue
        figure = figures[key]
        for (other_side, other_by, other_measure), other in list(figures.items()):
            same = (other.low, other.high) == (figure.low, figure.high) and other_measure == measure
            if other_by is not None and other_side == side and (same or figure.sentence == 0):
                figures.pop(key, None)
                break
