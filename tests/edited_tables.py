"""Edits the fine reference tables at random and codes with a cache of before: ``python -m tests.edited_tables SEED N``.

Each round adds, removes, moves and changes rows, many of them made of words of the articles themselves. Every article
must come out as when it is coded without a cache. Prints how many articles were taken from the cache, and coded anew.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from etl import reference, stages
from etl.article import Article, CodedArticle
from etl.cache import Cache
from etl.coding import code_article
from etl.coding.parse import language
from etl.progress import Progress
from etl.read import find, read
from etl.reference import DATA, FOLDER
from etl.reuse import FINE, Reuse
from etl.workers import code_all


@contextmanager
def tables(folder: Path) -> Iterator[None]:
    """Everything reads the reference tables in `folder` meanwhile."""
    reader = reference.read_table.__wrapped__
    before, place = reader.__defaults__, stages.FOLDER
    try:
        reader.__defaults__, stages.FOLDER = (folder,), folder
        _forget()
        yield
    finally:
        reader.__defaults__, stages.FOLDER = before, place
        _forget()


def _forget() -> None:
    """Empty every cache of this package, but keep the language model, which knows no table."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "etl":
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear") and value is not language:
                    value.cache_clear()


def edited(folder: Path, articles: Sequence[Article], chance: random.Random) -> None:
    """Change each of the fine tables in `folder` a little."""
    for name in sorted(FINE):
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns, *rows = csv.reader(file)
        for _ in range(chance.randint(1, 4)):
            place, act = chance.randrange(len(rows)), chance.choice(("add", "add", "remove", "move", "change"))
            if act == "add":
                rows.insert(place, _made(name, columns, rows, _words(articles, chance), chance))
            elif act == "remove":
                rows.pop(place)
            elif act == "move":
                rows.insert(chance.randrange(len(rows)), rows.pop(place))
            else:
                other = chance.choice(rows)
                for column in chance.choice((("actor_id", "kind"), ("case",), ("event_type", "strength"), ("needs",))):
                    if column in columns:
                        rows[place][columns.index(column)] = other[columns.index(column)]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
        os.utime(path, (0, 0))  # as if it had been written before this process began


def _words(articles: Sequence[Article], chance: random.Random) -> list[str]:
    words = chance.choice(articles).full_text.split()
    at = chance.randrange(len(words))
    return [word.strip(".,;:()[]{}*'\"“”‘’?!") or "x" for word in words[at:at + chance.randint(1, 4)]]


def _made(name: str, columns: list[str], rows: list[list[str]], words: list[str], chance: random.Random) -> list[str]:
    """A new row of words that stand in an article, its other cells those of another row."""
    row = dict(zip(columns, chance.choice(rows), strict=True))
    plain = [word.replace("|", "").replace("(", "").replace(")", "") for word in words]
    if name == "triggers":
        first = plain[0][:max(3, len(plain[0]) - 1)] + "*" if chance.random() < 0.5 else plain[0]
        shape = chance.choice(("{0} {1}", "({0}|zzz) {1}", "{0} ... {1}", "({1}|{0})", "{0}"))
        row["pattern"] = shape.format(first, plain[-1])
    else:
        row["alias"] = " ".join(plain)
    return [row[column] for column in columns]


def rounds(articles: Sequence[Article], seed: int, number: int) -> Counter[str]:
    """So many rounds of edits; how many articles were `reused` and `coded`. Raises AssertionError where one differs."""
    chance, told = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(FOLDER, Path(place) / "reference"))
        with tables(folder), Cache(Path(place) / "cache") as kept:
            code_all(articles, None, Progress(quiet=True), kept=kept)
        for _ in range(number):
            edited(folder, articles, chance)
            with tables(folder), Cache(Path(place) / "cache") as kept:
                reused = Reuse(kept).find(articles)
                coded = code_all(articles, None, Progress(quiet=True), kept=kept)
                for article, one in zip(articles, coded, strict=True):
                    anew = code_article(article)
                    assert not isinstance(one, CodedArticle) or one == anew, f"seed {seed}: {article.id} differs"
                told += Counter(reused=len(reused), coded=len(articles) - len(reused))
    return told


def shipped(chance: random.Random, number: int) -> list[Article]:
    """Some of the articles that come with the product."""
    every = [record.article for record in read(find([DATA / "articles"])) if record.article]
    return chance.sample(every, number)


if __name__ == "__main__":
    print(dict(rounds(shipped(random.Random(int(sys.argv[1])), 60), int(sys.argv[1]), int(sys.argv[2]))))
