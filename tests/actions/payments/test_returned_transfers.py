"""The bank gives a transfer back after some of it was refunded, kept or spent: undone as a check is, and no cent is lost."""

import pytest
from sqlalchemy import select

from tests.actions.payments.test_bounced_chains import TODAY, UNTIL, kept_well, received, standing, use
from tests.support import html
from tests.support import till as tills
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Unacceptable
from webapp.notifications.models import Message
from webapp.payments import balance, debts, messages, receipts, refunds
from webapp.payments.models import Refund
from webapp.payments.queries import desk, lots


def transfer(order_id, finance, cents=15_000):
    with transaction():
        return receipts.record(order_id, receipts.Received("bank_transfer", cents, TODAY, tills.ZONE), by_id=finance).id


def refund(order_id, finance, cents, *, sent=True):
    with transaction():
        [refund_id] = refunds.request_by_staff(order_id, cents, reason="Half a day fell out", lowers=True, by_id=finance)
        if sent:
            refunds.note_returned(refund_id, cheque_number="901", on=TODAY, by_id=finance)
    return refund_id


def bounce(payment_id, finance, **more):
    with transaction():
        receipts.bounce(payment_id, reason="Account closed", by_id=finance, **more)


def told():
    """What the payers read, the order named first."""
    rows = db.session.scalars(select(Message.facts).where(Message.kind == "payment_failed").order_by(Message.id))
    return [messages.build_payment(facts) for facts in rows]


def test_it_opens_the_order_again_and_its_payer_is_told(ours, finance):
    payment_id = transfer(ours[0], finance)
    bounce(payment_id, finance)
    assert (standing(ours[:1]), [one["open_cents"] for one in told()]) == ([(0, 15_000)], [15_000])
    with pytest.raises(AlreadyDone):
        bounce(payment_id, finance)
    kept_well()


def test_what_was_sent_back_of_it_is_owed_until_money_comes(ours, finance):
    payment_id = transfer(ours[0], finance)
    refund(ours[0], finance, 5_000)
    bounce(payment_id, finance)
    assert (standing(ours[:1]), debts.of_order(ours[0]), received()[0]) == ([(-5_000, 15_000)], 5_000, -5_000)
    [mail] = told()
    assert (mail["sent_cents"], mail["open_cents"], mail["by_balance"]) == (5_000, 15_000, False)
    kept_well()
    transfer(ours[0], finance)
    assert (standing(ours[:1]), debts.of_order(ours[0]), desk.unmatched()) == ([(10_000, 0)], 0, [])
    kept_well()


def test_what_was_not_sent_yet_is_not_sent(ours, finance):
    payment_id = transfer(ours[0], finance)
    refund_id = refund(ours[0], finance, 5_000, sent=False)
    bounce(payment_id, finance)
    assert (db.session.get_one(Refund, refund_id).state, standing(ours[:1]), debts.of_order(ours[0])) == ("failed", [(0, 10_000)], 0)
    kept_well()


def test_what_a_balance_of_it_paid_is_open_again_and_both_are_told(ours, finance):
    payment_id = transfer(ours[0], finance, 25_000)
    with transaction():
        balance.keep_payment(payment_id, 10_000, expires_on=UNTIL, reason="Too much", by_id=finance)
    use(ours[1], finance, 6_000)
    bounce(payment_id, finance)
    assert (standing(ours[:2]), lots.in_all()) == ([(0, 15_000)] * 2, 0)
    mails = [(one["amount_cents"], one["by_balance"], one["open_cents"]) for one in told()]
    assert mails == [(25_000, False, 15_000), (6_000, True, 15_000)]
    kept_well()


def test_where_nobody_knows_who_got_it_an_order_is_named(ours, finance):
    payment_id = transfer(None, finance)
    with transaction():
        refund_id = refunds.request_of_payment(payment_id, 15_000, reason="Not ours", by_id=finance)
        refunds.note_returned(refund_id, cheque_number="", on=TODAY, by_id=finance)
    with pytest.raises(Unacceptable) as refused:
        bounce(payment_id, finance)
    assert refused.value.code == "unowned"
    bounce(payment_id, finance, owes_ref=tills.ref(ours[0]))
    assert (standing(ours[:1]), debts.of_order(ours[0])) == ([(-15_000, 30_000)], 15_000)
    kept_well()


def test_cash_does_not_come_back(ours, finance):
    with transaction():
        payment = receipts.record(ours[0], receipts.Received("cash", 15_000, TODAY, tills.ZONE), by_id=finance)
    with pytest.raises(Unacceptable):
        bounce(payment.id, finance)


def test_finance_reads_what_follows_before(ours, finance, client, sign_in):
    payment_id = transfer(ours[0], finance)
    refund(ours[0], finance, 5_000)
    sign_in(client, finance)
    at = f"/manage/finance/orders/{tills.ref(ours[0])}/payments/{payment_id}/bounced"
    page = html.parse(client.get(at).text)
    assert [(row.one("dt").text, row.one("dd").text) for row in page.one("dl").all("div")] == [
        (f"Order {tills.ref(ours[0])} is open again", "$100.00"),
        (f"Was sent back on Wed 15 Jul 2026, and is owed on order {tills.ref(ours[0])}", "$50.00"), ("Bank transfer", "$150.00")]
    assert client.post(at, data={"reason": "Account closed"}).status_code == 303
    assert standing(ours[:1]) == [(-5_000, 15_000)]
