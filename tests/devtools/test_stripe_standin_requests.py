"""How requests are read: parameters, keys, lists, and troubles on the line."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

pytestmark = pytest.mark.real_time


def test_the_same_key_and_body_replays_the_answer(shop: Any) -> None:
    intent = shop.paid()
    first, second = (
        shop.client.v1.refunds.create({"payment_intent": intent.id, "amount": 100}, {"idempotency_key": "k1"})
        for _ in range(2)
    )
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(shop.standin.control("books")["refunds"]) == 1


def test_the_same_key_with_another_body_is_a_conflict(shop: Any) -> None:
    intent = shop.paid()
    shop.client.v1.refunds.create({"payment_intent": intent.id, "amount": 100}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        shop.client.v1.refunds.create({"payment_intent": intent.id, "amount": 200}, {"idempotency_key": "k1"})


def test_a_refusal_is_kept_under_its_key_too(shop: Any) -> None:
    intent = shop.paid()
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="greater than charge amount"):
            shop.client.v1.refunds.create(
                {"payment_intent": intent.id, "amount": 5001}, {"idempotency_key": "k1"}
            )


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"colour": "red"}, "colour"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"payment_intent_data": {"metadat": {}, "x": "1"}}, "payment_intent_data[x]"),
    ],
)
def test_a_parameter_the_library_does_not_know_is_refused(shop: Any, more: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameter") as refusal:
        shop.session(**more)
    assert (refusal.value.code, refusal.value.param) == ("parameter_unknown", param)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"line_items": [{"quantity": 1, "price_data": {"currency": "usd"}}]}, "parameter_missing"),
        ({"customer_email": ""}, "parameter_invalid_empty"),
        ({"customer_email": "nobody"}, "email_invalid"),
        ({"success_url": "/done"}, "url_invalid"),
        ({"expires_at": "soon"}, "parameter_invalid_integer"),
        ({"mode": "barter"}, None),
        ({"metadata": {"note": "x" * 501}}, None),
        ({"discounts": [{"coupon": "free"}]}, "standin_not_imitated"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(shop: Any, more: Any, code: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.session(**more)
    assert refusal.value.code == code


def test_a_live_key_is_refused(shop: Any) -> None:
    client = stripe.StripeClient("sk_live_x", base_addresses={"api": shop.standin.api_base})
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        client.v1.balance.retrieve()


def test_an_unknown_id_is_resource_missing(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent: 'pi_none'") as refusal:
        shop.client.v1.payment_intents.retrieve("pi_none")
    assert (refusal.value.code, refusal.value.http_status) == ("resource_missing", 404)


def test_the_events_list_finds_a_lost_event(shop: Any) -> None:
    shop.standin.control("delivery", mode="withhold")
    session = shop.session()
    shop.standin.pay(session.id)
    lost = shop.client.v1.events.list({"types": ["checkout.session.completed"], "delivery_success": False})
    assert [event.data.object["id"] for event in lost.data] == [session.id]
    assert shop.client.v1.events.retrieve(lost.data[0].id).pending_webhooks == 1
    assert shop.client.v1.events.list({"created": {"lt": lost.data[0].created}}).data == []


def test_a_list_is_paged_newest_first(shop: Any) -> None:
    made = [shop.session().id for _ in range(5)]
    pages = shop.client.v1.checkout.sessions.list({"limit": 2})
    assert (pages.has_more, len(pages.data)) == (True, 2)
    assert [session.id for session in pages.auto_paging_iter()] == made[::-1]


def test_a_lost_answer_was_work_done_and_its_key_finds_it(shop: Any) -> None:
    intent = shop.paid()
    shop.standin.control("fault", request="POST /v1/refunds", kind="lose_answer")
    with pytest.raises(stripe.APIError):
        shop.client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k1"})
    again = shop.client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k1"})
    assert [refund["id"] for refund in shop.standin.control("books")["refunds"]] == [again.id]


def test_the_doctor_can_read_which_events_an_endpoint_wants(shop: Any) -> None:
    made = shop.client.v1.webhook_endpoints.create(
        {"url": "http://shop.test/hooks", "enabled_events": ["charge.refunded", "refund.failed"]}
    )
    assert made.secret.startswith("whsec_")
    listed = {point.url: point.enabled_events for point in shop.client.v1.webhook_endpoints.list().data}
    assert listed == {shop.ear.url: ["*"], "http://shop.test/hooks": ["charge.refunded", "refund.failed"]}


def test_account_and_balance_can_be_read(shop: Any) -> None:
    shop.paid()
    assert shop.client.v1.accounts.retrieve_current().charges_enabled is True
    assert shop.client.v1.balance.retrieve().available[0].amount == 5000 - 175
