"""The View and its address: everything written out, nothing trusted, nothing lost on the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.filters import opening
from dashboard.view import (
    FILTERS,
    MAX_FATALITIES,
    MAX_KM,
    PAGE_OPTIONS,
    SALIENCES,
    Facts,
    View,
    clean_text,
    options_from_query,
    root,
)

FACTS = Facts(
    release="r-1",
    date_from=dt.date(2007, 4, 19),
    date_to=dt.date(2026, 3, 1),
    types=("border_clash", "bombing", "talks", "accusation"),
    actors=("PAK", "PAK.GOV", "PAK.MIL", "AFG", "AFG.MIL", "TTP", "TTP.JUA", "QAT"),
    provinces=("Kandahar", "Khyber Pakhtunkhwa", "Paktika"),
    places=("Angoor Adda", "Mir Ali, old town", "Torkham", "Übersee & Söhne=?"),
)
DAYS = st.dates(FACTS.date_from, FACTS.date_to)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(values)).map(tuple)


@st.composite
def views(draw: st.DrawFn) -> View:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    return View.default(FACTS).with_changes(
        FACTS, date_from=first, date_to=last, types=draw(some(FACTS.types)), actors=draw(some(FACTS.actors)),
        provinces=draw(some(FACTS.provinces)), places=draw(some(FACTS.places)),
        min_fatalities=draw(st.integers(0, MAX_FATALITIES)), border_km=draw(st.integers(0, MAX_KM)),
        salience=draw(st.sampled_from(SALIENCES)),
        q=draw(st.text(max_size=100)),
    )


@given(views())
def test_a_view_survives_its_address(view: View) -> None:
    address = urlencode(view.to_query(), doseq=True)
    assert View.from_query(parse_qs(address, keep_blank_values=True), FACTS) == (view, ())


@given(views())
def test_the_address_names_every_filter_also_at_its_default(view: View) -> None:
    assert list(view.to_query()) == list(FILTERS)
    assert all(view.to_query().values())


def test_every_field_has_a_parameter() -> None:
    assert len(fields(View)) == len(FILTERS)


def test_types_are_written_out_so_that_a_type_added_later_changes_nothing() -> None:
    query = View.default(FACTS).to_query()
    assert query["types"] == list(FACTS.types)
    later = Facts(**{**FACTS.__dict__, "types": (*FACTS.types, "new_type")})
    assert View.from_query(query, later)[0].types == FACTS.types


def test_a_page_opens_on_the_last_two_years_and_a_link_on_what_it_names() -> None:
    everything = View.default(FACTS)
    assert opening(everything, {}, FACTS) == everything.with_changes(FACTS, date_from=dt.date(2024, 3, 2))
    assert opening(everything, {"unit": ["day"], "embed": ["true"]}, FACTS).date_from == dt.date(2024, 3, 2)
    assert opening(everything, {"actors": ["TTP"]}, FACTS) == everything
    short = replace(FACTS, date_from=dt.date(2026, 1, 1))
    assert opening(View.default(short), {}, short) == View.default(short)


def test_an_empty_address_shows_the_whole_release_without_notice() -> None:
    assert View.from_query({}, FACTS) == (View.default(FACTS), ())


@given(st.dictionaries(
    st.one_of(st.sampled_from(list(FILTERS)), st.text(max_size=20)),
    st.lists(st.one_of(st.text(max_size=300), st.sampled_from(["all", "none", "PAK", "2025-01-01"])), max_size=5),
))
def test_no_address_breaks_it_and_only_known_values_come_through(params: dict[str, list[str]]) -> None:
    view, notices = View.from_query(params, FACTS)
    options_from_query(params, "timeline")
    assert view.release == FACTS.release
    assert FACTS.date_from <= view.date_from <= view.date_to <= FACTS.date_to
    assert set(view.types) <= set(FACTS.types) and set(view.actors) <= set(FACTS.actors)
    assert set(view.provinces) <= set(FACTS.provinces) and set(view.places) <= set(FACTS.places)
    assert 0 <= view.min_fatalities <= MAX_FATALITIES and 0 <= view.border_km <= MAX_KM and view.salience in SALIENCES
    assert len(view.q) <= 100 and view.q.isprintable()
    assert all(notice.isprintable() and len(notice) < 400 for notice in notices)


@pytest.mark.parametrize(("params", "named"), [
    ({"release": ["r-2"]}, "release"),
    ({"from": ["2025-02-30"]}, "from"),
    ({"from": ["1890-01-01"]}, "from"),
    ({"to": ["yesterday"]}, "to"),
    ({"from": ["2025-03-02"], "to": ["2025-03-01"]}, "from"),
    ({"types": ["bombing", "earthquake"]}, "types"),
    ({"actors": ["XYZ"]}, "actors"),
    ({"provinces": ["Atlantis"]}, "provinces"),
    ({"places": ["x" * 10_000]}, "places"),
    ({"places": ["Torkham"] * 500}, "places"),
    ({"min_fatalities": ["-1"]}, "min_fatalities"),
    ({"min_fatalities": ["1e3"]}, "min_fatalities"),
    ({"min_fatalities": ["٣"]}, "min_fatalities"),
    ({"min_fatalities": ["999999999"]}, "min_fatalities"),
    ({"border_km": ["-5"]}, "border_km"),
    ({"border_km": ["1001"]}, "border_km"),
    ({"border_km": ["0.5"]}, "border_km"),
    ({"border_km": ["10", "20"]}, "border_km"),
    ({"salience": ["loud"]}, "salience"),
    ({"salience": ["main", "all"]}, "salience"),
    ({"q": ["y" * 150]}, "q"),
])
def test_a_bad_value_is_ignored_with_a_notice_that_names_it(params: dict[str, list[str]], named: str) -> None:
    view, notices = View.from_query(params, FACTS)
    assert any(f"Parameter {named} " in notice for notice in notices)
    expected = ("bombing",) if "types" in params else FACTS.types
    assert view == View.default(FACTS).with_changes(FACTS, types=expected)


def test_a_notice_repeats_no_hostile_value() -> None:
    _, notices = View.from_query({"actors": ["<script>alert(1)</script>", "[x](javascript:y)"]}, FACTS)
    _, more = options_from_query({"**<b>**": ["1"]}, "events")
    text = " ".join(notices + more)
    assert "ignored" in text and not any(sign in text for sign in "<>[]*")


def test_a_root_takes_in_its_branches() -> None:
    view, _ = View.from_query({"actors": ["PAK.MIL", "PAK", "AFG.MIL"]}, FACTS)
    assert view.actors == ("PAK", "AFG.MIL")
    assert root("PAK.MIL") == root("PAK") == "PAK"


def test_no_type_at_all_is_a_view_of_its_own() -> None:
    view, notices = View.from_query({"types": ["none"]}, FACTS)
    assert view.types == () and notices == () and view.to_query()["types"] == ["none"]


@pytest.mark.parametrize("page", list(PAGE_OPTIONS))
def test_options_of_a_page_take_only_their_values(page: str) -> None:
    for option in PAGE_OPTIONS[page]:
        for value in option.values:
            assert options_from_query({option.name: [value]}, page)[0][option.name] == value
        found, notices = options_from_query({option.name: ["'; DROP TABLE events; --"]}, page)
        assert found[option.name] == option.default
        assert len(notices) == 1 and option.name in notices[0]


def test_a_parameter_of_another_page_gets_a_notice() -> None:
    assert options_from_query({"unit": ["day"], "embed": ["true"]}, "overview")[1] == (
        "Parameter unit of the address was ignored: no such parameter on this page.",)


def test_the_search_text_is_one_clean_line() -> None:
    assert clean_text("  a\x00b\n\tc  " + "d" * 200) == "a b c " + "d" * 94
