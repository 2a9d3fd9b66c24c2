"""According to whom: the speaker of each sentence, and who owns up to a deed or denies it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Span, Token

from etl.coding.actors import ActorMention
from etl.coding.parse import Parsed
from etl.reference import read_table

_SPEAKING = ("state", "government", "military", "police", "person", "armed group", "organisation")
_REACH = 1  # sentences over which a source still holds (codebook: "in the sentence or the one before")


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


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("speech_words").rows if row["kind"] == kind)


class Speech:
    """The sources of an article; `at` tells the claimant of a token."""

    def __init__(self, parsed: Parsed, actors: Sequence[ActorMention]) -> None:
        self.parsed = parsed
        self.by_sentence: dict[int, list[ActorMention]] = {}
        for mention in actors:
            self.by_sentence.setdefault(mention.sentence, []).append(mention)
        self.names: dict[str, str] = {}
        self.sources: list[list[_Source]] = []
        self.speakers: list[str | None] = []
        self.own: list[bool] = []  # whether the sentence names or keeps up a source itself
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
            verbs = {source.verb: source for source in found}
            for above in _upwards(self.parsed.doc[token]):
                if above.i in verbs:
                    return verbs[above.i].actor
            # A source inside a relative clause speaks for that clause alone.
            found = [s for s in found if not any(t.dep_ == "relcl" for t in _upwards(self.parsed.doc[s.verb]))]
            if found:
                return min(found, key=lambda source: abs(source.verb - token)).actor
            return None
        return self.speakers[number] if number < len(self.speakers) else None

    def _carry(self, number: int, sentence: Span, found: list[_Source], last: str | None) -> str | None:
        """Record the sentence's speaker; returns who a pronoun or a quotation in the next sentence would mean."""
        if found:
            self.own.append(True)
            self.speakers.append(found[0].actor)
            return found[0].actor
        quoted = self._in_quotation(number)
        held = number > 0 and self.own[-1]
        self.own.append(quoted)
        self.speakers.append(last if (quoted or held) and number > 1 else None)
        return last if quoted or held else None

    def _find(self, number: int, sentence: Span, last: str | None) -> Iterator[_Source]:
        if self.parsed.paragraphs[number] == 0:
            yield from self._headline(number, sentence)
        for token in sentence:
            word = token.lemma_.lower()
            if token.pos_ in ("VERB", "AUX", "NOUN", "PROPN") and word in _words("say") and token.pos_ != "NOUN":
                subject = _subject(token)
                if word in _words("claim") and any(child.dep_ == "dobj" for child in token.children):
                    continue  # a deed claimed is no speech about losses
                if subject is not None:
                    yield from self._speaker(number, token, subject, last)
                elif token.dep_ == "relcl" and token.tag_ == "VBN":
                    continue
            elif token.lower_ in _words("cite") and token.dep_ in ("prep", "advcl", "pcomp"):
                yield from self._cited(number, token)
            elif word in _words("text") and token.dep_ in ("pobj", "nsubj", "nsubjpass", "dobj"):
                yield from self._issued(number, token)

    def _headline(self, number: int, sentence: Span) -> Iterator[_Source]:
        """"... killed: ISPR" and "ISPR: ... killed"; the parser may cut a headline at its colon."""
        title = [token for token in self.parsed.doc if token.idx <= len(self.parsed.article.title)
                 and self.parsed.paragraphs[self.parsed.sentence_of[token.i]] == 0]
        colon = next((token for token in reversed(title) if token.text == ":"), None)
        says = next((t for t in title if t.lemma_.lower() in _words("say") and t.i and t.nbor(-1).text == ","), None)
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
        if subject.lower_ in _words("pronoun") and subject.pos_ == "PRON":
            yield _Source(verb.i, last)
            return
        if subject.dep_ != "expl" and subject.tag_ in ("WP", "WDT"):
            subject = verb.head if verb.dep_ == "relcl" else subject
        inside = {token.i for token in _nominal(subject)}
        mentions = [m for m in self.by_sentence.get(number, ()) if m.head in inside]
        actor = self._best(mentions)
        if actor is None and subject.lemma_.lower() in _words("text"):
            issued = list(self._issued(number, subject))
            actor = issued[0].actor if issued else last
        elif actor is None and not mentions and subject.pos_ == "PROPN":
            actor = self.names.get(subject.text)
        elif actor is None and f"the {subject.lower_}" in _words("pronoun") and not _vague(subject):
            actor = last
        if actor is not None and subject.pos_ == "PROPN":
            # "Umer Khan of the administration": the surname stands for the office from here on.
            self.names[doc[subject.i].text] = actor
        yield _Source(verb.i, actor)

    def _cited(self, number: int, token: Token) -> Iterator[_Source]:
        inside = {other.i for other in token.subtree}
        mentions = [m for m in self.by_sentence.get(number, ()) if m.head in inside and m.head > token.i]
        names = [self.names[t.text] for t in token.subtree if t.pos_ == "PROPN" and t.text in self.names]
        if mentions or names or any(other.lemma_.lower() in _words("vague") for other in token.subtree):
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
        text = self.parsed.doc.text
        for mention in mentions:
            if mention.kind in _SPEAKING and mention.actor != "MILITANTS" \
                    and text[mention.start:mention.end].lower() not in _words("vague"):
                return mention.actor
        return None

    def _in_quotation(self, number: int) -> bool:
        """Whether the sentence stands in a quotation that an earlier one of its paragraph opened."""
        parsed = self.parsed
        first = number
        while first > 0 and parsed.paragraphs[first - 1] == parsed.paragraphs[number]:
            first -= 1
        before = parsed.doc.text[parsed.sentences[first].start_char:parsed.sentences[number].start_char]
        return before.count('"') % 2 == 1

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


