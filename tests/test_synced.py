"""Widgets that follow the address: one that was replaced has nothing to say any more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from dashboard import synced


@pytest.fixture(autouse=True)
def session() -> Iterator[None]:
    st.session_state.clear()
    yield
    st.session_state.clear()


def test_a_widget_that_has_its_value_stays_and_another_value_makes_it_anew():
    key = synced.put("f_q", "bomb")
    assert synced.put("f_q", "bomb") == key and synced.held("f_q") == "bomb"
    other = synced.put("f_q", "")
    assert other != key and synced.held("f_q") == "" and st.session_state[key] == "bomb"


def test_lists_may_be_the_same_in_any_order():
    key = synced.put("f_actors", ["PAK", "AFG"], ordered=False)
    assert synced.put("f_actors", ["AFG", "PAK"], ordered=False) == key
    assert synced.put("f_actors", ["AFG"], ordered=False) != key
    assert synced.put("f_period", ["AFG"]) != synced.put("f_period", ["PAK"])


def test_a_late_message_of_a_replaced_widget_changes_nothing():
    told: list[str] = []
    first = synced.put("f_salience", "background")
    late = synced.unless_old(first, told.append, "old")
    late()
    assert told == ["old"]  # nothing has taken its place yet
    second = synced.put("f_salience", "all")
    st.session_state[first] = "main"  # the browser still tells of it
    late()
    synced.unless_old(second, told.append, "new")()
    assert told == ["old", "new"] and synced.held("f_salience") == "all"


def test_a_widget_that_was_not_drawn_begins_anew():
    key = synced.put("f_min", 3)
    del st.session_state[key]  # the server forgets widgets that a page does not draw
    assert synced.held("f_min", 7) == 7
    assert synced.put("f_min", 3) != key
