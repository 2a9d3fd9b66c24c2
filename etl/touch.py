"""Which rows of a reference table can play a part in coding an article: those whose words stand in its text.

That holds for the tables in `etl.reuse.FINE`: the coding of an article is that with its own rows alone. So an edit of
such a table changes only the articles that a changed row touches. Of other tables any edit counts for every article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from etl.coding.aliases import expand
from etl.coding.patterns import compile_pattern

_WRITTEN = {"actor_aliases": "alias", "triggers": "pattern"}  # the column with the words
_ALIKE = str.maketrans({"ı": "i"})  # what a search that ignores case holds for the same beyond `str.casefold`
_BETWEEN = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"\.{3,4}|[()|]|[^\s()|]+")
Row = tuple[str, ...]


def fold(text: str) -> str:
    """Letters and digits alone, without case: two texts that any search of the coding holds for alike are the same."""
    return _BETWEEN.sub("", text.lower().casefold().translate(_ALIKE))


def changed(before: Sequence[Row], now: Sequence[Row]) -> list[Row] | None:
    """The rows that came, went or moved; the first row of a table names its columns.

    None where the columns are others, so that every article is touched.
    """
    if before[0] != now[0]:
        return None
    gone, new = list(before[1:]), list(now[1:])
    matcher = SequenceMatcher(None, gone, new, autojunk=False)
    return [row for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal" for row in (*gone[a:b], *new[c:d])]


def fragments(table: str, columns: Row, rows: Iterable[Row]) -> set[str]:
    """Folded words of which one stands in the folded text of every article that one of the rows touches."""
    place = columns.index(_WRITTEN[table])
    if table == "actor_aliases":
        return {fold(spelling) for row in rows for spelling in _spellings(row[place])}
    return {part for row in rows for part in needed(row[place])}


def _spellings(alias: str) -> list[str]:
    return expand(alias) if alias.count("(") == alias.count(")") else [""]


def touches(parts: Iterable[str], folded: str) -> bool:
    """Whether one of the fragments stands in a folded text."""
    return any(part in folded for part in parts)


def needed(pattern: str) -> set[str]:
    """Folded words of which one stands in whatever the pattern (see `etl.coding.patterns`) matches.

    The empty word, which every text holds, where that cannot be told.
    """
    try:
        compile_pattern(pattern)
    except ValueError:  # no pattern: then every article fails of it
        return {""}
    tokens = _TOKEN.findall(pattern)
    found, rest = _alternatives(tokens)
    return found if not rest else {""}


def _alternatives(tokens: list[str]) -> tuple[set[str], list[str]]:
    """The words of alternatives up to a closing bracket, and the tokens behind it."""
    every: set[str] = set()
    best: set[str] = {""}
    while tokens:
        token, *tokens = tokens
        if token == ")":
            break
        if token == "|":
            every, best = every | best, {""}
        elif token == "(":
            inner, tokens = _alternatives(tokens)
            best = max(best, inner, key=_weight)
        elif not token.startswith("..."):
            best = max(best, {_longest(token)}, key=_weight)
    return every | best, tokens


def _longest(token: str) -> str:
    """The longest part of a word between stars, which stand for any letters."""
    return max((fold(part) for part in token.split("*")), key=len)


def _weight(words: set[str]) -> int:
    return min(map(len, words))
