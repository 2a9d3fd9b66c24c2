"""Parts that all pages share: heading, notices, Share, CSV, and the text and table behind a chart.

Text that comes from articles or from the address goes through `st.text`, a dataframe, or `plain` for the few places
that read Markdown: it is never rendered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, TypeVar, cast
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from dashboard import changes, reading, synced
from dashboard.charts import dicts_of
from dashboard.export import csv_bytes, file_name
from dashboard.page_options import UNFILTERED
from dashboard.releases import Release
from dashboard.view import PAGE_OPTIONS, View
from dashboard.view_words import in_words
from etl.faults import InputFault
from etl.schema import BY_NAME
from etl.wording import unturned

T = TypeVar("T")
CURRENT = "current"  # key of the session: what this run shows
EVENT, CODE = "event", "code"  # the page of one event, and the one that codes an article: no release tells on it
READ = "area"  # the option of the map that says which events are read beside it
PAGES = "pages"  # key of the session: the pages by their names in the address
QUERY = "query"  # key of the session: the filters last shown, for an address that names none
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
# What Streamlit turns into links, icons and arrows after Markdown was read, when no escaping is left to hinder it. An
# empty span at the mark ends the run of text that it looks in.
_AFTERWARDS = re.compile(r"(?i)(?<=http)(?=s?:)|(?<=www)(?=\.)|(?=@)|(?<=:)(?=[\w+-]+:)|(?<=[-<>~])(?=[-=>])")
_SPAN = "\0"  # stands for it until the rest is escaped
_URL_LIMIT = 2000
BEHIND = 1_000  # rows of a table behind a chart: more are a message that is felt


@dataclass(frozen=True)
class Current:
    """What this run shows: the View, its release, the page (its name in the address) and the page's own options."""

    view: View
    release: Release
    page: str
    options: Mapping[str, str]
    notices: tuple[str, ...] = ()

    def query(self) -> dict[str, list[str]]:
        """The parameters of the address of this page: every filter and every option that is set.

        One event is what it is whatever is filtered: its address has the release and its identifier alone.
        """
        if self.page == EVENT:
            return {"release": [self.view.release], "id": [self.options["id"]]}
        return {**self.view.to_query(), **{name: [value] for name, value in self.options.items() if value}}


def current() -> Current:
    """What this run shows; `dashboard.app` sets it before the page runs."""
    return cast(Current, st.session_state[CURRENT])


def made(what: str, make: Callable[[], T], *further: Hashable) -> T:
    """What `make` makes of the release for this page, kept for all who see the same (see `dashboard.made`).

    It may depend on the View, the page's options but for `READ`, the theme, and on `further`; nobody may change it.
    """
    now = current()
    options = tuple(sorted((name, value) for name, value in now.options.items() if name != READ))
    key = (now.page, what, now.view, options, theme(), *further)
    return now.release.made.get(key, make)


def set_query(query: Mapping[str, Sequence[str]]) -> None:
    """Puts `query` into the address bar, unless it stands there already."""
    wanted = {name: list(values) for name, values in query.items()}
    if wanted != {name: st.query_params.get_all(name) for name in st.query_params}:
        st.query_params.from_dict(wanted)


def theme() -> Literal["light", "dark"]:
    """The theme that the reader sees."""
    return "dark" if st.context.theme.type == "dark" else "light"


def heading(
    title: str, lead: str, frame: pd.DataFrame | None = None, what: str = "",
    whole: Callable[[], pd.DataFrame] | None = None, on_share: Callable[[], None] | None = None,
) -> None:
    """The head of a page: title (as it stands), one sentence, filters in words, notices, Share, and Download with the
    CSV of `frame`.

    `frame` is what the page shows as a whole; `what` names it in the file name (``"timeline"``). Where `whole` is
    given, the page shows a part, and the CSV holds what it gives when asked for. `on_share` is called when Share opens
    or closes, before the link is made.
    """
    now = current()
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        with st.container(width="content"):
            st.title(plain(title), anchor=False)
        with st.container(horizontal=True, width="content", gap="small"):
            if frame is not None or (now.page in reading.OF_PAGE and now.page != EVENT):
                _downloads(now, frame, what or now.page, whole)
            share(on_share)
    st.markdown(lead)
    if now.page != CODE:
        st.caption(plain(f"release {now.view.release}" if now.page in UNFILTERED else
                         in_words(now.view, now.release.facts)))
    for notice in now.notices:
        st.warning(plain(notice), icon=":material/link_off:")
    if now.release.lacking:
        st.caption(plain(f"This release is of an older version; empty in it: {'; '.join(now.release.lacking)}."))
    if now.page != CODE:
        _newer(now)


