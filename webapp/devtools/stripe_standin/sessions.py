"""Checkout Sessions: made by the shop, completed by a payment, or expired."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from stripe import checkout

from webapp.devtools.stripe_standin import events, line_items, listing, shapes
from webapp.devtools.stripe_standin.params import missing_parameter
from webapp.devtools.stripe_standin.refusals import StripeRefusal, invalid, missing, not_imitated
from webapp.devtools.stripe_standin.store import Body, Transaction, new_id

SHORTEST_LIFE, LONGEST_LIFE = 30 * 60, 24 * 60 * 60
METHODS = ("card", "us_bank_account")
CHANGES_THE_MONEY = (
    "after_expiration",
    "allow_promotion_codes",
    "automatic_tax",
    "customer",
    "customer_account",
    "discounts",
    "invoice_creation",
    "managed_payments",
    "optional_items",
    "payment_method_configuration",
    "return_url",
    "saved_payment_method_options",
    "setup_intent_data",
    "shipping_options",
    "subscription_data",
    "tax_id_collection",
)
INTENT_DATA = {
    "description",
    "metadata",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
}
ECHOED = (
    "allowed_payment_method_types",
    "excluded_payment_method_types",
    "billing_address_collection",
    "client_reference_id",
    "consent_collection",
    "custom_fields",
    "integration_identifier",
    "locale",
    "name_collection",
    "origin_context",
    "payment_method_options",
    "phone_number_collection",
    "submit_type",
)


def create(tx: Transaction, params: Body, base: str) -> Body:
    """Make an open session whose page lives at `base`. Refuses what Stripe refuses or is not imitated."""
    _refuse_unimitated(params)
    _check_addresses(params)
    lines = line_items.make(params)
    total = sum(line["amount_total"] for line in lines)
    currency = lines[0]["currency"]
    if 0 < total < 50:
        raise StripeRefusal(
            "The Checkout Session's total amount due must add up to at least "
            f"{shapes.spoken_money(50, currency)} {currency}",
            code="amount_too_small",
            started=False,
        )
    session = _body(tx, params, base, total, currency)
    return tx.insert(session, {"line_items": lines, "intent_data": params.get("payment_intent_data", {})})


def _body(tx: Transaction, params: Body, base: str, total: int, currency: str) -> Body:
    session_id = new_id("cs_test")
    return shapes.make(
        checkout.Session,
        id=session_id,
        amount_subtotal=total,
        amount_total=total,
        cancel_url=params.get("cancel_url"),
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        created=tx.now(),
        currency=currency,
        custom_text=dict.fromkeys(("after_submit", "shipping_address", "submit"), None),
        customer_creation=params.get("customer_creation", "if_required"),
        customer_email=params.get("customer_email"),
        expires_at=_expires_at(tx, params),
        metadata=params.get("metadata", {}),
        mode="payment",
        payment_method_types=_methods(tx, params, currency),
        payment_method_collection="if_required",
        shipping_options=[],
        payment_status="unpaid" if total else "no_payment_required",
        status="open",
        success_url=params["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
        url=f"{base}/c/pay/{session_id}",
        **({"custom_fields": []} | {name: params[name] for name in ECHOED if name in params}),
    )


def _refuse_unimitated(params: Body) -> None:
    if "mode" not in params:
        raise missing_parameter("mode")
    if "success_url" not in params:
        raise missing_parameter("success_url")
    if params["mode"] != "payment":
        raise not_imitated(f"mode={params['mode']}")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_imitated(f"ui_mode={params['ui_mode']}")
    for name in CHANGES_THE_MONEY:
        if name in params:
            raise not_imitated(name)
    for name in sorted(set(params.get("payment_intent_data", {})) - INTENT_DATA):
        raise not_imitated(f"payment_intent_data[{name}]")


def _check_addresses(params: Body) -> None:
    for name in ("success_url", "cancel_url"):
        address = urlsplit(params.get(name, "https://example.org"))
        if address.scheme not in ("http", "https") or not address.netloc:
            raise invalid("Not a valid URL", code="url_invalid", param=name)
    email = params.get("customer_email", "a@example.org")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise invalid(f"Invalid email address: {email}", code="email_invalid", param="customer_email")
    if len(params.get("client_reference_id", "")) > 200:
        raise invalid("Invalid string: must be at most 200 characters", param="client_reference_id")


def _methods(tx: Transaction, params: Body, currency: str) -> list[str]:
    """Return the methods the Dashboard offers for this payment, less those the request filters out."""
    offered = [method for method in tx.setting("methods", METHODS) if method == "card" or currency == "usd"]
    allowed = params.get("allowed_payment_method_types", offered)
    excluded = params.get("excluded_payment_method_types", [])
    methods = [method for method in offered if method in allowed and method not in excluded]
    if not methods:
        raise StripeRefusal("No valid payment method types for this Checkout Session.", started=False)
    return methods


def _expires_at(tx: Transaction, params: Body) -> int:
    expires_at: int = params.get("expires_at", tx.now() + LONGEST_LIFE)
    if expires_at < tx.now() + SHORTEST_LIFE:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise invalid(message, param="expires_at")
    if expires_at > tx.now() + LONGEST_LIFE:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise invalid(message, param="expires_at")
    return expires_at


def retrieve(tx: Transaction, params: Body, session_id: str) -> Body:
    """`GET /v1/checkout/sessions/{id}`."""
    session = tx.find(session_id, "checkout.session")
    if session is None:
        raise missing("checkout.session", session_id, "session")
    return session


def list_sessions(tx: Transaction, params: Body) -> Body:
    """`GET /v1/checkout/sessions`."""
    return listing.page(tx, "checkout.session", params, "/v1/checkout/sessions")


def list_lines(tx: Transaction, params: Body, session_id: str) -> Body:
    """`GET /v1/checkout/sessions/{id}/line_items`."""
    session = retrieve(tx, {}, session_id)
    return shapes.listed(
        tx.private(session["id"])["line_items"], f"/v1/checkout/sessions/{session_id}/line_items"
    )


def expire(tx: Transaction, params: Body, session_id: str) -> Body:
    """Close an open session for good; nobody can pay it any more. Refuses one that is complete or expired."""
    session = retrieve(tx, {}, session_id)
    if session["status"] != "open":
        raise StripeRefusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    _cancel_intent(tx, session)
    session |= {"status": "expired", "url": None}
    tx.save(session)
    events.emit(tx, "checkout.session.expired", session)
    return session


def _cancel_intent(tx: Transaction, session: Body) -> None:
    if session["payment_intent"]:
        intent = tx.get(session["payment_intent"], "payment_intent")
        intent |= {
            "status": "canceled",
            "canceled_at": tx.now(),
            "cancellation_reason": "expired",
            "next_action": None,
        }
        events.emit(tx, "payment_intent.canceled", tx.save(intent))


def expire_due(tx: Transaction, now: int) -> list[str]:
    """Expire every open session whose time has passed by `now`; return their ids."""
    due = tx.objects(
        "checkout.session",
        "json_extract(body, '$.status') = 'open' AND json_extract(body, '$.expires_at') <= ?",
        now,
    )
    return [str(expire(tx, {}, session["id"])["id"]) for session in due]


def complete(tx: Transaction, session: Body, payment_status: str, buyer: Body) -> None:
    """The buyer is through: the page is closed, and paid (or not yet, for delayed methods)."""
    details = {"address": shapes.ADDRESS, "email": buyer["email"], "name": buyer["name"], "phone": None}
    session |= {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer_details": details
        | {"business_name": None, "individual_name": None, "tax_exempt": "none", "tax_ids": []},
    }
    tx.save(session)
    events.emit(tx, "checkout.session.completed", session)


def success_address(session: Body) -> str:
    """Return where a buyer goes after paying, with the session's id filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
