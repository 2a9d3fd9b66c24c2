"""Where a stretch of an article happens: the places of its sentence, then those that the text left the reader with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from etl.coding.parse import Parsed
from etl.coding.places import Place, PlaceMention, locate
from etl.coding.scenes import Readings, Scene

_GOES_ON = 4  # sentences behind the one that names a district in which its place may be told
_PLACING = ("in", "at", "near")
_NEAR_BORDER = 12.0  # kilometres: how near to the Durand Line a place may be what "the border" refers to


def whereabouts(parsed: Parsed, mentions: Sequence[PlaceMention], start: int, end: int) -> Place | None:
    """The place of what characters start..end of the cleaned text tell, or None where the article names none.

    Tried in turn: the stretch itself, its sentence, the sentences before it in its paragraph, the lead and the title,
    the paragraphs before, the dateline; a mere country or "the border" is kept only where nothing better turns up.
    """
    sentence = _sentence(parsed, start)
    fallback: Place | None = None
    landmark: Place | None = None
    around = range(sentence - 1, sentence + 2)
    for group in _groups(parsed, mentions, sentence, start, end):
        place = locate(group)
        if place is None:
            continue
        if place.kind == "landmark":
            landmark = landmark or place
        elif landmark and place.province != landmark.province:
            return landmark
        elif place.geo_precision in ("country", "border"):
            fallback = fallback or place
        elif fallback is None or fallback.geo_precision == "country":
            return _refined(place, group[-1].sentence, mentions)
        elif place.geo_precision == "place" and (group[0].sentence in around or group[0].sentence < 3) and (
                place.km_to_border is None or place.km_to_border < _NEAR_BORDER):
            return place  # "the border" is where the sentences around it are
    return landmark or fallback or locate([m for m in mentions if m.role == "dateline"][:1])


def names_unknown_place(readings: Readings, scene: Scene) -> bool:
    """Whether the clause says that it happened in a place that the gazetteer does not have ("a post in Gulzarkot").

    The dateline's town would then be a wrong answer that looks right.
    """
    known = [(m.start, m.end) for found in (readings.places, readings.actors, readings.dates) for m in found]
    anchors = {a.token for a in scene.actions}
    for token in readings.parsed.doc.char_span(scene.start, scene.end) or ():
        if token.pos_ != "PROPN" or token.dep_ != "pobj" or token.head.lower_ not in _PLACING or not token.is_title:
            continue
        near = {token.head.head.i, token.head.head.head.i}
        if near & anchors and not any(start <= token.idx < end for start, end in known):
            return True
    return False


def only_province(place: Place) -> Place:
    """What is left of a place when only its province is sure."""
    if place.geo_precision not in ("place", "district"):
        return place
    return replace(place, place_id=None, name=place.province or place.country or "", district=None, latitude=None,
                   longitude=None, km_to_border=None, geo_precision="province" if place.province else "country")


def _refined(place: Place, sentence: int, mentions: Sequence[PlaceMention]) -> Place:
    """A district or province told in one sentence gives way to a place in it that the next sentences name."""
    if place.geo_precision not in ("district", "province"):
        return place
    district = place.geo_precision == "district"
    for mention in mentions:
        told = mention.place
        if sentence < mention.sentence <= sentence + _GOES_ON and mention.role == "location" and told != place:
            if told.province != place.province or (district and told.district != place.district):
                return place
            if told.geo_precision in ("place", "district") and told.kind != "landmark" and (
                    told.name != told.district or not district):
                return told
    return place


def _sentence(parsed: Parsed, start: int) -> int:
    for number, span in enumerate(parsed.sentences):
        if start < span.end_char:
            return number
    return max(0, len(parsed.sentences) - 1)


def _groups(parsed: Parsed, mentions: Sequence[PlaceMention], sentence: int, start: int, end: int
            ) -> Iterator[list[PlaceMention]]:
    usable = [m for m in mentions if m.role == "location"]

    def of(number: int) -> list[PlaceMention]:
        return [m for m in usable if m.sentence == number]

    yield [m for m in usable if start <= m.start < end]
    yield of(sentence)
    paragraph = parsed.paragraphs[sentence] if parsed.paragraphs else 0
    before = sentence - 1
    while before > 0 and parsed.paragraphs[before] == paragraph:
        yield of(before)
        before -= 1
    yield [m for m in mentions if m.role == "origin" and m.sentence == sentence]
    yield [m for m in mentions if m.role in ("other", "organisation") and m.sentence == sentence
           and m.place.km_to_border is not None and m.place.km_to_border < _NEAR_BORDER]
    if before > 0:
        yield of(before)
    after = sentence + 1
    while after < len(parsed.paragraphs) and parsed.paragraphs[after] == paragraph:
        yield of(after)
        after += 1
    yield from (of(0), of(1), of(2))
    for number in (*range(before, 1, -1), *range(after, len(parsed.sentences))):
        yield of(number)
