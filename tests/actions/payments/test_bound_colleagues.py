"""Money of a place put off, on an order with a second place of the same course: the page before an act says what the act does."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.actions.payments.test_bound_carts import LATER, check, pays
from tests.actions.payments.test_deferred_money import BOUND, course, natures
from tests.actions.payments.test_deferring import UNTIL, use, wanted
from tests.factories import people
from tests.factories import registrations as places
from tests.support import till as tills
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.payments import corrections, deferring, giving_back, settlement
from webapp.payments.lots import bound
from webapp.registration import orders, registrations
from webapp.registration.models import Registration


@pytest.fixture
def both():
    """The place put off, an invoice for another date of its course, its owner's place there and a colleague's, at $150.00 each.

    What was kept pays the owner's.
    """
    other, put_off = course()
    order_id = wanted(other, put_off)
    with transaction():
        buyer = places.buyer(db.session.get_one(Person, put_off.person_id))
        orders.hold(other.id, [places.attendee(other, people.person())], buyer, into=order_id)
        orders.place(order_id, "invoice")
    use(order_id)
    own, colleague = db.session.scalars(select(Registration.id).where(Registration.order_id == order_id).order_by(Registration.id))
    return put_off.order_id, order_id, own, colleague


def foreseen(order_id, place_id):
    outcome = registrations.foresee(place_id, by_organizer=True)
    return giving_back.foreseen(tills.balance(order_id), outcome, spare_cents=bound.spare_of(place_id))


def cancel(place_id):
    with transaction():
        settlement.lock_with_others(place_id)
        done = registrations.cancel(place_id, reason="Ill", by_id=None, by_organizer=True)
        return giving_back.after([done], reason="Ill", by_id=None, today=clock.today(tills.ZONE))


def test_while_the_colleagues_place_is_open_it_pays_that(both):
    kept, order_id, own, _ = both
    assert (foreseen(order_id, own), cancel(own)) == (0, 0)
    assert (pays(order_id), natures(kept), tills.balance(order_id).open_cents) == ({("balance", "Sleep again"): 15_000}, [], 0)


def test_the_check_that_paid_the_colleagues_place_makes_room_as_far_as_something_else_is_open(both):
    kept, order_id, own, _ = both
    check(order_id, 15_000)
    with transaction():
        corrections.correct(order_id, 5_000, reason="Another lunch", by_id=None, of_event=False)
    assert (foreseen(order_id, own), cancel(own)) == (10_000, 10_000)
    assert (natures(kept), tills.balance(order_id).open_cents) == ([(10_000, UNTIL, BOUND)], 0)
    tills.check_books()


def test_the_colleagues_place_given_back_brings_nothing_that_pays_the_owners(both):
    _, order_id, own, colleague = both
    assert (bound.spare_of(own), bound.spare_of(colleague)) == (0, 0)
    assert (foreseen(order_id, colleague), cancel(colleague)) == (0, 0)
    assert bound.spare_of(own) == 15_000


def test_it_is_not_put_off_while_its_money_would_pay_the_colleagues_place(both):
    """It would be given up, and nothing would wait for another date."""
    kept, order_id, own, _ = both
    with pytest.raises(Refusal) as refused, time_machine.travel(clock.now() + timedelta(days=10), tick=False), transaction():
        deferring.defer(own, by_id=None, today=LATER, by_staff=True, reason="A birth")
    assert (refused.value.code, natures(kept), tills.balance(order_id).open_cents) == ("not_paid", [], 15_000)
