"""A payer's balance: kept, used, given back, expired; never below nothing, never lost on the way."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.accounts import merges
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Refusal, Unacceptable
from webapp.payments import balance, closing, corrections, lots, receipts, reconcile, refunds
from webapp.payments.balance import using
from webapp.payments.models import BalanceLot, BalanceMovement, Payment, Refund
from webapp.payments.queries import desk, movements
from webapp.payments.rules import balance as rules
from webapp.registration import orders
from webapp.registration.models import Order

TODAY, UNTIL = date(2026, 7, 15), date(2027, 7, 15)


@pytest.fixture
def payer():
    """Who pays."""
    with transaction():
        return people.person()


def order_of(person, method="card", **more):
    with transaction():
        return registrations.registered(events.workshop(**more), person, method=method).order_id


def held_by(person, **more):
    with transaction():
        return registrations.held(events.workshop(**more), person).order_id


def pay(order_id, cents, finance):
    with transaction():
        return receipts.record(order_id, receipts.Received("cash", cents, TODAY, tills.ZONE), by_id=finance).id


def kept(person, finance, cents=4_000, until=UNTIL):
    """A balance of hers, of an order that was paid too much."""
    order_id = order_of(person)
    pay(order_id, 15_000 + cents, finance)
    with transaction():
        balance.keep(order_id, cents, expires_on=until, reason="Paid too much", by_id=finance)
    return order_id


def use(order_id, cents=None, today=TODAY):
    with transaction():
        return balance.use(order_id, cents, today=today, by_id=None)


def has(order_id, today=TODAY):
    """What the payer of the order has."""
    db.session.expire_all()
    return sum(lot.left_cents for lot in balance.of(db.session.get_one(Order, order_id).payer_id, today))


def cash():
    """What is received in all, by the list of movements."""
    return sum(one.received_cents or 0 for one in movements.between(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)))


def check_lots():
    """What is left of each lot is the sum of its movements."""
    db.session.expire_all()
    sums = dict(db.session.execute(select(BalanceMovement.lot_id, func.sum(BalanceMovement.cents)).group_by(BalanceMovement.lot_id)).all())
    assert {lot.id: lot.left_cents for lot in db.session.scalars(select(BalanceLot))} == sums
    tills.check_books()


def test_what_was_paid_too_much_is_kept_and_leaves_finances_list(payer, finance):
    order_id = kept(payer, finance)
    assert (has(order_id), desk.unmatched(), tills.balance(order_id).paid_cents) == (4_000, [], 15_000)
    assert (tills.messages("balance_kept"), tills.messages("refund"), cash()) == (1, 0, 19_000)
    check_lots()


def test_no_more_is_kept_than_was_paid(payer, finance):
    order_id = order_of(payer)
    pay(order_id, 10_000, finance)
    with pytest.raises(Unacceptable) as refused, transaction():
        balance.keep(order_id, 10_001, expires_on=UNTIL, reason="Too much", by_id=finance)
    assert (refused.value.code, has(order_id)) == ("beyond_paid", 0)


def test_a_balance_pays_the_next_order_in_part(payer, finance):
    kept(payer, finance)
    order_id = order_of(payer)
    assert (use(order_id), has(order_id)) == (4_000, 0)
    assert (tills.balance(order_id).open_cents, tills.payments(order_id), cash()) == (11_000, [("succeeded", 4_000)], 19_000)
    check_lots()


def test_a_balance_that_covers_a_held_order_places_it(payer, finance):
    kept(payer, finance, 20_000)
    order_id = held_by(payer)
    assert (use(order_id), tills.state(order_id), has(order_id)) == (15_000, "placed/confirmed", 5_000)
    assert tills.balance(order_id).word[0] == "Paid"


def test_a_part_of_a_held_order_waits_for_the_card_and_comes_back_when_the_hold_ends(payer, finance, frozen):
    kept(payer, finance)
    order_id = held_by(payer)
    assert (use(order_id), tills.state(order_id), desk.unmatched()) == (4_000, "held/held", [])
    with transaction():
        orders.let_go(order_id)
    reconcile.settle(clock.now())
    assert (tills.state(order_id), has(order_id), tills.payments(order_id)) == ("expired/expired", 4_000, [("failed", 4_000)])
    assert cash() == 19_000
    check_lots()


@pytest.mark.parametrize("given", [1, 4_000])
def test_of_a_part_that_staff_gave_back_before_the_hold_ended_only_the_rest_comes_back(payer, finance, given):
    kept(payer, finance)
    order_id = held_by(payer)
    use(order_id)
    with transaction():
        refunds.request_by_staff(order_id, given, reason="Goodwill", lowers=False, by_id=finance)
        orders.let_go(order_id)
    reconcile.settle(clock.now())
    assert (tills.state(order_id), has(order_id), tills.payments(order_id)) == ("expired/expired", 4_000, [("succeeded", 4_000)])
    assert (cash(), using.waiting_orders(), desk.unmatched()) == (19_000, [], [])
    check_lots()


def test_the_clock_ends_a_hold_that_a_balance_has_paid_a_part_of(payer, finance, frozen):
    kept(payer, finance, until=TODAY)
    order_id = held_by(payer)
    with transaction():
        orders.place(order_id, "card")
    use(order_id)
    frozen.move_to(datetime(2026, 7, 17, 15, tzinfo=UTC))
    closing.release_due(clock.now())
    assert (tills.state(order_id), has(order_id, date(2026, 8, 16))) == ("expired/expired", 4_000)
    check_lots()


def test_what_expires_first_is_used_first(payer, finance):
    late, early = kept(payer, finance, 3_000), kept(payer, finance, 2_000, until=date(2026, 9, 1))
    order_id = order_of(payer)
    use(order_id, 2_500)
    left = db.session.execute(select(BalanceLot.expires_on, BalanceLot.left_cents).order_by(BalanceLot.expires_on)).all()
    assert (left, late != early) == ([(date(2026, 9, 1), 0), (UNTIL, 2_500)], True)


@pytest.mark.parametrize(("cents", "code"), [(4_001, "beyond_balance"), (0, "beyond_balance"), (-5, "beyond_balance")])
def test_more_than_there_is_and_less_than_nothing_are_refused(payer, finance, cents, code):
    kept(payer, finance)
    order_id = order_of(payer)
    with pytest.raises(Unacceptable) as refused:
        use(order_id, cents)
    assert (refused.value.code, has(order_id)) == (code, 4_000)


def test_a_balance_of_somebody_else_and_one_that_is_over_are_not_there(payer, finance):
    kept(payer, finance, until=TODAY)
    with transaction():
        other = people.person()
    with pytest.raises(Unacceptable, match="no balance"):
        use(order_of(other))
    with pytest.raises(Unacceptable, match="no balance"):
        use(order_of(payer), today=date(2026, 7, 16))


def test_a_paid_order_needs_none(payer, finance):
    order_id = kept(payer, finance)
    with pytest.raises(AlreadyDone):
        use(order_id)


def test_what_a_balance_paid_goes_back_to_the_balance(payer, finance):
    kept(payer, finance)
    order_id = order_of(payer)
    use(order_id)
    with transaction():
        refunds.request_by_staff(order_id, 4_000, reason="Cannot come", lowers=True, by_id=finance)
    assert (has(order_id), tills.balance(order_id).paid_cents, tills.balance(order_id).in_flight_cents) == (4_000, 0, 0)
    assert (set(db.session.scalars(select(BalanceLot.expires_on))), cash()) == ({UNTIL}, 19_000)
    check_lots()


def test_a_balance_is_given_back_by_hand(payer, finance):
    order_id = kept(payer, finance)
    with transaction():
        [refund_id] = balance.give_back(db.session.get_one(Order, order_id).payer_id, 4_000, today=TODAY, reason="Moved away",
                                        by_id=finance)
    assert (has(order_id), [row.refund.id for row in desk.refunds()], desk.unmatched(), cash()) == (0, [refund_id], [], 19_000)
    with transaction():
        refunds.note_returned(refund_id, cheque_number="91", on=TODAY, by_id=finance)
    assert (cash(), desk.refunds()) == (15_000, [])
    check_lots()


def test_a_balance_that_was_not_touched_can_stand_with_its_payment_again(payer, finance):
    order_id = kept(payer, finance)
    lot_id = db.session.scalars(select(BalanceLot.id)).one()
    with transaction():
        balance.take_back(lot_id, reason="She wants it on her card", by_id=finance)
    assert (has(order_id), [row.free_cents for row in desk.unmatched()], cash()) == (0, [4_000], 19_000)
    check_lots()


def test_a_balance_ends_on_its_day_and_she_is_reminded_before(payer, finance, frozen):
    order_id = kept(payer, finance, until=date(2026, 9, 1))
    frozen.move_to(datetime(2026, 8, 10, 15, tzinfo=UTC))
    for _ in range(2):
        with transaction():
            balance.warn_due(date(2026, 8, 10), clock.now())
            assert balance.expire_due(date(2026, 9, 1)) == 0
    assert tills.messages("balance_expires") == 1
    with transaction():
        assert balance.expire_due(date(2026, 9, 2)) == 1
    august = movements.between(datetime(2026, 8, 1, tzinfo=UTC), clock.now().replace(hour=23))
    expired = [one for one in august if one.kind == "balance expired"]
    assert [(one.owed_cents, one.received_cents, one.payer) for one in expired] == [(4_000, None, payer.name)]
    assert (has(order_id, date(2026, 9, 1)), cash()) == (0, 19_000)
    check_lots()


def test_merged_persons_have_one_balance(payer, finance):
    kept(payer, finance)
    with transaction():
        double = people.person(account=False)
    order_id = order_of(double)
    with transaction():
        merges.merge(double.id, payer.id, how="staff", decided_by_id=finance, conflicts=merges.none)
    assert use(order_id) == 4_000


def test_a_move_below_nothing_is_refused_with_a_way_out(payer, finance):
    kept(payer, finance)
    lot_id = db.session.scalars(select(BalanceLot.id)).one()
    with pytest.raises(Refusal) as refused, transaction():
        lots.move(lot_id, -4_001, "taken_back")
    assert refused.value.code == "balance_used"


def test_the_database_refuses_less_than_nothing(payer, finance):
    kept(payer, finance)
    with pytest.raises(DatabaseError, match="ck_balance_lot_left"), transaction():
        db.session.execute(update(BalanceLot).values(left_cents=-1))


@pytest.mark.parametrize("change", [update(BalanceMovement).values(cents=1), delete(BalanceMovement)])
def test_the_database_refuses_to_change_a_movement(payer, finance, change):
    kept(payer, finance)
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        db.session.execute(change)


def test_a_refund_that_was_kept_is_never_sent_to_stripe(payer, finance):
    order_id = kept(payer, finance)
    assert [(one.to_balance, one.state) for one in db.session.scalars(select(Refund))] == [(True, "succeeded")]
    with transaction():
        corrections.correct(order_id, -15_000, reason="Event was off", by_id=finance)
    with pytest.raises(Refusal), transaction():
        balance.keep(order_id, 15_001, expires_on=UNTIL, reason="Twice", by_id=finance)
    assert db.session.query(Payment).count() == 1


@pytest.mark.parametrize(("day", "months", "last"), [
    (date(2026, 7, 15), 12, date(2027, 7, 15)), (date(2027, 8, 31), 6, date(2028, 2, 29)), (date(2026, 12, 31), 2, date(2027, 2, 28))])
def test_until_when_a_balance_is_kept(day, months, last):
    assert rules.until(day, months) == last


def test_a_balance_that_was_taken_back_is_no_refund_to_be_sent_again_or_noted(payer, finance):
    order_id = order_of(payer)
    pay(order_id, 35_000, finance)
    with transaction():
        [lot_id] = balance.keep(order_id, 20_000, expires_on=UNTIL, reason="Paid too much", by_id=None)
    with transaction():
        balance.take_back(lot_id, reason="A mistake", by_id=finance)
    [refund_id] = db.session.scalars(select(Refund.id))
    with pytest.raises(Unacceptable), transaction():
        refunds.try_again(refund_id, by_id=finance)
    with pytest.raises(Unacceptable), transaction():
        refunds.note_returned(refund_id, cheque_number="91", on=TODAY, by_id=finance)
    assert (desk.refunds(), [one.free_cents for one in desk.unmatched()]) == ([], [20_000])
