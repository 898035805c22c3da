"""What every story uses: a look at a page (picture, no sideways scrolling, accessible) and windows for further people."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from tests.support import browser as browsers
from tests.support.axe import assert_accessible
from tests.support.servers import Site


@pytest.fixture
def look(request: pytest.FixtureRequest, page: Page) -> Callable[..., None]:
    """`look("3-review")`: keeps the picture under the story's name and lets axe read the page; `look("9-desk", other)` for another's."""
    story = request.path.stem.removeprefix("test_").replace("_", "-")

    def see(step: str, shown: Page | None = None) -> None:
        browsers.Eyes(shown or page, story).screenshot(step)
        assert_accessible(shown or page)

    return see


@pytest.fixture
def newcomer(browser: Browser, site: Site, page: Page) -> Iterator[Callable[..., Page]]:
    """`newcomer()`: a page of somebody else, with no cookie, at the same width; faults on it fail the test too.

    `newcomer(422)`: a refused form is part of what she does.
    """
    width = (page.viewport_size or {"width": 0})["width"]
    with ExitStack() as windows:

        def come(*expected: int) -> Page:
            opened, watcher = windows.enter_context(browsers.window(browser, width, site.url))
            watcher.expect(*expected)
            return opened

        yield come