def _newer(now: Current) -> None:
    """A line where a newer release is there: how much of what is in view it tells otherwise, and the way there."""
    try:
        found = changes.newer(now.view, now.release)
    except InputFault as fault:
        st.warning(plain(str(fault)), icon=":material/update:")
        return
    if found is None:
        return
    latest, touched, of = found
    what = f"{f'{touched:,}' if touched else 'none'} of these {of:,} events changed since"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/update: There is a newer release, {plain(latest)}: {what}.", width="content")
        query = {**now.view.to_query(), "release": [latest], "since": [now.release.name]}
        st.page_link(st.session_state[PAGES]["changes"], label="See what changed", icon=":material/difference:",
                     query_params=query, width="content")


def _downloads(
    now: Current, frame: pd.DataFrame | None, what: str, whole: Callable[[], pd.DataFrame] | None = None
) -> None:
    """The Download button: the rows on the screen, and how a program reads the data behind them."""
    with st.popover("Download", icon=":material/download:"):
        if frame is not None:
            download(frame, what, "CSV of this page", whole=whole)
        files = {file: reading.address(site(now), file, now.view, now.release.facts, now.page, now.options)
                 for file in reading.OF_PAGE.get(now.page, ())}
        if not files:
            return
        st.markdown("**Address of the data** for programs, with these filters and this release:")
        first, url = next(iter(files.items()))
        name = first.split(".", 1)[0]
        tabs = st.tabs(["Address", "pandas", "R", "Excel"])
        for tab, text, language in zip(tabs, (
            url, reading.pandas_line(url, name), reading.r_line(url, name), reading.power_query(url, name),
        ), (None, "python", "r", None), strict=True):
            with tab:
                st.code(text, language=language, wrap_lines=True)
        with tabs[-1]:
            st.caption("Data → Get Data → Blank Query → Advanced Editor")
        with st.container(horizontal=True, gap="small"):
            for file, target in files.items():
                st.link_button(file, target, type="tertiary")


def site(now: Current) -> str:
    """The address of the dashboard itself, without the name of a page."""
    address = (st.context.url or "").split("?", 1)[0].split("#", 1)[0].rstrip("/")
    return address.removesuffix(f"/{now.page}")


def share(on_change: Callable[[], None] | None = None) -> None:
    """The Share button: the full link of what is on the screen, to copy."""
    with st.popover("Share", icon=":material/share:", on_change=on_change or "ignore"):
        st.markdown("This link holds every filter and the release, so it shows the same numbers later.")
        st.code(link(current()), language=None, wrap_lines=True)
        now = current()
        st.link_button("Briefing to print or send", reading.briefing(site(now), now.view, now.release.facts),
                       icon=":material/print:")
        st.caption("Headline numbers, timeline, map and main events of these filters as one page.")


def link(now: Current) -> str:
    """The full address of what is on the screen."""
    page = f"/{now.page}" if now.page in PAGE_OPTIONS and now.page != "overview" else ""
    return f"{site(now)}{page}?{urlencode(now.query(), doseq=True)}"


def page_link(page: str, label: str, icon: str = ":material/arrow_forward:", **options: str) -> None:
    """A link to another page with the same filters, and there with `options` (such as ``event=…``)."""
    now = current()
    query = {**({"release": [now.view.release]} if page == EVENT else now.view.to_query()),
             **{name: [value] for name, value in options.items()}}
    st.page_link(st.session_state[PAGES][page], label=label, icon=icon, query_params=query, width="content")


def download(frame: pd.DataFrame, what: str, label: str = "Download CSV", key: str | None = None,
             whole: Callable[[], pd.DataFrame] | None = None) -> None:
    """A button that gives `frame` exactly as it is, or what `whole` gives when the button is pressed, as a CSV named
    after the release and the filters."""
    now = current()
    st.download_button(
        label, lambda: csv_bytes(whole() if whole else frame), file_name(what, now.view, now.release.facts), "text/csv",
        key=key or f"csv_{now.page}_{what}_{label}", on_click="ignore", icon=":material/download:",
        disabled=frame.empty,
        help="The rows on the screen as comma-separated values, ready for Excel, R or Python",
    )


def chart(figure: Any, alt: str, frame: pd.DataFrame, what: str, **options: Any) -> Any:
    """A Plotly figure with its text alternative `alt`, and behind it text, table and CSV of the numbers it draws.

    Further `options` go to `st.plotly_chart`, whose result (a selection) comes back.
    """
    config = {"displaylogo": False, "responsive": True, **options.pop("config", {})}
    result = st.plotly_chart(figure, alt=alt, config=config, key=options.pop("key", f"chart_{what}"), **options)
    behind(alt, frame, what)
    return result


