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
from webapp.core.errors import Closed, Full, NotFound, Refusal, Unacceptable
from webapp.forms import answers as answers_
from webapp.registration import announcing, pricing, rules, sale
from webapp.registration.models import APPLICATION_MOVES, Application, Order
from webapp.registration.orders import making
from webapp.registration.orders.wishes import Buyer, Held, Place
from webapp.registration.registrations import groups

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
    answers_.save(event_id, answers, application_id=made.id)
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

    An offer is refused when places and open offers together fill the event, or the group is full.
    """
    now = clock.now()
    application = _locked(application_id)
    if offer:
        _check_room(application, group_id, now)
    _move(application, "offered" if offer else "declined")
    application.decided_by_id, application.decided_at = by_id, now
    application.decision_note = text.clean(note, field="note", limit=2000, lines=True)
    if offer:
        application.group_id = group_id
        application.offer_until = until or now + OFFER
        if application.offer_until <= now:
            raise Unacceptable("Choose a day in the future.", field="until")
    kind = "application_offered" if offer else "application_declined"
    announcing.application(application, kind, version=f":{int(now.timestamp())}")
    audit.record(kind.replace("_", ".", 1), f"application:{application_id}", actor_id=by_id, reason=application.decision_note,
                 after={"group_id": group_id} if offer else {})
    return application


def accept(application_id: int) -> Held:
    """Takes the offer up: a held order with the price and instalments of its type. Doing it again leads to the same order."""
    now = clock.now()
    application = _locked(application_id)
    if application.state != "offered":
        raise Refusal(f"This application is {application.state}, so there is no offer to accept.", code="wrong_state")
    if application.offer_until is not None and application.offer_until <= now:
        raise Closed("The offer has ended.", way_out="Write to the organizer: perhaps the place is still free.", code="lapsed")
    if (begun := _begun(application_id)) is not None:
        return begun
    of = sale.load_by_id(application.event_id)
    place = _place(application, of, now)
    buyer = Buyer(people.get(application.person_id).name, application.email, application.person_id)
    made = making.order(of, [place], buyer, at=now, submit_key=_next_key(application_id), hold=HOLD)
    application.registration_id = making.first_registration(made.order_id)
    return made


def withdraw(application_id: int) -> None:
    """The applicant takes it back."""
    application = _locked(application_id)
    _move(application, "withdrawn")


def lapse_due(now: datetime) -> int:
    """Ends offers whose time is over, unless their order is being settled; returns how many. For the clock."""
    settling = select(Order.id).where(
        Order.submit_key.like(literal("application:") + cast(Application.id, String) + ":%"),
        Order.state.in_(("held", "releasing"))).exists()
    return len(db.session.execute(
        update(Application).where(Application.state == "offered", Application.offer_until <= now, ~settling)
        .values(state="lapsed").returning(Application.id).execution_options(synchronize_session="fetch")).all())


def _locked(application_id: int) -> Application:
    application = db.session.scalar(
        select(Application).where(Application.id == application_id).with_for_update().execution_options(populate_existing=True))
    if application is None:
        raise NotFound
    return application


def _move(application: Application, target: str) -> None:
    states.check(APPLICATION_MOVES, "application", application.state, target)
    application.state = target


def _check_room(application: Application, group_id: int | None, now: datetime) -> None:
    """The group is locked before the pool, as wherever a place is given."""
    if group_id is not None:
        groups.check_room(application.event_id, group_id)
    pool = db.session.execute(
        select(Pool.capacity, Pool.taken).join(Event, Event.pool_id == Pool.id).where(Event.id == application.event_id)
        .with_for_update(of=Pool)).one()
    offers = db.session.scalar(select(func.count()).where(
        Application.event_id == application.event_id, Application.state == "offered", Application.registration_id.is_(None),
        Application.offer_until > now)) or 0
    if pool.capacity is not None and pool.taken + offers >= pool.capacity:
        raise Full(f"All {pool.capacity} places are taken ({pool.taken}) or offered ({offers}).",
                   way_out="Wait until an offer ends, or raise the capacity.")


def _place(application: Application, of: sale.Sale, now: datetime) -> Place:
    type_ = of.type(application.type_id)
    if type_.audience == "member" and memberships.valid_on(application.person_id, times.local(now, of.event.zone).date()) is None:
        raise rules.not_a_member()
    mode = rules.mode_of(of.event.mode, type_.mode, "in_person")
    if application.group_id is not None:
        groups.check_room(application.event_id, application.group_id)
    required = [(one, 1) for one in of.add_ons.values() if one.is_required]
    lines = pricing.quote(type_.item, at=now, zone=of.event.zone, audience=type_.audience, starts_on=of.starts_on,
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
