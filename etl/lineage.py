"""The release before this one, whose identifiers it keeps (`etl.event_ids`).

A release is made from inputs, tables, code and the release before it; its name is
the hash of all of these. A first release has none before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from etl.fingerprint import release_name
from etl.publish import LATEST, MANIFEST, is_whole

BEFORE = "predecessor"  # in the manifest: the name of the release before, null for a first one


def descend(out: Path, made_from: Mapping[str, Any]) -> dict[str, Any]:
    """`made_from` with the release before: that of the latest release where it is made from the same, else the latest.

    A latest release that is damaged counts as not there: then it is the one before it.
    """
    latest = _latest(out)
    if latest is None:
        return {**made_from, BEFORE: None}
    told = _manifest(out / latest)
    others = [told.get(BEFORE)] if told else [None, *sorted(path.name for path in out.iterdir() if path.name != latest)]
    for name in others:
        same = {**made_from, BEFORE: name}
        if release_name(same) == latest and (name is None or is_whole(out / latest) or is_whole(out / name)):
            return same
    while latest is not None and not is_whole(out / latest):
        latest = (_manifest(out / latest) or {}).get(BEFORE)
    return {**made_from, BEFORE: latest}


def _latest(out: Path) -> str | None:
    link = out / LATEST
    try:
        return link.readlink().name if link.is_symlink() else None
    except OSError:
        return None


def _manifest(release: Path) -> dict[str, Any] | None:
    try:
        told = json.loads((release / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None
