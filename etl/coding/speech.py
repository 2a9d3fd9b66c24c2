"""According to whom: the speaker of each sentence, and who owns up to a deed or denies it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from etl.coding.actors import ActorMention
from etl.coding.aliases import PLACE
from etl.coding.date_patterns import WEEKDAYS
from etl.coding.parse import Parsed
from etl.coding.sources import Source, Sources
from etl.coding.stances import (
    confirms,
    day_after,
    holder,
    occasion,
    own_deed,
    reaction,
    stance_of,
    upwards,
    words,
)
from etl.coding.tree import Span, Token

_QUOTATION = 6  # sentences that a quotation may run over
_BULLETS = ("•", "*", "■")
_CONFIRMED = 4  # sentences after which a toll can still be confirmed
_MEMORY = 3  # sentences within which "he said" still means the one who spoke last


@dataclass(frozen=True)
class Stance:
    """`actor` claims a deed as its own or denies it. `stance` is claimed or denied; characters of the cleaned text."""

    actor: str
    stance: str
    sentence: int
    start: int
    end: int


class Speech:
    """The sources of an article; `at` tells the claimant of a token.

    `speakers`: the actor who is speaking or cited in each sentence; None for the article's own voice or an unknown
    source. A source holds for the sentence that names it and the next one, and as long as a quotation runs.
    """

    def __init__(self, parsed: Parsed, actors: Sequence[ActorMention]) -> None:
        self.parsed = parsed
        self.finder = Sources(parsed, actors)
        self.quoted = _quoted(parsed)
        self.sources: list[list[Source]] = []
        self.speakers: list[str | None] = []
        self.own: list[bool] = []  # whether the sentence names or keeps up a source itself
        self.continued = -1  # the paragraph that goes on with the report of the one before ("Another operation …")
        self.named: tuple[str | None, int] = (None, 0)  # the actor who spoke last, and in which sentence
        last: str | None = None
        for number, sentence in enumerate(parsed.sentences):
            found = list(self.finder.find(number, sentence, last, self._recalled(number)))
            self.sources.append(found)
            last = self._carry(number, sentence, found, last)
        self._lend_back()
        self._vouch()

    def at(self, token: int) -> str | None:
        """The claimant of what is said at a token: of its clause, else of the sentence, else of the last one."""
        number = self.parsed.sentence_of[token]
        found = self.sources[number] if number < len(self.sources) else []
        if found:
            part = self._between(token, ";")
            found = [source for source in found if source.verb in part] or found
            if self.parsed.paragraphs[number] == 0:
                found = [source for source in found if self._tells(source.verb, token)]
            # a headline's label before its grammar, whom an outlet cites before the outlet
            verbs = {source.verb: source for source in sorted(reversed(found), key=lambda s: s.actor is not None)}
            below: Token | None = None
            path: list[Token] = []
            for above in upwards(self.parsed.doc[token]):
                if below is not None and above.i in verbs and (occasion(below) or reaction(above, path)):
                    return None
                if below is not None and day_after(below):
                    return None
                if below is not None and above.i in verbs and below.dep_ == "nsubj" and _told_of(below, path):
                    return None  # "the survivor of a raid that killed five said …": what a speaker is known by
                below = above
                path.append(above)
                if above.i in verbs:
                    # "the group said it staged the raid, in which six died": the toll is the article's own
                    aside = own_deed(above) and any(t.dep_ == "relcl" for t in upwards(self.parsed.doc[token])
                                                     if t.i > above.i)
                    return None if aside else verbs[above.i].actor
            # A source inside a relative clause speaks for that clause alone.
            found = [s for s in found if not any(t.dep_ == "relcl" for t in upwards(self.parsed.doc[s.verb]))]
            if found:
                return min(found, key=lambda source: abs(source.verb - token)).actor
            return None
        return self.speakers[number] if number < len(self.speakers) else None

    def _between(self, token: int, mark: str) -> range:
        sentence = self.parsed.sentences[self.parsed.sentence_of[token]]
        marks = [t.i for t in sentence if t.text == mark]
        return range(max([m for m in marks if m < token], default=sentence.start),
                     min([m for m in marks if m > token], default=sentence.end))

    def _tells(self, verb: int, token: int) -> bool:
        """In a headline, "police say" behind a comma tells all of it, "Taliban speak of revenge" itself alone."""
        part = self._between(verb, ",")
        said = self.parsed.doc[verb].lemma_.lower() in words("say")
        if token not in part and any(c.lower_ in ("of", "about") for c in self.parsed.doc[verb].children):
            return False
        return not said or token in part or len(part) <= 5 or self.parsed.doc[part.start + 1].i == verb

    def _carry(self, number: int, sentence: Span, found: list[Source], last: str | None) -> str | None:
        """Record the sentence's speaker; returns who a pronoun or a quotation in the next sentence would mean."""
        if found:
            verbs = [self.parsed.doc[source.verb] for source in found]
            self.own.append(any(verb.lemma_.lower() not in words("react") and not own_deed(verb) for verb in verbs))
            actor = next((source.actor for source in found if source.actor), None)
            self.speakers.append(actor)
            self.named = (actor, number) if actor else self.named
            return actor
        quoted = self._in_quotation(number)
        within = self.continued == self.parsed.paragraphs[number]
        held = number > 0 and (self.own[-1] or within) and not self._turns(number, sentence)
        if held and any(token.lower_ in words("further") for token in sentence[:4]):
            self.continued = self.parsed.paragraphs[number]
        self.own.append(quoted)
        self.speakers.append(last if (quoted or held) and number > 1 else None)
        claimant = next((holder(token, self.finder.by_sentence, self.finder.names, number) for token in sentence
                         if token.lemma_.lower() in words("claim") and stance_of(token) == "claimed"), None)
        return claimant or (last if quoted or held else None)

    def _another_day(self, number: int, sentence: Span) -> bool:
        """A paragraph that opens with a day or place ("On Monday, forces killed nine", "In Tank, two died"), or has
        both of its own, tells something else; "another operation" goes on with the same report, "another incident" does
        not."""
        opens = number > 0 and self.parsed.paragraphs[number] != self.parsed.paragraphs[number - 1]
        if not opens:
            return False
        if any(token.lower_ in words("further") for token in sentence[:4]):
            return any(token.lower_ in words("apart") for token in sentence[:4])
        if sentence[0].lower_ in ("on", "in", "at", "near"):
            return any(t.lower_ in WEEKDAYS or t.pos_ == "PROPN" for t in sentence[1:3])
        day = any(token.lower_ in WEEKDAYS for token in sentence)
        return day and any(m.kind == PLACE and sentence.start <= m.first < sentence.end for m in self.parsed.aliases)

    def _recalled(self, number: int) -> str | None:
        """Whom "he said" means after a sentence or two of another voice."""
        actor, told = self.named
        return actor if number - told <= _MEMORY else None

    def _vouch(self) -> None:
        """What stands without a source is said by who then confirms the toll.

        "Ten soldiers were killed … Three officials confirmed the figures." A sentence that cites somebody, be it nobody
        known, is left as it is.
        """
        for number in range(1, len(self.parsed.sentences)):
            if self.sources[number] or self.own[number] or self.speakers[number]:
                continue
            for following in range(number + 1, min(number + 1 + _CONFIRMED, len(self.parsed.sentences))):
                apart = self.parsed.paragraphs[following] - self.parsed.paragraphs[number]
                sentence = self.parsed.sentences[following]
                if apart > following - number or self._turns(following, sentence):
                    break
                source = next(iter(self.sources[following]), None)
                if source is not None:
                    if source.actor and confirms(self.parsed.doc[source.verb]):
                        self.speakers[number] = source.actor
                    break

    def _turns(self, number: int, sentence: Span) -> bool:
        """Whether a sentence opens the report of something else, as each line of a list of headlines does."""
        if sentence[0].text in _BULLETS:
            return True
        return any(token.lower_ in words("turn") for token in sentence[:4]) or self._another_day(number, sentence)

    def _in_quotation(self, number: int) -> bool:
        """Whether the sentence stands in a quotation that an earlier one of its paragraph opened."""
        return self.quoted[number]

    def _lend_back(self) -> None:
        """A quotation whose speaker is named right behind it: '"Two died." said an officer'."""
        for number, sentence in enumerate(self.parsed.sentences[:-1]):
            following = number + 1
            if self.sources[number] or '"' not in sentence.text or not self.sources[following]:
                continue
            if self.parsed.paragraphs[number] != self.parsed.paragraphs[following] or number == 0:
                continue
            if sentence.text.startswith('"') and not self.parsed.sentences[following].text.startswith('"'):
                head = self.parsed.sentences[following]
                if self.sources[following][0].verb - head.start <= 8 and not head.text[:1].isupper():
                    self.speakers[number] = self.sources[following][0].actor
        for number, sentence in enumerate(self.parsed.sentences):
            source = next((s for s in self.sources[number] if s.actor), None)
            if source is None or number == 0:
                continue
            said = sum(t.text == '"' for t in sentence if t.i < source.verb)
            if said % 2 and sentence.text.count('"') % 2:  # a quotation ends here that began before
                self._spread_back(number, source.actor)

    def _spread_back(self, number: int, actor: str | None) -> None:
        """Give the sentences of a quotation the speaker whom its last one names."""
        for opening in range(number - 1, max(0, number - _QUOTATION), -1):
            if self.sources[opening]:
                return
            if '"' in self.parsed.sentences[opening].text:
                for inside in range(opening, number):
                    self.speakers[inside] = actor
                return


