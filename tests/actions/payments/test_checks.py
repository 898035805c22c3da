"""One check over several invoices: spread, too much, short, twice, given back by the bank; and the slips checks are deposited with."""

from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from tests.support import till as tills
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Closed, Unacceptable
from webapp.notifications.models import Message
from webapp.payments import balance, checks, refunds
from webapp.payments.checks import messages, slips
from webapp.payments.models import BankCheck, DepositSlip, Payment
from webapp.payments.queries import desk
from webapp.payments.queries.events import of_events
from webapp.payments.rules.spreading import Open, suggested
from webapp.registration.models import Charge, Order

TODAY, UNTIL = date(2026, 7, 15), date(2027, 7, 15)


def record(parts, finance, cents=45_000, **more):
    with transaction():
        paper = checks.Paper("2041", cents, TODAY, tills.ZONE, written_on=date(2026, 7, 10), **more)
        return checks.record(paper, parts, by_id=finance).id


def bounce(check_id, finance, fee=0):
    with transaction():
        checks.bounce(check_id, reason="No funds", by_id=finance, fee_cents=fee)


def words(order_ids):
    return [tills.balance(one).word[0] for one in order_ids]


def test_one_check_pays_three_invoices(ours, finance):
    record(dict.fromkeys(ours, 15_000), finance)
    assert (words(ours), desk.unmatched(), tills.messages("receipt")) == (["Paid"] * 3, [], 3)
    assert [tills.payments(one) for one in ours] == [[("succeeded", 15_000)]] * 3
    tills.check_books()


def test_a_check_that_is_short_leaves_the_last_open(ours, finance):
    record({ours[0]: 15_000, ours[1]: 15_000, ours[2]: 2_500}, finance, 32_500)
    assert (words(ours), tills.balance(ours[2]).open_cents) == (["Paid", "Paid", "Part paid"], 12_500)


def test_the_rest_of_a_check_stands_on_finances_list(ours, finance):
    record({ours[0]: 15_000}, finance, 20_000)
    assert [(row.free_cents, row.payment.note) for row in desk.unmatched()] == [(5_000, "The rest of check 2041.")]


def test_the_rest_of_a_check_is_kept_as_the_payers_balance(ours, finance):
    record({ours[0]: 15_000}, finance, 20_000, keep_until=UNTIL)
    payer_id = db.session.get_one(Order, ours[1]).payer_id
    assert (sum(lot.left_cents for lot in balance.of(payer_id, TODAY)), desk.unmatched()) == (5_000, [])


@pytest.mark.parametrize(("parts", "cents", "code"), [
    ((15_000, 15_000, 15_001), 45_000, "beyond_check"), ((15_000, 15_000, 15_001), 50_000, "beyond_order"),
    ((15_000, 0, 15_000), 45_000, "unacceptable"), ((15_000, -1, 15_000), 45_000, "unacceptable"), ((15_000,), 0, "unacceptable"),
    ((15_000,), 100_000_001, "unacceptable")])
def test_parts_that_cannot_be_are_refused_whole(ours, finance, parts, cents, code):
    with pytest.raises(Unacceptable) as refused:
        record(dict(zip(ours, parts, strict=False)), finance, cents)
    assert (refused.value.code, [tills.payments(one) for one in ours]) == (code, [[], [], []])


def test_the_same_form_twice_is_one_check_and_the_same_check_twice_is_refused(ours, finance):
    first, second = (record({ours[0]: 15_000}, finance, 15_000, submit_key="k") for _ in range(2))
    assert (first == second, db.session.scalar(select(func.count(BankCheck.id)))) == (True, 1)
    with pytest.raises(AlreadyDone, match="recorded already"):
        record({ours[1]: 15_000}, finance, 15_000)


def test_all_parts_of_a_check_bounce_together_with_a_fee(ours, finance):
    check_id = record(dict.fromkeys(ours, 15_000), finance)
    bounce(check_id, finance, 2_500)
    assert ([tills.balance(one).open_cents for one in ours], tills.messages("check_bounced")) == ([17_500, 15_000, 15_000], 1)
    assert [tills.payments(one) for one in ours] == [[("failed", 15_000)]] * 3
    with pytest.raises(AlreadyDone):
        bounce(check_id, finance)
    tills.check_books()


def test_the_fee_is_the_association_s_and_counts_for_no_event(ours, finance):
    bounce(record(dict.fromkeys(ours, 15_000), finance), finance, 2_500)
    fee = db.session.scalars(select(Charge).where(Charge.label.contains("came back"))).one()
    assert (fee.order_id, fee.amount_cents, fee.event_id, fee.account_code) == (ours[0], 2_500, None, "")
    income = of_events(db.session.scalars(select(Charge.event_id).where(Charge.event_id.is_not(None)).distinct()).all())
    assert [one.owed_cents for one in income.values()] == [15_000] * 3
    told = db.session.scalars(select(Message).where(Message.kind == "check_bounced")).one()
    assert [(one["open_cents"], one["fee_cents"]) for one in messages.build(told.facts)["orders"]] == [
        (17_500, 2_500), (15_000, 0), (15_000, 0)]


