"""The quick computation of vectors and attributes gives what spaCy's own components give."""

from __future__ import annotations

import numpy as np
import pytest
import spacy

from etl.coding import network
from etl.coding.parse import MODEL, language

TEXTS = [
    "Gunmen killed 12 soldiers near Torkham on Dec. 3 at 9am.\nThey're said to have fled; there are no arrests.",
    "Kabul",
    "“We ain't gonna talk,” he said.\n\n\n  The army's spokesman didn't reply.",
    "",
]


@pytest.fixture(scope="module")
def plain():
    nlp = spacy.load(MODEL, exclude=["ner"])
    nlp.add_pipe("sentence_starts", before="parser")
    return nlp


@pytest.mark.parametrize("text", TEXTS)
def test_every_word_is_read_as_by_spacy(plain, text):
    told = [[(t.pos_, t.tag_, t.dep_, t.head.i, t.lemma_, str(t.morph), t.is_sent_start) for t in nlp(text)]
            for nlp in (plain, language())]
    assert told[0] == told[1]
    assert not text or np.abs(plain(text).tensor - language()(text).tensor).max() < 1e-4


def test_what_was_read_before_changes_nothing(monkeypatch):
    def read(*texts):
        vectors = network.QuickVectors(language(), "quick_vectors")
        return [vectors(language().make_doc(text)).tensor for text in texts][-1]

    once = read(TEXTS[0])
    assert (read(*TEXTS[1:], TEXTS[2] * 9, TEXTS[0]) == once).all()
    monkeypatch.setattr(network, "_KEPT", 5)  # a store that is emptied again and again
    assert (read(*TEXTS, *TEXTS, TEXTS[0]) == once).all()
