"""The expressions that dates are told with: English's closed classes here, open vocabularies in `date_words.csv`.

All patterns run on lower-cased text; capitals are looked up in the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from etl.reference import ReferenceFault, read_table

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

MONTH = (r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept(?:ember)?|sep|"
         r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?:\.(?=\s?[\d,]))?")
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:\s?st|\s?nd|\s?rd|th)?\b(?!:\d|\.\d|,\d{3}(?!\d)|\s?%|\s?(?:am|pm|a\.m|p\.m)\b)"
YEAR = r"(?:19|20)\d\d\b(?![,.]\d)"
YEAR_TOLD = rf"(?:{YEAR}|last year|this year|next year|that year|the same year|the previous year)"
_TO = r"(?:\s?[-–—]\s?|\s(?:to|and|through|till|until|&)\s)"
_OF_YEAR = rf"(?:,?\s?(?:of\s)?(?P<year>{YEAR_TOLD}))?"



@dataclass(frozen=True)
class Staged:
    """A pattern that is sought by its rare `core`, then matched as a `whole` from where `lead` begins before it.

    Several times as fast as a search for a pattern whose first words are optional or common.
    """

    whole: re.Pattern[str]
    core: re.Pattern[str]
    lead: re.Pattern[str] | None = None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Matches of `whole` in the order of the text."""
        for hit in self.core.finditer(text):
            begin = hit.start()
            if self.lead is not None:
                lead = self.lead.search(text, max(0, begin - LEAD), begin)
                if lead is None:
                    continue
                begin = lead.start()
            m = self.whole.match(text, begin)
            if m is not None:
                yield m


LEAD = 36  # characters before the core within which its leading words stand
_PART = r"(?:early|mid|late|(?:the\s)?(?:middle|beginning|start|end) of)"
_UNITS = r"(?:hour|day|night|week|fortnight|month|year)"
ISO = Staged(re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b"),
    re.compile(r"(?:19|20)\d\d-\d\d-\d\d"))
NUMERIC = Staged(re.compile(r"(?<![\d./])(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)\d\d)\b(?![./]\d)"),
    re.compile(r"[/.-](?:19|20)\d\d"),
    re.compile(r"\d{1,2}[/.-]\d{1,2}\Z"))
MONTH_DAY = Staged(re.compile(
    rf"\b(?P<month>{MONTH})\s?(?:the\s)?(?P<day>{DAY})(?:(?:,\s{DAY})*(?P<to>{_TO})(?:the\s)?(?P<last>{DAY}))?{_OF_YEAR}"),
    re.compile(MONTH))
DAY_MONTH = Staged(re.compile(
    rf"(?<![\w.,:$/-])(?:(?P<day>{DAY})(?:,\s{DAY})*(?P<to>{_TO}|/)(?:the\s)?)?(?P<last>{DAY})\s?(?:of\s)?"
    rf"(?P<month>{MONTH}){_OF_YEAR}"),
    re.compile(MONTH),
    re.compile(rf"(?:{DAY}(?:,\s{DAY})*(?:{_TO}|/)(?:the\s)?)?{DAY}\s?(?:of\s)?\Z"))
WEEK_OF_MONTH = Staged(re.compile(
    rf"\b(?P<n>first|second|third|fourth|last) week of (?P<month>{MONTH}){_OF_YEAR}"),
    re.compile(MONTH),
    re.compile(r"\b(?:first|second|third|fourth|last) week of \Z"))
MONTH_ALONE = Staged(re.compile(
    rf"\b(?:(?P<part>early|mid|late|(?:the\s)?(?:middle|beginning|start|end) of)(?:\s?-\s?|\s)(?:in\s|of\s)?)?"
    rf"(?:(?P<which>last|this|past|next|coming)\s)?(?P<month>{MONTH})(?:,?\s(?:of\s)?(?P<year>{YEAR_TOLD}))?"),
    re.compile(MONTH),
    re.compile(rf"(?:\b{_PART}(?:\s?-\s?|\s)(?:in\s|of\s)?)?(?:\b(?:last|this|past|next|coming)\s)?\Z"))
WEEKDAY = Staged(re.compile(
    r"\b(?:(?P<which>last|this past|this|past|next|coming|the previous|the following)\s)?"
    r"(?P<day>mon|tues|wednes|thurs|fri|satur|sun)day\b(?:\s(?P<behind>last|next)\b(?!\s(?:week|month|year|night)))?"
    r"(?:\s(?:early\s|late\s)?(?:night|morning|evening|afternoon))?"
    r"(?:\s(?:of\s|in\s)?(?P<week>last|this|the previous|next) week\b)?"
    r"(?:\s?\((?P<told>today|yesterday|tomorrow)\))?"),
    re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"),
    re.compile(r"(?:\b(?:last|this past|this|past|next|coming|the previous|the following)\s)?\Z"))
