"""Eight people, each in a thread, send form after form to four processes: nobody ever meets a database that is locked."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.bench.people import Visitor
from tests.factories import events, people
from tests.support import html
from tests.support.servers import Site
from webapp.accounts.models import Person
from webapp.core.db import db, transaction
from webapp.registration import seats
from webapp.registration.models import Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time]
PEOPLE, EVENTS, PER_EVENT = 8, 5, 10  # each sends 5 x 10 forms: two for a place, eight for her details


class Member(Visitor):
    """Somebody signed in; `sent` counts the forms that were taken."""

    def __init__(self, site: str, address: str) -> None:
        super().__init__(site)
        self.sent = -1  # signing in is none of hers
        _, _, page = self.get("/login")
        self.send(page, "/login", email=address, password=people.PASSWORD)

    def live(self, number: int, slugs: list[str]) -> None:
        """Takes a place in each event, and changes her details again and again."""
        _, _, details = self.get("/me/account")
        for slug in slugs:
            self.take_place(f"/events/{slug}/register")
            for turn in range(PER_EVENT - 2):
                self.send(details, "/me/account", county=f"{slug} {number} {turn}")

    def take_place(self, path: str) -> None:
        """The form and the review."""
        _, _, page = self.get(path)
        kind = html.parse(page.decode()).all("input", type="radio", name="type")[-1].attributes["value"]
        review = self.send(page, path, type=kind)
        _, _, page = self.get(review)
        self.send(page, review, method="free")

    def send(self, page: bytes, path: str, **typed: str) -> str:
        """Sends the form of the page that has these fields, and sees that it is taken; where it leads."""
        form, fields = next((form, fields) for form in html.parse(page.decode()).all("form", method="post")
                            if (fields := html.filled(form)).keys() >= typed.keys() - {"type"} and len(fields) > 1)
        fields |= {name: [value] for name, value in typed.items()}
        pairs = [(name, value) for name, values in fields.items() for value in values]
        status, headers, body = self.post(form.attributes.get("action") or path, pairs)
        assert status == 303, f"{status} from {path}: {html.parse(body.decode()).errors()}"
        self.sent += 1
        return headers["location"]


def test_signed_in_posts_from_eight_threads_are_all_taken(app, clean_db, tmp_path):
    with transaction():
        slugs = [events.workshop(f"Free {number}", capacity=PEOPLE, member=0, non_member=0).slug for number in range(EVENTS)]
        for number in range(PEOPLE):
            people.person(f"P{number}", email=f"p{number}@home.example")
    with Site(clean_db, tmp_path, workers=4, stripe=False) as site:
        members = [Member(site.url, f"p{number}@home.example") for number in range(PEOPLE)]
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(lambda one: one[1].live(one[0], slugs), enumerate(members)))
    assert [member.sent for member in members] == [EVENTS * PER_EVENT] * PEOPLE
    words = site.web.log.read_text() + site.worker.log.read_text()
    assert "locked" not in words
    assert "Traceback" not in words
    assert set(db.session.scalars(select(Person.county))) == {f"{slugs[-1]} {number} {PER_EVENT - 3}" for number in range(PEOPLE)}
    confirmed = select(func.count()).where(Registration.state == "confirmed")
    assert (db.session.scalar(confirmed), seats.recount()) == (PEOPLE * EVENTS, [])
