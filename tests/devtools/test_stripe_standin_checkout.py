"""The Checkout Session and its payment page."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stripe

from webapp.devtools.stripe_standin.process import StandIn

pytestmark = pytest.mark.real_time


def test_paying_by_the_page_completes_the_session_and_sends_a_signed_event(shop: Any) -> None:
    session = shop.session(metadata={"order": "7"})
    page = shop.submit(session.url, card_number="4242 4242 4242 4242", **shop.card)
    assert (page.status, page.address) == (303, f"http://shop.test/done?session={session.id}")
    event = shop.ear.events("checkout.session.completed")[0]
    assert event.data.object["id"] == session.id
    assert (event.data.object["payment_status"], event.data.object["metadata"]["order"]) == ("paid", "7")


def test_the_page_shows_lines_total_and_the_way_back(shop: Any) -> None:
    page = shop.look(shop.session().url)
    for words in ("Spring conference \u00d7 2", "Total $50.00", "ann@example.org", "Go back without paying"):
        assert words in page.text


def test_a_declined_card_says_why_and_another_card_then_pays(shop: Any) -> None:
    session = shop.session()
    page = shop.submit(session.url, card_number="4000000000009995", **shop.card)
    assert page.status == 402
    assert "Your card has insufficient funds." in page.text
    assert shop.submit(session.url, card_number="4242424242424242", **shop.card).status == 303
    failed = shop.ear.events("payment_intent.payment_failed")[0].data.object
    assert failed["last_payment_error"]["decline_code"] == "insufficient_funds"
    assert failed["id"] == shop.again(session).payment_intent


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"card_number": "4111"}, "used a non test card"),
        ({"expiry": "01/20"}, "expiration date is in the past"),
        ({"cvc": "1"}, "3 or 4 digits"),
        ({"name": " "}, "Enter the name"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_charged(shop: Any, fields: Any, sentence: str) -> None:
    session = shop.session()
    page = shop.submit(session.url, **{"card_number": "4242424242424242", **shop.card, **fields})
    assert (page.status, sentence in page.text) == (422, True)
    assert shop.again(session).payment_intent is None


@pytest.mark.parametrize("card", ["4000002500003155", "4000002760003184"])
def test_three_d_secure_pays_when_completed(shop: Any, card: str) -> None:
    session = shop.session()
    page = shop.submit(session.url, card_number=card, **shop.card)
    assert "is this you?" in shop.look(page.address).text
    assert shop.again(session).status == "open"
    assert shop.submit(page.address, answer="complete").status == 303
    assert shop.again(session).payment_status == "paid"


def test_three_d_secure_that_fails_leaves_the_session_open(shop: Any) -> None:
    session = shop.session()
    page = shop.submit(session.url, card_number="4000002500003155", **shop.card)
    refused = shop.submit(page.address, answer="fail")
    assert (refused.status, "unable to authenticate" in refused.text) == (402, True)
    assert (shop.again(session).status, shop.again(session).payment_status) == ("open", "unpaid")


def test_submitting_the_form_many_times_at_once_pays_once(shop: Any) -> None:
    session = shop.session()
    with ThreadPoolExecutor(6) as pool:
        pages = list(
            pool.map(
                lambda _: shop.submit(session.url, card_number="4242424242424242", **shop.card), range(6)
            )
        )
    assert {page.address for page in pages} == {f"http://shop.test/done?session={session.id}"}
    assert len(shop.standin.control("books")["charges"]) == 1


def test_the_page_of_a_paid_session_says_so_kindly(shop: Any) -> None:
    session = shop.session()
    shop.standin.pay(session.url)
    assert "You were charged once" in shop.look(session.url).text


def test_a_session_expires_when_its_time_is_over(shop: Any) -> None:
    session = shop.session(expires_at=int(time.time()) + 1805)
    assert shop.standin.control("advance") == {"expired": []}
    assert shop.standin.control("advance", now=session.expires_at) == {"expired": [session.id]}
    assert shop.ear.events("checkout.session.expired")[0].data.object["id"] == session.id
    assert "Nothing was charged" in shop.look(session.url).text
    assert shop.standin.pay(session.id)["state"] == "closed"


def test_expiring_by_the_api_closes_the_session(shop: Any) -> None:
    session = shop.client.v1.checkout.sessions.expire(shop.session().id)
    assert (session.status, session.url) == ("expired", None)


def test_expiring_a_complete_session_is_refused(shop: Any) -> None:
    session = shop.session()
    shop.standin.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="has a status of `complete`"):
        shop.client.v1.checkout.sessions.expire(session.id)


@pytest.mark.parametrize(("minutes", "sentence"), [(29, "at least 30 minutes"), (1441, "less than 24 hours")])
def test_a_life_outside_stripes_limits_is_refused(shop: Any, minutes: int, sentence: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=sentence):
        shop.session(expires_at=int(time.time()) + minutes * 60)


def test_a_bank_debit_completes_unpaid_and_succeeds_later(shop: Any) -> None:
    session = shop.session(allowed_payment_method_types=["us_bank_account"])
    page = shop.submit(session.url, method="us_bank_account", account_number="000123456789", name="Ann")
    assert (page.status, shop.again(session).payment_status) == (303, "unpaid")
    shop.standin.control("settle")
    event = shop.ear.events("checkout.session.async_payment_succeeded")[0]
    assert (event.data.object["id"], event.data.object["payment_status"]) == (session.id, "paid")


def test_a_bank_debit_the_bank_returns_fails_later(shop: Any) -> None:
    session = shop.session(allowed_payment_method_types=["us_bank_account"])
    assert shop.standin.pay(session.id, "bank_insufficient_funds")["state"] == "processing"
    shop.standin.control("settle")
    assert shop.ear.events("checkout.session.async_payment_failed")[0].data.object["id"] == session.id
    intent = shop.client.v1.payment_intents.retrieve(shop.again(session).payment_intent)
    assert (intent.status, shop.again(session).payment_status) == ("requires_payment_method", "unpaid")


def test_expansion_reaches_from_the_session_to_the_fee(shop: Any) -> None:
    session = shop.session()
    shop.standin.pay(session.id)
    path = "payment_intent.latest_charge.balance_transaction"
    found = shop.client.v1.checkout.sessions.retrieve(session.id, {"expand": [path, "line_items"]})
    assert found.payment_intent.latest_charge.balance_transaction.fee == 175
    assert [line.amount_total for line in found.line_items.data] == [5000]


def test_expansion_reaches_into_lists(shop: Any) -> None:
    intent = shop.paid()
    found = shop.client.v1.charges.list({"payment_intent": intent.id, "expand": ["data.balance_transaction"]})
    assert [charge.balance_transaction.net for charge in found.data] == [5000 - 175]


def test_late_words_come_by_themselves_when_asked_for(shop: Any, tmp_path: Path) -> None:
    with StandIn(tmp_path / "own.sqlite3", settle_after=0) as own:
        client = stripe.StripeClient("sk_test_own", base_addresses={"api": own.api_base})
        patient = replace(shop, standin=own, client=client)
        session = patient.session()
        assert own.pay(session.id, "bank")["state"] == "processing"
        assert patient.until(lambda: patient.again(session).payment_status == "paid")
