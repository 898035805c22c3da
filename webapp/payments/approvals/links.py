"""The approver's links: a secret made while her mail is rendered, kept as a hash, good as long as the question's page is."""

from datetime import datetime

from sqlalchemy import delete, select

from webapp.core import clock, tokens
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.payments.models import ApprovalLink, PaymentApproval


def issue(approval_id: int) -> str:
    """A new secret for the question; it is kept nowhere."""
    secret = tokens.secret()
    db.session.add(ApprovalLink(token_hash=tokens.digest(secret), approval_id=approval_id, created_at=clock.now()))
    db.session.flush()
    return secret


def opened(typed: str) -> PaymentApproval:
    """The question this secret belongs to, open or ended; looking changes nothing. NotFound for any other text."""
    found = db.session.scalar(
        select(PaymentApproval).join(ApprovalLink, ApprovalLink.approval_id == PaymentApproval.id)
        .where(ApprovalLink.token_hash == tokens.digest(typed)).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def sweep(*, before: datetime) -> int:
    """Forgets the secrets of questions that ended before the moment; returns how many."""
    over = select(PaymentApproval.id).where(PaymentApproval.ended_at < before)
    return len(db.session.execute(
        delete(ApprovalLink).where(ApprovalLink.approval_id.in_(over)).returning(ApprovalLink.token_hash)).all())
