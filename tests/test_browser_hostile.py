"""Hostile text in every cell that an article fills: it is shown as it stands, and nothing of it takes effect."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from dashboard import geometry
from dashboard import map as maps
from dashboard.data_addresses import FILES
from dashboard.map_marks import mercator
from tests import browser as browsing
from tests import hostile_texts
from tests.browser import STILL, Watched
from tests.hostile_texts import FOCUS, NAME, PLACES, TEXTS, actor
from tests.test_browser import page_address

pytestmark = pytest.mark.browser

# Elements that none of our pages has, and links and pictures that lead to where only the texts point.
INJECTED = """() => {
    const led = one => { const to = new URL(String(one.href?.baseVal ?? one.href ?? one.src), location);
        return !/^(https?|blob):$/.test(to.protocol) && !(to.protocol === 'data:' && one.localName === 'img')
            || !['', location.host, 'news.example'].includes(to.host); };
    const found = document.querySelectorAll('[data-evil], [onerror], [onload], [ontoggle], [onmouseover], iframe, ' +
        'math, .katex, .stMarkdownColoredText, .stMarkdownBadge, [data-testid="stMarkdownContainer"] img, ' +
        '[data-testid="stMain"] [role="img"][aria-label="home icon"]');
    const leading = Array.from(document.querySelectorAll('a[href], img[src], script[src], use')).filter(led);
    return [...found, ...leading].map(one => one.outerHTML.slice(0, 300)); }"""
TURNING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"  # signs that turn what follows
SHOWS = {"overview": [""], "timeline": ["stack=type"], "events": [""], "changes": [f"since={hostile_texts.BEFORE}"],
         "about": [""], "actors": ["show=matrix&detail=actor", "show=network&detail=actor", "show=against&detail=actor",
                                   "show=time&detail=actor"]}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    hostile_texts.write(folder)
    with browsing.served(folder, tmp_path_factory.mktemp("log") / "server.log") as address:
        yield address


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Watched]:
    with browsing.watched(chromium, "light", 1360) as watch:
        watch.page.on("dialog", lambda dialog: (watch.errors.append(f"a dialog opened: {dialog.message}"),
                                                dialog.dismiss()))
        watch.page.on("popup", lambda _: watch.errors.append("a window opened"))
        yield watch


def assert_inert(watch: Watched) -> None:
    """Nothing ran, nothing was asked of another host, the policy had nothing to refuse, no element came of a text."""
    assert watch.page.evaluate(INJECTED) == []
    assert watch.page.evaluate("window.refused") == [] and not watch.page.evaluate("window.ran")
    assert watch.page.locator('[data-testid="stException"]').count() == 0, watch.main_text()
    assert watch.errors == [] and watch.strangers == set()


def one_line(text: str, but: str = "") -> str:
    return " ".join("".join(sign for sign in text if sign not in but).split())


def shown(page: Page, selector: str) -> str:
    """What stands in the elements, as the document has it (the style of a heading may write it otherwise)."""
    return one_line(" ".join(page.locator(selector).evaluate_all("all => all.map(one => one.textContent)")))


@pytest.mark.parametrize("kind", TEXTS)
def test_the_page_of_an_event_shows_every_text_as_it_stands(watch: Watched, hostile: str, kind: str) -> None:
    watch.open(page_address(hostile, "event", f"release={NAME}&id=e-{kind}"))
    assert_inert(watch)
    page, text = watch.page, one_line(TEXTS[kind])
    unturned = one_line(TEXTS[kind], TURNING + "\u202c\u2069")
    assert f"Armed clash: {unturned}, {unturned} d, {unturned} p" in shown(page, "h1")
    assert one_line(shown(page, "mark.evidence")) == text
    assert text in shown(page, '[data-testid="stText"]')  # title, correction
    captions = shown(page, '[data-testid="stCaptionContainer"]')
    assert f"{unturned} · {10 + list(TEXTS).index(kind)} Oct 2025" in captions  # publisher
    assert all(sign not in captions + shown(page, "h1") + shown(page, "code") for sign in TURNING)
    table = shown(page, '[data-testid="stTable"]')
    assert unturned in table and one_line(actor(kind), TURNING + "\u202c\u2069") in table
    cited = shown(page, "code")
    assert f"coded from: {unturned}, 2025-10-1" in cited and f"{hostile}/event?release={NAME}" in cited
    assert unturned in one_line(page.title(), TURNING + "\u202c\u2069") if kind != "html" else True


@pytest.mark.parametrize("name", SHOWS)
def test_a_page_over_hostile_texts_shows_nothing_but_text(watch: Watched, hostile: str, name: str) -> None:
    for options in SHOWS[name]:
        watch.open(page_address(hostile, name, f"release={NAME}&salience=all&{options}"))
        for expander in watch.page.get_by_test_id("stMain").get_by_test_id("stExpander").locator("summary").all():
            expander.click()
        watch.page.evaluate(STILL)
        assert_inert(watch)
        if name == "overview":
            texts = shown(watch.page, '[data-testid="stText"]')
            assert all(one_line(text) in texts for text in TEXTS.values())
        if name == "actors":  # labels of axes and nodes are broken and cut
            drawn = one_line(shown(watch.page, ".js-plotly-plot"))
            assert "time" in options or "<script>" in drawn and ":red[red]" in drawn


def test_filters_name_hostile_places_and_actors_as_they_are(watch: Watched, hostile: str) -> None:
    chosen = httpx.QueryParams([("release", NAME), ("actors", actor("names")), ("actors", "TTP"),
                                ("places", TEXTS["marks"]), ("places", TEXTS["names"]), ("q", TEXTS["html"][:60])])
    watch.open(page_address(hostile, "events", str(chosen)))
    side = watch.page.get_by_test_id("stSidebar")
    assert one_line(f"TTP.{actor('names')}") in shown(watch.page, '[data-testid="stSidebar"]')
    assert one_line(TEXTS["marks"])[:40] in one_line(side.inner_text())
    side.get_by_label("Provinces").click()
    assert_inert(watch)
    watch.page.keyboard.press("Escape")
    watch.page.get_by_role("button", name="Download").click()
    watch.page.get_by_test_id("stPopoverBody").locator("code").first.wait_for()
    assert_inert(watch)


def position(page: Page, focus: str, latitude: float, longitude: float) -> tuple[float, float]:
    """Where on the page the map that opens on the crossing `focus` has a position, in pixels."""
    gate = geometry.crossings().set_index("crossing_id").loc[focus]
    east, north = gate["longitude"], gate["latitude"]
    scale = maps.pixels_per_degree((east - 0.9, north - 0.7, east + 0.9, north + 0.7))
    box = page.locator('[data-testid="stDeckGlJsonChart"]').first.bounding_box()
    assert box
    to, at = mercator(longitude, latitude), mercator(east, north)
    return (box["x"] + box["width"] / 2 + (to[0] - at[0]) * scale,
            box["y"] + box["height"] / 2 - (to[1] - at[1]) * scale)


def pointed_at(page: Page, where: tuple[float, float], wanted: str) -> str:
    """What the map tells when the pointer is at a position, or near it where its mark was moved: as soon as that has
    the words wanted, else what it told last."""
    told = ""
    for right, down in ((0, 0), (8, 0), (-8, 0), (0, 8), (0, -8)):
        page.mouse.move(where[0] + right, where[1] + down, steps=2)
        for _ in range(12):  # picking takes as long as drawing does; what was told of another place may stand till then
            page.wait_for_timeout(60)
            told = shown(page, ".deck-tooltip")
            if wanted in told:
                return told
    return told


def test_the_map_shows_a_hostile_place_as_text(watch: Watched, hostile: str) -> None:
    for look in ("places", "hexagons", "districts"):
        watch.open(page_address(hostile, "map", f"release={NAME}&marks={look}&focus={FOCUS}"))
        assert_inert(watch)
        if look == "districts":
            continue
        for kind, (latitude, longitude) in zip(TEXTS, PLACES, strict=True):
            where = position(watch.page, FOCUS, latitude, longitude)
            assert one_line(TEXTS[kind]) in pointed_at(watch.page, where, one_line(TEXTS[kind]))
            assert_inert(watch)
    choice = watch.page.get_by_label("Read the events of")
    choice.click()
    watch.page.get_by_role("option").first.click()
    watch.settle()
    assert_inert(watch)


def test_a_pasted_article_of_hostile_text_is_read_and_shown_as_text(watch: Watched, hostile: str) -> None:
    watch.open(page_address(hostile, "code"))
    watch.page.get_by_label("Headline").fill(TEXTS["names"])
    text = "TANK: A bomb killed three policemen in Tank on Monday, police said. " + " ".join(TEXTS.values())
    watch.page.get_by_role("textbox", name="Text", exact=True).last.fill(text)
    watch.page.get_by_role("button", name="Code it").first.click()
    watch.page.locator("mark.figure").first.wait_for(timeout=60_000)
    read = watch.page.locator(".read").evaluate_all("""all => all.map(one => { one = one.cloneNode(true);
        one.querySelectorAll('small, style').forEach(part => part.remove()); return one.textContent; }).join(' ')""")
    assert all(one_line(text) in one_line(read) for text in TEXTS.values())
    assert_inert(watch)


def test_the_briefing_shows_hostile_text_as_text(watch: Watched, hostile: str) -> None:
    watch.page.goto(f"{hostile}/data/briefing.html?release={NAME}")
    assert_inert(watch)
    told = shown(watch.page, "main")
    assert all(one_line(text) in told for text in TEXTS.values())
    # What turns is shut in: the words behind it stand as they were written.
    assert watch.page.locator("bdi").count() == 5 * len(TEXTS)


def test_downloads_hold_hostile_text_as_data(hostile: str) -> None:
    for name in FILES:
        answer = httpx.get(f"{hostile}/data/{name}?release={NAME}", timeout=60)
        assert answer.status_code == 200, (name, answer.text[:300])
        kind = answer.headers["content-type"]
        assert answer.headers["x-content-type-options"] == "nosniff" and "html" not in kind and "svg" not in kind
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
                assert not [cell for cell in row if cell[:1] in "=@\t\r" and cell], (name, row)
    told = httpx.get(f"{hostile}/data/events.csv?release={NAME}", timeout=60).content.decode("utf-8-sig")
    rows = {row["event_id"]: row for row in csv.DictReader(io.StringIO(told))}
    assert all(rows[f"e-{kind}"]["evidence"].removeprefix("'") == text for kind, text in TEXTS.items())
