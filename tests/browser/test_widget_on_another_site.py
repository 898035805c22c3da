"""Our coming events on the association's own site: another origin, with the script, with a frame, and the organizer's preview."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.factories import events, people
from tests.support.axe import assert_accessible
from tests.support.servers import Site
from tests.support.waiting import wait_until
from webapp.core.db import transaction

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Our site</title>
<link rel="icon" href="data:,"><body><main><h1>The association's own site</h1>{snippet}<p>The end.</p></main></body></html>"""


@contextmanager
def another_site(snippet: str) -> Iterator[str]:
    """The address of a page of another origin with these lines in it."""
    body = PAGE.format(snippet=snippet).encode()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_address[1]}/"  # the product is on 127.0.0.1: another site by name too
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(clean_db: str, tmp_path: Path) -> Iterator[Site]:
    """The product with several workers: for a frame on another site Chromium opens connections ahead and says nothing on them."""
    with Site(clean_db, tmp_path, workers=4, with_worker=False, stripe=False) as running:
        yield running


@pytest.fixture
def three_events() -> None:
    """Two workshops and a conference."""
    with transaction():
        for title in ("Sleep and feeding", "Trauma before three"):
            events.workshop(title)
        events.conference("Annual conference")
        people.person("Joan", "Tate", email="joan@home.example", roles=["organizer"])


def test_the_script_puts_the_list_on_another_site(site, page, look, three_events):
    with another_site(f'<script src="{site.url}/widget.js" data-kind="workshop" data-title="Trainings" async></script>') as address:
        page.goto(address)
        frame = page.frame_locator("iframe[title=Trainings]")
        expect(frame.get_by_role("heading", level=3)).to_have_text(["Sleep and feeding", "Trauma before three"])
        shown = page.locator("iframe")
        inside = frame.locator("body")
        wait_until(lambda: shown.evaluate("one => one.offsetHeight") == inside.evaluate("one => one.scrollHeight") != 600, 5,
                   what="the frame is as high as what is in it")
        look("1-script")
        assert page.context.cookies() == []
        frame.get_by_role("link", name="Sleep and feeding").click()
        expect(page).to_have_url(f"{site.url}/events/sleep-and-feeding")


def test_a_frame_and_each_scheme_are_accessible(site, page, look, three_events):
    line = f'<iframe src="{site.url}/widget?scheme=dark&count=1" title="Coming events" width="100%" height="500"></iframe>'
    with another_site(line) as address:
        page.goto(address)
        expect(page.frame_locator("iframe").get_by_role("heading", level=3)).to_have_count(1)
        look("2-frame")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto("/widget")
        assert_accessible(page)


def test_no_other_page_of_ours_can_be_framed(site, page, watcher, three_events):
    with another_site(f'<iframe src="{site.url}/login" title="Sign in"></iframe>') as address:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.frames[1].url == "chrome-error://chromewebdata/"
    assert [fault for fault in watcher.faults if "frame-ancestors" in fault]
    watcher.faults.clear()


def test_an_organizer_copies_the_line_and_sees_the_list(page, look, three_events):
    steps.sign_in(page, "joan@home.example")
    page.goto("/manage/widget")
    preview = page.frame_locator("iframe[title='Preview of the list']")
    expect(preview.get_by_role("heading", level=3)).to_have_count(3)
    page.get_by_label("Kind").select_option("conference")
    expect(preview.get_by_role("heading", level=3)).to_have_text(["Annual conference"])
    look("3-organizer")
