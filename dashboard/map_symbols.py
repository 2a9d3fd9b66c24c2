"""The signs of the map: one shape for each event type, drawn here, as an atlas of pictures and as SVG for the legend.

Shapes have equal areas, so that size can mean a number whatever the type. Violence is drawn solid, everything else
hollow: the two can be told apart without their colours, and so can the types within each.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw

from dashboard.palette import Theme, event_groups, sign, signs

Point = tuple[float, float]
Ring = list[Point]

CELL = 96  # pixels: side of one picture in the atlas
UNIT = 38  # pixels of the atlas for the length 1 of a shape
DISC = 0.66  # radius of the circle whose area every shape has
SCALE = 4  # drawn so many times larger and made smaller, for smooth edges
COLUMNS = 8
EDGE = 0.10  # width of the outer edge, which parts a sign from what lies under it
STROKE = 0.24  # width of the line of a hollow sign
SOLID = "violence"  # the group of event types that is drawn solid
LEADERS = (12, 18, 27, 40, 60, 90)  # pixels: lengths for which a leader line is drawn in the atlas
LEADER_WIDTH = 1.3  # pixels
STATES = ("closed", "open", "unknown")


def _regular(n: int, turn: float = 0.0) -> Ring:
    """A regular polygon with a corner at the top, turned by `turn` degrees."""
    angles = [math.radians(turn + 360 * i / n) for i in range(n)]
    return [(math.sin(a), -math.cos(a)) for a in angles]


def _star(points: int, inner: float) -> Ring:
    angles = [math.pi * i / points for i in range(2 * points)]
    return [((inner if i % 2 else 1) * math.sin(a), -(inner if i % 2 else 1) * math.cos(a))
            for i, a in enumerate(angles)]


def _cross(arm: float) -> Ring:
    a = arm
    return [(-a, -1), (a, -1), (a, -a), (1, -a), (1, a), (a, a), (a, 1), (-a, 1), (-a, a), (-1, a), (-1, -a), (-a, -a)]


def _turned(ring: Ring, degrees: float) -> Ring:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(x * cos - y * sin, x * sin + y * cos) for x, y in ring]


_ARROW: Ring = [(-1, -0.45), (0.05, -0.45), (0.05, -0.95), (1, 0), (0.05, 0.95), (0.05, 0.45), (-1, 0.45)]
_HOURGLASS: Ring = [(-0.85, -1), (0.85, -1), (0.2, 0), (0.85, 1), (-0.85, 1), (-0.2, 0)]
_SHAPES: dict[str, Ring] = {
    "circle": _regular(40), "square": _regular(4, 45), "diamond": _regular(4), "triangle-up": _regular(3),
    "triangle-down": _regular(3, 180), "pentagon": _regular(5), "hexagon": _regular(6, 30), "star": _star(5, 0.46),
    "cross": _cross(0.36), "x": _turned(_cross(0.36), 45), "arrow-right": _ARROW, "arrow-left": _turned(_ARROW, 180),
    "hourglass": _HOURGLASS, "bowtie": _turned(_HOURGLASS, 90), "diamond-tall": [(0, -1), (0.62, 0), (0, 1),
                                                                                (-0.62, 0)],
}


def area(ring: Sequence[Point]) -> float:
    """The area inside a ring."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x * b - a * y for (x, y), (a, b) in pairs)) / 2


@lru_cache(maxsize=64)
def shape(symbol: str) -> tuple[Point, ...]:
    """The outline of a symbol of the palette, y downwards, with the area of a circle of radius `DISC`.

    A symbol that is a shape with something upon it (``circle-cross``) has the outline of that shape.
    """
    ring = _SHAPES.get(symbol) or _SHAPES.get(symbol.rsplit("-", 1)[0]) or _SHAPES["circle"]
    middle = sum(y for _, y in ring) / len(ring)  # triangles stand on their centre
    scale = DISC * math.sqrt(math.pi / area(ring))
    return tuple((x * scale, (y - middle) * scale) for x, y in ring)


def marked(symbol: str) -> str:
    """What a symbol has upon its shape: ``cross``, ``dot`` or nothing."""
    head, _, last = symbol.rpartition("-")
    return last if head in _SHAPES and last in ("cross", "dot") else ""


def is_solid(event_type: str) -> bool:
    """Whether the sign of an event type is solid."""
    return event_groups().get(event_type) == SOLID


def _grown(ring: Sequence[Point], by: float) -> list[Point]:
    """A ring with each corner moved away from the centre so that a band of about width `by` lies around it."""
    found = []
    for x, y in ring:
        length = math.hypot(x, y) or 1.0
        found.append((x + x / length * by * 1.2, y + y / length * by * 1.2))
    return found


def svg(event_type: str, x: float, y: float, radius: float, theme: Theme) -> str:
    """The sign of an event type as SVG around (`x`, `y`), with the area of a circle of `radius`."""
    look, ground = sign("event_type", event_type, theme), sign("map", "land", theme).colour
    k = radius / DISC
    points = " ".join(f"{x + a * k:.1f},{y + b * k:.1f}" for a, b in shape(look.symbol))
    if is_solid(event_type):
        body = f'<polygon points="{points}" fill="{look.colour}" stroke="{ground}" stroke-width="1"/>'
    else:
        body = (f'<polygon points="{points}" fill="{ground}" stroke="{look.colour}" stroke-width="{STROKE * k:.1f}" '
                'stroke-linejoin="round"/>')
    ink = ground if is_solid(event_type) else look.colour
    if marked(look.symbol) == "cross":
        r = 0.4 * k
        body += (f'<path d="M{x - r:.1f} {y:.1f}H{x + r:.1f}M{x:.1f} {y - r:.1f}V{y + r:.1f}" stroke="{ink}" '
                 f'stroke-width="{0.16 * k:.1f}"/>')
    if marked(look.symbol) == "dot":
        body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{0.17 * k:.1f}" fill="{ink}"/>'
    return body


