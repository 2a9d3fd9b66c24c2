"""A mass-casualty event is known again by its toll, however differently place and day are told."""

import datetime as dt
from dataclasses import replace

import pytest

from etl.link import link
from etl.link_report import Report
from etl.striking import STRIKING, joined_by_toll

RAID = Report("first", dt.date(2025, 3, 12), "armed_attack", "main", dt.date(2025, 3, 11), dt.date(2025, 3, 11), "day",
              "Sibi", "Sibi", "Balochistan", "PK", "place", (), ("BLA",), ("CIV.PAK",), (("BLA", 33, 33),))
CAPITAL = replace(RAID, article_id="second", published=dt.date(2025, 3, 15), date_start=dt.date(2025, 3, 14),
                  date_end=dt.date(2025, 3, 14), place="Islamabad", district="Islamabad", province="Islamabad",
                  event_type="security_operation", actors_a=("PAK.MIL",), actors_b=("MILITANTS",),
                  figures=(("MILITANTS", 33, 33),))
MONTH = replace(CAPITAL, article_id="third", published=dt.date(2025, 5, 2), date_start=dt.date(2025, 3, 1),
                date_end=dt.date(2025, 3, 31), date_precision="month", place=None, district=None, province=None,
                geo_precision="country")


def test_one_toll_told_of_other_places_and_days_is_one_event() -> None:
    assert len(set(link([RAID, CAPITAL, MONTH]))) == 1


@pytest.mark.parametrize("changed", [
    {"figures": (("MILITANTS", 34, 34),)},
    {"figures": (("PAK.MIL", 33, 33),)},
    {"figures": (("MILITANTS", 33, 10**6),)},
    {"date_start": dt.date(2025, 4, 20), "date_end": dt.date(2025, 4, 20), "published": dt.date(2025, 4, 21)},
    {"country": "AF", "province": "Kabul", "district": "Kabul", "place": "Kabul"},
    {"event_type": "accusation"},
    {"article_id": "first"},
], ids=["another number", "another side", "at least so many", "weeks later", "another country", "no violence",
        "one article tells both"])
def test_what_differs_stays_apart(changed: dict[str, object]) -> None:
    assert len(set(link([RAID, replace(CAPITAL, **changed)]))) == 2


def test_a_small_toll_proves_nothing() -> None:
    few = (("MILITANTS", STRIKING - 1, STRIKING - 1),)
    assert len(set(link([replace(RAID, figures=few), replace(CAPITAL, figures=few)]))) == 2


def test_clusters_keep_their_order_and_all_their_reports() -> None:
    other = replace(RAID, article_id="fourth", figures=(("TTP", 21, 21),), place="Tank", district="Tank",
                    province="Khyber Pakhtunkhwa")
    assert joined_by_toll([RAID, other, CAPITAL], [[0], [1], [2]]) == [[0, 2], [1]]
