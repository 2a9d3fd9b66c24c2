"""Addresses of the data: the same rows as the pages, kept by readers as long as they may be, and hard to upset."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from urllib.parse import quote, urlencode

import pandas as pd
import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import data_addresses, releases
from dashboard.data_addresses import CODEBOOK, FILES, LIMIT, MAX_QUERY, OWN, RELEASES
from dashboard.data_sets import SETS
from dashboard.view import FILTERS, PAGE_OPTIONS, View
from dashboard.web.front import HEADERS
from etl.schema import EVENTS, TABLES
from tests import small_release


def rows(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def refused(answer, status: int) -> dict[str, str]:
    """The error of an answer, which has the one shape."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert set(told) == {"error", "cure"} and all(isinstance(text, str) and text for text in told.values())
    assert answer.headers["content-type"] == "application/json" and answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text and "/" not in told["error"]
    return told


def test_events_are_those_of_the_page_in_every_format(client: TestClient) -> None:
    query = "?actors=PAK&min_fatalities=1"
    table = rows(client.get(f"/data/events.csv{query}"))
    assert list(table[0]) == EVENTS.names
    assert [row["event_id"] for row in table] == ["e-hostile", "e-line", "e-clash", "e-bomb", "e-old"]
    parquet = pq.read_table(io.BytesIO(client.get(f"/data/events.parquet{query}").content))
    assert parquet.column("event_id").to_pylist() == [row["event_id"] for row in table]
    assert str(parquet.schema.field("date_start").type) == "date32[day]"
    assert parquet.schema.field("km_to_border").metadata[b"unit"] == b"kilometres"
    told = client.get(f"/data/events.geojson{query}")
    assert told.headers["content-type"] == "application/geo+json"
    whole = told.json()
    assert [feature["properties"]["event_id"] for feature in whole["features"]] == [row["event_id"] for row in table]
    assert whole["torkham"] == {"release": small_release.NAME, "rows": 5, "total": 5, "truncated": False}
    assert all(feature["geometry"] is None for feature in whole["features"]), "no position is made up"


def test_the_whole_release_comes_without_parameters_and_a_page_address_fits(client: TestClient) -> None:
    assert len(rows(client.get("/data/events.csv"))) == len(small_release.EVENTS)
    facts = releases.load(small_release.NAME).facts
    query = urlencode({**View.default(facts).to_query(), "page": "1"}, doseq=True)
    assert len(rows(client.get(f"/data/events.csv?{query}"))) == len(small_release.EVENTS)
    narrow = View.default(facts).with_changes(facts, types=(), q="x")
    empty = client.get(f"/data/events.csv?{urlencode(narrow.to_query(), doseq=True)}")
    assert empty.status_code == 200 and empty.content.decode("utf-8-sig").strip() == ",".join(EVENTS.names)


def test_reports_and_claims_of_the_view_and_of_one_event(client: TestClient) -> None:
    assert len(rows(client.get("/data/claims.csv"))) == len(small_release.CLAIMS)
    assert {row["event_id"] for row in rows(client.get("/data/reports.csv?types=bombing"))} == {"e-bomb"}
    one = rows(client.get("/data/reports.csv?id=e-clash&types=bombing"))
    assert [row["article_id"] for row in one] == ["n2", "n3", "n1"] and one[1]["copy_of"] == "n2"
    assert len(rows(client.get("/data/claims.csv?id=e-clash"))) == 3
    assert rows(client.get("/data/claims.csv?id=e-truce")) == []
    assert rows(client.get("/data/events.csv?id=e-old"))[0]["province"] == "Kunar"
    refused(client.get("/data/reports.csv?id=e-gone"), 404)
    refused(client.get("/data/timeline.csv?id=e-clash"), 400)


