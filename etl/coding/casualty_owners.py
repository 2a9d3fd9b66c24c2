"""Who owns the losses that a count tells: whose men a side lost, whose house was hit, who is counted with whom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property

from etl.coding.actors import ActorMention, role
from etl.coding.casualty_clauses import Toll
from etl.coding.casualty_persons import words
from etl.coding.kinds import country_of, home_states, kind, state_of
from etl.coding.parse import Parsed
from etl.coding.sight import Sight
from etl.coding.stances import subject_of
from etl.coding.tree import Token
from etl.reference import read_table


class Owners:
    """The actors of a text, to be asked who owns a loss."""

    def __init__(self, parsed: Parsed, actors: Sequence[ActorMention]) -> None:
        self.parsed = parsed
        self.doc = parsed.doc
        self.text = parsed.text
        self.by_sentence: dict[int, list[ActorMention]] = {}
        self.names: dict[str, str] = {}
        for mention in actors:
            if mention.actor:
                self.by_sentence.setdefault(mention.sentence, []).append(mention)
                self._learn(mention)

    @cached_property
    def sight(self) -> Sight:
        """Where the text is; few articles need it here."""
        return Sight(self.parsed)

    def _learn(self, mention: ActorMention) -> None:
        """"Wali Jan, a tribal elder", "Constable Rubnawaz": the name stands for that side."""
        if mention.kind not in ("military", "police", "armed group", "community", "civilians"):
            return
        head = self.doc[mention.head]
        named = head.head if head.dep_ in ("compound", "appos", "nmod") else head
        for token in (named, *(child for child in head.children if child.dep_ == "appos")):
            if token.pos_ == "PROPN" and not mention.start <= token.idx < mention.end:
                self.names.setdefault(token.text, mention.actor)

    def owner(self, toll: Toll) -> str | None:
        """Those who are said to have lost them: "Kabul lost nine men", "the army put its losses at three", "their side
        suffered 23 dead"."""
        anchor = self.doc[toll.anchor]
        verb = next((t for t in (anchor, anchor.head, anchor.head.head) if t.lemma_ == "lose" or (
            t.lemma_.lower() in words("sustain") and anchor.lower_ in words("state"))), None)
        put = next((t for t in anchor.ancestors if any(
            child.lemma_.lower() in words("losses") for child in t.children if child.dep_ == "dobj")), None)
        verb = verb or put
        subject = subject_of(verb) if verb is not None else None
        if verb is put and put is not None:  # "put the Taliban's losses at two"
            losses = next(child for child in put.children if child.lemma_.lower() in words("losses"))
            subject = next((c for c in losses.children if c.dep_ == "poss" and c.pos_ != "PRON"), subject)
        if subject is not None and subject.pos_ == "PRON" and verb is not None and verb.dep_ == "ccomp":
            subject = subject_of(verb.head)  # "Kabul said that it had lost nine"
        if subject is None or subject.tag_ in ("WP", "WDT"):
            return None
        for m in self.by_sentence.get(self.parsed.sentence_of[toll.anchor], ()):
            if m.head == subject.i and (m.kind in ("military", "police", "armed group") or kind(m.actor) == "state"):
                return self.forces(m.actor)
        return next((self.forces(state) for match in self.parsed.aliases if match.last == subject.i
                     and (state := state_of(match.actor)) is not None), None)

    def house(self, toll: Toll) -> str | None:
        """The force whose house or van was attacked: the officers of "an attack on a police station killed four"."""
        number = self.parsed.sentence_of[toll.anchor]
        for token in self.parsed.sentences[number]:
            if token.dep_ == "compound" and token.lower_ in _force_words() and token.head.lemma_.lower() in _things():
                country = self.sight.country(token.i, number, "police")
                return role(_force_words()[token.lower_], country, self.parsed.article.published)
        return None

    def of_lives(self, toll: Toll) -> bool:
        """"Three people lost their lives": the anchor is the verb, and they are its subject."""
        return toll.head < toll.anchor

    def forces(self, actor: str) -> str:
        """The armed forces of a state, whose soldiers are meant where it loses men; others are themselves."""
        return role("*.MIL", country_of(actor), self.parsed.article.published) if actor in home_states() else actor

    def beside(self, head: Token) -> str | None:
        """The side of those who are counted with a person: "a captain and four soldiers"."""
        others = [head.head] if head.dep_ == "conj" else []
        others += [child for child in head.children if child.dep_ == "conj"]
        for m in self.by_sentence.get(self.parsed.sentence_of[head.i], ()):
            if m.kind in ("military", "police") and head.tag_ == "NN" and any(m.head == t.i for t in others):
                return m.actor
        return None


@cache
def _force_words() -> dict[str, str]:
    """Single words that mean a force of whichever country, and its role ("police" → *.POL)."""
    return {row["alias"]: row["actor_id"] for row in read_table("actor_aliases").rows
            if row["actor_id"].startswith("*.") and row["kind"] in ("police", "military") and row["alias"].isalpha()}


@cache
def _things() -> frozenset[str]:
    """Things that may be hit (`target_words.csv`)."""
    return frozenset(row["word"] for row in read_table("target_words").rows)
