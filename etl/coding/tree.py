"""A parsed text as plain objects: words, their tree, and spans of them.

The readers of an article ask each word many times for its lemma, head or children. Names and meanings are those of
spaCy's classes, but what is asked for is computed once; spaCy makes an object anew whenever a word is looked at.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

from spacy.lang.en.lex_attrs import like_num
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.lang.lex_attrs import is_punct


class Token:
    """One word: `i` its number, `idx` its first character, `head` its governor (itself, where it has none).

    `children` are in the order of the text. A word that was not parsed has no relation (`dep_` is "") and is its own
    head.
    """

    __slots__ = ("children", "dep_", "doc", "head", "i", "idx", "lemma_", "lower_", "pos_", "tag_", "text",
                 "whitespace_")
    head: Token
    children: Sequence[Token]

    def __init__(self, doc: Doc, i: int, idx: int, text: str, lower: str, lemma: str, pos: str, tag: str, dep: str,
                 whitespace: str) -> None:
        self.doc, self.i, self.idx, self.text, self.lower_, self.lemma_ = doc, i, idx, text, lower, lemma
        self.pos_, self.tag_, self.dep_, self.whitespace_ = pos, tag, dep, whitespace
        self.head, self.children = self, ()

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return self.text

    @property
    def lefts(self) -> list[Token]:
        """The children before it."""
        return [child for child in self.children if child.i < self.i]

    @property
    def rights(self) -> list[Token]:
        """The children behind it."""
        return [child for child in self.children if child.i > self.i]

    @property
    def subtree(self) -> Iterator[Token]:
        """The word and all that hangs on it."""
        if not self.children:
            yield self
            return
        for child in self.lefts:
            yield from child.subtree
        yield self
        for child in self.rights:
            yield from child.subtree

    @property
    def ancestors(self) -> Iterator[Token]:
        """Its head, the head of that, and so on."""
        current = self
        while current.head is not current:
            current = current.head
            yield current

    @property
    def conjuncts(self) -> tuple[Token, ...]:
        """The words that are coordinated with it."""
        first = self
        while first.head is not first and first.dep_ == "conj":
            first = first.head
        found = [first]
        for word in found:
            found += [child for child in word.rights if child.dep_ == "conj"]
        return tuple(word for word in found if word is not self)

    @property
    def left_edge(self) -> Token:
        """The first word of its subtree."""
        return min(self.subtree, key=lambda word: word.i)

    @property
    def sent(self) -> Span:
        """The sentence in which it stands."""
        starts = self.doc.starts
        number = bisect_right(starts, self.i)
        return Span(self.doc, starts[number - 1], starts[number] if number < len(starts) else len(self.doc))

    def nbor(self, steps: int = 1) -> Token:
        """The word so many words on; raises IndexError beyond the ends of the text."""
        if self.i + steps < 0:
            raise IndexError(f"no word {steps} words from word {self.i}")
        return self.doc.tokens[self.i + steps]

    @property
    def is_space(self) -> bool:
        """Whether it is no word but a line end or surplus blanks."""
        return self.text.isspace()

    @property
    def is_alpha(self) -> bool:
        """Whether it consists of letters."""
        return self.text.isalpha()

    @property
    def is_upper(self) -> bool:
        """Whether it is written in capitals."""
        return self.text.isupper()

    @property
    def is_lower(self) -> bool:
        """Whether it is written without capitals."""
        return self.text.islower()

    @property
    def is_title(self) -> bool:
        """Whether it begins with a capital that no other follows."""
        return self.text.istitle()

    @property
    def is_stop(self) -> bool:
        """Whether it is a function word."""
        return self.lower_ in STOP_WORDS

    @property
    def like_num(self) -> bool:
        """Whether it is a number."""
        return bool(like_num(self.text))


class Span:
    """Words `start` to `end` (exclusive) of a text."""

    __slots__ = ("doc", "end", "start")

    def __init__(self, doc: Doc, start: int, end: int) -> None:
        self.doc, self.start, self.end = doc, start, end

    def __iter__(self) -> Iterator[Token]:
        return iter(self.doc.tokens[self.start:self.end])

    def __len__(self) -> int:
        return self.end - self.start

    @overload
    def __getitem__(self, which: int) -> Token: ...

    @overload
    def __getitem__(self, which: slice) -> Span: ...

    def __getitem__(self, which: int | slice) -> Token | Span:
        if isinstance(which, slice):
            start, end, _ = which.indices(len(self))
            return Span(self.doc, self.start + start, self.start + max(start, end))
        return self.doc.tokens[self.start:self.end][which]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and (self.doc, self.start, self.end) == (other.doc, other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.start, self.end))

    @property
    def start_char(self) -> int:
        """Its first character."""
        return self.doc.tokens[self.start].idx

    @property
    def end_char(self) -> int:
        """The character behind its last one."""
        last = self.doc.tokens[self.end - 1]
        return last.idx + len(last.text)

    @property
    def text(self) -> str:
        """Its characters."""
        return self.doc.text[self.start_char:self.end_char]

    @property
    def root(self) -> Token:
        """The word of it that is nearest to the root of the sentence, of several the first; a mark only where it has
        to be."""
        words = self.doc.tokens[self.start:self.end]
        for word in words:
            if word.head is word:
                return word
        outer = [word for word in words if not self.start <= word.head.i < self.end]
        return min(outer, key=_depth) if outer else words[0]


def _depth(word: Token) -> float:
    if not word.children and (word.is_space or is_punct(word.text)):
        return math.inf
    return sum(1 for _ in word.ancestors)


class Doc:
    """The words of a text and where its sentences start (`starts`: numbers of words, the first being 0)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.starts: list[int] = []

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    @overload
    def __getitem__(self, which: int) -> Token: ...

    @overload
    def __getitem__(self, which: slice) -> Span: ...

    def __getitem__(self, which: int | slice) -> Token | Span:
        if isinstance(which, slice):
            start, end, _ = which.indices(len(self.tokens))
            return Span(self, start, max(start, end))
        return self.tokens[which]

    def dissolve(self) -> None:
        """Forget the words. They point to each other: without this they wait in memory for the garbage collector."""
        for token in self.tokens:
            token.children = ()
            del token.head, token.doc
        self.tokens.clear()

    @property
    def sents(self) -> Iterator[Span]:
        """Its sentences."""
        for number, start in enumerate(self.starts):
            yield Span(self, start, self.starts[number + 1] if number + 1 < len(self.starts) else len(self.tokens))

    @cached_property
    def _begins(self) -> list[int]:
        return [token.idx for token in self.tokens]

    def char_span(self, start: int, end: int) -> Span | None:
        """All words that stand at least partly in characters start..end; None where these are not within the text.

        A blank counts as the end of the word before it, except for the first character.
        """
        if not self.tokens or not 0 <= start < len(self.text) or not 0 < end <= len(self.text):
            return None
        first = bisect_right(self._begins, start) - 1
        last = bisect_right(self._begins, end - 1) - 1
        if first < 0 or last < 0:
            return None
        if start == self._begins[first] + len(self.tokens[first].text):
            first += 1
        return Span(self, first, max(first, last + 1))
