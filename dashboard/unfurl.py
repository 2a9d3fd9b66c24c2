"""What a chat shows of a link: title, description and picture, as tags in the head of the page that the server sends.

A chat's server runs no script: all that it knows of a page stands in these tags (Open Graph, https://ogp.me). They say
what the page shows when it has run: the same filters, in the same words, of the same release.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from dashboard import queries, reading, releases
from dashboard.data_sets import PICTURE
from dashboard.filters import opening
from dashboard.navigation import TITLES
from dashboard.releases import Release
from dashboard.view import Facts, View
from dashboard.view_words import in_words
from etl import names, wording
from etl.brief import card

ABOUT = "Torkham: what happens on the Pakistan–Afghanistan border, straight from news articles."
NOT_OF_VIEW = {  # pages that no filter changes
    "changes": "What a release says otherwise than the one before it, and because of which article.",
    "code": "Paste an article and see which events are read from it, and why.",
    "about": "How the events are coded, how accurate they are, and what each column means.",
}
KEPT = 64  # pictures kept in memory, about 60 KB each
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]{1,255}")


@dataclass(frozen=True)
class Told:
    """What the tags say: title, description, and the parameters of the picture (None: no picture)."""

    title: str
    description: str
    picture: dict[str, list[str]] | None = None


def tags(told: Told, origin: str, base: str, path: str) -> str:
    """The tags as HTML, every value escaped. Addresses are full, so without a sound `origin` there are none."""
    sound = _ORIGIN.fullmatch(origin) is not None
    found = [("og:type", "website"), ("og:site_name", "Torkham"), ("og:title", told.title),
             ("og:description", told.description)]
    if sound:
        found.append(("og:url", f"{origin}{path}"))
    if sound and told.picture is not None:
        found += [("og:image", f"{origin}{base}/data/{PICTURE}?{urlencode(told.picture, doseq=True)}"),
                  ("og:image:type", "image/png"), ("og:image:width", str(card.WIDTH)),
                  ("og:image:height", str(card.HEIGHT)), ("og:image:alt", f"{told.title}. {told.description}")]
    lines = [f"<title>{escape(told.title)}</title>", _tag("name", "description", told.description),
             *(_tag("property", name, value) for name, value in found),
             _tag("name", "twitter:card", "summary_large_image" if told.picture is not None and sound else "summary")]
    return "\n    ".join(lines)


def _tag(kind: str, name: str, value: str) -> str:
    clean = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return f'<meta {kind}="{name}" content="{escape(clean, quote=True)}" />'


def told(page: str, params: Mapping[str, Sequence[str]]) -> Told:
    """What there is to say of `page` with the parameters of its address, which are read as the page reads them."""
    title = f"{TITLES[page]} – Torkham"
    if page in NOT_OF_VIEW:
        return Told(title, NOT_OF_VIEW[page])
    try:
        release = releases.load(list(params.get("release", ()) or [""])[-1])
    except releases.ReleaseFault:
        return Told(title, ABOUT)
    if page == "event":
        event_id = list(params.get("id", ()) or [""])[-1]
        row = _event(release, event_id)
        if row is None:
            return Told(title, "One event, with its reports and claims.")
        name, facts = _event_words(row)
        return Told(f"{name} – Torkham", f"{facts} · {_told_by(row)}", {"release": [release.name], "id": [event_id]})
    view = opening(View.from_query(params, release.facts)[0], params, release.facts)
    numbers = ", ".join(f"{number} {meaning}" for number, meaning in _numbers(view, release))
    return Told(title, f"{numbers}. {_filters(view, release.facts)}", reading.parameters(view, release.facts))


def picture(view: View, release: Release, event_id: str | None = None) -> bytes | None:
    """The picture of what is in view, or of one event (None where the release has no such event), as PNG."""
    return _drawn(view, event_id, release.name, release.stamp)


@lru_cache(maxsize=KEPT)
def _drawn(view: View, event_id: str | None, name: str, _stamp: int) -> bytes | None:
    release = releases.load(name)
    foot = f"Torkham · release {name} · what articles report"
    if event_id is not None:
        row = _event(release, event_id)
        if row is None:
            return None
        title, facts = _event_words(row)
        points = pd.DataFrame([{**row, "killed": _known(row["fatalities_best"])}]).dropna(
            subset=["latitude", "longitude"])
        return card.png(card.Card(title, [*facts.split(" · "), _told_by(row)], [], foot), card.empty_days(), points)
    where, values = queries.condition(view)
    days = release.query(f"SELECT e.date_start, e.event_group, count(*) AS n FROM events e WHERE {where} "
                         "GROUP BY ALL ORDER BY ALL", values)
    points = release.query(
        "SELECT e.latitude, e.longitude, e.event_group, coalesce(sum(e.fatalities_best), 0) AS killed FROM events e "
        f"WHERE {where} AND e.latitude IS NOT NULL GROUP BY ALL ORDER BY ALL", values)
    what = card.Card("Pakistan–Afghanistan border", _filters(view, release.facts).split(" · "),
                     _numbers(view, release), foot)
    return card.png(replace(what, lines=[" · ".join(what.lines)]), days, points)


def _numbers(view: View, release: Release) -> list[tuple[str, str]]:
    types = queries.by_type(view, release)
    events, killed = int(types["n_events"].sum()), int(types["fatalities_best"].sum())
    return [(f"{events:,}", "event" if events == 1 else "events"), (f"{killed:,}", "killed by the best account")]


def _filters(view: View, facts: Facts) -> str:
    return in_words(view, facts).rsplit(" · ", 1)[0]


def _event(release: Release, event_id: str) -> dict[str, Any] | None:
    found = queries.event(release, event_id).to_dict("records")
    return {str(name): value for name, value in found[0].items()} if found else None


def _event_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Type and place of an event; and when, who and how many, parted by ``·``."""
    facts = (wording.when(row), wording.who(row), wording.toll(row))
    return f"{names.type_label(row['event_type'])}: {wording.where(row)}", " · ".join(part for part in facts if part)


def _told_by(row: Mapping[str, Any]) -> str:
    return wording.told_by(row) + ("; sources contradict each other" if row["contested"] else "")


def _known(value: Any) -> float:
    return 0.0 if value is None or pd.isna(value) else float(value)