UNIT = Staged(re.compile(
    r"\b(?:(?P<part>earlier|later|early|mid|late|(?:the\s)?(?:beginning|start|middle|end) of)[\s-](?:in\s)?)?"
    r"(?P<which>this past|this|the last|last|next|the past|past|the previous|previous|the coming|coming|that|the same|"
    r"the following|the preceding|the)\s(?P<unit>week|weekend|fortnight|month|year|spring|summer|autumn|winter)\b"),
    re.compile(r"(?:week|weekend|fortnight|month|year|spring|summer|autumn|winter)\b"),
    re.compile(r"\b(?:(?:earlier|later|early|mid|late|(?:the\s)?(?:beginning|start|middle|end) of)[\s-](?:in\s)?)?"
               r"(?:this past|this|the last|last|next|the past|past|the previous|previous|the coming|coming|that|"
               r"the same|the following|the preceding|the)\s\Z"))
COUNT_WORD = r"(?:\d{1,3}|@count@)(?:\sand\sa\shalf)?"
COUNTED = (
    rf"\b(?:(?P<n>{COUNT_WORD})\s(?:full\s|whole\s)?)?(?P<unit>hour|day|night|week|fortnight|month|year)s?\s"
    r"(?P<way>ago|back|earlier|before|prior|later|after|since)\b(?!-)")
PAST_SPAN = (
    rf"\b(?P<which>past|last|previous|recent|preceding|next|coming)\s(?:(?P<n>{COUNT_WORD})\s)?"
    r"(?P<unit>hour|day|night|week|month|year)s\b")
RUNNING = (
    rf"\b(?:(?P<nth>@ordinal@|\d{{1,3}}(?:st|nd|rd|th))\s(?P<row>consecutive\s|straight\s|successive\s)?"
    r"(?P<unit>day|night|week|month)"
    rf"|(?P<n>{COUNT_WORD})(?P<row_n>\sconsecutive|\sstraight|\ssuccessive)?\s(?P<units>day|night|week|month)s)\b"
    r"(?P<behind>\s(?:running|in a row|in succession|on the trot|of\b))?")
YEAR_SPAN = re.compile(rf"\b(?:between|from)\s(?P<first>{YEAR})\s(?:and|to|until|till)\s(?P<last>{YEAR})")
YEAR_ALONE = Staged(re.compile(
    r"(?<![\w$£€.,:/-])(?:(?P<part>early|mid|late|(?:the\s)?(?:beginning|start|middle|end) of)[\s-])?"
    r"(?P<first>(?:19|20)\d\d)(?:\s?[-–/]\s?(?P<last>(?:20)?\d\d))?"
    r"(?![\w%]|[.,:/]\d|-\w)"),
    re.compile(r"(?:19|20)\d\d"),
    re.compile(rf"(?:\b{_PART}[\s-])?\Z"))

YEAR_LED = re.compile(
    r"(?:\b(?:in|since|until|till|of|by|from|for|after|before|during|throughout|the|its|their|his|her|a|year)|'s|\(|"
    r"\b(?:the|its|their)\s\w+|\b(?:19|20)\d\d(?:,| and| or|, and))\s?$")
PRINT_LINE = re.compile(
    r"^(?:last )?(?:published|updated|posted)(?: (?:in|on|at)\b|:)[^\n]*|\bpublished in [^\n.]{3,50}$", re.MULTILINE)
DATELINE = re.compile(r"^[A-Z][A-Z'().&/-]{2,}[^\n:–—]{0,60}$")
DATELINE_END = re.compile(r",?\s{0,2}(?:\([^)\n]{1,30}\)\s?)?(?:--?|:|–|—)|,?\s{0,2}\([A-Z][^)\n]{1,30}\)")
SENTENCE_END = re.compile(r"\n+|(?<=[a-z0-9)\"%][.!?])[\"']?\s+(?=[A-Z\"'])")
_FILL = (r"(?:\s*\b(?:the|early|late|night|evening|morning|afternoon|dawn|midnight|noon|end|start|beginning|middle|of|"
         r"on|at|in|around|about|roughly|hours|as|last)\b)*\s*$")
