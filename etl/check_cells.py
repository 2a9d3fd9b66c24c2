"""What each cell of the reference tables may hold: the columns of every table, with a rule for each.

A rule takes the cell and all tables, and gives "" or a complaint "what is wrong; the cure".
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from etl.coding.patterns import compile_pattern

Rows = list[tuple[int, dict[str, str]]]  # line on which the row begins, column → cell


class Tables(dict[str, Rows]):
    """The rows of every table by its name, and the values of columns that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[tuple[str, str], set[str]] = {}

    def values_of(self, table: str, column: str) -> set[str]:
        """All values of a column; asked for when all tables are read."""
        if (table, column) not in self._values:
            self._values[table, column] = {row[column] for _, row in self[table]}
        return self._values[table, column]


Rule = Callable[[str, Tables], str]


@dataclass(frozen=True)
class LineFault:
    """One faulty line: file of `data/reference/`, line, column ("" for all of it), what is wrong, the cure."""

    file: str
    line: int
    column: str
    what: str
    cure: str

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"data/reference/{self.file} line {self.line}{column}: {self.what}; {self.cure}"


@dataclass(frozen=True)
class Form:
    """A table's columns in order, each with its rule, and the columns that no two rows may share."""

    key: tuple[str, ...]
    columns: dict[str, Rule]


def _unlisted(value: str, known: Iterable[str], where: str) -> str:
    near = difflib.get_close_matches(value, sorted(known), n=1)
    return f"{value!r} is not {where}; " + (f"did you mean {near[0]!r}?" if near else "correct it or add it there")


def free(value: str, tables: Tables) -> str:
    """Anything."""
    return ""


def filled(value: str, tables: Tables) -> str:
    """Anything but nothing."""
    return "" if value else "is empty; fill it"


def optional(rule: Rule) -> Rule:
    """`rule`, or nothing."""
    return lambda value, tables: rule(value, tables) if value else ""


def one_of(*known: str) -> Rule:
    """One value of a closed list, told in full where it is not kept."""
    def rule(value: str, tables: Tables) -> str:
        return "" if value in known else f"{value!r} is not known here; take one of: {', '.join(filter(None, known))}"
    return rule


def listed(table: str, column: str) -> Rule:
    """A value of `column` in another table."""
    def rule(value: str, tables: Tables) -> str:
        known = tables.values_of(table, column)
        return "" if value in known else _unlisted(value, known, f"in {table}.csv, column {column}")
    return rule


def shaped(pattern: str, cure: str) -> Rule:
    """Text that a regular expression matches wholly."""
    compiled = re.compile(pattern)
    return lambda value, tables: "" if compiled.fullmatch(value) else f"{value!r} has another form; {cure}"


def number(low: float, high: float, whole: bool = False) -> Rule:
    """A number from `low` to `high`."""
    def rule(value: str, tables: Tables) -> str:
        kind = "a whole number" if whole else "a number"
        if not re.fullmatch(r"-?\d+" if whole else r"-?\d+(?:\.\d+)?", value):
            return f"{value!r} is not {kind}; write digits, with a dot before decimals and no separators"
        return "" if low <= float(value) <= high else f"{value} is not between {low:g} and {high:g}; correct it"
    return rule


def date(value: str, tables: Tables) -> str:
    """An ISO date."""
    try:
        return "" if dt.date.fromisoformat(value).isoformat() == value else f"{value!r} is no date; write 2021-08-15"
    except ValueError:
        return f"{value!r} is no date; write it as 2021-08-15"


def lower(value: str, tables: Tables) -> str:
    """Words that are compared with a text in lower case."""
    if not value:
        return "is empty; fill it"
    return "" if value == value.lower() else f"{value!r} can never match; the text is lower-cased, so write it small"


def expression(value: str, tables: Tables) -> str:
    """A regular expression that does not match everywhere."""
    try:
        everywhere = re.compile(value).search("") is not None
    except re.error as error:
        return f"{value!r} is no regular expression ({error}); mend it"
    return f"{value!r} matches where nothing stands; write out at least one character" if everywhere else ""


def pattern(value: str, tables: Tables) -> str:
    """A pattern of `etl.coding.patterns`, each alternative of which can be met with in a text."""
    try:
        compiled = compile_pattern(value)
    except (ValueError, re.error) as error:
        return f"{error}; mend it"
    if compiled.search("") or not value:
        return f"{value!r} matches where nothing stands; write out at least one word"
    for alternative in alternatives(value):
        sample = re.sub(r"\s*\.{3,4}\s*", " one two ", alternative).replace("*", "")
        if not compiled.search(f"They {sample} then."):
            return f"{alternative!r} can never match; a pattern begins and ends with a letter or digit"
    return ""


