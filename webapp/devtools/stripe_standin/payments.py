"""Attempts to pay: PaymentIntents and Charges, from the first try to success, refusal or a late word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import stripe

from webapp.devtools.stripe_standin import balance, cards, disputes, events, listing, sessions, shapes
from webapp.devtools.stripe_standin.cards import Instrument
from webapp.devtools.stripe_standin.store import Body, Transaction, new_id


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: paid, processing (a bank's word is awaited), authenticate, declined, closed."""

    state: str
    message: str | None = None


def attempt(tx: Transaction, session_id: str, instrument: Instrument, buyer: Body) -> Outcome:
    """Try to pay an open session. A second attempt after success changes nothing and says `closed`."""
    session = sessions.retrieve(tx, {}, session_id)
    if session["status"] != "open" or session["expires_at"] <= tx.now():
        return Outcome("closed")
    if session["amount_total"] == 0:
        sessions.complete(tx, session, "no_payment_required", buyer)
        return Outcome("paid")
    intent = _intent(tx, session)
    tx.remember(intent["id"], instrument=instrument.number, buyer=buyer, session=session["id"])
    if instrument.authenticates:
        return _ask_for_authentication(tx, session, intent)
    return _settle(tx, session, intent, instrument, buyer)


def authenticate(tx: Transaction, session_id: str, passed: bool) -> Outcome:
    """The buyer's bank answers the 3-D Secure question of the last attempt."""
    session = sessions.retrieve(tx, {}, session_id)
    intent = tx.find(session["payment_intent"] or "", "payment_intent")
    if session["status"] != "open" or intent is None or intent["status"] != "requires_action":
        return Outcome("closed")
    facts = tx.private(intent["id"])
    instrument = _known(facts["instrument"])
    intent["next_action"] = None
    if not passed:
        error = _error("payment_intent_authentication_failure", None, cards.AUTHENTICATION_FAILED, None)
        return _refuse(tx, intent, error)
    return _settle(tx, session, intent, instrument, facts["buyer"])


def settle_bank_debit(tx: Transaction, charge: Body, succeeds: bool | None = None) -> Body:
    """The bank's late word on a pending debit: by its account number, unless `succeeds` says otherwise."""
    intent = tx.get(charge["payment_intent"], "payment_intent")
    facts = tx.private(intent["id"])
    session, instrument = sessions.retrieve(tx, {}, facts["session"]), _known(facts["instrument"])
    if (instrument.decline is None) if succeeds is None else succeeds:
        _receive(tx, session, intent, charge, balance.bank_fee(charge["amount"]), "payment")
        session["payment_status"] = "paid"
        events.emit(tx, "checkout.session.async_payment_succeeded", tx.save(session))
        return charge
    reason = instrument.decline or "insufficient_funds"
    charge |= {"status": "failed", "failure_code": reason, "failure_message": "The bank returned the debit."}
    events.emit(tx, "charge.failed", tx.save(charge))
    _refuse(
        tx, intent, _error(reason, None, "The customer's bank account could not be debited.", charge["id"])
    )
    events.emit(tx, "checkout.session.async_payment_failed", session)
    return charge


def _known(number: str) -> Instrument:
    instrument = cards.find(number)
    assert instrument is not None
    return instrument


def _intent(tx: Transaction, session: Body) -> Body:
    if session["payment_intent"]:
        return tx.get(session["payment_intent"], "payment_intent")
    data, intent_id = tx.private(session["id"])["intent_data"], new_id("pi")
    intent = tx.insert(
        shapes.make(
            stripe.PaymentIntent,
            id=intent_id,
            amount=session["amount_total"],
            amount_capturable=0,
            amount_received=0,
            amount_details={"tip": {}},
            capture_method="automatic_async",
            client_secret=f"{intent_id}_secret_standin",
            confirmation_method="automatic",
            created=tx.now(),
            currency=session["currency"],
            payment_method_types=session["payment_method_types"],
            status="requires_payment_method",
            **({"metadata": {}} | data),
        )
    )
    session["payment_intent"] = intent["id"]
    tx.save(session)
    events.emit(tx, "payment_intent.created", intent)
    return intent


def _ask_for_authentication(tx: Transaction, session: Body, intent: Body) -> Outcome:
    redirect = {"url": f"{session['url']}/authenticate", "return_url": session["url"]}
    intent |= {
        "status": "requires_action",
        "next_action": {"type": "redirect_to_url", "redirect_to_url": redirect},
    }
    events.emit(tx, "payment_intent.requires_action", tx.save(intent))
    return Outcome("authenticate")


