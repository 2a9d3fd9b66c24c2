"""The map's legend as a small SVG picture: what the codes, colours, sizes and lines mean."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts import escaped
from dashboard.map import AREA_ALPHA, radius
from dashboard.palette import Theme, sign
from etl.names import type_label

WIDTH = 300  # pixels
STEP = 24
FONT = "Source Sans, Source Sans Pro, Arial, sans-serif"


def _text(x: float, y: float, words: str, colour: str, size: int = 13, weight: str = "normal",
          anchor: str = "start") -> str:
    return (f'<text x="{x:g}" y="{y:g}" font-family="{FONT}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}" fill="{colour}">{escaped(words)}</text>')


def _disc(x: float, y: float, size: float, colour: str, edge: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" fill="{colour}" stroke="{edge}"/>'


def legend(types: Sequence[str], measure: str = "fatalities", theme: Theme = "light") -> str:
    """An SVG of `WIDTH` pixels with the signs of `types` (event types on the map), sizes and lines.

    `measure` is what size means: ``fatalities`` or ``events``.
    """
    ink = sign("map", "label", theme).colour
    ground = sign("map", "land", theme).colour
    on_disc = sign("map", "code", theme).colour
    parts: list[str] = []
    y = 16.0
    if types:
        parts.append(_text(0, y, "Event type of a place", ink, weight="bold"))
        y += STEP
        for name in types:
            look = sign("event_type", name, theme)
            parts.append(_disc(12, y - 4, 10, look.colour, ground))
            parts.append(_text(12, y, look.code, on_disc, 10, "bold", "middle"))
            parts.append(_text(30, y, type_label(name), ink))
            y += STEP
        parts.append(_text(0, y, "Rings: a place with several types, the most", ink, 12))
        parts.append(_text(0, y + 16, "frequent inside. Grey ring: further types.", ink, 12))
        y += 16 + STEP
    unit = "persons killed" if measure == "fatalities" else "events"
    parts.append(_text(0, y, f"Size: {unit} (area in proportion)", ink, weight="bold"))
    sizes = (0, 25, 100) if measure == "fatalities" else (1, 10, 40)
    x, base = 6.0, y + 74
    for value in sizes:
        r = radius(value, measure)
        parts.append(f'<circle cx="{x + r + 2:g}" cy="{base - r:g}" r="{r:g}" fill="none" stroke="{ink}"/>')
        words = f"{value:,}" if value or measure == "events" else "0–5"
        parts.append(_text(x + r + 2, base + 16, words, ink, 12, anchor="middle"))
        x += 2 * r + 34
    y = base + 16 + STEP + 4
    area = sign("map", "area", theme)
    parts.append(_text(0, y, "Areas and lines", ink, weight="bold"))
    y += STEP
    for level, words in (("district", "known only to the district (number: events)"),
                         ("province", "known only to the province")):
        pale, dark = AREA_ALPHA[level]
        for i, alpha in enumerate((pale, (pale + dark) // 2, dark)):
            parts.append(f'<rect x="{i * 9}" y="{y - 12:g}" width="9" height="14" fill="{area.colour}" '
                         f'fill-opacity="{alpha / 255:.2f}" stroke="{area.colour}" stroke-width="0.6"/>')
        parts.append(_text(34, y, words, ink, 12))
        y += STEP
    line = sign("map", "durand_line", theme).colour
    parts.append(f'<line x1="0" x2="27" y1="{y - 4:g}" y2="{y - 4:g}" stroke="{line}" stroke-width="2.4" '
                 'stroke-dasharray="8 5"/>')
    parts.append(_text(34, y, "Durand Line", ink, 12))
    y += STEP
    gate = sign("map", "crossing", theme).colour
    parts.append(f'<path d="M13 {y - 10:g} l6 6 l-6 6 l-6 -6 z" fill="{gate}"/>')
    parts.append(_text(34, y, "border crossing", ink, 12))
    height = round(y + 12)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}">{"".join(parts)}</svg>')


def in_words(types: Sequence[str], measure: str = "fatalities") -> str:
    """The legend in words, as its text alternative."""
    codes = ", ".join(f"{sign('event_type', name).code} {type_label(name)}" for name in types)
    unit = "persons killed" if measure == "fatalities" else "events"
    return (f"Legend. Codes on the discs: {codes or 'none'}. The area of a disc grows with {unit}. Shaded areas: "
            "events known only to a district or province. Dashed line: the Durand Line. Diamonds: border crossings.")
