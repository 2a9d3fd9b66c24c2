"""How the dashboard is served: read once from the environment and, for the login, from Streamlit's ``secrets.toml``.

Every variable stands in `VARIABLES`, with what it means. A setting that cannot be understood ends the start: a server
that faces the web must not guess what its owner meant.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from etl.faults import Fault

VARIABLES = {  # name: (default, meaning)
    "TORKHAM_HOSTS": ("", "host names that are served, separated by commas; `*.example.org` takes in all below it. "
                          "Empty: this machine's own names and addresses written in digits"),
    "TORKHAM_LOGIN": ("", "`required`: do not start without a login in secrets.toml"),
    "TORKHAM_ALLOWED_EMAILS": ("", "e-mail addresses that may read, separated by commas"),
    "TORKHAM_ALLOWED_DOMAINS": ("", "domains whose e-mail addresses may read, separated by commas"),
    "TORKHAM_LOGIN_HOURS": ("12", "hours after which a login must be renewed, 1 to 720"),
    "TORKHAM_LOG": ("text", "`json`: the log as JSON lines, one for each request among them; `text`: for people"),
    "TORKHAM_LOG_CLIENTS": ("", "`yes`: the log names the address that a request came from"),
    "TORKHAM_FILES_PER_MINUTE": ("120", "files (data, downloads, briefings) that one client may ask for in a minute"),
    "TORKHAM_FILE_MB_PER_HOUR": ("2000", "megabytes of files that one client is sent in an hour"),
    "TORKHAM_FILES_AT_ONCE": ("4", "files that one client may wait for at a time; all clients together: 8 times it"),
    "TORKHAM_PAGES_PER_MINUTE": ("240", "pages that one client may open in a minute"),
    "TORKHAM_LOGINS_PER_MINUTE": ("60", "steps of a login that one client may take in a minute"),
    "TORKHAM_SESSIONS": ("300", "open pages of all clients together"),
    "TORKHAM_SESSIONS_PER_CLIENT": ("100", "open pages of one client"),
    "TORKHAM_ACTIONS_PER_SECOND": ("10", "actions in one open page in a second, lasting; what is more waits"),
}
NUMBERS = {  # name: least, most
    "TORKHAM_LOGIN_HOURS": (1, 720), "TORKHAM_FILES_PER_MINUTE": (1, 100_000),
    "TORKHAM_FILE_MB_PER_HOUR": (1, 10_000_000), "TORKHAM_FILES_AT_ONCE": (1, 1000),
    "TORKHAM_PAGES_PER_MINUTE": (1, 100_000), "TORKHAM_LOGINS_PER_MINUTE": (1, 100_000),
    "TORKHAM_SESSIONS": (1, 100_000),
    "TORKHAM_SESSIONS_PER_CLIENT": (1, 100_000), "TORKHAM_ACTIONS_PER_SECOND": (1, 1000),
}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LEAST_SECRET = 32  # characters of the secret that signs the cookies
_SHARED = ("redirect_uri", "cookie_secret")
_PROVIDER = ("client_id", "client_secret", "server_metadata_url")


class SettingFault(Fault):
    """A setting that cannot be understood, or that leaves open who may read."""


@dataclass(frozen=True)
class Login:
    """Who may read: the providers to log in with, and whom they must name.

    `origin` is scheme and host of the dashboard as readers see it; `hours` is how long a login holds; `unverified` lets
    in e-mail addresses that the provider does not call verified; `everyone` whoever has an account there.
    """

    providers: tuple[str, ...]
    origin: str
    emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    everyone: bool = False
    unverified: bool = False
    hours: int = 12


@dataclass(frozen=True)
class Settings:
    """How the dashboard is served. `hosts` empty: any address in digits, and `own` names. `numbers` by variable."""

    numbers: Mapping[str, int]
    hosts: tuple[str, ...] = ()
    own: tuple[str, ...] = LOOPBACK
    digits: bool = False
    login: Login | None = None
    json_log: bool = False
    log_clients: bool = False

    def serves(self, host: str) -> bool:
        """Whether the name `host` of a Host header is served: another one may be a foreign page's (DNS rebinding)."""
        name = host.rstrip(".")
        if any(name.endswith(one[1:]) if one.startswith("*.") else name == one for one in self.hosts or self.own):
            return True
        return self.digits and _is_address(name)


def read(environment: Mapping[str, str], secrets: Mapping[str, Any], address: str = "", machine: str = "",
         allowed: tuple[str, ...] = ()) -> Settings:
    """The settings from variables and secrets; `address` is what the server listens on, `machine` this machine's name.

    `allowed` are Streamlit's own ``server.allowedHosts``. Raises `SettingFault` for what cannot be understood.
    """
    given = {name: environment.get(name, "").strip() or default for name, (default, _) in VARIABLES.items()}
    hosts = _listed(given["TORKHAM_HOSTS"]) or tuple(one.lower() for one in allowed)
    if bad := [one for one in hosts if "/" in one or "*" in one.removeprefix("*.") or one == "*."]:
        raise SettingFault(f"TORKHAM_HOSTS: {bad[0]} is no host name; give names alone, such as data.example.org")
    for name, words in (("TORKHAM_LOG", ("text", "json")), ("TORKHAM_LOG_CLIENTS", ("", "yes")),
                        ("TORKHAM_LOGIN", ("", "required"))):
        if given[name] not in words:
            raise SettingFault(f"{name} is none of: {', '.join(word or '(empty)' for word in words)}")
    alone = address in LOOPBACK
    return Settings(
        numbers={name: _number(name, given[name]) for name in NUMBERS}, hosts=hosts,
        own=LOOPBACK if alone or not machine else (*LOOPBACK, machine.lower()), digits=not alone and not hosts,
        login=_login(given, secrets), json_log=given["TORKHAM_LOG"] == "json",
        log_clients=given["TORKHAM_LOG_CLIENTS"] == "yes",
    )