def alternatives(text: str) -> list[str]:
    """All ways through the innermost brackets of a pattern: "(a|b) c" gives "a c" and "b c"; at most 500."""
    found = [text]
    while any("(" in one for one in found) and len(found) < 500:
        found = [one[:m.start()] + option + one[m.end():] for one in found
                 for m in [re.search(r"\(([^()]*)\)", one)] if m for option in m.group(1).split("|")] or found
    return found


COUNTRY = shaped(r"[A-Z]{2}", "write the two letters of ISO 3166-1, in capitals")
COLOUR = shaped(r"#[0-9A-Fa-f]{6}", "write a colour as #C4563B")
PLACE_KINDS = ("country", "province", "district", "city", "town", "village", "crossing", "pass", "valley", "area")
ACTOR_KINDS = ("state", "government", "military", "police", "armed group", "civilians", "community", "organisation")
ACTOR = listed("actors", "actor_id")
TYPE = listed("event_types", "event_type")
WILD = ("", "*.MIL", "*.POL", "*.GOV", "CIV.*")  # the country is filled in from the sentence


def _named(value: str, tables: Tables) -> str:
    """The actor that an alias stands for; aliases of kind place hold a country instead (see `etl.check_names`)."""
    return "" if value in WILD or value in tables.values_of("default_sides", "country") else ACTOR(value, tables)


def _triggered(value: str, tables: Tables) -> str:
    return "" if value == "nothing" else TYPE(value, tables)


_COORDINATES: dict[str, Rule] = {"lat": optional(number(-90, 90)), "lon": optional(number(-180, 180))}

