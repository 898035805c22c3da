"""What people are told about their places: each message once per fact and recipient, in the transaction of the fact.

What the messages say is built when they are sent (`messages`). Reminders wait with their moment and are moved or withdrawn
when the programme changes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, select

from webapp.accounts.models import Person
from webapp.catalog.models import Event, Session
from webapp.core.db import db, run
from webapp.notifications import outbox
from webapp.notifications.models import Message
from webapp.notifications.outbox import Letter
from webapp.registration import unnamed
from webapp.registration.models import Application, Charge, Order, Payer, Registration, RegistrationType, Seat

REMINDERS = (7, 1)  # days before the first session


def confirmed(order: Order, ours: Sequence[Registration], at: datetime, buyer: Payer | None = None) -> None:
    """Each attendee hears of her place, the buyer (when she is somebody else) of the order; reminders are laid in.

    `buyer`: who ordered, where an agency became the payer meanwhile; default the order's payer.
    """
    own = [one for one in ours if one.inclusion_of_id is None]
    named = [one for one in own if one.person_id is not None]
    letters, known = [], _known(own)
    for one in named:
        letters += _place_letters(one, known, at)
    payer = buyer or db.session.get_one(Payer, order.payer_id)
    if payer.email and payer.email not in {one.email for one in named}:
        letters.append(_to_payer(f"placed:order:{order.id}", "order_placed", payer, order))
    outbox.write_all(letters + unnamed.letters(order, own, known, payer, at))


def named(registration: Registration, at: datetime) -> None:
    """Somebody got a place whose name was to follow: it is confirmed to her as every place is, with the reminders still to come."""
    outbox.write_all(_place_letters(registration, _known([registration]), at))


def _place_letters(one: Registration, known: dict[int, Any], at: datetime) -> list[Letter]:
    """The confirmation, and the reminders that are still to come."""
    return _letter(f"confirmed:registration:{one.id}", "registration_confirmed", one, known) + [
        letter for days, when in _reminders(known[one.id].starts_at, at)
        for letter in _letter(_reminder_fact(one.id, days), "reminder", one, known, not_before=when, days=days)]


def _reminders(starts_at: datetime | None, at: datetime) -> list[tuple[int, datetime]]:
    """Days before, and moment, of the reminders that are still to come before the first session."""
    moments = [(days, starts_at - timedelta(days=days)) for days in REMINDERS] if starts_at else []
    return [(days, when) for days, when in moments if when > at]


def redate_reminders(registrations: Iterable[Registration], at: datetime) -> None:
    """After a change of dates: a waiting reminder follows the first session, one whose day has passed is withdrawn.

    A reminder that was sent for the old date is laid in again for the new one.
    """
    ours = list(registrations)
    letters, known, waiting = [], _known(ours), _waiting_reminders(ours)
    unnamed.redate(ours, known)
    for one in [one for one in ours if one.person_id is not None]:
        ahead = dict(_reminders(known[one.id].starts_at, at))
        for days in REMINDERS:
            fact, when = waiting.get((one.id, days)), ahead.get(days)
            if fact and when is None:
                outbox.withdraw(fact=fact, note="Its day has passed, or nothing of the event is ahead.")
            elif fact and when:
                outbox.redate(fact, when)
            elif when:
                letters += _letter(f"{_reminder_fact(one.id, days)}:{when:%Y%m%d%H%M}", "reminder", one, known, not_before=when, days=days)
    outbox.write_all(letters)


def _waiting_reminders(ours: Sequence[Registration]) -> dict[tuple[int, int], str]:
    rows = db.session.execute(select(Message.fact, Message.facts).where(
        Message.kind == "reminder", Message.state == "waiting", Message.subject_of.in_([_subject(one) for one in ours])))
    return {(row.facts["registration_id"], row.facts["days"]): row.fact for row in rows}


def cancelled(order: Order, registration: Registration) -> None:
    """The attendee hears that her place is given back, or that the event does not take place; what waited about it is withdrawn.

    Who pays hears of it too, when that is somebody else: of each place, of a cancelled event once.
    """
    outbox.withdraw(subject_of=_subject(registration), note="The registration was cancelled.")
    status = db.session.scalar(select(Event.status).where(Event.id == registration.event_id))
    kind = "event_cancelled" if status == "cancelled" else "registration_cancelled"
    letters = _letter(f"cancelled:registration:{registration.id}", kind, registration, _known([registration]))
    what = f"event:{registration.event_id}" if status == "cancelled" else f"registration:{registration.id}"
    for number, payer in enumerate(_who_pay(order)):
        if payer.email and payer.email != registration.email:
            fact = f"cancelled:order:{order.id}:{what}" + (":buyer" if number else "")
            letters.append(_to_payer(fact, "place_cancelled", payer, order, registration_id=registration.id))
    outbox.write_all(letters)


def _who_pay(order: Order) -> list[Payer]:
    """Who is billed; where that is an agency's office, also who booked for the agency."""
    payer = db.session.get_one(Payer, order.payer_id)
    if payer.agency_id is None:
        return [payer]
    booked = _who_ordered(order)
    return [payer, booked] if booked is not None and booked.email != payer.email else [payer]


def _who_ordered(order: Order) -> Payer | None:
    """Who began the order, whoever was named as its payer then: the first lines were hers. None where there are no lines."""
    return db.session.scalars(select(Payer).join(Charge, Charge.payer_id == Payer.id).where(Charge.order_id == order.id)
                              .order_by(Charge.id).limit(1)).first()


