"""A question as its pages show it: to the approver who, what, how much, until when; to who ordered what became of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Agency, Person
from webapp.catalog.models import Event, Venue
from webapp.core import times
from webapp.core.db import db
from webapp.payments.models import Invoice, PaymentApproval
from webapp.registration import own_page
from webapp.registration.models import ACTIVE, Charge, Order, Payer, Registration, RegistrationType
from webapp.registration.queries import setasides

PAYS = ("approved", "paid")  # states of a question after which the agency decides about the money


@dataclass(frozen=True)
class Question:
    """What the approver may know: names, the event, the lines, and the agency's name where its own pool gave seats (`kept_by`).

    Nothing of answers, and no address of the order.
    """

    approval: PaymentApproval
    order_ref: str
    order_state: str
    hold_until: datetime | None
    asker: str
    asker_email: str
    po_required: bool
    places: list[Any]
    lines: list[Any]
    invoice_ref: str
    kept_by: str = ""

    @property
    def state(self) -> str:
        """The question's state; one whose order ended meanwhile is withdrawn."""
        ended = self.approval.state == "asked" and self.order_state != "held"
        return "withdrawn" if ended else self.approval.state

    @property
    def total_cents(self) -> int:
        """What is owed in all."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def bill(self) -> list[tuple[str, int]]:
        """The lines with their cents; of several places each names its event, where there are several, and whose it is."""
        if len(self.places) < 2:
            return [(line.label, line.amount_cents) for line in self.lines]
        several = len(self.events) > 1
        return [(_labelled(line, several), line.amount_cents) for line in self.lines]

    @property
    def held(self) -> list[Any]:
        """The places somebody has now; of an order in which nobody has one any more, those there were."""
        return [one for one in self.places if one.state in ACTIVE] or self.places

    @property
    def events(self) -> list[dict[str, str]]:
        """Each event once, with its days in words and where it is."""
        return list({one.title: {"title": one.title, "when": _when(one), "where": _where(one)} for one in self.held}.values())

    @property
    def people(self) -> list[str]:
        """Whose places these are now."""
        return list(dict.fromkeys(f"{one.given_name or 'Not yet named'} {one.family_name or ''}".strip() for one in self.held))


def question(found: PaymentApproval) -> Question:
    """Four statements, whatever is in it."""
    order = db.session.execute(
        select(Order.ref, Order.state, Order.hold_until, own_page.buyer_address().label("email"), Agency.po_required,
               Agency.name, setasides.gives_seats(found.agency_id))
        .select_from(Order).outerjoin(Agency, Agency.id == found.agency_id).where(Order.id == found.order_id)).one()
    buyer = db.session.scalar(select(Payer.name).join(Charge, Charge.payer_id == Payer.id).where(Charge.order_id == found.order_id)
                              .order_by(Charge.id).limit(1))
    invoice = db.session.scalar(select(Invoice.ref).where(Invoice.order_id == found.order_id).order_by(Invoice.id).limit(1)) \
        if found.state == "approved" else None
    return Question(found, order.ref, order.state, order.hold_until, buyer or "", order.email or "", bool(order.po_required),
                    _places(found.order_id), _lines(found.order_id), invoice or "", order.name if order.gives_seats else "")


def latest(order_id: int) -> PaymentApproval | None:
    """The last question about an order."""
    return db.session.scalar(
        select(PaymentApproval).where(PaymentApproval.order_id == order_id).order_by(PaymentApproval.id.desc()).limit(1))


@cache
def agency_pays() -> ColumnElement[bool]:
    """Whether somebody at an agency approved that it pays, or paid: a column beside those of an order, which costs no statement."""
    said_yes = select(PaymentApproval.id).where(PaymentApproval.order_id == Order.id, PaymentApproval.state.in_(PAYS))
    return said_yes.correlate(Order).exists().label("agency_pays")


def agency_pays_for(order_id: int) -> bool:
    """The same of one order."""
    return bool(db.session.scalar(select(agency_pays()).select_from(Order).where(Order.id == order_id)))


def _places(order_id: int) -> list[Any]:
    return list(db.session.execute(
        select(Registration.state, Event.title, Event.slug, Event.starts_at, Event.ends_at, Event.zone, Event.mode, Event.platform,
               Event.city, Venue.name.label("venue"), RegistrationType.name.label("type"), Person.given_name, Person.family_name)
        .select_from(Registration).join(Event, Event.id == Registration.event_id)
        .join(RegistrationType, RegistrationType.id == Registration.type_id)
        .outerjoin(Venue, Venue.id == Event.venue_id).outerjoin(Person, Person.id == Registration.person_id)
        .where(Registration.order_id == order_id, Registration.inclusion_of_id.is_(None)).order_by(Registration.id)).all())


def _lines(order_id: int) -> list[Any]:
    voiding = aliased(Charge)
    return list(db.session.execute(
        select(Charge.label, Charge.amount_cents, Charge.currency, Event.title, Person.given_name, Person.family_name)
        .outerjoin(voiding, voiding.voids_id == Charge.id).outerjoin(Registration, Registration.id == Charge.registration_id)
        .outerjoin(Event, Event.id == Registration.event_id).outerjoin(Person, Person.id == Registration.person_id)
        .where(Charge.order_id == order_id, Charge.kind != "void", voiding.id.is_(None)).order_by(Charge.id)).all())


def _labelled(line: Any, with_event: bool) -> str:
    title = f"{line.title}: " if with_event and line.title else ""
    who = " ".join(part for part in (line.given_name, line.family_name) if part)
    return f"{title}{line.label}{f', {who}' if who else ''}"


def _when(one: Any) -> str:
    return times.span_words(one.starts_at, one.ends_at, one.zone) if one.starts_at and one.ends_at else "On dates still to be set"


def _where(one: Any) -> str:
    if one.mode == "online":
        return one.platform or "Online"
    return ", ".join(part for part in (one.venue, one.city) if part)
