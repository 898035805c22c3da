"""Many browsers at once against four web processes: the last places and the line for them, one breakout, a code's last use, a grant's
last dollar, one invoice number, one refund, one click.

The processes start once; each race has an event of its own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from random import randrange
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.bench.people import Visitor
from tests.factories import codes, events, funds, people
from tests.factories import registrations as places
from tests.support import html
from tests.support.racing import at_once
from tests.support.servers import Site
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments.models import Invoice, Refund
from webapp.payments.receipts import Received, record
from webapp.registration import seats
from webapp.registration.codes.models import DiscountCode
from webapp.registration.funds.models import Fund
from webapp.registration.models import Order, Registration
from webapp.registration.waitlist.models import Waitlist, WaitlistEntry

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def site(module_db: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Four web processes over one database."""
    with Site(module_db, tmp_path_factory.mktemp("races"), workers=4, with_worker=False, stripe=False, TRUSTED_PROXIES="1") as running:
        yield running


class AtHome(Visitor):
    """A visitor from a network of her own: what a whole network may do in an hour is limited."""

    def __init__(self, site: str) -> None:
        super().__init__(site)
        self.network = f"10.{randrange(256)}.{randrange(256)}.{randrange(1, 255)}"

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        return super()._ask(method, path, body, headers | {"X-Forwarded-For": self.network})


@dataclass(frozen=True)
class Filled:
    """A form in somebody's browser, filled and not yet sent."""

    visitor: Visitor
    where: str
    fields: list[tuple[str, str]]

    def send(self) -> Answer:
        """One click."""
        return self.visitor.post(self.where, self.fields)

    def twice(self) -> list[Answer]:
        """Two clicks at one moment: the same form of the same browser, over two connections."""
        again = Visitor(f"http://{self.visitor.connection.host}:{self.visitor.connection.port}")
        again.cookies = self.visitor.cookies
        return at_once([self.send, Filled(again, self.where, self.fields).send])


def ready(visitor: Visitor, path: str, action: str = "", **typed: str) -> Filled:
    """The form of a page whose action ends so, filled by this visitor."""
    status, _, body = visitor.get(path)
    assert status == 200, (status, path)
    form = next(one for one in html.parse(body.decode()).all("form") if one.attributes.get("action", "").endswith(action)
                and one.attributes.get("action") != "/logout")
    kinds = [box.attributes["value"] for box in form.all("input", type="radio", name="type")]
    fields = html.filled(form) | {name: [value] for name, value in typed.items()} | ({"type": kinds[-1:]} if kinds else {})
    return Filled(visitor, form.attributes.get("action") or path, [(key, value) for key, values in fields.items() for value in values])


def asking(site: Site, slug: str, number: int) -> Filled:
    """A guest with the filled form of a place."""
    return ready(Visitor(site.url), f"/events/{slug}/register", given_name="Race", family_name=f"Number {number}",
                 email=f"race{number}@home.example")


def waiting(site: Site, slug: str, number: int) -> Filled:
    """The same guest, who was told that it is full, with the filled form of the waitlist."""
    return ready(AtHome(site.url), f"/events/{slug}/waitlist", email=f"race{number}@home.example")


def in_line(event_id: int) -> list[tuple[int, str]]:
    """The event's waitlist: numbers and addresses, in the order their rows were committed (the list's row is locked while one is made)."""
    db.session.rollback()
    rows = db.session.execute(select(WaitlistEntry.number, WaitlistEntry.email).join(Waitlist).where(Waitlist.event_id == event_id)
                              .order_by(WaitlistEntry.id))
    return [(number, email) for number, email in rows]


def on_their_orders(site: Site, event_id: int, many: int, page: str, action: str, **typed: str) -> list[Filled]:
    """People who hold a place, each with a form of her order."""
    with transaction():
        event = db.session.get_one(Event, event_id)
        held = [places.held(event, people.person()).order_id for _ in range(many)]
        refs = [db.session.get_one(Order, order_id).ref for order_id in held]
    return [ready(Visitor(site.url), f"/orders/{ref}/{page}", action, **typed) for ref in refs]


def placing(site: Site, event_id: int, many: int) -> list[Filled]:
    """People about to order on invoice."""
    return on_their_orders(site, event_id, many, "review", "/place", method="invoice", agency="Lakeshore",
                           billing_email="office@home.example")


def signed_in(site: Site, address: str) -> Visitor:
    """Somebody who signed in by password."""
    visitor = Visitor(site.url)
    assert ready(visitor, "/login", email=address, password=people.PASSWORD).send()[0] == 303
    return visitor


def statuses(came: Sequence[Answer]) -> Counter[int]:
    return Counter(status for status, _, _ in came)


def refusals(came: Sequence[Answer]) -> list[str]:
    return [" ".join(html.parse(body.decode()).errors()) for status, _, body in came if status == 422]


