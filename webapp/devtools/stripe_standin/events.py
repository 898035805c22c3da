"""Events: what happened, stored, and one delivery row for every webhook endpoint that wants to hear of it."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import stripe

from webapp.devtools.stripe_standin import listing, shapes
from webapp.devtools.stripe_standin.refusals import invalid
from webapp.devtools.stripe_standin.store import Body, Transaction, new_id

API_VERSION = stripe.api_version
NORMAL: Body = {"mode": "normal", "seconds": 0, "types": ["*"]}
MODES = ("normal", "withhold", "double", "delay", "shuffle")
SHUFFLE_SECONDS = 0.6


def emit(tx: Transaction, kind: str, thing: Body, previous: Body | None = None) -> Body:
    """Store the event with a copy of the object as it is now, and queue its deliveries."""
    data: Body = {"object": copy.deepcopy(thing)}
    if previous is not None:
        data["previous_attributes"] = previous
    request = {"id": tx.request_id, "idempotency_key": tx.idempotency_key}
    event = shapes.make(
        stripe.Event,
        id=new_id("evt"),
        api_version=API_VERSION,
        created=tx.now(),
        data=data,
        pending_webhooks=0,
        request=request,
        type=kind,
    )
    tx.insert(event)
    for endpoint in tx.objects("webhook_endpoint", "json_extract(body, '$.status') = 'enabled'"):
        if wanted(kind, endpoint["enabled_events"]):
            _queue(tx, event, endpoint)
    return event


def wanted(kind: str, patterns: Sequence[str]) -> bool:
    """Tell whether an event type is among the named ones; `*` stands for any."""
    return any(fnmatchcase(kind, pattern) for pattern in patterns)


def _queue(tx: Transaction, event: Body, endpoint: Body) -> None:
    delivery = tx.setting("delivery", NORMAL)
    mode = delivery["mode"] if wanted(event["type"], delivery["types"]) else "normal"
    wait = {"delay": delivery["seconds"], "shuffle": random.uniform(0, SHUFFLE_SECONDS)}.get(mode, 0)
    state = "withheld" if mode == "withhold" else "waiting"
    for _ in range(2 if mode == "double" else 1):
        tx.run(
            "INSERT INTO deliveries (event, endpoint, state, due_at) VALUES (?, ?, ?, ?)",
            event["id"],
            endpoint["id"],
            state,
            time.time() + wait,
        )


def shown(tx: Transaction, event: Body) -> Body:
    """Return the event with the number of webhooks that have not been accepted yet."""
    waiting = tx.rows(
        "SELECT count(DISTINCT endpoint) AS n FROM deliveries WHERE event = ? AND state <> 'delivered'",
        event["id"],
    )
    return event | {"pending_webhooks": waiting[0]["n"]}


def retrieve(tx: Transaction, params: Body, event_id: str) -> Body:
    """`GET /v1/events/{id}`."""
    return shown(tx, tx.get(event_id, "event"))


def list_events(tx: Transaction, params: Body) -> Body:
    """`GET /v1/events`: by type (with `*`), types, created, and whether every webhook was delivered."""
    if "type" in params and "types" in params:
        raise invalid("You may pass either `type` or `types`, but not both.", param="types")
    rest = {
        name: value for name, value in params.items() if name not in ("type", "types", "delivery_success")
    }
    answer = listing.page(tx, "event", rest, "/v1/events", _conditions(params))
    answer["data"] = [shown(tx, event) for event in answer["data"]]
    return answer


def _conditions(params: Body) -> list[tuple[str, list[Any]]]:
    conditions: list[tuple[str, list[Any]]] = []
    if "type" in params:
        conditions.append(("json_extract(body, '$.type') GLOB ?", [params["type"]]))
    if "types" in params:
        marks = ", ".join("?" for _ in params["types"])
        conditions.append((f"json_extract(body, '$.type') IN ({marks})", params["types"]))
    if "delivery_success" in params:
        sign = "NOT IN" if params["delivery_success"] else "IN"
        conditions.append((f"id {sign} (SELECT event FROM deliveries WHERE state <> 'delivered')", []))
    return conditions
