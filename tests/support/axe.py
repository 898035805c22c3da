"""axe-core inside a page: what WCAG 2.2 A and AA and good practice ask that a machine can see."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


@cache
def _source() -> str:
    return SOURCE.read_text("utf-8")


def violations(page: Page) -> list[str]:
    """Each violation as `rule: help (where)`. The page keeps its content policy: the rules come in by the debugger, not by a script tag."""
    page.evaluate(_source())
    found: list[dict[str, Any]] = page.evaluate(RUN, TAGS)["violations"]
    return [f"{rule['id']}: {rule['help']} ({', '.join(str(node['target'][0]) for node in rule['nodes'][:3])})" for rule in found]


def assert_accessible(page: Page) -> None:
    """Fails with every violation on the page."""
    found = violations(page)
    assert not found, "\n".join([page.url, *found])
