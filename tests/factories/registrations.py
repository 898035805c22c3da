"""Places in events, made through the actions of registration. Call inside the test's session or inside `transaction()`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import EmailAddress, Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration import applications, orders, registrations
from webapp.registration.models import Application, Order, Registration, RegistrationType
from webapp.registration.orders import Attendee, BillTo, Buyer, Held
from webapp.registration.substitution import Colleague

BILL_TO = BillTo("Lakeshore Home Visiting", "office@lakeshore.example", "1 Main Street\nGreen Bay, WI")


def type_of(event: Event, name: str | None = None) -> RegistrationType:
    """A registration type by name; without one the last, which needs no membership."""
    rows = db.session.scalars(select(RegistrationType).filter_by(event_id=event.id, retired_at=None).order_by(RegistrationType.position))
    return next(row for row in reversed(rows.all()) if name in (None, row.name))


def attendee(event: Event, person: Person, type: str | None = None, **more: Any) -> Attendee:
    """The wish of a person for a place."""
    return Attendee(type_of(event, type).id, person.given_name, person.family_name, address(person), person.id, **more)


def stranger(event: Event, type: str | None = None, *, given: str = "Ana", family: str = "Silva", email: str = "ana@home.example",
             **more: Any) -> Attendee:
    """The wish of a guest."""
    return Attendee(type_of(event, type).id, given, family, email, **more)


def address(person: Person) -> str:
    """The person's primary address."""
    return db.session.scalars(select(EmailAddress.address).filter_by(person_id=person.id, is_primary=True)).one()


def buyer(person: Person) -> Buyer:
    """The person as who orders."""
    return Buyer(person.name, address(person), person.id)


def held(event: Event, person: Person, type: str | None = None, **more: Any) -> Registration:
    """A place kept by a hold."""
    made = orders.hold(event.id, [attendee(event, person, type, **more)], buyer(person))
    return of_order(made.order_id)


def registered(event: Event, person: Person, type: str | None = None, method: str = "invoice", *, group: str | None = None,
               breakouts: Mapping[int, int | None] | None = None, **more: Any) -> Registration:
    """A confirmed place: on invoice, or free where it costs nothing; `method="card"` as if the money had come.

    A place in an event by application goes through an application and its offer; `group` is the group's name.
    """
    event = db.session.get_one(Event, event.id)
    if event.sign_up == "application":
        return accepted(event, person, type, method, group=group)
    registration = held(event, person, type, breakouts=breakouts or {}, **more)
    place(registration.order_id, method)
    if group:
        registrations.assign_group(registration.id, _group(event, group), by_id=None)
    return db.session.get_one(Registration, registration.id)


def unnamed(event: Event) -> Registration:
    """A confirmed place of an office whose name follows."""
    wish = Attendee(type_of(event).id, to_follow=True)
    made = orders.hold(event.id, [wish], Buyer(BILL_TO.name, BILL_TO.email, None))
    place(made.order_id)
    return of_order(made.order_id)


def name(registration_id: int, person: Person) -> None:
    """The office's place is this person's, as staff name somebody whose address they know."""
    known = Colleague(person.given_name, person.family_name, address(person))
    registrations.substitute(registration_id, known, by_id=person.id, by_staff=True, reason="Named")


def place(order_id: int, method: str = "invoice") -> Order:
    """Places a held order; a card order is confirmed at once."""
    orders.place(order_id, method, bill_to=BILL_TO if method == "invoice" else None)
    if method == "card" and db.session.get_one(Order, order_id).state == "held":
        orders.confirm(order_id)
    return db.session.get_one(Order, order_id)


def applied(event: Event, person: Person, type: str | None = None, answers: Mapping[str, Any] | None = None) -> Application:
    """An application that waits for a decision."""
    return applications.submit(event.id, type_of(event, type).id, person_id=person.id, email=address(person), answers=answers or {})


def accepted(event: Event, person: Person, type: str | None = None, method: str = "invoice", *, group: str | None = None) -> Registration:
    """A confirmed place by approval: applied, offered (in a group), accepted, placed."""
    made = held_by_offer(event, person, type, group=group)
    place(made.order_id, method)
    return of_order(made.order_id)


def held_by_offer(event: Event, person: Person, type: str | None = None, *, group: str | None = None) -> Held:
    """A place by approval that waits to be settled: applied, offered (in a group), accepted."""
    application = applied(event, person, type)
    applications.decide(application.id, offer=True, by_id=None, group_id=_group(event, group) if group else None)
    return applications.accept(application.id)


def of_order(order_id: int) -> Registration:
    """The first registration of an order, not a linked one."""
    return db.session.scalars(
        select(Registration).filter_by(order_id=order_id, inclusion_of_id=None).order_by(Registration.id)).first()  # type: ignore[return-value]


def _group(event: Event, name: str) -> int:
    from tests.factories import events

    return events.groups(event)[name].id