def claimants(parsed: Parsed, actors: Sequence[ActorMention]) -> list[str | None]:
    """The actor who is speaking or cited in each sentence; None for the article's own voice or an unknown source.

    A source holds for the sentence that names it and the next one, and as long as a quotation runs.
    """
    return Speech(parsed, actors).speakers


def claimant_at(parsed: Parsed, actors: Sequence[ActorMention], token: int) -> str | None:
    """The claimant of what is said at one token (see `Speech.at`; for many tokens keep one `Speech`)."""
    return Speech(parsed, actors).at(token)


def claims_and_denials(parsed: Parsed, actors: Sequence[ActorMention]) -> list[Stance]:
    """Who claims a deed as its own and who denies one, in the order of the text; "no group has claimed" is none."""
    speech = Speech(parsed, actors)
    ends = [sentence.end for sentence in parsed.sentences]
    found: list[Stance] = []
    for token in parsed.doc:
        number = bisect_right(ends, token.i)
        if number >= len(ends) or token.pos_ not in ("VERB", "NOUN"):
            continue
        stance = _stance_of(token)
        actor = _holder(token, speech, number) if stance else None
        if stance and actor:
            sentence = parsed.sentences[number]
            found.append(Stance(actor, stance, number, sentence.start_char, sentence.end_char))
    return list(dict.fromkeys(found))


def _stance_of(token: Token) -> str | None:
    lemma = token.lemma_.lower()
    if token.pos_ != "VERB" or any(c.dep_ in ("neg", "preconj") or c.tag_ == "MD" for c in token.children):
        return None
    objects = [child for child in token.children if child.dep_ in ("dobj", "nsubjpass", "pobj")]
    below = {child.lemma_.lower() for child in objects}
    below |= {child.lemma_.lower() for noun in objects for child in noun.children}
    if lemma in _words("own") and below & _words("responsible"):
        return "claimed"
    if lemma in _words("claim") and (below & _words("deed") or _bare(token)
                                     or any(child.dep_ == "agent" for child in token.children)):
        return "claimed"
    if lemma in _words("deny"):
        if token.tag_ in ("VBZ", "VBP") and not below & (_words("deed") | _words("responsible")):
            return None
        if below & _words("matter") or any(child.dep_ == "ccomp" for child in token.children):
            return "denied"
        # "Kabul denies it", in the present tense, is a standing answer to a standing charge.
        return "denied" if lemma == "deny" and token.tag_ in ("VBD", "VBN") and (_bare(token) or not objects) else None
    return "claimed" if lemma in _words("say") and _own_deed(token) else None