def test_timeline_and_comentions_take_the_options_of_their_page(client: TestClient) -> None:
    days = rows(client.get("/data/timeline.csv?unit=day&from=2025-10-12&to=2025-10-12"))
    assert [(row["period_start"], row["event_type"], row["fatalities_best"]) for row in days] == [
        ("2025-10-12", "border_clash", "9"), ("2025-10-12", "border_closure", "")]
    assert rows(client.get("/data/timeline.csv"))[0]["period_start"] == "2024-10-01"
    pairs = rows(client.get("/data/comentions.csv?level=article&detail=actor&scale=jaccard"))
    assert {"actor_1", "actor_2_name", "n_1", "value"} <= set(pairs[0])
    months = rows(client.get("/data/comention_months.csv?open=PAK"))
    assert ("2025-09-01", "PAK.POL", "TTP", "1") in [
        (row["month"], row["actor_1"], row["actor_2"], row["n"]) for row in months]
    cells = {(row["actor_a"], row["actor_b"]): row["n_events"] for row in rows(client.get("/data/sides.csv"))}
    assert cells["TTP", "PAK"] == "3" and cells["PAK", "TTP"] == "1"
    refused(client.get("/data/timeline.csv?unit=decade"), 400)
    refused(client.get("/data/timeline.csv?level=article"), 400)


def test_two_periods_are_compared_or_refused_with_the_reason(client: TestClient) -> None:
    found = rows(client.get("/data/comparison.csv?from=2025-10-01&to=2025-10-31&compare=before"))
    assert {row["quantity"]: (row["period_1"], row["period_2"], row["difference"]) for row in found}["All events"] == (
        "6", "1", "5")
    assert "not all within" in refused(client.get("/data/comparison.csv?compare=before"), 400)["error"]
    assert "no calendar" in refused(client.get("/data/comparison.csv?compare=2025-02-30~2025-03-02"), 400)["error"]
    refused(client.get("/data/comparison.csv?compare=last+month"), 400)


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_the_columns_that_are_described(client: TestClient, name: str) -> None:
    what, ending = name.split(".")
    answer = client.get(f"/data/{name}")
    if ending == "csv":
        assert list(rows(answer)[0]) == SETS[what].table.names
    elif ending == "parquet":
        assert pq.read_table(io.BytesIO(answer.content)).column_names == SETS[what].table.names
    described = {(row["Table"], row["Column"]): row for row in rows(client.get(f"/data/{CODEBOOK}"))}
    for column in SETS[what].table.columns:
        named = [row for (_, name), row in described.items() if name == column.name]
        assert named and all(row["Meaning"] for row in named)


def test_every_column_has_a_source_and_numbers_have_units(client: TestClient) -> None:
    told = rows(client.get(f"/data/{CODEBOOK}"))
    assert not [row["Column"] for row in told if not row["Source"]], "a row is missing in column_sources.csv"
    assert {(table.name, name) for table in TABLES for name in table.names} <= {
        (row["Table"], row["Column"]) for row in told}


