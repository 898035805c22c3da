"""What people are told about attendance, from what is true when it is sent."""

from typing import Any

from webapp.attendance.models import HeldCertificate
from webapp.core.db import db
from webapp.notifications.contents import Withdrawn
from webapp.registration import messages


def certificate_held(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """To the attendee: her certificate comes when the invoice of her place is paid."""
    row = db.session.get(HeldCertificate, facts["registration_id"])
    if row is None or row.ended_at is not None:
        return Withdrawn("The certificate does not wait any more.")
    return messages.registration_cancelled(facts)  # a place, whatever became of it