def _bars(state: str) -> list[tuple[float, float, float, float]]:
    """The sign of a gate as rectangles (left, top, right, bottom): two posts, when closed with a barrier between."""
    posts = [(-0.72, -0.72, -0.36, 0.72), (0.36, -0.72, 0.72, 0.72)]
    return [*posts, (-0.4, -0.24, 0.4, 0.24)] if state == "closed" else posts


def svg_state(state: str, x: float, y: float, radius: float, theme: Theme) -> str:
    """The sign of a crossing as SVG: a gate that is barred or open, a small diamond where its state is unknown."""
    ink, ground = sign("map", "crossing", theme).colour, sign("map", "land", theme).colour
    if state == "unknown":
        r = radius * 0.62
        return f'<path d="M{x} {y - r:g}l{r:g} {r:g}l{-r:g} {r:g}l{-r:g} {-r:g}z" fill="{ink}" stroke="{ground}"/>'
    look, k = sign("map", f"crossing_{state}", theme).colour, radius / DISC
    return "".join(f'<rect x="{x + a * k:.1f}" y="{y + b * k:.1f}" width="{(c - a) * k:.1f}" '
                   f'height="{(d - b) * k:.1f}" fill="{look}"/>' for a, b, c, d in _bars(state))


def _draw_type(draw: ImageDraw.ImageDraw, middle: Point, event_type: str, theme: Theme) -> None:
    look, ground = sign("event_type", event_type, theme), sign("map", "land", theme).colour
    k = UNIT * SCALE

    def place(ring: Sequence[Point]) -> list[Point]:
        return [(middle[0] + x * k, middle[1] + y * k) for x, y in ring]

    ring, solid = shape(look.symbol), is_solid(event_type)
    draw.polygon(place(_grown(ring, EDGE)), fill=ground)
    draw.polygon(place(ring), fill=look.colour if solid else ground)
    if not solid:
        closed = place([*ring, ring[0], ring[1]])
        draw.line(closed, fill=look.colour, width=round(STROKE * k), joint="curve")
    ink = ground if solid else look.colour
    x, y = middle
    if marked(look.symbol) == "cross":
        r, half = 0.4 * k, 0.08 * k
        draw.rectangle((x - r, y - half, x + r, y + half), fill=ink)
        draw.rectangle((x - half, y - r, x + half, y + r), fill=ink)
    if marked(look.symbol) == "dot":
        r = 0.17 * k
        draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)


def _draw_state(draw: ImageDraw.ImageDraw, middle: Point, state: str, theme: Theme) -> None:
    ink, ground = sign("map", "crossing", theme).colour, sign("map", "land", theme).colour
    (x, y), k = middle, UNIT * SCALE
    if state == "unknown":
        for r, colour in ((0.62 * DISC + 0.14, ground), (0.62 * DISC, ink)):
            draw.polygon([(x, y - r * k), (x + r * k, y), (x, y + r * k), (x - r * k, y)], fill=colour)
        return
    look = sign("map", f"crossing_{state}", theme).colour
    plate = (0.72 + EDGE) * k
    draw.rectangle((x - plate, y - plate, x + plate, y + plate), fill=ground)
    for left, top, right, bottom in _bars(state):
        draw.rectangle((x + left * k, y + top * k, x + right * k, y + bottom * k), fill=look)


@lru_cache(maxsize=2)
def atlas(theme: Theme) -> tuple[bytes, dict[str, dict[str, Any]]]:
    """Pictures of all event types, states of a crossing and leader lines, as deck.gl's IconLayer takes them.

    Returns a PNG, and for each picture (the event type, ``state-open``, ``leader-40``) where it stands in it. A leader
    is drawn upwards from its anchor, to be turned and coloured by the layer.
    """
    names = [*signs("event_type"), *(f"state-{state}" for state in STATES), *(f"leader-{length}" for length in LEADERS)]
    rows = math.ceil(len(names) / COLUMNS)
    side = CELL * SCALE
    # The colour under transparent pixels shows at smoothed edges: that of the ground, not black.
    picture = Image.new("RGBA", (COLUMNS * side, rows * side), (*sign("map", "land", theme).rgb, 0))
    draw = ImageDraw.Draw(picture)
    mapping: dict[str, dict[str, Any]] = {}
    for i, name in enumerate(names):
        left, top = (i % COLUMNS) * CELL, i // COLUMNS * CELL
        middle = ((left + CELL / 2) * SCALE, (top + CELL / 2) * SCALE)
        mapping[name] = {"x": left, "y": top, "width": CELL, "height": CELL}
        if name.startswith("leader-"):
            half = LEADER_WIDTH * CELL / int(name.removeprefix("leader-")) / 2 * SCALE
            draw.rectangle((middle[0] - half, top * SCALE, middle[0] + half, (top + CELL) * SCALE), fill="#FFFFFF")
            mapping[name].update(mask=True, anchorY=CELL)
        elif name.startswith("state-"):
            _draw_state(draw, middle, name.removeprefix("state-"), theme)
        else:
            _draw_type(draw, middle, name, theme)
    small = picture.resize((COLUMNS * CELL, rows * CELL), Image.Resampling.BOX)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue(), mapping


def icon_size(radius: float) -> float:
    """The height in pixels at which a picture of the atlas has the area of a circle of `radius` pixels."""
    return round(radius / DISC * CELL / UNIT, 1)
