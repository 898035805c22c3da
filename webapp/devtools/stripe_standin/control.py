"""Control endpoints under `/_control/`: what a test or developer may order that Stripe's API lacks.

All take JSON by POST (`books`, `deliveries` and `health` also GET) and answer JSON;
docs/decisions/stripe-standin.md lists them.
"""

from __future__ import annotations

import re
import time
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from webapp.devtools.stripe_standin import (
    balance,
    cards,
    courier,
    disputes,
    events,
    faults,
    payments,
    sessions,
    webhooks,
)
from webapp.devtools.stripe_standin.refusals import StripeRefusal
from webapp.devtools.stripe_standin.store import Body, Store, Transaction

blueprint = Blueprint("control", __name__, url_prefix="/_control")
SESSION_ID = re.compile(r"cs_test_[0-9a-f]+")


def store() -> Store:
    """The file that this server works on."""
    store: Store = current_app.config["STORE"]
    return store


def wishes() -> Body:
    """The JSON object of the request; empty when there is none."""
    given = request.get_json(silent=True)
    return dict(given) if isinstance(given, dict) else {}


def choice(value: str, allowed: tuple[str, ...]) -> str:
    """`value`, when it is one of those allowed; refuses it otherwise."""
    if value not in allowed:
        raise StripeRefusal(f"{value!r} is not one of {', '.join(allowed)}")
    return value


@blueprint.errorhandler(StripeRefusal)
def _refused(refusal: StripeRefusal) -> tuple[Response, int]:
    return jsonify(refusal.body()), refusal.status


@blueprint.errorhandler(KeyError)
def _incomplete(error: KeyError) -> tuple[Response, int]:
    return jsonify(StripeRefusal(f"This control needs {error}").body()), 400


@blueprint.route("/health", methods=["GET", "POST"])
def health() -> Body:
    """That the server is up, its time in whole seconds, and how it delivers webhooks."""
    with store().transaction(write=False) as tx:
        return {"ok": True, "now": tx.now(), "delivery": tx.setting("delivery", events.NORMAL)}


@blueprint.post("/pay")
def pay() -> Body:
    """Pay a session as a buyer would: `card` by number or short name; `authenticate` answers 3-D Secure."""
    asked = wishes()
    instrument = cards.find(str(asked.get("card", "success")))
    if instrument is None:
        raise StripeRefusal(
            f"No test card {asked['card']!r}; known: {', '.join(card.name for card in cards.INSTRUMENTS)}"
        )
    with store().transaction() as tx:
        session_id = _session_id(asked)
        session = sessions.retrieve(tx, {}, session_id)
        buyer = {
            "name": asked.get("name", "Test Buyer"),
            "email": asked.get("email") or session["customer_email"],
        }
        outcome = payments.attempt(tx, session_id, instrument, buyer)
        if outcome.state == "authenticate" and asked.get("authenticate", True) is not None:
            outcome = payments.authenticate(tx, session_id, bool(asked.get("authenticate", True)))
        return {
            "state": outcome.state,
            "message": outcome.message,
            "session": sessions.retrieve(tx, {}, session_id),
            "redirect": sessions.success_address(session),
        }


def _session_id(asked: Body) -> str:
    found = SESSION_ID.search(str(asked["session"]))
    return found.group() if found else str(asked["session"])


@blueprint.post("/dispute")
def dispute() -> Body:
    """Have the buyer's bank dispute a `charge` (or the charge of a `payment_intent` or `session`)."""
    asked = wishes()
    with store().transaction() as tx:
        return disputes.open_dispute(tx, _charge(tx, asked), asked.get("reason", "fraudulent"))


def _charge(tx: Transaction, asked: Body) -> Body:
    if "charge" in asked:
        return tx.get(asked["charge"], "charge")
    intent = asked.get("payment_intent") or sessions.retrieve(tx, {}, _session_id(asked))["payment_intent"]
    return tx.get(tx.get(intent or "", "payment_intent")["latest_charge"] or "", "charge")


@blueprint.post("/evidence")
def evidence() -> Body:
    """Somebody of ours answers a `dispute` on Stripe's own pages; the bank looks at it from then on."""
    with store().transaction() as tx:
        return disputes.answer(tx, disputes.retrieve(tx, {}, wishes()["dispute"]))


@blueprint.post("/resolve")
def resolve() -> Body:
    """Decide a `dispute`: `outcome` won or lost."""
    asked = wishes()
    with store().transaction() as tx:
        won = choice(asked["outcome"], ("won", "lost")) == "won"
        return disputes.resolve(tx, disputes.retrieve(tx, {}, asked["dispute"]), won)


@blueprint.post("/settle")
def settle() -> Body:
    """Give the banks' late word on every pending debit and refund; `outcome` overrides the test numbers."""
    outcome = wishes().get("outcome")
    with store().transaction() as tx:
        succeeds = None if outcome is None else choice(outcome, ("succeeded", "failed")) == "succeeded"
        return {"settled": courier.settle_older(tx, tx.now() + 1, succeeds)}


@blueprint.post("/payout")
def payout() -> Body:
    """Pay the balance of a `currency` out to the bank."""
    with store().transaction() as tx:
        return balance.make_payout(tx, wishes().get("currency", "usd"), wishes().get("automatic", True))


@blueprint.post("/advance")
def advance() -> Body:
    """Expire the open sessions whose time has passed by `now` (default: now)."""
    with store().transaction() as tx:
        return {"expired": sessions.expire_due(tx, int(wishes().get("now") or tx.now()))}


@blueprint.post("/clock")
def clock() -> Body:
    """Set the stand-in's clock to `now` (it runs on from there), or back to the machine's with null."""
    asked = wishes()
    with store().transaction() as tx:
        tx.set("clock_offset", 0 if asked.get("now") is None else int(asked["now"]) - time.time())
        return {"now": tx.now()}


@blueprint.post("/methods")
def methods() -> Body:
    """Set the payment methods switched on in the Dashboard: card, us_bank_account."""
    enabled = [choice(method, sessions.METHODS) for method in wishes()["enabled"]]
    with store().transaction() as tx:
        tx.set("methods", enabled)
    return {"enabled": enabled}


@blueprint.post("/fault")
def fault() -> Body:
    """Make the next `times` requests that begin with `request` (`POST /v1/refunds`) go wrong, by `kind`."""
    asked = wishes()
    wanted = {
        "request": asked["request"],
        "kind": choice(asked["kind"], faults.KINDS),
        "times": int(asked.get("times", 1)),
        "seconds": float(asked.get("seconds", 1)),
    }
    with store().transaction() as tx:
        faults.order(tx, wanted)
    return wanted


@blueprint.post("/reset")
def reset() -> Body:
    """Forget everything but the webhook endpoint of the command line."""
    with store().transaction() as tx:
        tx.run("DELETE FROM objects WHERE id <> ?", webhooks.MAIN)
        for table in ("answers", "deliveries", "settings"):
            tx.run(f"DELETE FROM {table}")
    return {"ok": True}


@blueprint.route("/books", methods=["GET", "POST"])
def books() -> dict[str, Any]:
    """List everything about money, oldest first, to reconcile with."""
    kinds = {
        "sessions": "checkout.session",
        "payment_intents": "payment_intent",
        "charges": "charge",
        "refunds": "refund",
        "disputes": "dispute",
        "payouts": "payout",
        "balance_transactions": "balance_transaction",
    }
    with store().transaction(write=False) as tx:
        return {name: tx.objects(kind) for name, kind in kinds.items()}
