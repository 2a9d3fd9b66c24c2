"""Texts that would act on a page if it rendered them, and a release that holds them in every cell an article fills."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl.schema import BY_NAME
from tests import small_release

NAME, BEFORE = "r-hostile", "r-before"
HOST = "evil.example"  # nothing may be asked of it, and no element may point to it
_RUN = "window.ran=1;alert(1)"
# Each begins with a sign that means something at the start of a line or cell; all that one line can hold follows.
TEXTS = {
    "html": f"<script>{_RUN}</script><img src=x onerror={_RUN}><svg onload={_RUN}><a href=\"javascript:{_RUN}\" "
            f"data-evil>go</a><iframe src=//{HOST}></iframe>&lt;b&gt;&#60;u&#62; <b data-evil>b</b> <!-- c --> "
            f"</style></title></textarea><details open ontoggle={_RUN}>",
    "marks": f"# **bold** _it_ `code` ~~no~~ [go](javascript:{_RUN}) ![x](https://{HOST}/x.png) <https://{HOST}> $x^2$ "
             f"$$y$$ [r]: https://{HOST} \\*as it is\\*",
    "names": f":red[red] :material/home: :material_home: :streamlit: :bomb: :small[s] :badge[b] https://{HOST}/a "
             f"www.{HOST} mail@{HOST} a -> b <- c -- d >= 3 <-> e",
    "cells": f'=HYPERLINK("https://{HOST}","x") +1 -1 @SUM(1) {{tip}} {{{{7*7}}}} {{area}} %{{x}} %{{customdata[0]}} '
             f"${{7*7}} #{{7}} @@=1+1 @@type <br> <i data-evil>i</i> %3Cscript%3E ' OR 1=1 --",
    "turned": "- \u202eTURNED\u202c \u2066isolated \u200bzero\u200b \ufeffmark\u2060"
              " \u0627\u0644\u062d\u062f\u0648\u062f"
              " e\u0301\u0302\u0303 1. one \u202elast",
}
URLS = {"html": f"javascript:{_RUN}", "marks": f"https://news.example/1\"onmouseover=\"{_RUN}",
        "names": f"data:text/html,<script>{_RUN}</script>", "cells": "https://news.example/4", "turned": "//" + HOST}
FOCUS = "torkham"  # the crossing that they lie around
PLACES = ((34.4, 71.35), (33.85, 71.35), (34.4, 70.85), (33.85, 70.85), (34.12, 71.5))  # latitude, longitude


def actor(kind: str) -> str:
    """An identifier of an actor: whole texts go there too, but for the signs that part lists, branches and accounts."""
    return "".join(sign for sign in TEXTS[kind] if sign not in "|. ")


def _rows(texts: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table: an event, an article, a claim, a toll, a correction and a ledger row for each text."""
    pattern = {name: rows[0] for name, rows in small_release.rows().items() if rows}
    out: dict[str, list[dict[str, Any]]] = {table: [] for table in BY_NAME}
    for i, (kind, text) in enumerate(texts.items()):
        event, article, day = f"e-{kind}", f"n-{kind}", small_release.day(f"2025-10-{10 + i}")
        flat = text.replace("|", " ")
        where = {"place": text, "district": f"{text} d", "province": f"{text} p", "country": "PK", "other_places": flat,
                 "latitude": PLACES[i][0], "longitude": PLACES[i][1], "place_id": f"p{i}", "geo_precision": "place",
                 "actors_a": f"{actor(kind)}|PAK.MIL", "actors_b": f"TTP.{actor(kind)}", "mediators": actor(kind),
                 "claimed_by": actor(kind), "denied_by": actor(kind), "event_id": event, "date_start": day,
                 "date_end": day, "evidence": text, "event_type": "armed_clash", "salience": "main"}
        out["events"].append({**pattern["events"], **where, "event_group": "violence", "first_published": day,
                              "last_published": day, "contested": True, "contested_accounts": flat, "n_reports": 1,
                              "n_publishers": 1, "n_independent": 1, "fatalities_best": 5 + i, "dyad": flat})
        out["reports"].append({**pattern["reports"], **where, "report_id": f"{event}.{article}", "article_id": article,
                               "trigger": text, "evidence_start": len(text) + 1, "evidence_end": 2 * len(text) + 1})
        out["articles"].append({**pattern["articles"], "article_id": article, "publisher": text, "title": text,
                                "published": day, "url": URLS[kind]})
        out["claims"].append({**pattern["claims"], "claim_id": f"c-{kind}", "event_id": event, "article_id": article,
                              "report_id": f"{event}.{article}", "published": day, "side": actor(kind),
                              "claimant": actor(kind), "evidence": text})
        out["tolls"].append({**pattern["tolls"], "toll_id": f"t-{kind}", "event_id": event, "side": actor(kind),
                             "accounts": f"{actor(kind)} 4 {actor(kind)}", "history": "2025-10-12 4"})
        out["mentions"] += [{**pattern["mentions"], "article_id": article, "sentence": 1, "paragraph": 1, "actor": one,
                             "sentence_start": len(text) + 1, "sentence_end": 2 * len(text) + 1}
                            for one in (actor(kind), f"TTP.{actor(kind)}", "PAK.MIL")]
        out["event_ids"].append({**pattern["event_ids"], "event_id": event})
        out["corrections"].append({name: None for name in BY_NAME["corrections"].names} | {
            "line": i + 2, "event_id": event, "field": "place", "old": text, "value": text, "reason": text,
            "target": event, "outcome": text, "source": text, "by": text, "date": day.isoformat(), "status": "applied"})
        out["ledger"].append({**pattern["ledger"], "input": text, "record": i, "article_id": article, "reason": text})
    return out


def write(folder: Path) -> None:
    """Writes two releases into `folder`: the hostile one and, before it, one whose cells hold each other's texts."""
    kinds = list(TEXTS)
    for name, texts in ((BEFORE, {kind: TEXTS[kinds[i - 1]] for i, kind in enumerate(kinds)}), (NAME, TEXTS)):
        path = folder / name
        path.mkdir(parents=True)
        for table, rows in _rows(texts).items():
            schema = pa.schema([(column.name, small_release.TYPES[column.kind]) for column in BY_NAME[table].columns])
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), path / f"{table}.parquet")
        pq.write_table(pa.Table.from_pylist([{"article_id": f"n-{kind}", "text": f"{text} And more."}
                                             for kind, text in texts.items()]), path / "texts.parquet")
