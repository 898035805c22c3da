"""What is written to the approver and to who ordered, in the transaction of the fact. The words: `messages`."""

from datetime import datetime

from webapp.core.db import db
from webapp.notifications import outbox
from webapp.payments.models import PaymentApproval
from webapp.registration.models import Order, Payer


def asked(found: PaymentApproval, *, half_way: datetime) -> None:
    """The question, and once more half way to its end."""
    _to_approver(found, "asked", "approval_asked")
    _to_approver(found, "half_way", "approval_asked", not_before=half_way, again=1)


def reminded(found: PaymentApproval) -> None:
    """The question once more, because who ordered asked for it."""
    _to_approver(found, f"again:{found.reminded}", "approval_asked", again=1)


def taken_back(found: PaymentApproval) -> None:
    """Nobody needs the approver's answer any more."""
    _to_approver(found, "taken_back", "approval_withdrawn")


def ended(found: PaymentApproval, order: Order) -> None:
    """To who ordered: the agency said no, or nothing; she may pay herself."""
    payer = db.session.get_one(Payer, order.payer_id)
    outbox.write(fact=f"approval:{found.id}:ended", kind="approval_ended", to_address=payer.email, to_name=payer.name,
                 person_id=payer.person_id, subject_of=f"order:{order.id}", facts={"approval_id": found.id})


def forget(found: PaymentApproval) -> None:
    """What still waits about the question is not sent."""
    outbox.withdraw(subject_of=_subject(found), note="The question is answered, or nobody asks it any more.")


def _to_approver(found: PaymentApproval, what: str, kind: str, not_before: datetime | None = None, **facts: int) -> None:
    outbox.write(fact=f"approval:{found.id}:{what}", kind=kind, to_address=found.approver_email, to_name=found.approver_name,
                 subject_of=_subject(found), facts={"approval_id": found.id, **facts}, not_before=not_before)


def _subject(found: PaymentApproval) -> str:
    return f"approval:{found.id}"
