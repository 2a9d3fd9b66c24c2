"""The picture that a chat shows of a link: what is in view in words, numbers, bars and a map; drawn with matplotlib."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

from etl.brief import pictures

WIDTH, HEIGHT = 1200, 630  # pixels: the shape that chats show whole
_DPI = 100
_FONT = "DejaVu Sans"  # comes with matplotlib, so that the picture is the same on every machine
_INK, _FAINT, _KILLED = "#0b151a", "#5b6a72", "#9b1c1c"
BOUNDARIES = "Durand Line dashed; boundaries imply no endorsement"
_DRAWING = Lock()  # matplotlib's font renderer is shared by all threads


@dataclass(frozen=True)
class Card:
    """What stands on the picture: headline, lines below it, (number, its meaning) and a last line."""

    title: str
    lines: Sequence[str]
    numbers: Sequence[tuple[str, str]]
    foot: str


def png(card: Card, days: pd.DataFrame, points: pd.DataFrame) -> bytes:
    """The picture, 1200 × 630 pixels.

    `days` (date_start, event_group, n) become bars where there is more than one; `points` (latitude, longitude,
    event_group, killed: persons, 0 where unknown) become circles on the map. All text is shown as it stands.
    """
    with _DRAWING, mpl.rc_context({**pictures.STYLE, "font.family": _FONT, "font.size": 13}):
        figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI)
        _words(figure, card)
        if len(days) > 1:
            pictures.draw_events(figure.add_axes((0.055, 0.15, 0.49, 0.33)), days)
        axes = figure.add_axes((0.56, 0.09, 0.43, 0.88))
        pictures.draw_map(axes, points, legend=False)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
        return out.getvalue()


def _words(figure: Figure, card: Card) -> None:
    def write(x: float, y: float, text: str, size: float, **options: object) -> None:
        figure.text(x, y, _drawable(text), size=size, va="top", parse_math=False, **options)  # type: ignore[arg-type]

    title = textwrap.wrap(card.title, 34, max_lines=2, placeholder=" …")
    write(0.03, 0.955, "\n".join(title), 23, color=_INK, weight="bold", linespacing=1.15)
    size, width = (13, 66) if card.numbers else (16, 52)
    lines = [part for line in card.lines for part in textwrap.wrap(line, width, max_lines=3, placeholder=" …")]
    write(0.03, 0.955 - 0.072 * len(title) - 0.02, "\n".join(lines[:9 if size == 16 else 5]), size, color=_FAINT,
          linespacing=1.4)
    for place, (number, meaning) in enumerate(card.numbers[:3]):
        x = 0.03 + 0.175 * place
        write(x, 0.615, number, 25, color=_KILLED if "killed" in meaning else _INK, weight="bold")
        write(x, 0.545, meaning, 12, color=_FAINT)
    write(0.03, 0.06, card.foot, 12, color=_FAINT)
    write(0.985, 0.06, BOUNDARIES, 11, color=_FAINT, ha="right")


def _drawable(text: str) -> str:
    """`text` with a question mark for what the font has no sign for."""
    known = _signs()
    return "".join(c if c == "\n" or ord(c) in known else "?" for c in text)


@cache
def _signs() -> frozenset[int]:
    return frozenset(get_font(findfont(_FONT)).get_charmap())


def empty_days() -> pd.DataFrame:
    """No days: for a picture without bars."""
    return pd.DataFrame({"date_start": [], "event_group": [], "n": np.array([], dtype=int)})
