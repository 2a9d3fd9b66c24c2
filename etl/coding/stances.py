"""The grammar of saying: subjects and noun phrases, and the clauses in which someone owns up to a deed or denies it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from etl.coding.actors import ActorMention
from etl.coding.tree import Span, Token
from etl.reference import read_table

SPEAKING = ("state", "government", "military", "police", "person", "armed group", "organisation")


@cache
def words(kind: str) -> frozenset[str]:
    """Words of one kind in `speech_words.csv`."""
    return frozenset(row["word"] for row in read_table("speech_words").rows if row["kind"] == kind)


def stance_of(token: Token) -> str | None:
    """claimed or denied where a verb says so of a deed; None elsewhere."""
    lemma = token.lemma_.lower()
    if token.pos_ != "VERB" or any(c.dep_ in ("neg", "preconj") or c.tag_ == "MD" for c in token.children):
        return None
    objects = [child for child in token.children if child.dep_ in ("dobj", "nsubjpass", "pobj")]
    below = {child.lemma_.lower() for child in objects}
    below |= {child.lemma_.lower() for noun in objects for child in noun.children}
    if lemma in words("own") and below & words("responsible"):
        return "claimed"
    if lemma in words("claim") and (below & words("deed") or _bare(token)
                                     or any(child.dep_ == "agent" for child in token.children)):
        return "claimed"
    if lemma in words("deny"):
        if token.tag_ in ("VBZ", "VBP") and not below & (words("deed") | words("responsible")):
            return None
        if below & words("matter") or any(child.dep_ == "ccomp" for child in token.children):
            return "denied"
        # "Kabul denies it", in the present tense, is a standing answer to a standing charge.
        return "denied" if lemma == "deny" and token.tag_ in ("VBD", "VBN") and (_bare(token) or not objects) else None
    return "claimed" if lemma in words("say") and own_deed(token) else None


def _bare(token: Token) -> bool:
    """"the TTP claimed that", "the group's men claimed both"."""
    return any(child.dep_ == "dobj" and child.pos_ in ("PRON", "DET") for child in token.children)


def own_deed(token: Token) -> bool:
    """"says it carried out the attack", "said its men had staged the raid", "said they were behind the blast"."""
    reach = [*token.children, *(c for child in token.children if child.dep_ in ("prep", "dobj") for c in child.subtree)]
    for clause in reach:
        if clause.dep_ not in ("ccomp", "acl") or clause.i < token.i:
            continue
        subject = subject_of(clause)
        if subject is None:
            continue
        group = subject.lemma_.lower() in ("group", "organisation") and any(c.lower_ == "the" for c in subject.children)
        owned = subject.lower_ in ("it", "they", "we") or group or any(
            child.lower_ in ("its", "their", "our") for child in subject.subtree if child.i <= subject.i + 4)
        if owned and clause.lemma_.lower() in words("do"):
            return True
        if owned and any(child.lower_ == "behind" for child in clause.children):
            return True
        if any(child.dep_ == "attr" and child.lemma_.lower() in words("do") and
               any(c.lower_ in ("its", "their", "our") for c in child.children) for child in clause.children):
            return True  # "said the fort had been its target"
    return False


def claims_deed(thing: Token) -> bool:
    """Whether what is claimed is a deed or the responsibility for it, not a figure ("claim 58 soldiers killed")."""
    below = {thing.lemma_.lower(), *(child.lemma_.lower() for child in thing.children)}
    if any(_counted(t) for c in thing.children if c.lower_ == "of" for t in c.children):
        return False  # "the army claimed the killing of eight militants"
    return thing.pos_ in ("PRON", "DET") or bool(below & (words("deed") | words("responsible")))


def office_holder(office: Token) -> Token | None:
    """The name of who holds an office: "DPO Sajjad Khan", "Shaukat Khan, the police chief"; None where none stands."""
    if office.dep_ in ("compound", "nmod") and office.head.pos_ == "PROPN" and office.head.i > office.i:
        return office.head
    if office.dep_ == "appos" and office.head.pos_ == "PROPN":
        return office.head
    named = next((child for child in office.children if child.dep_ == "appos" and child.pos_ == "PROPN"), None)
    return named or (office if office.pos_ == "PROPN" and office.i and office.nbor(-1).pos_ == "PROPN" else None)


def given_names(surname: Token) -> frozenset[str]:
    """The other proper nouns of a person's name: {"Sajjad"} of "DPO Sajjad Khan" with the office, without titles."""
    return frozenset(child.text for child in surname.children if child.dep_ in ("compound", "nmod")
                     and child.pos_ == "PROPN" and child.i < surname.i and child.lower_ not in words("title"))


