"""Stripe, spoken to here and nowhere else: the unmodified official client, against STRIPE_API_BASE.

Every call happens between two transactions (one inside raises), carries an idempotency key of ours where it changes
something, waits a bounded time, and answers with plain values. What Stripe refuses comes back as a refusal.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import stripe
from flask import current_app

from webapp.core import logs
from webapp.core.db import db, in_transaction
from webapp.core.errors import Refusal

log = logs.logger(__name__)
T = TypeVar("T")
TIMEOUT = (4.0, 12.0)  # seconds to connect, to answer; tried three times
TOLERANCE_SECONDS = 300
SMALLEST_CENTS = 50  # Stripe's minimum for a card payment in US dollars
HANDLED = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.payment_failed",
    "charge.succeeded",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "payout.updated",
    "payout.paid",
    "payout.failed",
)


class Unreachable(Refusal):
    """Stripe did not answer, or is not set up here: nothing is known to have happened, trying again is safe."""

    status = 503
    code = "stripe_unreachable"


class NotSetUp(Unreachable):
    """There is no key: cards are not taken here."""

    def __init__(self) -> None:
        super().__init__("Card payments are not set up here.", way_out="Please choose to pay by invoice.")


class KeyRefused(Unreachable):
    """Stripe does not take our key, or not for this. To a buyer it is as if nobody answered; `words` are Stripe's, for staff."""

    def __init__(self, words: str) -> None:
        super().__init__("The card service cannot be reached just now.", way_out="Your place is kept; please try again in a minute.")
        self.words = words


class Refused(Refusal):
    """Stripe understood and said no; `reason` is its code and `words` its sentence, for staff and logs."""

    code = "stripe_refused"

    def __init__(self, words: str, reason: str = "") -> None:
        super().__init__("The card service did not accept this.", way_out="Please write to us; nothing was charged.")
        self.words, self.reason = words, reason


class BadSignature(Exception):
    """A webhook that does not prove that Stripe sent it now and unchanged."""


@dataclass(frozen=True)
class PageRequest:
    """What a payment page is asked for. `lines` are (label, cents) that add up to the amount.

    `order_ref` is ours alone (metadata, which no payer sees); `reference`, `about` and the two paths she comes back by are not.
    """

    key: str
    order_ref: str
    reference: str
    about: str
    paid_path: str
    back_path: str
    lines: tuple[tuple[str, int], ...]
    currency: str
    expires_at: datetime
    email: str


