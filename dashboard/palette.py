"""Colours, shapes and codes of event types, groups and kinds of actor, with the labels they are shown under.

They come from ``data/reference/palette.csv``, so that a chart, the map and a legend say the same thing with the same
sign. Every colour has a companion (symbol, two-letter code), because colour alone is no sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from etl.names import type_labels
from etl.reference import ReferenceFault, read_table

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


@dataclass(frozen=True)
class Sign:
    """How one value is drawn: its label, colour (#RRGGBB), Plotly marker symbol and two-letter code."""

    key: str
    label: str
    colour: str
    symbol: str
    code: str

    @property
    def rgb(self) -> list[int]:
        """The colour as red, green, blue from 0 to 255, as deck.gl takes it."""
        return [int(self.colour[i:i + 2], 16) for i in (1, 3, 5)]

    def rgba(self, alpha: float) -> str:
        """The colour with an opacity from 0 to 1, as CSS and Plotly take it."""
        return "rgba({},{},{},{:g})".format(*self.rgb, alpha)


@lru_cache(maxsize=8)
def event_groups() -> dict[str, str]:
    """Group of each event type, in the order of the codebook."""
    return {row["event_type"]: row["group"] for row in read_table("event_types").rows}


@lru_cache(maxsize=8)
def actor_kinds() -> dict[str, str]:
    """Kind of each actor, in the order of the reference table."""
    return {row["actor_id"]: row["kind"] for row in read_table("actors").rows}


@lru_cache(maxsize=32)
def signs(scope: str, theme: Theme = "light") -> dict[str, Sign]:
    """The signs of one scope of the palette by key, in the palette's order.

    `scope` is ``event_type``, ``event_group``, ``actor_kind``, ``chart`` or ``map``. Raises `ReferenceFault` when the
    palette has no such scope.
    """
    labels = type_labels() if scope == "event_type" else {}
    found = {
        row["key"]: Sign(row["key"], labels.get(row["key"], row["key"].replace("_", " ").capitalize()),
                         row[theme], row["symbol"], row["code"])
        for row in read_table("palette").rows if row["scope"] == scope
    }
    if not found:
        raise ReferenceFault(f"data/reference/palette.csv has no rows of scope {scope!r}; add them")
    return found


def sign(scope: str, key: str, theme: Theme = "light") -> Sign:
    """The sign of one value; one that the palette lacks gets a plain grey sign with its own name."""
    known = signs(scope, theme)
    if key in known:
        return known[key]
    grey = "#6B7280" if theme == "light" else "#9CA3AF"
    return Sign(key, key.replace("_", " ").capitalize(), grey, "circle-open", key[:2].upper())
