"""The small pattern language of the reference tables, compiled to regular expressions.

``blast*`` matches any ending; ``(a|b c)`` matches either; ``...`` skips up to five words inside a sentence,
``....`` up to fourteen; blanks match any blank or hyphen. Matching ignores case unless a word is written in
capitals (``IED``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ahocorasick_rs import AhoCorasick

# Hyphens and apostrophes stand both in words and between them. Each run is taken whole ("++"), and the last word may be
# entered behind a hyphen: were both free, a line of a hundred hyphens would be divided in more ways than can be tried.
_GAP = r"(?:[\s,'\"-]++[\w'’.-]++){0,%d}?[\s,'\"-]++(?:[\w’.]++['-]++){0,3}?"
_SHORT, _LONG = _GAP % 5, _GAP % 14


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The regular expression of one pattern; raises ValueError when the brackets do not pair."""
    body = pattern.strip()
    if body.count("(") != body.count(")"):
        raise ValueError(f"pattern {pattern!r}: brackets do not pair")
    made = ""
    for piece in re.split(r"\s*(\.{3,4})\s*", body):
        gap = {"...": _SHORT, "....": _LONG}.get(piece)
        made += gap or "".join(_token(token) for token in re.findall(r"[()|]|\s+|[^()|\s]+", piece))
    return re.compile(rf"\b{made}\b")


def _token(token: str) -> str:
    if token in "()|":
        return "(?:" if token == "(" else token
    if token.isspace():
        return r"[\s-]+"
    word = re.escape(token).replace(r"\*", r"\w*").replace(r"\-", "[- ]?")
    return word if token.rstrip("*s").isupper() and len(token) > 1 else f"(?i:{word})"


_SHORTEST = 3  # letters of a stem: shorter ones stand in every sentence


def stems(pattern: str) -> frozenset[str]:
    """Pieces of text of which every match holds at least one, in lower case; empty where the pattern names none.

    The part of the pattern with the longest pieces is taken: "seal* the (border|crossing)" gives seal.
    """
    best: frozenset[str] = frozenset()
    for part in re.findall(r"\([^()]*\)|[^()\s]+", pattern if pattern.count("(") == pattern.count(")") else ""):
        options = part.strip("()").split("|") if part.startswith("(") else [part]
        pieces = frozenset(max(re.split(r"[*\s.-]+", option), key=len).lower() for option in options)
        if min(map(len, pieces)) > max(_SHORTEST - 1, min(map(len, best), default=0)):
            best = pieces
    return best if not re.search(r"\([^()]*\(", pattern) else frozenset()


def lowered(text: str) -> str:
    """The text in lower case and as long as before (a few capitals would become two letters)."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


class Finder:
    """Tells in one pass over a text which of many patterns may match, and where (Aho and Corasick 1975)."""

    def __init__(self, patterns: Sequence[str]) -> None:
        of_stem: dict[str, list[int]] = {}
        self.anywhere: list[int] = []  # patterns without a stem, which may match wherever
        for number, pattern in enumerate(patterns):
            pieces = stems(pattern)
            for piece in pieces:
                of_stem.setdefault(piece, []).append(number)
            if not pieces:
                self.anywhere.append(number)
        self._numbers = list(of_stem.values())
        self._search = AhoCorasick(list(of_stem))

    def find(self, text: str) -> list[tuple[int, list[int]]]:
        """Offsets in the text, in order, with the numbers of the patterns of which a piece begins there."""
        found = self._search.find_matches_as_indexes(lowered(text), overlapping=True)
        return sorted((start, self._numbers[stem]) for stem, start, _ in found)
