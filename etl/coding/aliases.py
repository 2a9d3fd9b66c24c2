"""Names of actors (`actor_aliases.csv`) and places that tell a country, found in a text as longest matches."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from etl.reference import ReferenceFault, read_table

if TYPE_CHECKING:
    from etl.coding.tree import Doc

LONGEST = 8  # words of the longest alias that is looked for
PLACE = "place"  # kind of a match that is no actor but tells the country
# Places that name a country well enough, the weightier first; villages are too many and too much alike.
_CUES = ("country", "province", "crossing", "city", "district", "pass", "town", "valley", "area")
_PARTING = (".", "!", "?", ";", ":", ",")
_WORD = re.compile(r"\w+(?:[.&]\w+)*|'s\b|'")


@dataclass(frozen=True)
class Alias:
    """One row of the table. `actor` may hold a role that context must fill: ``*.MIL``, ``CIV.*``; "" names nobody.

    `bound` marks a word that is an actor only together with a country ("Pakistani jets"); `crossing` a border crossing,
    `small` a place that may be part of a person's name, `alone` a nationality that also names the party.
    """

    words: tuple[str, ...]
    actor: str
    kind: str
    since: dt.date
    until: dt.date
    exact: tuple[str, ...]
    bound: bool = False
    crossing: bool = False
    small: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Match:
    """An alias found in a doc: tokens first..last (inclusive)."""

    first: int
    last: int
    actor: str
    kind: str
    bound: bool = False
    crossing: bool = False
    small: bool = False
    alone: bool = False


@lru_cache(100_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a name as the matcher compares them: parted at hyphens, without the dots of abbreviations."""
    return tuple(word.replace(".", "") for word in _WORD.findall(text))


def expand(alias: str) -> list[str]:
    """All spellings of an alias with alternatives: "Lashkar-(e|i)-Islam" gives two."""
    start = alias.find("(")
    if start < 0:
        return [alias]
    stop = alias.find(")", start)
    options = alias[start + 1:stop].split("|")
    return [text for option in options for text in expand(alias[:start] + option + alias[stop + 1:])]


@cache
def lexicon() -> dict[str, tuple[Alias, ...]]:
    """Aliases by their first word in lower case, the longest first.

    Raises `ReferenceFault` where a date is none, brackets do not pair or an actor is not in `actors.csv`.
    """
    found: dict[str, list[Alias]] = {}
    known = {row["actor_id"] for row in read_table("actors").rows}
    for row in read_table("actor_aliases").rows:
        where = f"data/reference/actor_aliases.csv line {row['_line']}"
        if row["actor_id"] and "*" not in row["actor_id"] and row["kind"] != PLACE and row["actor_id"] not in known:
            raise ReferenceFault(f"{where}: actor {row['actor_id']!r} is not in actors.csv; add it or correct the id")
        if row["alias"].count("(") != row["alias"].count(")"):
            raise ReferenceFault(f"{where}: brackets of {row['alias']!r} do not pair")
        try:
            since = dt.date.fromisoformat(row["from"]) if row["from"] else dt.date.min
            until = dt.date.fromisoformat(row["to"]) if row["to"] else dt.date.max
        except ValueError:
            raise ReferenceFault(f"{where}: from and to must be dates such as 2021-08-15 or empty") from None
        for spelling in expand(row["alias"]):
            exact = tuple(words_of(spelling))
            words = tuple(word.lower() for word in exact)
            if words:
                found.setdefault(words[0], []).append(
                    Alias(words, row["actor_id"], row["kind"], since, until, exact if row["case"] == "exact" else (),
                          bound=row["note"] == "with country", alone=row["note"] == "alone"))
    for first, aliases in _place_cues().items():
        found.setdefault(first, []).extend(aliases)
    return {first: tuple(sorted(aliases, key=lambda a: -len(a.words))) for first, aliases in found.items()}


def _place_cues() -> dict[str, list[Alias]]:
    crossings = {f"x:{row['crossing_id']}" for row in read_table("crossings").rows if row["district_pk"]}
    best: dict[tuple[str, ...], tuple[int, set[str]]] = {}
    anywhere: dict[tuple[str, ...], set[str]] = {}  # with villages: a name that both countries have tells nothing
    for row in read_table("gazetteer").rows:
        country = "PK" if row["place_id"] in crossings else row["country"]  # crossings count as places of Pakistan
        for name in (row["name"], *row["variants"].split("|")) if country else ():
            exact = tuple(words_of(name))
            if not exact or len("".join(exact)) < 4 or not name.isascii() or not exact[0][0].isupper():
                continue
            anywhere.setdefault(exact, set()).add(country)
            rank = _CUES.index(row["kind"]) if row["kind"] in _CUES else len(_CUES)
            known = best.get(exact)
            if known is None or rank < known[0]:
                best[exact] = (rank, {country})
            elif rank == known[0]:
                known[1].add(country)
    cues: dict[str, list[Alias]] = {}
    for exact, (rank, codes) in best.items():
        told = codes if rank <= _CUES.index("district") and "PK" in codes or rank < _CUES.index("district") \
            else anywhere[exact]
        for spelling in {exact, tuple(word.upper() for word in exact)} if len(told) == 1 and rank < len(_CUES) else ():
            words = tuple(word.lower() for word in exact)
            alias = Alias(words, next(iter(codes)), PLACE, dt.date.min, dt.date.max, spelling,
                          crossing=rank == _CUES.index("crossing"), small=rank >= _CUES.index("district"))
            cues.setdefault(words[0], []).append(alias)
    return cues


def find_aliases(doc: Doc, day: dt.date) -> list[Match]:
    """Longest matches from left to right of the names valid on `day`; an actor wins over a place as long."""
    words: list[str] = []
    tokens: list[int] = []
    for token in doc:
        if "\n" in token.text or token.text in _PARTING:
            words.append("")  # no name runs over it: "the Taliban. Pakistan denies it"
            tokens.append(token.i)
        for word in words_of(token.text):
            words.append(word)
            tokens.append(token.i)
    lowered = [word.lower() for word in words]
    table, matches, position = lexicon(), [], 0
    while position < len(words):
        aliases = table.get(lowered[position])
        best = _best(aliases, words, lowered, tokens, position, day) if aliases else None
        if best is None:
            position += 1
        else:
            last = position + len(best.words)
            matches.append(Match(tokens[position], tokens[last - 1], best.actor, best.kind, best.bound,
                                 best.crossing, best.small, best.alone))
            position = last
    return _apart(matches)


def _best(aliases: tuple[Alias, ...], words: list[str], lowered: list[str], tokens: list[int], position: int,
          day: dt.date) -> Alias | None:
    best: Alias | None = None
    for alias in aliases:
        size = len(alias.words)
        if best is not None and (size < len(best.words) or (best.kind != PLACE and not best.bound)):
            break
        if not alias.since <= day <= alias.until or tuple(lowered[position:position + size]) != alias.words:
            continue
        if alias.exact and tuple(words[position:position + size]) != alias.exact:
            continue
        if tokens[position + size - 1] - tokens[position] <= 2 * size + 1:
            best = alias
    return best


def _apart(matches: list[Match]) -> list[Match]:
    """Matches that share a token are cut down to the first (a token such as "AFP/Dawn" holds two words)."""
    kept = matches[:1]
    for before, match in pairwise(matches):
        if match.first > before.last:
            kept.append(match)
    return kept
