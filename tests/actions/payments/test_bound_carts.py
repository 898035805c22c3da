"""Money of a place put off, in a cart with something else: it pays its course, goes back to it, and never pays the other event."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from tests.actions.payments.test_deferred_money import BOUND, ORDINARY, course, natures
from tests.actions.payments.test_deferring import TODAY, UNTIL, use, wanted
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import html
from tests.support import till as tills
from tests.support.counting import query_count
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Unacceptable
from webapp.payments import balance, corrections, deferring, giving_back, receipts, settlement
from webapp.payments.models import Allocation, BalanceLot, Payment, Refund
from webapp.payments.receipts import Received
from webapp.registration import orders, registrations
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Charge, Registration

LATER = TODAY + timedelta(days=10)  # 50 days before the date of the course, 20 before the workshop


def cart(put_off, other, **workshop):
    """A held order for a date of the course and a workshop beside it, at $150.00."""
    order_id = wanted(other, put_off)
    with transaction():
        who, beside = db.session.get_one(Person, put_off.person_id), events.workshop("Something else", **workshop)
        orders.hold(beside.id, [places.attendee(beside, who)], places.buyer(who), into=order_id)
    return order_id


def on_invoice():
    """The same, placed on invoice, the workshop not paid."""
    other, put_off = course()
    order_id = cart(put_off, other)
    with transaction():
        orders.place(order_id, "invoice")
    use(order_id)
    return other, put_off, order_id


def all_paid(policy):
    """$180.00 for the date and $150.00 for the workshop: $150.00 of a place put off, $180.00 by check."""
    other, put_off = course(non_member=18_000, policy=policy)
    order_id = cart(put_off, other)
    use(order_id)
    with transaction():
        orders.place(order_id, "invoice")
    check(order_id, 18_000)
    return put_off, order_id


def check(order_id, cents):
    with transaction():
        receipts.record(order_id, Received("cheque", cents, TODAY, tills.ZONE, "8"), by_id=None)


def place_in(order_id, title):
    """The place on the order in the event of this title."""
    return next(one.id for one in db.session.scalars(select(Registration).filter_by(order_id=order_id).order_by(Registration.id))
                if db.session.get_one(events.Event, one.event_id).title == title)


def cancel(order_id, title, *, by_organizer=False):
    registration_id = place_in(order_id, title)
    with transaction():
        settlement.lock_with_others(registration_id)
        done = registrations.cancel(registration_id, reason="Ill", by_id=None, by_organizer=by_organizer)
        return giving_back.after([done], reason="Ill", by_id=None, today=clock.today(tills.ZONE))


def pays(order_id):
    """What each way of payment pays of each event now."""
    rows = db.session.execute(
        select(Payment.method, events.Event.title, func.sum(Allocation.amount_cents)).join(Allocation, Allocation.payment_id == Payment.id)
        .join(Charge, Charge.id == Allocation.charge_id).join(events.Event, events.Event.id == Charge.event_id)
        .where(Payment.order_id == order_id).group_by(Payment.method, events.Event.title))
    return {(method, title): int(cents) for method, title, cents in rows if cents}


def sent():
    """What is given back by hand, in cents."""
    return db.session.scalar(select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(Refund.to_balance.is_(False)))


def test_it_pays_its_course_and_the_check_the_rest():
    _, order_id = all_paid("seven-days-less-20")
    assert pays(order_id) == {("balance", "Sleep again"): 15_000, ("cheque", "Sleep again"): 3_000, ("cheque", "Something else"): 15_000}
    assert (tills.balance(order_id).open_cents, tills.balance(order_id).unplaced_cents) == (0, 0)


@pytest.mark.parametrize(("policy", "back", "by_hand", "lots", "left"), [
    # $20.00 stay with us, paid by what is bound: $130.00 wait again, $30.00 go back by check
    ("seven-days-less-20", 16_000, 3_000, [(13_000, UNTIL, BOUND)], {("balance", "Sleep again"): 2_000}),
    # a quarter of $180.00, 50 days before: $45.00 stay, $105.00 wait again
    ("percent-by-days", 13_500, 3_000, [(10_500, UNTIL, BOUND)], {("balance", "Sleep again"): 4_500}),
    # nothing is sent: what was paid by check is an ordinary balance for a year, what was bound stays so until its own day
    ("balance-for-a-year", 15_000, 0, [(15_000, UNTIL, BOUND), (3_000, date(2027, 7, 25), ORDINARY)], {}),
    ("two-weeks-then-put-off", 18_000, 3_000, [(15_000, UNTIL, BOUND)], {})])
def test_the_date_is_cancelled_and_then_the_workshop(policy, back, by_hand, lots, left):
    put_off, order_id = all_paid(policy)
    with time_machine.travel(clock.now() + timedelta(days=10), tick=False):
        assert cancel(order_id, "Sleep again") == back
        assert (natures(put_off.order_id), sent(), pays(order_id)) == (lots, by_hand, left | {("cheque", "Something else"): 15_000})
        assert (tills.balance(order_id).open_cents, tills.balance(order_id).unplaced_cents) == (0, 0)
        assert cancel(order_id, "Something else") == 13_000  # its own policy: less $20.00, and all of it by check
        assert (natures(put_off.order_id), sent(), pays(order_id)) == (lots, by_hand + 13_000, left | {("cheque", "Something else"): 2_000})
    tills.check_books()


def test_too_late_for_money_it_pays_on():
    put_off, order_id = all_paid("percent-by-days")
    with time_machine.travel(clock.now() + timedelta(days=50), tick=False):
        assert cancel(order_id, "Sleep again") == 0
    assert (natures(put_off.order_id), pays(order_id)["balance", "Sleep again"]) == ([], 15_000)


@pytest.mark.parametrize("by_organizer", [False, True])
def test_a_workshop_that_is_not_paid_stays_open_when_the_date_is_given_up(by_organizer):
    _, put_off, order_id = on_invoice()
    assert (pays(order_id), tills.balance(order_id).open_cents) == ({("balance", "Sleep again"): 15_000}, 15_000)
    assert cancel(order_id, "Sleep again", by_organizer=by_organizer) == 15_000
    assert (natures(put_off.order_id), pays(order_id), tills.balance(order_id).open_cents) == ([(15_000, UNTIL, BOUND)], {}, 15_000)
    assert (tills.balance(order_id).unplaced_cents, tills.messages("balance_kept")) == (0, 2)
    tills.check_books()


def test_the_page_before_foresees_it(client):
    _, _, order_id = on_invoice()
    page = client.get(f"/orders/{tills.ref(order_id)}/cancel/{place_in(order_id, 'Sleep again')}")
    back = html.parse(page.text).text
    assert "$150.00 come back." in back and "waits for another date of the same course again" in back


def cancelling(client, order_id, title):
    """The page before a place is given back, as words."""
    return html.parse(client.get(f"/orders/{tills.ref(order_id)}/cancel/{place_in(order_id, title)}").text).text


def test_the_page_says_of_the_place_alone_how_its_money_goes(client):
    """The date is paid by both, the workshop by the check alone."""
    _, order_id = all_paid("seven-days-less-20")
    date_page, workshop_page = cancelling(client, order_id, "Sleep again"), cancelling(client, order_id, "Something else")
    assert "Each part goes the way it came" in date_page and "waits for another date of the same course again" in date_page
    assert "It was paid by check, so we send a check to who paid." in workshop_page and "another date" not in workshop_page


def test_the_page_says_until_when_a_workshop_beside_the_date_would_be_kept(client):
    other, put_off = course()
    order_id = cart(put_off, other)
    use(order_id)
    with transaction():
        orders.place(order_id, "invoice")
    check(order_id, 15_000)
    assert "as a balance for a later event, until" in cancelling(client, order_id, "Something else")


def test_what_had_paid_its_course_by_check_makes_room_for_it():
    other, put_off = course()
    order_id = cart(put_off, other, starts=events.at(80))  # so that the date is due first
    with transaction():
        orders.place(order_id, "invoice")
    check(order_id, 15_000)
    assert pays(order_id) == {("cheque", "Sleep again"): 15_000}
    assert use(order_id) == 15_000
    assert pays(order_id) == {("balance", "Sleep again"): 15_000, ("cheque", "Something else"): 15_000}
    assert tills.balance(order_id).open_cents == 0
    tills.check_books()


def test_a_date_taken_out_of_the_cart_takes_its_money_along(client):
    other, put_off = course()
    order_id = cart(put_off, other)
    use(order_id)
    client.post(f"/orders/{tills.ref(order_id)}/places/{place_in(order_id, 'Sleep again')}/out")
    assert (natures(put_off.order_id), tills.balance(order_id).open_cents) == ([(15_000, UNTIL, BOUND)], 15_000)
    with transaction():
        orders.place(order_id, "card")
        assert balance.cover(order_id, TODAY) is False


def test_a_held_order_that_lost_the_date_is_not_placed_by_its_money():
    """Also where nobody looked since it was taken out."""
    other, put_off = course()
    order_id = cart(put_off, other)
    use(order_id)
    with transaction():
        orders.take_out(order_id, place_in(order_id, "Sleep again"))
        orders.place(order_id, "card")
        assert balance.cover(order_id, TODAY) is False
    assert natures(put_off.order_id) == [(15_000, UNTIL, BOUND)]


def test_put_off_again_it_waits_with_the_place_of_now_though_the_workshop_is_open():
    _, put_off, order_id = on_invoice()
    with time_machine.travel(clock.now() + timedelta(days=10), tick=False), transaction():
        deferring.defer(place_in(order_id, "Sleep again"), by_id=None, today=LATER, by_staff=True, reason="A birth")
    latest = db.session.scalars(select(Deferral).order_by(Deferral.id.desc())).first()
    assert (natures(put_off.order_id), latest.number) == ([(15_000, date(2027, 7, 25), BOUND)], 2)
    assert tills.balance(order_id).open_cents == 15_000


def test_a_line_of_the_date_that_finance_takes_back_frees_it(finance):
    put_off, order_id = all_paid("seven-days-less-20")
    fee = db.session.scalars(select(Charge).filter_by(order_id=order_id, amount_cents=18_000)).one()
    with transaction():
        corrections.void(fee.id, reason="Half of it fell out", by_id=finance)
    assert (natures(put_off.order_id), pays(order_id)) == ([(15_000, UNTIL, BOUND)], {("cheque", "Something else"): 15_000})
    assert tills.balance(order_id).unplaced_cents == 3_000  # of the check, on finance's list


def test_it_pays_no_fee_that_belongs_to_no_event(finance):
    _, put_off, order_id = on_invoice()
    with transaction():
        corrections.correct(order_id, 2_500, reason="A check came back", by_id=finance, of_event=False)
    cancel(order_id, "Sleep again")
    assert (natures(put_off.order_id), tills.balance(order_id).open_cents) == ([(15_000, UNTIL, BOUND)], 17_500)


def test_what_came_back_to_its_course_does_not_go_to_the_order_again(finance):
    _, put_off, order_id = on_invoice()
    cancel(order_id, "Sleep again")
    lot = db.session.scalars(select(BalanceLot).where(BalanceLot.left_cents > 0)).one()
    with pytest.raises(Unacceptable), transaction():
        balance.take_back(lot.id, reason="A mistake", by_id=finance)
    assert natures(put_off.order_id) == [(15_000, UNTIL, BOUND)]


def settled(order_id):
    with transaction(), query_count() as seen:
        settlement.bring_in_line(order_id)
    return len(seen)


def test_settling_asks_as_often_with_it_as_without():
    _, _, order_id = on_invoice()
    with transaction():
        plain = places.registered(events.workshop("Plain"), people.person()).order_id
    check(plain, 15_000)
    assert settled(order_id) == settled(plain)
