"""Stripe's HTTP API: the table of what is answered, and the way every request goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import stripe.params as shapes
from flask import Blueprint, Response, current_app, jsonify, request
from stripe.params import checkout as checkout_shapes

from webapp.devtools.stripe_standin import (
    balance,
    disputes,
    events,
    faults,
    idempotency,
    listing,
    params,
    payments,
    refunds,
    sessions,
    webhooks,
)
from webapp.devtools.stripe_standin.idempotency import Answer
from webapp.devtools.stripe_standin.refusals import StripeRefusal, unauthorised
from webapp.devtools.stripe_standin.store import Body, Store, Transaction, new_id

Handler = Callable[..., Body]
blueprint = Blueprint("api", __name__)


@dataclass(frozen=True)
class Route:
    """One thing that can be asked. `shape` is the library's type of its parameters."""

    method: str
    path: str
    shape: type
    handler: Handler


def _create_session(tx: Transaction, values: Body) -> Body:
    return sessions.create(tx, values, request.host_url.rstrip("/"))


ROUTES = (
    Route("POST", "/v1/checkout/sessions", checkout_shapes.SessionCreateParams, _create_session),
    Route("GET", "/v1/checkout/sessions", checkout_shapes.SessionListParams, sessions.list_sessions),
    Route(
        "GET", "/v1/checkout/sessions/<session_id>", checkout_shapes.SessionRetrieveParams, sessions.retrieve
    ),
    Route(
        "GET",
        "/v1/checkout/sessions/<session_id>/line_items",
        checkout_shapes.SessionLineItemListParams,
        sessions.list_lines,
    ),
    Route(
        "POST",
        "/v1/checkout/sessions/<session_id>/expire",
        checkout_shapes.SessionExpireParams,
        sessions.expire,
    ),
    Route("GET", "/v1/payment_intents", shapes.PaymentIntentListParams, payments.list_intents),
    Route(
        "GET", "/v1/payment_intents/<intent_id>", shapes.PaymentIntentRetrieveParams, payments.retrieve_intent
    ),
    Route("GET", "/v1/charges", shapes.ChargeListParams, payments.list_charges),
    Route("GET", "/v1/charges/<charge_id>", shapes.ChargeRetrieveParams, payments.retrieve_charge),
    Route("POST", "/v1/refunds", shapes.RefundCreateParams, refunds.create),
    Route("GET", "/v1/refunds", shapes.RefundListParams, refunds.list_refunds),
    Route("GET", "/v1/refunds/<refund_id>", shapes.RefundRetrieveParams, refunds.retrieve),
    Route("GET", "/v1/disputes", shapes.DisputeListParams, disputes.list_disputes),
    Route("GET", "/v1/disputes/<dispute_id>", shapes.DisputeRetrieveParams, disputes.retrieve),
    Route("POST", "/v1/disputes/<dispute_id>/close", shapes.DisputeCloseParams, disputes.close),
    Route("GET", "/v1/events", shapes.EventListParams, events.list_events),
    Route("GET", "/v1/events/<event_id>", shapes.EventRetrieveParams, events.retrieve),
    Route("GET", "/v1/webhook_endpoints", shapes.WebhookEndpointListParams, webhooks.list_endpoints),
    Route("POST", "/v1/webhook_endpoints", shapes.WebhookEndpointCreateParams, webhooks.create),
    Route(
        "GET", "/v1/webhook_endpoints/<endpoint_id>", shapes.WebhookEndpointRetrieveParams, webhooks.retrieve
    ),
    Route("POST", "/v1/webhook_endpoints/<endpoint_id>", shapes.WebhookEndpointUpdateParams, webhooks.update),
    Route("GET", "/v1/payouts", shapes.PayoutListParams, balance.list_payouts),
    Route("GET", "/v1/payouts/<payout_id>", shapes.PayoutRetrieveParams, balance.retrieve_payout),
    Route("GET", "/v1/balance_transactions", shapes.BalanceTransactionListParams, balance.list_transactions),
    Route(
        "GET",
        "/v1/balance_transactions/<transaction_id>",
        shapes.BalanceTransactionRetrieveParams,
        balance.retrieve_transaction,
    ),
    Route("GET", "/v1/balance", shapes.BalanceRetrieveParams, balance.retrieve),
    Route("GET", "/v1/account", shapes.AccountRetrieveCurrentParams, balance.retrieve_account),
    Route("GET", "/v1/accounts/<account_id>", shapes.AccountRetrieveParams, balance.retrieve_account),
)


