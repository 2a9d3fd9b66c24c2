"""Whose losses: the side of every count of killed and injured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etl.coding.actors import ActorMention, role
from etl.coding.casualty_clauses import Toll
from etl.coding.casualty_owners import Owners
from etl.coding.casualty_persons import words
from etl.coding.kinds import kind
from etl.coding.stances import subject_of
from etl.coding.tree import Token

FORCES = ("military", "police", "armed group", "state", "organisation")
_VICTIMS = ("military", "police", "civilians", "community")
SURE, WEAK, OPEN = 0, 1, 2


@dataclass(frozen=True)
class Sided:
    """A toll with its side. `doubt`: SURE; WEAK, a guess by the noun alone ("personnel"); OPEN, a bare number."""

    toll: Toll
    side: str | None
    doubt: int


class Sides(Owners):
    """Whose losses a noun phrase means."""

    def of(self, toll: Toll, before: Sequence[Sided]) -> Sided | None:
        """The toll with its side; None where the counted are no persons."""
        head = self.doc[toll.head]
        lemma = head.lemma_.lower()
        mention = self._mention(head)
        if self.doc[toll.anchor].head.lower_ == "among" and (mention is None or lemma in words("weak")):
            side = self._carried(toll, before) or self._meant(toll, before)
            if side is not None:
                return Sided(toll, side, WEAK)  # "among the dead were two commanders"
        lost = self.doc[toll.anchor].lemma_.lower() in (*words("losses"), *words("lose"))
        if mention is None or lost or lemma in words("weak"):
            owner = self.owner(toll)
            if owner is not None:
                return Sided(toll, owner, SURE)
            if lost and not self.of_lives(toll):
                return None  # not a force's men
        if mention is not None:
            if self._shared(head, mention):
                return Sided(toll, None, SURE)
            if kind(mention.actor) == "state":
                return Sided(toll, self.forces(mention.actor), WEAK)
            bare = self.text[mention.start:mention.end].lower() == head.lower_
            return Sided(toll, mention.actor, WEAK if lemma in words("weak") and bare else SURE)
        band = self._band(toll, head, lemma)
        if band is not None:
            return Sided(toll, band, WEAK)
        if lemma in words("people"):
            those = any(child.lower_ in ("the", "these", "those", "both") for child in head.children)
            same = [s.side for s in before if those and s.toll.low == toll.low == s.toll.high and toll.low != 1]
            return Sided(toll, same[-1] if same else self.fought(toll, before), WEAK)  # "the two men died on the spot"
        if head.lower_ in words("pointing"):
            subject = subject_of(self.doc[toll.anchor])
            doers = self._doers(toll) if subject is not None and subject.dep_ == "nsubj" else set()
            named = [m for m in self.by_sentence.get(self.parsed.sentence_of[toll.anchor], ())
                     if m.head < toll.head and m.kind in (*_VICTIMS, "armed group") and m.head not in doers
                     and self.doc[m.head].head.dep_ != "agent"]
            if not named and head.lower_ in ("him", "her"):
                meant = self._meant(toll, before)
                return Sided(toll, meant, WEAK) if meant else None
            return Sided(toll, named[-1].actor if named else self._carried(toll, before) or self._meant(toll, before),
                         WEAK)
        if self.doc[toll.anchor].lemma_.lower() in (*words("number"), *words("toll")):
            named = [m for m in self.by_sentence.get(self.parsed.sentence_of[toll.anchor], ())
                     if toll.anchor < m.head < toll.head and m.kind in (*_VICTIMS, "armed group")]
            return Sided(toll, named[-1].actor, SURE) if named else Sided(toll, None, OPEN)
        if head.head.lower_ == "among" and head.pos_ == "NUM" and toll.low != 1 and any(
                m.head < head.i for m in self.by_sentence.get(self.parsed.sentence_of[toll.anchor], ())):
            return Sided(toll, None, WEAK)  # "a policeman among four killed"
        bare = head.pos_ in ("NUM", "ADJ", "DET", "PRON") or lemma in words("quantity") or toll.head == toll.anchor
        if lemma in words("collective") or bare:
            carried = self._carried(toll, before) or (self._attackers(toll) if bare else None)
            return Sided(toll, carried or self._named_before(toll), WEAK if carried else OPEN)
        if head.pos_ == "PROPN" and head.text in self.names:
            return Sided(toll, self.names[head.text], SURE)
        if lemma in words("weak"):
            return Sided(toll, self._carried(toll, before) or self.house(toll), OPEN)
        if head.pos_ == "PROPN" and not _titled(head):
            return None
        described = self._described(head) if head.pos_ == "PROPN" else None
        if described is not None:
            return Sided(toll, described, WEAK)
        beside = self.beside(head)
        if beside is not None:
            return Sided(toll, beside, WEAK)
        person = head.pos_ == "NOUN" and lemma.endswith(("er", "or", "ist", "man", "ian", "ant"))
        return Sided(toll, self.people(toll), WEAK) if person or head.pos_ == "PROPN" else None

    def _doers(self, toll: Toll) -> set[int]:
        """Tokens of those who kill: the subject, and above a thing as subject ("the forces struck their hideout,
        killing six of them") the actor whose verb it hangs on."""
        anchor = self.doc[toll.anchor]
        doers: set[int] = set()
        heads = {m.head for m in self.by_sentence.get(self.parsed.sentence_of[toll.anchor], ())}
        for verb in (anchor, *anchor.ancestors):
            subjects = [child for child in verb.children if child.dep_ == "nsubj"]
            for subject in subjects:
                doers |= {t.i for t in subject.subtree if subject.i in heads or t.dep_ != "poss"}
            if subjects and (anchor.tag_ != "VBG" or any(subject.i in heads for subject in subjects)):
                break
        return doers

    def _described(self, head: Token) -> str | None:
        """What the text says of a name: "Gul, who headed a wing of the TTP", "Khan, head of a peace committee"."""
        said = ("appos", "acl", "relcl", "prep")
        behind = {t.i for child in head.rights if child.dep_ in said for t in child.subtree}
        for m in self.by_sentence.get(self.parsed.sentence_of[head.i], ()):
            noun = self.doc[m.head]
            within = noun.dep_ in ("compound", "appos", "attr", "poss", "nmod") or (
                noun.dep_ == "pobj" and noun.head.lower_ == "of")
            if m.head in behind and within and m.kind in ("armed group", "military", "police", "community"):
                return m.actor
        return None

    def _meant(self, toll: Toll, before: Sequence[Sided]) -> str | None:
        """Whom "five of them" means in the sentence before: those it counts, else those it names last."""
        number = self.parsed.sentence_of[toll.anchor]
        if number == 0 or self.parsed.paragraphs[number] != self.parsed.paragraphs[number - 1]:
            return None
        one = self.doc[toll.head].lower_ in ("him", "her")
        counted = [] if one else [s.side for s in before[-6:] if self.parsed.sentence_of[s.toll.anchor] == number - 1]
        if counted:
            return counted[-1] if len(set(counted)) == 1 else None
        named = [m for m in self.by_sentence.get(number - 1, ()) if m.kind in (*_VICTIMS, "armed group")
                 and (self.doc[m.head].tag_ == ("NN" if one else "NNS") or m.kind == "armed group" and not one)]
        return named[-1].actor if named else None

    def _band(self, toll: Toll, head: Token, lemma: str) -> str | None:
        """The armed group that "its members", "his accomplices", "two of the men", "three killed" belong to.

        It is named before in the sentence, or is what the sentence before tells of.
        """
        number = self.parsed.sentence_of[toll.anchor]
        owned = any(child.dep_ == "poss" and child.pos_ == "PRON" for child in head.children) or any(
            t.lemma_.lower() in words("group") for child in head.children if child.lower_ == "of"
            for t in child.children if any(c.lower_ == "the" for c in t.children))
        those = lemma == "man" and any(child.lower_ in ("the", "these", "those") for child in head.children)
        if not (lemma in words("band") or (lemma == "member" and owned) or those):
            return None
        for earlier in (number, number - 1, number - 2):
            if earlier < 0 or self.parsed.paragraphs[earlier] == 0 and earlier != number:
                return None
            named = [m for m in self.by_sentence.get(earlier, ()) if m.head < head.i and m.kind in (
                "armed group", "military", "police")]
            if named:
                return named[-1].actor if named[-1].kind == "armed group" else None
        return None

    def _shared(self, head: Token, mention: ActorMention) -> bool:
        """"18 civilians and soldiers": one number for two sides."""
        near = self.by_sentence.get(mention.sentence, ())
        return head.tag_ in ("NNS", "NNPS") and any(
                   child.dep_ == "conj" and child.tag_ in ("NNS", "NNPS")
                   and not any(c.dep_ in ("nummod", "det", "poss") for c in child.lefts)
                   and any(m.head == child.i and m.actor != mention.actor for m in near) for child in head.children)

    def fought(self, toll: Toll, before: Sequence[Sided]) -> str | None:
        """The side of "people": civilians, but unknown where armed sides fight or where they are said to be mixed."""
        head, anchor = self.doc[toll.head], self.doc[toll.anchor]
        number = self.parsed.sentence_of[toll.anchor]
        sentence = self.parsed.sentences[number]
        near = self.by_sentence.get(number, ())
        behind = list(self.doc[head.i + 1:min(sentence.end, head.i + 12)])
        lowered = [token.lower_ for token in behind]
        them = "of" in lowered and lowered[lowered.index("of") + 1:][:1] == ["them"]
        if them and set(lowered) & set(words("some")):
            return None
        opened = next((token for token in behind if token.lemma_.lower() in words("including")), None)
        if opened is not None and any(opened.i < m.head <= opened.i + 6 and m.kind in (*FORCES, "government")
                                      and not any(t.pos_ == "VERB" for t in self.doc[opened.i + 1:m.head])
                                      for m in near):
            return None
        if head.head.lower_ == "among" and any(m.head < head.i and m.kind in (*FORCES, "government") for m in near):
            return None  # "a policeman was among seven people killed"
        clause = list(anchor.subtree) + ([] if anchor.pos_ == "VERB" else list(anchor.head.subtree))
        if not any(token.lemma_.lower() in words("mixed") for token in clause):
            last = before[-1] if before else None
            before = before[-12:]
            mixed = last is not None and self.parsed.sentence_of[last.toll.anchor] == number and len(
                {s.side for s in before if s.toll.anchor == last.toll.anchor and s.toll.whole is None}) > 1
            return None if mixed else self.people(toll)
        return self.people(toll) if any(m.kind == "civilians" for m in near) else self._carried(toll, before)

    def _mention(self, head: Token) -> ActorMention | None:
        near = self.by_sentence.get(self.parsed.sentence_of[head.i], ())
        covering = next((m for m in near if m.start <= head.idx < m.end), None)
        weak = head.lemma_.lower() in words("weak")
        belongs = [m for child in head.children if child.dep_ == "prep" and child.lower_ in ("of", "from", "in", "with")
                   for m in near if m.head in {t.i for t in child.subtree if t.dep_ != "relcl"}
                   and (m.kind in FORCES or weak) and 0 < m.head - head.i <= 8]
        if covering is not None and covering.kind == "armed group" and any(
                child.dep_ == "poss" and child.pos_ == "PRON" for child in head.children):
            covering = None  # "the officer and his gunman"
        left = {t.i for child in head.children if child.dep_ in ("compound", "amod", "nmod", "poss")
                for t in child.subtree if t.i < head.i}
        within = [m for m in near if m.head in left]
        if covering is not None and within and within[-1].kind in FORCES and (
                covering.kind in ("civilians", "government", "person")
                or (covering.kind, within[-1].kind) == ("military", "police")):
            return within[-1]  # "Levies soldier"
        if head.pos_ == "PROPN" and (covering is None or covering.kind in ("government", "person")):
            first = head.head if head.dep_ == "conj" else head
            ranks = {*(child.i for child in first.lefts), first.left_edge.i - 1}
            ranked = [m for m in near if m.head in ranks and m.kind in FORCES and m.end < first.idx]
            if ranked and not any(t.text in ",;" for t in self.doc[ranked[-1].head:first.i]):
                return ranked[-1]  # "constables Khan and Mujahid"
        if covering is not None and not (weak and belongs):
            return covering
        if belongs:
            return belongs[0]
        if within:
            return within[-1]
        if head.pos_ != "PROPN":
            return None
        appositive = {t.i for child in head.children if child.dep_ == "appos" for t in (child, *child.children)}
        return next((m for m in near if m.head in appositive), None)

    def _carried(self, toll: Toll, before: Sequence[Sided]) -> str | None:
        """The side of "two others", "27 injured": that of the figure before it, unless that one has several sides."""
        sentence = self.parsed.sentence_of[toll.anchor]
        before = before[-12:]
        for sided in reversed(before):
            number = self.parsed.sentence_of[sided.toll.anchor]
            if number < sentence - 1 or (number < sentence and sided.doubt):
                break
            if sided.toll.whole is None and sided.toll.head != toll.head:
                beside = {s.side for s in before if s.toll.anchor == sided.toll.anchor and s.toll.whole is None}
                if len(beside) > 1:
                    return self.people(toll) if self.doc[toll.head].lower_ == "others" else None
                return sided.side
        return None

    def _attackers(self, toll: Toll) -> str | None:
        """Some of the armed men whom the sentence before counts ("five attackers came; two were shot dead")."""
        number = self.parsed.sentence_of[toll.anchor]
        if number == 0 or self.parsed.paragraphs[number] != self.parsed.paragraphs[number - 1]:
            return None
        subject = subject_of(self.doc[toll.anchor])
        if subject is None or subject.i != toll.head:
            return None
        for m in reversed(self.by_sentence.get(number - 1, ())):
            noun = self.doc[m.head]
            if noun.dep_ in ("nsubj", "conj", "nsubjpass") and noun.tag_ == "NNS":
                counted = any(child.dep_ == "nummod" for child in noun.children)
                return m.actor if m.kind == "armed group" and counted else None
        return None

    def _others(self, toll: Toll) -> list[ActorMention]:
        """Those whom the sentence names beside the doers of its verbs."""
        anchor = self.doc[toll.anchor]
        doers = {t.i for above in (anchor, *anchor.ancestors) for child in above.children if child.dep_ == "nsubj"
                 for t in child.subtree if t.i < above.i}
        return [m for m in self.by_sentence.get(self.parsed.sentence_of[toll.anchor], ()) if m.head not in doers]

    def _named_before(self, toll: Toll) -> str | None:
        behind = [m for m in self._others(toll) if m.head < toll.anchor and m.kind in _VICTIMS
                  and not (m.sentence == 0 and self.text.startswith(":", m.end))]  # "Army: 30 killed"
        return behind[-1].actor if behind else None

    def people(self, toll: Toll) -> str:
        """The civilians of the country where the toll is told."""
        country = self.sight.country(toll.head, self.parsed.sentence_of[toll.anchor], "civilians")
        return role("CIV.*", country, self.parsed.article.published)


def _titled(head: Token) -> bool:
    return any(child.dep_ in ("compound", "appos") for child in head.children)