@cache
def current() -> Settings:
    """The settings of this server."""
    import socket

    return read(os.environ, read_secrets([Path(file) for file in st.get_option("secrets.files")]),
                st.get_option("server.address") or "", socket.gethostname(),
                tuple(st.get_option("server.allowedHosts") or ()))


def read_secrets(files: list[Path]) -> dict[str, Any]:
    """What the secrets files say, later ones above earlier ones, as Streamlit reads them.

    Streamlit takes a file that it cannot read for one that is not there; with a login in it, that would open the door.
    Raises `SettingFault` instead.
    """
    found: dict[str, Any] = {}
    for file in files:
        try:
            found.update(tomllib.loads(file.read_text("utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            raise SettingFault(f"{file.name}: it cannot be read ({type(error).__name__}); mend or remove it") from None
    return found


def _login(given: Mapping[str, str], secrets: Mapping[str, Any]) -> Login | None:
    """The login that the secrets describe, None where they describe none."""
    auth = secrets.get("auth")
    if not auth:
        if given["TORKHAM_LOGIN"]:
            raise SettingFault("TORKHAM_LOGIN is required, and secrets.toml has no [auth]; docs/deploy.md says what it "
                               "must hold")
        if secrets.get("access") or given["TORKHAM_ALLOWED_EMAILS"] or given["TORKHAM_ALLOWED_DOMAINS"]:
            raise SettingFault("who may read is named, but secrets.toml has no [auth] to log in with")
        return None
    named = tuple(name for name, part in auth.items() if isinstance(part, dict) and "client_id" in part)
    providers = (("default",) if "client_id" in auth else ()) + named
    if not providers:
        raise SettingFault("[auth] of secrets.toml names no provider: it needs client_id, client_secret and "
                           "server_metadata_url")
    for name in providers:
        part = auth if name == "default" else auth[name]
        lacking = [key for key in _SHARED if not auth.get(key)] + [key for key in _PROVIDER if not part.get(key)]
        if lacking:
            raise SettingFault(f"[auth] of secrets.toml lacks {', '.join(lacking)}")
    if len(str(auth["cookie_secret"])) < LEAST_SECRET:
        raise SettingFault(f"cookie_secret in [auth] of secrets.toml has fewer than {LEAST_SECRET} characters; make "
                           "one with: openssl rand -hex 32")
    place = urlsplit(str(auth["redirect_uri"]))
    if place.scheme not in ("http", "https") or not place.netloc or not place.path.endswith("/oauth2callback"):
        raise SettingFault("redirect_uri in [auth] of secrets.toml is no address that ends in /oauth2callback")
    if place.scheme == "http" and (place.hostname or "") not in LOOPBACK:
        raise SettingFault("redirect_uri in [auth] of secrets.toml must begin with https:// but on this machine")
    access = secrets.get("access") or {}
    strange = set(access) - {"emails", "domains", "everyone", "unverified"}
    if strange:
        raise SettingFault(f"[access] of secrets.toml has the unknown word {sorted(strange)[0]}; it takes emails, "
                           "domains, everyone, unverified")
    login = Login(
        providers, f"{place.scheme}://{place.netloc}",
        frozenset(_folded(access, "emails")) | frozenset(_listed(given["TORKHAM_ALLOWED_EMAILS"])),
        frozenset(one.removeprefix("@") for one in (*_folded(access, "domains"),
                                                    *_listed(given["TORKHAM_ALLOWED_DOMAINS"]))),
        access.get("everyone") is True, access.get("unverified") is True, _number("TORKHAM_LOGIN_HOURS",
                                                                                  given["TORKHAM_LOGIN_HOURS"]))
    if not (login.emails or login.domains or login.everyone):
        raise SettingFault("a login without a list lets in whoever has an account with the provider: name e-mail "
                           "addresses or domains (TORKHAM_ALLOWED_EMAILS, TORKHAM_ALLOWED_DOMAINS), or say everyone = "
                           "true in [access] of secrets.toml")
    return login


def _folded(access: Mapping[str, Any], name: str) -> list[str]:
    values = access.get(name, [])
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise SettingFault(f"{name} in [access] of secrets.toml is no list of texts")
    return [one.strip().lower() for one in values if one.strip()]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def _number(name: str, text: str) -> int:
    least, most = NUMBERS[name]
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise SettingFault(f"{name} is no whole number from {least} to {most}")
    return int(text)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
