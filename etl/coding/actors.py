"""Who is named in an article: every mention of an actor, with words such as "troops" or "residents" given a country."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from etl.coding.aliases import PLACE, Match
from etl.coding.casualty_persons import words
from etl.coding.parse import Parsed
from etl.coding.sight import STATES, Sight, acts
from etl.coding.tree import Doc, Span, Token
from etl.reference import read_table

TAKEOVER = dt.date(2021, 8, 15)  # from this day on the Afghan state is the Taliban's
_OF = re.compile(r" (?:of|for|from|at|in) (?:the |its |an? )?(?:(?![a-z-]+ing )[a-z-]+ )?"
                 r"| (?:of|for) (?:the )?(?:[A-Z][\w'-]+ ){1,2}")  # "spokesperson for the Bannu police"
_MEMBER = re.compile(r"[^.;]{0,40}\b(?:of|from|belong\w*|affiliated|linked|associated|allied)\b[^.;,]{0,40}")
_ABBREVIATED = re.compile(r"([A-Z]{2,})\)")
_POSSESSIVE = {"our", "its", "their", "his", "her", "own"}


@dataclass(frozen=True)
class ActorMention:
    """One mention. `start`, `end`: characters of the cleaned text; `head`: token of its syntactic head.

    `kind` is state, government, military, police, armed group, civilians, community, organisation, person or outlet
    (an outlet's `actor` is "": it reports, it is no party).
    """

    start: int
    end: int
    actor: str
    kind: str
    head: int
    sentence: int


@dataclass(frozen=True)
class _Draft:
    """A mention before context has filled its role. `owner` is the draft whose spokesman or official this one is."""

    first: int
    last: int
    actor: str
    kind: str
    country: str | None = None


def find_actors(parsed: Parsed) -> list[ActorMention]:
    """All mentions of actors in the order of the text; longest names win and no two overlap."""
    doc, day = parsed.doc, parsed.article.published
    matches, sight = parsed.aliases, Sight(parsed)
    mentions: list[ActorMention] = []
    for number in range(len(matches)):
        draft = _draft(doc, matches, number)
        if draft is None:
            continue
        actor = _resolve(draft, parsed, sight, mentions, day)
        span = doc[draft.first:draft.last + 1]
        kind = draft.kind
        if kind in ("military", "police") and _former(span):
            here = sight.country(draft.first, parsed.sentence_of[draft.first], "civilians")
            actor, kind = role("CIV.*", here, day), "civilians"
        mentions.append(ActorMention(span.start_char, span.end_char, actor, kind, span.root.i,
                                     parsed.sentence_of[span.root.i]))
    return _institutions(doc, _short_names(doc.text, mentions), day)


def _former(span: Span) -> bool:
    """"A retired Frontier Corps subedar", "a former policeman" is in no force any more."""
    own = [span.root, span.root.head] if span.root.dep_ in ("compound", "nmod", "amod") else [span.root]
    near = (*span, *(token for word in own for token in word.lefts))
    return any(token.lower_ in words("former") for token in near)


def _short_names(text: str, mentions: list[ActorMention]) -> list[ActorMention]:
    """Short names mean what the article says: "Federal Constabulary (FC)" makes "FC personnel" police from then on."""
    meant: dict[str, ActorMention] = {}
    for long, short in pairwise(mentions):
        name = _ABBREVIATED.match(text, short.start)
        if name and text[long.end:short.start] == " (" and long.actor and long.actor != short.actor:
            meant.setdefault(name[1], long)
    if not meant:
        return mentions
    made = []
    for mention in mentions:
        told = meant.get(re.split(r"\W", text[mention.start:mention.end])[0])
        made.append(replace(mention, actor=told.actor, kind=told.kind) if told else mention)
    return made


def role(actor: str, country: str | None, day: dt.date) -> str:
    """A role filled with a country: ``*.MIL`` in "AF" is AFG.MIL, before 15 August 2021 AFG.REP; ``CIV.*`` CIV.AFG."""
    if actor == "CIV.*":
        return {"PK": "CIV.PAK", "AF": "CIV.AFG"}.get(country or "", "CIV")
    part = actor.removeprefix("*.")
    if country in ("PK", None):
        return f"PAK.{part}"
    if country == "AF":
        return "AFG.REP" if day < TAKEOVER else f"AFG.{'MIL' if part == 'POL' else part}"
    return "USA.MIL" if country == "USA" and part == "MIL" else country


def _draft(doc: Doc, matches: list[Match], number: int) -> _Draft | None:
    match = matches[number]
    token = doc[match.last]
    if match.kind == PLACE or (not match.actor and match.kind != "outlet"):
        return None
    left = _modifier(doc, matches, number) if "*" in match.actor else None
    if left is not None and not left.actor:
        return None  # the army of a country without an id
    if match.kind in ("nationality", "state"):
        return _state(doc, matches, number)
    if "*" not in match.actor:
        return _Draft(match.first, match.last, match.actor, match.kind)
    described = token.dep_ == "amod" and token.pos_ == "ADJ" and token.head.lemma_.lower() not in _texts()
    if (match.bound and left is None) or described:
        return None  # "a military aircraft", but "a military statement"
    if match.kind == "civilians" and token.dep_ == "compound" and token.head.i > token.i and token.head.pos_ == "NOUN":
        return None  # "student union", "child marriage"
    country = STATES.get(left.actor, left.actor) if left else _complement(doc, matches, number)
    return _Draft(left.first if left else match.first, match.last, match.actor, match.kind, country)


def _state(doc: Doc, matches: list[Match], number: int) -> _Draft | None:
    match = matches[number]
    token = doc[match.last]
    if _owner_of(doc, matches, number) is not None:
        return None  # part of the phrase to the right
    shared = _shared_role(doc, matches, number)
    if shared is not None:
        return _Draft(match.first, match.last, shared.actor, shared.kind, STATES.get(match.actor, match.actor))
    if match.kind == "state":
        return _Draft(match.first, match.last, match.actor, "state") if acts(token) else None
    noun = token.tag_ in ("NNP", "NNPS", "NNS") and token.dep_ not in ("amod", "compound", "nmod")
    return _Draft(match.first, match.last, match.actor, "state") if noun and match.alone else None


def _near(doc: Doc, left: int, right: int) -> bool:
    """Whether only adjectives, nouns, hyphens and possessive marks stand between two tokens."""
    between = doc[left + 1:right]
    return len(between) <= 4 and all(
        token.pos_ in ("ADJ", "NOUN", "PROPN", "PART", "NUM", "VERB") or token.text in ("-", "'s", "'", '"')
        for token in between) and not any(token.tag_ in ("VBD", "VBZ", "VBP", "TO", "MD") for token in between)


def _modifier(doc: Doc, matches: list[Match], number: int) -> Match | None:
    """The state or nationality right before a role: "Afghan border forces", "Pakistan's military"."""
    if number == 0:
        return None
    before, match = matches[number - 1], matches[number]
    if before.kind not in ("nationality", "state") or not _near(doc, before.last, match.first):
        return None
    linked = doc[before.last + 1].text in ("'s", "'") if before.last + 1 < match.first else False
    return before if before.kind == "nationality" or linked or before.last + 1 == match.first else None


def _owner_of(doc: Doc, matches: list[Match], number: int) -> Match | None:
    """The role to the right that takes this state or nationality as its modifier."""
    if number + 1 >= len(matches):
        return None
    after = matches[number + 1]
    return after if "*" in after.actor and _modifier(doc, matches, number + 1) is matches[number] else None


def _shared_role(doc: Doc, matches: list[Match], number: int) -> Match | None:
    """The role that a coordination shares: the first word of "Afghan and Pakistani forces"."""
    if number + 2 >= len(matches) or matches[number].kind != "nationality":
        return None
    here, other = matches[number], matches[number + 1]
    joint = doc[here.last + 1:other.first]
    if other.kind not in ("nationality", "state") or not 1 <= len(joint) <= 3:
        return None
    if joint[0].lower_ not in ("and", "or", ",", "-", "/"):
        return None
    return _owner_of(doc, matches, number + 1)


def _complement(doc: Doc, matches: list[Match], number: int) -> str | None:
    """The country of "forces of Pakistan", "police in Kandahar", "ministry of foreign affairs in Kabul"."""
    if number + 1 >= len(matches):
        return None
    match, after = matches[number], matches[number + 1]
    between = doc[match.last + 1:after.first]
    if not 1 <= len(between) <= 3 or between[0].lower_ not in ("of", "in", "from"):
        return None
    if any(token.pos_ not in ("ADP", "DET", "ADJ", "PROPN", "NOUN") for token in between):
        return None
    if after.kind in ("state", "nationality"):
        return STATES.get(after.actor, after.actor)
    return after.actor if after.kind == PLACE and after.actor in ("PK", "AF") else None


def _resolve(draft: _Draft, parsed: Parsed, sight: Sight, before: list[ActorMention], day: dt.date) -> str:
    if "*" not in draft.actor:
        return draft.actor
    country = draft.country
    if country is None:
        sentence = parsed.sentence_of[draft.first]
        word = _possessive(parsed.doc, draft.first)
        if word:
            country = _antecedent(before, parsed, sentence, word)
        if country is None:
            country = sight.country(draft.first, sentence, draft.kind)
    return role(draft.actor, country, day)


def _possessive(doc: Doc, first: int) -> str:
    words = [token.lower_ for token in doc[max(0, first - 3):first + 1]]
    return next((word for word in reversed(words) if word in _POSSESSIVE), "")


def _antecedent(before: list[ActorMention], parsed: Parsed, sentence: int, word: str) -> str | None:
    """The country of the party that "its forces", "our soldiers" points to.

    It is the last party of a state named here or in the sentences before; "our" asks for the one who speaks, and
    "their" in the same speech for another.
    """
    parties = [mention for mention in reversed(before) if mention.sentence >= sentence - 3
               and mention.kind in ("state", "government", "military", "police", "person")
               and mention.actor.split(".")[0] in STATES]
    speaker = next((STATES[m.actor.split(".")[0]] for m in parties if _speaks(parsed.doc[m.head])), None)
    if word in ("our", "own"):
        return speaker
    for mention in parties:
        country = STATES[mention.actor.split(".")[0]]
        if mention.sentence < sentence - 1 and not (word == "their" and _quoted(parsed, sentence)):
            break
        if word == "their" and _quoted(parsed, sentence) and country == speaker:
            continue
        return country
    return None


def _speaks(token: Token) -> bool:
    return token.dep_ == "nsubj" and token.head.lemma_.lower() in _say_verbs()


@cache
def _say_verbs() -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("speech_words").rows if row["kind"] == "say")


@cache
def _texts() -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("speech_words").rows if row["kind"] == "text")


def _quoted(parsed: Parsed, sentence: int) -> bool:
    return '"' in parsed.sentences[sentence].text


def _institutions(doc: Doc, mentions: list[ActorMention], day: dt.date) -> list[ActorMention]:
    """Spokesmen and officials take the side they speak for: "the military's spokesman", "spokesman for the TTP"."""
    text = doc.text
    out: list[ActorMention] = []
    for number, mention in enumerate(mentions):
        actor = mention.actor
        if mention.kind == "armed group" and actor == "MILITANTS":
            actor = _membership(text, mentions, number)
        if mention.kind in ("government", "military") and mention.actor.endswith((".GOV", ".REP", ".MIL")):
            before = out[-1] if out else None
            after = mentions[number + 1] if number + 1 < len(mentions) else None
            if after and after.kind == "person" and text[mention.end:after.start] in (" ", ", "):
                # a title and its holder; a sepoy only shares the name of a chief minister
                actor = actor if mention.kind == "military" and after.actor.endswith(".GOV") else after.actor
            elif mention.kind == "military":
                pass
            elif before and text[before.end:mention.start] in (" ", "'s ", "' ") and before.kind != "outlet":
                actor = _office_of(before, mention, day)
            elif after and after.kind not in ("outlet", "civilians", "person") and _OF.fullmatch(
                    text[mention.end:after.start]):
                actor = _office_of(after, mention, day)
        out.append(replace(mention, actor=actor) if actor != mention.actor else mention)
    return out


def _membership(text: str, mentions: list[ActorMention], number: int) -> str:
    """The group of "BLA militants", "three terrorists of the banned TTP", "gunmen belonging to Daesh"."""
    mention = mentions[number]
    before = mentions[number - 1] if number else mention
    if number and before.kind == "armed group" and before.sentence == mention.sentence \
            and text[before.end:mention.start].strip(" -'\"()s") == "":
        return before.actor
    if number + 1 < len(mentions):
        after = mentions[number + 1]
        link = text[mention.end:after.start]
        if after.kind == "armed group" and after.sentence == mention.sentence and _MEMBER.fullmatch(link):
            return after.actor
    return mention.actor


def _office_of(owner: ActorMention, mention: ActorMention, day: dt.date) -> str:
    if owner.kind == "state":
        return role("*.GOV", STATES[owner.actor], day) if owner.actor in STATES else owner.actor
    return owner.actor if owner.kind in ("military", "police", "armed group", "organisation", "government") \
        else mention.actor
