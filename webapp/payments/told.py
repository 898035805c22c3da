"""What Stripe's objects say about money, as values of ours. One function per kind of object; no database."""

from typing import Any

from webapp.payments.arrivals import Arrival

Body = dict[str, Any]
METHODS = {"card": "card", "us_bank_account": "bank_debit"}


def by_session(event_type: str, body: Body) -> Arrival | None:
    """A payment page that was completed; None when it cost nothing."""
    if body.get("payment_status") == "no_payment_required" or not body.get("payment_intent"):
        return None
    failed = event_type == "checkout.session.async_payment_failed"
    paid = body.get("payment_status") == "paid"
    return _arrival(
        body,
        _id(body["payment_intent"]),
        "failed" if failed else "succeeded" if paid else "processing",
        body["amount_total"],
        method="bank_debit" if failed or not paid else None,
    )


def by_intent(event_type: str, body: Body) -> Arrival:
    """A PaymentIntent that succeeded, is processing, or was declined at this try."""
    state = {"payment_intent.succeeded": "succeeded", "payment_intent.processing": "processing"}.get(event_type, "declined")
    amount = body.get("amount_received") or body["amount"]
    return _arrival(
        body, body["id"], state, amount, charge=body.get("latest_charge"), method="bank_debit" if state == "processing" else None
    )


def by_charge(_event_type: str, body: Body) -> Arrival:
    """A charge that succeeded. One made without an intent is known by its own id."""
    details = body.get("payment_method_details") or {}
    return _arrival(
        body,
        _id(body.get("payment_intent")) or body["id"],
        "succeeded",
        body["amount"],
        charge=body["id"],
        method=METHODS.get(details.get("type", "")),
    )


def _arrival(
    body: Body, intent_id: str, state: str, amount_cents: int, *, charge: Any = None, method: str | None = None
) -> Arrival:
    about = body.get("metadata") or {}
    return Arrival(
        intent_id=intent_id,
        state=state,
        amount_cents=int(amount_cents),
        currency=str(body["currency"]).upper(),
        order_ref=_key(about, "attune_order"),
        page_key=_key(about, "attune_page"),
        charge_id=_id(charge) or None,
        method=method,
    )


def _key(about: Body, name: str) -> str:
    """What we sent along, or what somebody typed at Stripe in its place: without what a database refuses."""
    return "".join(c for c in str(about.get(name, "")) if c.isprintable())[:64]


def _id(thing: Any) -> str:
    """The id of a thing that Stripe names by id or shows whole."""
    return str(thing["id"] if isinstance(thing, dict) else thing or "")
