"""An article's text with the words that were read set off, as HTML in which the text itself is escaped throughout."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from etl.explain import KINDS, Mark

LABELS = {"event": "event", "actor": "actor", "place": "place", "date": "day", "figure": "figure"}
# Colour-blind readers and screen readers tell the kinds apart by the label that follows each word.
STYLE = """
.read p {line-height: 1.75; overflow-wrap: anywhere}
.read mark {color: inherit; padding: .05em .15em; border-radius: 3px; background: transparent;
  border-bottom: 2px solid currentColor}
.read mark small {opacity: .85; font-size: .72em; margin-left: .35em}
.read .event {border-bottom-style: double; border-bottom-width: 4px; font-weight: 600}
.read .actor {border-bottom-style: solid}
.read .place {border-bottom-style: dashed}
.read .date {border-bottom-style: dotted}
.read .evidence {background: rgba(245, 190, 60, .26); border-bottom-width: 1px}
.read .figure {font-weight: 600; outline: 1px solid currentColor; border-bottom: none}
"""


def visible(marks: Sequence[Mark]) -> list[Mark]:
    """The marks to show, in the order of the text, none within another: figures and longer words go first."""
    order = {kind: i for i, kind in enumerate(("figure", *(kind for kind in KINDS if kind != "figure")))}
    taken: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (order[m.kind], m.start - m.end, m.start)):
        if mark.end > mark.start and all(mark.end <= other.start or mark.start >= other.end for other in taken):
            taken.append(mark)
    return sorted(taken, key=lambda m: m.start)


def marked_html(text: str, marks: Sequence[Mark]) -> str:
    """`text` as paragraphs, the marked words with their reading behind them. Every character of `text` is escaped."""
    parts, at = [], 0
    for mark in visible(marks):
        parts.append(_plain(text[at:mark.start]))
        reading = escape(mark.reading.replace("_", " "))
        parts.append(f'<mark class="{mark.kind}">{_plain(text[mark.start:mark.end])}'
                     f"<small>{LABELS[mark.kind]}: {reading}</small></mark>")
        at = mark.end
    parts.append(_plain(text[at:]))
    return f'<style>{STYLE}</style><div class="read"><p>{"".join(parts)}</p></div>'


def evidence_html(before: str, evidence: str, after: str) -> str:
    """The evidence set off within its paragraph. Every character of the three parts is escaped."""
    return (f'<style>{STYLE}</style><div class="read">'
            f'<p>{_plain(before)}<mark class="evidence">{_plain(evidence)}</mark>'
            f"{_plain(after)}</p></div>")


def _plain(text: str) -> str:
    return escape(text).replace("\n", "<br>")
