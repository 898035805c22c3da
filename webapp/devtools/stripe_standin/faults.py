"""Troubles on the line to Stripe, ordered by a test: an error, a lost answer, a slow one."""

from __future__ import annotations

from webapp.devtools.stripe_standin.store import Body, Store, Transaction

KINDS = ("error", "lose_answer", "slow")


def order(tx: Transaction, fault: Body) -> None:
    """Have the next `times` requests whose method and path begin as given go wrong."""
    tx.set("faults", [*tx.setting("faults", []), fault])


def take(store: Store, request: str) -> Body | None:
    """Return the trouble this request (`POST /v1/refunds`) is to have, and count it down."""
    with store.transaction(write=False) as tx:
        if not tx.setting("faults", []):
            return None
    with store.transaction() as tx:
        faults: list[Body] = tx.setting("faults", [])
        hit = next((fault for fault in faults if request.startswith(fault["request"])), None)
        if hit:
            hit["times"] -= 1
            tx.set("faults", [fault for fault in faults if fault["times"] > 0])
        return hit
