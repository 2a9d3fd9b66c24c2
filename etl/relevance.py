"""Whether an article is worth reading: a quick look for names and words of the reference tables, without a parse.

All names of actors (`actor_aliases.csv`) and of places that are more than villages (`gazetteer.csv`,
`place_aliases.csv`), the pieces of all triggers (`triggers.csv`) and the words of `scope_words.csv` are searched for in
one pass (Aho and Corasick 1975). What stands in the headline, in the first lines and in how many lines of the text are
the features of a logistic regression; its weights are in `screen_weights.csv`, written by ``python -m etl
train-screen`` from what the full coding makes of a sample of articles.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick

from etl.article import Article
from etl.coding.aliases import PLACE, lexicon
from etl.coding.kinds import country_of, home_countries, home_states, is_civilian, is_group, root, unnamed_group
from etl.coding.patterns import lowered, stems
from etl.reference import read_table, vocabulary

LEADING = 3  # lines that tell what an article is about: the headline and the first two of the text
ALWAYS = "always"  # the feature that every article has
_SHORTEST = 4  # letters of a place's name: shorter ones are words
_SMALLEST = "village"
_WORD = re.compile(r"\w+")
_STATES = {"state", "nationality"}
_FORCES = {"military", "police"}
_HEAD_START = 1.5  # what it adds to the logit that an article opens with the matter
_OURS = {"party:afghan", "party:group", "place:crossing"}
Marks = frozenset[str]


@lru_cache(8)  # reading a page asks as well, right before screening
def reason_against(article: Article) -> str | None:
    """Why the article need not be read; None where it may tell of the border or its conflicts."""
    lines = marks_of(article)
    found = frozenset().union(*lines)
    if not any(mark.startswith(("party", "place")) for mark in found):
        return "names no place or actor of the region"
    if not any(mark.startswith("type") for mark in found):
        return "has no word of violence, the border, its people or diplomacy"
    logit = score(features(lines)) + (_HEAD_START if opens_with_ours(lines) else 0)
    return None if logit >= 0 else f"reads like news about something else (score {logit:.1f}; coded from 0)"


def opens_with_ours(lines: list[Marks]) -> bool:
    """Whether headline or first lines name Afghans, an armed group or a crossing, or a brief tells violence near the
    border in its headline: what the sample of training is too small to tell."""
    headline = lines[0]
    near = "group:violence strong" in headline and not headline.isdisjoint({"place:border", "place:neighbour"})
    return near and len(lines) <= LEADING or any(not marks.isdisjoint(_OURS) for marks in lines[:LEADING])


def score(given: dict[str, float]) -> float:
    """The logit of the chance that an article with these features tells an event, moved so that 0 is enough."""
    weights = _weights()
    return sum(weights.get(name, 0.0) * value for name, value in given.items())


@cache
def _weights() -> dict[str, float]:
    return {row["feature"]: float(row["weight"]) for row in read_table("screen_weights").rows}


def features(lines: list[Marks]) -> dict[str, float]:
    """Feature → value: 1 for a mark in the headline or the first lines, ln(1 + lines) for one in the text."""
    lines_with: dict[str, int] = {}
    made = {ALWAYS: 1.0}
    for number, marks in enumerate(lines):
        where = "title" if number == 0 else "lead" if number < LEADING else ""
        both = _together(marks, lines[0])
        for mark in (*marks, *both):
            lines_with[mark] = lines_with.get(mark, 0) + 1
            if where and mark not in both:
                made[f"{where} {mark}"] = 1.0
    return made | {f"text {mark}": round(math.log1p(n), 4) for mark, n in lines_with.items()}


def _together(marks: Marks, title: Marks) -> list[str]:
    """Marks that tell more beside each other: violence and a place or party; anything else and the neighbour."""
    violent = any(mark.startswith("group:violence") for mark in marks)
    armed = not marks.isdisjoint(_armed())
    both = []
    if violent and any(mark.startswith(_LOCAL) for mark in (*marks, *title)):
        both.append("violence and place")
    if violent and armed:
        both.append("violence and party")
    if violent and armed and "place:border" in marks:
        both.append("violence, party and place at the border")
    other = any(mark.startswith("group:") and not mark.startswith("group:violence") for mark in marks)
    if other and not marks.isdisjoint({"party:afghan", "place:neighbour", "place:crossing"}):
        both.append("other deed and neighbour")
    return both


_LOCAL = ("place:", "party:afghan", "party:home")


@cache
def _armed() -> Marks:
    return frozenset({"party:group", "party:militants", "party:forces", "party:afghan", "scope:militancy"})


def marks_of(article: Article) -> list[Marks]:
    """What each line of the article names, the headline first: see the marks in `screen_weights.csv`."""
    lines = [article.title, *(line for line in article.text.split("\n") if line.strip())]
    text = "\n".join(f" {' '.join(_WORD.findall(line))} " for line in lines)
    low = lowered(text)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found: list[set[str]] = [set() for _ in starts]
    names, of_name, capital = _names()
    for which, start, _ in names.find_matches_as_indexes(low, overlapping=True):
        if not capital[which] or text[start + 1].isupper():
            found[bisect_right(starts, start) - 1] |= of_name[which]
    pieces, of_piece = _pieces()
    for which, start, _ in pieces.find_matches_as_indexes(low, overlapping=True):
        found[bisect_right(starts, start) - 1] |= of_piece[which]
    return [frozenset(marks) for marks in found]


def _spaced(text: str) -> str:
    """The words with one blank between them and around: so that only whole words are found."""
    return f" {' '.join(_WORD.findall(text))} ".lower()


@cache
def _names() -> tuple[AhoCorasick, list[set[str]], list[bool]]:
    """A search for names and scope words, the marks of each, and whether it must begin with a capital."""
    marks: dict[str, set[str]] = {}
    for aliases in lexicon().values():
        for alias in aliases:
            party = _party(alias.actor, alias.kind) if alias.kind != PLACE else None
            if party:
                marks.setdefault(_spaced(" ".join(alias.words)), set()).add(f"party:{party}")
    for row in read_table("scope_words").rows:
        for form in (row["word"], f"{row['word']}s"):
            marks.setdefault(_spaced(form), set()).add(f"scope:{row['meaning']}")
    words = set(marks)
    for name, where in _places():
        marks.setdefault(_spaced(name), set()).add(f"place:{where}")
    return AhoCorasick(list(marks)), list(marks.values()), [name not in words for name in marks]


def _party(actor: str, kind: str) -> str | None:
    if kind in _STATES:
        home = root(actor) in home_states() or country_of(actor) in home_countries()
        return ("afghan" if _is_neighbour(actor) else "home") if home else "foreign"
    if kind == "armed group":
        return "militants" if actor in {"", unnamed_group()} or not is_group(actor) else "group"
    if _is_neighbour(actor):
        return "afghan"
    return "forces" if kind in _FORCES else None


@cache
def _neighbour() -> str:
    """The country across the border for most of the articles: the one that the first side of a border clash has."""
    clash = next(row for row in read_table("default_sides").rows if row["event_type"] == "border_clash")
    return country_of(root(clash["actors_a"])) or ""


def _is_neighbour(actor: str) -> bool:
    refugees = is_civilian(actor) and actor in _refugees()
    return refugees or _neighbour() in {country_of(actor), country_of(root(actor))}


@cache
def _refugees() -> frozenset[str]:
    """Peoples that belong to no country of the table: those who left theirs."""
    rows = read_table("actors").rows
    above = {row["parent"] for row in rows}
    return frozenset(row["actor_id"] for row in rows if row["kind"] == "civilians" and not row["country"]
                     and row["actor_id"] not in above)


def _places() -> Iterator[tuple[str, str]]:
    """Names of places and where they are: crossing, neighbour, border (a province with crossings) or home."""
    common = {word.casefold() for word in vocabulary("place_stopwords")}
    at_border = {row["province_pk"] for row in read_table("crossings").rows}
    rows = [(row["kind"], row["country"], row["province"], [row["alias"]]) for row in read_table("place_aliases").rows]
    rows += [(row["kind"], row["country"], row["province"], [row["name"], *row["variants"].split("|")])
             for row in read_table("gazetteer").rows if row["kind"] != _SMALLEST]
    for kind, country, province, names in rows:
        near = "border" if province in at_border else "home"
        where = "crossing" if kind == "crossing" else "neighbour" if country == _neighbour() else near
        for name in names if country in home_countries() else ():
            if len(name) >= _SHORTEST and name.isascii() and name.casefold() not in common:
                yield name, where


@cache
def _pieces() -> tuple[AhoCorasick, list[set[str]]]:
    """A search for the pieces of triggers at the beginning of words, and the marks of each piece."""
    groups = {row["event_type"]: row["group"] for row in read_table("event_types").rows}
    marks: dict[str, set[str]] = {}
    for row in read_table("triggers").rows:
        if row["event_type"] not in groups or row["strength"] == "cue":
            continue
        for piece in stems(row["pattern"]):
            begins = " " + " ".join(_WORD.findall(piece))
            marks.setdefault(begins, set()).update({
                f"word:{piece}", f"type:{row['event_type']}", f"group:{groups[row['event_type']]} {row['strength']}"})
    return AhoCorasick(list(marks)), list(marks.values())
