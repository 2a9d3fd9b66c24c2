"""A provider of logins by OpenID Connect on the loopback: discovery, authorization with PKCE, tokens, keys, logout.

It checks what a real one checks (client, redirect address, one use of a code, PKCE) and signs its tokens. What it says
of a person is up to the test, and so is what it gets wrong.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, CLIENT_SECRET = "torkham", "known to provider and client alone"
PEOPLE: dict[str, dict[str, Any]] = {
    "reader": {"email": "Reader@Example.org", "email_verified": True, "name": "A Reader"},
    "guest": {"email": "guest@elsewhere.example", "email_verified": True, "name": "<b>A guest</b>"},
    "unverified": {"email": "reader@example.org", "email_verified": False},
}


@dataclass
class Provider:
    """A running provider. `faults` name what it gets wrong: key, nonce, audience, expired. `asked` counts its steps."""

    address: str = ""
    faults: set[str] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))

    def secrets(self, address: str, access: str) -> str:
        """The secrets.toml of a dashboard at `address`; `access` is its [access] table."""
        return (f'[auth]\nredirect_uri = "{address}/oauth2callback"\ncookie_secret = "{secrets.token_hex(32)}"\n'
                f'client_id = "{CLIENT}"\nclient_secret = "{CLIENT_SECRET}"\n'
                f'server_metadata_url = "{self.address}/.well-known/openid-configuration"\n[access]\n{access}\n')

    def metadata(self) -> dict[str, Any]:
        at = self.address
        return {"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/jwks", "end_session_endpoint": f"{at}/logout", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"]}

    def choice(self, query: dict[str, str]) -> str:
        """The page on which a person chooses an account."""
        assert query["client_id"] == CLIENT and query["response_type"] == "code" and "openid" in query["scope"]
        links = []
        for person in PEOPLE:
            code = secrets.token_urlsafe(16)
            self.codes[code] = {**query, "person": person}
            back = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
            links.append(f'<li><a href="{escape(back)}">{person}</a></li>')
        return f"<!DOCTYPE html><title>Provider</title><ul>{''.join(links)}</ul>"

    def token(self, form: dict[str, str], basic: str) -> tuple[int, dict[str, Any]]:
        """The answer to a client that shows a code; a code serves once."""
        client = tuple(unquote(part) for part in base64.b64decode(basic.partition(" ")[2]).decode().split(":", 1)) \
            if basic else (form.get("client_id"), form.get("client_secret"))
        asked = self.codes.pop(form.get("code", ""), None)
        if client != (CLIENT, CLIENT_SECRET) or not asked or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked.get("code_challenge_method") != "S256" or proof.rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time()) - (90_000 if "expired" in self.faults else 0)
        claims = {"iss": self.address, "sub": asked["person"], "iat": now, "exp": now + 3600,
                  "aud": "another" if "audience" in self.faults else CLIENT,
                  "nonce": "another" if "nonce" in self.faults else asked["nonce"], **PEOPLE[asked["person"]]}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.other if "key" in self.faults else self.key)
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 3600,
                     "id_token": signed}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider on a free port of the loopback."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def _send(self, status: int, body: str, kind: str = "application/json", **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body.encode())), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            provider.asked[parts.path] = provider.asked.get(parts.path, 0) + 1
            if parts.path == "/.well-known/openid-configuration":
                self._send(200, json.dumps(provider.metadata()))
            elif parts.path == "/jwks":
                self._send(200, json.dumps({"keys": [provider.key.as_dict(private=False)]}))
            elif parts.path == "/authorize":
                self._send(200, provider.choice(query), "text/html")
            elif parts.path == "/logout":
                self._send(302, "", "text/plain", Location=query["post_logout_redirect_uri"])
            else:
                self._send(404, "{}")

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
            provider.asked[self.path] = provider.asked.get(self.path, 0) + 1
            status, answer = provider.token({name: values[0] for name, values in form.items()},
                                            self.headers.get("Authorization", ""))
            self._send(status, json.dumps(answer))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
