"""spaCy's word vectors and attributes, computed faster: the same network and the same rules, other arithmetic.

- `quick_vectors` stands in for `tok2vec`. The part of the network that sees one word alone is looked up for words met
  before; the layers that look at neighbours are plain matrix products in NumPy, whose BLAS is several times as fast as
  the one that spaCy brings.
- `Lexicon` stands in for `attribute_ruler` and `lemmatizer`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from spacy.attrs import NORM, ORTH, SPACY
from spacy.language import Language
from spacy.pipeline import AttributeRuler, Lemmatizer
from spacy.pipeline.attributeruler import set_token_attrs
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

_KEPT = 100_000  # words (40 MB): with more, the store begins anew
# Words are always computed so many at a time: BLAS rounds by the shape of a product, and a word's vector must not
# depend on which words were new with it.
_BATCH = 16
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
        self.add([doc])
        return doc

    def add(self, docs: Sequence[Doc], gaps: Sequence[str] = ()) -> None:
        """Add the vectors to the lines of a text: each word sees its neighbours beyond the `gaps` between lines."""
        keys: list[tuple[int, int, int]] = []
        bounds = []
        for number, doc in enumerate(docs):
            if number:
                gap = self.vocab.strings.add(gaps[number - 1])
                keys.append((gap, gap, 0))
            bounds.append((len(keys), len(keys) + len(doc)))
            keys += map(tuple, doc.to_array([ORTH, NORM, SPACY]).tolist())
        if keys:
            vectors = np.pad(self._alone(keys), ((self.pad, self.pad), (0, 0)))
            for layer in self.layers:
                vectors = vectors + layer(vectors)
            for doc, (start, end) in zip(docs, bounds, strict=True):
                doc.tensor = vectors[self.pad + start:self.pad + end]

    def _alone(self, keys: list[tuple[int, int, int]]) -> np.ndarray:
        """The vectors of words by themselves, without their neighbours."""
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


class Lexicon:
    """Part of speech and lemma of words that are tagged and parsed, by the model's own rules.

    Nearly all rules look at one word: what they give is kept by word, tag and relation. The few over two words are
    tried where both words fit them.
    """

    def __init__(self, nlp: Language) -> None:
        ruler, lemmatizer = nlp.get_pipe("attribute_ruler"), nlp.get_pipe("lemmatizer")
        assert isinstance(ruler, AttributeRuler) and isinstance(lemmatizer, Lemmatizer)
        self.vocab, self.attrs, self.lemmatizer = nlp.vocab, ruler.attrs, lemmatizer
        self.alone: list[tuple[int, Demands]] = []
        self.pairs: list[tuple[int, int, Demands, Demands]] = []  # with the word at which the rule sets something
        for number, rule in enumerate(ruler.patterns):
            given: Any = rule["patterns"]
            for pattern in given:
                demands = [_demands(word) for word in pattern]
                if len(pattern) == 1:
                    self.alone.append((number, demands[0]))
                else:
                    first, second = demands
                    self.pairs.append((number, ruler.indices[number], first, second))
        self.choices: dict[tuple[str, str], tuple[list[tuple[int, Demands]], dict[str, list[int]]]] = {}
        self.known: dict[tuple[int, int, int], Known] = {}
        self.read: dict[tuple[int, tuple[int, ...]], tuple[str, str]] = {}  # lemma and part of speech
        self.outcomes: dict[tuple[int, ...], tuple[str, str]] = {}
        self.tables = [lemmatizer.lookups.get_table(name) for name in ("lemma_index", "lemma_exc", "lemma_rules")]

    def entries(self, keys: Sequence[tuple[int, int, int]]) -> list[Known]:
        """What is known of each word of a text, given its (ORTH, TAG, DEP)."""
        known = self.known
        found = [known[key] if key in known else self._learn(key) for key in keys]
        for i in [i for i, word in enumerate(found) if word.begins]:
            for number, place, second in found[i].begins:
                if i + 1 < len(found) and _fits(found[i + 1], second):
                    word = found[i + place]
                    lemma, pos = self._read(keys[i + place][0], word, tuple(sorted({*word.rules, number})))
                    found[i + place] = word._replace(lemma=lemma, pos=pos)
        return found

    def _learn(self, key: tuple[int, int, int]) -> Known:
        if len(self.known) > _KEPT:
            self.known.clear()
            self.read.clear()
        text, tag, dep = (self.vocab.strings[one] for one in key)
        bare = Known(text, text.lower(), "", "", tag, dep, (), ())
        others, spelled = self.choices.get((tag, dep)) or self._choices(bare)
        held = [number for number, demands in others if _fits(bare, demands)]
        rules = tuple(sorted({*held, *spelled.get(bare.lower, ())}))
        lemma, pos = self._read(key[0], bare, rules)
        begins = tuple((number, place, two) for number, place, one, two in self.pairs if _fits(bare, one))
        self.known[key] = Known(text, bare.lower, lemma, pos, tag, dep, rules, begins)
        return self.known[key]

    def _choices(self, word: Known) -> tuple[list[tuple[int, Demands]], dict[str, list[int]]]:
        """The rules that a word with this tag and relation may follow: some by its other traits, some by spelling."""
        others: list[tuple[int, Demands]] = []
        spelled: dict[str, list[int]] = {}
        for number, demands in self.alone:
            if _fits(word, tuple(one for one in demands if one[0] in ("tag", "dep"))):
                more = tuple(one for one in demands if one[0] not in ("tag", "dep"))
                if len(more) == 1 and more[0][:2] == ("lower", operator.eq):
                    spelled.setdefault(more[0][2], []).append(number)
                else:
                    others.append((number, more))
        self.choices[word.tag, word.dep] = others, spelled
        return others, spelled

    def _read(self, orth: int, word: Known, rules: tuple[int, ...]) -> tuple[str, str]:
        """Lemma and part of speech of a word for which these rules hold."""
        found = self.read.get((orth, rules))
        if found is None:
            lemma, pos = self.outcomes.get(rules) or self._outcome(rules)
            if not lemma and not any(pos.lower() in table for table in self.tables):
                lemma = word.text if pos == "PROPN" else word.lower
            found = lemma or self._lemma(word.text, rules), pos
            self.read[orth, rules] = found
        return found

    def _outcome(self, rules: tuple[int, ...]) -> tuple[str, str]:
        """Lemma, where they tell one, and part of speech that rules give."""
        doc = self._ruled("x", rules)
        self.outcomes[rules] = doc[0].lemma_, doc[0].pos_
        return self.outcomes[rules]

    def _lemma(self, text: str, rules: tuple[int, ...]) -> str:
        return self.lemmatizer(self._ruled(text, rules))[0].lemma_

    def _ruled(self, text: str, rules: tuple[int, ...]) -> Doc:
        doc = Doc(self.vocab, [text])
        for number in rules:
            set_token_attrs(doc[0], self.attrs[number])
        return doc


Demands = tuple[tuple[str, Callable[[Any, Any], bool], Any], ...]  # of a word: field of `Known`, test, value
_ASKED = {"LOWER": "lower", "TAG": "tag", "DEP": "dep", "IS_SPACE": "is_space"}
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "IN": lambda given, some: given in some, "NOT_IN": lambda given, some: given not in some,
    "REGEX": lambda given, pattern: re.search(pattern, given) is not None}


def _demands(pattern: Mapping[str, Any]) -> Demands:
    """What one of spaCy's patterns of words asks for; raises KeyError for what the model's rules do not ask."""
    made: list[tuple[str, Callable[[Any, Any], bool], Any]] = []
    for name, value in pattern.items():
        if isinstance(value, Mapping):
            made += [(_ASKED[name], _TESTS[test], one) for test, one in value.items()]
        else:
            made.append((_ASKED[name], operator.eq, value))
    return tuple(made)


def _fits(word: Known, demands: Demands) -> bool:
    """Whether a word is as a pattern asks for."""
    return all(holds(getattr(word, name), value) for name, holds, value in demands)


class Known(NamedTuple):
    """A word as it is written, tagged and parsed; `rules` hold for it alone, and with it others `begin` that need a
    second word."""

    text: str
    lower: str
    lemma: str
    pos: str
    tag: str
    dep: str
    rules: tuple[int, ...]
    begins: tuple[tuple[int, int, Demands], ...]

    @property
    def is_space(self) -> bool:
        """Whether it is no word but a line end or surplus blanks."""
        return self.text.isspace()


@Language.factory("quick_vectors")
def _quick_vectors(nlp: Language, name: str) -> Any:
    return QuickVectors(nlp, name)


def quicken(nlp: Language) -> None:
    """Let a loaded pipeline compute its vectors by `QuickVectors` and its scores by NumPy's BLAS."""
    for name in ("tok2vec", "tagger", "parser"):
        model: Any = getattr(nlp.get_pipe(name), "model")  # noqa: B009 - typed as a mere callable
        for node in model.walk():
            node.ops = NumpyOps(use_blis=False)
    nlp.add_pipe("quick_vectors", before="tok2vec")
    nlp.disable_pipe("tok2vec")