FORMS: dict[str, Form] = {
    "actor_aliases": Form(("alias", "actor_id", "from", "to", "case"), {
        "alias": filled, "actor_id": _named,
        "kind": one_of("", *ACTOR_KINDS, "nationality", "person", "outlet", "place"),
        "from": optional(date), "to": optional(date), "case": one_of("", "exact"), "note": free}),
    "actors": Form(("actor_id",), {
        "actor_id": shaped(r"[A-Z]+(?:\.[A-Z]+)?", "write capitals, with one dot before a branch"), "name": filled,
        "parent": optional(ACTOR), "kind": one_of(*ACTOR_KINDS), "description": filled, "from": optional(date),
        "until": optional(date), "otherwise": optional(ACTOR), "seat": free, "country": optional(COUNTRY)}),
    "address_words": Form(("word", "kind"), {
        "word": shaped(r"[a-z0-9_.-]+\*?", "write small letters, with * behind a beginning"),
        "kind": one_of("parameter", "host", "cache"), "note": free}),
    "boilerplate": Form(("pattern", "where"), {"pattern": expression, "where": one_of("title", "text"), "note": free}),
    "casualty_words": Form(("word", "role"), {
        "word": filled, "role": one_of(
            "aggregate", "band", "body", "collective", "dated", "deadly", "doubt", "embrace", "foe", "former", "group",
            "hell", "including", "injury", "intransitive", "life", "lose", "losses", "martyrdom", "mixed", "negation",
            "nonperson", "noun", "number", "people", "pointing", "quantity", "send", "several", "shift", "singular",
            "some", "state", "sustain", "take", "toll", "transitive", "wanted", "weak"),
        "measure": one_of("", "killed", "injured"), "note": free}),
    "column_sources": Form(("column",), {
        "column": shaped("[a-z]+(?:_[a-z0-9]+)*", "write it as tables do"), "source": filled}),
    "confidence_weights": Form(("feature",), {
        "feature": filled, "found": number(-50, 50), "killed": number(-50, 50)}),
    "country_names": Form(("country",), {"country": COUNTRY, "name": filled}),
    "crossings": Form(("crossing_id",), {
        "crossing_id": shaped(r"[a-z]+(?:-[a-z]+)*", "write small letters and hyphens"), "name": filled,
        "name_pk": filled, "name_af": filled, "variants": free,
        "kind": one_of("trade and pedestrian", "trade", "pedestrian", "informal"), **_COORDINATES,
        "district_pk": free, "province_pk": free, "district_af": free, "province_af": free, "source": filled,
        "km_from_source_to_line": optional(number(0, 100)), "lat_line": _COORDINATES["lat"],
        "lon_line": _COORDINATES["lon"], "verified": filled, "note": free}),
    "date_words": Form(("phrase", "kind"), {
        "phrase": lower, "kind": one_of("anchor", "count", "course", "future", "named", "none", "offset", "ordinal",
                                        "season", "speech"),
        "first": free, "last": free, "precision": one_of("", "day", "week", "month", "year"), "note": free}),
    "default_sides": Form(("event_type", "country"), {
        "event_type": TYPE, "country": COUNTRY, "actors_a": optional(ACTOR), "actors_b": optional(ACTOR),
        "note": free}),
    "discourse_words": Form(("phrase", "meaning"), {
        "phrase": lower, "meaning": one_of("another", "aftermath"), "note": free}),
    "district_changes": Form(("district",), {"district": filled, "since": date, "before": filled, "note": free}),
    "event_types": Form(("event_type",), {
        "event_type": shaped("[a-z]+(?:_[a-z]+)*", "write small letters and underscores"),
        "group": one_of("violence", "border", "people", "diplomacy", "statement"), "label": filled,
        "description": filled, "acled_event": free, "acled_sub_event": free, "plover": free}),
    "gazetteer": Form(("place_id",), {
        "place_id": filled, "name": filled, "variants": free, "kind": one_of(*PLACE_KINDS), **_COORDINATES,
        "district": free, "province": free, "country": listed("country_names", "country"),
        "population": optional(number(0, 2e9, whole=True)), "source": filled,
        "km_to_durand": optional(number(0, 20_000))}),
    "link_types": Form(("event_type", "other_type"), {
        "event_type": TYPE, "other_type": TYPE, "likeness": number(0, 1), "needs": one_of("", "tolls"), "note": free}),
    "modality_words": Form(("word",), {
        "word": lower, "modality": one_of("real", "fact", "plan", "negated", "generic", "state"), "note": free}),
    "number_words": Form(("phrase", "kind"), {
        "phrase": lower, "kind": one_of("about", "age", "at_least", "at_most", "label", "measure", "money", "more",
                                        "ones", "scale", "so", "teens", "tens", "vague"),
        "low": optional(number(0, 1e12, whole=True)), "high": optional(number(0, 1e12, whole=True)), "note": free}),
    "page_words": Form(("phrase", "kind"), {"phrase": lower, "kind": one_of("paywall", "live"), "note": free}),
    "palette": Form(("scope", "key"), {
        "scope": one_of("event_group", "event_type", "actor_kind", "chart", "map"), "key": filled, "light": COLOUR,
        "dark": COLOUR, "symbol": optional(shaped("[a-z]+(?:-[a-z]+)*", "write the name of a Plotly marker symbol")),
        "code": optional(shaped("[A-Z]{2}", "write two capitals"))}),
    "place_aliases": Form(("alias", "place_id", "name", "district", "country"), {
        "alias": filled, "place_id": optional(listed("gazetteer", "place_id")), "name": free,
        "kind": one_of("", *PLACE_KINDS, "border", "capital", "demonym"), "district": free, "province": free,
        "country": optional(COUNTRY), "use": one_of("only", "also"), "note": free}),
    "place_cues": Form(("cue", "side"), {
        "cue": filled, "side": one_of("before", "after", "link"),
        "role": one_of("", "location", "origin", "organisation", "government", "other"),
        "state_role": one_of("", "location", "origin", "organisation", "government", "other"), "note": free}),
    "place_heads": Form(("head",), {
        "head": lower, "level": one_of("place", "district", "province", "region"), "names": one_of("yes", "no"),
        "note": free}),
    "place_stopwords": Form(("word",), {
        "word": lower, "kind": one_of("landmark", "modifier", "office", "part", "person", "surname", "title", "water",
                                      "word"), "note": free}),
    "scope_words": Form(("word", "meaning"), {
        "word": lower, "meaning": one_of(
            "accident", "accident noun", "border", "carried", "cause", "court", "crime", "crowd", "device", "elsewhere",
            "fighting", "home politics", "kin", "militancy", "nothing", "party", "protected", "repel", "search",
            "statistics",
            "stray", "survive", "traffic", "transnational", "unknown",
            "unmanned"), "note": free}),
    "published_totals": Form(("month", "publisher"), {
        "month": shaped(r"\d{4}-(?:0[1-9]|1[0-2])", "write it as 2025-01"), "publisher": filled,
        **{column: optional(number(0, 100_000)) for column in
           ("attacks", "killed", "killed_security", "killed_civilians", "killed_militants")},
        "note": free, "source": filled}),
    "screen_weights": Form(("feature",), {"feature": filled, "weight": number(-50, 50)}),
    "speech_words": Form(("word", "kind"), {
        "word": lower, "kind": one_of("apart", "attribute", "bare", "cite", "claim", "confirm", "deed", "deny", "do",
                                      "earlier", "further", "guarded", "institution", "matter", "medical",
                                      "nobody", "own", "pronoun", "quote", "react", "responsible", "say", "speaker",
                                      "standing", "text", "title", "told", "toll", "turn", "vague"), "note": free}),
    "target_words": Form(("word",), {
        "word": lower, "side_pk": optional(ACTOR), "side_af": optional(ACTOR), "note": free}),
    "triggers": Form(("pattern",), {
        "pattern": pattern, "event_type": _triggered, "strength": one_of("strong", "weak", "cue"),
        "needs": one_of("", "border", "militants", "people", "refugees", "states", "parties"), "note": free}),
}
