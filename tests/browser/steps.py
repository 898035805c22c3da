"""Steps that several stories take, in the words that stand on the pages."""

import re
import urllib.request
from typing import Any

from icalendar import Calendar
from playwright.sync_api import Page

from tests.factories.people import PASSWORD
from tests.support import ics

GOOD_CARD, BAD_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"


def press(page: Page, words: str) -> None:
    """Presses the button with exactly these words."""
    page.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    """Follows the first link that can be seen with exactly these words."""
    page.get_by_role("link", name=words, exact=True).filter(visible=True).first.click()


def choose(page: Page, words: str) -> None:
    """Chooses the radio button whose label begins so."""
    page.get_by_role("radio", name=re.compile(f"^{re.escape(words)}")).check()


def fill(page: Page, typed: dict[str, str]) -> None:
    """Fills fields by how their labels begin."""
    for label, words in typed.items():
        page.get_by_label(re.compile(f"^{re.escape(label)}")).fill(words)


def sign_in(page: Page, address: str) -> None:
    """Signs a person of the factories in by the form."""
    page.goto("/login")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.wait_for_url(lambda url: "/login" not in url)


def pay_by(page: Page, number: str) -> None:
    """Fills Stripe's page and sends it."""
    page.get_by_label("Name on card or account").fill("Ana Silva")
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry (MM / YY)").fill("12 / 40")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name=re.compile("^Pay ")).click()


def read_calendar(body: bytes) -> list[Any]:
    """The entries of a calendar that keeps every rule of the standards, by their start."""
    assert ics.check(body) == []
    return sorted(Calendar.from_ical(body).walk("VEVENT"), key=lambda entry: entry.decoded("dtstart"))


def fetch(address: str) -> bytes:
    """What a calendar program gets there: no cookie, no script."""
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        return bytes(answer.read())
