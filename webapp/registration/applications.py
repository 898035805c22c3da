"""Places by approval: applied for, decided, offered, taken up. An application is never a place; accepting the offer makes one.

The offer stands until its date. Accepting makes a held order with instalments; the application is `accepted` once that order is
placed, so a hold that ran out leaves the offer open.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, func, literal, select, update

from webapp.accounts import memberships, names, people
from webapp.catalog.models import Event, Pool
from webapp.core import audit, clock, states, text, times, tokens
from webapp.core.db import db, insert_new
from webapp.core.errors import Closed, Full, NotFound, Refusal, Stale, Unacceptable
from webapp.forms import answers as answers_
from webapp.registration import announcing, group_sizes, orders, pricing, rules, sale
from webapp.registration.models import APPLICATION_MOVES, Application, Order
from webapp.registration.orders import making
from webapp.registration.orders.wishes import Buyer, Held, Place

OFFER = timedelta(days=14)
HOLD = timedelta(days=2)  # to settle tuition takes longer than a workshop fee
OPEN = ("submitted", "reviewing", "offered")


def submit(event_id: int, type_id: int, *, email: str, answers: Mapping[str, Any], person_id: int | None = None, given: str = "",
           family: str = "", **profile: str) -> Application:
    """Applies for a place; a guest becomes a new person. Refuses where nobody applies, too early or late, and a second open one."""
    now = clock.now()
    of = sale.load_by_id(event_id)
    if (refusal := rules.closed_because(of.sign_up, now)) is not None:
        raise refusal
    if of.sign_up.sign_up != "application":
        raise Refusal("Nobody needs to apply for this event.", way_out="Register for it.", code="no_application")
    type_ = of.type(type_id)
    if type_.retired:
        raise Unacceptable("Choose one of the prices.", field="type")
    address = names.address(email)
    applicant = person_id or people.create(given, family, address=address, **profile).id
    made = insert_new(Application, on=(), values={
        "ref": tokens.readable(16), "event_id": event_id, "type_id": type_.id, "person_id": applicant, "email": address, "created_at": now})
    if made is None:
        raise Refusal("You have applied for this event already.", way_out="Open that application to see how it stands.",
                      code="already_applied")
    answers_.save(event_id, answers, application_id=made.id, fresh=True)
    announcing.application(made, "application_received")
    return made


def review(application_id: int, *, by_id: int | None) -> None:
    """Somebody reads it."""
    application = _locked(application_id)
    _move(application, "reviewing")
    audit.record("application.reviewing", f"application:{application_id}", actor_id=by_id)


def decide(application_id: int, *, offer: bool, by_id: int | None, group_id: int | None = None, note: str = "",
           until: datetime | None = None) -> Application:
    """Offers a place (perhaps in a group, until a moment, default 14 days) or declines, with words for the applicant.

    An offer is refused when places and open offers together fill the event, or the group is full. A place that an offer keeps
    which is declined after all is let go.
    """
    now = clock.now()
    if not offer:
        return _decided(_let_go(application_id), "declined", by_id, note, now)
    application = _locked(application_id)
    states.check(APPLICATION_MOVES, "application", application.state, "offered")
    _check_room(application, group_id, now)
    application.group_id = group_id
    application.offer_until = until or now + OFFER
    if application.offer_until <= now:
        raise Unacceptable("Choose a day in the future.", field="until")
    return _decided(application, "offered", by_id, note, now, group_id=group_id)


def decline_open(event_id: int, *, by_id: int | None, note: str) -> None:
    """Answers every open application for an event that was cancelled. The places that offers keep are the caller's to give back."""
    waiting = db.session.scalars(
        select(Application).where(Application.event_id == event_id, Application.state.in_(OPEN)).order_by(Application.id)
        .with_for_update().execution_options(populate_existing=True)).all()
    for application in waiting:
        _decided(application, "declined", by_id, note, clock.now())


def accept(application_id: int) -> Held:
    """Takes the offer up: a held order with the price and instalments of its type. Doing it again leads to the same order."""
    now = clock.now()
    of = sale.load_by_id(_event_of(application_id))  # before the application is locked: whoever cancels the event locks it first
    if of.event.includes:
        sale.included_stand_still(of.id)
    application = _locked(application_id)
    if application.state != "offered":
        raise Refusal(f"This application is {application.state}, so there is no offer to accept.", code="wrong_state")
    if application.offer_until is not None and application.offer_until <= now:
        raise Closed("The offer has ended.", way_out="Write to the organizer: perhaps the place is still free.", code="lapsed")
    if (begun := _begun(application_id)) is not None:
        return begun
    place = _place(application, of, now)
    buyer = Buyer(people.get(application.person_id).name, application.email, application.person_id)
    made = making.order(of, [place], buyer, at=now, submit_key=_next_key(application_id), hold=HOLD)
    application.registration_id = making.first_registration(made.order_id)
    return made


def withdraw(application_id: int) -> None:
    """The applicant takes it back; a place that the offer keeps for her is let go."""
    application = _let_go(application_id)
    _move(application, "withdrawn")


