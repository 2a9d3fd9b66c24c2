"""One event opened: old identifiers lead to their events, losses stand side by side."""

from __future__ import annotations

import pytest

from dashboard import opened_event
from dashboard.releases import load
from tests import small_release


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases")
    small_release.write(folder)
    return load(None, folder)


@pytest.mark.parametrize("asked, expected", [
    ("e-clash", ("e-clash", "live")), ("e-fight", ("e-clash", "merged")), ("e-gone", (None, "withdrawn")),
    ("e-never", (None, "unknown")), ("'; DROP TABLE events", (None, "unknown")),
])
def test_an_old_identifier_leads_to_its_event(release, asked, expected):
    assert opened_event.event_now(release, asked) == expected


def test_losses_stand_side_by_side(release):
    losses = opened_event.losses(opened_event.tolls(release, "e-clash"))
    assert losses["Whose"].tolist()[0] == "all together" and losses["Best"].tolist() == [9, 4, 4]
    assert losses["Contested"].tolist() == [True, True, False]
    assert losses["Accounts"].tolist()[1] == "Afghan Taliban authorities: 4; Pakistan's armed forces: 9"
    assert losses["Accounts"].tolist()[0].endswith("Government of Pakistan: 4+ (Pakistan's armed forces)")
    assert losses["As it grew"].tolist()[0] == "4 (12 Oct 2025), then 9 (13 Oct 2025)"
    assert opened_event.losses(opened_event.tolls(release, "e-none")).empty
