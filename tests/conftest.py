"""One browser and one server for all tests that need them, which run last."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from starlette.testclient import TestClient

from dashboard import geometry, located, releases
from dashboard.geometry import Boundaries
from dashboard.located import Located
from tests import browser as browsing
from tests import make_release, map_rows, small_release
from tests.watched_sites import Sites, sites


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser stand last: they are the slowest, and its event loop is in the way of tests that run one."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def main_kept() -> Iterator[None]:
    """`__main__` after each test as before: Streamlit's tests put a page there, and worker processes begun later would
    import it and die of it."""
    own = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = own


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = browsing.find_browser()
    if executable is None:
        message = "no Chromium on this machine; install it with: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = browsing.launch(playwright, executable)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard over the release made from the labels of the shipped articles, and over the small one."""
    folder = tmp_path_factory.mktemp("releases")
    make_release.make_release(folder)
    small_release.write(folder)
    with browsing.served(folder, tmp_path_factory.mktemp("log") / "server.log") as address:
        yield address


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The addresses over the small release, behind the guard that the server has."""
    # Here, since few tests need the server and it takes a second to load.
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    from dashboard import data_addresses
    from dashboard.app import Guard
    from dashboard.web.front import Front
    from tests.web_settings import SERVED

    folder = tmp_path_factory.mktemp("releases")
    small_release.write(folder)
    app = Starlette(routes=data_addresses.routes(), middleware=[Middleware(Front, settings=SERVED), Middleware(Guard)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(releases.FOLDER_VARIABLE, str(folder))
        yield TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def web() -> Iterator[Sites]:
    """Sites of our own making, for tests that watch feeds."""
    with sites() as found:
        yield found


@pytest.fixture(scope="session")
def shapes() -> Boundaries:
    """The boundaries that the map draws."""
    return geometry.boundaries()


@pytest.fixture(scope="session")
def found() -> Located:
    """The events of `tests.map_rows` by where the map can draw them."""
    return located.locate(map_rows.EVENT_ROWS)
