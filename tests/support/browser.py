"""Chromium for stories: one browser per run, a page per test, and eyes on everything a person would be let down by."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Response, sync_playwright

from tests.support import databases

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
WIDTHS = {1280: 900, 360: 740}
PATIENCE = 15_000  # milliseconds for a step: two cores may be busy
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def program() -> str | None:
    """The Chromium of this machine, or None: then Playwright's own is asked for."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def available() -> bool:
    """Whether some Chromium can be started."""
    if program():
        return True
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window. As root Chromium cannot have its sandbox; the pages are our own."""
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


def _launch(playwright: Playwright) -> Browser:
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=program(), args=[*as_root, "--disable-dev-shm-usage"])


class Watcher:
    """Notes what went wrong on pages: script errors, refused content, failed answers. `expect(status)` allows one kind of answer."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._expected: set[int] = set()

    def watch(self, context: BrowserContext) -> None:
        """Looks at every page of the context, those to come too."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("response", self._answer)

    def expect(self, *statuses: int) -> None:
        """These answers are part of the story (a 422 of a form, a 404 of a stranger)."""
        self._expected |= set(statuses)

    def assert_quiet(self) -> None:
        """Fails with everything noted."""
        assert not self.faults, "\n".join(self.faults)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        status = re.search(r"status of (\d{3})", message.text)
        if status and int(status[1]) in self._expected:
            return
        self.faults.append(f"console: {message.text}")

    def _answer(self, answer: Response) -> None:
        if answer.status >= 500 and answer.status not in self._expected:
            self.faults.append(f"{answer.status} {answer.url}")


class Eyes:
    """Takes the pictures of one story and looks for sideways scrolling in each."""

    def __init__(self, page: Page, story: str) -> None:
        self.page, self.story = page, story
        self.width = (page.viewport_size or {"width": 0})["width"]

    def screenshot(self, step: str) -> Path:
        """Saves the whole page as build/screenshots/<database>/<story>-<step>-<width>.png; fails when it is wider than the window."""
        folder = SCREENSHOTS / databases.chosen()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.story}-{step}-{self.width}.png"
        self.page.screenshot(path=path, full_page=True)
        wider = self.page.evaluate(OVERFLOW)
        assert wider <= 0, f"{self.page.url} is {wider} pixels wider than {self.width}"
        return path


@contextmanager
def window(browser: Browser, width: int, base_url: str) -> Iterator[tuple[Page, Watcher]]:
    """A page in a context of its own, watched; the watcher is asked at the end."""
    watcher = Watcher()
    context = browser.new_context(viewport={"width": width, "height": WIDTHS.get(width, 900)}, base_url=base_url,
                                  locale="en-US", timezone_id="America/Chicago", has_touch=width < 600)
    context.set_default_timeout(PATIENCE)
    watcher.watch(context)
    try:
        yield context.new_page(), watcher
        watcher.assert_quiet()
    finally:
        context.close()
