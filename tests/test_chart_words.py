"""Behind every chart of every page: a text summary, and a table of the numbers that it draws."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import releases
from dashboard.view import PAGE_OPTIONS
from tests import small_release
from tests.performance import Session

CHARTS = ("plotly_chart", "deck_gl_json_chart", "image")
SMALL = {"release": [small_release.NAME], "from": ["2025-06-01"], "to": ["2025-11-01"]}
# Every page, with each of the values that make another chart.
SHOWN: dict[str, list[dict[str, str]]] = {
    **{page: [{}] for page in PAGE_OPTIONS},
    "timeline": [{"unit": "week"}, {"stack": "dyad", "killed": "cumulative"}, {"compare": "before"}],
    "actors": [{"show": show} for show in ("matrix", "network", "time", "against")],
    "map": [{"marks": marks} for marks in ("places", "hexagons", "districts")] + [{"step": "month"}],
    "event": [{"id": "e-clash"}, {"id": "e-hostile"}],
}
WITHOUT = {"events", "changes", "code", "about"}  # pages of text and tables alone


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("releases")
    small_release.write(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(releases.FOLDER_VARIABLE, str(folder))
        yield Session()


def leaves(block: Any) -> Iterator[Any]:
    """Elements and blocks below `block`, in the order in which they stand on the page."""
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from leaves(child)


def told(element: Any) -> str:
    """The text alternative of a chart or of a picture."""
    proto = element.proto
    return proto.imgs[0].alt if element.type == "image" else proto.alt


@pytest.mark.parametrize("page", PAGE_OPTIONS)
def test_every_chart_has_its_words_and_its_table(session: Session, page: str) -> None:
    for options in SHOWN[page]:
        query = {**SMALL, **{name: [value] for name, value in options.items()}}
        _, _, fault = session.show(page, query)
        assert not fault, (page, options, fault)
        found = list(leaves(session.app.main))
        charts = [i for i, one in enumerate(found) if one.type in CHARTS]
        assert bool(charts) != (page in WITHOUT), (page, options)
        for i in charts:
            words = told(found[i])
            if found[i].type == "image":  # the map of one event, and the legend of the map, whose words are their own
                assert words == "Legend, continued" or len(words) > 40, (page, options, words)
                continue
            assert len(words) > 40 and words.rstrip().endswith("."), (page, options, words)
            behind = next((one for one in found[i + 1:] if one.type in ("expander", "expandable")), None)
            assert behind is not None and "table" in behind.label.lower(), (page, options, words)
            inside = list(leaves(behind))
            said = [one.value for one in inside if one.type == "text"]
            assert said and said[0].strip() and said[0].split(".")[0] in words, (page, options, said)
            tables = [one for one in inside if one.type in ("arrow_data_frame", "dataframe")]
            assert tables and len(tables[0].value) > 0, (page, options)


def test_a_chart_without_words_would_be_found() -> None:
    """The charts of a page are those that it sends: what is counted above is what Streamlit calls them."""
    import plotly.graph_objects as go
    from streamlit.testing.v1 import AppTest

    def page() -> None:
        import plotly.graph_objects as go
        import pydeck as pdk
        import streamlit as st

        st.plotly_chart(go.Figure())
        st.pydeck_chart(pdk.Deck(map_provider=None))

    app = AppTest.from_function(page).run()
    assert [one.type for one in leaves(app.main)] == ["plotly_chart", "deck_gl_json_chart"]
    assert all(not told(one) for one in leaves(app.main)) and json.loads(go.Figure().to_json())["data"] == []


def test_every_call_that_draws_a_chart_gives_it_words() -> None:
    """Also in branches that no address above takes."""
    folder = Path(__file__).resolve().parent.parent / "dashboard"
    calls = [(path.name, text.split(")\n", 1)[0]) for path in folder.rglob("*.py")
             for text in path.read_text("utf-8").split("st.")[1:]
             if text.startswith(("plotly_chart(", "pydeck_chart(", "image(", "altair_chart(", "pyplot(", "line_chart(",
                                 "bar_chart(", "map(", "graphviz_chart("))]
    assert len(calls) >= 3
    assert not [call for call in calls if "alt=" not in call[1]]
