"""Marks of places: their size, shape and words, and how those that would cover each other are moved apart.

A mark that is moved keeps a line to its place, whose position never changes. It is moved by pixels, not in degrees: on
a nearer map the line stays as short as it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import counted, number, rows_of, span
from dashboard.map_symbols import LEADERS, icon_size
from etl.names import type_label

SMALLEST, LARGEST = 6.0, 30.0  # pixels: radius of the disc that has the area of the smallest and the largest mark
PER_ROOT = {"fatalities": 2.2, "events": 4.2}  # pixels of radius for the square root of one person or event
ROW_LIMIT = 1000  # marks: beyond this the message to the browser grows too large
SPREAD_LIMIT = 250  # marks: beyond this there is no room to move them apart
TYPES_IN_TIP = 5
NEAR = 6.0  # degrees: on a map narrower than this each type of event of a place has a mark of its own
CLOSE = 3.5  # degrees: on a map narrower than this there is room for the names of districts
FARTHEST = 60.0  # pixels that a mark is moved at most
STILL = 3.0  # pixels: what moves less stays where it is
ROUNDS = 80
GATE = 7.0  # pixels: room that is kept free around a crossing whose state is shown
NAMED = 11.0  # pixels: marks at least so large have their name beside them, on a near map all
LETTER = 5.8  # pixels: width of a letter of a name, about

Disc = tuple[float, float, float]


def inert(text: object) -> str:
    """Text as deck.gl's JSON may hold it: what begins with @@ would be read as an expression, so it gets a blank."""
    shown = str(text) if isinstance(text, str) else ""
    return f" {shown}" if shown.lstrip().startswith("@@") else shown


def radius(value: float, measure: str = "fatalities") -> float:
    """Radius in pixels of the disc that a mark has the area of: it grows with `value` (persons killed, or events)."""
    return round(min(max(SMALLEST, PER_ROOT[measure] * math.sqrt(max(value, 0.0))), LARGEST), 1)


def column_of(measure: str) -> str:
    """The column of `dashboard.located.sums` that a measure shows."""
    return "killed_best" if measure == "fatalities" else "n_events"


def tip(where: str, row: Any) -> str:
    """What the pointer shows over a place or an area: plain lines, never HTML."""
    kinds = [f"{type_label(name)}: {number(n)}" for name, n in row.types[:TYPES_IN_TIP]]
    if len(row.types) > TYPES_IN_TIP:
        kinds.append(f"other types: {number(sum(n for _, n in row.types[TYPES_IN_TIP:]))}")
    killed = f"{number(row.killed_best)} killed (low {number(row.killed_low)}, high {number(row.killed_high)})"
    return "\n".join([inert(where), f"{counted(row.n_events, 'event')}, {killed}", *kinds, span(row.first, row.last)])


def place_name(row: Any) -> str:
    """A place with its district or province: ``Torkham, Khyber``."""
    parts = [part for part in (row.place, row.district or row.province) if isinstance(part, str) and part]
    return ", ".join(dict.fromkeys(parts)) or "Unnamed place"


