"""The addresses and the ready lines that pages offer to programs: they give the rows that are in view."""

from __future__ import annotations

import ast
import datetime as dt
import io

import pandas as pd
import pytest
from starlette.testclient import TestClient

from dashboard import queries, reading, releases
from dashboard.view import View, options_from_query
from etl.schema import EVENTS
from tests import small_release
from tests.test_data_addresses import rows


@pytest.mark.parametrize("page", list(reading.OF_PAGE))
def test_every_address_that_a_page_offers_answers_with_the_rows_in_view(client: TestClient, page: str) -> None:
    facts = releases.load(small_release.NAME).facts
    options, _ = options_from_query({"id": ["e-clash"]} if page == "event" else {}, page)
    if page == "event":
        options["id"] = "e-clash"
    view = View.default(facts).with_changes(facts, actors=("PAK",), date_from=dt.date(2025, 1, 1), q="a")
    for file in reading.OF_PAGE[page]:
        url = reading.address("http://testserver", file, view, facts, page, options)
        answer = client.get(url)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"], (url, answer.text)
        if file == "events.csv" and page != "event":
            wanted = queries.events(view, releases.load(small_release.NAME))
            assert [row["event_id"] for row in rows(answer)] == list(wanted["event_id"])


def test_an_address_leaves_out_only_what_restricts_nothing(client: TestClient) -> None:
    facts = releases.load(small_release.NAME).facts
    assert list(reading.parameters(View.default(facts), facts)) == ["release"]
    for changes in ({"types": ()}, {"salience": "main"}, {"min_fatalities": 3}, {"border_km": 20},
                    {"date_to": dt.date(2025, 10, 12)}):
        view = View.default(facts).with_changes(facts, **changes)
        assert View.from_query(reading.parameters(view, facts), facts) == (view, ())


def test_the_distance_to_the_border_filters_the_data_as_it_does_the_page(client: TestClient) -> None:
    answer = client.get(f"/data/events.csv?release={small_release.NAME}&border_km=1")
    assert [row["event_id"] for row in rows(answer)] == ["e-line", "e-clash", "e-close"]
    assert client.get("/data/events.csv?border_km=near").status_code == 400


def test_the_ready_lines_are_whole(client: TestClient) -> None:
    url = "http://testserver/data/events.csv?release=r-small&q=a%22b%27&places=Tirah"
    call = ast.parse(reading.pandas_line(url, "events")).body[-1].value
    assert call.args[0].value == url and {word.arg: ast.literal_eval(word.value) for word in call.keywords} == {
        "parse_dates": ["date_start", "date_end"]}
    table = pd.read_csv(io.BytesIO(client.get(url).content),
                        **{word.arg: ast.literal_eval(word.value) for word in call.keywords})
    assert list(table.columns) == EVENTS.names
    for line in (reading.r_line(url, "events"), reading.power_query(url, "events")):
        assert f'"{url}"' in line and line.count("(") == line.count(")")