def _bare(token: Token) -> bool:
    """"the TTP claimed that", "the group's men claimed both"."""
    return any(child.dep_ == "dobj" and child.pos_ in ("PRON", "DET") for child in token.children)


def _own_deed(token: Token) -> bool:
    """"says it carried out the attack", "said its men had staged the raid", "said they were behind the blast"."""
    reach = [*token.children, *(c for child in token.children if child.dep_ in ("prep", "dobj") for c in child.subtree)]
    for clause in reach:
        if clause.dep_ not in ("ccomp", "acl") or clause.i < token.i:
            continue
        subject = _subject(clause)
        if subject is None:
            continue
        group = subject.lemma_.lower() in ("group", "organisation") and any(c.lower_ == "the" for c in subject.children)
        owned = subject.lower_ in ("it", "they", "we") or group or any(
            child.lower_ in ("its", "their", "our") for child in subject.subtree if child.i <= subject.i + 4)
        if owned and clause.lemma_.lower() in _words("do"):
            return True
        if owned and any(child.lower_ == "behind" for child in clause.children):
            return True
    return False


def _holder(token: Token, speech: Speech, number: int) -> str | None:
    """The actor that claims or denies; None where it is nobody."""
    agent = next((child for child in token.children if child.dep_ == "agent"), None)
    subject = next(iter(agent.children), None) if agent is not None else _subject(token)
    if subject is None:
        return None
    if subject.tag_ in ("WP", "WDT"):
        top = token
        while top.dep_ in ("conj", "ccomp", "xcomp") and top.head is not top:
            top = top.head
        near = [m for m in speech.by_sentence.get(number, ()) if m.head < subject.i and m.kind in _SPEAKING]
        if near and subject.i - near[-1].head <= 4:
            return near[-1].actor
        subject = top.head if top.dep_ == "relcl" else subject
    phrase = list(_nominal(subject))
    if any(other.lower_ in _words("nobody") for other in phrase):
        return None
    inside = {other.i for other in phrase}
    for mention in speech.by_sentence.get(number, ()):
        if mention.head in inside and mention.actor and mention.kind in _SPEAKING:
            return mention.actor
    if subject.pos_ in ("PRON", "DET") or subject.lemma_.lower() in ("group", "organisation", "outfit", "spokesman"):
        earlier = [m for n in range(number, max(-1, number - 3), -1) for m in reversed(speech.by_sentence.get(n, []))
                   if m.head < token.i and m.kind in _SPEAKING]
        return next((m.actor for m in earlier if m.kind == "armed group"), earlier[0].actor if earlier else None)
    return speech.names.get(subject.text)


def _subject(verb: Token) -> Token | None:
    """The subject of a verb, its own or that of the verb it is joined to."""
    seen = verb
    for _ in range(4):
        for child in seen.children:
            if child.dep_ in ("nsubj", "nsubjpass"):
                return child
        if seen.dep_ not in ("conj", "xcomp", "advcl", "aux") or seen.head is seen:
            return None
        seen = seen.head
    return None


def _nominal(subject: Token) -> list[Token]:
    """The words of a noun phrase, relative clauses last."""
    close, far, queue = [], [], [(subject, False)]
    while queue:
        token, remote = queue.pop(0)
        (far if remote else close).append(token)
        queue += [(child, remote or child.dep_ == "relcl") for child in token.children]
    return close + far


def _vague(subject: Token) -> bool:
    return any(child.dep_ in ("det",) and child.lower_ in ("a", "an", "another") for child in subject.children)


def _upwards(token: Token) -> Iterator[Token]:
    yield token
    yield from token.ancestors
