"""Webhook endpoints: where events are posted, and which types each wants."""

from __future__ import annotations

import secrets

import stripe

from webapp.devtools.stripe_standin import events, listing, shapes
from webapp.devtools.stripe_standin.refusals import missing
from webapp.devtools.stripe_standin.store import Body, Transaction, new_id

MAIN = "we_standin_main"


def set_main(tx: Transaction, url: str | None, secret: str) -> None:
    """Point the endpoint of the command line at `url`; what waits for it goes to the new address."""
    endpoint = tx.find(MAIN, "webhook_endpoint") or tx.insert(_body(tx, MAIN, url or "", ["*"]))
    endpoint |= {"url": url or "", "status": "enabled" if url else "disabled"}
    tx.save(endpoint)
    tx.remember(MAIN, secret=secret)


def _body(tx: Transaction, endpoint_id: str, url: str, types: list[str]) -> Body:
    return shapes.make(
        stripe.WebhookEndpoint,
        id=endpoint_id,
        api_version=events.API_VERSION,
        created=tx.now(),
        enabled_events=types,
        metadata={},
        status="enabled",
        url=url,
    )


def create(tx: Transaction, params: Body) -> Body:
    """`POST /v1/webhook_endpoints`; the signing secret is shown in this answer only."""
    endpoint = tx.insert(_body(tx, new_id("we"), params["url"], params["enabled_events"]))
    endpoint |= {"description": params.get("description"), "metadata": params.get("metadata") or {}}
    secret = f"whsec_{secrets.token_hex(16)}"
    tx.save(endpoint)
    tx.remember(endpoint["id"], secret=secret)
    return endpoint | {"secret": secret}


def update(tx: Transaction, params: Body, endpoint_id: str) -> Body:
    """`POST /v1/webhook_endpoints/{id}`: address, events, description, and whether it is disabled."""
    endpoint = retrieve(tx, {}, endpoint_id)
    endpoint |= {name: params[name] for name in ("url", "enabled_events", "description") if name in params}
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    return tx.save(endpoint)


def retrieve(tx: Transaction, params: Body, endpoint_id: str) -> Body:
    """`GET /v1/webhook_endpoints/{id}`."""
    endpoint = tx.find(endpoint_id, "webhook_endpoint")
    if endpoint is None:
        raise missing("webhook endpoint", endpoint_id, "webhook_endpoint")
    return endpoint


def list_endpoints(tx: Transaction, params: Body) -> Body:
    """`GET /v1/webhook_endpoints`."""
    return listing.page(tx, "webhook_endpoint", params, "/v1/webhook_endpoints")
