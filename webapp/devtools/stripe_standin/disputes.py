"""Disputes: the buyer's bank takes the money back, and somebody wins."""

from __future__ import annotations

import stripe

from webapp.devtools.stripe_standin import balance, events, listing, shapes
from webapp.devtools.stripe_standin.refusals import StripeRefusal
from webapp.devtools.stripe_standin.store import Body, Transaction, new_id

FEE = 1500
DAYS_TO_ANSWER = 9
EVIDENCE = frozenset(stripe.Dispute.Evidence.__annotations__)


def open_dispute(tx: Transaction, charge: Body, reason: str) -> Body:
    """The bank takes the whole charge back, and a fee. Refuses unpaid or already disputed charges."""
    if not charge["paid"] or charge["disputed"]:
        raise StripeRefusal(f"Charge {charge['id']} is not paid, or is disputed already.")
    dispute = tx.insert(
        shapes.make(
            stripe.Dispute,
            id=new_id("du"),
            amount=charge["amount"],
            balance_transactions=[],
            charge=charge["id"],
            created=tx.now(),
            currency=charge["currency"],
            enhanced_eligibility_types=[],
            evidence=dict.fromkeys(sorted(EVIDENCE)),
            evidence_details={
                "due_by": tx.now() + DAYS_TO_ANSWER * 86400,
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
                "enhanced_eligibility": {},
            },
            is_charge_refundable=False,
            metadata={},
            payment_intent=charge["payment_intent"],
            reason=reason,
            status="needs_response",
        )
    )
    charge["disputed"] = True
    tx.save(charge)
    movement = balance.move(
        tx, "adjustment", -charge["amount"], dispute, FEE, f"Chargeback withdrawal for {charge['id']}"
    )
    dispute["balance_transactions"] = [movement]
    events.emit(tx, "charge.dispute.created", tx.save(dispute))
    events.emit(tx, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def answer(tx: Transaction, dispute: Body) -> Body:
    """The evidence is sent, which it can be once. Refuses a dispute that waits for no answer."""
    if dispute["status"] != "needs_response":
        raise StripeRefusal("This dispute waits for no answer")
    dispute["status"] = "under_review"
    dispute["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
    events.emit(tx, "charge.dispute.updated", tx.save(dispute))
    return dispute


def resolve(tx: Transaction, dispute: Body, won: bool) -> Body:
    """The bank decides. Won: the amount comes back, the fee does not. Refuses a dispute that is closed."""
    if dispute["status"] in ("won", "lost"):
        raise StripeRefusal("This dispute is already closed")
    dispute["status"] = "won" if won else "lost"
    if won:
        movement = balance.move(
            tx, "adjustment", dispute["amount"], dispute, text=f"Chargeback reversal for {dispute['charge']}"
        )
        dispute["balance_transactions"].append(movement)
        dispute["is_charge_refundable"] = True
        events.emit(tx, "charge.dispute.funds_reinstated", tx.save(dispute))
    events.emit(tx, "charge.dispute.closed", tx.save(dispute))
    return dispute


def close(tx: Transaction, params: Body, dispute_id: str) -> Body:
    """`POST /v1/disputes/:id/close`: give in."""
    return resolve(tx, retrieve(tx, {}, dispute_id), won=False)


def retrieve(tx: Transaction, params: Body, dispute_id: str) -> Body:
    """`GET /v1/disputes/{id}`."""
    return tx.get(dispute_id, "dispute", "dispute")


def list_disputes(tx: Transaction, params: Body) -> Body:
    """`GET /v1/disputes`."""
    return listing.page(tx, "dispute", params, "/v1/disputes")
