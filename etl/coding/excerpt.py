"""The words that show an event: its best clause, the excerpt that is its evidence, and the trigger."""

from __future__ import annotations

from etl.coding.identity import Happening
from etl.coding.scenes import Readings, Scene
from etl.schema import EVIDENCE_LIMIT


def best_scene(happening: Happening) -> Scene:
    """The clause that tells most: not the headline, a plain trigger, with a day, place or figure."""
    order = {"strong": 0, "weak": 1, "cue": 2, "": 3}
    return min(
        happening.scenes,
        key=lambda s: (s.sentence == 0, order[s.strength], not (s.place or s.dates or s.figures), s.sentence),
    )


def evidence(readings: Readings, happening: Happening) -> tuple[int, int]:
    """The clause that best shows the event, at most `EVIDENCE_LIMIT` characters of the article, cut at blanks."""
    scene = best_scene(happening)
    text = readings.parsed.text
    start, end = scene.start, scene.end
    anchor = scene.actions[0]
    while start < anchor.start and text[start] in " ;,.:\n":
        start += 1
    low, high = readings.parsed.original(start, max(end, start + 1))
    if high - low > EVIDENCE_LIMIT:
        at = readings.parsed.original(anchor.start, anchor.end)
        low = max(low, at[1] - EVIDENCE_LIMIT + 60, 0) if at[1] - low > EVIDENCE_LIMIT - 40 else low
        high = low + EVIDENCE_LIMIT
        full = readings.parsed.article.full_text
        cut = full.rfind(" ", at[1], high)
        high = cut if cut > at[1] else high
        blank = full.find(" ", low, at[0])
        if full[max(low - 1, 0)].isalnum() and blank != -1:
            low = blank + 1
    return low, high


def trigger(readings: Readings, happening: Happening) -> str:
    """The words that told of the event."""
    action = best_scene(happening).actions[0]
    return readings.parsed.text[action.start : action.end]
