"""Refunds: several per charge, never more than was paid, and what becomes of them later."""

from __future__ import annotations

import stripe

from webapp.devtools.stripe_standin import balance, events, listing, shapes
from webapp.devtools.stripe_standin.refusals import StripeRefusal, invalid, not_imitated
from webapp.devtools.stripe_standin.store import Body, Transaction, new_id

IMITATED = {
    "amount",
    "charge",
    "payment_intent",
    "metadata",
    "reason",
    "expand",
    "currency",
    "instructions_email",
}


def create(tx: Transaction, params: Body) -> Body:
    """Give money back. It is taken from the charge at once, also while the refund is pending."""
    for name in sorted(set(params) - IMITATED):
        raise not_imitated(name)
    charge = _charge(tx, params)
    amount = _amount(charge, params)
    behaviour = tx.private(charge["id"]).get("refund", "succeeded")
    refund = tx.insert(
        _body(tx, charge, params, amount, "pending" if behaviour == "pending" else "succeeded")
    )
    tx.remember(refund["id"], later={"fails": "failed", "pending": "succeeded"}.get(behaviour))
    _take_from(tx, charge, amount)
    _move_money(tx, refund, charge)
    events.emit(tx, "refund.created", refund)
    events.emit(tx, "charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    return refund


def _charge(tx: Transaction, params: Body) -> Body:
    if "charge" in params:
        charge = tx.get(params["charge"], "charge", "charge")
    elif "payment_intent" in params:
        charge = _charge_of_intent(tx, params["payment_intent"])
    else:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid(message, code="parameter_missing")
    if charge["disputed"] and not _won(tx, charge):
        raise StripeRefusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if not charge["paid"]:
        raise StripeRefusal(f"Charge {charge['id']} has not succeeded; cannot issue a refund.")
    return charge


def _charge_of_intent(tx: Transaction, intent_id: str) -> Body:
    intent = tx.get(intent_id, "payment_intent", "payment_intent")
    charge = tx.find(intent["latest_charge"] or "", "charge")
    if charge is None or charge["status"] == "failed":
        raise StripeRefusal(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")
    return charge


def _won(tx: Transaction, charge: Body) -> bool:
    found = tx.objects("dispute", "json_extract(body, '$.charge') = ?", charge["id"])
    return all(dispute["status"] == "won" for dispute in found)


def _amount(charge: Body, params: Body) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    amount: int = params.get("amount", left)
    if left == 0:
        raise StripeRefusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        asked, rest = (shapes.spoken_money(cents, charge["currency"]) for cents in (amount, left))
        kind = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise StripeRefusal(f"Refund amount ({asked}) is greater than {kind} ({rest})", param="amount")
    return amount


def _body(tx: Transaction, charge: Body, params: Body, amount: int, status: str) -> Body:
    bank = charge["payment_method_details"]["type"] == "us_bank_account"
    return shapes.make(
        stripe.Refund,
        id=new_id("pyr" if bank else "re"),
        amount=amount,
        charge=charge["id"],
        created=tx.now(),
        currency=charge["currency"],
        destination_details={"type": charge["payment_method_details"]["type"]},
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        pending_reason="processing" if status == "pending" else None,
        status=status,
    )


def _take_from(tx: Transaction, charge: Body, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    tx.save(charge)


def _move_money(tx: Transaction, refund: Body, charge: Body) -> None:
    kind = "payment_refund" if charge["id"].startswith("py_") else "refund"
    refund["balance_transaction"] = balance.move(
        tx, kind, -refund["amount"], refund, text="REFUND FOR CHARGE"
    )["id"]
    tx.save(refund)


def settle(tx: Transaction, refund: Body, status: str) -> Body:
    """Move a refund to its later state. A `failed` one returns to the balance and the charge."""
    previous = {"status": refund["status"]}
    refund |= {"status": status, "pending_reason": None}
    tx.remember(refund["id"], later=None)
    if status == "failed":
        _return_money(tx, refund)
    tx.save(refund)
    events.emit(tx, "refund.updated", refund, previous)
    events.emit(tx, "charge.refund.updated", refund, previous)
    if status == "failed":
        events.emit(tx, "refund.failed", refund, previous)
    return refund


def _return_money(tx: Transaction, refund: Body) -> None:
    charge = tx.get(refund["charge"], "charge")
    _take_from(tx, charge, -refund["amount"])
    movement = balance.move(tx, "refund_failure", refund["amount"], refund, text="REFUND FAILURE")
    refund |= {"failure_reason": "unknown", "failure_balance_transaction": movement["id"]}


def unsettled(tx: Transaction) -> list[Body]:
    """Return the refunds whose last word is still to come."""
    return tx.objects("refund", "json_extract(private, '$.later') IS NOT NULL")


def retrieve(tx: Transaction, params: Body, refund_id: str) -> Body:
    """`GET /v1/refunds/{id}`."""
    return tx.get(refund_id, "refund")


def list_refunds(tx: Transaction, params: Body) -> Body:
    """`GET /v1/refunds`."""
    return listing.page(tx, "refund", params, "/v1/refunds")
