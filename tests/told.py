"""Made-up reports for the tests of linking."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from etl.link_report import Report

DAY = dt.date(2025, 10, 11)
CLASH = Report("n1", DAY, "border_clash", "main", DAY, DAY, "day", "Torkham", "Khyber", "Khyber Pakhtunkhwa", "PK",
               "place", (), ("AFG.MIL",), ("PAK.MIL",), (("PAK.MIL", 3, 3),), "Troops traded fire at Torkham")
AMBUSH = replace(CLASH, event_type="armed_attack", place="Tank", district="Tank", actors_a=("MILITANTS",),
                 actors_b=("PAK.POL",), figures=(("PAK.POL", 2, 2),), evidence="Gunmen ambushed a police van in Tank")
TALKS = replace(CLASH, event_type="talks", place="Istanbul", district=None, province="Istanbul", country="TR",
                actors_a=("PAK.GOV",), actors_b=("AFG.GOV",), figures=(), evidence="The two sides met in Istanbul")


def day(shift: int) -> dt.date:
    """The day `shift` days after the first one."""
    return DAY + dt.timedelta(days=shift)


def told(report: Report, article_id: str, shift: int = 0, **changes: object) -> Report:
    """The report as another article tells it, `shift` days later in the news; the day of the happening stays."""
    return replace(report, article_id=article_id, published=day(shift), **changes)


def on(shift: int, until: int | None = None, precision: str = "day") -> dict[str, object]:
    """Changes that put a happening on another day or into a period."""
    return {"date_start": day(shift), "date_end": day(shift if until is None else until), "date_precision": precision}
