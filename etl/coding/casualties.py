"""Casualty figures: how many were killed or injured, on whose side, and according to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache

from etl.coding.actors import ActorMention
from etl.coding.casualty_clauses import tolls
from etl.coding.casualty_persons import words
from etl.coding.casualty_sides import Sided, Sides
from etl.coding.casualty_sums import joined, narrow, settle, split, survivors
from etl.coding.parse import Parsed
from etl.coding.speech import Speech
from etl.reference import ReferenceFault, read_table

_LOOKED_AT = 200  # figures of an article among which totals and parts are sought: no report has more


@dataclass(frozen=True)
class Figure:
    """One figure. `start`, `end`: characters of the cleaned text that carry it; `low`, `high` in persons.

    `named`: it counts no one in figures, but names them ("Constable Khan died"), so that it may tell again who is
    counted elsewhere. `side` is whose losses (None when the text does not tell), `by` who says so (None in the
    article's own voice), `anchor` the token that means killed or injured. `aggregate` marks totals over more than days,
    `part_of_total` a total that other figures of the article split by side.
    """

    start: int
    end: int
    measure: str
    low: int | None
    high: int | None
    side: str | None
    by: str | None
    sentence: int
    anchor: int
    aggregate: bool
    part_of_total: bool
    named: bool = False


def find_figures(parsed: Parsed, actors: Sequence[ActorMention], speech: Speech) -> list[Figure]:
    """All casualty figures of an article, in the order of the text."""
    if not parsed.sentences:
        return []
    sides = Sides(parsed, actors)
    found: list[Sided] = []
    for toll in tolls(parsed):
        sided = sides.of(toll, found)
        if sided is not None:
            narrow(found, sided, parsed)
            found.append(sided)
    found = survivors(joined(split(settle(found, sides), sides), parsed), parsed)
    statistics = _statistics(parsed, actors, {parsed.sentence_of[sided.toll.anchor] for sided in found})
    figures = []
    for sided in found:
        toll = sided.toll
        number = parsed.sentence_of[toll.anchor]
        figures.append(Figure(toll.start, toll.end, toll.measure, toll.low, toll.high, sided.side,
                              speech.at(toll.anchor), number, toll.anchor, number in statistics, False,
                              toll.named))
    looked = figures[:_LOOKED_AT]
    totals = {(f.side, f.measure, f.low, f.high) for f in looked if _is_total(f, looked, parsed)}
    return [replace(f, part_of_total=(f.side, f.measure, f.low, f.high) in totals) for f in figures]


def _is_total(figure: Figure, figures: Sequence[Figure], parsed: Parsed) -> bool:
    """Whether others split the figure: a total without a side, or a side's total over several events."""
    whole = figure.low if figure.low is not None else figure.high
    others = {(f.side, f.low, f.high): f for f in figures
              if f.measure == figure.measure and f.side and not f.aggregate and f is not figure}
    if whole is None:
        return False
    if figure.side is None:
        return _adds_up([f.low or 0 for f in others.values() if abs(f.sentence - figure.sentence) <= 4], whole)
    several = any(token.lower_ in words("several") for token in parsed.sentences[figure.sentence])
    parts = {(f.sentence, f.low): f.low or 0 for f in others.values()
             if f.side == figure.side and f.sentence > figure.sentence and (f.low or 0) < whole}
    return several and _adds_up(list(parts.values()), whole)


def _adds_up(parts: Iterable[int], whole: int) -> bool:
    """Whether some of the parts (two or more) make up the whole."""
    sums: set[tuple[int, int]] = {(0, 0)}
    for part in list(parts)[:12]:
        sums |= {(total + part, size + 1) for total, size in sums if total + part <= whole}
    return any(total == whole and size >= 2 for total, size in sums)


@cache
def _pattern(role: str) -> re.Pattern[str]:
    rows = [row for row in read_table("casualty_words").rows if row["role"] == role]
    try:
        return re.compile("|".join(f"(?:{row['word']})" for row in rows), re.IGNORECASE)
    except re.error as error:
        raise ReferenceFault(f"data/reference/casualty_words.csv: a pattern of role {role} cannot be read "
                             f"({error}); mend it or remove it") from None


def _statistics(parsed: Parsed, actors: Sequence[ActorMention], asked: Set[int]) -> set[int]:
    """Those of the sentences `asked` for that give totals over longer times: by their words, or where a counting body
    is reported on.

    The report of a counting body runs on until a sentence tells a day of its own.
    """
    text = parsed.text
    bodies = {m.sentence for m in actors if m.kind == "outlet"
              and _pattern("body").fullmatch(text[m.start:m.end])}
    totals = {number for number in asked if _pattern("aggregate").search(parsed.sentences[number].text)}
    found: set[int] = set()
    running = False
    for number in range(min(bodies, default=len(parsed.sentences)), len(parsed.sentences)):
        if number not in bodies and not running:
            continue
        dated = _pattern("dated").search(parsed.sentences[number].text) is not None
        running = number in bodies or (not dated and parsed.paragraphs[number] > 0)
        if running and not dated:
            found.add(number)
    return totals | (found & asked)
