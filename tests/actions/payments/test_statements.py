"""A payer's statement: its opening and closing are what the ledger says at these instants, whatever happens later."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone
from webapp.payments import balance, checks, corrections, invoices, payers, receipts, refunds, returned
from webapp.payments.models import BalanceLot, Refund
from webapp.payments.queries import desk, statements
from webapp.payments.rules import books
from webapp.payments.rules.ageing import Ages, aged
from webapp.registration import orders
from webapp.registration.models import Order
from webapp.registration.orders import BillTo

ZONE = tills.ZONE
JULY, AUGUST, SEPTEMBER = (books.midnight(date(2026, month, 1), ZONE) for month in (7, 8, 9))


def order():
    with transaction():
        order_id = registrations.registered(events.workshop(), people.person()).order_id
        invoices.issue(order_id)
    return order_id


def whose(order_id):
    return payers.same(db.session.get_one(Order, order_id).payer_id)


def of(order_id, start=JULY, end=AUGUST, on=date(2026, 7, 31)):
    return statements.of(whose(order_id), start, end, on)


def paid(parts, cents, finance, **more):
    with transaction():
        return checks.record(checks.Paper("2041", cents, clock.today(ZONE), ZONE, **more), parts, by_id=finance).id


def test_a_statement_names_its_papers_and_adds_up(finance):
    first, second = order(), order()
    paid({first: 15_000, second: 4_000}, 19_000, finance)
    with transaction():
        corrections.correct(second, -1_000, reason="Lunch fell out", by_id=finance)
    found = of(first)
    assert "INV-00001" in [line.what for line in found.lines]
    assert [line.what for line in found.lines if line.paid_cents] == ["Paid by check 2041"]
    assert (found.opening_cents, found.owed_cents, found.paid_cents, found.closing_cents) == (0, 29_000, 19_000, 10_000)
    assert found.closing_cents == tills.balance(first).open_cents + tills.balance(second).open_cents


def test_a_check_over_three_invoices_is_one_line_and_one_when_it_comes_back(finance, frozen):
    ours = [order(), order(), order()]
    check_id = paid(dict.fromkeys(ours, 15_000), 45_000, finance)
    frozen.shift(2 * 86_400)
    with transaction():
        checks.bounce(check_id, reason="No funds", by_id=finance, fee_cents=2_500)
    each = [(f"INV-0000{number}", tills.ref(one)) for number, one in enumerate(ours, 1)]
    lines = {line.what: line for line in of(ours[0]).lines}
    came, back = lines["Paid by check 2041"], lines["Check 2041 came back from the bank"]
    assert [(part.papers, part.order_ref) for part in came.parts] == sorted(each, key=lambda one: one[1])
    assert [part.papers for part in back.parts] == [part.papers for part in came.parts]
    assert (came.paid_cents, back.paid_cents, len(back.parts), back.text, back.order_ref) == (45_000, -45_000, 3, "No funds", "")
    assert (of(ours[0]).lines[-1].open_cents, of(ours[0]).closing_cents) == (47_500, 47_500)


def test_what_came_without_a_number_on_one_day_stays_apart(finance):
    first, second = order(), order()
    with transaction():
        for one in (first, second):
            receipts.record(one, receipts.Received("cash", 15_000, clock.today(ZONE), ZONE), by_id=finance)
    assert [line.what for line in of(first).lines if line.paid_cents] == ["Paid by cash"] * 2


def test_what_was_true_at_an_instant_stays_true(finance, frozen):
    order_id = order()
    check_id = paid({order_id: 15_000}, 15_000, finance)
    frozen.move_to(datetime(2026, 8, 10, 15, tzinfo=UTC))
    before = of(order_id)
    with transaction():
        checks.bounce(check_id, reason="No funds", by_id=finance, fee_cents=2_500)
    august = of(order_id, AUGUST, SEPTEMBER, date(2026, 8, 31))
    assert (before.closing_cents, of(order_id)) == (0, before)
    assert (august.opening_cents, august.closing_cents, august.ages.older_cents) == (0, 17_500, 0)
    assert august.closing_cents == tills.balance(order_id).open_cents


def test_a_balance_is_with_us_until_it_pays(finance):
    first = order()
    paid({first: 15_000}, 20_000, finance, keep_until=date(2027, 7, 15))
    found = of(first)
    assert (found.closing_cents, found.ages) == (-5_000, Ages(with_us_cents=5_000))
    second = order()
    with transaction():
        balance.use(second, today=date(2026, 7, 15), by_id=finance)
    assert (of(first).closing_cents, of(first).ages.with_us_cents) == (10_000, 0)


def test_a_statement_of_the_past_stays_when_a_balance_is_taken_back(finance, frozen):
    order_id = order()
    paid({order_id: 15_000}, 20_000, finance, keep_until=date(2027, 7, 15))
    before = of(order_id)
    frozen.move_to(datetime(2026, 8, 10, 15, tzinfo=UTC))
    with transaction():
        [lot] = db.session.query(BalanceLot)
        balance.take_back(lot.id, reason="It was for somebody else", by_id=finance)
    august = of(order_id, AUGUST, SEPTEMBER, date(2026, 8, 31))
    assert (before.closing_cents, of(order_id)) == (-5_000, before)
    assert (august.opening_cents, august.closing_cents) == (-5_000, -5_000)
    assert [(line.what, line.paid_cents) for line in august.lines] == [
        ("Balance taken back", -5_000), ("No longer kept as balance", 5_000)]


def test_a_refund_that_came_back_and_went_again_is_three_movements(finance, frozen):
    order_id = order()
    paid({order_id: 15_000}, 15_000, finance)
    with transaction():
        [refund_id] = refunds.request_by_staff(order_id, 15_000, reason="Ill", lowers=True, by_id=finance)
    note_sent(refund_id, finance)
    frozen.move_to(datetime(2026, 8, 10, 15, tzinfo=UTC))
    with transaction():
        returned.move(db.session.get_one(Refund, refund_id), "failed", "account closed")
    assert [row.refund.id for row in desk.refunds()] == [refund_id]
    with transaction():
        refunds.try_again(refund_id, by_id=finance)
    frozen.shift(60)
    [waiting] = desk.refunds()
    note_sent(waiting.refund.id, finance)
    assert (of(order_id).closing_cents, [line.paid_cents for line in of(order_id).lines if line.paid_cents]) == (0, [15_000, -15_000])
    assert [line.paid_cents for line in of(order_id, AUGUST, SEPTEMBER).lines] == [15_000, -15_000]
    with pytest.raises(AlreadyDone), transaction():
        refunds.try_again(refund_id, by_id=finance)


def note_sent(refund_id, finance):
    with transaction():
        refunds.note_returned(refund_id, cheque_number="88", on=clock.today(ZONE), by_id=finance)


def test_nobody_elses_money_is_on_it(finance):
    order_id = order()
    with transaction():
        other = registrations.registered(events.workshop(), people.person(), method="card").order_id
        receipts.record(other, receipts.Received("cash", 15_000, date(2026, 7, 15), ZONE), by_id=finance)
    assert (of(order_id).closing_cents, of(other).closing_cents, of(other).paid_cents) == (15_000, 0, 15_000)


def test_it_costs_the_same_however_long(finance, query_count):
    order_id = order()
    with query_count() as few:
        of(order_id)
    for _ in range(6):
        paid({order(): 15_000}, 15_001, finance)
    with query_count() as many:
        of(order_id)
    assert len(many) == len(few)


@pytest.mark.parametrize(("orders", "closing", "ages"), [
    ([([(date(2026, 7, 31), 100)], 0)], 100, Ages(current_cents=100)),
    ([([(date(2026, 7, 30), 100)], 0)], 100, Ages(to_30_cents=100)),
    ([([(date(2026, 7, 1), 100), (date(2026, 6, 30), 70)], 0)], 170, Ages(to_30_cents=100, to_60_cents=70)),
    ([([(date(2026, 5, 2), 100), (date(2026, 5, 1), 50)], 0)], 150, Ages(to_90_cents=100, older_cents=50)),
    ([([(date(2026, 1, 1), 100), (date(2026, 8, 9), 100)], 120)], 80, Ages(current_cents=80)),
    ([([(date(2026, 8, 1), -30), (date(2026, 8, 9), 100)], 0)], 70, Ages(current_cents=70)),
    ([([(date(2026, 8, 1), 100)], 130)], -30, Ages(with_us_cents=30))])
def test_the_oldest_due_is_paid_first(orders, closing, ages):
    assert aged(orders, date(2026, 7, 31), closing) == ages


def test_seats_held_for_a_while_are_named_by_the_invoice_that_came_later(finance, frozen):
    with transaction():
        order_id = registrations.held(events.workshop(), people.person()).order_id
    frozen.shift(600)
    with transaction():
        orders.place(order_id, "invoice", bill_to=BillTo("Lakeshore", "office@lakeshore.example", "", None))
        invoices.issue(order_id)
    assert [line.what for line in of(order_id).lines] == ["INV-00001"]
    frozen.shift(60)
    with transaction():
        corrections.correct(order_id, -1_000, reason="Lunch fell out", by_id=finance)
    assert next(line.what for line in of(order_id).lines) == "INV-00001"
