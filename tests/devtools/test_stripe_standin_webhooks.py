"""Webhooks: retried, doubled, withheld, forged; and the stand-in killed in the middle."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.real_time

DONE = "checkout.session.completed"


def test_a_webhook_is_retried_until_it_is_accepted(shop: Any) -> None:
    shop.ear.answer = 500
    shop.standin.pay(shop.session().id)
    assert shop.until(lambda: any(row["last_status"] == 500 for row in _deliveries(shop)))
    shop.ear.answer = 200
    assert len(shop.ear.events(DONE)) == 1


def test_doubled_delivery_sends_every_event_twice(shop: Any) -> None:
    shop.standin.control("delivery", mode="double")
    shop.standin.pay(shop.session().id)
    first, second = shop.ear.events(DONE, count=2)
    assert first.id == second.id


def test_withheld_webhooks_go_when_told(shop: Any) -> None:
    shop.standin.control("delivery", mode="withhold", types=[DONE])
    shop.standin.pay(shop.session().id)
    assert shop.ear.events("payment_intent.succeeded") != []
    assert [row["type"] for row in _deliveries(shop) if row["state"] == "withheld"] == [DONE]
    assert shop.standin.control("deliver") == {"released": 1}
    assert len(shop.ear.events(DONE)) == 1


def test_withheld_webhooks_can_go_newest_first(shop: Any) -> None:
    shop.standin.control("delivery", mode="withhold")
    shop.standin.pay(shop.session().id)
    shop.standin.control("deliver", order="newest")
    shop.ear.events("payment_intent.created")
    assert [event.type for event in shop.ear.heard] == [
        DONE,
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]


def test_delayed_webhooks_come_later(shop: Any) -> None:
    shop.standin.control("delivery", mode="delay", seconds=0.5)
    shop.standin.pay(shop.session().id)
    assert shop.ear.heard == []
    assert len(shop.ear.events(DONE)) == 1


def test_shuffled_webhooks_all_come(shop: Any) -> None:
    shop.standin.control("delivery", mode="shuffle")
    shop.standin.pay(shop.session().id)
    for kind in (DONE, "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"):
        assert len(shop.ear.events(kind)) == 1


@pytest.mark.parametrize("forgery", ["bad_signature", "no_signature", "old_timestamp", "changed_body"])
def test_a_forged_webhook_is_refused_by_the_library(shop: Any, forgery: str) -> None:
    shop.standin.pay(shop.session().id)
    event = shop.ear.events(DONE)[0]
    assert shop.standin.control("send", event=event.id, forgery=forgery) == {"statuses": [400]}
    assert shop.ear.refused == 1


def test_an_event_can_be_sent_again_many_times_at_once(shop: Any) -> None:
    shop.standin.pay(shop.session().id)
    event = shop.ear.events(DONE)[0]
    assert shop.standin.control("send", event=event.id, copies=3) == {"statuses": [200, 200, 200]}
    assert len(shop.ear.events(DONE, count=4)) == 4


def test_killed_and_restarted_it_keeps_its_state_and_delivers_what_was_undelivered(shop: Any) -> None:
    shop.ear.answer = 500
    session = shop.session()
    options = {"idempotency_key": "k1"}
    shop.standin.pay(session.id)
    intent = shop.again(session).payment_intent
    refund = shop.client.v1.refunds.create({"payment_intent": intent, "amount": 100}, options)
    shop.standin.webhook_url = shop.ear.url
    shop.standin.restart()
    shop.ear.answer = 200
    assert [event.data.object["id"] for event in shop.ear.events(DONE)] == [session.id]
    replay = shop.client.v1.refunds.create({"payment_intent": intent, "amount": 100}, options)
    assert (shop.again(session).payment_status, replay.id) == ("paid", refund.id)


def test_a_moved_clock_dates_what_is_made_and_expires_what_is_due(shop: Any) -> None:
    session = shop.session()
    shop.standin.control("clock", now=session.expires_at + 1)
    assert shop.ear.events("checkout.session.expired")[0].created > session.expires_at


def _deliveries(shop: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = shop.standin.control("deliveries")["deliveries"]
    return rows
