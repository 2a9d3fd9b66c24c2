"""The parts that actors play in a happening: who does it, to whom, who is hurt, what is hit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

from etl.coding.actors import ActorMention
from etl.coding.attribution import answerable, standing
from etl.coding.identity import Happening, in_lead
from etl.coding.kinds import home_states, is_group, kind, nationalities, root, state_of, state_words
from etl.coding.needs import words
from etl.coding.referring import speaking_verbs
from etl.coding.roles import AGENT, BOTH, TARGET, role
from etl.coding.scenes import Readings, Scene
from etl.coding.tree import Token
from etl.reference import read_table


class Parts:
    """Actors of a happening by the part they play, each counted, the headline and lead twice.

    `agents` do it, `targets` it is done to, `both` stand on the sides of a clash, `victims` lost people, `named` are
    all that its clauses name, `nations` those whose adjective stands at the deed ("Pakistani jets"), `objects` the
    things that were hit, `struck` those of them that the deed was plainly done to, `answerable` the groups that a
    sentence beside the deed holds to have done it, `joined` third states named in one breath with a border state,
    `aimed` forces, officials and elders whose house, van or office the deed was done to, `unmanned` whether a machine
    without a pilot did it, which anybody may fly, `unknown` whether the text calls the doers unknown.
    """

    def __init__(self, readings: Readings, happening: Happening) -> None:
        self.agents: Counter[str] = Counter()
        self.targets: Counter[str] = Counter()
        self.both: Counter[str] = Counter()
        self.named: Counter[str] = Counter()
        self.nations: Counter[str] = Counter()
        self.objects: Counter[str] = Counter()
        self.struck: Counter[str] = Counter()
        for scene in happening.scenes:
            for mention in scene.actors:
                if mention.actor and mention.kind != "outlet" and not _known_for_it(readings, scene, mention):
                    self._place(readings, scene, mention)
            self._things(readings, scene)
            self._sources(readings, scene)
            self._adjectives(readings, scene)
        if happening.family in {"accusation", "threat"}:
            self._speakers([readings.speakers[s.sentence] for s in happening.scenes], happening.family)
        self.answerable = answerable(readings, happening) if happening.family == "violence" else []
        self.aimed = _aimed(readings, happening) if happening.family == "violence" else []
        self.unmanned = happening.family == "violence" and _unmanned(readings, happening)
        self.unknown = happening.family == "violence" and _unknown(readings, happening)
        self.joined = _joined(readings, happening) if happening.family in {"talking", "agreement"} else []
        figures = [f for s in happening.scenes for f in s.figures if f.side and not f.aggregate]
        self.victims = Counter(f.side for f in figures if f.side)
        self._killed = [(f.side, f.low or f.high or 0) for f in figures if f.side and f.measure == "killed"]

    def _speakers(self, said: list[str | None], family: str) -> None:
        """Who says it makes the statement; in "Kabul would bear the consequences" the subject is the one threatened."""
        speakers = [speaker for speaker in said if speaker]
        own = {root(a) for a in speakers} & {root(a) for a in self.agents}
        if speakers and not own and (family == "threat" or not self.agents):
            self.targets += self.agents
            self.agents = Counter(speakers)

    def toll(self, of: Callable[[str], bool]) -> int:
        """The largest figure of killed on a side for which `of` holds."""
        return max((number for side, number in self._killed if of(side)), default=0)

    def _place(self, readings: Readings, scene: Scene, mention: ActorMention) -> None:
        if mention.kind == "nationality":
            self.nations[mention.actor] += 1
            return
        anchors = [a.token for a in scene.actions if a.modality in {"real", "kind"}]
        told = scene.group != "violence" or any(a.modality == "state" for a in scene.actions)
        if not anchors and told:
            anchors = [scene.actions[0].token]  # else "the minister asked police about the kidnapping"
        played = {role(readings.parsed.doc, mention.head, anchor) for anchor in anchors}
        weight = 2 if in_lead(scene) else 1
        if BOTH in played:
            self.both[mention.actor] += weight
        elif AGENT in played and not _speaks(readings.parsed.doc[mention.head], scene):
            self.agents[mention.actor] += weight
        elif TARGET in played:
            self.targets[mention.actor] += weight
        self.named[mention.actor] += weight

    def _things(self, readings: Readings, scene: Scene) -> None:
        """Things that were hit, by `target_words.csv`; `struck` are those that the deed was plainly done to."""
        doc = readings.parsed.doc
        anchors = [a.token for a in scene.actions if a.modality in {"real", "kind"} and a.strength != "cue"]
        for token in doc.char_span(scene.start, scene.end) or ():
            lemma = token.lemma_.lower()
            if lemma in target_words() and token.dep_ in {"dobj", "nsubjpass", "pobj", "nsubj", "compound"}:
                self.objects[lemma] += 1
                if any(role(doc, token.i, anchor) == TARGET for anchor in anchors):
                    self.struck[lemma] += 1

    def _sources(self, readings: Readings, scene: Scene) -> None:
        """Whence it was fired: "shells from Pakistan", "drones sent by Pakistan"."""
        if any(a.event_type in {"shelling", "air_strike"} for a in scene.actions):
            for place in scene.places:
                before = readings.parsed.text[max(0, place.start - 5) : place.start].lower()
                state = state_of(place.place.country)
                if state and before.endswith((" from ", "from ", " by ")) and place.place.geo_precision == "country":
                    self.agents[state] += 1

    def _adjectives(self, readings: Readings, scene: Scene) -> None:
        """Whose weapons they were: "Pakistani jets", "Afghan fire"."""
        for action in scene.actions:
            if action.event_type in {"shelling", "air_strike", "armed_clash", "armed_attack"}:
                span = readings.parsed.doc.char_span(action.start, action.end) or ()
                for word in {*span, *(child for token in span for child in token.children)}:
                    owner = nationalities().get(word.text)
                    if owner and word.dep_ in {"amod", "compound", "nmod", "nsubj"}:
                        self.nations[owner] += 1


def _aimed(readings: Readings, happening: Happening) -> list[str]:
    """Whose the thing hit was: "a grenade thrown at a policeman's house", "a van that carried policemen"."""
    doc = readings.parsed.doc
    found: dict[str, None] = {}
    for scene in happening.scenes:
        anchors = {a.token for a in scene.actions if a.modality == "real" and a.strength != "cue"}
        anchors |= {doc[i].head.i for i in anchors if doc[i].dep_ in {"nsubj", "nsubjpass", "dobj"}}
        for mention in scene.actors:
            if mention.kind not in {"military", "police", "government", "community"}:
                continue
            if mention.kind == "government" and doc[mention.head].dep_ in {"compound", "amod", "nmod"}:
                continue  # "a government school"
            if _escapes(doc[mention.head]):
                found.setdefault(mention.actor)
            current = doc[mention.head]
            for _ in range(_REACH):
                if current.dep_ in {"nsubj", "nsubjpass", "agent", "ROOT", "conj"} or current.i in anchors:
                    break
                current = current.head
            if current.i in anchors and current.i != mention.head and doc[mention.head].dep_ in _WITHIN:
                found.setdefault(mention.actor)
    return list(found)


_REACH = 8  # steps up the tree
_WITHIN = {"poss", "compound", "pobj", "dobj", "nmod"}


def _unmanned(readings: Readings, happening: Happening) -> bool:
    """Whether a trigger or its clause names a drone or quadcopter."""
    doc = readings.parsed.doc
    return any(
        t.lemma_.lower() in words("unmanned")
        for s in happening.scenes
        if any(a.event_type == "air_strike" for a in s.actions)
        for t in doc.char_span(s.start, s.end) or ()
    )


def _unknown(readings: Readings, happening: Happening) -> bool:
    """Whether the doers are called unknown ("unidentified gunmen")."""
    doc = readings.parsed.doc
    return any(
        child.lower_ in words("unknown")
        for s in happening.scenes
        for m in s.actors
        if is_group(m.actor)
        for child in doc[m.head].lefts
    )


def _joined(readings: Readings, happening: Happening) -> list[str]:
    """Third states named in one breath with a border state ("diplomats of China, Pakistan and Afghanistan met")."""
    found: dict[str, None] = {}
    for scene in happening.scenes:
        span = readings.parsed.doc.char_span(scene.start, scene.end) or ()
        names = {token.i: state_words()[token.text] for token in span if token.text in state_words()}
        for i, actor in names.items():
            beside = [names[other.i] for other in readings.parsed.doc[i].conjuncts if other.i in names]
            host = scene.place is not None and state_of(scene.place.country) == actor
            if actor not in home_states() and any(other in home_states() for other in beside) and not host:
                found.setdefault(actor)
    return list(found)


def _known_for_it(readings: Readings, scene: Scene, mention: ActorMention) -> bool:
    """Whether a group is only named for what it does as a rule, in a clause that tells nothing new."""
    return (
        mention.kind == "armed group"
        and scene.group == "violence"
        and scene.sentence > 0
        and not scene.figures
        and standing(readings.parsed.doc[mention.head])
    )


def _speaks(token: Token, scene: Scene) -> bool:
    """Whether the phrase only is the source of what the sentence tells ("the group confirmed its chief's death")."""
    if token.dep_ in {"poss", "compound"}:
        token = token.head  # "the Taliban's office confirmed the shelling"
    if token.dep_ != "nsubj":
        return False
    if any(c.dep_ in {"ccomp", "parataxis"} for c in token.head.children):
        return True
    told = scene.group == "violence" and token.head.i not in {a.token for a in scene.actions}
    return told and token.head.lemma_.lower() in speaking_verbs()


def _escapes(token: Token) -> bool:
    """"The officer had a narrow escape", "policemen survived": it was meant for them."""
    if token.dep_ == "conj":
        token = token.head
    verb = token.head
    return token.dep_ == "nsubj" and any(
        t.lemma_.lower() in words("survive") for t in (verb, *(c for c in verb.children if c.dep_ == "dobj")))


@cache
def target_words() -> dict[str, dict[str, str]]:
    """What things tell whose they are (`target_words.csv`)."""
    return read_table("target_words").index("word")


def fights(actor: str) -> bool:
    """Tribes and their lashkars fight; other people do not."""
    return kind(actor) == "community"


def any_group(parts: Parts) -> bool:
    """Whether an armed group, named or not, plays any part."""
    return any(is_group(a) for c in (parts.agents, parts.both, parts.targets, parts.victims, parts.named) for a in c)
