"""Payouts open into what they carried and equal the line on the bank statement; disputes gather what speaks for us."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.factories import people
from tests.support import till as tills
from tests.support.html import parse
from webapp.attendance import presences
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.notifications.models import Message
from webapp.payments import disputes, gateway, payouts, reconcile, refund_courier, refunds
from webapp.payments.models import Dispute, Payout, PayoutLine
from webapp.payments.queries import bank, desk
from webapp.payments.rules import waiting
from webapp.registration.models import Registration, Seat


@pytest.fixture
def finance(till, sign_in):
    """The till's browser, signed in as finance."""
    with transaction():
        person = people.person(roles=["finance"])
    sign_in(till.client, person)
    return till.client


def busy_day(till):
    """Two orders paid at $150.00, $50.00 of one given back, a third disputed; the order ids."""
    ours = [till.order() for _ in range(3)]
    for order_id, card in zip(ours, ("success", "success", "disputed"), strict=True):
        till.pay(order_id, card)
    till.deliver()
    with transaction():
        refunds.request(ours[0], 5_000, reason="Half a day fell out", by_id=None)
    refund_courier.send_due(clock.now())
    return ours


def paid_out(till):
    """A payout of everything, told and read; its row."""
    payout = till.stripe.control("payout")
    till.deliver()
    reconcile.settle(clock.now())
    [row] = bank.payouts()
    assert row.payout.provider_id == payout["id"]
    return row


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return parse(answer.get_data(as_text=True)).text


def test_a_payout_opens_into_its_parts_and_equals_the_bank_line(till):
    busy_day(till)
    row = paid_out(till)
    fees = 3 * 465 + 1_500  # 2.9 % and 30 cents of each charge, and what a dispute costs
    assert (row.charges, row.refunds, row.disputes, row.fees, row.other) == (45_000, -5_000, -15_000, -fees, 0)
    assert (row.payout.amount_cents, row.payout.state, row.adds_up) == (25_000 - fees, "paid", True)


def test_every_line_of_a_payout_finds_its_order(till):
    ours = busy_day(till)
    _, lines = bank.payout(paid_out(till).payout.id)
    assert sorted((one.PayoutLine.kind, one.ref) for one in lines) == sorted(
        [*(("charge", tills.ref(order_id)) for order_id in ours), ("refund", tills.ref(ours[0])), ("dispute", tills.ref(ours[2]))])


def test_a_payout_told_and_read_again_changes_nothing(till):
    busy_day(till)
    payout = till.stripe.control("payout")
    told = till.new_events()
    till.deliver(*told, *told, *reversed(told))
    for _ in range(2):
        reconcile.settle(clock.now())
    assert [row.payout.provider_id for row in bank.payouts()] == [payout["id"]]
    assert db.session.query(PayoutLine).count() == 5


def test_a_payout_goes_only_on_whatever_order_it_is_told_in(till):
    busy_day(till)
    till.stripe.control("payout")
    paid = next(event for event in till.new_events() if event["type"] == "payout.paid")
    body = paid["data"]["object"]
    failed = paid | {"id": "evt_failed", "type": "payout.failed",
                     "data": {"object": body | {"status": "failed", "failure_message": "The account is closed."}}}
    till.deliver(failed, paid)
    payout = db.session.scalars(select(Payout)).one()
    assert (payout.state, payout.failure) == ("failed", "The account is closed.")
    assert any("did not take the payout" in row.note for row in desk.events("for_finance"))


def test_a_line_that_stripe_forgot_to_tell_shows_that_the_sum_is_wrong(till):
    busy_day(till)
    row = paid_out(till)
    with transaction():
        db.session.delete(db.session.scalars(select(PayoutLine).where(PayoutLine.kind == "refund")).one())
    assert (row.adds_up, bank.payouts()[0].adds_up) == (True, False)


def test_stripe_that_is_silent_leaves_the_payout_to_be_read_later(till):
    busy_day(till)
    till.stripe.control("payout")
    till.deliver()
    till.stripe.control("fault", request="GET /v1/balance_transactions", kind="error", times=3)
    assert reconcile.settle(clock.now()).troubles == ["The card service cannot be reached just now."]
    assert (reconcile.settle(clock.now()).payouts_read, bank.payouts()[0].adds_up) == (1, True)


def test_a_payout_made_by_hand_has_no_lines_and_is_asked_for_once(till):
    busy_day(till)
    till.stripe.control("payout", automatic=False)
    till.deliver()
    assert [reconcile.settle(clock.now()).payouts_read for _ in range(2)] == [1, 0]
    assert (db.session.query(PayoutLine).count(), db.session.scalars(select(Payout)).one().read_at) == (0, clock.now())


