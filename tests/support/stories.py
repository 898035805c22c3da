"""Fixtures for stories in a browser: a running product over a private database, a page at both widths, pictures of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support import browser as browsers
from tests.support.servers import Site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for the run."""
    with browsers.chromium() as running:
        yield running


@pytest.fixture
def site(clean_db: str, tmp_path: Path) -> Iterator[Site]:
    """The product running over a private database, with worker, Stripe's stand-in and a mail server.

    The test's own `app` is joined to the same database: make data with factories inside `transaction()`.
    """
    with Site(clean_db, tmp_path) as running:
        yield running


@pytest.fixture(params=browsers.WIDTHS, ids=lambda width: f"{width}px")
def window(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[tuple[Page, browsers.Watcher]]:
    """A page and its watcher, at the width of a desk and of a phone: a story is told twice."""
    with browsers.window(browser, request.param, site.url) as opened:
        yield opened


@pytest.fixture
def page(window: tuple[Page, browsers.Watcher]) -> Page:
    """A page of the running product: `page.goto("/events")`. Faults on it fail the test at its end."""
    return window[0]


@pytest.fixture
def watcher(window: tuple[Page, browsers.Watcher]) -> browsers.Watcher:
    """Who notes faults: `watcher.expect(422)` before a form is refused on purpose."""
    return window[1]


@pytest.fixture
def screenshot(request: pytest.FixtureRequest, page: Page) -> Callable[[str], Path]:
    """`screenshot("review")`: keeps the picture under the story's name, fails on sideways scrolling."""
    return browsers.Eyes(page, request.node.originalname.removeprefix("test_").replace("_", "-")).screenshot