def _settle(tx: Transaction, session: Body, intent: Body, instrument: Instrument, buyer: Body) -> Outcome:
    charge = tx.insert(_charge(tx, intent, instrument, buyer))
    tx.remember(charge["id"], refund=instrument.refund)
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"], "next_action": None}
    if instrument.kind == "us_bank_account":
        return _await_bank(tx, session, intent, charge, buyer)
    if instrument.decline:
        return _decline(tx, intent, charge, instrument.decline)
    _receive(tx, session, intent, charge, balance.card_fee(charge["amount"]), "charge")
    sessions.complete(tx, session, "paid", buyer)
    if instrument.disputed:
        disputes.open_dispute(tx, charge, "fraudulent")
    return Outcome("paid")


def _charge(tx: Transaction, intent: Body, instrument: Instrument, buyer: Body) -> Body:
    charge_id = new_id("py" if instrument.kind == "us_bank_account" else "ch")
    details: dict[str, Any] = {
        "brand": instrument.brand,
        "last4": instrument.last4,
        "funding": "credit",
        "country": "US",
    }
    if instrument.kind == "us_bank_account":
        details = {"bank_name": "STRIPE TEST BANK", "last4": instrument.last4, "routing_number": "110000000"}
    return shapes.make(
        stripe.Charge,
        id=charge_id,
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        captured=False,
        billing_details={
            "address": shapes.ADDRESS,
            "email": buyer["email"],
            "name": buyer["name"],
            "phone": None,
            "tax_id": None,
        },
        created=tx.now(),
        currency=intent["currency"],
        description=intent["description"],
        disputed=False,
        fraud_details={},
        metadata=intent["metadata"],
        paid=False,
        payment_intent=intent["id"],
        payment_method=new_id("pm"),
        payment_method_details={"type": instrument.kind, instrument.kind: details},
        refunded=False,
        status="pending",
        receipt_email=intent["receipt_email"],
        statement_descriptor=intent["statement_descriptor"],
    )


def _receive(tx: Transaction, session: Body, intent: Body, charge: Body, fee: int, kind: str) -> None:
    amount = charge["amount"]
    charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": amount}
    charge["balance_transaction"] = balance.move(tx, kind, amount, charge, fee)["id"]
    charge["outcome"] = {
        "network_status": "approved_by_network",
        "type": "authorized",
        "seller_message": "Payment complete.",
    }
    intent |= {
        "status": "succeeded",
        "amount_received": amount,
        "last_payment_error": None,
        "processing": None,
    }
    events.emit(tx, "charge.succeeded", tx.save(charge))
    events.emit(tx, "payment_intent.succeeded", tx.save(intent))


def _await_bank(tx: Transaction, session: Body, intent: Body, charge: Body, buyer: Body) -> Outcome:
    charge |= {"paid": False, "captured": True, "amount_captured": charge["amount"]}
    intent |= {"status": "processing", "processing": {"type": "us_bank_account"}, "last_payment_error": None}
    events.emit(tx, "charge.pending", tx.save(charge))
    events.emit(tx, "payment_intent.processing", tx.save(intent))
    sessions.complete(tx, session, "unpaid", buyer)
    return Outcome("processing")


def _decline(tx: Transaction, intent: Body, charge: Body, decline: str) -> Outcome:
    code, message = cards.DECLINES[decline]
    charge |= {"status": "failed", "failure_code": code, "failure_message": message}
    charge["outcome"] = {
        "network_status": "declined_by_network",
        "type": "issuer_declined",
        "reason": decline,
    }
    events.emit(tx, "charge.failed", tx.save(charge))
    return _refuse(tx, intent, _error(code, decline, message, charge["id"]))


def _error(code: str, decline: str | None, message: str, charge_id: str | None) -> Body:
    error = {
        "type": "card_error",
        "code": code,
        "message": message,
        "decline_code": decline,
        "charge": charge_id,
    }
    return {name: value for name, value in error.items() if value}


def _refuse(tx: Transaction, intent: Body, error: Body) -> Outcome:
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": error,
        "payment_method": None,
        "processing": None,
    }
    events.emit(tx, "payment_intent.payment_failed", tx.save(intent))
    return Outcome("declined", error["message"])


def retrieve_intent(tx: Transaction, params: Body, intent_id: str) -> Body:
    """`GET /v1/payment_intents/{id}`."""
    return tx.get(intent_id, "payment_intent", "intent")


def list_intents(tx: Transaction, params: Body) -> Body:
    """`GET /v1/payment_intents`."""
    return listing.page(tx, "payment_intent", params, "/v1/payment_intents")


def retrieve_charge(tx: Transaction, params: Body, charge_id: str) -> Body:
    """`GET /v1/charges/{id}`."""
    return tx.get(charge_id, "charge")


def list_charges(tx: Transaction, params: Body) -> Body:
    """`GET /v1/charges`."""
    return listing.page(tx, "charge", params, "/v1/charges")
