"""Dates as texts tell them. The sentences are our own; publication is Thursday, 16 October 2025, unless said."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.coding.calendar import day_of, month, shift, week, year
from etl.coding.dates import DateMention, find_dates, undated
from etl.schema import PRECISIONS

THURSDAY = dt.date(2025, 10, 16)
ROLES = {"point", "range", "since", "until", "duration", "future", "dateline"}
KINDS = {"explicit", "weekday", "relative", "period"}


def told(text: str, published: dt.date = THURSDAY) -> list[tuple[str, str, str, str, str]]:
    """Words, first day, last day, precision, role of every mention."""
    return [(text[m.start:m.end], m.date_start.isoformat(), m.date_end.isoformat(), m.precision, m.role)
            for m in find_dates(text, published)]


def only(text: str, published: dt.date = THURSDAY) -> tuple[str, str, str, str]:
    """First day, last day, precision, role of the only mention."""
    mentions = told(text, published)
    assert len(mentions) == 1, mentions
    return mentions[0][1:]


@pytest.mark.parametrize(("text", "first", "last", "precision", "role"), [
    ("The gate opened on 11 October.", "2025-10-11", "2025-10-11", "day", "point"),
    ("The gate opened on Oct 11.", "2025-10-11", "2025-10-11", "day", "point"),
    ("The gate opened on October 9th.", "2025-10-09", "2025-10-09", "day", "point"),
    ("The gate opened on the 9th of October.", "2025-10-09", "2025-10-09", "day", "point"),
    ("A blast on December 29 shut it.", "2024-12-29", "2024-12-29", "day", "point"),
    ("The Dec 29 ambush shut it.", "2024-12-29", "2024-12-29", "day", "point"),
    ("A deal of January 17, 2025.", "2025-01-17", "2025-01-17", "day", "point"),
    ("A deal of 2025-10-11.", "2025-10-11", "2025-10-11", "day", "point"),
    ("A deal of 11/10/2025.", "2025-10-11", "2025-10-11", "day", "point"),
    ("The raids of December 3 last year.", "2024-12-03", "2024-12-03", "day", "point"),
    ("They fought from September 10 to 13.", "2025-09-10", "2025-09-13", "day", "range"),
    ("They fought from September 28 to October 2.", "2025-09-28", "2025-10-02", "day", "range"),
    ("They fought between 11 and 12 October.", "2025-10-11", "2025-10-12", "day", "range"),
    ("They fought on Sept 10-13.", "2025-09-10", "2025-09-13", "day", "range"),
    ("They fought on October 11–12.", "2025-10-11", "2025-10-12", "day", "range"),
    ("They fought on October 11 and 12.", "2025-10-11", "2025-10-12", "day", "range"),
    ("They fought on the night of 11/12 October.", "2025-10-11", "2025-10-12", "day", "range"),
    ("They fought from December 30, 2024 to January 2, 2025.", "2024-12-30", "2025-01-02", "day", "range"),
    ("They fought in mid-September.", "2025-09-11", "2025-09-20", "month", "point"),
    ("They fought in early March.", "2025-03-01", "2025-03-10", "month", "point"),
    ("They fought in December.", "2024-12-01", "2024-12-31", "month", "point"),
    ("They fought in December 2014.", "2014-12-01", "2014-12-31", "month", "point"),
    ("They fought in July this year.", "2025-07-01", "2025-07-31", "month", "point"),
    ("They fought in July last year.", "2024-07-01", "2024-07-31", "month", "point"),
    ("They fought last December.", "2024-12-01", "2024-12-31", "month", "point"),
    ("They fought in October.", "2025-10-01", "2025-10-16", "month", "point"),
    ("They fought from May to July.", "2025-05-01", "2025-07-31", "month", "range"),
    ("They fought in the second week of June.", "2025-06-08", "2025-06-14", "week", "point"),
    ("They fought in 2014.", "2014-01-01", "2014-12-31", "year", "point"),
    ("They fought since 2021.", "2021-01-01", "2021-12-31", "year", "since"),
    ("The accord (2025-2027) was signed.", "2025-01-01", "2027-12-31", "year", "range"),
    ("They fought between 2004 and 2014.", "2004-01-01", "2014-12-31", "year", "range"),
    ("After the 2021 takeover they fought.", "2021-01-01", "2021-12-31", "year", "point"),
])
def test_explicit_dates_and_periods(text, first, last, precision, role):
    assert only(text) == (first, last, precision, role)


@pytest.mark.parametrize(("text", "first", "last", "precision", "role"), [
    ("Shots were fired on Sunday.", "2025-10-12", "2025-10-12", "day", "point"),
    ("Shots were fired on Thursday.", "2025-10-16", "2025-10-16", "day", "point"),
    ("Shots were fired last Thursday.", "2025-10-09", "2025-10-09", "day", "point"),
    ("Shots were fired last Wednesday.", "2025-10-08", "2025-10-08", "day", "point"),
    ("Shots were fired on Sunday last.", "2025-10-12", "2025-10-12", "day", "point"),
    ("Shots were fired late on Monday night.", "2025-10-13", "2025-10-13", "day", "point"),
    ("Shots were fired on Wednesday of last week.", "2025-10-08", "2025-10-08", "day", "point"),
    ("Shots were fired in the night between Friday and Saturday.", "2025-10-10", "2025-10-11", "day", "range"),
    ("Shots were fired on Sunday and Monday.", "2025-10-12", "2025-10-13", "day", "range"),
    ("Shots were fired from Friday to Monday.", "2025-10-10", "2025-10-13", "day", "range"),
    ("The gate has been shut since Friday.", "2025-10-10", "2025-10-10", "day", "since"),
    ("It stays shut on Thursday (today).", "2025-10-16", "2025-10-16", "day", "point"),
    ("They spoke on Monday, October 13.", "2025-10-13", "2025-10-13", "day", "point"),
    ("They spoke late on Tuesday (October 14).", "2025-10-14", "2025-10-14", "day", "point"),
    ("Talks will resume on Monday.", "2025-10-20", "2025-10-20", "day", "future"),
    ("On Monday, both sides will meet.", "2025-10-20", "2025-10-20", "day", "future"),
    ("They meet next Saturday.", "2025-10-18", "2025-10-18", "day", "future"),
    ("The gate stays shut until Sunday.", "2025-10-19", "2025-10-19", "day", "future"),
    ("The gate had been shut until Sunday.", "2025-10-12", "2025-10-12", "day", "until"),
    ("The gate stays shut until October 24.", "2025-10-24", "2025-10-24", "day", "future"),
    ("A third round on November 6 was mooted.", "2025-11-06", "2025-11-06", "day", "future"),
    ("A third round is to be held on November 6.", "2025-11-06", "2025-11-06", "day", "future"),
])
def test_weekdays_and_announcements(text, first, last, precision, role):
    assert only(text) == (first, last, precision, role)


def test_what_was_said_on_a_day_announces_nothing_about_that_day():
    assert told("The gate will open soon, the minister said on Monday.") == [
        ("Monday", "2025-10-13", "2025-10-13", "day", "point")]
    assert told("On Monday, the minister said the gate will open.")[0][4] == "point"


@pytest.mark.parametrize(("text", "first", "last", "precision", "role"), [
    ("It happened yesterday.", "2025-10-15", "2025-10-15", "day", "point"),
    ("It happened yesterday and today.", "2025-10-15", "2025-10-16", "day", "range"),
    ("It happened last night.", "2025-10-15", "2025-10-15", "day", "point"),
    ("It happened overnight.", "2025-10-15", "2025-10-16", "day", "range"),
    ("It will happen tomorrow.", "2025-10-17", "2025-10-17", "day", "future"),
    ("It happened two days ago.", "2025-10-14", "2025-10-14", "day", "point"),
    ("It happened a day back.", "2025-10-15", "2025-10-15", "day", "point"),
    ("It happened three weeks ago.", "2025-09-24", "2025-09-26", "week", "point"),
    ("It is barely two weeks since they met.", "2025-10-01", "2025-10-03", "week", "point"),
    ("It happened a few days ago.", "2025-10-09", "2025-10-15", "week", "point"),
    ("It happened two months ago.", "2025-08-01", "2025-08-31", "month", "point"),
    ("It happened four years ago.", "2021-01-01", "2021-12-31", "year", "point"),
    ("It happened this week.", "2025-10-13", "2025-10-16", "week", "point"),
    ("It happened earlier this week.", "2025-10-13", "2025-10-15", "week", "point"),
    ("It happened last week.", "2025-10-06", "2025-10-12", "week", "point"),
    ("It happened over the weekend.", "2025-10-11", "2025-10-12", "week", "point"),
    ("It happened last month.", "2025-09-01", "2025-09-30", "month", "point"),
    ("It happened earlier this month.", "2025-10-01", "2025-10-16", "month", "point"),
    ("It happened last year.", "2024-01-01", "2024-12-31", "year", "point"),
    ("It happens next week.", "2025-10-20", "2025-10-26", "week", "future"),
    ("It went on over the past three days.", "2025-10-13", "2025-10-16", "week", "duration"),
    ("It went on over the past three months.", "2025-07-17", "2025-10-16", "year", "duration"),
    ("It stayed shut for the third day running.", "2025-10-14", "2025-10-16", "day", "duration"),
    ("It stayed shut for a second consecutive day.", "2025-10-15", "2025-10-16", "day", "duration"),
    ("Three days of fighting have ended.", "2025-10-13", "2025-10-15", "day", "duration"),
    ("The sit-in has entered its fourth week.", "2025-09-18", "2025-09-25", "week", "since"),
    ("The closure has entered its 5th month.", "2025-05-01", "2025-06-30", "month", "since"),
])
def test_dates_relative_to_publication(text, first, last, precision, role):
    assert only(text) == (first, last, precision, role)


@pytest.mark.parametrize(("text", "words", "day"), [
    ("The gate shut on Sunday. Shots had been heard a day earlier.", "a day earlier", "2025-10-11"),
    ("The gate shut on Sunday. Shots had been heard the day before.", "the day before", "2025-10-11"),
    ("The gate shut on Sunday. It opened two days later.", "two days later", "2025-10-14"),
    ("The gate shut on Sunday. Hours later it opened.", "Hours later", "2025-10-12"),
    ("The gate shut on Sunday. It opened the next day.", "the next day", "2025-10-13"),
    ("The gate opened on Sunday, five days after shots were fired.", "five days after", "2025-10-07"),
    ("The gate shut a day after Sunday's blast.", "a day after", "2025-10-13"),
    ("Shots were fired overnight on Saturday.", "overnight", "2025-10-11"),
    ("Officials said on Tuesday that jets struck overnight.", "overnight", "2025-10-13"),
    ("The men met in June last year. A month later they met again.", "A month later", "2024-07-01"),
    ("Fire was traded on Sunday night. Later in the day the gate shut.", "Later in the day", "2025-10-12"),
    ("The gate was shut on Monday for the third day in a row.", "third day in a row", "2025-10-11"),
])
def test_dates_that_lean_on_another_date(text, words, day):
    assert (words, day) in {(mention[0], mention[1]) for mention in told(text)}


def test_a_speaker_in_the_paper_of_the_next_day_counts_from_the_day_he_spoke():
    text = 'LANDI KOTAL: An elder spoke to traders on Wednesday. "Two days ago a guard was shot," he said.'
    assert ("Two days ago", "2025-10-13", "2025-10-13", "day", "point") in told(text)


def test_a_date_with_its_year_lends_it_to_the_dates_of_its_story():
    text = "Sept. 6, 2023 - Shots at the gate, which opens again on Sept. 15."
    assert [mention[1] for mention in told(text)] == ["2023-09-06", "2023-09-15"]


def test_a_day_told_once_with_its_year_keeps_it():
    text = "The riots of May 9, 2023, were fierce.\nWho led the May 9 riots is unknown."
    assert [mention[1] for mention in told(text)] == ["2023-05-09", "2023-05-09"]


def test_datelines_are_known_as_such():
    assert told("PESHAWAR, Oct 15 (XYZ): Two men were shot.") == [
        ("Oct 15", "2025-10-15", "2025-10-15", "day", "dateline")]
    assert told("KABUL, Afghanistan, Oct. 15 – Two men were shot on Monday.")[0][4] == "dateline"
    assert told("Officers met on October 15: nothing came of it.")[0][4] == "point"


@pytest.mark.parametrize("text", [
    "The gate may close. May peace come. Theresa May spoke.",
    "They march to the gate. The Long March began. March on!",
    "He came second. A second man was hurt.",
    "The world after 9/11 is another.",
    "Published in The Paper, October 16th, 2025",
    "Every Friday the market opens; it is closed each Sunday.",
    "The august house met.",
    "Some 2,014 men and 2000 women crossed.",
    "Nazar Jan crossed with Jan Muhammad.",
    "It was shut for a month after the attack and open three days before the feast.",
])
def test_what_is_no_date(text):
    assert told(text) == []


def test_numbers_behind_a_month_that_count_people_are_no_days():
    assert told("In September 12 people were hurt.") == [("September", "2025-09-01", "2025-09-30", "month", "point")]
    assert told("On October 7 and 12 soldiers fell")[0][:3] == ("October 7", "2025-10-07", "2025-10-07")


def test_undated_is_the_day_before_the_statement_to_its_day():
    statement = find_dates("Officials said on Tuesday that a post was attacked.", THURSDAY)[0]
    assert undated(THURSDAY, statement) == (dt.date(2025, 10, 13), dt.date(2025, 10, 14), "week")
    assert undated(THURSDAY, None) == (dt.date(2025, 10, 15), THURSDAY, "week")


WORDS = ("on", "Monday", "Friday", "night", "and", "to", "from", "between", "until", "May", "October", "Feb", "29",
         "31", "12", "1,200", "2024", "2025", "last", "next", "week", "month", "year", "a", "few", "days", "ago",
         "later", "overnight", "the", "third", "day", "running", "yesterday", "will", "said", "that", ",", ".",
         "\n", "(", ")", "-", "–", "'s", "KABUL", "since", "early", "2025-02-30", "31/12/2025", "weekend",
         "summer", "İ", '"')


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)), st.dates())
def test_any_text_gives_mentions_in_order_within_the_text(text, published):
    behind = 0
    for mention in find_dates(text, published):
        assert isinstance(mention, DateMention)
        assert behind <= mention.start < mention.end <= len(text)
        assert mention.date_start <= mention.date_end
        assert (mention.precision, mention.kind, mention.role) in {
            (precision, kind, role) for precision in PRECISIONS for kind in KINDS for role in ROLES}
        behind = mention.end


@given(st.dates(), st.integers(-4_000_000, 4_000_000))
def test_the_calendar_has_ends(day, days):
    assert dt.date.min <= shift(day, days) <= dt.date.max
    monday, sunday = week(day)
    assert monday <= day <= sunday
    for first, last in (month(day.year, days % 1000 - 500), year(day.year + days)):
        assert first <= last
    assert day_of(2025, 2, 30) is None


def test_time_grows_with_the_text_alone():
    sentence = "On Monday, 12 October, about two days after the blast of last week, it said the gate will open. "

    def seconds(copies: int) -> float:
        best = []
        for _ in range(3):
            begun = time.process_time()
            find_dates(sentence * copies, THURSDAY)
            best.append(time.process_time() - begun)
        return min(best)

    assert seconds(1000) < 40 * seconds(100)
