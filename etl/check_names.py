"""What rows of the reference tables must be to each other: actors, aliases, words with numbers, types and colours."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations

from etl.check_cells import LineFault, Tables, alternatives
from etl.coding.aliases import PLACE, words_of
from etl.coding.gazetteer import LONGEST, key

BORDER_STATES = ("PK", "AF")
_PARSED = ("aggregate", "body", "dated")  # roles of casualty_words.csv that are read as regular expressions


def relations(tables: Tables) -> Iterator[LineFault]:
    """Faults between rows that are sound by themselves."""
    checks: tuple[Callable[[Tables], Iterator[LineFault]], ...] = (
        _actors, _aliases, _types, _triggers, _links, _dates, _numbers, _casualties, _place_aliases, _cues, _weights)
    for check in checks:
        yield from check(tables)


def _actors(tables: Tables) -> Iterator[LineFault]:
    for line, row in tables["actors"]:
        identifier, file = row["actor_id"], "actors.csv"
        parent = identifier.rpartition(".")[0]
        if row["parent"] != parent:
            yield LineFault(file, line, "parent", f"{identifier} rolls up into {parent or 'nothing'}, not "
                            f"{row['parent'] or 'nothing'}", f"write {parent!r}")
        if row["from"] and row["until"] and row["from"] > row["until"]:
            yield LineFault(file, line, "until", f"{row['until']} is before {row['from']}", "correct the two dates")
        if (row["from"] or row["until"]) and not row["otherwise"]:
            yield LineFault(file, line, "otherwise", f"{identifier} has no id for other days", "name that actor")
        if row["seat"] and row["seat"] not in tables.values_of("gazetteer", "name"):
            yield LineFault(file, line, "seat", f"{row['seat']!r} is no name in gazetteer.csv", "correct or add it")


def _spellings(alias: str, exact: bool) -> set[tuple[str, ...]]:
    """The words that an alias is matched by, all its alternatives."""
    return {tuple(words_of(one) if exact else (word.lower() for word in words_of(one))) for one in alternatives(alias)}


def _aliases(tables: Tables) -> Iterator[LineFault]:
    """Two rows that match the same words on the same day: the matcher would take one of them without a reason."""
    file, places = "actor_aliases.csv", set(BORDER_STATES)
    met: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = defaultdict(list)
    for line, row in tables["actor_aliases"]:
        if row["alias"].count("(") != row["alias"].count(")"):
            yield LineFault(file, line, "alias", f"brackets of {row['alias']!r} do not pair", "close every bracket")
            continue
        if row["from"] and row["to"] and row["from"] > row["to"]:
            yield LineFault(file, line, "to", f"{row['to']} is before {row['from']}", "correct the two dates")
        actor = row["actor_id"]
        if (actor not in places) if row["kind"] == PLACE else (actor in places):
            yield LineFault(file, line, "actor_id", f"{actor!r} with kind {row['kind']!r}",
                            "a place tells a country (PK or AF), and only a place does")
        spellings = _spellings(row["alias"], False)
        if not all(spellings):
            yield LineFault(file, line, "alias", f"{row['alias']!r} can never match", "write a word of letters")
        for words in spellings:
            met[words].append((line, row))
    told: set[tuple[int, int]] = set()
    needless: dict[int, set[int]] = defaultdict(set)  # row → rows that match its spellings already
    needed: set[int] = set()
    for words, rows in met.items():
        for (first, one), (second, other) in combinations(rows, 2):
            if first == second or not _together(one, other, words):
                continue
            if (one["actor_id"], one["kind"]) == (other["actor_id"], other["kind"]):
                needless[second].add(first)
            elif (first, second) not in told:
                told.add((first, second))
                yield LineFault(
                    file, second, "alias", f"{' '.join(words)!r} stands for {_who(other)}, and for {_who(one)} in line "
                    f"{first}", "tell them apart by from and to, by exact case in both, or by a longer alias")
        needed.add(rows[0][0])
    for line in sorted(needless.keys() - needed):
        yield LineFault(file, line, "alias", f"line {max(needless[line])} has the same words for the same actor "
                        "(hyphens, dots and case make no difference)", "remove one of the two")


def _who(row: dict[str, str]) -> str:
    return f"{row['actor_id'] or 'nobody'} ({row['kind'] or 'no kind'})"


def _together(one: dict[str, str], other: dict[str, str], words: tuple[str, ...]) -> bool:
    """Whether both rows match one text on one day."""
    if one["case"] and other["case"]:
        exact = [{w for w in _spellings(row["alias"], True) if tuple(x.lower() for x in w) == words}
                 for row in (one, other)]
        if not exact[0] & exact[1]:
            return False
    return (one["from"] or "0") <= (other["to"] or "9") and (other["from"] or "0") <= (one["to"] or "9")


def _types(tables: Tables) -> Iterator[LineFault]:
    """Every type has its colour and its default sides in both countries; keys of colours are known."""
    types, colours = tables.values_of("event_types", "event_type"), tables["palette"]
    groups = tables.values_of("event_types", "group")
    sides = {(row["event_type"], row["country"]) for _, row in tables["default_sides"]}
    kinds = tables.values_of("actors", "kind")
    drawn = {(row["scope"], row["key"]) for _, row in colours}
    for line, row in tables["event_types"]:
        if ("event_type", row["event_type"]) not in drawn:
            yield LineFault("event_types.csv", line, "event_type", f"{row['event_type']!r} has no colour",
                            "add a row of scope event_type to palette.csv")
        if ("event_group", row["group"]) not in drawn:
            yield LineFault("event_types.csv", line, "group", f"{row['group']!r} has no colour",
                            "add a row of scope event_group to palette.csv")
        for country in BORDER_STATES:
            if (row["event_type"], country) not in sides:
                yield LineFault("event_types.csv", line, "event_type", f"no sides for {country}",
                                "add the row to default_sides.csv; its sides may be empty")
    known = {"event_type": types, "event_group": groups, "actor_kind": kinds}
    codes: dict[tuple[str, str], int] = {}
    for line, row in colours:
        if row["scope"] in known and row["key"] not in known[row["scope"]]:
            yield LineFault("palette.csv", line, "key", f"{row['key']!r} is no {row['scope'].replace('_', ' ')}",
                            "correct or remove the row")
        code = (row["scope"], row["code"])
        if row["code"] and code in codes:
            yield LineFault("palette.csv", line, "code", f"{row['code']} is already the sign of line {codes[code]}",
                            "choose two other letters")
        codes.setdefault(code, line)
    for line, row in tables["default_sides"]:
        if row["country"] not in BORDER_STATES:
            yield LineFault("default_sides.csv", line, "country", f"{row['country']} is not asked for",
                            f"write {' or '.join(BORDER_STATES)}")


def _triggers(tables: Tables) -> Iterator[LineFault]:
    """Words that tell two types (one of them would never be told), and rows that add nothing to those before."""
    met: dict[str, tuple[int, str]] = {}
    for line, row in tables["triggers"]:
        before = []
        for one in alternatives(row["pattern"]):
            words = " ".join(one.replace("-", " ").split())
            known, event_type = met.setdefault(words, (line, row["event_type"]))
            if event_type != row["event_type"]:
                yield LineFault("triggers.csv", line, "pattern", f"{one!r} tells {row['event_type']} here and "
                                f"{event_type} in line {known}", "remove it from one of the two, or make one longer")
            before.append(known)
        if line not in before:
            yield LineFault("triggers.csv", line, "pattern", f"all of it stands in line {max(before)} already",
                            "remove one of the two")


def _links(tables: Tables) -> Iterator[LineFault]:
    met: dict[frozenset[str], int] = {}
    for line, row in tables["link_types"]:
        pair = frozenset((row["event_type"], row["other_type"]))
        if pair in met:
            yield LineFault("link_types.csv", line, "other_type", f"the pair already stands in line {met[pair]}",
                            "remove one of the two; the order of the types says nothing")
        met.setdefault(pair, line)


def _dates(tables: Tables) -> Iterator[LineFault]:
    """`first` and `last` are whole numbers, of a `named` happening dates; what counts days has both and a precision."""
    iso = re.compile(r"\d{4}-\d\d-\d\d")
    for line, row in tables["date_words"]:
        wanted = iso if row["kind"] == "named" else re.compile(r"-?\d+")
        cells = (row["first"], row["last"])
        for column, cell in zip(("first", "last"), cells, strict=True):
            if cell and not wanted.fullmatch(cell):
                form = "a date as 2021-08-15" if row["kind"] == "named" else "a whole number"
                yield LineFault("date_words.csv", line, column, f"{cell!r} is not {form}", "correct it")
        if row["kind"] in ("offset", "anchor", "named") and not all((*cells, row["precision"])):
            yield LineFault("date_words.csv", line, "first", f"{row['phrase']!r} says no days",
                            "fill first, last and precision")
        elif all(wanted.fullmatch(cell) for cell in cells) and row["kind"] not in ("season", "named") \
                and int(cells[0]) > int(cells[1]):
            yield LineFault("date_words.csv", line, "last", f"{cells[1]} is before {cells[0]}", "exchange the two")
    for line, row in tables["district_changes"]:
        if row["district"] == row["before"]:
            yield LineFault("district_changes.csv", line, "before", "it is no part of itself", "name its parent")


def _numbers(tables: Tables) -> Iterator[LineFault]:
    for line, row in tables["number_words"]:
        if row["kind"] in ("ones", "teens", "tens", "scale") and not (row["low"] and row["low"] == row["high"]):
            yield LineFault("number_words.csv", line, "low", f"{row['phrase']!r} needs the same number twice",
                            "write it under low and high")
        elif row["low"] and row["high"] and int(row["low"]) > int(row["high"]):
            yield LineFault("number_words.csv", line, "high", f"{row['high']} is less than {row['low']}",
                            "exchange the two")


def _casualties(tables: Tables) -> Iterator[LineFault]:
    for line, row in tables["casualty_words"]:
        word = row["word"]
        if row["role"] in _PARSED:
            try:
                if re.compile(word).search(""):
                    yield LineFault("casualty_words.csv", line, "word", f"{word!r} matches where nothing stands",
                                    "write out at least one character")
            except re.error as error:
                yield LineFault("casualty_words.csv", line, "word", f"{word!r} is no regular expression ({error})",
                                "mend it")
        elif word != word.lower():
            yield LineFault("casualty_words.csv", line, "word", f"{word!r} can never match; lemmas are compared small",
                            "write it small")


def _place_aliases(tables: Tables) -> Iterator[LineFault]:
    """Aliases that a text can be matched with, and meanings that a later row does not wipe out."""
    file, met = "place_aliases.csv", dict[str, int]()
    for line, row in tables["place_aliases"]:
        spelling = key(row["alias"])
        if not spelling:
            yield LineFault(file, line, "alias", f"{row['alias']!r} can never match; Latin letters are read",
                            "write it in Latin letters")
        if row["kind"] not in ("border", "demonym") and len(row["alias"].split()) > LONGEST:
            yield LineFault(file, line, "alias", f"{row['alias']!r} can never match; names have up to {LONGEST} words",
                            "shorten it")
        if row["kind"] != "border" and not (row["place_id"] or row["country"]):
            yield LineFault(file, line, "country", "a place without place_id and country tells nothing", "fill one")
        if not (row["place_id"] or row["kind"]):
            yield LineFault(file, line, "kind", "a place without place_id needs a kind", "write what it is")
        if row["use"] == "only" and row["kind"] not in ("border", "demonym") and spelling in met:
            yield LineFault(file, line, "use", f"{row['alias']!r} stands in line {met[spelling]} too (blanks, hyphens "
                            "and case make no difference), and only wipes that meaning out",
                            "write also, or remove one of the two")
        if row["kind"] not in ("border", "demonym"):
            met.setdefault(spelling, line)


def _cues(tables: Tables) -> Iterator[LineFault]:
    for line, row in tables["place_cues"]:
        if row["side"] != "after" and row["cue"] != row["cue"].lower():
            yield LineFault("place_cues.csv", line, "cue", f"{row['cue']!r} can never match before a name",
                            "write it small")
        if (row["side"] == "link") != (not row["role"]):
            yield LineFault("place_cues.csv", line, "role", f"a cue of side {row['side']} with role {row['role']!r}",
                            "a link has no role, every other cue has one")


def _weights(tables: Tables) -> Iterator[LineFault]:
    cure = "fit the weights anew: python -m etl train"
    rows = tables["confidence_weights"]
    if "always" not in {row["feature"] for _, row in rows}:
        yield LineFault("confidence_weights.csv", 1, "feature", "the feature 'always' is missing", cure)
    types = tables.values_of("event_types", "event_type")
    for line, row in rows:
        if row["feature"].startswith("type ") and row["feature"].removeprefix("type ") not in types:
            yield LineFault("confidence_weights.csv", line, "feature", f"{row['feature']!r} is no event type", cure)
