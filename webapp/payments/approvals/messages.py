"""What mails about a question say, from what is true when they are sent."""

from typing import Any

from webapp.core.db import db
from webapp.notifications.contents import Withdrawn
from webapp.payments.approvals import links, queries
from webapp.payments.approvals.queries import Question
from webapp.payments.models import PaymentApproval

Context = dict[str, Any]


def asked(facts: Context) -> Context | Withdrawn:
    """To the approver: who wants to take part in what, how much, until when. Its link is made here and kept as a hash only."""
    found = _question(facts)
    if found.state != "asked":
        return Withdrawn("The question is answered, or nobody asks it any more.")
    return _told(found) | {"again": bool(facts.get("again")), "path": f"/approve/{links.issue(found.approval.id)}"}


def withdrawn(facts: Context) -> Context | Withdrawn:
    """To the approver: no answer is needed any more."""
    found = _question(facts)
    return _told(found) if found.state == "withdrawn" else Withdrawn("The question was answered after all.")


def ended(facts: Context) -> Context | Withdrawn:
    """To who ordered: the agency said no, or nothing. Withdrawn when she has paid or let the place go meanwhile."""
    found = _question(facts)
    if found.order_state != "held" or found.hold_until is None:
        return Withdrawn("The order was placed or let go meanwhile.")
    return _told(found) | {"name": found.asker, "declined": found.state == "declined", "reason": found.approval.reason,
                           "hold_until": found.hold_until, "path": f"/orders/{found.order_ref}/review"}


def _question(facts: Context) -> Question:
    return queries.question(db.session.get_one(PaymentApproval, facts["approval_id"], populate_existing=True))


def _told(found: Question) -> Context:
    one = found.approval
    return {"name": one.approver_name, "asker": found.asker, "asker_email": found.asker_email, "agency": one.agency_name,
            "people": found.people, "events": found.events, "until": one.until, "total_cents": found.total_cents,
            "lines": found.bill, "po_required": found.po_required}
