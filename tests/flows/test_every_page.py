"""Every page that links lead to, as everybody who comes here: over the demonstration, with real commits, the application as in production.

Inside a test's own transaction a read that needs one (a cursor that stands between two pieces, on PostgreSQL) passes where it fails for
people. Of pages of one kind, so many are read for each person; that is enough to meet each kind in each state.
"""

import gzip
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.conftest import NOW, make_settings
from tests.support import client as clients
from tests.support import html
from tests.support.counting import query_count
from tests.support.databases import Databases
from webapp import create_app
from webapp.accounts.models import EmailAddress
from webapp.cli.demo import command, names
from webapp.core.db import db
from webapp.payments import balances
from webapp.payments.models import Allocation, Invoice
from webapp.payments.queries import desk
from webapp.registration.models import Charge, Order
from webapp.registration.waitlist.models import WaitlistEntry

OF_A_KIND = 3
MOST_STATEMENTS = 60
MOST_BYTES = 60_000  # of a page, compressed
SITE = "http://attune.test"
ROLES = {"attendee": "maren", "organizer": "joan", "coordinator": "coordinator", "presenter": "presenter", "door": "door",
         "supervisor": "supervisor", "reviewer": "reviewer", "finance": "finance", "admin": "admin"}
BEGIN = ["/", "/events", "/my", "/manage", "/door", "/agency"]


@pytest.fixture(scope="module")
def demo(database_place: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as it runs in production, over the demonstration."""
    made = create_app(make_settings(tmp_path_factory.mktemp("crawl"), database_place.copy_of(template), base_url=SITE))
    made.config.update(ARGON2_FAST=True)
    with time_machine.travel(NOW, tick=False), made.app_context():
        command.fill("Lakes & Prairies IECMH Association")
        db.session.remove()
    yield made
    with made.app_context():
        db.engine.dispose()


@dataclass
class Walk:
    """One person's way through all links; `troubles`: what no page may be."""

    client: FlaskClient
    seen: set[str] = field(default_factory=set)
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    def from_(self, begin: list[str], *, may_refuse: bool) -> None:
        """Reads the pages, then those they lead to, until nothing is new. Where she begins may not be hers: then it is refused."""
        ways = deque((path, "the address bar" if may_refuse else "") for path in begin)
        while ways:
            path, source = ways.popleft()
            if path not in self.seen and self._is_wanted(path):
                self.seen.add(path)
                ways.extend((there, path) for there in self._read(path, source))

    def _read(self, path: str, source: str) -> list[str]:
        with query_count() as statements:
            answer = self.client.get(path, base_url=SITE, headers={"Accept-Encoding": "identity"})
            body = answer.get_data()
        if answer.status_code >= 500 or (answer.status_code >= 400 and source != "the address bar"):
            self.troubles.append(f"{answer.status_code} at {path}, from {source}")
        if len(statements) > MOST_STATEMENTS:
            self.troubles.append(f"{len(statements)} statements for {path}")
        if answer.status_code in (301, 302, 303, 307, 308):
            return self._here(path, [answer.headers["Location"]])
        if answer.mimetype != "text/html" or answer.status_code != 200:
            return []
        if (size := len(gzip.compress(body, 6))) > MOST_BYTES:
            self.troubles.append(f"{size} bytes for {path}")
        return self._here(path, [one.attributes["href"] for one in html.parse(body.decode()).all("a") if "href" in one.attributes])

    def _here(self, path: str, addresses: list[str]) -> list[str]:
        """Those that lead to pages of ours."""
        found = [urlsplit(urldefrag(urljoin(SITE + path, one)).url) for one in addresses]
        return [one.path + (f"?{one.query}" if one.query else "") for one in found if f"{one.scheme}://{one.netloc}" == SITE]

    def _is_wanted(self, path: str) -> bool:
        """Whether fewer than so many pages of this kind were read: the same view, asked with the same names."""
        parts = urlsplit(path)
        adapter = self.client.application.url_map.bind("attune.test")
        try:
            endpoint = adapter.match(parts.path, "GET")[0]
        except (HTTPException, RequestRedirect):
            endpoint = parts.path  # nobody's address: read, and answered so
        kind = (endpoint, *sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
        self.kinds[kind] += 1
        return self.kinds[kind] <= OF_A_KIND


@pytest.mark.parametrize("role", ["anyone", *ROLES])
def test_every_link_leads_somewhere(demo: Flask, role: str) -> None:
    walk = Walk(demo.test_client())
    with demo.app_context():
        if role != "anyone":
            address = f"{ROLES[role]}@{names.DOMAIN}"
            clients.sign_in(walk.client, db.session.scalars(select(EmailAddress.person_id).where(EmailAddress.address == address)).one())
        db.session.remove()
    walk.from_(BEGIN, may_refuse=True)
    assert walk.troubles == []
    assert len(walk.seen) > 40


def test_every_link_of_a_guest_leads_somewhere(demo: Flask) -> None:
    """She has the secret addresses of orders in every state, of invoices and of her place in a line."""
    with demo.app_context():
        kinds = {(one.state, one.method): one.ref for one in db.session.scalars(select(Order).where(Order.joined_id.is_(None)))}
        begin = [f"/orders/{ref}" for ref in kinds.values()]
        begin += [f"/invoices/{ref}" for ref in db.session.scalars(select(Invoice.ref).order_by(Invoice.id.desc()).limit(3))]
        begin += [f"/waitlist/{ref}" for ref in db.session.scalars(select(WaitlistEntry.ref).limit(5))]
        db.session.remove()
    walk = Walk(demo.test_client())
    walk.from_(begin, may_refuse=False)
    assert walk.troubles == []
    assert len(walk.seen) > 40


def test_nobody_paid_more_than_she_owes_and_hears_nothing(demo: Flask) -> None:
    """What is paid beyond what an order owes is on its way back, a balance, or on finance's list; what was taken back nothing pays."""
    with demo.app_context(), time_machine.travel(NOW, tick=False):
        ids = db.session.scalars(select(Order.id).where(Order.state.in_(balances.COUNTED))).all()
        listed = {one.payment.order_id for one in desk.unmatched()}
        stands = balances.of_orders(ids, NOW.date())
        gone = select(Charge.voids_id).where(Charge.voids_id.is_not(None))
        paid_for_nothing = db.session.execute(
            select(Allocation.charge_id).where(Allocation.charge_id.in_(gone)).group_by(Allocation.charge_id)
            .having(func.sum(Allocation.amount_cents) != 0)).all()
        db.session.remove()
    more = [one for one in ids if stands[one].paid_cents - stands[one].in_flight_cents > max(stands[one].owed_cents, 0)]
    assert (set(more) - listed, paid_for_nothing) == (set(), [])
