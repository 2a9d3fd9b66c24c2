"""The dashboard's server: Streamlit's own ASGI application, with the response headers that it lacks.

Run it with ``streamlit run dashboard/app.py``. What a session runs is ``dashboard/script/main.py``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # Streamlit puts only this folder on the path
    sys.path.insert(0, str(ROOT))

from dashboard import data_addresses, map_files, start_page, warming  # noqa: E402
from dashboard.web import request_log, settings  # noqa: E402
from dashboard.web.front import Front, policy  # noqa: E402
from dashboard.web.gate import Gate  # noqa: E402
from dashboard.web.health import Health  # noqa: E402
from dashboard.web.limits import Limits  # noqa: E402
from dashboard.web.request_log import RequestLog  # noqa: E402

START_PAGE = "overview"
_NOT_OF_PAGES = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
_SIZE_LIMIT = 1_000_000  # bytes of the start page


class Guard:
    """ASGI middleware: completes the start page (`dashboard.start_page`), with the policy that the page runs under."""

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self.app = app
        self.base = f"/{base_path.strip('/')}".rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on and completes its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        data = scope["path"].startswith(f"{self.base}/data/")
        if data:  # what is no address of data is told in their shape of error
            refused = data_addresses.refusal(scope["path"].removeprefix(self.base), scope["method"],
                                             scope.get("query_string", b""))
            if refused:
                await refused.answer()(scope, receive, send)
                return
        if scope["path"] == f"{self.base}/{START_PAGE}":  # Streamlit serves its first page at the root alone
            query = b"?" + scope["query_string"] if scope.get("query_string") else b""
            place = f"{self.base}/".encode() + query
            await send({"type": "http.response.start", "status": 307, "headers": [(b"location", place)]})
            await send({"type": "http.response.body", "body": b""})
            return
        given = dict(scope.get("headers", ()))
        shown = start_page.page_of(scope["path"], self.base)
        if shown or b"text/html" in given.get(b"accept", b""):  # no file: asked for uncompressed, to complete it
            # Also whole: "not modified" would be said of Streamlit's file, not of what this one is completed to.
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in _NOT_OF_PAGES]}
        start: Message | None = None
        body = b""

        async def answer(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                plain = "content-encoding" not in headers and int(headers.get("content-length", 0)) < _SIZE_LIMIT
                page = headers.get("content-type", "").startswith("text/html") and message["status"] == 200 and not data
                if page and plain and scope["method"] == "GET":
                    start = message
                    return
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                where = start_page.origin(scope.get("scheme", "http"), scope.get("headers", ()))
                tags = await start_page.tags_of(shown, scope.get("query_string", b""), where, self.base, scope["path"])
                completed = start_page.complete(body.decode("utf-8", "replace"), self.base, tags).encode()
                headers = MutableHeaders(raw=start["headers"])
                headers["content-length"] = str(len(completed))
                host = given.get(b"host", b"").decode("latin-1").lower()
                headers["content-security-policy"] = policy(completed, host)
                for name in ("etag", "last-modified"):
                    if name in headers:
                        del headers[name]
                await send(start)
                await send({"type": "http.response.body", "body": completed})
                return
            await send(message)

        await self.app(scope, receive, answer)


BASE_PATH = str(st.get_option("server.baseUrlPath") or "")
BASE = f"/{BASE_PATH.strip('/')}".rstrip("/")


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """What is done once the server has set itself up: its log is ours, and what pages need is loaded beside."""
    request_log.install(HOW)
    loading = asyncio.create_task(asyncio.to_thread(warming.warm))
    yield
    await loading


try:
    HOW = settings.current()
except settings.SettingFault as fault:
    sys.exit(f"The dashboard does not start: {fault}")
LAYERS = [  # the outermost first
    Middleware(Health, base=BASE),
    Middleware(RequestLog, settings=HOW, base=BASE),
    Middleware(Front, settings=HOW, base=BASE),
    Middleware(Gate, login=HOW.login, base=BASE),
    Middleware(Limits, settings=HOW, base=BASE),
    Middleware(Guard, base_path=BASE_PATH),
]
app = st.App(
    Path(__file__).resolve().parent / "script" / "main.py",
    routes=[*data_addresses.routes(BASE_PATH), *map_files.routes(BASE_PATH)],
    middleware=LAYERS,
    lifespan=lifespan,
)
