"""The pages of the dashboard: name in the address, script in ``dashboard/pages``, title and icon."""

from __future__ import annotations

PAGES = (
    ("overview", "overview.py", "Overview", ":material/summarize:"),
    ("timeline", "timeline.py", "Timeline", ":material/timeline:"),
    ("actors", "actors.py", "Actors", ":material/hub:"),
    ("map", "map_page.py", "Map", ":material/map:"),
    ("events", "events.py", "Events", ":material/list_alt:"),
    ("changes", "changes.py", "What changed", ":material/difference:"),
    ("code", "code_article.py", "Code an article", ":material/edit_note:"),
    ("event", "event.py", "Event", ":material/event_note:"),
    ("about", "about.py", "About the data", ":material/menu_book:"),
)
TITLES = {name: title for name, _, title, _ in PAGES}
