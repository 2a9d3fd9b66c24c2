"""The quick computation of vectors, attributes and lemmas gives what spaCy's own components give."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import spacy

from etl.coding import network
from etl.coding.parse import MODEL, analyse, language

TEXTS = [
    "Gunmen killed 12 soldiers near Torkham on Dec. 3 at 9am.\nThey're said to have fled; there are no arrests.",
    "Kabul",
    "“We ain't gonna talk,” he said.\n\n\nThe army's spokesman didn't reply. Let's see whether y'all've got to go.",
    "",
]


@pytest.fixture(scope="module")
def plain():
    nlp = spacy.load(MODEL, exclude=["ner"])
    nlp.add_pipe("sentence_starts", before="parser")
    return nlp


def _told(doc):
    """All that is asked of words, by spaCy's names."""
    return [(t.text, t.lower_, t.lemma_, t.pos_, t.tag_, t.dep_, t.head.i, t.idx, t.whitespace_, t.sent.start,
             t.sent.end, t.left_edge.i, t.is_space, t.is_stop, t.is_title, t.like_num,
             [[other.i for other in some] for some in (t.children, t.lefts, t.rights, t.subtree, t.ancestors,
                                                       t.conjuncts)]) for t in doc]


@pytest.mark.parametrize("text", TEXTS)
def test_every_word_is_read_as_by_spacy(plain, text):
    """Each line by itself: that it knows no more of its neighbours than their words is meant."""
    spacys, ours = plain(text), analyse(text)
    assert [told[:2] + told[4:5] + told[7:9] for told in _told(spacys)] == [
        told[:2] + told[4:5] + told[7:9] for told in _told(ours)]
    assert not text or np.abs(spacys.tensor - language()(text).tensor).max() < 1e-4
    for line in filter(None, text.split("\n")):
        assert _told(plain(line)) == _told(analyse(line))
        assert [span.text for span in plain(line).sents] == [span.text for span in analyse(line).sents]


@pytest.mark.parametrize("text", [line for text in TEXTS for line in text.split("\n")])
def test_every_span_is_as_by_spacy(plain, text):
    spacys, ours = plain(text), analyse(text)
    for start, end in itertools.combinations(range(len(spacys) + 1), 2):
        spans = spacys[start:end], ours[start:end]
        told = [(span.text, span.start_char, span.end_char, span.root.i, [t.i for t in span[1:-1]]) for span in spans]
        assert told[0] == told[1]
    for start, end in itertools.combinations(range(len(text) + 1), 2):
        there, here = spacys.char_span(start, end, alignment_mode="expand"), ours.char_span(start, end)
        assert here is not None and (here.start, here.end) == (there.start, there.end)
    assert ours.char_span(0, len(text) + 1) is None


def test_what_was_read_before_changes_nothing(monkeypatch):
    def read(*texts):
        vectors = network.QuickVectors(language(), "quick_vectors")
        return [vectors(language().make_doc(text)).tensor for text in texts][-1]

    once = read(TEXTS[0])
    assert (read(*TEXTS[1:], TEXTS[2] * 9, TEXTS[0]) == once).all()
    monkeypatch.setattr(network, "_KEPT", 5)  # a store that is emptied again and again
    assert (read(*TEXTS, *TEXTS, TEXTS[0]) == once).all()
