"""The reader who has logged in: checked at every run, named in the sidebar, with a way out."""

from __future__ import annotations

import time

import streamlit as st

from dashboard.web import access, settings
from dashboard.web.access import ADMITTED, ENDED


def check() -> None:
    """Stops the run where the login of this session does not let its reader in, or does so no longer.

    The gate before the server asks once, when a session opens; a page may stay open for days.
    """
    login = settings.current().login
    if login is None:
        return
    told = access.standing(st.user.to_dict(), login, time.time())
    if told != ADMITTED:
        st.title("Torkham", anchor=False)
        st.info("Your login has ended." if told == ENDED else "A login is needed here.", icon=":material/lock:")
        if st.button("Log in", type="primary", icon=":material/login:"):
            st.login(login.providers[0] if login.providers[0] != "default" else None)
        st.stop()


def sidebar() -> None:
    """Who has logged in, and the button that ends it; nothing where no login is set up."""
    if settings.current().login is None:
        return
    st.text(str(st.user.get("email") or st.user.get("name") or "Logged in"))
    if st.button("Log out", icon=":material/logout:", key="log_out", type="tertiary"):
        st.logout()