def substituted(order: Order, old: Registration, new: Registration, at: datetime) -> None:
    """Who takes the place is confirmed in it, with reminders; who had it hears of it kindly; who pays too, when that is neither."""
    outbox.withdraw(subject_of=_subject(old), note="Somebody else has the place now.")
    known = _known([old, new])
    letters = [*_place_letters(new, known, at), *_letter(f"substituted:registration:{old.id}", "place_handed_on", old, known)]
    payer = db.session.get_one(Payer, order.payer_id)
    if payer.email and payer.email not in (old.email, new.email):
        letters.append(_to_payer(f"substituted:order:{order.id}:registration:{old.id}", "order_substitution", payer, order,
                                 registration_id=new.id))
    outbox.write_all(letters)


def transferred(order: Order, old: Registration, new: Registration, at: datetime) -> None:
    """Her place at the other date is confirmed by one mail, with reminders; who pays hears of it, when that is somebody else.

    Of a place whose name is to follow who pays hears alone: its confirmation waits for the name.
    """
    outbox.withdraw(subject_of=_subject(old), note="The place moved to another date.")
    known, payer, is_named = _known([new]), db.session.get_one(Payer, order.payer_id), new.person_id is not None
    letters = _place_letters(new, known, at) if is_named else unnamed.letters(order, [new], known, _who_ordered(order) or payer, at)
    if payer.email and not (is_named and payer.email == new.email):
        letters.append(_to_payer(f"transferred:order:{order.id}:registration:{old.id}", "order_transfer", payer, order,
                                 registration_id=new.id))
    outbox.write_all(letters)


def hold_ended(order: Order, ours: Sequence[Registration]) -> None:
    """The buyer hears that the seat was let go and how to try again."""
    payer = db.session.get_one(Payer, order.payer_id)
    if payer.email and any(one.inclusion_of_id is None for one in ours):
        outbox.write_all([_to_payer(f"expired:order:{order.id}:{order.extensions}", "hold_expired", payer, order)])


def programme_changed(registrations: Iterable[Registration], session: Session, *, what: str, **said: Any) -> int:
    """One message per registrant and change: the session's sequence names the change. Returns how many were written.

    `said`: what stands nowhere else when the message is rendered, the time `before` and the `reason`.
    """
    ours = unnamed.told(registrations)
    known, fact = _known(ours), f"changed:session:{session.id}:{session.sequence}"
    return outbox.write_all([
        letter for one in ours for letter in _letter(f"{fact}:registration:{one.id}", "programme_change", one, known,
                                                     session_id=session.id, sequence=session.sequence, what=what, **said)])


def event_changed(registrations: Iterable[Registration], event: Event) -> int:
    """One message per registrant when the event as a whole has another place, zone or link. Returns how many were written."""
    ours = unnamed.told(registrations)
    known, fact = _known(ours), f"changed:event:{event.id}:{event.sequence}"
    return outbox.write_all([letter for one in ours for letter in _letter(f"{fact}:registration:{one.id}", "event_changed", one, known)])


def application(subject: Application, kind: str, *, version: str = "") -> None:
    """To the applicant: received, decided, offered."""
    person = db.session.get_one(Person, subject.person_id)
    outbox.write(fact=f"{kind}:application:{subject.id}{version}", kind=kind, to_address=subject.email, to_name=person.name,
                 person_id=person.id, subject_of=f"application:{subject.id}", facts={"application_id": subject.id})


def _known(registrations: Iterable[Registration]) -> dict[int, Any]:
    """By registration: the attendee's `name`, and `starts_at` of the first session that she has a seat in and that takes place; of an
    exhibitor's table, which has none, that of the event."""
    return {row.id: row for row in run(_attendees(), {"places": [one.id for one in registrations]})}


@cache  # built once: composing it costs more than running it
def _attendees() -> Any:
    return (
        select(Registration.id, func.trim(Person.given_name + " " + Person.family_name).label("name"),
               case((RegistrationType.covers == "none", Event.starts_at), else_=func.min(Session.starts_at)).label("starts_at"))
        .join(RegistrationType, RegistrationType.id == Registration.type_id).join(Event, Event.id == Registration.event_id)
        .outerjoin(Person, Person.id == Registration.person_id)
        .outerjoin(Seat, (Seat.registration_id == Registration.id) & (Seat.state != "released"))
        .outerjoin(Session, (Session.id == Seat.session_id) & (Session.status == "scheduled"))
        .where(Registration.id.in_(bindparam("places", expanding=True)))
        .group_by(Registration.id, Person.id, RegistrationType.id, Event.id))


def _letter(fact: str, kind: str, registration: Registration, known: dict[int, Any], *, not_before: datetime | None = None,
            **facts: int | str) -> list[Letter]:
    """To the attendee; nothing where no address is known."""
    return [Letter(
        fact=fact, kind=kind, to_address=registration.email, to_name=known[registration.id].name or "", person_id=registration.person_id,
        subject_of=_subject(registration), facts={"registration_id": registration.id, **facts}, not_before=not_before,
    )] if registration.email else []


def _to_payer(fact: str, kind: str, payer: Payer, order: Order, **facts: int) -> Letter:
    return Letter(fact=fact, kind=kind, to_address=payer.email, to_name=payer.name, person_id=payer.person_id,
                  subject_of=f"order:{order.id}", facts={"order_id": order.id, **facts})


def _subject(registration: Registration) -> str:
    return f"registration:{registration.id}"


def _reminder_fact(registration_id: int, days: int) -> str:
    return f"reminder:registration:{registration_id}:{days}"
