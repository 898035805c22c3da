"""The agency's yes, its no, its card, the clock and who ordered, all at one moment: exactly one wins, and seats follow the money."""

from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.factories import events, people, registrations
from tests.support.racing import in_sessions, race
from tests.support.till import SECRET, ZONE, at_stripe
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone
from webapp.devtools.stripe_standin.process import StandIn
from webapp.payments import approvals, checkout, closing, gateway, inbox, reconcile
from webapp.payments.approvals import Wish
from webapp.payments.models import CheckoutPage, Invoice, Payment, PaymentApproval
from webapp.payments.pages import CameFrom
from webapp.registration.models import Order, Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The process, once for all rounds."""
    with StandIn(tmp_path_factory.mktemp("stripe") / "stripe.db", None, SECRET) as running:
        yield running


@pytest.fixture
def stripe(app: Flask, module_db: str, standin: StandIn) -> Iterator[StandIn]:
    """An empty stand-in the application speaks to."""
    with at_stripe(app, standin):
        yield standin


def asked() -> tuple[int, int]:
    """The ids of an order whose agency is asked, and of the question."""
    with transaction():
        order_id = registrations.held(events.workshop(), people.person()).order_id
        return order_id, approvals.ask(order_id, Wish("Dane County", "dana@dane.example", "Dana"), ZONE).id


def stands(order_id: int) -> tuple[str, str, str, int, int, int]:
    """Question, order and place; the order's invoices and payments; the seats taken of its event."""
    db.session.rollback()  # not what was read before the race
    place = db.session.scalars(select(Registration).filter_by(order_id=order_id)).one()
    taken = db.session.scalar(select(Pool.taken).join(Event, Event.pool_id == Pool.id).where(Event.id == place.event_id))
    return (db.session.scalars(select(PaymentApproval.state).filter_by(order_id=order_id)).one(),
            db.session.get_one(Order, order_id).state, place.state,
            db.session.scalar(select(func.count(Invoice.id)).filter_by(order_id=order_id)) or 0,
            db.session.scalar(select(func.count(Payment.id)).filter_by(order_id=order_id, state="succeeded")) or 0, taken or 0)


def test_of_yes_no_and_another_way_at_one_moment_one_wins(app: Flask, module_db: str) -> None:
    order_id, approval_id = asked()
    done = race(app, [
        partial(approvals.approve, approval_id), partial(approvals.approve, approval_id),
        partial(approvals.decline, approval_id, reason="No.", zone=ZONE), partial(withdrawn, order_id)])
    won = stands(order_id)
    assert done.count("done") == 1
    assert won in (("approved", "placed", "confirmed", 1, 0, 1), ("declined", "held", "held", 0, 0, 1),
                   ("withdrawn", "held", "held", 0, 0, 1))


def withdrawn(order_id: int) -> None:
    """Who ordered chooses another way; refused, as the others are, when somebody was first."""
    if not approvals.withdraw(order_id, ZONE):
        raise AlreadyDone("Nobody is asked.")


def test_of_a_yes_and_the_end_of_the_time_one_wins(app: Flask, module_db: str) -> None:
    order_id, approval_id = asked()
    with transaction():
        found = db.session.get_one(PaymentApproval, approval_id)
        found.until = clock.now()
    with time_machine.travel(found.until, tick=False):
        done = race(app, [partial(approvals.approve, approval_id)] * 2 + [partial(approvals.end_due, order_id, ZONE)] * 2)
    assert (done.count("done"), stands(order_id)) == (2, ("silent", "held", "held", 0, 0, 1))


def test_a_yes_and_a_card_at_one_moment_pay_once(app: Flask, stripe: StandIn) -> None:
    order_id, approval_id = asked()
    with transaction():
        approvals.to_card(approval_id)
    stripe.pay(checkout.open_page(order_id, clock.today(ZONE), whole=True, came_from=CameFrom(approval_id=approval_id)))
    session_id = db.session.scalars(select(CheckoutPage.provider_session_id).filter_by(order_id=order_id)).one()
    told = gateway.retrieve_session(str(session_id))
    in_sessions(app, [partial(inbox.hear, told, "return"), partial(yes, approval_id), partial(no, order_id, approval_id)])
    state, *rest = stands(order_id)
    assert (state, rest) in (("paid", ["placed", "confirmed", 0, 1, 1]), ("approved", ["placed", "confirmed", 1, 1, 1]),
                             ("declined", ["placed", "confirmed", 0, 1, 1]))


def yes(approval_id: int) -> None:
    with transaction():
        approvals.approve(approval_id)


def no(order_id: int, approval_id: int) -> None:
    """As the page does it: the payment page first."""
    closing.close_live(order_id)
    with transaction():
        approvals.decline(approval_id, reason="No.", zone=ZONE)


def test_the_end_of_the_hold_and_a_card_leave_no_seat_without_money(app: Flask, stripe: StandIn) -> None:
    order_id, approval_id = asked()
    with transaction():
        approvals.to_card(approval_id)
    page = checkout.open_page(order_id, clock.today(ZONE), whole=True, came_from=CameFrom(approval_id=approval_id))
    with transaction():
        approvals.withdraw(order_id, ZONE)
        order = db.session.get_one(Order, order_id)
        order.hold_until = clock.now()
    paid, _ = in_sessions(app, [partial(stripe.pay, page), partial(reconcile.settle, clock.now())])
    reconcile.sweep(clock.now())
    bought = paid["state"] == "paid"  # type: ignore[index]
    assert stands(order_id) == (("withdrawn", "placed", "confirmed", 0, 1, 1) if bought else ("withdrawn", "expired", "expired", 0, 0, 0))
