"""Classes of a number for areas that are coloured by it: few, with round bounds, the same in the map and its legend."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.charts import number
from dashboard.palette import Theme, sign

COUNT = 5  # classes: more shades cannot be told apart


@dataclass(frozen=True)
class Classes:
    """Classes of whole numbers by their lower bounds, the first of which is 1; nought is below them all."""

    bounds: tuple[int, ...]

    def of(self, value: float) -> int:
        """The class of `value`: 0 for nought, else from 1."""
        return sum(value >= bound for bound in self.bounds)

    def labels(self) -> list[str]:
        """The classes in words from the first: ``1–4``, ``5–19``, ``20 or more``."""
        made = []
        for low, high in zip(self.bounds, [*self.bounds[1:], None], strict=True):
            if high is None:
                made.append(f"{number(low)} or more")
            else:
                made.append(number(low) if high - low == 1 else f"{number(low)}–{number(high - 1)}")
        return made

    def colour(self, value: float, theme: Theme) -> list[int]:
        """The colour of `value` as red, green, blue: between the two ends of the palette, even steps a class."""
        low, high = sign("map", "class_low", theme).rgb, sign("map", "class_high", theme).rgb
        share = self.of(value) / len(self.bounds)
        return [round(a + (b - a) * share) for a, b in zip(low, high, strict=True)]


def classes(top: float) -> Classes:
    """At most `COUNT` classes for numbers up to `top`, with bounds from the series 1, 2, 5, 10, 20, 50 …"""
    series = [1]
    while True:
        step = series[-1] * (2.5 if str(series[-1])[0] == "2" else 2)
        if step > max(top, 1):
            break
        series.append(int(step))
    if len(series) > COUNT:
        series = [series[round(i * (len(series) - 1) / (COUNT - 1))] for i in range(COUNT)]
    return Classes(tuple(series))


def ink(colour: list[int]) -> list[int]:
    """Black or white, whichever can be read better on `colour` (relative luminance of WCAG 2)."""
    linear = [(c / 255 / 12.92) if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    bright = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return [17, 24, 39] if bright > 0.2 else [255, 255, 255]