def test_the_briefing_is_a_page_of_its_own_that_runs_nothing(client: TestClient) -> None:
    answer = client.get("/data/briefing.html?from=2025-10-01&to=2025-10-31", headers={"Accept": "text/html"})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"] and "<script" not in answer.text
    assert "1–31 Oct 2025" in answer.text and "&lt;img src=x" in answer.text and "<img" not in answer.text
    again = client.get("/data/briefing.html?from=2025-10-01&to=2025-10-31",
                       headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    refused(client.get("/data/briefing.html?limit=3"), 400)
    refused(client.get("/data/briefing.html?from=yesterday"), 400)


def test_a_limit_cuts_and_says_so(client: TestClient) -> None:
    first = client.get("/data/events.csv?limit=3")
    assert [row["event_id"] for row in rows(first)] == ["e-hostile", "e-line", "e-truce"]
    assert first.headers["x-torkham-truncated"] == "true"
    assert (first.headers["x-torkham-rows"], first.headers["x-torkham-total"]) == ("3", "8")
    assert "_rows-1-to-3-of-8.csv" in first.headers["content-disposition"]
    rest = client.get("/data/events.csv?limit=100&offset=3")
    assert len(rows(rest)) == 5 and rest.headers["x-torkham-truncated"] == "true"
    whole = client.get("/data/events.csv?limit=8")
    assert whole.headers["x-torkham-truncated"] == "false"
    assert client.get("/data/events.geojson?limit=1").json()["torkham"]["truncated"] is True
    assert len(rows(client.get("/data/timeline.csv?limit=1"))) == 1
    assert rows(client.get("/data/events.csv?offset=1000")) == []


def test_more_rows_than_one_answer_holds_are_refused_and_not_cut_silently(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_addresses, "LIMIT", 5)
    told = refused(client.get("/data/events.csv"), 413)
    assert "8 rows" in told["error"] and "limit=5&offset=0" in told["cure"]
    assert len(rows(client.get("/data/events.csv?limit=5"))) == 5
    refused(client.get("/data/events.csv?limit=6"), 400)


def test_a_pinned_release_is_kept_for_good_and_the_latest_is_asked_for_anew(client: TestClient) -> None:
    pinned = client.get(f"/data/events.csv?release={small_release.NAME}")
    assert "immutable" in pinned.headers["cache-control"]
    latest = client.get("/data/events.csv")
    assert latest.headers["cache-control"] == "no-cache"
    assert latest.headers["x-torkham-release"] == small_release.NAME
    assert latest.headers["etag"] == pinned.headers["etag"] != client.get("/data/reports.csv").headers["etag"]
    assert client.get("/data/events.csv?limit=3").headers["etag"] != latest.headers["etag"]
    tag = latest.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = client.get("/data/events.csv", headers={"If-None-Match": known})
        assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == latest.headers["etag"]
    assert client.get("/data/events.csv?q=x", headers={"If-None-Match": latest.headers["etag"]}).status_code == 200


def test_a_new_release_changes_the_tag_of_the_latest_and_not_that_of_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(tmp_path))
    client = TestClient(Starlette(routes=data_addresses.routes()))
    small_release.write(tmp_path, "r-old")
    old = client.get("/data/events.csv").headers["etag"]
    small_release.write(tmp_path, "r-new")
    assert client.get("/data/events.csv").headers["etag"] != old
    assert client.get("/data/events.csv?release=r-old").headers["etag"] == old
    told = client.get(f"/data/{RELEASES}").json()
    assert [(one["release"], one["latest"]) for one in told["releases"]] == [("r-new", True), ("r-old", False)]
    assert rows(client.get(told["releases"][1]["events"])) and told["limit"] == LIMIT


def test_head_tells_the_same_without_a_body(client: TestClient) -> None:
    for name in (*FILES, CODEBOOK, RELEASES):
        get, head = client.get(f"/data/{name}"), client.head(f"/data/{name}")
        assert head.status_code == 200 and head.content == b""
        for header in ("etag", "content-type", "content-length", "cache-control"):
            assert head.headers[header] == get.headers[header], (name, header)


def test_headers_are_those_of_the_server_and_the_name_is_plain(client: TestClient) -> None:
    answer = client.get("/data/events.csv?q=" + quote('"; rm -rf / é'))
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    name = answer.headers["content-disposition"]
    assert name.startswith('attachment; filename="torkham_events_') and name.count('"') == 2 and "/" not in name
    assert "sandbox" in answer.headers["content-security-policy"]
    assert refused(client.get("/data/nothing.csv"), 404) and "x-frame-options" in client.get("/data/events.csv").headers


def test_pandas_reads_the_csv_with_the_types_of_the_line_that_is_shown(client: TestClient) -> None:
    frame = pd.read_csv(io.BytesIO(client.get("/data/events.csv").content), parse_dates=["date_start", "date_end"])
    assert list(frame.columns) == EVENTS.names and frame["fatalities_best"].sum() == 20
    assert frame["contested"].dtype == bool and str(frame["date_start"].dtype).startswith("datetime64")


