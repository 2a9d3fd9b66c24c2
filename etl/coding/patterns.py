"""The small pattern language of the reference tables, compiled to regular expressions.

``blast*`` matches any ending; ``(a|b c)`` matches either; ``...`` skips up to five words inside a sentence,
``....`` up to fourteen; blanks match any blank or hyphen. Matching ignores case unless a word is written in
capitals (``IED``).
"""

from __future__ import annotations

import re
from functools import cache

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
