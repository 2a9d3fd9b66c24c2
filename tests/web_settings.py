"""Settings for tests of the web layers: the host name of Starlette's test client is served."""

from __future__ import annotations

from dashboard.web.settings import Settings, read

HOST = "testserver"
SERVED: Settings = read({"TORKHAM_HOSTS": HOST}, {})
SECRET = "a secret of thirty-two characters, for tests"
AUTH = {"redirect_uri": f"https://{HOST}/oauth2callback", "cookie_secret": SECRET, "client_id": "torkham",
        "client_secret": "known to the provider", "server_metadata_url": "https://login.example/.well-known"}
