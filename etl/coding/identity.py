"""Event identity inside one article: which scenes tell one happening.

A headline, the lead and later details are one event; a roundup is many. Scenes are taken in the order of the text; each
joins the event it fits best or starts one of its own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from etl.coding.dates import DateMention, undated
from etl.coding.places import Place
from etl.coding.scenes import Scene

_LEAD = 3  # title and first two paragraphs: what the article was written to report
_JOIN = 0.5  # fit from which a scene belongs to an event (see `fit`)
_RECALLED = 10  # days: a longer time is no day of a happening that the text has not dated yet
_BARE = 0.3  # the same for a scene that names no day, place or figure: it can hardly be news of its own


@dataclass
class Happening:
    """Scenes of one event; `date` and `place` are the best that any of them tells of its own."""

    family: str
    scenes: list[Scene] = field(default_factory=list)
    date: tuple[dt.date, dt.date, str] | None = None
    place: Place | None = None
    counted: set[tuple[str, int | None]] = field(default_factory=set)  # the figures of the scenes that were taken in

    def add(self, scene: Scene) -> None:
        """Take a scene in, and what it knows better about day and place."""
        self.scenes.append(scene)
        self.counted |= _figures(scene)
        own = own_date(scene)
        if own and (self.date is None or _width(own) < _width(self.date)):
            self.date = own
        if scene.place and (self.place is None or _finer(scene.place, self.place)):
            self.place = scene.place

    @property
    def last_sentence(self) -> int:
        """Sentence of the scene told last."""
        return self.scenes[-1].sentence

    @property
    def types(self) -> set[str]:
        """Event types of the triggers that happened."""
        return {a.event_type for s in self.scenes for a in s.actions if a.modality == "real"}


def own_date(scene: Scene) -> tuple[dt.date, dt.date, str] | None:
    """The day or period that the scene itself gives for the happening."""
    for roles in ({"point", "range"}, {"duration", "since"}):
        for date in scene.dates:
            if date.role in roles:
                return date.date_start, date.date_end, date.precision
    return None


def group_scenes(scenes: list[Scene], published: dt.date) -> list[Happening]:
    """The happenings that the scenes of one article tell, in order of first telling."""
    happenings: list[Happening] = []
    for scene in scenes:
        same = [h for h in happenings if h.family == scene.group]
        best = max(same, key=lambda h: fit(scene, h, published), default=None)
        bare = not scene.marker and own_date(scene) is None and scene.place is None and not _figures(scene)
        if best is not None and fit(scene, best, published) >= (_BARE if bare else _JOIN):
            best.add(scene)
        elif starts_event(scene):
            fresh = Happening(scene.group)
            fresh.add(scene)
            happenings.append(fresh)
    return _merged(happenings)


def _merged(happenings: list[Happening]) -> list[Happening]:
    """Happenings that turn out to be one: same family, the same day and the same place, as far as both are told."""
    kept: list[Happening] = []
    for happening in happenings:
        for other in kept:
            if other.family != happening.family or any(s.marker for s in happening.scenes[:1]):
                continue
            same_day = bool(
                happening.date
                and other.date
                and not _apart(happening.date, other.date)
                and max(_width(happening.date), _width(other.date)) <= 2
            )
            near = together(happening.place, other.place) if happening.place and other.place else None
            if near is not False and same_day and (near or happening.place is None or other.place is None):
                for scene in happening.scenes:
                    other.add(scene)
                break
        else:
            kept.append(happening)
    return kept


def starts_event(scene: Scene) -> bool:
    """Whether a scene that fits no event so far tells one of its own."""
    if scene.strength == "strong":
        return True
    if scene.strength != "weak":
        return False
    figures = [f for f in scene.figures if not f.aggregate]
    return bool(figures or own_date(scene) or (scene.place is not None and scene.place.geo_precision != "country"))


def fit(scene: Scene, happening: Happening, published: dt.date) -> float:
    """How well a scene fits an event: below 0 they contradict each other, from `_JOIN` on they are one.

    Days that do not overlap and places that lie apart contradict. A clause that names neither goes on with what was
    told last, unless its words announce another story and it has figures of its own.
    """
    date, place = own_date(scene), scene.place
    old = date is not None and (published - date[1]).days > 4
    if scene.refers_back and not (date and (_apart(date, happening.date) if happening.date else old)):
        return 1.2 - 0.01 * min(scene.sentence - happening.last_sentence, 50)
    spoken = scene.group in {"diplomatic_protest", "accusation", "threat"}  # its places are those of what it is about
    near = together(place, happening.place) if place and happening.place and not spoken else None
    if near is False or (date and happening.date and _apart(date, happening.date)):
        return -1.0
    if old and not happening.date:
        return -0.5
    if date and not happening.date and _width(date) > _RECALLED and scene.group == "violence":
        return -0.5  # "the district has seen attacks over the past months"
    gap = scene.sentence - happening.last_sentence
    past = happening.date is not None and (published - happening.date[1]).days > 4
    score = 0.6 + (0.25 if gap <= 1 and scene.paragraph == happening.scenes[-1].paragraph and not scene.marker else 0.0)
    score += 0.3 if near else 0.0
    score += 0.2 if date and happening.date else 0.0
    shared = _figures(scene) & happening.counted
    score += 0.3 if shared else 0.0
    if scene.marker:
        score -= 0.25 if (near or shared) and (happening.date or not date) else 0.45
    told_apart = bool(_figures(scene) and happening.counted and not shared)
    if near is None and place and happening.place and place.geo_precision == "place" == happening.place.geo_precision:
        score -= 0.25 if told_apart or place.district != happening.place.district else 0.05
    elif told_apart and scene.strength == "strong" and not near and place:
        score -= 0.1
    if past and not date and not near and scene.group != "border_closure":  # an old closing is still talked of
        score -= 0.1 * max(gap, 1)
    own_types = {a.event_type for a in scene.actions if a.strength == "strong" and a.modality == "real"}
    if own_types and happening.types and not own_types & happening.types:
        score -= 0.05
    return score - 0.005 * min(gap, 20)


def together(one: Place, other: Place) -> bool | None:
    """True for the same place or one inside the other, False for places apart, None when it cannot be told."""
    if one.geo_precision == "border" or other.geo_precision == "border":
        return None
    if one.country and other.country and one.country != other.country:
        near = [p.km_to_border for p in (one, other)]
        return None if all(k is not None and k < 30 for k in near) else False
    if one.province and other.province and one.province != other.province:
        return False
    if one.province and one.province == other.province and one.province in {one.name, other.name}:
        return True  # "in Kandahar" may mean the city or the province
    if one.district and other.district:
        if one.district != other.district:
            return False
        if one.geo_precision == other.geo_precision == "place" and one.name != other.name:
            return None
        return True
    if one.name == other.name:
        return True
    if one.province and other.province:
        return None if one.geo_precision == other.geo_precision == "place" else True
    return None


def _apart(one: tuple[dt.date, dt.date, str], other: tuple[dt.date, dt.date, str]) -> bool:
    return one[0] > other[1] or other[0] > one[1]


def _width(date: tuple[dt.date, dt.date, str]) -> int:
    return (date[1] - date[0]).days


def _finer(place: Place, than: Place) -> bool:
    order = {"place": 0, "district": 1, "province": 2, "country": 3, "border": 3}
    return order[place.geo_precision] < order[than.geo_precision]


def _figures(scene: Scene) -> set[tuple[str, int | None]]:
    return {(f.measure, f.low if f.low is not None else f.high) for f in scene.figures if not f.aggregate}


def in_lead(scene: Scene) -> bool:
    """Whether the scene stands in the headline or the first two paragraphs."""
    return scene.paragraph < _LEAD


def date_of(mention: DateMention) -> tuple[dt.date, dt.date, str]:
    """A date mention as (start, end, precision)."""
    return mention.date_start, mention.date_end, mention.precision


def when(happening: Happening, published: dt.date, event_type: str) -> tuple[dt.date, dt.date, str]:
    """First day, last day and precision of a happening, by the codebook's rules for its type."""
    if happening.date:
        start, end, precision = happening.date
        days = (start, end)
        role = next((d.role for s in happening.scenes for d in s.dates if (d.date_start, d.date_end) == days), "")
        if event_type == "talks_failure" and precision == "day" and end <= published:
            return end, end, precision  # talks over several days fail on the last of them
        if role == "duration" and event_type == "border_closure":
            return start, start, precision  # closed for the third day running: it closed two days ago
        if role == "since" and happening.family == "violence" and precision == "day":
            return start, max(end, published), precision
        return happening.date
    statement = next((s.statement for s in happening.scenes if s.statement), None)
    return undated(published, statement)
