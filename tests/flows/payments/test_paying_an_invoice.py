"""By card from an invoice's page: out to Stripe and back to the invoice, whatever became of it, and never to the order's secret page."""

import pytest

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.core.db import transaction
from webapp.payments import gateway, invoices


@pytest.fixture
def bill():
    """Order and address of an invoice of $150.00 to an agency."""
    with transaction():
        order_id = registrations.registered(events.workshop(), people.person()).order_id
        return order_id, f"/invoices/{invoices.issue(order_id).ref}"


def told(order_id):
    return gateway.retrieve_session(tills.page(order_id).provider_session_id).body


def back(order_id, which="success_url"):
    return told(order_id)[which].removeprefix("http://attune.test")


@pytest.mark.parametrize(("card", "said", "tag"), [
    ("success", "Your payment has arrived", "Paid"), ("bank", "Your bank is confirming the payment", "Bank is confirming"),
    (None, "nothing was charged", "To pay")])
def test_who_pays_comes_back_to_the_invoice_before_any_webhook(till, client, bill, card, said, tag):
    order_id, address = bill
    at_stripe = client.post(f"{address}/pay").location
    if card:
        till.stripe.pay(at_stripe, card)
    answer = client.get(back(order_id), follow_redirects=True)
    assert (answer.request.path, said in answer.text, tag in answer.text) == (address, True, True)
    assert [one.request.path for one in answer.history] == [back(order_id)] and tills.ref(order_id) not in answer.text


def test_who_turns_back_at_stripe_reads_that_nothing_was_charged(till, client, bill):
    order_id, address = bill
    client.post(f"{address}/pay")
    answer = client.get(back(order_id, "cancel_url"), follow_redirects=True)
    assert (answer.request.path, "nothing was charged" in answer.text) == (address, True)


def test_nothing_at_stripe_that_the_payer_sees_says_where_the_order_is(till, client, bill):
    order_id, address = bill
    till.stripe.pay(client.post(f"{address}/pay").location)
    seen = told(order_id)
    intent = next(one["data"]["object"] for one in till.new_events() if one["type"] == "payment_intent.succeeded")
    shown = (seen["success_url"], seen["cancel_url"], seen["client_reference_id"], intent["description"])
    assert not [one for one in shown if tills.ref(order_id) in one]


def test_while_stripe_is_silent_the_page_waits_and_looks_again_at_its_own_address(till, client, bill):
    order_id, address = bill
    till.stripe.pay(client.post(f"{address}/pay").location)
    path = back(order_id)
    till.stripe.control("fault", request="GET /v1/checkout/sessions", kind="error", times=3)
    answer = client.get(path)
    assert (answer.status_code, answer.headers.get("Refresh"), path in answer.text) == (200, "5", True)
    assert tills.ref(order_id) not in answer.text and client.get(path).location == address


def test_the_buyer_does_not_come_to_the_page_that_leads_back_to_the_invoice(till, client, bill):
    order_id, address = bill
    of_invoice = client.post(f"{address}/pay").location
    of_order = client.post(f"/orders/{tills.ref(order_id)}/card", data={"whole": "1"}).location
    assert (of_invoice != of_order, till.stripe.pay(of_invoice)["state"]) == (True, "closed")
    assert back(order_id, "cancel_url") == f"/orders/{tills.ref(order_id)}/review?paid=no"


def test_a_page_the_buyer_opened_has_no_other_way_back(till, client, bill):
    order_id, _ = bill
    client.post(f"/orders/{tills.ref(order_id)}/card", data={"whole": "1"})
    assert client.get(f"/paid/{tills.page(order_id).idempotency_key}").status_code == 404
