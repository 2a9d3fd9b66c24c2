"""What every session runs: opens the release that the address asks for, draws the sidebar, runs the page.

It has a folder of its own because Streamlit takes a folder ``pages`` beside the script for its older kind of pages and
would then run a page alone when the first address that a fresh server is asked for is that of a page.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent.parent.parent
if str(ROOT) not in sys.path:  # Streamlit puts only this folder on the path
    sys.path.insert(0, str(ROOT))

from dashboard import account, filters, layout, releases, synced, turns  # noqa: E402
from dashboard.navigation import PAGES  # noqa: E402
from dashboard.view import FILTERS, View, options_from_query  # noqa: E402

LOOKS_AGAIN = 5  # seconds between two looks for a release that cannot be read


def go_on(wanted: str) -> None:
    """Runs the page anew once its release can be read."""
    with suppress(releases.ReleaseFault):
        releases.load(wanted)
        st.rerun()


def main() -> None:
    """One run of the script: address → View → sidebar → page."""
    st.set_page_config(
        page_title="Torkham", page_icon=ROOT / "dashboard" / "icon.svg", layout="wide",
        initial_sidebar_state=330,
        menu_items={"Get help": None, "Report a bug": None,
                    "About": "Torkham: what happens on the Pakistan–Afghanistan border, straight from news articles."},
    )
    folder = ROOT / "dashboard" / "pages"
    pages = {
        name: st.Page(folder / file, title=title, icon=icon, url_path=name, default=name == "overview")
        for name, file, title, icon in PAGES
    }
    chosen = st.navigation(list(pages.values()), position="hidden")
    page = chosen.url_path or "overview"
    st.set_page_config(page_title=f"{chosen.title} – Torkham")
    account.check()
    st.session_state[layout.PAGES] = pages
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    if page != layout.EVENT and set(params) == {"release", "id"}:
        del params["id"]  # going back from an event, the first run still has the event's parameters
    asked = params
    if page == layout.EVENT or not any(name in FILTERS for name in params if name != "release"):
        # An address without filters keeps those last shown.
        params = {**st.session_state.get(layout.QUERY, {}), **params}
    wanted = params.get("release", [""])[-1]
    try:
        release = releases.load(wanted)
    except releases.ReleaseFault as fault:
        synced.renew()
        st.title("Torkham", anchor=False)
        st.error(layout.plain(str(fault)), icon=":material/database_off:")
        st.caption("This page looks again by itself and goes on where it was.")
        st.fragment(go_on, run_every=LOOKS_AGAIN)(wanted)
        st.stop()
    view, notices = View.from_query(params, release.facts)
    if page == layout.EVENT:  # of filters that it does not use it has nothing to say
        notices = View.from_query(asked, release.facts)[1]
    options, more = options_from_query(params, page)
    view = filters.opening(view, params, release.facts)
    now = layout.Current(view, release, page, options, notices + more)
    st.session_state[layout.CURRENT] = now
    st.session_state[layout.QUERY] = view.to_query()
    layout.set_query(now.query())
    with st.sidebar:
        filters.navigation(pages, now)
        filters.sidebar(now)
        account.sidebar()
    chosen.run()


with turns.TURNS:
    main()