@pytest.mark.parametrize("query", [
    "types=earthquake", "actors=NOBODY", "from=2025-02-30", "from=2025-11-01&to=2025-10-01", "colour=red",
    "limit=0", "limit=-1", "limit=1e3", f"limit={LIMIT + 1}", "limit=٣", "limit=", "offset=-1", "limit=1&limit=2",
    "id=e-clash&id=e-bomb", "salience=loud", "q=" + "y" * 150, "places=" + "x" * 500, "unit=day",
    "min_fatalities=1%20OR%201=1", "types='%3B%20DROP%20TABLE%20events--", "__proto__=1", "a%00b=1",
    "&".join(f"places=p{i}" for i in range(200)), "%ff=1", "q=%ff", "=", "&".join(f"x{i}=1" for i in range(1500)),
])
def test_a_bad_parameter_is_refused_with_the_cure(client: TestClient, query: str) -> None:
    told = refused(client.get(f"/data/events.csv?{query}"), 400)
    assert not any(sign in told["error"] for sign in "<>;'\x00")


@pytest.mark.parametrize("release", ["gone", "..", "../../etc", "/etc/passwd", "latest/../latest", "\x00", ""])
def test_a_release_that_is_not_there_is_never_replaced_by_another(client: TestClient, release: str) -> None:
    for name in ("events.csv", CODEBOOK):
        refused(client.get(f"/data/{name}?release={quote(release)}"), 404)
    refused(client.get("/data/events.csv?release=a&release=b"), 400)


@pytest.mark.parametrize("path", [
    "/data/", "/data/events", "/data/events.CSV", "/data/events.csv/", "/data/ledger.csv", "/data/texts.parquet",
    "/data/%2e%2e/app.py", "/data/..%2fapp.py", "/data//etc/passwd", "/data/events.csv%00", "/data/" + "x" * 3000,
    "/data/comentions.geojson", "/data/release.json",
])
def test_no_other_file_has_an_address(client: TestClient, path: str) -> None:
    refused(client.get(path), 404)


def test_other_methods_long_addresses_and_other_hosts_are_refused(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        answer = client.request(method, "/data/events.csv")
        refused(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD"
    refused(client.get("/data/events.csv?q=" + "y" * MAX_QUERY), 414)
    assert client.get("/data/events.csv", headers={"Host": "rebound.example"}).status_code == 403


def test_without_a_release_and_with_a_broken_one_the_cure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(tmp_path))
    client = TestClient(Starlette(routes=data_addresses.routes()), raise_server_exceptions=False)
    assert "make run" in refused(client.get("/data/events.csv"), 503)["cure"]
    assert client.get(f"/data/{RELEASES}").json()["releases"] == []
    path = small_release.write(tmp_path)
    (path / "claims.parquet").write_bytes(b"not Parquet")
    refused(client.get("/data/events.csv"), 503)


def test_random_addresses_end_in_a_file_or_in_an_error_of_the_one_shape(client: TestClient) -> None:
    dice = random.Random(20251012)
    names = [*FILES, CODEBOOK, RELEASES, "texts.parquet", "events.exe", ""]
    options = [option.name for page in PAGE_OPTIONS.values() for option in page]
    keys = [*FILTERS, *OWN, *options, "x", "", "<b>", "a\x00"]
    values = ["", "all", "none", "2025-10-12", "9999-99-99", "PAK", "PAK~AFG", "1", "-1", "1e9", "day", "' OR 1=1 --",
              "${jndi:x}", "../../etc/passwd", "\x00", "<script>", "x" * 5000, "كابل", "\ud800", small_release.NAME,
              "e-clash", "$date_from", "%", "{{7*7}}", "\r\nSet-Cookie: a=b"]
    for _ in range(400):
        pairs = [(dice.choice(keys), dice.choice(values)) for _ in range(dice.randrange(6))]
        query = urlencode(pairs, errors="surrogatepass") if dice.random() < 0.8 else "".join(
            dice.choice("&=%;+?#/\\abc0é") for _ in range(30))
        path = f"/data/{quote(dice.choice(names))}?{query}"
        answer = client.get(path)
        assert "set-cookie" not in answer.headers
        if answer.status_code != 200:
            assert 400 <= answer.status_code < 500, path
            refused(answer, answer.status_code)


def test_the_error_is_json_also_when_something_breaks(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(data_addresses, "_rows", broken)
    assert "secret" not in json.dumps(refused(client.get("/data/events.csv?q=zzz"), 500))