def marks(places: pd.DataFrame, measure: str = "fatalities", pixels_per_degree: float = 0.0,
          gates: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """Marks to draw for `places` (rows of `dashboard.located.sums`), larger ones first so that none hides another.

    A mark has the sign of its leading type: where size shows the killed, the deadliest. Returns records with
    ``position``, ``radius`` (pixels), ``icon`` (event type), ``size``, ``offset`` (pixels, y downwards; see `spread`,
    for a map of so many pixels a degree of longitude, and `gates` that stay visible), ``name``, ``tip`` and ``area``.
    """
    found: list[dict[str, Any]] = []
    column = column_of(measure)
    for row in rows_of(places):
        r = radius(float(getattr(row, column)), measure)
        found.append({
            "position": [round(float(row.longitude), 4), round(float(row.latitude), 4)], "radius": r,
            "icon": leading(row, measure), "size": icon_size(r), "tip": tip(place_name(row), row),
            "area": str(row.area_id), "name": inert(row.place),
        })
    found.sort(key=lambda mark: (-mark["radius"], mark["area"], mark["icon"]))
    found = found[:ROW_LIMIT]
    fixed = [(*mercator(*gate["position"]), GATE) for gate in gates]
    moved = spread([(*mercator(*mark["position"]), mark["radius"]) for mark in found], pixels_per_degree, fixed)
    for mark, offset in zip(found, moved, strict=True):
        mark["offset"] = offset
    return found


def leading(row: Any, measure: str) -> str:
    """The event type whose sign a row of `dashboard.located.sums` gets: the deadliest, or the most frequent."""
    return str(row.deadliest) if measure == "fatalities" and row.deadliest else str(row.types[0][0])


def mercator(longitude: float, latitude: float) -> tuple[float, float]:
    """A position in degrees of longitude on the Web Mercator plane, y northwards."""
    return longitude, math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


def spread(discs: Sequence[Disc], pixels_per_degree: float, fixed: Sequence[Disc] = ()) -> list[list[int]]:
    """How far each disc (x, y in degrees of `mercator`, radius in pixels) is moved so that none covers another.

    Discs that overlap push each other apart, the smaller one farther, and a spring draws each back to its place, for
    `ROUNDS` rounds; always with the same result. Those of `fixed` push, and stay. Returns [right, down] in pixels, at
    most `FARTHEST`; [0, 0] for all where there are more than `SPREAD_LIMIT` discs or no scale.
    """
    n, held = len(discs), len(fixed)
    if n + held < 2 or n > SPREAD_LIMIT or pixels_per_degree <= 0:
        return [[0, 0]] * n
    home = np.array([(x * pixels_per_degree, -y * pixels_per_degree) for x, y, _ in (*discs, *fixed)])
    size = np.array([r for _, _, r in (*discs, *fixed)]) * 1.1 + 1.5
    # Discs of one place begin around it, each in a direction of its own: the golden angle never repeats.
    turn = np.arange(n + held) * math.pi * (3 - math.sqrt(5))
    now = home + np.column_stack([np.cos(turn), np.sin(turn)]) * 0.5
    room = size[:, None] + size[None, :]
    share = size[None, :] / room  # the smaller of two moves farther
    share[:, n:] = 1
    np.fill_diagonal(room, 0)
    for _ in range(ROUNDS):
        away = now[:, None, :] - now[None, :, :]
        apart = np.sqrt((away ** 2).sum(axis=2)) + 1e-9
        push = np.maximum(room - apart, 0) / apart * share * 0.6
        now += (away * push[:, :, None]).sum(axis=1) + (home - now) * 0.04
        now[n:] = home[n:]
    moved = (now - home)[:n]
    far = np.sqrt((moved ** 2).sum(axis=1))
    moved *= np.minimum(1, FARTHEST / np.maximum(far, 1e-9))[:, None]
    moved[far < STILL] = 0
    return [[int(x), int(y)] for x, y in np.rint(moved).astype(int)]


def labels(found: Sequence[dict[str, Any]], pixels_per_degree: float, near: bool,
           gates: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """Names of places, one for each, beside its largest mark where there is room: ``position``, ``text``, ``offset``.

    A name stands below, above, right or left of its mark, and nowhere if it would cover another mark or name there, or
    if a crossing of `gates` (with their names to the left) has it already.
    """
    taken, known = [], " ".join(gate["text"] for gate in gates)
    for mark in found:
        x, y = mercator(*mark["position"])
        mark_x, mark_y = x * pixels_per_degree + mark["offset"][0], -y * pixels_per_degree + mark["offset"][1]
        r = mark["radius"]
        taken.append((mark_x - r, mark_y - r, mark_x + r, mark_y + r))
    boxes = list(taken)
    for gate in gates:
        x, y = mercator(*gate["position"])
        right, middle = x * pixels_per_degree - GATE, -y * pixels_per_degree
        taken.append((right - len(gate["text"]) * LETTER - 6, middle - 7, right, middle + 7))
    named: dict[str, dict[str, Any]] = {}
    for mark, box in zip(found, boxes, strict=True):
        small = mark["radius"] < NAMED and not near
        if small or not mark["name"].strip() or mark["name"] in known or mark["area"] in named:
            continue
        half, r = len(mark["name"]) * LETTER / 2 + 2, mark["radius"]
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        for right, down in ((0, r + 9), (0, -r - 9), (r + half + 2, 0), (-r - half - 2, 0)):
            wanted = (x + right - half, y + down - 7, x + right + half, y + down + 7)
            if not any(wanted[0] < b[2] and b[0] < wanted[2] and wanted[1] < b[3] and b[1] < wanted[3] for b in taken):
                taken.append(wanted)
                named[mark["area"]] = {"position": mark["position"], "text": mark["name"],
                                       "offset": [round(mark["offset"][0] + right), round(mark["offset"][1] + down)]}
                break
    return list(named.values())


def leaders(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines from the places to the marks that were moved: position, picture of the atlas, length, angle (degrees)."""
    lines = []
    for mark in found:
        right, down = mark["offset"]
        length = math.hypot(right, down)
        if length >= STILL:
            picture = min(LEADERS, key=lambda one: abs(one - length))
            lines.append({"position": mark["position"], "icon": f"leader-{picture}", "size": round(length, 1),
                          "angle": round(math.degrees(math.atan2(-right, -down)), 1)})
    return lines
