"""The page of one event: figures side by side, where it was, what became of its identifier; nothing of it is run."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser

from dashboard import event_record, highlight, layout, locator, queries, releases
from dashboard.releases import Release
from dashboard.view import View
from etl.schema import EVENT_IDS
from tests import browser as browsing
from tests import small_release


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small release, in which one identifier was merged, one withdrawn and one split off."""
    path = small_release.write(tmp_path_factory.mktemp("releases"))
    ids = [{"event_id": event[0], "status": "live", "first_release": "r-first", "changed_in": "r-first",
            "split_from": "e-old" if event[0] == "e-line" else None} for event in small_release.EVENTS]
    ids += [{"event_id": "e-was", "status": "merged", "merged_into": "e-clash", "first_release": "r-first",
             "changed_in": "r-second"},
            {"event_id": "e-gone", "status": "withdrawn", "first_release": "r-first", "changed_in": "r-second"}]
    schema = pa.schema([(name, pa.string()) for name in EVENT_IDS.names])
    pq.write_table(pa.Table.from_pylist(ids, schema=schema), path / "event_ids.parquet")
    return path.parent


@pytest.fixture(scope="module")
def release(folder: Path) -> Release:
    return releases.load(where=folder)


def row(release: Release, event_id: str) -> dict:
    return queries.event(release, event_id).to_dict("records")[0]


def test_each_source_stands_beside_the_others(release: Release) -> None:
    view = View.default(release.facts)
    table = event_record.side_by_side(queries.claims(view, release, "e-clash"))
    told = {line["According to"]: line for line in table.to_dict("records")}
    afghan = next(name for name in table.columns if name.startswith("Killed") and "Afghan" in name)
    assert {told[source][afghan] for source in told} == {"9", "4", "–"}
    assert len(told) == 3 and "at least 4" in " ".join(map(str, table.to_numpy().ravel()))
    own = event_record.side_by_side(queries.claims(view, release, "e-bomb"))
    assert list(own["According to"]) == ["The Daily Pass (own voice)"]


def test_an_identifier_leads_to_what_became_of_it(release: Release) -> None:
    assert event_record.identity(release, "e-clash") == event_record.Identity(
        "live", None, ("e-was",), None, "r-first", "r-first")
    assert event_record.identity(release, "e-line").origin == "e-old"
    merged = event_record.identity(release, "e-was")
    assert (merged.status, merged.now, merged.changed_in) == ("merged", "e-clash", "r-second")
    assert event_record.identity(release, "e-gone").status == "withdrawn"
    for stranger in ("", "e-never", "' OR 1=1 --", "\x00", "e-clash "):
        assert event_record.identity(release, stranger) == event_record.Identity("unknown")


def test_a_citation_names_event_release_sources_and_address(release: Release) -> None:
    reports = queries.reports(View.default(release.facts), release, "e-clash")
    link = "https://torkham.example/event?id=e-clash"
    text = event_record.citation(row(release, "e-clash"), reports, release.name, link)
    for part in ("Border clash", "Spin Boldak", "12 Oct 2025", "e-clash", release.name, "Copycat Post, 2025-10-13",
                 link):
        assert part in text


def test_losses_stand_side_by_side(release: Release) -> None:
    losses = event_record.losses(event_record.tolls(release, "e-clash"))
    assert losses["Whose"].tolist()[0] == "all together" and losses["Best"].tolist() == [9, 4, 4]
    assert losses["Contested"].tolist() == [True, True, False]
    assert losses["Accounts"].tolist()[1] == "Afghan Taliban authorities: 4; Pakistan's armed forces: 9"
    assert losses["Accounts"].tolist()[0].endswith("Government of Pakistan: 4+ (Pakistan's armed forces)")
    assert losses["As it grew"].tolist()[0] == "4 (12 Oct 2025), then 9 (13 Oct 2025)"
    assert event_record.losses(event_record.tolls(release, "e-none")).empty


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("event_id", "where", "drawn"), [
    ("e-clash", (31.0056, 66.3992), "<circle"), ("e-hostile", None, "fill-opacity"), ("e-old", None, "fill-opacity"),
    ("e-line", None, None), ("e-truce", None, None), ("e-none", None, None),
])
def test_the_small_map_draws_what_is_known_and_no_more(
    release: Release, event_id: str, where: tuple[float, float] | None, drawn: str | None, theme: str
) -> None:
    event = {**row(release, event_id), **dict(zip(("latitude", "longitude"), where or (None, None), strict=True))}
    picture = locator.locator(event, theme)
    if drawn is None:
        assert picture is None
        return
    assert picture is not None and drawn in picture and "stroke-dasharray" in picture
    assert ("<circle" in picture) == (where is not None), "a disc stands for a known place alone"
    root = ElementTree.fromstring(picture)
    assert not [node for node in root.iter() if re.search("script|image|foreignObject", node.tag)]
    assert len(picture) < 200_000


