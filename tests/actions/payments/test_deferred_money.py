"""What was paid with the money of a place put off comes back to the course: with the same rights, until the same day."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.actions.payments import test_deferring as put_off
from tests.actions.payments.test_deferring import TODAY, UNTIL, other_event, place_in, use, wanted
from tests.actions.registration.test_transferring import dates
from tests.factories import events, people
from tests.support import mail
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Unacceptable
from webapp.payments import balance, deferring, giving_back, payers, receipts, refunds, settlement
from webapp.payments.models import BalanceLot, Payment, Refund
from webapp.payments.queries import put_off as queries
from webapp.payments.receipts import Received
from webapp.registration import registrations
from webapp.registration.models import Order, Payer, Registration
from webapp.registration.queries.people import place as placed

BOUND, ORDINARY = True, False


def course(paid=15_000, **more):
    """A place that was put off, and a later date of its course at $150.00."""
    with transaction():
        one, other = dates(events.workshop("Sleep", policy=put_off.POLICY),
                           events.workshop("Sleep again", starts=events.at(60), **{"policy": put_off.POLICY} | more))
    place = place_in(one, paid)
    put_off.put_off(place)
    return other, place


def taken_with_it(other, place):
    """The order of the later date, paid with what was kept."""
    order_id = wanted(other, place)
    use(order_id)
    return order_id


def cancel(order_id, *, by_organizer=True):
    """By staff: all of it comes back. Else as the policy says."""
    [place] = db.session.scalars(select(Registration).filter_by(order_id=order_id)).all()
    with transaction():
        settlement.lock_with_others(place.id)
        done = registrations.cancel(place.id, reason="Ill", by_id=None, by_organizer=by_organizer)
        giving_back.after([done], reason="Ill", by_id=None, today=clock.today(tills.ZONE))


def natures(order_id):
    """What is left of the payer's lots, each with its last day and whether it is bound to the course."""
    db.session.expire_all()
    hers = BalanceLot.payer_id.in_(payers.same(put_off.payer_of(order_id)))
    found = db.session.scalars(select(BalanceLot).where(hers, BalanceLot.left_cents > 0).order_by(BalanceLot.id))
    return [(lot.left_cents, lot.expires_on, lot.deferral_id is not None and lot.opened_after is None) for lot in found]


def pays_nothing_else(place):
    with pytest.raises(Unacceptable) as refused:
        use(wanted(other_event(), place))
    return refused.value.code == "no_balance"


def test_a_date_that_is_given_up_gives_it_back_to_the_course():
    other, place = course()
    cancel(taken_with_it(other, place))
    assert natures(place.order_id) == [(15_000, UNTIL, BOUND)]
    assert pays_nothing_else(place)
    tills.check_books()


def test_where_more_was_paid_otherwise_each_part_keeps_its_nature():
    other, place = course(non_member=18_000)
    order_id = taken_with_it(other, place)
    with transaction():
        receipts.record(order_id, Received("cheque", 3_000, TODAY, tills.ZONE, "8"), by_id=None)
    cancel(order_id)
    assert natures(place.order_id) == [(15_000, UNTIL, BOUND)]
    [check] = db.session.execute(select(Refund.amount_cents, Payment.method).join(Payment).where(Refund.to_balance.is_(False))).all()
    assert tuple(check) == (3_000, "cheque")


def test_a_part_that_comes_back_is_bound_too_and_the_rest_still_pays():
    other, place = course()
    order_id = taken_with_it(other, place)
    with transaction():
        refunds.request_by_staff(order_id, 4_000, reason="A cheaper date", lowers=True, by_id=people.person().id)
    assert (natures(place.order_id), tills.balance(order_id).open_cents) == ([(4_000, UNTIL, BOUND)], 0)
    assert pays_nothing_else(place)


def test_what_a_cheaper_date_left_stays_an_ordinary_balance():
    other, place = course(non_member=10_000)
    order_id = taken_with_it(other, place)
    cancel(order_id)
    assert natures(place.order_id) == [(5_000, UNTIL, ORDINARY), (10_000, UNTIL, BOUND)]
    anything = wanted(other_event(), place)
    assert use(anything) == 5_000


def test_and_what_that_paid_comes_back_as_an_ordinary_balance():
    other, place = course(non_member=10_000)
    order_id = taken_with_it(other, place)
    anything = wanted(other_event(), place)
    use(anything)
    with transaction():
        receipts.record(anything, Received("cheque", 10_000, TODAY, tills.ZONE, "8"), by_id=None)
    cancel(order_id)
    cancel(anything)
    assert natures(place.order_id) == [(10_000, UNTIL, BOUND), (5_000, UNTIL, ORDINARY)]


def test_what_the_policy_keeps_as_a_balance_stays_bound_until_its_own_day():
    other, place = course(policy="balance-for-a-year")
    order_id = taken_with_it(other, place)
    with time_machine.travel(clock.now() + timedelta(days=10), tick=False):
        cancel(order_id, by_organizer=False)
    assert natures(place.order_id) == [(15_000, UNTIL, BOUND)]


def test_it_takes_another_date_and_is_put_off_no_oftener_than_before():
    other, place = course()
    cancel(taken_with_it(other, place))
    with transaction():
        third = events.workshop("Sleep once more", starts=events.at(80), policy=put_off.POLICY)
        third.course_id = other.course_id
    order_id = taken_with_it(third, place)
    again = db.session.scalars(select(Registration).filter_by(order_id=order_id)).one()
    assert (tills.state(order_id), deferring.number_of(again.id)) == ("placed/confirmed", 2)


def test_after_its_end_it_is_bound_for_thirty_days_and_lapses_as_it_would_have():
    other, place = course()
    order_id = taken_with_it(other, place)
    with time_machine.travel(clock.now().replace(year=2027, month=9), tick=False):
        cancel(order_id)
        day = clock.now().date() + timedelta(days=30)
        assert natures(place.order_id) == [(15_000, day, BOUND)]
        with transaction():
            balance.expire_due(day + timedelta(days=1))
    assert natures(place.order_id) == []


def test_the_place_put_off_waits_for_a_date_again():
    other, place = course()
    order_id = taken_with_it(other, place)
    assert (queries.of_place(place.id).left_cents, placed(place.id).put_off_ended_at is None) == (0, False)
    cancel(order_id)
    found = queries.of_place(place.id)
    assert (found.left_cents, found.opened_cents, found.until, placed(place.id).put_off_ended_at) == (15_000, 0, UNTIL, None)
    assert [one.registration_id for one in queries.waiting([place.person_id])] == [place.id]
    assert queries.bound_cents() == 15_000


def test_the_mail_about_it_leads_to_the_dates_of_the_course():
    other, place = course()
    cancel(taken_with_it(other, place))
    order = db.session.get_one(Order, place.order_id)
    to = db.session.get_one(Payer, order.payer_id).email
    assert f"Choose a date: http://attune.test/orders/{order.ref}/defer/{place.id}" in mail.last(to, "balance_kept").text
