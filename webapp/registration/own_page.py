"""The page of one attendee's place, for who did not order it herself: /places/<key>, without an account.

The key is derived from the order's secret reference and does not tell it: who holds the key sees one place, and neither the
order nor its money nor the other people in it.
"""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, or_, select
from sqlalchemy.orm import aliased

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.forms.models import Answer, Question
from webapp.registration.models import Charge, Order, Payer, Registration


@dataclass(frozen=True)
class OwnPage:
    """Whose order a place is in. `is_buyer`: the attendee ordered it herself, so that the order's page is hers."""

    registration_id: int
    order_ref: str
    placed_by_id: int | None
    is_buyer: bool

    @property
    def path(self) -> str:
        """Where a mail to the attendee leads."""
        return f"/orders/{self.order_ref}" if self.is_buyer else f"/places/{key(self.registration_id, self.order_ref)}"


def key(registration_id: int, order_ref: str, what: str = "place") -> str:
    """The secret part of the page's address; `what` else than her place has another one, and neither tells the other."""
    digest = hmac.new(order_ref.encode(), f"{what}:{registration_id}".encode(), hashlib.sha256).hexdigest()
    return f"{registration_id}-{digest[:32]}"


def find(typed: str, what: str = "place") -> int:
    """The registration with this key; NotFound otherwise."""
    number = typed.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound
    ref = db.session.scalar(
        select(Order.ref).join(Registration, Registration.order_id == Order.id).where(Registration.id == int(number)))
    if ref is None or not hmac.compare_digest(key(int(number), ref, what).encode(), typed.encode()):
        raise NotFound
    return int(number)


def of(registration_id: int) -> OwnPage:
    """The page for the attendee of this place."""
    row = db.session.execute(
        select(Order.ref, Order.placed_by_id, Registration.person_id, Registration.email, buyer_address().label("buyer"))
        .join(Registration, Registration.order_id == Order.id).where(Registration.id == registration_id)).one()
    is_buyer = row.email == row.buyer or (row.person_id is not None and row.person_id == row.placed_by_id)
    return OwnPage(registration_id, row.ref, row.placed_by_id, is_buyer)


@dataclass(frozen=True)
class Asking:
    """What the organizer asks of who did not order her place herself: where she answers, and whether she has."""

    path: str
    is_answered: bool


def asking(registration_id: int) -> Asking | None:
    """What is asked of the attendee of a confirmed place that she took over, or that somebody else ordered; None when nothing is."""
    r = Registration
    asked = select(Question.id).where(Question.event_id == r.event_id, Question.asked_in == "registration", Question.retired_at.is_(None))
    answered = select(Answer.id).where(Answer.registration_id == r.id)
    row = db.session.execute(
        select(Order.ref, answered.exists().label("answered")).join(r, r.order_id == Order.id)
        .where(r.id == registration_id, r.state == "confirmed", r.person_id.is_not(None), asked.exists(),
               or_(r.replaces_id.is_not(None), r.email != buyer_address()))).one_or_none()
    return Asking(f"/places/{key(registration_id, row.ref)}/questions", row.answered) if row else None


def questions_path(registration_id: int) -> str:
    """Where who did not order her place herself answers what the organizer asks; '' when nothing is asked, or she has answered."""
    found = asking(registration_id)
    return found.path if found is not None and not found.is_answered else ""


def buyer_address() -> ScalarSelect[str]:
    """The address of who ordered, beside `Order` in a query: it stands with the order's first charge, also when an agency pays."""
    payer = aliased(Payer)
    return (select(payer.email).join(Charge, Charge.payer_id == payer.id).where(Charge.order_id == Order.id)
            .order_by(Charge.id).limit(1).correlate(Order).scalar_subquery())
