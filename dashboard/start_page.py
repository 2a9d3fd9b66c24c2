"""The one HTML page that the server sends for every address of the dashboard, completed for the address asked for."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

from dashboard import unfurl
from dashboard.navigation import PAGES

PATIENCE = 3.0  # seconds that the page waits for what chats read of it
MAX_QUERY = 32_768  # characters behind the question mark
# Where the keyboard is: Streamlit draws nothing around its links, the small buttons over charts and tables, and tables.
# The colour stands out by 4:1 against the grounds of the light and of the dark page.
STYLE = ":is(a,button,summary,canvas):focus-visible{outline:3px solid #2b85a6!important;outline-offset:1px!important}"
_TITLE = re.compile(r"<title>[^<]*</title>")
_WORKERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="unfurl")
_log = logging.getLogger(__name__)


def page_of(path: str, base: str) -> str | None:
    """The page that `path` is the address of; None where it is another address."""
    if path != base and not path.startswith(f"{base}/"):
        return None
    name = path.removeprefix(base).strip("/")
    return "overview" if not name else name if name in {page[0] for page in PAGES} else None


def origin(scheme: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Scheme and host that the reader asked for, also where a proxy stands between and says that it speaks https."""
    given = {name.lower(): value.decode("latin-1") for name, value in headers}
    forwarded = given.get(b"x-forwarded-proto", "").split(",")[0].strip().lower()
    return f"{forwarded if forwarded in ('http', 'https') else scheme}://{given.get(b'host', '')}"


def script(base: str) -> str:
    """The script that tells the page the address of its server.

    Without that address the browser guesses it from the page's own, asks for two that do not exist, and starts late.
    """
    path = json.dumps(base or "/").replace("<", "\\u003c")
    return f"window.__streamlit={{BACKEND_BASE_URL:location.origin+{path}}}"


def complete(html: str, base: str, tags: str = "") -> str:
    """`html` with the script and `STYLE`, and `tags` in place of its title; as it is where it has no script."""
    if "<script" not in html:
        return html
    html = html.replace("<script", f"<style>{STYLE}</style>\n    <script>{script(base)}</script>\n    <script", 1)
    return _TITLE.sub(lambda _: tags, html, count=1) if tags else html


async def tags_of(page: str | None, query: bytes, where: str, base: str, path: str) -> str:
    """The tags that chats read of the address `path` of `page` on the server `where`; none where they take too long."""
    if page is None or len(query) > MAX_QUERY:
        return ""
    work = asyncio.get_running_loop().run_in_executor(_WORKERS, _tags, page, query, where, base, path)
    try:
        return await asyncio.wait_for(work, PATIENCE)
    except TimeoutError:
        return ""


def _tags(page: str, query: bytes, where: str, base: str, path: str) -> str:
    text = query.decode("latin-1")
    try:
        params = parse_qs(text, keep_blank_values=True, max_num_fields=1000)
        return unfurl.tags(unfurl.told(page, params), where, base, f"{path}?{text}" if text else path)
    except ValueError:  # more parameters than any address of ours has
        return ""
    except Exception:  # the page itself must come in any case
        _log.exception("no tags for a link")
        return ""
