"""Refunds, disputes, payouts."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

pytestmark = pytest.mark.real_time


def test_partial_refunds_add_up_on_the_charge(shop: Any) -> None:
    intent = shop.paid()
    for cents in (1000, 1500):
        shop.client.v1.refunds.create({"charge": intent.latest_charge.id, "amount": cents})
    charge = shop.client.v1.charges.retrieve(intent.latest_charge.id, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (2500, False)
    assert [refund.amount for refund in charge.refunds.data] == [1500, 1000]


def test_refunding_more_than_is_left_is_refused(shop: Any) -> None:
    intent = shop.paid()
    shop.client.v1.refunds.create({"payment_intent": intent.id, "amount": 4000})
    with pytest.raises(stripe.InvalidRequestError, match=r"\(\$20.00\) is greater than unrefunded"):
        shop.client.v1.refunds.create({"payment_intent": intent.id, "amount": 2000})


def test_refunding_twice_in_full_is_refused(shop: Any) -> None:
    intent = shop.paid()
    assert shop.client.v1.refunds.create({"payment_intent": intent.id}).amount == 5000
    with pytest.raises(stripe.InvalidRequestError, match="has already been refunded") as refusal:
        shop.client.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_already_refunded"


def test_a_refund_that_fails_later_returns_to_the_charge(shop: Any) -> None:
    intent = shop.paid("refund_fails")
    refund = shop.client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    shop.standin.control("settle")
    failed = shop.ear.events("refund.failed")[0].data.object
    assert (failed["id"], failed["status"]) == (refund.id, "failed")
    assert shop.client.v1.charges.retrieve(intent.latest_charge.id).amount_refunded == 0


def test_a_pending_refund_succeeds_later(shop: Any) -> None:
    intent = shop.paid("refund_pending")
    refund = shop.client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "pending"
    shop.standin.control("settle")
    assert shop.ear.events("refund.updated")[0].data.object["status"] == "succeeded"
    assert shop.client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_the_dispute_card_is_paid_and_then_disputed(shop: Any) -> None:
    intent = shop.paid("4000000000000259")
    dispute = shop.client.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 5000)
    with pytest.raises(stripe.InvalidRequestError, match="has been charged back"):
        shop.client.v1.refunds.create({"payment_intent": intent.id})


@pytest.mark.parametrize(("outcome", "balance"), [("won", 5000 - 175 - 1500), ("lost", -175 - 1500)])
def test_a_dispute_is_decided_and_the_money_follows(shop: Any, outcome: str, balance: int) -> None:
    intent = shop.paid()
    dispute = shop.standin.control("dispute", payment_intent=intent.id)
    shop.standin.control("resolve", dispute=dispute["id"], outcome=outcome)
    assert shop.ear.events("charge.dispute.closed")[0].data.object["status"] == outcome
    assert shop.client.v1.balance.retrieve().available[0].amount == balance


def test_a_dispute_is_answered_once_and_looked_at(shop: Any) -> None:
    dispute = shop.standin.control("dispute", payment_intent=shop.paid().id)
    shop.standin.control("evidence", dispute=dispute["id"])
    told = shop.ear.events("charge.dispute.updated")[0].data.object
    assert (told["status"], told["evidence_details"]["submission_count"]) == ("under_review", 1)


def test_closing_a_dispute_gives_in(shop: Any) -> None:
    dispute = shop.standin.control("dispute", payment_intent=shop.paid().id)
    assert shop.client.v1.disputes.close(dispute["id"]).status == "lost"


def test_a_payout_carries_charges_less_fees_and_refunds(shop: Any) -> None:
    intent = shop.paid()
    shop.client.v1.refunds.create({"payment_intent": intent.id, "amount": 1000})
    payout = shop.standin.control("payout")
    moved = shop.client.v1.balance_transactions.list({"payout": payout["id"]}).data
    assert {row.type: row.net for row in moved} == {"payout": -3825, "refund": -1000, "charge": 4825}
    assert shop.ear.events("payout.paid")[0].data.object["amount"] == 3825
    assert shop.client.v1.balance.retrieve().available[0].amount == 0
