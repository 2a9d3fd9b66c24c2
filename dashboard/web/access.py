"""Who may read: what a login says about its reader, and whether the list of readers has them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import cookie_parser
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboard.web.settings import Login

NOBODY, ENDED, REFUSED, ADMITTED = "nobody", "ended", "refused", "admitted"
Clock = Callable[[], float]  # seconds, such as time.time
_AHEAD = 300  # seconds that the provider's clock may be ahead of ours


def claims_of(cookie: str, secret: str, login: Login) -> dict[str, Any]:
    """What the provider said of the reader, from the Cookie header that Streamlit's login made; {} without a login.

    A cookie that was not signed with `secret`, or for another address of a dashboard, is none.
    """
    cookies = cookie_parser(cookie)

    def one(name: str) -> bytes | None:
        value = cookies.get(name, "")
        return decode_signed_value(secret, name, value.encode("utf-8", "replace")) if value else None

    try:
        found = json.loads(get_cookie_with_chunks(one, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    if not isinstance(found, dict) or found.get("is_logged_in") is not True or found.get("origin") != login.origin:
        return {}
    return found


def standing(claims: Mapping[str, Any], login: Login, now: float) -> str:
    """What `claims` entitle to at the time `now` (seconds since 1970): one of the four words of this module.

    The address counts only where the provider says that it is the reader's own (``email_verified``), unless the
    settings do without: some providers let anybody write any address into an account.
    """
    if not claims or claims.get("is_logged_in") is not True:
        return NOBODY
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return ENDED
    if not -_AHEAD <= now - issued <= login.hours * 3600:
        return ENDED
    if login.everyone:
        return ADMITTED
    email = claims.get("email")
    if not isinstance(email, str) or not (login.unverified or claims.get("email_verified") is True):
        return REFUSED
    name, at, domain = email.strip().lower().rpartition("@")
    if not name or not at or "@" in name or not email.isprintable():
        return REFUSED
    return ADMITTED if f"{name}@{domain}" in login.emails or domain in login.domains else REFUSED


def reader(claims: Mapping[str, Any]) -> str:
    """A short name for the reader that tells nothing about them, for limits."""
    told = f"{claims.get('iss')}|{claims.get('sub')}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:24]

