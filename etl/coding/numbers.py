"""How many: counts in digits and words, with the bounds that the codebook gives them.

A count is what could number persons. Years, dates, times of day, spans of time, ages, distances, weights, money,
shares, calibres and numbers that are part of a name are none, and left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from math import prod

from etl.coding.date_patterns import COUNTABLE, DAY_MONTH, ISO, MONTH_DAY, NUMERIC
from etl.reference import ReferenceFault, read_table

LARGEST = 10**12  # what is larger counts no persons


@dataclass(frozen=True)
class NumberMention:
    """A count: `start`, `end` are its characters with what qualifies it ("at least nine", "20 or more").

    `low`, `high`: its bounds, None where the text leaves one open ("at least 9": 9, None; "nearly 20": None, 20).
    `approximate`: the text itself says that it is not exact.
    """

    start: int
    end: int
    low: int | None
    high: int | None
    approximate: bool


_RISE = re.compile(r"\b(?:rise|rises|rose|risen|climb\w*|increase\w*|jump\w*|went|gone|revised|fell|fallen|drop\w*)\b"
                   r"[^.\n]{0,40}\bfrom\s$")
_BETWEEN = re.compile(r"\bbetween\s$")
_NAME_BEFORE = re.compile(r"[A-Z][\w'-]*(?:,\s|\s\()$")  # Gul, 45, from …; Gul (45)
_YEAR_LED = re.compile(r"\b(?:in|since|of|from|until|till|by|during|the|year|before|after|early|late|mid)[\s-]$")
_NOT_ONE = re.compile(r"\ban?\s\w+\s$|\b(?:no|any|some|every|each|the|that|this|which|another|new|last)[\s-]$")
_NOT_ONE_BEHIND = re.compile(
    r"'s|\s(?:another|side|hand|thing|way|can|could|must|should|who)\b|\sof\s(?:the|its|their|his|our|\w+'s)\s(?:\w+\s)?"
    r"(?:most|least|\w{2,}est|worst|main|key|few)\b")
_SECTIONS = re.compile(r"\b(?:sections?|u/s)\s\d[^.;\n]{0,200}?(?=\b(?:of|act|under|against)\b|[.;\n]|$)")
# "302 (punishment for murder) and 324 (attempted murder)": what follows in the same sentence, however long it runs
_SECTION = re.compile(r"\b\d{1,4}(?:-?[a-z])?(?=\s?\()")
_TO = re.compile(r"\s?[-–—]\s?|\s(?:to|and|or)\s")


@cache
def _words(kind: str) -> dict[str, tuple[int | None, int | None]]:
    found: dict[str, tuple[int | None, int | None]] = {}
    for row in read_table("number_words").rows:
        if row["kind"] == kind:
            try:
                low, high = (int(row[bound]) if row[bound] else None for bound in ("low", "high"))
            except ValueError:
                raise ReferenceFault(f"data/reference/number_words.csv line {row['_line']}: "
                                     "low and high must be whole numbers or empty") from None
            found[row["phrase"]] = (low, high)
    return found


def _either(kind: str) -> str:
    phrases = sorted(_words(kind), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace("\\ ", "\\s") for phrase in phrases) or r"(?!)"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    ones, teens, tens, scale = (_either(kind) for kind in ("ones", "teens", "tens", "scale"))
    small = rf"(?:(?:{tens})(?:[\s-]?(?:{ones})\b)?|{teens}|{ones})\b"
    digits = r"(?:\d{1,3}(?:,\d{2,3})+|\d{1,12})(?:\.\d{1,3})?"
    step = rf"(?:(?:{digits}|{small}|an?)\s(?:{scale})\b(?:\s(?:{scale})\b)?)"
    figure = rf"(?:{step}(?:\s(?:and\s)?(?:{step}|{small}))*|{small}|{digits})"
    qualifier = "|".join(_either(kind) for kind in ("at_least", "at_most", "about"))
    return {
        "count": re.compile(rf"(?<![\w.,:/$£€])(?:(?P<vague>(?:{_either('vague')})(?![\w-]))|(?P<figure>{figure}))"),
        "figure": re.compile(figure),
        "step": re.compile(rf"(?P<count>{digits}|{small}|an?)\s(?P<scale>{scale})\b(?:\s(?P<again>{scale})\b)?|"
                           rf"(?P<small>{small})|(?P<digits>{digits})"),
        "small": re.compile(rf"(?P<tens>{tens})(?:[\s-]?(?P<ones>{ones}))?|(?P<teens>{teens})|(?P<one>{ones})"),
        "qualifier": re.compile(rf"(?<![\w-])(?:{qualifier})(?:\s(?:{qualifier}))?\s$"),
        "more": re.compile(rf"\+|\s?(?:{_either('more')})(?![\w-])"),
        "so": re.compile(rf"\s?(?:{_either('so')})(?![\w-])"),
        "measure": re.compile(
            rf"[\s-]?(?:more\s|full\s|whole\s|straight\s|consecutive\s|long\s|of\sa\s)?(?:{_either('measure')})\b|\s?[°%]|"
            r"[-–](?!odd\b)[a-z]|\s(?:on|in) the (?:morning|afternoon|evening|night)\b"),
        "label": re.compile(rf"\b(?:{_either('label')})[\s.#-]{{1,2}}$"),
        "money": re.compile(rf"(?<!\w)(?:{_either('money')})\s?$"),
        "age": re.compile(
            rf"\b(?:{_either('age')})\s(?:between\s|about\s|around\s|just\s|only\s|\w+(?:,| and| or| to)\s)?$"),
    }


def _plain(word: str) -> float:
    if word[0].isdigit():
        return float(word.replace(",", ""))
    m = _patterns()["small"].fullmatch(word)
    parts = m.groupdict() if m else {}
    kinds = {"tens": "tens", "ones": "ones", "teens": "teens", "one": "ones"}
    return float(sum(_words(kinds[name])[part][0] or 0 for name, part in parts.items() if part))


def _value(figure: str) -> int | None:
    """The value of a figure in digits or words; None for one that is no whole number."""
    total = 0.0
    for m in _patterns()["step"].finditer(re.sub(r"\s", " ", figure)):
        if m["scale"]:
            count = 1.0 if m["count"] in ("a", "an") else _plain(m["count"])
            times = [_words("scale")[word][0] or 0 for word in (m["scale"], m["again"]) if word]
            total += count * prod(times)
        else:
            total += _plain(m["small"] or m["digits"])
    return round(total) if total < LARGEST and abs(total - round(total)) < 1e-6 else None


def find_numbers(text: str) -> list[NumberMention]:
    """All counts that `text` names, in its order, without overlaps; the article "a" is no count."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    dated = _dates(text, low)
    found: list[NumberMention] = []
    position = 0
    while (m := _patterns()["count"].search(low, position)) is not None:
        position = m.end()
        if any(dated[m.start():m.end()]):
            continue
        if m["vague"]:
            bounds = _words("vague")[re.sub(r"\s", " ", m["vague"])]
            found.append(_qualified(low, m.start(), m.end(), *bounds))
            continue
        first, second = _value(m["figure"]), _upper(low, m, dated)
        end = second[1] if second else m.end()
        if first is None or not _counts(text, low, m.start(), end, first):
            position = end
            continue
        if second is None:
            found.append(_qualified(low, m.start(), end, first, first))
        else:
            between = _BETWEEN.search(low, max(0, m.start() - 9), m.start())
            start = between.start() if between else m.start()
            found.append(_qualified(low, start, end, first, second[0]))
        position = max(end, found[-1].end)
    return found


