"""What each type of Stripe's events does here. An unknown type does nothing and is kept."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from webapp.core import clock
from webapp.core.db import db
from webapp.payments import arrivals, disputes, gateway, payouts, returned, told
from webapp.payments.models import CheckoutPage
from webapp.payments.rules.outcomes import Outcome

Body = dict[str, Any]


def of(event: Body) -> Outcome:
    """Applies a verified event of Stripe's in the caller's transaction and says what it came to."""
    if event.get("account"):
        return Outcome("for_finance", f"It is about another account at Stripe ({str(event['account'])[:40]}).")
    if bool(event.get("livemode")) != gateway.is_live():
        kind = "real" if event.get("livemode") else "test"
        return Outcome("for_finance", f"It is about {kind} money, and our key is for the other kind.")
    effect = EFFECTS.get(str(event["type"]))
    if effect is None:
        return Outcome("ignored", "Nothing is done for this type of event.")
    return effect(str(event["type"]), event["data"]["object"])


def _session(event_type: str, body: Body) -> Outcome:
    if arrival := told.by_session(event_type, body):
        return arrivals.apply(arrival)
    return Outcome("ignored", "Nothing was to be paid.")


def _session_expired(_event_type: str, body: Body) -> Outcome:
    page = db.session.scalar(select(CheckoutPage).where(CheckoutPage.provider_session_id == body["id"]).with_for_update())
    if page is None or page.state not in ("open", "expiring"):
        return Outcome("ignored", "No open payment page of ours.")
    page.state = "expired"
    return Outcome("applied", "The payment page is closed; the clock frees the places.")


def _intent(event_type: str, body: Body) -> Outcome:
    return arrivals.apply(told.by_intent(event_type, body))


def _charge(event_type: str, body: Body) -> Outcome:
    return arrivals.apply(told.by_charge(event_type, body))


def _refund(_event_type: str, body: Body) -> Outcome:
    return returned.apply(body)


def _charge_refunded(_event_type: str, body: Body) -> Outcome:
    """Older API versions list the refunds inside; newer ones tell of each by an event of its own."""
    inside = (body.get("refunds") or {}).get("data") or []
    outcomes = [returned.apply(one) for one in inside]
    return next((one for one in outcomes if one.outcome != "ignored"), Outcome("ignored", "The refund tells of itself."))


def _dispute(event_type: str, body: Body) -> Outcome:
    state = disputes.apply(body, clock.now(), begins=event_type.endswith("created")).state
    if event_type.endswith("updated"):
        return Outcome("applied", f"The dispute is {state.replace('_', ' ')}.")
    word = "opened" if event_type.endswith("created") else f"ended: {body.get('status', '')}"
    return Outcome("for_finance", f"A buyer's bank disputes charge {body.get('charge', '')}: {word}. Answer it at Stripe.")


def _payout(_event_type: str, body: Body) -> Outcome:
    return payouts.apply(body)


EFFECTS: dict[str, Callable[[str, Body], Outcome]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session_expired,
    "payment_intent.succeeded": _intent,
    "payment_intent.processing": _intent,
    "payment_intent.payment_failed": _intent,
    "charge.succeeded": _charge,
    "charge.refunded": _charge_refunded,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "payout.updated": _payout,
    "payout.paid": _payout,
    "payout.failed": _payout,
}
