"""What the search for places knows of words: the tables of stop words, nouns and cues, and how sure a bare name is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from etl.coding.gazetteer import Entry
from etl.reference import read_table


class Word(NamedTuple):
    """One word of the text. `fold` is its `key`; `cap` tells that it begins with a capital letter or a digit."""

    start: int
    end: int
    fold: str
    cap: bool
    lower: str


@dataclass
class Found:
    """One name in the text: words first..last, the entries that it may mean (none: unknown, or the border)."""

    first: int
    last: int
    name: str
    entries: tuple[Entry, ...]
    sentence: int
    kind: str = "known"  # known | unknown: the words around call it a place | bare: a cue does | landmark | border
    head: str | None = None  # level of the noun that says what it is: place, district, province, region
    tail: int = -1  # last word including that noun
    role: str = ""
    dateline: bool = False
    approximate: bool = False  # matched by sound or by a small spelling difference
    organisation: bool = False
    run_first: int = -1
    chain: list[Found] = field(default_factory=list)
    spelling: str = ""


@dataclass(frozen=True)
class Wordlists:
    """The place tables as sets: `kinds` word → kind of stop word; `heads` noun → level; `naming` the
    nouns that make a place of an unknown name; `before`, `after` cue → role, and role
    of a capital or country; `links` words that may stand between the places of a chain."""

    kinds: dict[str, str]
    heads: dict[str, str]
    naming: frozenset[str]
    before: dict[str, tuple[str, str]]
    after: dict[str, tuple[str, str]]
    links: frozenset[str]


@cache
def wordlists() -> Wordlists:
    """The tables place_stopwords, place_heads and place_cues, read once."""
    kinds = {row["word"]: row["kind"] for row in read_table("place_stopwords").rows}
    heads = {row["head"]: row["level"] for row in read_table("place_heads").rows}
    cues: dict[str, dict[str, tuple[str, str]]] = {"before": {}, "after": {}, "link": {}}
    for row in read_table("place_cues").rows:
        cues[row["side"]][row["cue"]] = (row["role"], row["state_role"] or row["role"])
    naming = frozenset(row["head"] for row in read_table("place_heads").rows if row["names"] == "yes")
    return Wordlists(kinds, heads, naming, cues["before"], cues["after"], frozenset(cues["link"]))


def strength(entries: tuple[Entry, ...]) -> int:
    """How sure a bare name is a place: 3 well known, 2 a town or Afghan district, 1 a village, 0 unknown."""
    return max((_strength(entry) for entry in entries), default=0)


def _strength(entry: Entry) -> int:
    if entry.preferred or entry.kind in ("country", "province", "city", "crossing", "area", "valley", "pass"):
        return 3
    if entry.kind == "district":
        return 3 if entry.country == "PK" else 2
    return 1 if entry.kind == "village" else 2 + (entry.population > 20_000)


def solid(entries: tuple[Entry, ...]) -> bool:
    """Whether one of the entries is so well known that it stands beside an unknown name: "Hayatabad Peshawar"."""
    return any(entry.preferred or entry.level == "country" or entry.kind in ("province", "city", "crossing")
               or (entry.kind == "district" and entry.country == "PK") for entry in entries)
