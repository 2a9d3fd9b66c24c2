"""According to whom: the speaker of each sentence, and who owns up to a deed or denies it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from etl.coding.actors import ActorMention, role
from etl.coding.date_patterns import WEEKDAYS
from etl.coding.parse import Parsed
from etl.coding.stances import (
    SPEAKING,
    holder,
    issues,
    noun_phrase,
    occasion,
    own_deed,
    stance_of,
    subject_of,
    upwards,
    vague,
    words,
)

_QUOTATION = 6  # sentences that a quotation may run over
_MEMORY = 3  # sentences within which "he said" still means the one who spoke last


@dataclass(frozen=True)
class Stance:
    """`actor` claims a deed as its own or denies it. `stance` is claimed or denied; characters of the cleaned text."""

    actor: str
    stance: str
    sentence: int
    start: int
    end: int


@dataclass(frozen=True)
class _Source:
    """Someone speaks: `verb` is the token of speaking or citing, `actor` None when it is nobody known."""

    verb: int
    actor: str | None


class Speech:
    """The sources of an article; `at` tells the claimant of a token.

    `speakers`: the actor who is speaking or cited in each sentence; None for the article's own voice or an unknown
    source. A source holds for the sentence that names it and the next one, and as long as a quotation runs.
    """

    def __init__(self, parsed: Parsed, actors: Sequence[ActorMention]) -> None:
        self.parsed = parsed
        self.text = parsed.text
        self.by_sentence: dict[int, list[ActorMention]] = {}
        for mention in actors:
            self.by_sentence.setdefault(mention.sentence, []).append(mention)
        self.names: dict[str, str] = {}
        self.quoted = _quoted(parsed)
        self.sources: list[list[_Source]] = []
        self.speakers: list[str | None] = []
        self.own: list[bool] = []  # whether the sentence names or keeps up a source itself
        self.named: tuple[str | None, int] = (None, 0)  # the actor who spoke last, and in which sentence
        last: str | None = None
        for number, sentence in enumerate(parsed.sentences):
            found = list(self._find(number, sentence, last))
            self.sources.append(found)
            last = self._carry(number, sentence, found, last)
        self._lend_back()

    def at(self, token: int) -> str | None:
        """The claimant of what is said at a token: of its clause, else of the sentence, else of the last one."""
        number = self.parsed.sentence_of[token]
        found = self.sources[number] if number < len(self.sources) else []
        if found:
            part = self._between(token, ";")
            found = [source for source in found if source.verb in part] or found
            if self.parsed.paragraphs[number] == 0:
                found = [source for source in found if self._tells(source.verb, token)]
            verbs = {source.verb: source for source in reversed(found)}  # a headline's label before its grammar
            below: Token | None = None
            for above in upwards(self.parsed.doc[token]):
                if below is not None and above.i in verbs and occasion(below):
                    return None
                below = above
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
        return not said or token in part or len(part) <= 5 or self.parsed.doc[part.start + 1].i == verb

    def _carry(self, number: int, sentence: Span, found: list[_Source], last: str | None) -> str | None:
        """Record the sentence's speaker; returns who a pronoun or a quotation in the next sentence would mean."""
        if found:
            self.own.append(True)
            actor = next((source.actor for source in found if source.actor), None)
            self.speakers.append(actor)
            self.named = (actor, number) if actor else self.named
            return actor
        quoted = self._in_quotation(number)
        turned = any(token.lower_ in words("turn") for token in sentence[:4]) or self._another_day(number, sentence)
        held = number > 0 and self.own[-1] and not turned
        self.own.append(quoted)
        self.speakers.append(last if (quoted or held) and number > 1 else None)
        claimant = next((holder(token, self.by_sentence, self.names, number) for token in sentence
                         if token.lemma_.lower() in words("claim") and stance_of(token) == "claimed"), None)
        return claimant or (last if quoted or held else None)

    def _another_day(self, number: int, sentence: Span) -> bool:
        """A paragraph that opens with a day or place ("On Monday, forces killed nine", "In Tank, two died") tells
        something else."""
        opens = number > 0 and self.parsed.paragraphs[number] != self.parsed.paragraphs[number - 1]
        if not opens or sentence[0].lower_ not in ("on", "in", "at", "near"):
            return False
        return any(t.lower_ in WEEKDAYS or t.pos_ == "PROPN" for t in sentence[1:3])

    def _recalled(self, number: int) -> str | None:
        """Whom "he said" means after a sentence or two of another voice."""
        actor, told = self.named
        return actor if number - told <= _MEMORY else None

    def _find(self, number: int, sentence: Span, last: str | None) -> Iterator[_Source]:
        if self.parsed.paragraphs[number] == 0:
            yield from self._headline(number, sentence)
        else:
            yield from self._labelled(number, sentence)
        for token in sentence:
            word = token.lemma_.lower()
            if token.pos_ in ("VERB", "AUX") and word in words("say"):
                yield from self._said(number, token, last)
            elif token.lower_ in words("cite") and token.dep_ in ("prep", "advcl", "pcomp"):
                yield from self._cited(number, token, last)
            elif word in words("text") and issues(token) and token.dep_ in ("pobj", "nsubj", "nsubjpass", "dobj"):
                yield from self._issued(number, token)

    def _said(self, number: int, verb: Token, last: str | None) -> Iterator[_Source]:
        word = verb.lemma_.lower()
        objects = [child for child in verb.children if child.dep_ == "dobj"]
        if word in words("claim") and objects:
            return  # a deed claimed is no speech about losses
        if word in words("bare") and not any(child.dep_ == "ccomp" or child.text == '"' for child in verb.children):
            return  # "forces responded to an attack", "the fire continued until eight"
        if any(child.dep_ == "aux" and child.tag_ in ("TO", "MD") for child in verb.children):
            return
        subject = subject_of(verb)
        if word in words("quote") and objects and not any(c.dep_ == "nsubjpass" for c in verb.children):
            subject = objects[0]
        elif subject is not None and subject.dep_ == "nsubjpass" and word not in words("quote"):
            return
        if subject is not None:
            yield from self._speaker(number, verb, subject, last)
            return
        near = [m for m in self.by_sentence.get(number, ()) if m.head < verb.i]
        announced = verb.tag_ in ("VBD", "VBZ", "VBP") or (verb.tag_ == "VBN" and verb.dep_ == "acl" and not any(
            child.lower_ == "by" for child in verb.children))
        if near and announced and self.text[near[-1].end:verb.idx].strip() == "":
            yield _Source(verb.i, self._best(near[-1:]))  # "..., the media wing announced"

    def _labelled(self, number: int, sentence: Span) -> Iterator[_Source]:
        """"14:45 - Interior minister: 12 dead": a name before a colon speaks."""
        for token in sentence[:12]:
            if token.pos_ in ("VERB", "AUX"):
                return
            if token.text == ":" and token.i > sentence.start and token.i + 1 < sentence.end:
                actor = self._best([m for m in self.by_sentence.get(number, ()) if m.head < token.i])
                if actor:
                    yield _Source(sentence.root.i, actor)
                    return

    def _headline(self, number: int, sentence: Span) -> Iterator[_Source]:
        """"... killed: ISPR" and "ISPR: ... killed"; the parser may cut a headline at its colon."""
        title = self.parsed.head_tokens
        colon = next((token for token in reversed(title) if token.text == ":"), None)
        says = next((t for t in title if t.lemma_.lower() in words("say") and t.i and t.nbor(-1).text == ","), None)
        colon = colon or says
        if colon is None:
            return
        mentions = [m for n, found in self.by_sentence.items() if self.parsed.paragraphs[n] == 0 for m in found]
        behind, before = len(title) and title[-1].i - colon.i, colon.i - title[0].i
        if behind <= 6:
            yield _Source(sentence.root.i, self._best([m for m in mentions if m.head > colon.i]))
        elif before <= 4:
            yield _Source(sentence.root.i, self._best([m for m in mentions if m.head < colon.i]))

    def _speaker(self, number: int, verb: Token, subject: Token, last: str | None) -> Iterator[_Source]:
        doc = self.parsed.doc
        if subject.lower_ in words("pronoun") and subject.pos_ == "PRON":
            yield _Source(verb.i, last or self._recalled(number))
            return
        if subject.dep_ != "expl" and subject.tag_ in ("WP", "WDT"):
            subject = verb.head if verb.dep_ == "relcl" else subject
        inside = {token.i for token in noun_phrase(subject)}
        mentions = [m for m in self.by_sentence.get(number, ()) if m.head in inside]
        actor = self._best(mentions)
        if actor is None and subject.lemma_.lower() in words("text"):
            issued = list(self._issued(number, subject))
            the = any(child.lower_ == "the" for child in subject.children)
            actor = issued[0].actor if issued else last if the else None
        elif actor is None and not mentions and subject.pos_ == "PROPN":
            actor = self.names.get(subject.text)
        elif actor is None and f"the {subject.lower_}" in words("pronoun") and not vague(subject):
            actor = last
        if actor is None and not mentions and any(c.dep_ == "poss" and c.pos_ == "PRON" for c in subject.children):
            before = [m for m in self.by_sentence.get(number, ()) if m.head < subject.i]
            actor = self._best(before[-1:]) or last  # "the directorate's figures differ: …, its head said"
        if actor is not None and subject.pos_ == "PROPN":
            # "Umer Khan of the administration": the surname stands for the office from here on.
            self.names[doc[subject.i].text] = actor
        yield _Source(verb.i, actor)

    def _cited(self, number: int, token: Token, last: str | None) -> Iterator[_Source]:
        inside = {other.i for other in token.subtree}
        mentions = [m for m in self.by_sentence.get(number, ()) if m.head in inside and m.head > token.i]
        names = [self.names[t.text] for t in token.subtree if t.pos_ == "PROPN" and t.text in self.names]
        if any(t.pos_ == "PRON" and t.dep_ == "pobj" for t in token.subtree) and not mentions:
            yield _Source(token.head.i if token.dep_ == "prep" else token.i, last or self._recalled(number))
        elif mentions or names or any(other.lemma_.lower() in words("vague") for other in token.subtree):
            yield _Source(token.head.i if token.dep_ == "prep" else token.i,
                          self._best(mentions) or (names[0] if names else None))

    def _issued(self, number: int, token: Token) -> Iterator[_Source]:
        """A text and its author: "an ISPR statement", "a statement from the army's media wing"."""
        if token.dep_ == "pobj" and token.head.lower_ not in ("in", "by", "from", "to", "of"):
            return
        inside = {other.i for other in token.subtree if other.dep_ != "relcl"}
        mentions = [m for m in self.by_sentence.get(number, ()) if m.head in inside and m.head != token.i
                    and abs(m.head - token.i) <= 8]
        actor = self._best(mentions)
        if actor is not None:
            top = token.head.head if token.dep_ == "pobj" else token.head
            yield _Source(top.i, actor)

    def _best(self, mentions: Sequence[ActorMention]) -> str | None:
        """The speaker among the mentions of one phrase; None for outlets, residents and nameless officials."""
        doc = self.parsed.doc
        for mention in mentions:
            text = self.text[mention.start:mention.end].lower()
            if text in words("medical"):
                return role("*.GOV", {"CIV.AFG": "AF"}.get(mention.actor, "PK"), self.parsed.article.published)
            if mention.kind not in SPEAKING or mention.actor == "MILITANTS":
                continue
            around = {token.lower_ for token in doc[mention.head].subtree}
            if text not in words("vague") or around & words("institution"):
                return mention.actor
        return None

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


def _quoted(parsed: Parsed) -> list[bool]:
    out: list[bool] = []
    marks = 0
    for number, sentence in enumerate(parsed.sentences):
        if number == 0 or parsed.paragraphs[number] != parsed.paragraphs[number - 1]:
            marks = 0
        out.append(marks % 2 == 1)
        marks += sentence.text.count('"')
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
        actor = holder(token, speech.by_sentence, speech.names, number) if stance else None
        if stance and actor:
            sentence = parsed.sentences[number]
            found.append(Stance(actor, stance, number, sentence.start_char, sentence.end_char))
    return list(dict.fromkeys(found))
