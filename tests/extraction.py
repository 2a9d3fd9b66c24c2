"""How well articles are found in web pages: ``python -m tests.extraction``.

Every story of `tests.made_pages` in every layout is read by the quick look, with care, and as a run keeps it. Prints a
table: share of the words found that belong to the text (precision), share of the text's words that are found (recall),
both over words with their numbers, and the shares of right titles, days and publishers.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from etl.read.html import page_record
from etl.read.page import Page, glance, peruse
from tests.made_pages import LAYOUTS, PUBLISHER, SITE, STORIES, Story

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1, over all pages that were read."""

    precision: float
    recall: float
    title: float
    day: float
    publisher: float


def kept(html: str, url: str) -> Page:
    """The page as a run keeps it; an empty one where it is refused."""
    record = page_record(html, "a", url=url, cure="").settled(None)
    one = record.article
    return Page(one.title, one.text, one.published.isoformat(), one.publisher, one.url) if one else Page()


READERS: dict[str, Callable[[str, str], Page | None]] = {"quick look": glance, "with care": peruse, "as kept": kept}


def address(story: Story, layout: str) -> str:
    """Where the page stands; a page that says nothing of its day has it in its address, as many sites do."""
    return f"https://{SITE}/{story.day.replace('-', '/')}/{story.slug}" + ("/amp" if layout == "AMP copy" else "")


def measure(read: Callable[[str, str], Page | None], layouts: Iterable[str] = LAYOUTS) -> Figures:
    """The figures of one reader over all stories in these layouts."""
    found = right = wanted = 0
    titles, days, publishers = [], [], []
    for layout in layouts:
        for story in STORIES:
            page = read(LAYOUTS[layout](story), address(story, layout)) or Page()
            text = page.text.strip().removeprefix(story.title)
            got, gold = (Counter(_WORD.findall(one)) for one in (text, " ".join(story.text)))
            found, wanted, right = found + got.total(), wanted + gold.total(), right + (got & gold).total()
            titles.append(page.title == story.title)
            days.append(page.published == story.day)
            publishers.append(page.publisher == (SITE if layout == "nothing but text" else PUBLISHER))
    n = len(titles)
    return Figures(right / max(found, 1), right / max(wanted, 1), sum(titles) / n, sum(days) / n, sum(publishers) / n)


def table() -> str:
    """All readers over all layouts, and the careful one by layout, as Markdown."""
    lines = ["| read | layout | text: precision | recall | title | day | publisher |", "| --- | --- |" + " ---: |" * 5]
    rows = [(name, "all", measure(read)) for name, read in READERS.items()]
    rows += [("as kept", layout, measure(kept, [layout])) for layout in LAYOUTS]
    for name, layout, one in rows:
        cells = " | ".join(f"{value:.2f}" for value in (one.precision, one.recall, one.title, one.day, one.publisher))
        lines.append(f"| {name} | {layout} | {cells} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(f"{len(STORIES)} stories in {len(LAYOUTS)} layouts\n\n{table()}")
    sys.exit(0)
