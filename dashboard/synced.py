"""Widgets that follow the address: each takes its value from it before it is drawn.

A browser sends the values of all its widgets with every request, also with one that a link or its back button caused,
and those may be older than what the server last set: the answer that tells them may still be on its way. Taken for a
choice of the reader, such a value would undo the address. So a widget whose value the address overrides becomes a new
widget, under a key of its own: what is still told of the old one means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

_TURNS = "turns"  # key of the session: how often each widget was made anew
_MISSING = object()


def key_of(name: str) -> str:
    """The session's key of the widget `name` as it is now."""
    return f"{name}.{st.session_state.get(_TURNS, {}).get(name, 0)}"


def put(name: str, value: Any, ordered: bool = True) -> str:
    """Gives the widget `name` its value and returns its key; for the run that draws it.

    One that has the value already stays as it is, so that what is being typed is not undone. With ``ordered=False``
    lists are the same in any order.
    """
    held = st.session_state.get(key_of(name), _MISSING)
    same = held == value if ordered else held is not _MISSING and sorted(held or ()) == sorted(value)
    if not same:
        turns = st.session_state.setdefault(_TURNS, {})
        turns[name] = turns.get(name, 0) + 1
        st.session_state[key_of(name)] = value
    return key_of(name)


def renew() -> None:
    """Makes every widget a new one when it is drawn again; for a run that draws none of them.

    The browser forgets what is not drawn, while the session may hold it still: the same widget would come back empty in
    the browser, which would tell so as a choice of the reader.
    """
    turns = st.session_state.get(_TURNS, {})
    turns.update({name: turn + 1 for name, turn in turns.items()})


def unless_old(key: str, told: Callable[..., None], *args: Any) -> Callable[[], None]:
    """The callback `told` for the widget of `key`, not called any more when another widget has taken its place."""
    name = key.rsplit(".", 1)[0]

    def changed() -> None:
        if key == key_of(name):
            told(*args)

    return changed


def held(name: str, default: Any = None) -> Any:
    """The value of the widget `name`; `default` where it is not drawn."""
    return st.session_state.get(key_of(name), default)
