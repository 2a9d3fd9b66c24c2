"""Why an article was coded as it was: the words that were read, and for each cell of a row the words and the rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from etl.article import Article, CodedEvent

KINDS = ("event", "actor", "place", "date", "figure")  # what a word can be read as, in the order of precedence


@dataclass(frozen=True)
class Mark:
    """Words of the article (offsets in `Article.full_text`), what they were read as (`KINDS`), and the reading."""

    start: int
    end: int
    kind: str
    reading: str


@dataclass(frozen=True)
class Reason:
    """Why a cell holds what it holds: the words it was read from (offset pairs, maybe none) and the rule."""

    cell: str
    value: str
    words: tuple[tuple[int, int], ...]
    rule: str


@dataclass(frozen=True)
class Told:
    """One row with its reasons; `kept` is False for a row that was too doubtful to be coded."""

    event: CodedEvent
    kept: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Explanation:
    """An article with the words that were read, in the order of the text, and the rows they became."""

    article: Article
    marks: tuple[Mark, ...]
    rows: tuple[Told, ...]


def explain(article: Article) -> Explanation:
    """Code one article as `etl.coding.code_article` does, and say why. Nothing is stored."""
    from etl.coding import read_article
    from etl.coding.confidence import DOUBT, features, probabilities
    from etl.coding.events import happenings_of

    readings, stances = read_article(article)
    candidates = happenings_of(readings, stances)
    marks = tuple(sorted(_marks(readings), key=lambda mark: (mark.start, -mark.end)))
    rows = []
    for happening, event in candidates:
        found, right = probabilities(features(readings, happening, event, len(candidates)))
        kept = event.salience == "background" or found >= DOUBT
        coded = replace(event, confidence=round(right, 3))
        own = {scene.sentence for scene in happening.scenes}
        near = [readings.parsed.original(s.start_char, s.end_char)
                for i, s in enumerate(readings.parsed.sentences) if i in own]
        rows.append(Told(coded, kept, tuple(_reasons(coded, marks, near, kept))))
    return Explanation(article, marks, tuple(rows))


def _marks(readings) -> Iterator[Mark]:  # type: ignore[no-untyped-def]  # etl.coding.scenes.Readings; loads spaCy
    from etl.coding.kinds import nationalities

    def mark(start: int, end: int, kind: str, reading: str) -> Mark:
        low, high = readings.parsed.original(start, end)
        return Mark(low, high, kind, reading)

    named = set[int]()
    for action in readings.actions:
        if action.modality in ("real", "state", "kind"):
            yield mark(action.start, action.end, "event", action.event_type)
    for actor in readings.actors:
        if actor.actor:
            named.update(range(actor.start, actor.end))
            yield mark(actor.start, actor.end, "actor", actor.actor)
    for token in readings.parsed.doc:  # "Pakistani jets" names a party as well
        if token.text in nationalities() and token.idx not in named:
            yield mark(token.idx, token.idx + len(token), "actor", nationalities()[token.text])
    for place in readings.places:
        yield mark(place.start, place.end, "place", place.place.name)
    for date in readings.dates:
        days = (date.date_start.isoformat(), date.date_end.isoformat())
        yield mark(date.start, date.end, "date", "/".join(dict.fromkeys(days)))
    for figure in readings.figures:
        bounds = "–".join("?" if n is None else str(n) for n in dict.fromkeys((figure.low, figure.high)))
        yield mark(figure.start, figure.end, "figure", f"{bounds} {figure.measure}")


def _reasons(event: CodedEvent, marks: tuple[Mark, ...], near: list[tuple[int, int]], kept: bool) -> Iterator[Reason]:
    """One reason a cell. Words in the row's own sentences (`near`) come before the same reading elsewhere."""
    def words(kind: str, readings: Iterable[str]) -> tuple[tuple[tuple[int, int], ...], bool]:
        wanted = set(readings)
        fitting = [(m.start, m.end) for m in marks if m.kind == kind and m.reading in wanted]
        own = tuple(span for span in fitting if any(low <= span[0] < high for low, high in near))
        return (own or tuple(fitting[:3])), bool(own)

    triggers, own = words("event", [event.event_type])
    if own:
        yield Reason("event_type", event.event_type, triggers, "word of data/reference/triggers.csv")
    else:
        told = sorted({m.reading for m in marks if m.kind == "event" and any(a <= m.start < b for a, b in near)})
        spans, _ = words("event", told)
        yield Reason("event_type", event.event_type, spans,
                     f"decided from {', '.join(told) or 'the clause'} together with who fought whom and where")
    days = "/".join(dict.fromkeys((event.date_start.isoformat(), event.date_end.isoformat())))
    spans, own = words("date", [days])
    yield Reason("date_start, date_end", f"{days} ({event.date_precision})", spans,
                 "counted from the day of publication" if own else
                 "told in another sentence" if spans else
                 "no day of its own: bounded by the day of the statement or of publication")
    place = event.place or event.district or event.province or event.country or ""
    spans, own = words("place", [name for name in (event.place, event.district, event.province) if name])
    yield Reason("place", f"{place} ({event.geo_precision})", spans,
                 "named in the clause, found in the gazetteer" if own else
                 "named elsewhere in the article: dateline, headline or a sentence before" if spans else
                 "only what the text leaves: the country or the border")
    for cell, side in (("actors_a", event.actors_a), ("actors_b", event.actors_b), ("mediators", event.mediators)):
        if side:
            spans, own = words("actor", side)
            yield Reason(cell, ", ".join(side), spans,
                         "named beside the deed" if own else "named elsewhere in the article" if spans else
                         "not named: what such a deed or target implies (default_sides.csv, target_words.csv)")
    for loss in event.casualties:
        for measure in ("killed", "injured"):
            if bounds := getattr(loss, measure):
                shown = "–".join("?" if n is None else str(n) for n in dict.fromkeys(bounds))
                yield Reason(f"casualties, {measure}", f"{shown} of {loss.side or 'all sides'}",
                             ((loss.start, loss.end),),
                             f"according to {loss.by}" if loss.by else "in the article's own voice")
    yield Reason("salience", event.salience, (), "fresh news when it was published" if event.salience == "main" else
                 "over or going on before the news, or only recalled")
    yield Reason("confidence", f"{event.confidence:.2f}", (), "share of rows like this that are wholly right" if kept
                 else "too doubtful: left out of the tables")