def _upper(low: str, m: re.Match[str], dated: bytearray) -> tuple[int, int] | None:
    """Value and end of the second figure of a range that begins with the match: six to seven, 6-7, five or six."""
    joint = _TO.match(low, m.end())
    last = _patterns()["figure"].match(low, joint.end()) if joint else None
    if joint is None or last is None or any(dated[last.start():last.end()]):
        return None
    a, b = _value(m[0]), _value(last[0])
    if a is None or b is None or not a < b or _RISE.search(low, max(0, m.start() - 70), m.start()):
        return None
    word = joint[0].strip()
    if word == "and" and not _BETWEEN.search(low, max(0, m.start() - 9), m.start()):
        return None
    if word == "or" and b - a > max(2, a // 2):
        return None
    return b, last.end()


def _qualified(low: str, start: int, end: int, least: int | None, most: int | None) -> NumberMention:
    """The bounds after the words before (at least, nearly, about) and behind (or more) are heard."""
    approximate = most is None or least is None
    more, so = _patterns()["more"].match(low, end), _patterns()["so"].match(low, end)
    head = _patterns()["qualifier"].search(low, max(0, start - 36), start)
    if head is not None:
        words = re.sub(r"\s", " ", head[0].strip())
        start, approximate = head.start(), True
        kinds = {kind for kind in ("at_least", "at_most") for phrase in _words(kind)
                 if words == phrase or words.startswith(phrase + " ") or words.endswith(" " + phrase)}
        if "at_least" in kinds:
            least, most = least if least is not None else most, None
        elif "at_most" in kinds:
            least, most = None, most if most is not None else least
    if more:
        return NumberMention(start, more.end(), least if least is not None else most, None, True)
    if so:
        return NumberMention(start, so.end(), least, most, True)
    return NumberMention(start, end, least, most, approximate)


def _counts(text: str, low: str, start: int, end: int, value: int) -> bool:
    """Whether a figure counts something, and does not measure, date, price, age or name it."""
    figure, before = low[start:end], low[max(0, start - 24):start]
    patterns = _patterns()
    if re.match(r"\w|[:/]\d|[.,]\d", low[end:end + 2]) or patterns["measure"].match(low, end):
        return False
    if re.search(r"[a-z]-$", before) or patterns["money"].search(before) or patterns["age"].search(before):
        return False
    label = patterns["label"].search(before)
    if label and text[start - len(before) + label.start()].isupper():
        return False
    if figure.isdigit():
        if re.fullmatch(r"(?:19|20)\d\d", figure) and (_YEAR_LED.search(before) or not COUNTABLE.match(low, end)):
            return False
        if figure[0] == "0" and len(figure) > 1 or len(figure) > 7:  # times of day, telephone numbers
            return False
        named = _NAME_BEFORE.search(text, max(0, start - 30), start)
        if named and value < 120 and re.match(r"[,.;)]", low[end:end + 1]):
            return False
    if figure == "one":
        return not (_NOT_ONE.search(before) or _NOT_ONE_BEHIND.match(low, end))
    return True


def _dates(text: str, low: str) -> bytearray:
    """A mark on each character that belongs to a date or to the sections of a law."""
    marks = bytearray(len(text))
    for m in _SECTIONS.finditer(low):
        marks[m.start():m.end()] = b"\x01" * (m.end() - m.start())
        stop = low.find("\n", m.end())
        for further in _SECTION.finditer(low, m.end(), min(m.end() + 1000, stop if stop >= 0 else len(low))):
            marks[further.start():further.end()] = b"\x01" * (further.end() - further.start())
    for pattern in (MONTH_DAY, DAY_MONTH, ISO, NUMERIC):
        for m in pattern.finditer(low):
            start, end = m.span()
            if pattern in (MONTH_DAY, DAY_MONTH):
                if not text[m.start("month")].isupper():
                    continue
                if pattern is MONTH_DAY and COUNTABLE.match(low, end) and not m["year"]:
                    if m["last"] and m["to"].strip() in ("and", "to"):
                        end = m.end("day")  # October 7 and 12 soldiers
                    elif re.search(r"\b(?:in|since|during)\s$", low[max(0, start - 8):start]):
                        continue  # in November 12 people
            marks[start:end] = b"\x01" * (end - start)
    return marks