SINCE = re.compile(rf"\b(?:since|starting|beginning|effective)\b{_FILL}")
FROM = re.compile(rf"\bfrom\b{_FILL}")
STARTING = re.compile(rf"\b(?:starting|beginning|effective)\b{_FILL}")
UNTIL = re.compile(rf"\b(?:until|till|through)\b{_FILL}")
BY = re.compile(rf"\bby\b{_FILL}")
BETWEEN = re.compile(r"\b(?:between|from)\b(?:\s(?:the|on|late|early|night|of))*\s*$")
JOINT = re.compile(r",?\s?(?:(?P<line>[-–—])|\b(?P<to>to|through|until|till|into|up to)\b|(?P<and>\b(?:and|&)))\s?"
                   r"(?:(?:on|the|early on|late on|early|late)\s)?")
EVERY = re.compile(r"\b(?:every|each|daily from|usual|one)\s$")
LASTED = re.compile(r"\b(?:had|was|were|did|lasted|continued|went on|remained)\b")
COUNTABLE = re.compile(
    r"\s(?:(?!was|has|his|this|as|is|us)[a-z]{2,}s|people|men|women|police|troops|children|others)\b")
EACH_TIME = re.compile(r"\s(?:every|each) (?:year|month|week|day)\b")
LACKS_OBJECT = re.compile(r"\s*(?:[,.;:)\"-]|$)|\s+(?:in|at|on|when|near|and|but|also|too|as well)\b")
GOING_ON = re.compile(
    r"\b(?:has|have|had|been|remained|remains|continued)\b.{0,45}\bfor (?:the )?(?:past |last )?$")
TIME_TAKEN = re.compile(r"\b(?:for|within) (?:about |nearly |almost |over |some )?$")
MONTH_LED = re.compile(r"\b(?:in|since|until|till|from|by|between|during|before|after|through|of)\s$|"
                       r"\bbetween \w+ and $|\bfrom \w+ to $")
NTH_LED = re.compile(r"\bfor (?:the|a)\s$|\b(?:entered|entering|enters|into) (?:its|their|the|a)\s$")


@cache
def words(kind: str) -> dict[str, dict[str, str]]:
    """The rows of `date_words.csv` of one kind, by phrase."""
    return {row["phrase"]: row for row in read_table("date_words").rows if row["kind"] == kind}


@cache
def number(kind: str, phrase: str) -> tuple[int, int] | None:
    """First and last value of a counting phrase (``two`` → 2, 2; ``a few`` → 1, 7), None for an unknown phrase."""
    digits = re.match(r"\d+", phrase)
    if digits:
        return int(digits[0]), int(digits[0])
    row = words(kind).get(phrase.removesuffix(" and a half"))
    if row is None:
        return None
    try:
        return int(row["first"]), int(row["last"])
    except ValueError:
        raise ReferenceFault(
            f"data/reference/date_words.csv line {row['_line']}: first and last must be whole numbers") from None


def _either(kind: str) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(words(kind), key=len, reverse=True)) or r"(?!)"


@cache
def phrases(*kinds: str) -> re.Pattern[str]:
    """All phrases of these kinds as whole words, the longest first."""
    return re.compile(r"\b(?:" + "|".join(_either(kind) for kind in kinds) + r")(?![\w-])")


@cache
def stated(*kinds: str) -> Staged:
    """The same, to be sought in a long text."""
    return Staged(phrases(*kinds), re.compile("|".join(_either(kind) for kind in kinds)))


@cache
def _filled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("@count@", _either("count")).replace("@ordinal@", _either("ordinal")))


@cache
def counted() -> Staged:
    """Two days ago, a week later, days after."""
    return Staged(_filled(COUNTED), re.compile(r"(?:ago|back|earlier|before|prior|later|after|since)\b"),
                  _filled(rf"\b(?:{COUNT_WORD}\s(?:full\s|whole\s)?)?{_UNITS}s?\s\Z"))


@cache
def past_span() -> Staged:
    """The past three months, recent days, the next two weeks."""
    return Staged(_filled(PAST_SPAN), re.compile(rf"{_UNITS}s\b"),
                  _filled(rf"\b(?:past|last|previous|recent|preceding|next|coming)\s(?:{COUNT_WORD}\s)?\Z"))


@cache
def running() -> Staged:
    """For the third day running, five consecutive days, three days of."""
    return Staged(_filled(RUNNING), re.compile(r"(?:day|night|week|month)s?\b"), _filled(
        rf"\b(?:(?:@ordinal@|\d{{1,3}}(?:st|nd|rd|th))\s(?:(?:consecutive|straight|successive)\s)?"
        rf"|{COUNT_WORD}(?:\s(?:consecutive|straight|successive))?\s)\Z"))