def behind(alt: str, frame: pd.DataFrame, what: str, label: str = "Read as text and table") -> None:
    """The same as a chart says, in words and as a table with its own CSV."""
    with st.expander(label, icon=":material/table_rows:"):
        st.text(alt)
        if len(frame) > BEHIND:
            st.caption(f"The first {BEHIND:,} of {len(frame):,} rows; the CSV holds all.")
        table(frame.head(BEHIND), what)
        download(frame, what, key=f"csv_behind_{what}")


def table(frame: pd.DataFrame, what: str, **options: Any) -> Any:
    """`frame` as a table whose headers explain themselves; further `options` go to `st.dataframe`."""
    config = {**column_config(frame), **options.pop("column_config", {})}
    options.setdefault("key", f"table_{what}")
    return st.dataframe(frame, hide_index=True, column_config=config, **options)


def open_event(event_id: str) -> NoReturn:
    """Goes to the page of an event."""
    st.switch_page(st.session_state[PAGES][EVENT], query_params={"release": current().view.release, "id": event_id})


def column_config(frame: pd.DataFrame) -> dict[str, Any]:
    """Column settings for a table: the meaning from `etl.schema` as help, days as days."""
    described = {column.name: column for table in reversed(BY_NAME.values()) for column in table.columns}
    config: dict[str, Any] = {}
    for name in map(str, frame.columns):
        column = described.get(name)
        label = name.replace("_", " ").capitalize()
        meaning = plain(column.description) if column else None
        if pd.api.types.is_datetime64_any_dtype(frame[name]):
            config[name] = st.column_config.DateColumn(label, help=meaning, format="YYYY-MM-DD")
        elif name == "url":
            config[name] = st.column_config.LinkColumn("Source", help=meaning, display_text="Open")
        else:
            config[name] = st.column_config.Column(label, help=meaning)
    return config


def choose(name: str, label: str, labels: Mapping[str, str] | None = None) -> str:
    """A choice among the values of the page's option `name` (`dashboard.view.PAGE_OPTIONS`), kept in the address."""
    now = current()
    option = next(option for option in PAGE_OPTIONS[now.page] if option.name == name)
    widget = f"option_{now.page}_{name}"
    shown = labels or {}
    numbers = all(value.isdecimal() for value in option.values)
    key = synced.put(widget, now.options[name])
    st.segmented_control(
        label, sorted(option.values, key=int) if numbers else option.values, key=key, required=True,
        on_change=synced.unless_old(key, _option_changed, name, widget),
        format_func=lambda value: shown.get(value, value.capitalize()), help=option.meaning.capitalize(),
    )
    return now.options[name]


def set_option(name: str, value: str) -> None:
    """Puts the page's option `name` into the address; for callbacks (takes effect in the run that follows)."""
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def _option_changed(name: str, widget: str) -> None:
    set_option(name, str(synced.held(widget)))


def empty(what: str = "events") -> None:
    """The sentence that stands in place of a chart or table without rows, and a way out."""
    now = current()
    if not now.release.counts["events"]:
        st.info("This release holds no events. Build one from articles that report some, or choose another release.",
                icon=":material/info:")
        return
    if not now.view.types:
        st.info("No event type is chosen. Choose at least one under “Event types” in the sidebar.",
                icon=":material/filter_alt_off:")
    else:
        st.info(f"No {what} match the filters. Widen the dates or remove a filter in the sidebar.",
                icon=":material/filter_alt_off:")
    st.button("Show the whole release", on_click=show_all, key=f"show_all_{now.page}_{what}")


def show_all() -> None:
    """Callback: clears every filter of the release on the screen."""
    now = current()
    query = View.default(now.release.facts).to_query()
    st.session_state[QUERY] = query
    set_query({**query, **{name: [value] for name, value in now.options.items() if value}})


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of `frame`, each a dict of column → value."""
    return dicts_of(frame)


def plain(text: str) -> str:
    """`text` on one line, so that Markdown shows it as it stands, without signs that turn the direction of writing."""
    line = " ".join(unturned(text).replace(_SPAN, " ").split())
    return _MARKDOWN.sub(r"\\\1", _AFTERWARDS.sub(_SPAN, line)).replace(_SPAN, ":small[]")


def safe_url(url: object) -> str | None:
    """`url` when it is an http or https address that is safe to link to; else None."""
    if not isinstance(url, str) or len(url) > _URL_LIMIT or not url.isprintable() or re.search(r"[\s\\<>\"]", url):
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return None
    return url if good else None