def holder(token: Token, near: Mapping[int, Sequence[ActorMention]], names: Mapping[str, str],
           number: int) -> str | None:
    """The actor that claims or denies; None where it is nobody."""
    agent = next((child for child in token.children if child.dep_ == "agent"), None)
    subject = next(iter(agent.children), None) if agent is not None else subject_of(token)
    if subject is None:
        return None
    if subject.tag_ in ("WP", "WDT"):
        top = token
        while top.dep_ in ("conj", "ccomp", "xcomp") and top.head is not top:
            top = top.head
        named = [m for m in near.get(number, ()) if m.head < subject.i and m.kind in SPEAKING]
        if named and subject.i - named[-1].head <= 4:
            return named[-1].actor
        subject = top.head if top.dep_ == "relcl" else subject
    phrase = list(noun_phrase(subject))
    if any(other.lower_ in words("nobody") for other in phrase):
        return None
    inside = {other.i for other in phrase}
    for mention in near.get(number, ()):
        if mention.head in inside and mention.actor and mention.kind in SPEAKING:
            return mention.actor
    if subject.pos_ in ("PRON", "DET") or subject.lemma_.lower() in ("group", "organisation", "outfit", "spokesman"):
        earlier = [m for n in range(number, max(-1, number - 3), -1) for m in reversed(near.get(n, []))
                   if m.head < token.i and m.kind in SPEAKING]
        return next((m.actor for m in earlier if m.kind == "armed group"), earlier[0].actor if earlier else None)
    return names.get(subject.text)


def subject_of(verb: Token) -> Token | None:
    """The subject of a verb, the nearest where the parse finds several; else that of the verb it is joined to."""
    seen = verb
    for _ in range(4):
        subjects = [child for child in seen.children if child.dep_ in ("nsubj", "nsubjpass")]
        if subjects:
            return min(subjects, key=lambda child: abs(child.i - seen.i))
        if seen.dep_ not in ("conj", "xcomp", "advcl", "aux") or seen.head is seen:
            return None
        seen = seen.head
    return None


def noun_phrase(subject: Token) -> list[Token]:
    """The words of a noun phrase, relative clauses last."""
    close: list[Token] = []
    far: list[Token] = []
    queue = [(subject, False)]
    while queue:
        token, remote = queue.pop(0)
        (far if remote else close).append(token)
        queue += [(child, remote or child.dep_ == "relcl") for child in token.children]
    return close + far


def occasion(clause: Token) -> bool:
    """What someone spoke after is not what he said ("the board announced its withdrawal after three were killed")."""
    marked = any(child.dep_ in ("mark", "prep") and child.lower_ == "after" for child in clause.children)
    return (clause.dep_ == "advcl" and marked) or (clause.dep_ == "prep" and clause.lower_ == "after")


def day_after(clause: Token) -> bool:
    """"A day after six people were killed": what the article itself recalls, whatever it hangs on."""
    return clause.dep_ == "advcl" and any(c.lower_ == "after" for c in clause.children if c.dep_ == "mark") and any(
        c.dep_ == "npadvmod" for c in clause.children)


def said_earlier(sentence: Span) -> bool:
    """"Earlier, police had spoken of nine dead": another account of what is told, no other story."""
    said = sentence.root.lemma_.lower() in words("say") and subject_of(sentence.root) is not None
    return said and sentence[0].lower_ in words("earlier")


def reaction(verb: Token, path: Sequence[Token]) -> bool:
    """What a reaction is to is not what the speaker says: "he condemned the attack, in which five were killed".

    `path` leads from what is told up to the verb. "Accused the troops of killing ten" does say so.
    """
    if verb.lemma_.lower() not in words("react"):
        return False
    clauses = {token.dep_ for token in path} & {"ccomp", "pcomp", "advcl", "xcomp", "relcl"}
    return not clauses or "relcl" in clauses


def confirms(verb: Token) -> bool:
    """Whether a verb confirms a toll told before: "confirmed the figures", not "confirmed four deaths"."""
    return verb.lemma_.lower() in words("confirm") and any(
        child.dep_ == "dobj" and child.lemma_.lower() in words("toll") and not _counted(child)
        for child in verb.children)


def _counted(noun: Token) -> bool:
    return any(child.dep_ == "nummod" for child in noun.children)


def issues(token: Token) -> bool:
    """A text that someone issues; a post is one on a platform ("in a post on X"), else a place that is guarded."""
    if token.lemma_.lower() not in words("guarded"):
        return True
    return token.tag_ == "NN" and token.dep_ == "pobj" and token.head.lower_ == "in" and any(
        child.lower_ == "on" for child in token.children)


def vague(subject: Token) -> bool:
    """"An official", "another officer": not the one who spoke before."""
    return any(child.dep_ in ("det",) and child.lower_ in ("a", "an", "another") for child in subject.children)


def upwards(token: Token) -> Iterator[Token]:
    """A token and all that it hangs on, up to the root."""
    yield token
    yield from token.ancestors