def test_a_payout_that_stripe_does_not_know_stays_to_be_read_and_keeps_no_other_from_it(till):
    busy_day(till)
    with transaction():
        db.session.add(Payout(provider_id="po_other_account", state="paid", failure="", amount_cents=1, currency="USD",
                              arrives_on=clock.now().date(), created_at=clock.now()))
    till.stripe.control("payout")
    till.deliver()
    assert reconcile.settle(clock.now()).payouts_read == 1
    assert db.session.scalars(select(Payout.provider_id).where(Payout.read_at.is_(None))).all() == ["po_other_account"]


def test_a_payout_that_stripe_refuses_is_asked_about_less_and_less_often(till):
    with transaction():
        db.session.add(Payout(provider_id="po_other_account", state="paid", failure="", amount_cents=1, currency="USD",
                              arrives_on=clock.now().date(), created_at=clock.now()))
    at = [clock.now() + timedelta(minutes=minute) for minute in range(40)]
    assert [payouts.read_due(now) for now in at] == [0] * 40
    row = db.session.scalars(select(Payout)).one()
    assert (row.attempts, row.ask_after) == (5, at[30] + timedelta(minutes=32))
    assert [waiting.after(tries, timedelta(days=1)) for tries in (1, 2, 11, 900)] == [
        timedelta(minutes=2), timedelta(minutes=4), timedelta(days=1), timedelta(days=1)]


def test_the_pages_of_payouts_say_it(till, finance):
    ours = busy_day(till)
    row = paid_out(till)
    listed, one = text_of(finance, "/manage/finance/payouts"), text_of(finance, f"/manage/finance/payouts/{row.payout.id}")
    assert "Adds up" in listed and "$221.05" in listed and "On the bank statement" in one and "Not known here" not in one
    assert one.count("$221.05") == 2  # the parts, and the foot of the lines
    assert f"/manage/finance/orders/{tills.ref(ours[0])}" in finance.get(f"/manage/finance/payouts/{row.payout.id}").get_data(as_text=True)


def test_a_dispute_is_kept_and_ends_once(till):
    order_id = busy_day(till)[2]
    dispute = db.session.scalars(select(Dispute)).one()
    assert (dispute.state, dispute.amount_cents, dispute.ended_at) == ("needs_response", 15_000, None)
    assert bank.dispute(dispute.id).Order.id == order_id
    till.stripe.control("resolve", dispute=dispute.provider_id, outcome="won")
    told = till.new_events()
    till.deliver(*reversed(told), *told)
    db.session.expire_all()
    assert (dispute.state, dispute.ended_at) == ("won", clock.now())


def test_the_page_of_a_dispute_gathers_policy_mails_and_attendance(till, finance, frozen):
    order_id = busy_day(till)[2]
    frozen.move_to(datetime(2026, 8, 12, 18, tzinfo=UTC))
    place = db.session.scalars(select(Registration).filter_by(order_id=order_id)).one()
    session_id = db.session.scalars(select(Seat.session_id).filter_by(registration_id=place.id)).one()
    with transaction():
        presences.mark_full(place.person_id, session_id, by_id=None)
        db.session.execute(update(Message).where(Message.kind == "receipt").values(sent_at=clock.now(), subject="Your receipt"))
    [dispute] = db.session.scalars(select(Dispute)).all()
    page = text_of(finance, f"/manage/finance/disputes/{dispute.id}")
    wanted = ("Accepted", "Your receipt", "Attendance", "Roster", tills.ref(order_id), "to be answered at Stripe until",
              "Waits for your answer", bank.places(order_id)[0].sentence)
    assert [words for words in wanted if words not in page] == []
    assert dispute.charge_id in text_of(finance, "/manage/finance/disputes")


def test_a_dispute_of_unknown_money_is_shown_too(till, finance):
    busy_day(till)
    told = next(event for event in gateway.list_events(clock.now() - timedelta(days=1))[0] if event["type"] == "charge.dispute.created")
    body = told["data"]["object"] | {"id": "du_other", "charge": "ch_other", "payment_intent": None}
    till.deliver(told | {"id": "evt_other", "data": {"object": body}})
    [other] = db.session.scalars(select(Dispute).filter_by(provider_id="du_other")).all()
    assert "belongs to no order here" in text_of(finance, f"/manage/finance/disputes/{other.id}")


def test_a_dispute_that_is_answered_stays_so_when_its_beginning_is_told_late():
    began = {"id": "dp_1", "charge": "ch_1", "amount": 15_000, "currency": "usd", "status": "needs_response", "created": 1_780_000_000}
    disputes.apply(began | {"status": "under_review"}, clock.now())
    assert disputes.apply(began, clock.now(), begins=True).state == "under_review"


@pytest.mark.parametrize("path", ["payouts/99", "disputes/99"])
def test_what_is_not_there_is_not_found(finance, path):
    assert finance.get(f"/manage/finance/{path}").status_code == 404
