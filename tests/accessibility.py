"""What axe-core finds on a page that stands in the way of a reader with a disability."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")  # and, of good practice, the order of headings
# What no page of ours can mend, because Streamlit draws it with a fixed colour: the rule, where, and why.
EXCLUDED = (
    ("color-contrast", '[role="spinbutton"][data-focused]', "the part of a day that is being typed is white on the "
     "theme's primary colour, which has to be bright on the dark page; the same day stands in the calendar below"),
    ("color-contrast", '[role="application"] [role="button"][data-selected="true"]', "the chosen day of an open "
     "calendar is white on the primary colour too; the day also stands in the field above, in full contrast"),
)
_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_RUN = """async tags => {
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, rules: {"heading-order": {enabled: true}}, resultTypes: ["violations"]});
  return found.violations.map(one => ({rule: one.id, nodes: one.nodes.map(node => ({
    html: node.html.slice(0, 200), target: node.target.join(" "), why: node.failureSummary}))}));
}"""


def faults(page: Page) -> list[str]:
    """The violations of WCAG 2.1, levels A and AA, on `page` as it stands, but for those that are excluded."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate(_RUN, list(TAGS))
    return [f"{one['rule']}: {node['html']} {node['why']}" for one in found for node in one["nodes"]
            if not any(one["rule"] == rule and _within(page, node["target"], where) for rule, where, _ in EXCLUDED)]


def _within(page: Page, target: str, where: str) -> bool:
    return bool(page.evaluate("([target, where]) => !!document.querySelector(target)?.closest(where)", [target, where]))
