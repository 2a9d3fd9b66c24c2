"""spaCy's word vectors and attributes, computed faster: the same network and the same rules, other arithmetic.

- `quick_vectors` stands in for `tok2vec`. The part of the network that sees one word alone is looked up for words met
  before; the layers that look at neighbours are plain matrix products in NumPy, whose BLAS is several times as fast as
  the one that spaCy brings.
- `quick_attributes` stands in for `attribute_ruler`. Nearly all its rules look at one word: what they give is kept by
  word, tag and relation, and the matcher runs for the few rules over two words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from spacy.attrs import DEP, LOWER, MORPH, NORM, ORTH, POS, SPACY, TAG
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.pipeline.attributeruler import set_token_attrs
from spacy.tokens import Doc
from thinc.api import Model

_KEPT = 100_000  # words (40 MB): with more, the store begins anew
# Words are always computed so many at a time: BLAS rounds by the shape of a product, and a word's vector must not
# depend on which words were new with it.
_BATCH = 48
_TINY = 1e-8  # thinc's, in the normalisation of a layer


class QuickVectors:
    """Sets `Doc.tensor`, which tagger and parser read: float32 of shape (tokens, width)."""

    def __init__(self, nlp: Language, name: str) -> None:
        model: Any = getattr(nlp.get_pipe("tok2vec"), "model")  # noqa: B009 - typed as a mere callable
        self.embed, encode = model.layers
        self.pad = encode.attrs["pad"]  # blank words at either end, over which the layers run as well
        self.layers = [_Layer(layer) for layer in encode.layers[0].layers]
        self.vocab = nlp.vocab
        self.rows: dict[tuple[int, int, int], int] = {}
        self.store = np.zeros((0, encode.get_dim("nO")), np.float32)

    def __call__(self, doc: Doc) -> Doc:
        """Add the vectors to a tokenized document."""
        if len(doc):
            vectors = np.pad(self._alone(doc), ((self.pad, self.pad), (0, 0)))
            for layer in self.layers:
                vectors = vectors + layer(vectors)
            doc.tensor = vectors[self.pad:len(vectors) - self.pad]
        return doc

    def _alone(self, doc: Doc) -> np.ndarray:
        """The vectors of the words by themselves, without their neighbours."""
        keys = list(map(tuple, doc.to_array([ORTH, NORM, SPACY]).tolist()))
        if any(key not in self.rows for key in keys):
            if len(self.rows) > _KEPT:
                self.rows, self.store = {}, self.store[:0]
            self._learn([key for key in dict.fromkeys(keys) if key not in self.rows])
        return self.store[[self.rows[key] for key in keys]]

    def _learn(self, keys: list[tuple[int, int, int]]) -> None:
        made = [self.store]
        for first in range(0, len(keys), _BATCH):
            some = keys[first:first + _BATCH]
            padded = some + some[:1] * (_BATCH - len(some))
            words = Doc(self.vocab, [self.vocab.strings[orth] for orth, _, _ in padded],
                        [bool(spacy) for _, _, spacy in padded])
            for word, (_, norm, _) in zip(words, padded, strict=True):
                word.norm_ = self.vocab.strings[norm]  # "am" after a number counts as "a.m."
            made.append(self.embed.predict([words])[0][:len(some)])
        self.rows |= {key: len(self.rows) + i for i, key in enumerate(keys)}
        self.store = np.concatenate(made)


class _Layer:
    """One layer that looks at a word and its two neighbours: maxout of three pieces, then layer normalisation."""

    def __init__(self, layer: Model) -> None:
        inner = {node.name: node for node in layer.walk()}
        weights, bias = (np.asarray(inner["maxout"].get_param(name)) for name in ("W", "b"))
        self.width, self.pieces, size = weights.shape
        self.weights = np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(-1, size).T)
        self.bias = np.ascontiguousarray(bias.T).reshape(-1)
        self.gain, self.shift = (np.asarray(inner["layernorm"].get_param(name)) for name in ("G", "b"))

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        n, width = vectors.shape
        window = np.zeros((n, 3 * width), np.float32)
        window[1:, :width] = vectors[:-1]
        window[:, width:2 * width] = vectors
        window[:-1, 2 * width:] = vectors[1:]
        pieces = window @ self.weights + self.bias
        best = pieces[:, :self.width]
        for piece in range(1, self.pieces):
            best = np.maximum(best, pieces[:, piece * self.width:(piece + 1) * self.width])
        best = best - best.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", best, best) / self.width + _TINY
        return best * (spread ** -0.5)[:, None] * self.gain + self.shift


class QuickAttributes:
    """Sets part of speech, morphology and the lemma of odd spellings by the model's own rules."""

    def __init__(self, nlp: Language, name: str) -> None:
        ruler = nlp.get_pipe("attribute_ruler")
        assert isinstance(ruler, AttributeRuler)
        self.vocab, self.attrs, self.indices = nlp.vocab, ruler.attrs, ruler.indices
        self.alone, self.paired = Matcher(nlp.vocab), Matcher(nlp.vocab)
        for number, rule in enumerate(ruler.patterns):
            given: Any = rule["patterns"]
            for size, matcher in ((1, self.alone), (2, self.paired)):
                patterns = [pattern for pattern in given if min(len(pattern), 2) == size]
                if patterns:
                    matcher.add(str(number), patterns)
        self.known: dict[tuple[int, int, int], tuple[int, int, tuple[int, ...]]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Add the attributes to a tagged and parsed document."""
        if not len(doc):
            return doc
        keys = list(map(tuple, doc.to_array([LOWER, TAG, DEP]).tolist()))
        found = [self.known.get(key) or self._learn(key) for key in keys]
        values: Any = np.array([one[:2] for one in found], np.uint64)
        doc.from_array([POS, MORPH], values)
        pairs: dict[int, list[int]] = {}
        for label, start, _ in self.paired(doc, allow_missing=True):
            number = int(self.vocab.strings[label])
            pairs.setdefault(start + self.indices[number], []).append(number)
        for i, (_, _, rules) in enumerate(found):
            if rules or i in pairs:
                for number in sorted([*(self._rules(keys[i])), *pairs.get(i, ())]):
                    set_token_attrs(doc[i], self.attrs[number])
        return doc

    def _word(self, key: tuple[int, int, int]) -> Doc:
        word = Doc(self.vocab, [self.vocab.strings[key[0]]])
        word[0].tag, word[0].dep = key[1:]
        return word

    def _rules(self, key: tuple[int, int, int]) -> list[int]:
        found = self.alone(self._word(key), allow_missing=True)
        return sorted({int(self.vocab.strings[label]) for label, _, _ in found})

    def _learn(self, key: tuple[int, int, int]) -> tuple[int, int, tuple[int, ...]]:
        """Part of speech and morphology for a word, and the rules that set more than these, if any does."""
        word, rules = self._word(key), self._rules(key)
        for number in rules:
            set_token_attrs(word[0], self.attrs[number])
        more = any(set(self.attrs[number]) - {POS, MORPH} for number in rules)
        if len(self.known) > _KEPT:
            self.known.clear()
        kind, form = word.to_array([POS, MORPH])[0].tolist()
        self.known[key] = kind, form, tuple(rules) if more else ()
        return self.known[key]


@Language.factory("quick_vectors")
def _quick_vectors(nlp: Language, name: str) -> Any:
    return QuickVectors(nlp, name)


@Language.factory("quick_attributes")
def _quick_attributes(nlp: Language, name: str) -> Any:
    return QuickAttributes(nlp, name)


def quicken(nlp: Language) -> None:
    """Let a loaded pipeline compute its vectors and attributes by the classes of this module."""
    nlp.add_pipe("quick_vectors", before="tok2vec")
    nlp.add_pipe("quick_attributes", before="attribute_ruler")
    for name in ("tok2vec", "attribute_ruler"):
        nlp.disable_pipe(name)