def _told_of(speaker: Token, path: Sequence[Token]) -> bool:
    return any(token.dep_ == "relcl" for token in path if token is not speaker)


def _quoted(parsed: Parsed) -> list[bool]:
    """Whether each sentence begins inside a quotation.

    One that a paragraph leaves open runs on into the next, if that one closes it.
    """
    marks: dict[int, int] = {}
    for number, sentence in enumerate(parsed.sentences):
        paragraph = parsed.paragraphs[number]
        marks[paragraph] = marks.get(paragraph, 0) + sentence.text.count('"')
    out: list[bool] = []
    seen = 0
    for number, sentence in enumerate(parsed.sentences):
        paragraph = parsed.paragraphs[number]
        if number == 0 or paragraph != parsed.paragraphs[number - 1]:
            runs_on = seen % 2 == 1 and marks[paragraph] % 2 == 1 and not sentence.text.startswith('"')
            seen = 1 if runs_on else 0
        out.append(seen % 2 == 1)
        seen += sentence.text.count('"')
    return out


def claims_and_denials(speech: Speech) -> list[Stance]:
    """Who claims a deed as its own and who denies one, in the order of the text; "no group has claimed" is none."""
    parsed = speech.parsed
    ends = [sentence.end for sentence in parsed.sentences]
    found: list[Stance] = []
    for token in parsed.doc:
        number = bisect_right(ends, token.i)
        if number >= len(ends) or token.pos_ not in ("VERB", "NOUN"):
            continue
        stance = stance_of(token)
        actor = holder(token, speech.finder.by_sentence, speech.finder.names, number) if stance else None
        if stance and actor:
            sentence = parsed.sentences[number]
            found.append(Stance(actor, stance, number, sentence.start_char, sentence.end_char))
    return list(dict.fromkeys(found))