def invoices(event_id: int) -> list[int]:
    """The running numbers of an event's invoices, ascending."""
    db.session.rollback()
    issued = db.session.scalars(select(Invoice.number).join(Registration, Registration.order_id == Invoice.order_id)
                                .where(Registration.event_id == event_id))
    return sorted(int(number.rsplit("-", 1)[-1]) for number in issued)


def count(model: Any, *where: Any) -> int:
    """Rows as committed now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_sixty_four_clients_for_fifty_seats(site: Site) -> None:
    with transaction():
        event = events.workshop(capacity=50, member=0, non_member=0)
        event_id, slug = event.id, event.slug
    forms = at_once([partial(asking, site, slug, number) for number in range(64)])
    came = at_once([form.send for form in forms])
    assert statuses(came) == {303: 50, 422: 14}
    assert all("full" in words for words in refusals(came))
    assert (count(Registration, Registration.event_id == event_id, Registration.state == "held"), seats.recount()) == (50, [])
    late = [n for n, (status, _, _) in enumerate(came) if status == 422]
    lines = at_once([partial(waiting, site, slug, number) for number in late])
    first = at_once([line.send for line in lines])
    assert statuses(first) == {303: 14}
    before = in_line(event_id)
    assert [number for number, _ in before] == list(range(1, 15))
    assert {email for _, email in before} == {f"race{number}@home.example" for number in late}
    again = at_once([line.send for line in lines])
    assert (statuses(again), in_line(event_id)) == ({303: 14}, before)  # who asks again keeps her number


def test_the_last_seat_of_a_breakout(site: Site) -> None:
    with transaction():
        event = events.conference(rooms=(1, 20), member=0, non_member=0)
        event_id, block = event.id, events.blocks(event)["A"].id
        wanted = next(one.id for one in events.sessions(event) if one.title == "Breakout A1")
    forms = on_their_orders(site, event_id, 8, "breakouts", "/breakouts", **{f"block_{block}": str(wanted)})
    came = at_once([form.send for form in forms])
    assert statuses(came) == {303: 1, 422: 7}
    assert all("is full" in words for words in refusals(came)) and seats.recount() == []


def test_a_codes_last_use(site: Site) -> None:
    with transaction():
        event = events.workshop()
        event_id, code_id = event.id, codes.code(event, f"LAST-{event.id}", max_uses=1)
    came = at_once([form.send for form in on_their_orders(site, event_id, 8, "review", "/place", code=f"LAST-{event_id}")])
    db.session.rollback()
    assert (statuses(came), db.session.get_one(DiscountCode, code_id).uses) == ({303: 1, 422: 7}, 1)


def test_a_grants_last_dollar(site: Site) -> None:
    with transaction():
        event = events.workshop()
        event_id = event.id
        fund_id = funds.fund(event, f"Grant {event_id}", grantor=funds.GRANTOR, word=f"GRANT-{event_id}", amount_cents=100,
                             budget_cents=301)
    came = at_once([form.send for form in on_their_orders(site, event_id, 8, "review", "/place", code=f"GRANT-{event_id}")])
    db.session.rollback()
    assert (statuses(came), db.session.get_one(Fund, fund_id).used_cents) == ({303: 3, 422: 5}, 300)


def test_invoice_numbers_have_no_gaps_and_no_doubles(site: Site) -> None:
    with transaction():
        event_id = events.workshop().id
    came = at_once([form.send for form in placing(site, event_id, 8)])
    assert statuses(came) == {303: 8}
    numbers = invoices(event_id)
    assert numbers == list(range(numbers[0], numbers[0] + 8))


def test_two_of_finance_refund_the_same_money(site: Site) -> None:
    with transaction():
        desk = [places.address(people.person("Fay", "Nance", roles=["finance"])) for _ in range(2)]
        place = places.registered(events.workshop(), people.person())
        ref = db.session.get_one(Order, place.order_id).ref
        cheque = Received("cheque", 15_000, clock.today("America/Chicago"), "America/Chicago", number="7")
        paid = record(place.order_id, cheque, by_id=place.person_id).id
    forms = [ready(signed_in(site, address), f"/manage/finance/orders/{ref}/refund", amount="150.00", reason="Ill") for address in desk]
    came = at_once([form.send for form in forms])
    assert statuses(came) == {303: 1, 422: 1}
    assert "can still be refunded" in refusals(came)[0]
    assert count(Refund, Refund.payment_id == paid) == 1


def test_a_double_click_is_one_order(site: Site) -> None:
    with transaction():
        event = events.workshop()
        event_id, slug = event.id, event.slug
    came = asking(site, slug, 1).twice()
    assert statuses(came) == {303: 2}, site.web.words()
    assert len({headers["location"] for _, headers, _ in came}) == 1
    assert count(Registration, Registration.event_id == event_id) == 1


def test_a_double_click_on_the_review_is_one_invoice(site: Site) -> None:
    with transaction():
        event_id = events.workshop().id
    came = placing(site, event_id, 1)[0].twice()
    assert statuses(came) == {303: 2}
    assert len(invoices(event_id)) == 1
