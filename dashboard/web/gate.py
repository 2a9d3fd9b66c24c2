"""The gate: with a login set up, nothing behind it is answered to anybody who has not logged in and is on the list.

Refusing is the rule, whatever the address; `OPEN` names the few that must answer before. Pages, data, downloads, the
scripts of the pages and the connection of a session stand all behind it.
"""

from __future__ import annotations

import re
import time
from html import escape
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.server_util import get_cookie_secret

from dashboard.data_addresses import Refused
from dashboard.web import access
from dashboard.web.access import ADMITTED, ENDED, NOBODY, REFUSED, Clock
from dashboard.web.settings import Login

LOGIN, LOGOUT = "/login", "/auth/logout"
OPEN = ("/auth/login", LOGOUT, "/oauth2callback")  # Streamlit's own steps of a login, which give no data
READER = "torkham.reader"  # key of the scope: who asks, as a short name
WANTED = "torkham_wanted"  # cookie: the address that was asked for before the login
_FILES = ("/_stcore/", "/static/", "/media/", "/component/", "/data/")
# What a reader may see is no business of a cache that others use; and the browser asks before it shows it again.
_PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
_CLEARED = {"Clear-Site-Data": '"cache"', "Cache-Control": "no-store"}
_PLACE = re.compile(r"/(?!/)[!-\[\]-~]{0,1800}")
_STYLE = """
body {font-family: 'Segoe UI', 'Helvetica Neue', 'Noto Sans', Arial, sans-serif; margin: 0; background: #f6f8f9;
  color: #0b151a; line-height: 1.5}
main {max-width: 30rem; margin: 14vh auto 0; padding: 0 1.25rem}
h1 {font-size: 1.5rem; margin: 0 0 .6rem}
a {display: inline-block; margin: 1rem .75rem 0 0; padding: .55rem 1.1rem; border-radius: 4px; background: #14566b;
  color: #fff; text-decoration: none; font-weight: 600}
a:focus-visible {outline: 3px solid #f2b544; outline-offset: 2px}
@media (prefers-color-scheme: dark) {body {background: #11191e; color: #e6edf0} a {background: #6cc0d6; color: #0b151a}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Gate:
    """ASGI middleware: lets through who has logged in and is on the list of `login`, and shows others where to."""

    def __init__(self, app: ASGIApp, login: Login | None, base: str = "", clock: Clock = time.time) -> None:
        self.app, self.login, self.base, self.clock = app, login, base, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on where it may, and answers it itself where not."""
        login = self.login
        if login is None or scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        cookie = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
        claims = access.claims_of(cookie, get_cookie_secret(), login)
        told = access.standing(claims, login, self.clock())
        path = scope["path"].removeprefix(self.base)
        if scope["type"] == "websocket":
            if told == ADMITTED:
                await self.app({**scope, READER: access.reader(claims)}, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        if path == LOGIN:
            await self._to_provider(scope, login)(scope, receive, send)
        elif path in OPEN:
            await self.app(scope, receive, _with(send, _CLEARED) if path == LOGOUT else send)
        elif told != ADMITTED:
            await self._refuse(scope, path, told, str(claims.get("email") or ""))(scope, receive, send)
        elif path in ("", "/") and (wanted := cookie_parser(cookie).get(WANTED)) is not None:
            answer = RedirectResponse(self._safe(unquote(wanted)), 302, {"Cache-Control": "no-store"})
            answer.delete_cookie(WANTED, path=self.base or "/")
            await answer(scope, receive, send)
        else:
            kept = path.startswith("/static/")  # Streamlit's own files are the same for everybody
            await self.app({**scope, READER: access.reader(claims)}, receive, send if kept else _with(send, _PRIVATE))

    def _to_provider(self, scope: Scope, login: Login) -> Response:
        """To the provider, by the address that ``st.login`` would give; what was asked for is kept for afterwards."""
        asked = dict(part.partition("=")[::2] for part in scope["query_string"].decode("latin-1").split("&"))
        provider = asked.get("with", login.providers[0])
        if scope["method"] != "GET" or provider not in login.providers:
            return Refused(404, "There is no such login.", "Open the dashboard and choose one.").answer()
        answer = RedirectResponse(generate_login_redirect_url(provider), 302, {"Cache-Control": "no-store"})
        place = self._safe(unquote(asked.get("to", "")))
        if place != f"{self.base}/":
            answer.set_cookie(WANTED, quote(place), max_age=600, path=self.base or "/", httponly=True, samesite="lax")
        return answer

    def _safe(self, place: str) -> str:
        """`place` where it is an address of our own, else the start page."""
        own = _PLACE.fullmatch(place) and place.startswith(f"{self.base}/") and not place.startswith(self.base + LOGIN)
        return place if own else f"{self.base}/"

    def _refuse(self, scope: Scope, path: str, told: str, email: str) -> Response:
        """401 or 403: a page for people, the one shape of error for programs."""
        assert self.login is not None
        status = 403 if told == REFUSED else 401
        accepts = dict(scope["headers"]).get(b"accept", b"")
        if path.startswith(_FILES) or b"text/html" not in accepts or scope["method"] != "GET":
            error, cure = (("This reader may not see these data.", "Ask the dashboard's owner to be put on the list.")
                           if told == REFUSED else
                           ("A login is needed here.", "Open the dashboard in a browser and log in there first."))
            return Refused(status, error, cure).answer()
        query = scope["query_string"].decode("latin-1")
        place = quote(self._safe(scope["path"] + (f"?{query}" if query else "")), safe="")
        named = self.login.providers
        links = "".join(
            f'<a href="{self.base}{LOGIN}?with={quote(name)}&amp;to={place}">Log in'
            f'{f" with {escape(name)}" if len(named) > 1 and name != "default" else ""}</a>' for name in named)
        words = {
            NOBODY: "Log in to read this dashboard.",
            ENDED: "Your login has ended. Log in again to go on where you were.",
            REFUSED: f"{escape(email) or 'This account'} is not on the list of readers. Ask the dashboard's owner, or "
                     "log in with another account.",
        }[told]
        if told == REFUSED:
            links = f'<a href="{self.base}{LOGOUT}">Log out</a>'
        page = (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Torkham – login</title>'
                f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
                f"<body><main><h1>Torkham</h1><p>{words}</p>{links}</main></body></html>")
        return HTMLResponse(page, status, {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY})


def _with(send: Send, told: dict[str, str]) -> Send:
    """`send`, with the headers `told` in place of those of the answer; what is not to be stored at all stays so."""
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if headers.get("cache-control") != "no-store":
                headers.update(told)
        await send(message)

    return answer
