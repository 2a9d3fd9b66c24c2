"""The dashboard's server: Streamlit's own ASGI application, with the response headers that it lacks.

Run it with ``streamlit run dashboard/app.py``. What a session runs is ``dashboard/script/main.py``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # Streamlit puts only this folder on the path
    sys.path.insert(0, str(ROOT))

from dashboard import data_addresses  # noqa: E402

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # The address holds what the reader looks at; other sites need not know.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Nothing is asked of another host. Charts and the map compile code (eval, WebAssembly) and set styles of their own.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval' blob: {scripts}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob: ws: wss:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
START_PAGE = "overview"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REFUSED = b"This host name is not served here. Open the dashboard as localhost, or start it with another HOST.\n"
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_SIZE_LIMIT = 1_000_000  # bytes of the start page


class Guard:
    """ASGI middleware: sets the headers, and in the start page the address of the server; refuses other `hosts`.

    Without that address the browser guesses it from the page's own, asks for two that do not exist, and starts late.
    Refusing other host names keeps a foreign page from reading a dashboard that listens on this machine alone.
    """

    def __init__(self, app: ASGIApp, base_path: str = "", hosts: tuple[str, ...] = ()) -> None:
        self.app = app
        self.hosts = hosts
        self.base = f"/{base_path.strip('/')}".rstrip("/")
        path = json.dumps(f"/{base_path.strip('/')}").replace("<", "\\u003c")
        self.script = f"window.__streamlit={{BACKEND_BASE_URL:location.origin+{path}}}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on and completes its answer."""
        given = dict(scope.get("headers", ()))
        foreign = self.hosts and host_name(given.get(b"host", b"")) not in self.hosts
        if foreign and scope["type"] in ("http", "websocket"):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": _REFUSED})
            return
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
        if b"text/html" in given.get(b"accept", b""):  # a page, not a file: asked for uncompressed, to complete it
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
        start: Message | None = None
        body = b""

        async def answer(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                plain = "content-encoding" not in headers and int(headers.get("content-length", 0)) < _SIZE_LIMIT
                page = headers.get("content-type", "").startswith("text/html") and message["status"] == 200 and not data
                if page and plain and scope["method"] == "GET":
                    start = message
                    return
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                completed = self.complete(body)
                headers = MutableHeaders(raw=start["headers"])
                headers["content-length"] = str(len(completed))
                headers["content-security-policy"] = policy(completed)
                if "etag" in headers:
                    del headers["etag"]
                await send(start)
                await send({"type": "http.response.body", "body": completed})
                return
            await send(message)

        await self.app(scope, receive, answer)

    def complete(self, page: bytes) -> bytes:
        """The start page with the server's address; as it is where it has no script."""
        return page.replace(b"<script", b"<script>" + self.script + b"</script>\n    <script", 1)


def host_name(header: bytes) -> str:
    """The name in a Host header, without its port: ``localhost:8501`` → ``localhost``, ``[::1]:8501`` → ``::1``."""
    text = header.decode("latin-1").strip().lower()
    return text[1:].split("]", 1)[0] if text.startswith("[") else text.split(":", 1)[0]


def own_hosts() -> tuple[str, ...]:
    """The host names to serve: this machine's alone where the server listens there alone, else any.

    Where ``server.allowedHosts`` names some, Streamlit itself holds to them.
    """
    alone = st.get_option("server.address") in LOOPBACK and not st.get_option("server.allowedHosts")
    return LOOPBACK if alone else ()


def policy(page: bytes) -> str:
    """The content security policy of a page: its inline scripts are allowed by their hashes."""
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page)]
    return POLICY.format(scripts=" ".join(f"'sha256-{digest}'" for digest in digests))


BASE_PATH = str(st.get_option("server.baseUrlPath") or "")

app = st.App(
    Path(__file__).resolve().parent / "script" / "main.py",
    routes=data_addresses.routes(BASE_PATH),
    middleware=[Middleware(Guard, base_path=BASE_PATH, hosts=own_hosts())],
)