def test_a_balance_goes_with_the_check_it_came_from_and_opens_what_it_paid(ours, finance):
    check_id = record({ours[0]: 15_000}, finance, 20_000, keep_until=UNTIL)
    with transaction():
        balance.use(ours[1], today=TODAY, by_id=finance)
    assert tills.balance(ours[1]).paid_cents == 5_000
    bounce(check_id, finance)
    payer_id = db.session.get_one(Order, ours[1]).payer_id
    assert ([tills.balance(one).paid_cents for one in ours], balance.of(payer_id, TODAY), desk.unmatched()) == ([0, 0, 0], [], [])
    tills.check_books()


def test_what_was_to_be_sent_back_of_a_check_that_bounces_is_not_sent_any_more(ours, finance):
    check_id = record({ours[0]: 15_000, ours[1]: 15_000}, finance, 30_000)
    with transaction():
        [refund_id] = refunds.request(ours[1], 5_000, reason="Half", by_id=finance)
    bounce(check_id, finance)
    assert ([tills.balance(one).open_cents for one in ours], desk.refunds()) == ([15_000] * 3, [])
    with pytest.raises(Unacceptable, match="gone back"), transaction():
        refunds.try_again(refund_id, by_id=finance)


@pytest.mark.parametrize(("cents", "parts"), [
    (20_000, {3: 10_000, 1: 10_000}), (5_000, {3: 5_000}), (99_000, {3: 10_000, 1: 15_000, 2: 7_000}), (0, {})])
def test_the_oldest_due_is_suggested_first(cents, parts):
    found = [Open(1, 15_000, date(2026, 6, 1)), Open(2, 7_000, date(2026, 6, 1)), Open(3, 10_000, date(2026, 5, 1))]
    assert suggested(cents, found) == parts


def slip(finance, *check_ids, number="S-7"):
    with transaction():
        return slips.make(number, TODAY, check_ids, by_id=finance).id


def test_a_slip_is_deposited_when_it_is_the_banks_line(ours, finance):
    slip_id = slip(finance, record({ours[0]: 15_000}, finance, 15_000), record({ours[1]: 9_000}, finance, 9_000))
    with pytest.raises(Unacceptable) as refused, transaction():
        slips.deposit(slip_id, 23_900, by_id=finance)
    assert refused.value.code == "not_the_bank_line"
    with transaction():
        slips.deposit(slip_id, 24_000, by_id=finance)
    assert db.session.execute(select(DepositSlip.state, DepositSlip.bank_cents)).all() == [("deposited", 24_000)]
    assert set(db.session.scalars(select(Payment.deposit_slip))) == {"S-7"}


def test_a_check_lies_on_one_slip_at_most(ours, finance):
    check_id = record({ours[0]: 15_000}, finance, 15_000)
    slip(finance, check_id)
    with pytest.raises(Unacceptable) as refused:
        slip(finance, check_id, number="S-8")
    assert (refused.value.code, db.session.scalars(select(DepositSlip.number)).all()) == ("on_a_slip", ["S-7"])


def test_a_deposited_slip_is_opened_only_with_a_reason(ours, finance):
    check_id = record({ours[0]: 15_000}, finance, 15_000)
    slip_id = slip(finance, check_id)
    with transaction():
        slips.deposit(slip_id, 15_000, by_id=finance)
    with pytest.raises(Closed), transaction():
        slips.take_off(slip_id, check_id, by_id=finance)
    with pytest.raises(Unacceptable), transaction():
        slips.reopen(slip_id, reason="", by_id=finance)
    with transaction():
        slips.reopen(slip_id, reason="The bank counted another check", by_id=finance)
        slips.take_off(slip_id, check_id, by_id=finance)
    assert (slips.total_of(slip_id), set(db.session.scalars(select(Payment.deposit_slip)))) == (0, {""})


def test_a_check_is_recorded_on_the_open_slip_of_a_number(ours, finance):
    check_id = record({ours[0]: 15_000}, finance, 15_000, slip="S-9")
    slip_id = db.session.get_one(BankCheck, check_id).slip_id
    with transaction():
        slips.deposit(slip_id, 15_000, by_id=finance)
    with pytest.raises(Unacceptable) as refused:
        record({ours[1]: 15_000}, finance, 15_001, slip="S-9")
    assert (refused.value.field, slips.total_of(slip_id)) == ("deposit_slip", 15_000)


def test_the_database_knows_no_deposited_slip_without_its_line(ours, finance):
    slip_id = slip(finance, record({ours[0]: 15_000}, finance, 15_000))
    with pytest.raises(DatabaseError, match="ck_deposit_slip_bank"), transaction():
        db.session.execute(update(DepositSlip).where(DepositSlip.id == slip_id).values(state="deposited"))