def lapse_due(now: datetime) -> int:
    """Ends offers whose time is over, unless their order is being settled; returns how many. For the clock."""
    settling = select(Order.id).where(
        Order.submit_key.like(literal("application:") + cast(Application.id, String) + ":%"),
        Order.state.in_(("held", "releasing"))).exists()
    return len(db.session.execute(
        update(Application).where(Application.id.in_(select(Application.id).where(
            Application.state == "offered", Application.offer_until <= now, ~settling).order_by(Application.id).with_for_update()))
        .values(state="lapsed").returning(Application.id).execution_options(synchronize_session="fetch")).all())


def _let_go(application_id: int) -> Application:
    """The application, locked after the orders that were to settle its offer; a held one is let go. Refused when one begins right now."""
    settling = _orders_of(application_id)
    for order_id in settling:
        orders.let_go(order_id, reason="The application was closed.")
    application = _locked(application_id)
    if settling != _orders_of(application_id):
        raise Stale("The offer was taken up at this moment.", way_out="Look at the application again.")
    return application


def _orders_of(application_id: int) -> list[int]:
    return list(db.session.scalars(select(Order.id).where(Order.submit_key.like(f"{_key(application_id)}%")).order_by(Order.id)))


def _event_of(application_id: int) -> int:
    event_id = db.session.scalar(select(Application.event_id).where(Application.id == application_id))
    if event_id is None:
        raise NotFound
    return event_id


def _locked(application_id: int) -> Application:
    application = db.session.scalar(
        select(Application).where(Application.id == application_id).with_for_update().execution_options(populate_existing=True))
    if application is None:
        raise NotFound
    return application


def _decided(application: Application, target: str, by_id: int | None, note: str, now: datetime, **after: int | None) -> Application:
    """Moves it, tells the applicant, and keeps who decided."""
    _move(application, target)
    application.decided_by_id, application.decided_at = by_id, now
    application.decision_note = text.clean(note, field="note", limit=2000, lines=True)
    announcing.application(application, f"application_{target}", version=f":{int(now.timestamp())}")
    audit.record(f"application.{target}", f"application:{application.id}", actor_id=by_id, reason=application.decision_note, after=after)
    return application


def _move(application: Application, target: str) -> None:
    states.check(APPLICATION_MOVES, "application", application.state, target)
    application.state = target


def _check_room(application: Application, group_id: int | None, now: datetime) -> None:
    """The group is locked before the pool, as wherever a place is given."""
    if group_id is not None:
        group_sizes.check(application.event_id, group_id)
    pool = db.session.execute(
        select(Pool.capacity, Pool.taken, Pool.kept, Pool.aside).join(Event, Event.pool_id == Pool.id)
        .where(Event.id == application.event_id).with_for_update(of=Pool)).one()
    offers = db.session.scalar(select(func.count()).where(
        Application.event_id == application.event_id, Application.state == "offered", Application.registration_id.is_(None),
        Application.offer_until > now)) or 0
    if pool.capacity is not None and pool.taken + pool.kept + offers >= pool.capacity:
        parts = [f"taken ({pool.taken - pool.aside})", *([f"set aside ({pool.aside})"] if pool.aside else []),
                 *([f"kept for the waitlist ({pool.kept})"] if pool.kept else []), f"offered ({offers})"]
        raise Full(f"All {pool.capacity} places are {', '.join(parts[:-1])} or {parts[-1]}.",
                   way_out="Wait until an offer ends, or raise the capacity.")


def _place(application: Application, of: sale.Sale, now: datetime) -> Place:
    type_ = of.type(application.type_id)
    member = memberships.valid_on(application.person_id, times.local(now, of.event.zone).date()) is not None
    if type_.audience == "member" and not member:
        raise rules.not_a_member()
    mode = rules.mode_of(of.event.mode, type_.mode, "in_person")
    if application.group_id is not None:
        group_sizes.check(application.event_id, application.group_id)
    required = [(one, 1) for one in of.add_ons.values() if one.is_required]
    audience = pricing.audience_of(type_.audience, member)
    lines = pricing.quote(type_.item, at=now, zone=of.event.zone, audience=audience, starts_on=of.starts_on,
                          add_ons=[(one.item, count) for one, count in required])
    return Place(application.person_id, application.email, type_, mode, lines, required, group_id=application.group_id)


def _key(application_id: int) -> str:
    return f"application:{application_id}:"


def _begun(application_id: int) -> Held | None:
    row = db.session.execute(select(Order.id, Order.ref).where(
        Order.submit_key.like(f"{_key(application_id)}%"), Order.state.in_(("held", "releasing", "placed")))).first()
    return Held(row.id, row.ref, 0, repeated=True) if row else None


def _next_key(application_id: int) -> str:
    earlier = db.session.scalar(select(func.count()).where(Order.submit_key.like(f"{_key(application_id)}%")))
    return f"{_key(application_id)}{(earlier or 0) + 1}"
