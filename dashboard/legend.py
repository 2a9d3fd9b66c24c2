"""The map's legend as small SVG pictures that stand side by side: signs, sizes or classes, areas and lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dashboard.charts import escaped
from dashboard.crossing_states import HOLD
from dashboard.map_classes import Classes
from dashboard.map_marks import radius
from dashboard.map_symbols import STATES, svg, svg_state
from dashboard.palette import Theme, sign
from etl.names import type_label
from etl.wording import day

WIDTH = 288  # pixels: of one picture
STEP = 23
FONT = "Source Sans, Source Sans Pro, Arial, sans-serif"
MEANING = {"fatalities": "persons killed", "events": "events"}


def _text(x: float, y: float, words: str, colour: str, size: int = 13, weight: str = "normal",
          anchor: str = "start") -> str:
    return (f'<text x="{x:g}" y="{y:g}" font-family="{FONT}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}" fill="{colour}">{escaped(words)}</text>')


def _svg(parts: Sequence[str], height: float) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" '
            f'viewBox="0 0 {WIDTH} {height:g}">{"".join(parts)}</svg>')


def signs(types: Sequence[str], measure: str = "fatalities", apart: bool = False, theme: Theme = "light") -> str:
    """The signs of `types` (event types on the map) in two columns; `apart`: each type of a place has its own mark."""
    ink = sign("map", "label", theme).colour
    parts = [_text(0, 16, "Event type: shape and colour", ink, weight="bold")]
    rows = (len(types) + 1) // 2
    for i, name in enumerate(types):
        x, y = WIDTH / 2 * (i // rows), 16 + STEP * (1 + i % rows)
        parts += [svg(name, x + 10, y - 4, 6.6, theme), _text(x + 25, y, type_label(name), ink, 12)]
    y = 16 + STEP * (rows + 1)
    if not apart:
        leading = "most deadly" if measure == "fatalities" else "most frequent"
        parts.append(_text(0, y, f"A place has the sign of its {leading} type.", ink, 12))
        y += 17
    parts.append(_text(0, y, "Solid: violence; hollow: everything else.", ink, 12))
    parts.append(_text(0, y + 17, "A line leads from a mark to its place.", ink, 12))
    return _svg(parts, y + 26)


def sizes(measure: str = "fatalities", theme: Theme = "light") -> str:
    """What the size of a mark means: `measure` is ``fatalities`` or ``events``."""
    ink = sign("map", "label", theme).colour
    parts = [_text(0, 16, f"Size: {MEANING[measure]} (area in proportion)", ink, weight="bold")]
    x, base = 4.0, 16 + 78
    for value, words in (((0, "0–7"), (25, "25"), (100, "100"), (186, "over 185")) if measure == "fatalities" else
                         ((1, "1–2"), (10, "10"), (25, "25"), (52, "over 50"))):
        r = radius(value, measure)
        parts.append(f'<circle cx="{x + r + 2:g}" cy="{base - r:g}" r="{r:g}" fill="none" stroke="{ink}"/>')
        parts.append(_text(x + r + 2, base + 16, words, ink, 12, anchor="middle"))
        x += 2 * r + 26
    return _svg(parts, base + 26)


def shades(classes: Classes, measure: str, theme: Theme = "light") -> str:
    """What the colours of districts or hexagons mean."""
    ink = sign("map", "label", theme).colour
    parts = [_text(0, 16, f"Colour and number: {MEANING[measure]}", ink, weight="bold")]
    y = 16.0 + STEP
    found = [(0, "0 (events without killed)")] if measure == "fatalities" else []
    for value, words in [*found, *zip(classes.bounds, classes.labels(), strict=True)]:
        fill = "rgb({},{},{})".format(*classes.colour(value, theme))
        parts.append(f'<rect x="0" y="{y - 13:g}" width="27" height="16" fill="{fill}" stroke="{ink}" '
                     'stroke-width="0.5"/>')
        parts.append(_text(34, y, words, ink, 12))
        y += STEP
    return _svg(parts, y)


def lines(on: dt.date, theme: Theme = "light") -> str:
    """Hatched areas, the Durand Line, and the crossings with their state on the day `on`."""
    ink = sign("map", "label", theme).colour
    area = sign("map", "area", theme).colour
    parts = [_text(0, 16, "Areas, lines, crossings", ink, weight="bold")]
    y = 16.0 + STEP
    for level, words in (("district", "only the district is known (number: events)"),
                         ("province", "only the province is known (number: events)")):
        strokes = "".join(
            f"M{x} {y + 3:g}L{x + 9} {y - 13:g}" if level == "district" else f"M{x} {y - 13:g}L{x + 9} {y + 3:g}"
            for x in (0, 9, 18))
        parts.append(f'<rect x="0" y="{y - 13:g}" width="27" height="16" fill="{area}" fill-opacity="0.09" '
                     f'stroke="{area}"/><path d="{strokes}" stroke="{area}" stroke-opacity="0.7"/>')
        parts.append(_text(34, y, words, ink, 12))
        y += STEP
    line = sign("map", "durand_line", theme).colour
    parts.append(f'<line x1="0" x2="27" y1="{y - 4:g}" y2="{y - 4:g}" stroke="{line}" stroke-width="2.4" '
                 'stroke-dasharray="8 5"/>')
    parts.append(_text(34, y, "Durand Line", ink, 12))
    for state in STATES:
        y += STEP
        parts.append(svg_state(state, 13, y - 4, 6.5, theme))
        words = f"no report in the {HOLD} days before" if state == "unknown" else f"{state} on {day(on)}"
        parts.append(_text(34, y, f"crossing: {words}", ink, 12))
    return _svg(parts, y + 12)


def in_words(types: Sequence[str], measure: str = "fatalities", marks: str = "places") -> str:
    """The legend in words, as the text alternative of its pictures."""
    if marks == "places":
        named = ", ".join(type_label(name) for name in types)
        what = (f"Signs of event types: {named or 'none'}; solid for violence, hollow for everything else. The area of "
                f"a mark grows with {MEANING[measure]}.")
    else:
        what = f"The darker or stronger the colour, the more {MEANING[measure]}; the number stands inside."
    return (f"Legend. {what} Hatched areas: events known only to a district or province. Dashed line: the Durand Line. "
            "Gates: crossings, barred when closed; diamonds: crossings without a report of their state.")