@dataclass(frozen=True)
class SessionAtStripe:
    """A payment page as Stripe knows it: status open, complete or expired; payment_status paid or unpaid."""

    id: str
    url: str
    status: str
    payment_status: str
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint registered at Stripe, for `doctor`."""

    url: str
    enabled: bool
    types: tuple[str, ...]


def open_checkout(request: PageRequest) -> SessionAtStripe:
    """Makes the payment page, or gives the one made before under the same key."""
    base = _settings().base_url
    about = {"attune_order": request.order_ref, "attune_page": request.key}
    params: Any = {
        "mode": "payment",
        "client_reference_id": request.reference,
        "metadata": about,
        "submit_type": "pay",
        "payment_intent_data": {"metadata": about, "description": request.about},
        "success_url": f"{base}{request.paid_path}",
        "cancel_url": f"{base}{request.back_path}",
        "expires_at": int(request.expires_at.timestamp()),
        "customer_email": request.email,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {"currency": request.currency.lower(), "unit_amount": cents, "product_data": {"name": label[:250]}},
            }
            for label, cents in request.lines
        ],
    }
    return _session(
        _call(lambda client: client.v1.checkout.sessions.create(params=params, options={"idempotency_key": request.key}))
    )


def expire_checkout(session_id: str) -> SessionAtStripe:
    """Closes the page and answers how it stands now: expired, or complete when somebody was quicker."""
    try:
        return _session(_call(lambda client: client.v1.checkout.sessions.expire(session_id)))
    except Refused:
        return retrieve_session(session_id)  # only open pages can be expired: ask what became of it


def retrieve_session(session_id: str) -> SessionAtStripe:
    """The page as it stands at Stripe now."""
    return _session(_call(lambda client: client.v1.checkout.sessions.retrieve(session_id)))


def refund(*, intent_id: str, amount_cents: int, key: str) -> dict[str, Any]:
    """Asks Stripe to give money back; answers the refund as Stripe keeps it. The same key never refunds twice."""
    params: Any = {"payment_intent": intent_id, "amount": amount_cents, "metadata": {"attune_refund": key}}
    return _plain(_call(lambda client: client.v1.refunds.create(params=params, options={"idempotency_key": key})))


def list_events(since: datetime, after: str | None = None) -> tuple[list[dict[str, Any]], bool]:
    """Up to 100 events we act on since that moment, the newest first, older than `after`; and whether there are more."""
    params: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": 100, "types": list(HANDLED)}
    if after:
        params["starting_after"] = after
    page = _call(lambda client: client.v1.events.list(params=params))  # type: ignore[arg-type]
    return [_plain(event) for event in page.data], bool(page.has_more)


def retrieve_event(event_id: str) -> dict[str, Any]:
    """One event as Stripe keeps it (30 days)."""
    return _plain(_call(lambda client: client.v1.events.retrieve(event_id)))


def carried_by(payout_id: str) -> list[dict[str, Any]]:
    """Every movement of the balance that a payout carried, with Stripe's fees; the payout's own movement too."""
    found: list[dict[str, Any]] = []
    more = True
    while more:
        params: Any = {"payout": payout_id, "limit": 100} | ({"starting_after": found[-1]["id"]} if found else {})
        page = _call(partial(_balance_page, params))
        found += [_plain(one) for one in page.data]
        more = bool(page.has_more)
    return found


def is_by_hand(payout_id: str) -> bool:
    """Whether somebody made this payout at Stripe, and no schedule: Stripe cannot say what such a one carried."""
    return _plain(_call(lambda client: client.v1.payouts.retrieve(payout_id)))["automatic"] is False


def endpoints() -> list[Endpoint]:
    """The webhook endpoints registered at Stripe."""
    page = _call(lambda client: client.v1.webhook_endpoints.list(params={"limit": 100}))
    return [Endpoint(one.url, one.status == "enabled", tuple(one.enabled_events)) for one in page.data]


def verified(payload: bytes, signature: str | None) -> dict[str, Any]:
    """The event in a webhook, once its signature, age and form are proven. Raises BadSignature."""
    secret = _settings().stripe_webhook_secret.get_secret_value()
    try:
        stripe.WebhookSignature.verify_header(payload, signature, secret, TOLERANCE_SECONDS)
        event = json.loads(payload)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise BadSignature(str(error).splitlines()[0]) from error
    if not (
        isinstance(event, dict)
        and isinstance(event.get("id"), str)
        and isinstance(event.get("type"), str)
        and isinstance(event.get("data"), dict)
    ):
        raise BadSignature("signed, but not an event")
    found: dict[str, Any] = event
    return found


def is_live() -> bool:
    """Whether our key moves real money; events of the other kind are not ours."""
    return str(_settings().stripe_secret_key.get_secret_value()).startswith(("sk_live_", "rk_live_"))


def is_set_up() -> bool:
    """Whether card payments can be taken at all."""
    return bool(_settings().stripe_secret_key.get_secret_value())


def _settings() -> Any:
    return current_app.config["SETTINGS"]


def _client() -> stripe.StripeClient:
    settings = _settings()
    key = settings.stripe_secret_key.get_secret_value()
    if not key:
        raise NotSetUp
    kept: dict[tuple[str, str], stripe.StripeClient] = current_app.extensions.setdefault("attune_stripe", {})
    if (key, settings.stripe_api_base) not in kept:
        kept[key, settings.stripe_api_base] = stripe.StripeClient(
            key,
            base_addresses={"api": settings.stripe_api_base},
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )
    return kept[key, settings.stripe_api_base]


def _call(ask: Callable[[stripe.StripeClient], T]) -> T:
    if in_transaction():
        raise RuntimeError("no call to Stripe inside a transaction")
    client = _client()
    db.session.rollback()  # a read snapshot or a pooled connection is not kept while we wait
    try:
        return ask(client)
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        log.warning("stripe_refused", code=error.code, words=str(error.user_message or error))
        raise Refused(str(error.user_message or error), error.code or "") from error
    except stripe.IdempotencyError as error:
        raise Refused(str(error), "idempotency") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("stripe_key_refused", kind=type(error).__name__, status=error.http_status)
        raise KeyRefused(str(error.user_message or error)) from error
    except stripe.StripeError as error:
        log.error("stripe_unreachable", kind=type(error).__name__, status=error.http_status)
        raise Unreachable(
            "The card service cannot be reached just now.", way_out="Your place is kept; please try again in a minute."
        ) from error


def _balance_page(params: Any, client: stripe.StripeClient) -> Any:
    return client.v1.balance_transactions.list(params=params)


def _session(found: Any) -> SessionAtStripe:
    body = _plain(found)
    return SessionAtStripe(body["id"], body.get("url") or "", body["status"], body["payment_status"], body)


def _plain(found: Any) -> dict[str, Any]:
    return dict(found.to_dict(recursive=True)) if hasattr(found, "to_dict") else dict(found)
