"""Coding: one article in, its events and actor mentions out, each cell traceable to the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from etl.article import Article, CodedArticle, Mention

if TYPE_CHECKING:
    from etl.coding.scenes import Readings
    from etl.coding.speech import Stance

__all__ = ["code_article", "code_articles"]


def code_article(article: Article) -> CodedArticle:
    """Code one article by the codebook.

    Returns its events in order of first telling, the actors of each sentence, and the number of sentences. The model
    is loaded at the first call (about a second).
    """
    return next(code_articles([article]))


def code_articles(articles: Iterable[Article]) -> Iterator[CodedArticle]:
    """Code articles in turn; one after another, so that memory does not grow with their number."""
    from etl.coding.events import find_events

    for article in articles:
        readings, stances = read_article(article)
        events = find_events(readings, stances)
        coded = CodedArticle(article, tuple(events), tuple(_mentions(readings)), len(readings.parsed.sentences))
        readings.parsed.doc.dissolve()
        yield coded


def read_article(article: Article) -> tuple[Readings, Sequence[Stance]]:
    """All that the readers of words, actors, places, dates and figures find in an article, and who claims or denies."""
    # Imported here, since they load spaCy: whoever only looks at a release need not wait for it.
    from etl.coding.actions import find_actions
    from etl.coding.actors import find_actors
    from etl.coding.casualties import find_figures
    from etl.coding.dates import find_dates
    from etl.coding.parse import parse
    from etl.coding.places import find_places
    from etl.coding.scenes import Readings
    from etl.coding.speech import Speech, claims_and_denials

    parsed = parse(article)
    actors = find_actors(parsed)
    speech = Speech(parsed, actors)
    readings = Readings(
        parsed=parsed, actions=find_actions(parsed), actors=actors, places=find_places(parsed),
        dates=find_dates(parsed.text, article.published, parsed.doc),
        figures=find_figures(parsed, actors, speech), speakers=speech.speakers)
    return readings, claims_and_denials(speech)


def _mentions(readings: Readings) -> list[Mention]:
    counted: dict[tuple[int, str], int] = {}
    for mention in readings.actors:
        if mention.actor:
            key = (mention.sentence, mention.actor)
            counted[key] = counted.get(key, 0) + 1
    parsed, made = readings.parsed, []
    for (sentence, actor), n in sorted(counted.items()):
        span = parsed.sentences[sentence]
        start, end = parsed.original(span.start_char, span.end_char)
        made.append(Mention(actor, n, parsed.paragraphs[sentence], sentence, start, end))
    return made
