"""The outermost layer: which hosts, origins and methods are served, and the headers of every answer."""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import highlight, start_page
from dashboard.data_addresses import Refused
from dashboard.web.settings import Settings

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The address holds what the reader looks at; other sites need not know.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), "
                          "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
                          "serial=(), usb=(), xr-spatial-tracking=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


def _digest(text: bytes) -> str:
    return f" 'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"


# Style elements of a page: our own, and those that Streamlit's scripts put there, which are the empty one, filled
# through the object model, that of its buttons, and that of its maps. A version of Streamlit with others fails
# tests/test_browser_policy.py, which names them.
STYLES = (_digest(highlight.STYLE.encode()) + _digest(start_page.STYLE.encode()) + _digest(b"") +
          " 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='"
          " 'sha256-2GF9hCGTDj/GGFNlQA54jDdMGl2fvoeZmZjAvBSiAtM='")
# Nothing is asked of another host. The map and the messages between page and server use WebAssembly; nothing compiles
# text to code (eval). Charts are drawn with style attributes, and the map reads its patterns from data: addresses. A
# browser that does not count the socket as part of 'self' needs its address.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; "
    "style-src 'self'{styles}; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data:{socket}; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NO_PAGE = "default-src 'none'; frame-ancestors 'none'; sandbox"  # for whatever is not the page itself
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
UPLOAD = "/_stcore/upload_file/"  # the one place that takes something
CLOSED = ("/_stcore/agent/", "/_stcore/metrics", "/_stcore/script-health-check")  # of Streamlit, and no use here


class Front:
    """ASGI middleware: refuses foreign hosts, origins and methods, and sets `HEADERS`.

    A foreign host name may belong to a page that points its own name at this server to read it (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, settings: Settings, base: str = "") -> None:
        self.app, self.settings, self.base = app, settings, base
        self.secure = settings.login is not None and settings.login.origin.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on, or refuses it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refused = self.refusal(scope)
        if scope["type"] == "websocket":
            if refused:
                await send({"type": "websocket.close", "code": 1008})
            else:
                await self.app(scope, receive, send)
            return
        secure = self.secure or scope.get("scheme") == "https"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                # "Not modified" changes the headers of what the browser holds: that keeps the policy it came with.
                told = headers.setdefault("Content-Security-Policy", NO_PAGE) if message["status"] != 304 else NO_PAGE
                if "frame-ancestors" not in told:
                    headers["Content-Security-Policy"] = f"{told}; frame-ancestors 'none'"
                if secure:  # Streamlit's own cookies do not say it
                    message["headers"] = [(name, _secured(value) if name.lower() == b"set-cookie" else value)
                                          for name, value in message["headers"]]
            await send(message)

        await (refused.answer() if refused else self.app)(scope, receive, answer)

    def refusal(self, scope: Scope) -> Refused | None:
        """Why a request is refused before anybody looks at it."""
        headers = dict(scope.get("headers", ()))
        host = headers.get(b"host", b"").decode("latin-1").strip().lower()
        if not _HOST.fullmatch(host) or not self.settings.serves(host_name(host.encode("latin-1"))):
            return Refused(403, "This host name is not served here.",
                           "Open the dashboard by its own name, or name this one in TORKHAM_HOSTS.")
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1").lower().partition("://")[2] != host:
            return Refused(403, "Pages of other sites may not ask anything here.", "Open the address itself.")
        if scope["path"].startswith(tuple(self.base + one for one in CLOSED)):
            return Refused(404, "There is nothing at this address.", "Open the dashboard itself.")
        takes = ("GET", "HEAD") if not scope["path"].startswith(self.base + UPLOAD) else ("PUT", "DELETE", "OPTIONS")
        data = scope["path"].startswith(f"{self.base}/data/")  # they say themselves which methods they take
        if scope["type"] == "http" and scope["method"] not in takes and not data:
            return Refused(405, "This address can only be read.", "Ask with GET or HEAD.")
        return None


def host_name(header: bytes) -> str:
    """The name in a Host header, without its port: ``localhost:8501`` → ``localhost``, ``[::1]:8501`` → ``::1``."""
    text = header.decode("latin-1").strip().lower()
    return text[1:].split("]", 1)[0] if text.startswith("[") else text.split(":", 1)[0]


def policy(page: bytes, host: str = "") -> str:
    """The content security policy of a page on `host`: its inline scripts are allowed by their hashes."""
    return POLICY.format(
        scripts="".join(_digest(script) for script in _INLINE.findall(page)), styles=STYLES,
        socket=f" ws://{host} wss://{host}" if _HOST.fullmatch(host) and not host.startswith("[") else "")


def _secured(cookie: bytes) -> bytes:
    return cookie if b"secure" in cookie.lower().split(b"; ") else cookie + b"; Secure"
