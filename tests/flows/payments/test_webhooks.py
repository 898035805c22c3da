"""Webhooks that lie, come late, twice or about others: refused or stored with a reason; money never moves on a guess."""

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import inbox
from webapp.payments.models import Payment, ProviderEvent
from webapp.payments.queries import desk


def told(till, kind):
    return next(event for event in till.new_events() if event["type"] == kind)


def stored():
    return [(row.outcome, row.note) for row in db.session.scalars(select(ProviderEvent).order_by(ProviderEvent.id))]


@pytest.fixture
def paid(till):
    """A paid order and the event that says so, not delivered yet."""
    order_id = till.order()
    till.pay(order_id)
    return order_id, told(till, "payment_intent.succeeded")


@pytest.mark.parametrize(
    "forgery",
    [
        {"secret": "whsec_of_somebody_else"},
        {"signature": ""},
        {"signature": "t=1,v1=00"},
        {"signature": "nonsense"},
        {"at": int(NOW.timestamp()) - 301},
    ],
)
def test_a_webhook_that_proves_nothing_is_refused_and_not_stored(till, paid, forgery):
    order_id, event = paid
    assert till.post(event, **forgery) == 400
    assert (stored(), tills.state(order_id)) == ([], "held/held")


def test_an_altered_webhook_is_refused(till, paid):
    import json

    import stripe

    _order_id, event = paid
    header = stripe.WebhookSignature.generate_signature_header(json.dumps(event), tills.SECRET)
    event["data"]["object"]["amount_received"] = 1
    assert till.post(event, signature=header) == 400
    assert stored() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"null", b"[]", b"{}", b'{"id": 1, "type": "x", "data": {}}', b'{"id": "evt", "type": "x", "data": 3}'],
)
def test_a_signed_body_that_is_no_event_is_refused(till, body):
    import stripe

    header = stripe.WebhookSignature.generate_signature_header(body.decode("latin-1"), tills.SECRET)
    answer = till.client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": header})
    assert (answer.status_code, stored()) == (400, [])


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"account": "acct_other"}, "It is about another account at Stripe (acct_other)."),
        ({"livemode": True}, "It is about real money, and our key is for the other kind."),
    ],
)
def test_an_event_of_another_account_or_mode_is_stored_for_finance(till, paid, change, note):
    order_id, event = paid
    assert till.post(event | change) == 200
    assert (stored(), tills.state(order_id), tills.payments()) == ([("for_finance", note)], "held/held", [])


@pytest.mark.parametrize(
    ("change", "words"), [({"amount_received": 14_000}, "Stripe tells of $140.00"), ({"currency": "eur"}, "EUR 150.00")]
)
def test_another_amount_or_currency_goes_to_finance(till, paid, change, words):
    order_id, event = paid
    event["data"]["object"] |= change
    assert till.post(event) == 200
    [row] = desk.unmatched()
    assert (tills.state(order_id), row.order_ref, words in row.payment.note) == ("held/held", None, True)


@pytest.mark.parametrize(
    "metadata",
    [{}, {"attune_order": "\x00"}, {"attune_order": "NOBODYKNOWSIT"}, {"attune_order": "x" * 500, "attune_page": "\x00"}],
)
def test_a_payment_of_no_order_is_unmatched(till, paid, metadata):
    _, event = paid
    event["data"]["object"]["metadata"] = metadata
    assert till.post(event) == 200
    assert tills.payments() == [("succeeded", 15_000)]
    assert db.session.scalars(select(Payment.note)).one()


def test_a_decline_that_arrives_late_takes_nothing_back(till, paid):
    order_id, event = paid
    till.post(event)
    late = event | {"id": "evt_late", "type": "payment_intent.payment_failed"}
    assert till.post(late) == 200
    assert tills.payments(order_id) == [("succeeded", 15_000)]


def test_declined_then_paid_is_one_payment(till):
    order_id = till.order()
    url = till.open_page(order_id)
    assert till.stripe.pay(url, "declined")["state"] == "declined"
    till.deliver()
    assert (tills.payments(order_id), tills.state(order_id)) == ([], "held/held")
    till.stripe.pay(url)
    till.deliver()
    assert (tills.payments(order_id), tills.state(order_id)) == ([("succeeded", 15_000)], "placed/confirmed")


def test_a_bank_debit_keeps_the_place_and_is_confirmed_later(till):
    order_id = till.order()
    assert till.pay(order_id, "bank") == "processing"
    till.deliver()
    assert (tills.state(order_id), tills.balance(order_id).word[0]) == ("held/held", "Bank is confirming")
    till.stripe.control("settle", outcome="succeeded")
    till.deliver()
    assert (tills.state(order_id), tills.payments(order_id), tills.messages("receipt")) == (
        "placed/confirmed",
        [("succeeded", 15_000)],
        1,
    )
    assert db.session.scalars(select(Payment.method)).one() == "bank_debit"


@pytest.mark.parametrize("seed", range(4))
def test_a_bank_debit_that_fails_leaves_the_order_to_be_paid(till, seed):
    order_id = till.order()
    till.pay(order_id, "bank_insufficient_funds")
    till.stripe.control("settle")
    till.shuffled(seed)
    assert (tills.state(order_id), tills.payments(order_id), tills.messages("payment_failed")) == (
        "held/held",
        [("failed", 15_000)],
        1,
    )
    assert tills.balance(order_id).open_cents == 15_000


def test_an_event_applied_again_by_hand_moves_no_money(till, paid, sign_in):
    from tests.factories import people

    order_id, event = paid
    till.post(event)
    event_id = db.session.scalars(select(ProviderEvent.id)).one()
    sign_in(till.client, people.person(roles=["finance"]))
    answer = till.client.post(f"/manage/finance/inbox/{event_id}/apply")
    assert (answer.status_code, tills.payments(order_id), stored()[0][0]) == (303, [("succeeded", 15_000)], "applied")


def test_an_applied_event_is_not_applied_again(till, paid):
    till.post(paid[1])
    row = db.session.scalars(select(ProviderEvent)).one()
    assert inbox.work(row.id) == "applied"
    assert db.session.get_one(ProviderEvent, row.id).attempts == 1


def test_an_event_that_could_not_be_applied_waits_for_the_sweep(till, paid):
    order_id, event = paid
    broken = {**event, "data": {"object": {"id": "pi_x"}}}
    assert till.post(broken) == 200
    assert stored()[0][0] == "failed"
    with transaction():
        db.session.scalars(select(ProviderEvent)).one().payload = event
    assert [inbox.work(one) for one in inbox.waiting(clock.now())] == ["applied"]
    assert tills.state(order_id) == "placed/confirmed"


def test_a_dispute_goes_to_finance(till):
    order_id = till.order()
    till.pay(order_id, "disputed")
    till.deliver()
    assert any("disputes charge" in row.note for row in desk.events("for_finance"))
