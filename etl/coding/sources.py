"""The sources of one sentence: who says, is cited or issues the text in which something stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from etl.coding.actors import ActorMention, role
from etl.coding.kinds import seat
from etl.coding.parse import Parsed
from etl.coding.stances import (
    SPEAKING,
    claims_deed,
    given_names,
    issues,
    noun_phrase,
    office_holder,
    subject_of,
    vague,
    words,
)
from etl.coding.tree import Span, Token

_PHRASE = 12  # words between a comma and the verb of saying that may be its subject


@dataclass(frozen=True)
class Source:
    """Someone speaks: `verb` is the token of speaking or citing, `actor` None when it is nobody known."""

    verb: int
    actor: str | None


class Sources:
    """Finds the sources of the sentences of an article, which are asked for in their order.

    `by_sentence`: the actors that each sentence mentions. `names`: whom a surname stands for, once someone is
    introduced.
    """

    def __init__(self, parsed: Parsed, actors: Sequence[ActorMention]) -> None:
        self.parsed = parsed
        self.text = parsed.text
        self.by_sentence: dict[int, list[ActorMention]] = {}
        for mention in actors:
            self.by_sentence.setdefault(mention.sentence, []).append(mention)
        self.names: dict[str, str] = {}
        self.given: dict[str, frozenset[str]] = {}

    def find(self, number: int, sentence: Span, last: str | None, recalled: str | None) -> Iterator[Source]:
        """The sources of a sentence. `last` is who spoke in the one before, `recalled` who spoke a few before."""
        self._introduce(number)
        if self.parsed.paragraphs[number] == 0:
            yield from self._headline(number, sentence)
        else:
            yield from self._labelled(number, sentence)
        for token in sentence:
            word = token.lemma_.lower()
            if token.pos_ in ("VERB", "AUX") and word in words("say"):
                yield from self._said(number, token, last, recalled)
            elif token.lower_ in words("cite") and token.dep_ in ("prep", "advcl", "pcomp"):
                yield from self._cited(number, token, last, recalled)
            elif word in words("text") and issues(token) and token.dep_ in ("pobj", "nsubj", "nsubjpass", "dobj"):
                yield from self._issued(number, token)

    def _introduce(self, number: int) -> None:
        """Keep whom the surnames of a sentence stand for: "DPO Sajjad Khan", "Shaukat Khan, the police chief"."""
        doc = self.parsed.doc
        for mention in self.by_sentence.get(number, ()):
            if mention.kind in SPEAKING and mention.actor and mention.kind != "state":
                holder = office_holder(doc[mention.head])
                if holder is not None and self._best([mention]):
                    self._know(holder, mention.actor)

    def _know(self, surname: Token, actor: str) -> None:
        self.names[surname.text] = actor
        self.given[surname.text] = given_names(surname)

    def _known(self, surname: Token) -> str | None:
        """The actor of one who was introduced; another of the same surname is a stranger."""
        given = given_names(surname)
        return self.names.get(surname.text) if given <= self.given.get(surname.text, given) else None

    def _said(self, number: int, verb: Token, last: str | None, recalled: str | None) -> Iterator[Source]:
        word = verb.lemma_.lower()
        objects = [child for child in verb.children if child.dep_ == "dobj"]
        if word in words("claim") and any(claims_deed(child) for child in objects):
            return  # a deed claimed is no speech about losses
        if any(child.dep_ == "neg" for child in verb.children):
            return  # "police have not said who it was"
        if word in words("bare") and not any(child.dep_ == "ccomp" or child.text == '"' for child in verb.children):
            return  # "forces responded to an attack", "the fire continued until eight"
        if any(child.dep_ == "aux" and child.tag_ in ("TO", "MD") for child in verb.children):
            return
        own = any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children)
        if verb.tag_ == "VBG" and not own and word not in words("quote") and any(
                above.lemma_.lower() in words("say") for above in verb.ancestors):
            return  # "he said it was a bomb, adding that two died": who speaks is told above
        subject = subject_of(verb)
        near = [m for m in self.by_sentence.get(number, ()) if m.head < verb.i]
        if not own and verb.tag_ == "VBD" and near and near[-1].kind in SPEAKING and self._reaches(near[-1], verb):
            subject = self.parsed.doc[near[-1].head]  # "… in Kabul, the mission (UNAMA) said"
        if word in words("quote") and objects and not any(c.dep_ == "nsubjpass" for c in verb.children):
            subject = objects[0]
        elif subject is not None and subject.dep_ == "nsubjpass" and word not in words("quote"):
            agents = [c for c in verb.children if c.dep_ == "agent"]
            subject = next((t for c in agents for t in c.children if t.dep_ == "pobj"), None)
            if subject is None or word not in words("told"):
                return  # "the premier was told that …", but "reporters were told by police"
        if subject is not None:
            # "the channel said, citing police": what hangs on the channel's verb is said by the police
            relays = word in words("quote") and verb.dep_ == "advcl"
            yield from self._speaker(number, verb.head if relays else verb, subject, last, recalled)
            return
        announced = verb.tag_ in ("VBD", "VBZ", "VBP") or (verb.tag_ == "VBN" and verb.dep_ == "acl" and not any(
            child.lower_ in ("by", "as") for child in verb.children))
        behind = self._behind_comma(verb)
        listed = [m for m in near if m.head in behind]
        if announced and listed:
            yield Source(verb.i, self._best(listed))  # "… hit a house in Tank, police and residents said"
        elif announced and near and self._reaches(near[-1], verb):
            yield Source(verb.i, self._best(near[-1:]))  # "..., the media wing announced"

    def _behind_comma(self, verb: Token) -> range:
        """The tokens between the last comma and a verb, where they are a plain phrase; none where they are a clause."""
        doc, first = self.parsed.doc, verb.i
        while first > verb.sent.start and doc[first - 1].text != ",":
            first -= 1
            if doc[first].pos_ in ("VERB", "AUX") or doc[first].text in '";:' or verb.i - first > _PHRASE:
                return range(0)
        return range(first, verb.i) if first > verb.sent.start else range(0)

    def _reaches(self, mention: ActorMention, verb: Token) -> bool:
        """Whether nothing but the name of who holds the office stands between it and a verb whose subject the parser
        did not find: "…, Superintendent of Police (SP) Asad Khan told this paper"."""
        between = takewhile(lambda token: token.idx >= mention.end, reversed(self.parsed.doc[mention.head:verb.i]))
        return all(t.pos_ == "PROPN" or t.text in "()" or t.is_space for t in between)

    def _labelled(self, number: int, sentence: Span) -> Iterator[Source]:
        """"14:45 - Interior minister: 12 dead": a name before a colon speaks."""
        for token in sentence[:12]:
            if token.pos_ in ("VERB", "AUX"):
                return
            if token.text == ":" and token.i > sentence.start and token.i + 1 < sentence.end:
                actor = self._best([m for m in self.by_sentence.get(number, ()) if m.head < token.i])
                if actor:
                    yield Source(sentence.root.i, actor)
                    return

    def _headline(self, number: int, sentence: Span) -> Iterator[Source]:
        """"... killed: ISPR" and "ISPR: ... killed"; the parser may cut a headline at its colon."""
        title = self.parsed.head_tokens
        colon = next((token for token in reversed(title) if token.text == ":"), None)
        says = next((t for t in title if t.lemma_.lower() in words("say") and t.i and t.nbor(-1).text == ","), None)
        colon = colon or says
        if colon is None:
            return
        mentions = [m for n, found in self.by_sentence.items() if self.parsed.paragraphs[n] == 0 for m in found]
        behind, before = len(title) and title[-1].i - colon.i, colon.i - title[0].i
        told = any(t.pos_ == "NUM" or t.pos_ == "VERB" for t in title if t.i > colon.i)
        if behind <= 6 and not (told and before <= 4):
            yield Source(sentence.root.i, self._best([m for m in mentions if m.head > colon.i]))
        elif before <= 4:
            yield Source(sentence.root.i, self._best([m for m in mentions if m.head < colon.i]))

    def _speaker(self, number: int, verb: Token, subject: Token, last: str | None, recalled: str | None
                 ) -> Iterator[Source]:
        within = _within_speech(verb)
        if subject.lower_ in words("pronoun") and subject.pos_ == "PRON":
            if within:
                return  # "the mission said it had recorded": who says so is told there
            yield Source(verb.i, last or recalled)
            return
        if subject.lower_ == "one" and any(t.pos_ == "PRON" for c in subject.children if c.dep_ == "prep"
                                           for t in c.children):
            yield Source(verb.i, last)  # "one of them said"
            return
        if subject.dep_ != "expl" and subject.tag_ in ("WP", "WDT"):
            subject = verb.head if verb.dep_ == "relcl" else subject
        inside = {token.i for token in noun_phrase(subject)}
        mentions = [m for m in self.by_sentence.get(number, ()) if m.head in inside]
        actor = self._again(subject, last, recalled) or self._best(mentions)
        if actor is None and subject.lemma_.lower() in words("text"):
            issued = list(self._issued(number, subject))
            the = any(child.lower_ == "the" for child in subject.children)
            actor = issued[0].actor if issued else last if the else None
        elif actor is None and not mentions and (subject.pos_ == "PROPN" or subject.text[0].isupper()):
            actor = self._known(subject)
        elif actor is None and f"the {subject.lower_}" in words("pronoun") and not vague(subject):
            actor = last
        if actor is None and not mentions and any(c.dep_ == "poss" and c.pos_ == "PRON" for c in subject.children):
            before = [m for m in self.by_sentence.get(number, ()) if m.head < subject.i]
            actor = self._best(before[-1:]) or last  # "the directorate's figures differ: …, its head said"
        if actor is None and within and not mentions and subject.lemma_.lower() not in words("vague"):
            return  # "the records list nine dead, officials say"
        if actor is not None and subject.pos_ == "PROPN":
            # "Umer Khan of the administration": the surname stands for the office from here on.
            self._know(subject, actor)
        yield Source(verb.i, actor)

    @staticmethod
    def _again(subject: Token, last: str | None, recalled: str | None) -> str | None:
        """Whom "the spokesperson" or "the officer" means, alone with its article: the one who spoke before."""
        alone = [child.lower_ for child in subject.children if child.dep_ != "punct"] == ["the"]
        return (last or recalled) if alone and f"the {subject.lemma_.lower()}" in words("speaker") else None

    def _cited(self, number: int, token: Token, last: str | None, recalled: str | None) -> Iterator[Source]:
        inside = {other.i for other in token.subtree}
        mentions = [m for m in self.by_sentence.get(number, ()) if m.head in inside and m.head > token.i]
        names = [self.names[t.text] for t in token.subtree if t.pos_ == "PROPN" and t.text in self.names]
        verb = token.head.i if token.dep_ == "prep" else token.i
        if any(t.pos_ == "PRON" and t.dep_ == "pobj" for t in token.subtree) and not mentions:
            yield Source(verb, last or recalled)
        elif mentions or names or any(other.lemma_.lower() in words("vague") for other in token.subtree):
            again = next((self._again(t, last, recalled) for t in token.subtree if t.dep_ in ("pobj", "dobj")), None)
            yield Source(verb, again or self._best(mentions) or (names[0] if names else None))

    def _issued(self, number: int, token: Token) -> Iterator[Source]:
        """A text and its author: "an ISPR statement", "a statement from the army's media wing"."""
        if token.dep_ == "pobj" and token.head.lower_ not in ("in", "by", "from", "to", "of"):
            return
        if token.head.lower_ == "to" and token.head.head.lower_ not in words("cite"):
            return  # "reacting to a statement of the ministry"
        inside = {other.i for other in token.subtree if other.dep_ != "relcl"}
        mentions = [m for m in self.by_sentence.get(number, ()) if m.head in inside and m.head != token.i
                    and abs(m.head - token.i) <= 8]
        actor = self._best(mentions)
        if actor is not None:
            top = token.head.head if token.dep_ == "pobj" else token.head
            yield Source(top.i, actor)

    def _best(self, mentions: Sequence[ActorMention]) -> str | None:
        """The speaker among the mentions of one phrase; None for outlets, residents and nameless officials."""
        doc = self.parsed.doc
        for mention in mentions:
            text = self.text[mention.start:mention.end].lower()
            if text in words("medical"):
                return role("*.GOV", {"CIV.AFG": "AF"}.get(mention.actor, "PK"), self.parsed.article.published)
            if mention.kind not in SPEAKING or mention.actor == "MILITANTS":
                continue
            head = doc[mention.head]
            if mention.kind == "person" and any(c.dep_ == "appos" and c.lemma_.lower() in words("vague")
                                                for c in head.children):
                continue  # a namesake: "Mohammad Sadiq, a resident of the town"
            around = {token.lower_ for token in head.subtree}
            if text not in words("vague") or around & words("institution") or self._at_seat(head, mention.actor):
                return mention.actor
        return None

    @staticmethod
    def _at_seat(official: Token, actor: str) -> bool:
        """"Officials in Kabul" are those of the government whose seat it is."""
        places = {t.text for c in official.children if c.lower_ == "in" for t in c.children if t.dep_ == "pobj"}
        return seat(actor) in places


def _within_speech(verb: Token) -> bool:
    """Whether a verb of saying stands in what someone else says; a semicolon parts two who speak side by side."""
    if verb.dep_ != "ccomp" or verb.head.lemma_.lower() not in words("say"):
        return False
    first, last = sorted((verb.i, verb.head.i))
    return all(token.text != ";" for token in verb.doc[first:last])
