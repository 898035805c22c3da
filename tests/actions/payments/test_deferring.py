"""A place is put off: its seat is free at once, its money waits for another date of the course and pays for nothing else."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.actions.registration.test_transferring import dates, taken
from tests.factories import events, people, waitlists
from tests.factories import registrations as places
from tests.support import till as tills
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Closed, NotFound, Refusal, Unacceptable
from webapp.notifications.models import Message
from webapp.payments import balance, deferring, receipts
from webapp.payments.models import BalanceLot
from webapp.payments.queries import desk
from webapp.payments.receipts import Received
from webapp.registration import orders
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Order, Registration, Seat
from webapp.registration.queries import people as queries

TODAY, UNTIL = date(2026, 7, 15), date(2027, 7, 15)
POLICY = "two-weeks-then-put-off"


def course(**more):
    """Two dates of one course at $150.00, and who has a place in the first, paid by check."""
    with transaction():
        one, other = dates(events.workshop("Sleep", policy=POLICY),
                           events.workshop("Sleep again", starts=events.at(60), **{"policy": POLICY} | more))
    return one, other, place_in(one)


def by_the_usual_policy():
    """The same where the policy says nothing of putting off."""
    with transaction():
        one, _ = dates()
    return place_in(one)


def place_in(event, cents=15_000, method="card"):
    with transaction():
        place = places.registered(event, people.person(), method=method)
        if cents:
            receipts.record(place.order_id, Received("cheque", cents, TODAY, tills.ZONE, "7"), by_id=None)
    return place


def other_event():
    with transaction():
        return events.workshop("Something else")


def put_off(place, **more):
    with transaction():
        deferring.defer(place.id, by_id=None, today=clock.today(tills.ZONE), **more)


def payer_of(order_id):
    return db.session.get_one(Order, order_id).payer_id


def lots(order_id):
    db.session.expire_all()
    return [(lot.left_cents, lot.expires_on, lot.deferral_id is not None) for lot in db.session.scalars(
        select(BalanceLot).where(BalanceLot.payer_id == payer_of(order_id)).order_by(BalanceLot.id))]


def wanted(event, place):
    """A held order of the same person for another event."""
    with transaction():
        return places.held(event, db.session.get_one(Person, place.person_id)).order_id


def use(order_id, cents=None, today=TODAY):
    with transaction():
        return balance.use(order_id, cents, today=today, by_id=None)


def test_the_seat_is_free_and_the_money_waits_for_the_course():
    one, _, place = course()
    put_off(place)
    assert (lots(place.order_id), taken(one), tills.state(place.order_id)) == ([(15_000, UNTIL, True)], 0, "cancelled/cancelled")
    assert set(db.session.scalars(select(Seat.state).where(Seat.registration_id == place.id))) == {"released"}
    made = db.session.scalars(select(Deferral)).one()
    assert (made.registration_id, made.course_id, made.number, made.expires_on, made.then_months, made.opened_at) == (
        place.id, one.course_id, 1, UNTIL, 0, None)
    assert (desk.unmatched(), tills.balance(place.order_id).paid_cents, tills.balance(place.order_id).owed_cents) == ([], 0, 0)
    assert (tills.messages("balance_kept"), tills.messages("registration_cancelled"), tills.messages("refund")) == (1, 1, 0)
    tills.check_books()


def test_the_freed_seat_is_offered_to_who_waits():
    with transaction():
        one, _ = dates(events.workshop("Sleep", policy=POLICY, capacity=1), events.workshop("Sleep again", starts=events.at(60)))
    place = place_in(one)
    with transaction():
        ana = waitlists.waits(one)
    put_off(place)
    with transaction():
        waitlists.settle(one)
    assert waitlists.state(ana) == ["offered"]


def test_a_later_date_is_paid_with_it():
    _, other, place = course()
    put_off(place)
    order_id = wanted(other, place)
    assert (use(order_id), tills.state(order_id), lots(place.order_id)) == (15_000, "placed/confirmed", [(0, UNTIL, True)])
    assert tills.balance(order_id).open_cents == 0


def test_the_difference_to_a_dearer_date_is_left_to_pay():
    _, other, place = course(non_member=18_000)
    put_off(place)
    order_id = wanted(other, place)
    assert (use(order_id), tills.state(order_id)) == (15_000, "held/held")
    with transaction():
        orders.place(order_id, "invoice")
    assert tills.balance(order_id).open_cents == 3_000


def test_what_a_cheaper_date_leaves_is_an_ordinary_balance():
    _, other, place = course(non_member=10_000)
    put_off(place)
    use(wanted(other, place))
    anything = wanted(other_event(), place)
    assert (use(anything), lots(place.order_id)) == (5_000, [(0, UNTIL, True)])


def test_what_an_agency_paid_waits_for_the_agency():
    one, other, _ = course()
    place = place_in(one, method="invoice")
    put_off(place)
    with pytest.raises(Unacceptable):
        use(wanted(other, place))
    with transaction():
        later = places.registered(other, people.person()).order_id
    assert (use(later), lots(place.order_id)) == (15_000, [(0, UNTIL, True)])


def test_it_pays_for_no_other_course():
    _, _, place = course()
    put_off(place)
    order_id = wanted(other_event(), place)
    assert balance.usable(order_id, payer_of(order_id), TODAY) == 0
    with pytest.raises(Unacceptable) as refused:
        use(order_id)
    assert (refused.value.code, lots(place.order_id)) == ("no_balance", [(15_000, UNTIL, True)])


def test_in_a_cart_it_pays_for_its_course_only():
    _, other, place = course()
    put_off(place)
    order_id, beside = wanted(other, place), other_event()
    with transaction():
        who = db.session.get_one(Person, place.person_id)
        orders.hold(beside.id, [places.attendee(beside, who)], places.buyer(who), into=order_id)
    assert (use(order_id), tills.balance(order_id).paid_cents, lots(place.order_id)) == (15_000, 15_000, [(0, UNTIL, True)])


def test_a_hold_that_ends_gives_it_back_to_the_course(frozen):
    _, other, place = course(non_member=18_000)
    put_off(place)
    order_id = wanted(other, place)
    use(order_id)
    with transaction():
        orders.let_go(order_id)
        balance.return_unused(order_id)
    assert lots(place.order_id) == [(15_000, UNTIL, True)]
    with pytest.raises(Unacceptable):
        use(wanted(other_event(), place))


def test_the_same_money_is_put_off_once():
    _, other, place = course()
    put_off(place)
    order_id = wanted(other, place)
    use(order_id)
    again = db.session.scalars(select(Registration).filter_by(order_id=order_id)).one()
    with pytest.raises(Refusal) as refused:
        put_off(again)
    assert refused.value.code == "too_often"
    put_off(again, by_staff=True, reason="Her child is ill")
    assert [one.number for one in db.session.scalars(select(Deferral).order_by(Deferral.id))] == [1, 2]


@pytest.mark.parametrize(("days", "refused"), [(3, None), (2, "too_late"), (0, "started")])
def test_until_the_last_day_of_the_policy(days, refused):
    one, _, place = course()
    with time_machine.travel(one.starts_at - timedelta(days=days) + timedelta(minutes=1 if not days else 0), tick=False):
        found = deferring.refusals([queries.place(place.id)], clock.today(tills.ZONE)).get(place.id)
    assert (found.code if found else None) == refused


def test_a_policy_without_it_leaves_it_to_staff_with_a_reason():
    place = by_the_usual_policy()
    with pytest.raises(Closed) as refused:
        put_off(place)
    assert refused.value.code == "no_deferral"
    with pytest.raises(Unacceptable):
        put_off(place, by_staff=True)
    put_off(place, by_staff=True, reason="Her child is ill")
    entry = db.session.scalars(select(AuditEntry).filter_by(action="registration.put_off")).one()
    assert (entry.subject, entry.reason, lots(place.order_id)) == (f"registration:{place.id}", "Her child is ill", [(15_000, UNTIL, True)])


@pytest.mark.parametrize("cents", [0, 6_000])
def test_what_is_not_paid_in_full_is_not_put_off(cents):
    with transaction():
        one, _ = dates(policy=POLICY)
    place = place_in(one, cents)
    with pytest.raises(Refusal) as refused:
        put_off(place)
    assert (refused.value.code, tills.state(place.order_id)) == ("not_paid", "placed/confirmed")


def test_an_event_of_no_course_has_no_later_date():
    place = place_in(other_event())
    with pytest.raises(Refusal) as refused:
        put_off(place, by_staff=True, reason="Ill")
    assert refused.value.code == "no_course"


def test_a_place_that_is_nowhere_is_not_put_off():
    with pytest.raises(NotFound):
        deferring.defer(99_999, by_id=None, today=TODAY)


def test_it_lapses_where_the_policy_says_so():
    _, _, place = course()
    put_off(place)
    with transaction():
        balance.expire_due(UNTIL)
    assert lots(place.order_id) == [(15_000, UNTIL, True)]
    with transaction():
        assert balance.expire_due(UNTIL + timedelta(days=1)) == 1
    assert lots(place.order_id) == [(0, UNTIL, True)]


def test_or_is_an_ordinary_balance_for_some_months_more():
    place = by_the_usual_policy()
    put_off(place, by_staff=True, reason="Her child is ill")  # where the policy says nothing: 12 months, then 12 as a balance
    after = UNTIL + timedelta(days=1)
    with transaction():
        balance.expire_due(after)
    later = date(2028, 7, 16)
    assert (lots(place.order_id), tills.messages("balance_kept")) == ([(15_000, later, True)], 2)
    with time_machine.travel(clock.now().replace(year=2027, month=8), tick=False):
        assert use(wanted(other_event(), place), today=after) == 15_000


def test_all_of_it_lapses_at_once_also_what_a_held_order_brings_back():
    with transaction():
        one, other = dates()
    place = place_in(one, 0)
    with transaction():
        for cents, number in ((6_000, "1"), (9_000, "2")):
            receipts.record(place.order_id, Received("cheque", cents, TODAY, tills.ZONE, number), by_id=None)
    put_off(place, by_staff=True, reason="Her child is ill")
    order_id = wanted(other, place)
    use(order_id, 9_000, today=UNTIL)
    with transaction():
        balance.expire_due(UNTIL + timedelta(days=1))
    with transaction():
        orders.let_go(order_id)
        balance.return_unused(order_id)
        balance.expire_due(UNTIL + timedelta(days=40))
    assert lots(place.order_id) == [(9_000, date(2028, 7, 16), True), (6_000, date(2028, 7, 16), True)]


def test_who_pays_is_reminded_a_month_before():
    _, _, place = course()
    put_off(place)
    day = UNTIL - timedelta(days=29)
    with transaction():
        assert [balance.warn_due(day, clock.now() + timedelta(days=336)) for _ in range(2)] == [1, 0]
    assert db.session.scalars(select(Message.facts).filter_by(kind="balance_expires")).one().keys() == {"lot_id"}