def _serve(route: Route, **ids: str) -> Response:
    store: Store = current_app.config["STORE"]
    request_id = new_id("req")
    name = f"{request.method} {request.path}"
    fault = faults.take(store, name) or {"kind": "none"}
    if fault["kind"] == "slow":
        time.sleep(fault["seconds"])
    if fault["kind"] == "error":
        return _broken(request_id)
    answer = _answer(store, route, ids, request_id)
    return _broken(request_id) if fault["kind"] == "lose_answer" else _response(answer, request_id)


def _answer(store: Store, route: Route, ids: dict[str, str], request_id: str) -> Answer:
    key = request.headers.get("Idempotency-Key") if route.method == "POST" else None
    try:
        _check_key()
        with store.transaction(write=route.method == "POST", request_id=request_id, key=key) as tx:
            return _once(tx, route, ids, key)
    except StripeRefusal as refusal:
        return Answer(refusal.status, refusal.body())


def _once(tx: Transaction, route: Route, ids: dict[str, str], key: str | None) -> Answer:
    """Do the work, or replay the answer kept under the key. A refusal undoes the work but is kept too."""
    pairs = list((request.form if route.method == "POST" else request.args).items(multi=True))
    name, fingerprint = request.path, idempotency.digest(pairs)
    if key and (kept := idempotency.recall(tx, key, name, fingerprint)):
        return kept
    tx.run("SAVEPOINT work")
    try:
        values = params.read(route.shape, params.nested(pairs))
        answer = Answer(200, listing.expand(tx, route.handler(tx, values, **ids), values.get("expand", [])))
    except StripeRefusal as refusal:
        tx.run("ROLLBACK TO work")
        if not refusal.started:
            raise
        answer = Answer(refusal.status, refusal.body())
    if key:
        idempotency.keep(tx, key, name, fingerprint, answer)
    return answer


def _check_key() -> None:
    given = request.headers.get("Authorization", "")
    if not given.startswith("Bearer "):
        raise unauthorised("You did not provide an API key. Provide it in the Authorization header.")
    key = given.removeprefix("Bearer ")
    if not key.startswith(("sk_test_", "rk_test_")):
        raise unauthorised(
            f"Invalid API Key provided: {key[:8]}****. The stand-in takes sk_test_ and rk_test_ keys only."
        )


def _response(answer: Answer, request_id: str) -> Response:
    response = jsonify(answer.body)
    response.status_code = answer.status
    response.headers |= {"Request-Id": request_id, "Stripe-Version": events.API_VERSION}
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    if key := request.headers.get("Idempotency-Key"):
        response.headers["Idempotency-Key"] = key
    return response


def _broken(request_id: str) -> Response:
    body: dict[str, Any] = {"error": {"type": "api_error", "message": "An unexpected error occurred."}}
    return _response(Answer(500, body), request_id)


def unknown_path() -> Response:
    """Answer an address the API does not have, in Stripe's words."""
    message = (
        f"Unrecognized request URL ({request.method}: {request.path}). "
        "If you are trying to list objects, remove the trailing slash."
    )
    return _response(Answer(404, StripeRefusal(message).body()), new_id("req"))


for _route in ROUTES:
    blueprint.add_url_rule(
        _route.path,
        f"{_route.method} {_route.path}".replace(".", "_"),
        partial(_serve, _route),
        methods=[_route.method],
    )
