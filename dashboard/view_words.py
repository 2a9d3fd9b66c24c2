"""A View in words, for the head of a page and of a briefing."""

from __future__ import annotations

from dashboard.view import Facts, View
from etl import names
from etl.wording import day


def in_words(view: View, facts: Facts) -> str:
    """The filters of a View in one line."""
    parts = [f"{day(view.date_from)} – {day(view.date_to)}"]
    if view.types == facts.types:
        parts.append("all event types")
    elif len(view.types) <= 3:
        parts.append(", ".join(names.type_label(name) for name in view.types) or "no event type")
    else:
        parts.append(f"{len(view.types)} of {len(facts.types)} event types")
    for values, label in ((tuple(map(names.actor_name, view.actors)), "actors"), (view.provinces, "provinces"),
                          (view.places, "places")):
        if values:
            parts.append(", ".join(values) if len(values) <= 3 else f"{len(values)} {label}")
    if view.min_fatalities:
        parts.append(f"at least {view.min_fatalities} killed")
    if view.border_km:
        parts.append(f"within {view.border_km} km of the Durand Line")
    if view.salience != "all":
        parts.append({"main": "main reports only", "background": "background only"}[view.salience])
    if view.q:
        parts.append(f"text “{view.q}”")
    return " · ".join([*parts, f"release {view.release}"])
