"""What people are told about their places: each message once per fact and recipient, in the transaction of the fact.

What the messages say is built when they are sent (`messages`). Reminders wait with their moment and are moved or withdrawn
when the programme changes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.catalog.models import Event, Session
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.models import Message
from webapp.registration.models import Application, Order, Payer, Registration, Seat

REMINDERS = (7, 1)  # days before the first session


def confirmed(order: Order, ours: Sequence[Registration], at: datetime, buyer: Payer | None = None) -> None:
    """Each attendee hears of her place, the buyer (when she is somebody else) of the order; reminders are laid in.

    `buyer`: who ordered, where an agency became the payer meanwhile; default the order's payer.
    """
    own = [one for one in ours if one.inclusion_of_id is None]
    first, names = first_starts([one.id for one in own]), _names([one.person_id for one in own])
    for one in own:
        _write(f"confirmed:registration:{one.id}", "registration_confirmed", one, names)
        remind(one, first.get(one.id), at, names)
    payer = buyer or db.session.get_one(Payer, order.payer_id)
    if payer.email and payer.email not in {one.email for one in own}:
        outbox.write(fact=f"placed:order:{order.id}", kind="order_placed", to_address=payer.email, to_name=payer.name,
                     person_id=payer.person_id, subject_of=f"order:{order.id}", facts={"order_id": order.id})


def remind(registration: Registration, starts_at: datetime | None, at: datetime, names: dict[int, str]) -> None:
    """Lays in the reminders that are still to come before the first session."""
    for days in REMINDERS:
        when = starts_at - timedelta(days=days) if starts_at else None
        if when is not None and when > at:
            _write(_reminder_fact(registration.id, days), "reminder", registration, names, not_before=when, days=days)


def redate_reminders(registrations: Iterable[Registration], at: datetime) -> None:
    """After a change of dates: a waiting reminder follows the first session, one whose day has passed is withdrawn.

    A reminder that was sent for the old date is laid in again for the new one.
    """
    ours = list(registrations)
    first, names, waiting = first_starts([one.id for one in ours]), _names([one.person_id for one in ours]), _waiting_reminders(ours)
    for one in ours:
        starts_at = first.get(one.id)
        for days in REMINDERS:
            when = starts_at - timedelta(days=days) if starts_at else None
            fact = waiting.get((one.id, days))
            if fact and (when is None or when <= at):
                outbox.withdraw(fact=fact, note="Its day has passed, or nothing of the event is ahead.")
            elif fact and when:
                outbox.redate(fact, when)
            elif when and when > at:
                _write(f"{_reminder_fact(one.id, days)}:{when:%Y%m%d%H%M}", "reminder", one, names, not_before=when, days=days)


def _waiting_reminders(ours: Sequence[Registration]) -> dict[tuple[int, int], str]:
    rows = db.session.execute(select(Message.fact, Message.facts).where(
        Message.kind == "reminder", Message.state == "waiting", Message.subject_of.in_([_subject(one) for one in ours])))
    return {(row.facts["registration_id"], row.facts["days"]): row.fact for row in rows}


def cancelled(registration: Registration) -> None:
    """The attendee hears that her place is given back, or that the event does not take place; what waited about it is withdrawn."""
    outbox.withdraw(subject_of=_subject(registration), note="The registration was cancelled.")
    status = db.session.scalar(select(Event.status).where(Event.id == registration.event_id))
    kind = "event_cancelled" if status == "cancelled" else "registration_cancelled"
    _write(f"cancelled:registration:{registration.id}", kind, registration, _names([registration.person_id]))


def hold_ended(order: Order, ours: Sequence[Registration]) -> None:
    """The buyer hears that the seat was let go and how to try again."""
    payer = db.session.get_one(Payer, order.payer_id)
    if payer.email and any(one.inclusion_of_id is None for one in ours):
        outbox.write(fact=f"expired:order:{order.id}:{order.extensions}", kind="hold_expired", to_address=payer.email, to_name=payer.name,
                     person_id=payer.person_id, subject_of=f"order:{order.id}", facts={"order_id": order.id})


def programme_changed(registrations: Iterable[Registration], session: Session, *, what: str) -> int:
    """One message per registrant and change: the session's sequence names the change. Returns how many were written."""
    ours = list(registrations)
    names = _names([one.person_id for one in ours])
    return sum(
        _write(f"changed:session:{session.id}:{session.sequence}:registration:{one.id}", "programme_change", one, names,
               session_id=session.id, sequence=session.sequence, what=what)
        for one in ours)


def event_changed(registrations: Iterable[Registration], event: Event) -> int:
    """One message per registrant when the event as a whole has another place, zone or link. Returns how many were written."""
    ours = list(registrations)
    names = _names([one.person_id for one in ours])
    return sum(_write(f"changed:event:{event.id}:{event.sequence}:registration:{one.id}", "event_changed", one, names) for one in ours)


def application(subject: Application, kind: str, *, version: str = "") -> None:
    """To the applicant: received, decided, offered."""
    person = db.session.get_one(Person, subject.person_id)
    outbox.write(fact=f"{kind}:application:{subject.id}{version}", kind=kind, to_address=subject.email, to_name=person.name,
                 person_id=person.id, subject_of=f"application:{subject.id}", facts={"application_id": subject.id})


def first_starts(registration_ids: Sequence[int]) -> dict[int, datetime]:
    """When the first session that a registration holds and that takes place begins."""
    rows = db.session.execute(
        select(Seat.registration_id, func.min(Session.starts_at).label("starts_at")).join(Session, Session.id == Seat.session_id)
        .where(Seat.registration_id.in_(registration_ids), Seat.state != "released", Session.status == "scheduled")
        .group_by(Seat.registration_id))
    return {row.registration_id: row.starts_at for row in rows}


def _write(fact: str, kind: str, registration: Registration, names: dict[int, str], *, not_before: datetime | None = None,
           **facts: int | str) -> bool:
    if not registration.email:
        return False
    return outbox.write(
        fact=fact, kind=kind, to_address=registration.email, to_name=names.get(registration.person_id or 0, ""),
        person_id=registration.person_id, subject_of=_subject(registration), facts={"registration_id": registration.id, **facts},
        not_before=not_before) is not None


def _subject(registration: Registration) -> str:
    return f"registration:{registration.id}"


def _reminder_fact(registration_id: int, days: int) -> str:
    return f"reminder:registration:{registration_id}:{days}"


def _names(person_ids: Iterable[int | None]) -> dict[int, str]:
    wanted = [one for one in person_ids if one is not None]
    rows = db.session.execute(select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(wanted)))
    return {row.id: f"{row.given_name} {row.family_name}".strip() for row in rows}
