"""The log: one JSON object a line, without addresses of e-mail, of clients, or what stands behind a question mark."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.data_addresses import BRIEFING, CODEBOOK, FILES, RELEASES
from dashboard.view import PAGE_OPTIONS
from dashboard.web.settings import Settings

_log = logging.getLogger("torkham.requests")
_EMAIL = re.compile(r"[^\s@<>\"'(),:;]{1,64}@[^\s@<>\"'(),:;/]{1,255}")
_QUERY = re.compile(r"\?[^\s\"'<>\])]+")
_CLIENT = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|', \d{1,5}|\", \d{1,5})?\b|"
                     r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|"
                     r"(?:(?:[0-9a-f]{1,4}:)+|:):[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)\b", re.IGNORECASE)
_SECRET = re.compile(r"\b(code|state|id_token|access_token|refresh_token|client_secret|nonce)([\"']?\s*[=:]\s*[\"']?)"
                     r"[^\s&\"',}]+", re.IGNORECASE)
_OWN = ("/auth/login", "/auth/logout", "/oauth2callback", "/login", "/health/live", "/health/ready", "/_stcore/stream",
        "/_stcore/health", "/_stcore/host-config", *(f"/data/{one}" for one in (*FILES, CODEBOOK, RELEASES, BRIEFING)),
        *(f"/{page}" for page in PAGE_OPTIONS))
_SERVERS = ("streamlit", "uvicorn", "websockets")
_BELOW = ("/data/", "/static/", "/media/", "/component/", "/_stcore/")


class RequestLog:
    """ASGI middleware: a line for each request, and for each session when it ends."""

    def __init__(self, app: ASGIApp, settings: Settings, base: str = "") -> None:
        self.app, self.base, self.clients = app, base, settings.log_clients

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on and writes what became of it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        begun, told = time.monotonic(), {"status": 101 if scope["type"] == "websocket" else 500, "bytes": 0}
        number = secrets.token_hex(8)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            elif message["type"] == "websocket.close" and told["bytes"] == 0:
                told["status"] = 403
            told["bytes"] += len(message.get("body") or message.get("bytes") or b"")
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            line = {"what": "request" if scope["type"] == "http" else "session", "id": number,
                    "method": scope.get("method", "GET"), "route": route(scope["path"].removeprefix(self.base)),
                    **told, "ms": round((time.monotonic() - begun) * 1000)}
            if self.clients:
                line["client"] = (scope.get("client") or ("",))[0]
            _log.info("%s %s %s", line["method"], line["route"], line["status"], extra={"torkham": line})


def route(path: str) -> str:
    """What kind of address `path` is. The path itself is not told: anybody can write anything into it."""
    if path in ("", "/"):
        return "/"
    if path in _OWN:
        return path
    return next((f"{start}…" for start in _BELOW if path.startswith(start)), "other")


def redacted(text: str, clients: bool = False) -> str:
    """`text` without addresses of e-mail, queries, parts of a login and, unless `clients`, network addresses."""
    for pattern, instead in ((_EMAIL, "[e-mail]"), (_QUERY, "?[…]"), (_SECRET, r"\1\2[…]")):
        text = pattern.sub(instead, text)
    return text if clients else _CLIENT.sub("[address]", text)


class Plain(logging.Formatter):
    """Lines for people, redacted."""

    def __init__(self, clients: bool = False) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.clients = clients

    def format(self, record: logging.LogRecord) -> str:
        """One record, with its traceback on lines of its own."""
        return redacted(super().format(record), self.clients)


class Json(Plain):
    """One JSON object a line, redacted, with the traceback as a field."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line = {"time": moment.replace("+00:00", "Z"), "level": record.levelname.lower()}
        own = getattr(record, "torkham", None)
        if own:  # made here, of parts that tell nothing
            return json.dumps({**line, **own}, ensure_ascii=False)
        line |= {"what": "message", "logger": record.name, "message": redacted(record.getMessage(), self.clients)}
        if record.exc_info:
            line["traceback"] = redacted(self.formatException(record.exc_info), self.clients)
        return json.dumps(line, ensure_ascii=False)


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to standard error; marks our own handler."""


class _Logger(logging.Logger):
    """A logger that comes later: Streamlit gives each of its own a handler, which is passed over."""

    def callHandlers(self, record: logging.LogRecord) -> None:
        if self.name.split(".")[0] in _SERVERS:
            logging.getLogger().callHandlers(record)
        else:
            super().callHandlers(record)


def install(settings: Settings) -> None:
    """Sends all logging of the process through one handler on standard error.

    Streamlit gives each of its loggers a handler of its own; those are taken away. Call it again once the server has
    set up its logging.
    """
    handler = _Handler()
    handler.setFormatter((Json if settings.json_log else Plain)(settings.log_clients))
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _Handler)] + [handler]
    logging.setLoggerClass(_Logger)
    logging.captureWarnings(True)
    _log.setLevel(logging.INFO if settings.json_log else logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in _SERVERS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True
    for name in ("uvicorn.error", "uvicorn.access"):  # else lines of their own for what stands in ours
        logging.getLogger(name).setLevel(logging.WARNING)
