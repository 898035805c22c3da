"""Asking an agency, and having the question sent once more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from webapp.accounts import names
from webapp.accounts.models import Agency
from webapp.catalog.models import Event
from webapp.core import clock, text
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Refusal, Unacceptable
from webapp.payments import settlement
from webapp.payments.approvals import letters
from webapp.payments.models import PaymentApproval
from webapp.payments.rules import approving
from webapp.registration import orders
from webapp.registration.models import Order, Payer, Registration

MOST_REMINDERS = 2  # that who ordered asks for, beside our own half way
BETWEEN = timedelta(hours=4)


@dataclass(frozen=True)
class Wish:
    """Who is to be asked, as typed. `email` may be empty where the agency is known and has a billing contact."""

    agency: str
    email: str = ""
    approver: str = ""


def ask(order_id: int, wish: Wish, zone: str, *, seen_total_cents: int | None = None) -> PaymentApproval:
    """Asks the agency and keeps the places until it has answered (`rules.approving`); the approver is written to, and reminded.

    Refuses what `orders.start_asking` says, an event that begins too soon, and an approver nobody can write to.
    """
    now, agency = clock.now(), known(wish.agency)
    name = text.clean(wish.agency, field="agency", limit=200)
    if not name:
        raise Unacceptable("Write the name of the agency that pays.", field="agency")
    order = settlement.lock(order_id)
    starts_at = starts(order_id)
    until = approving.deadline(now, starts_at, zone)
    if until is None:
        raise Refusal("The event is too near to wait for an answer.", field="method", code="too_near",
                      way_out="Pay by card or take an invoice; your agency can pay you back, or pay the invoice.")
    _somebody_else(order_id, wish)
    orders.start_asking(order_id, until=until, hold_until=approving.grace(until, starts_at, zone), seen_total_cents=seen_total_cents)
    made = PaymentApproval(
        order_id=order.id, agency_id=agency.id if agency else None, agency_name=agency.name if agency else name, until=until, asked_at=now,
        by_contact=not wish.email.strip(), approver_email=_address(wish, agency),
        approver_name=text.clean(wish.approver, field="approver", limit=200))
    db.session.add(made)
    db.session.flush()
    letters.asked(made, half_way=approving.half_way(now, until))
    return made


def remind(order_id: int) -> PaymentApproval:
    """Sends the question once more, twice at most and not at once again. Refused when nobody is asked."""
    settlement.lock(order_id)
    found = db.session.scalar(select(PaymentApproval).where(PaymentApproval.order_id == order_id, PaymentApproval.state == "asked")
                              .execution_options(populate_existing=True))
    if found is None:
        raise AlreadyDone("Nobody is asked about this order any more.", code="not_asked")
    if found.reminded >= MOST_REMINDERS:
        raise Refusal("The mail was sent again twice already.", code="asked_enough",
                      way_out="Call the agency, or choose another way to pay.")
    if clock.now() < found.asked_at + BETWEEN * (found.reminded + 1):
        raise Refusal("The mail was sent a short while ago.", code="too_soon",
                      way_out="Give it a few hours; then it can be sent once more.")
    found.reminded += 1
    letters.reminded(found)
    return found


def known(typed: str) -> Agency | None:
    """The agency of this name, however its letters are written."""
    words = " ".join(typed.split()).lower()
    return db.session.scalar(select(Agency).where(func.lower(Agency.name) == words)) if words else None


def like(typed: str, most: int = 5) -> list[str]:
    """Names of agencies that contain what was typed, or begin alike: what may have been meant. None when it is a name itself."""
    words = " ".join(typed.split()).lower()
    if len(words) < 3 or known(words) is not None:
        return []
    begin = words.split()[0]
    return list(db.session.scalars(
        select(Agency.name).where(func.lower(Agency.name).contains(words, autoescape=True)
                                  | (func.lower(Agency.name).startswith(begin, autoescape=True) if len(begin) > 3 else False))
        .order_by(Agency.name).limit(most)))


def starts(order_id: int) -> datetime | None:
    """When the first event of the order begins; None where none has a date."""
    found: datetime | None = db.session.scalar(
        select(func.min(Event.starts_at)).join(Registration, Registration.event_id == Event.id)
        .where(Registration.order_id == order_id, Registration.state.in_(("held", "confirmed"))))
    return found


def _somebody_else(order_id: int, wish: Wish) -> None:
    """Who has a place on the order, or ordered it, does not decide for the agency."""
    typed_ = names.address(wish.email, field="approver_email") if wish.email.strip() else ""
    own = select(Registration.email).where(Registration.order_id == order_id).union(
        select(Payer.email).join(Order, Order.payer_id == Payer.id).where(Order.id == order_id))
    if typed_ and typed_ in db.session.scalars(own).all():
        raise Unacceptable("This is an address from your own registration. Somebody else at your agency says that it pays.",
                           field="approver_email", code="own_address",
                           way_out="Write a colleague’s address; if you decide about the money there yourself, choose “By invoice”.")


def _address(wish: Wish, agency: Agency | None) -> str:
    if wish.email.strip():
        return names.address(wish.email, field="approver_email")
    if agency is not None and agency.billing_email:
        return agency.billing_email
    raise Unacceptable("Write the e-mail address of who approves it.", field="approver_email", code="address")
