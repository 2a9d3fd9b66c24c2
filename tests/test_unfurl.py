"""What chats read of a link: the filters and numbers of the page, a picture of our own, and nothing that runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pandas as pd
import pytest
import streamlit
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard import data_addresses, releases, start_page, unfurl
from dashboard.app import Guard
from dashboard.navigation import PAGES, TITLES
from dashboard.view import PAGE_OPTIONS
from etl.brief import card
from tests import small_release

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
BASE = "http://testserver"


class Head(HTMLParser):
    """The tags of a page: properties with their contents, the title, and all names of elements and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.told: dict[str, str] = {}
        self.title, self.elements, self.attributes = "", [], set()
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        name = given.get("property") or given.get("name")
        if tag == "meta" and name:
            self.told[name] = given.get("content") or ""
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
            self._in_title = False


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Streamlit's own page at every address, behind the guard and beside the addresses of data."""
    folder = tmp_path_factory.mktemp("releases")
    small_release.write(folder)

    async def page(request: Request) -> Response:
        return HTMLResponse(INDEX.read_text(encoding="utf-8"))

    app = Starlette(routes=[*data_addresses.routes(), Route("/{path:path}", page)], middleware=[Middleware(Guard)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(releases.FOLDER_VARIABLE, str(folder))
        yield TestClient(app, raise_server_exceptions=False)


def head(client: TestClient, address: str, **headers: str) -> Head:
    answer = client.get(address, headers={"Accept": "*/*", "Accept-Encoding": "gzip", **headers})
    assert answer.status_code == 200
    return Head(answer.text)


PLAIN = Head(INDEX.read_text(encoding="utf-8"))


def test_there_is_a_title_for_every_page() -> None:
    assert set(TITLES) == set(PAGE_OPTIONS)
    assert all((Path(unfurl.__file__).parent / "pages" / file).is_file() for _, file, _, _ in PAGES)


@pytest.mark.parametrize("page", [name for name in PAGE_OPTIONS if name != "overview"] + [""])
def test_every_page_says_what_it_is(client: TestClient, page: str) -> None:
    found = head(client, f"/{page}?release={small_release.NAME}")
    assert found.title == f"{TITLES[page or 'overview']} – Torkham" == found.told["og:title"]
    assert len(found.told["og:description"]) > 20 and found.told["description"] == found.told["og:description"]
    assert found.told["og:url"] == f"{BASE}/{page}?release={small_release.NAME}"


def test_the_description_has_the_filters_and_the_numbers_of_the_page(client: TestClient) -> None:
    query = f"release={small_release.NAME}&from=2025-10-01&actors=TTP&min_fatalities=1"
    found = head(client, f"/map?{query}")
    rows = list(csv.DictReader(io.StringIO(client.get(f"/data/events.csv?{query}").content.decode("utf-8-sig"))))
    killed = sum(int(row["fatalities_best"] or 0) for row in rows)
    assert found.told["og:description"] == (
        f"{len(rows)} events, {killed} killed by the best account. 1 Oct 2025 – 1 Nov 2025 · all event types · "
        "Tehrik-i-Taliban Pakistan · at least 1 killed")
    picture = urlsplit(found.told["og:image"])
    assert f"{picture.scheme}://{picture.netloc}{picture.path}" == f"{BASE}/data/picture.png"
    assert parse_qs(picture.query) == {"release": [small_release.NAME], "from": ["2025-10-01"], "actors": ["TTP"],
                                       "min_fatalities": ["1"]}
    assert "Tehrik-i-Taliban Pakistan" in found.told["og:image:alt"]


def test_an_address_without_filters_tells_of_what_the_page_opens_on(client: TestClient) -> None:
    found = head(client, "/events")
    assert "8 events, " in found.told["og:description"]
    assert parse_qs(urlsplit(found.told["og:image"]).query)["release"] == [small_release.NAME]


def test_one_event_has_a_title_and_a_picture_of_its_own(client: TestClient) -> None:
    found = head(client, f"/event?release={small_release.NAME}&id=e-clash")
    assert found.title == "Border clash: Spin Boldak, Kandahar, Afghanistan – Torkham"
    for words in ("12 Oct 2025", "9 (4–13) killed", "3 reports by 3 publishers", "sources contradict each other"):
        assert words in found.told["og:description"]
    assert client.get(found.told["og:image"]).status_code == 200
    assert "og:image" not in head(client, f"/event?release={small_release.NAME}&id=e-never").told


def test_the_picture_has_the_promised_size_and_is_kept_by_release(client: TestClient) -> None:
    address = head(client, f"/events?release={small_release.NAME}&types=bombing").told["og:image"]
    answer = client.get(address)
    picture = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == "image/png" and picture.size == (card.WIDTH, card.HEIGHT)
    assert len(picture.convert("RGB").getcolors(1_000_000) or []) > 50, "there is something on it"
    assert "immutable" in answer.headers["cache-control"] and len(answer.content) < 300_000
    again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content
    unfurl._drawn.cache_clear()
    assert client.get(address).content == answer.content, "the same every time"
    for query, status in (("id=e-never", 404), ("release=gone", 404), ("types=earthquake", 400), ("colour=red", 400)):
        assert client.get(f"/data/picture.png?{query}").status_code == status


@pytest.mark.parametrize("query", [
    'q="><script>alert(1)</script>', "q=' onload='alert(1)", "q=%00%0a</title><img src=x onerror=alert(1)>",
    '"><script>=1', "id=\"><svg onload=alert(1)>", "release=\"><script>alert(1)</script>", "q=%ff%fe$x$",
    "q=\u202e\u2028كابل😀", "&".join(f"a{n}=1" for n in range(1200)), "from=" + "9" * 5000,
])
@pytest.mark.parametrize("page", ["events", "event", ""])
def test_nothing_of_an_address_becomes_markup(client: TestClient, page: str, query: str) -> None:
    found = head(client, f"/{page}?{quote(query, safe='&=%')}")
    assert set(found.elements) == {*PLAIN.elements, "style"} and found.elements.count("style") == 1
    assert found.elements.count("script") == PLAIN.elements.count("script") + 1
    assert not [name for name in found.attributes if name.startswith("on")]
    if "og:image" in found.told:
        assert client.get(found.told["og:image"]).status_code == 200


@pytest.mark.parametrize("host", ['x"><script>', "x y", "", "ümlaut"])
def test_a_host_that_is_none_gives_no_addresses(client: TestClient, host: str) -> None:
    told = unfurl.told("events", {"release": [small_release.NAME]})
    text = unfurl.tags(told, f"http://{host}", "", "/events")
    assert "og:image" not in text and "og:url" not in text and "<script" not in text and "og:title" in text


def test_a_proxy_may_say_that_it_speaks_https(client: TestClient) -> None:
    address = f"/events?release={small_release.NAME}"
    for sent, scheme in (("https", "https"), ("HTTPS, http", "https"), ("javascript", "http")):
        assert head(client, address, **{"X-Forwarded-Proto": sent}).told["og:image"].startswith(f"{scheme}://testserver/")


def test_the_page_comes_also_where_its_tags_cannot_be_made(client: TestClient, monkeypatch) -> None:
    def fails(page, params):
        raise RuntimeError("no")

    monkeypatch.setattr(unfurl, "told", fails)
    found = head(client, "/events")
    assert found.title == "Streamlit" and "og:title" not in found.told and "script" in found.elements


def test_without_a_release_there_is_still_a_title(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv(releases.FOLDER_VARIABLE, str(tmp_path))
    assert unfurl.told("events", {}) == unfurl.Told("Events – Torkham", unfurl.ABOUT)


@pytest.mark.parametrize(("path", "base", "page"), [
    ("/", "", "overview"), ("/events", "", "events"), ("/event/", "", "event"), ("/static/js/a.js", "", None),
    ("/border", "/border", "overview"), ("/border/map", "/border", "map"), ("/map", "/border", None),
    ("/borderline", "/border", None), ("/data/events.csv", "", None), ("/_stcore/health", "", None),
])
def test_which_page_a_path_is(path: str, base: str, page: str | None) -> None:
    assert start_page.page_of(path, base) == page


def test_a_page_without_script_stays_as_it_is() -> None:
    assert start_page.complete("<p>no script</p>", "", "<title>x</title>") == "<p>no script</p>"


def test_words_of_any_length_and_script_fit_the_picture() -> None:
    numbers = [("9,999,999", "events")] * 5
    long = card.Card("كابل " * 60 + "$\\frac{1}{", ["word " * 200] * 4, numbers, "\U0001f600" * 90)
    points = pd.DataFrame({"latitude": [34.0], "longitude": [71.0], "event_group": ["violence"], "killed": [1e9]})
    picture = Image.open(io.BytesIO(card.png(long, card.empty_days(), points)))
    assert picture.size == (card.WIDTH, card.HEIGHT)
