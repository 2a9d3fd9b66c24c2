"""What a server does before readers come: loads what pages need, and spares the garbage collector looking at it."""

from __future__ import annotations

import gc
import importlib
import logging
from contextlib import suppress

from dashboard import geometry, located, releases

# What pages import besides; scipy and plotly load the most.
MODULES = ("dashboard.charts_actors", "dashboard.charts_comentions", "dashboard.charts_comparison",
           "dashboard.charts_overview", "dashboard.charts_timeline", "dashboard.spells", "dashboard.map_parts",
           "dashboard.locator", "dashboard.event_record", "dashboard.highlight", "dashboard.about")
_log = logging.getLogger(__name__)


def warm() -> None:
    """Loads modules, boundaries and the latest release, and puts all of it beyond the garbage collector.

    These are a million objects that live as long as the process: to look through them takes longer than to work out
    a page. A fault here ends nothing: the page that meets it tells it.
    """
    try:
        for module in MODULES:
            importlib.import_module(module)
        for level in ("district", "province"):
            located.area_of(level, "", "", "")
        geometry.crossings()
        with suppress(releases.ReleaseFault):
            releases.load()
    except Exception:
        _log.exception("What pages need could not be loaded beforehand")
    gc.collect()
    gc.freeze()
