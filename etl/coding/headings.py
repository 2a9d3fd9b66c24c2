"""What the headings of an article are: those inside it, and what kind of article its title announces."""

from __future__ import annotations

from collections.abc import Sequence

from etl.coding.needs import words
from etl.coding.parse import Parsed
from etl.coding.scenes import Scene

_HEADING = 9  # words that a heading inside an article has at most


def without_subheadings(parsed: Parsed, scenes: Sequence[Scene]) -> list[Scene]:
    """A heading inside the article ("Two killed in Bannu") only names what the paragraph below it tells."""
    kept = []
    for n, scene in enumerate(scenes):
        below = scenes[n + 1 : n + 6]
        told = any(s.group == scene.group and 0 < s.paragraph - scene.paragraph <= 2 and s.strength for s in below)
        if not (told and is_subheading(parsed, scene.sentence)):
            kept.append(scene)
    return kept


def is_subheading(parsed: Parsed, number: int) -> bool:
    """Whether a sentence is a short paragraph by itself below the lead, without a full stop."""
    paragraph, words = parsed.paragraphs[number], parsed.sentences[number].text.strip()
    return (
        paragraph > 1
        and parsed.paragraphs.count(paragraph) == 1
        and number + 1 < len(parsed.sentences)
        and len(words.split()) <= _HEADING
        and words[-1:] not in set(".?!:\"'”’")
        and words[:1].isalnum()
    )


def is_of_court(parsed: Parsed) -> bool:
    """Whether a court acts in the headline or the first paragraph ("An anti-terrorism court on Monday ordered")."""
    lead = [t for n, p in enumerate(parsed.paragraphs) if p <= 1 for t in parsed.sentences[n]]
    acts = {"nsubj", "nsubjpass"}
    return any(
        t.lemma_.lower() in words("court")
        and (t.pos_ == "VERB" or t.dep_ in acts or (t.dep_ == "pobj" and t.head.dep_ == "agent"))
        for t in lead
    )


def is_opinion(parsed: Parsed) -> bool:
    """Whether the text opens as editorials are set: a first word in capitals that is no name ("THE message …")."""
    lead = [t for n, p in enumerate(parsed.paragraphs) if p == 1 for t in parsed.sentences[n] if t.is_alpha]
    return len(lead) > 1 and lead[0].is_upper and len(lead[0]) > 1 and lead[0].is_stop and not lead[1].is_upper