def test_the_evidence_is_set_off_and_nothing_of_it_is_markup() -> None:
    html = highlight.evidence_html("<b>before</b> ", small_release.HOSTILE, " & after</mark>")
    body = html.split("</style>", 1)[1]
    assert re.findall(r"<(/?\w+)", body) == ["div", "p", "mark", "/mark", "/p", "/div"]
    assert "&lt;img src=x onerror=alert(1)&gt;" in body and "&amp; after&lt;/mark&gt;" in body


# In the browser

@pytest.mark.browser
def test_a_row_leads_to_its_event_and_back_in_the_browser_returns_to_the_filters(
    chromium: Browser, served: str
) -> None:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.open(f"{served}/events?release={small_release.NAME}&actors=TTP")
        assert "3 events, newest first" in watch.main_text()
        table = watch.page.get_by_test_id("stDataFrame").first.bounding_box()
        assert table
        watch.page.wait_for_timeout(1_000)  # the table is drawn on a canvas, of which nothing tells when it is ready
        watch.page.mouse.click(table["x"] + 16, table["y"] + 80)  # the box before the first row
        watch.page.wait_for_url(lambda url: "/event?" in url)
        watch.settle()
        assert parse_qs(urlsplit(watch.page.url).query)["id"] == ["e-hostile"]
        assert small_release.HOSTILE in watch.main_text() and "Cite this event" in watch.main_text()
        watch.page.go_back()
        watch.page.wait_for_url(lambda url: "/events?" in url)
        watch.settle()
        assert "3 events, newest first" in watch.main_text()
        watch.page.go_forward()
        watch.page.wait_for_url(lambda url: "/event?" in url)
        watch.settle()
        watch.page.get_by_role("link", name="All events").click()
        watch.page.wait_for_url(lambda url: "/events?" in url)
        watch.settle()
        assert "3 events, newest first" in watch.main_text(), "the filters were kept"
        assert watch.errors == [] and watch.strangers == set()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1360, "light"), (390, "dark")])
def test_an_old_a_merged_and_an_unknown_identifier_get_a_page(
    chromium: Browser, served: str, width: int, scheme: str
) -> None:
    with browsing.watched(chromium, scheme, width) as watch:
        for query, words in (("id=e-fight", "now part of another one"), ("id=e-gone", "was withdrawn"),
                             ("id=%3Cscript%3E", "names no event"), ("", "names no event"),
                             ("id=e-never", "has no event e-never")):
            watch.open(f"{served}/event?release={small_release.NAME}&{query}")
            assert words in watch.main_text(), query
            assert watch.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), query
        watch.open(f"{served}/event?release={small_release.NAME}&id=e-fight")
        watch.page.get_by_role("button", name="Open the event e-clash").click()
        watch.page.wait_for_url(lambda url: "id=e-clash" in url)
        watch.settle()
        assert "Reports: 3 articles" in watch.main_text() and "took in e-fight" in watch.main_text()
        watch.open(f"{served}/events?release={small_release.NAME}&event=e-bomb")
        watch.page.wait_for_url(lambda url: "/event?" in url and "id=e-bomb" in url)
        assert watch.errors == [] and watch.strangers == set()


@pytest.mark.parametrize("text", [
    "https://a.example/x", "www.a.example", "HTTP://A.EXAMPLE", "mail@a.example", ":streamlit: :material_home: :bomb:",
    ":red[x]", "a -> b <- c <-> d -- e >= f <= g ~= h", "# $x$ **b** ![x](y) <i>&lt;", "10:30:45", "5 > 3",
])
def test_plain_text_is_escaped_and_parted_where_streamlit_would_change_it_afterwards(text: str) -> None:
    shown = layout.plain(text)
    parts = [re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", part) for part in shown.split(":small[]")]
    assert "".join(parts) == text
    assert not re.search(r"[!-/:-@\[-`{-~]", re.sub(r"\\[!-/:-@\[-`{-~]", "", shown.replace(":small[]", "")))
    for part in parts:  # what its readers of runs of text look for
        assert not re.search(r"(?i)https?://|www\.|\w@\w|:[\w+-]+:|(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)", part)


def test_signs_that_turn_what_follows_are_left_out() -> None:
    assert layout.plain("a \u202eb\u202c \u2067c\u2069 \u0627\u200c\u062d") == "a b c \u0627\u200c\u062d"
