"""Addresses for those who watch the server: whether it lives, and whether it has a release to show.

They answer to any host name and without a login, since probes know neither, and tell nothing about the data.
"""

from __future__ import annotations

import asyncio
import json
import logging

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import releases
from dashboard.data_addresses import Refused
from dashboard.releases import ReleaseFault

LIVE, READY = "/health/live", "/health/ready"
_log = logging.getLogger(__name__)


class Health:
    """ASGI middleware: answers `LIVE` as long as the server answers at all, `READY` where its release can be read."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the two addresses and passes all others on."""
        path = scope["path"].removeprefix(self.base) if scope["type"] == "http" else ""
        if path not in (LIVE, READY) or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        answer = _told("alive") if path == LIVE else await asyncio.to_thread(ready)
        await answer(scope, receive, send)


def ready() -> Response:
    """200 where the latest release can be read, else 503 in the one shape of error."""
    try:
        releases.load()
    except ReleaseFault:
        return Refused(503, "There is no release to read.", "See the server's log, and build a release.").answer()
    except Exception:
        _log.exception("the release could not be opened")
        return Refused(503, "The release could not be opened.", "See the server's log.").answer()
    return _told("ready")


def _told(word: str) -> Response:
    return Response(json.dumps({"status": word}), 200, {"Cache-Control": "no-store"}, "application/json")
