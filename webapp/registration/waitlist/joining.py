"""Getting in line and out of it. A number is given in the transaction that joins: in the order of commits, without gaps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from webapp.accounts import names, people
from webapp.catalog.models import Pool, Session
from webapp.core import clock, tokens
from webapp.core.db import db, insert_new
from webapp.core.errors import Closed, NotFound, Refusal, Unacceptable
from webapp.registration import places, rules, sale
from webapp.registration.models import ACTIVE, Registration, RegistrationType
from webapp.registration.waitlist import choices, lines, offering, telling
from webapp.registration.waitlist.models import LIVE, Waitlist, WaitlistEntry


@dataclass(frozen=True)
class Joined:
    """An entry, and whether it had been there before: joining twice keeps the number."""

    entry_id: int
    ref: str
    number: int
    repeated: bool = False


def join(event_id: int, key: str, *, email: str, seats: int = 1, person_id: int | None = None) -> Joined:
    """Gets in line for what `key` names (`choices`), as a party of `seats`. Who is in it keeps her number.

    Refused where nobody can register, while seats are open to everybody (`not_full`), in the last hours, on a closed list, and for
    who has a place in the event already (`already_registered`).
    """
    now = clock.now()
    queues, of = lines.locked(event_id, alone=True), sale.load_by_id(event_id)
    for refusal in (rules.closed_because(of.sign_up, now), rules.other_way_in(of.sign_up)):
        if refusal is not None:
            raise refusal
    choice, address = choices.find(of, key), names.address(email)
    most = choices.largest_party(choice, of)
    if not 1 <= seats <= most:
        raise Unacceptable(f"A party has 1 to {most} people here.", field="seats")
    _refuse_registered(event_id, person_id, address)
    waitlist = _list(event_id, choice.pool_id, mode=choice.mode, type_id=choice.type_id)
    if (already := _live(waitlist.id, address, person_id)) is not None:
        telling.asked_again(already, now.toordinal())
        return Joined(already.id, already.ref, already.number, repeated=True)
    waits = any(one.waitlist.id == waitlist.id for one in queues) and _somebody_waits(waitlist.id)
    if not waits and choices.is_open(choice, of, seats):
        raise Refusal("There are seats for you: nobody needs to wait.", way_out="Register now.", code="not_full")
    return _enter(waitlist, now, email=address, person_id=person_id, seats=seats)


def join_session(registration_id: int, session_id: int) -> Joined:
    """Gets in line for a full session of a block, with a place in the event. What is chosen in the block stays until she accepts."""
    now = clock.now()
    mine = _place(registration_id)
    lines.locked(mine.event_id, alone=True)
    session = _wanted(mine, session_id)
    if session.capacity is None or session.capacity - session.taken - session.kept > 0:
        raise Refusal(f"“{session.title}” has free places.", way_out="Choose it now.", code="not_full")
    waitlist = _list(mine.event_id, session.pool_id, session_id=session_id)
    if (already := _live(waitlist.id, mine.email, mine.person_id)) is not None:
        return Joined(already.id, already.ref, already.number, repeated=True)
    return _enter(waitlist, now, email=mine.email, person_id=mine.person_id, seats=1, registration_id=registration_id)


def leave(ref: str) -> None:
    """Out of the line; a seat that was offered goes to the next. Refused when it is over already."""
    entry, now = locked(ref), clock.now()
    if entry.state not in LIVE:
        raise Closed("This waiting is over already.", code="wrong_state")
    offering.end(entry, "left", now)
    telling.left(entry)
    offering.settle(event_of(entry), now, ended=[entry])


def make_smaller(ref: str, seats: int) -> None:
    """A party that waits needs fewer seats; it keeps its number. More seats would be unfair to those behind: they join anew."""
    entry, now = locked(ref), clock.now()
    if entry.state != "waiting":
        raise Closed("This waiting is over already.", code="wrong_state")
    if not 1 <= seats < entry.seats:
        raise Unacceptable("A party can become smaller, not larger.", way_out="Leave and join again for more seats.", field="seats")
    entry.seats = seats
    offering.settle(event_of(entry), now)


def locked(ref: str, event_id: int | None = None) -> WaitlistEntry:
    """The entry at this address (of this event), after all lists of its event were locked; NotFound when there is none."""
    found = db.session.scalar(
        select(Waitlist.event_id).join(WaitlistEntry, WaitlistEntry.waitlist_id == Waitlist.id).where(WaitlistEntry.ref == ref))
    if found is None or event_id not in (None, found):
        raise NotFound
    lines.locked(found)
    return db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.ref == ref).execution_options(populate_existing=True)).one()


def event_of(entry: WaitlistEntry) -> int:
    """The event it is about."""
    return db.session.get_one(Waitlist, entry.waitlist_id).event_id


def _list(event_id: int, pool_id: int, **which: Any) -> Waitlist:
    insert_new(Waitlist, on=("pool_id",), values={"event_id": event_id, "pool_id": pool_id, **which})
    waitlist = db.session.scalars(
        select(Waitlist).where(Waitlist.pool_id == pool_id).with_for_update().execution_options(populate_existing=True)).one()
    if waitlist.closed_at is not None:
        raise Closed("This waitlist is closed.", way_out="Look for another date, or write to the organizer.", code="list_closed")
    return waitlist


def _enter(waitlist: Waitlist, now: datetime, **who: Any) -> Joined:
    queue = next(one for one in lines.locked(waitlist.event_id) if one.waitlist.id == waitlist.id)
    if queue.is_over(now):
        raise Closed("Nobody is put in line any more: a seat that comes free now goes to whoever comes first.",
                     way_out="Look again now and then.", code="list_over")
    number = db.session.execute(update(Waitlist).where(Waitlist.id == waitlist.id).values(last_number=Waitlist.last_number + 1)
                                .returning(Waitlist.last_number)).scalar_one()
    entry = WaitlistEntry(waitlist_id=waitlist.id, number=number, rank=number, ref=tokens.readable(16), created_at=now, **who)
    db.session.add(entry)
    db.session.flush()
    if entry.id not in offering.settle(waitlist.event_id, now):
        telling.joined(entry)
    return Joined(entry.id, entry.ref, number)


def _live(waitlist_id: int, address: str, person_id: int | None) -> WaitlistEntry | None:
    mine = WaitlistEntry.email == address
    if person_id is not None:
        mine |= WaitlistEntry.person_id.in_(people.family_ids(person_id))
    return db.session.scalars(select(WaitlistEntry).where(
        WaitlistEntry.waitlist_id == waitlist_id, WaitlistEntry.state.in_(LIVE), mine).order_by(WaitlistEntry.id)).first()


def _somebody_waits(waitlist_id: int) -> bool:
    return db.session.scalar(select(WaitlistEntry.id).where(
        WaitlistEntry.waitlist_id == waitlist_id, WaitlistEntry.state == "waiting").limit(1)) is not None


def _refuse_registered(event_id: int, person_id: int | None, address: str) -> None:
    mine = Registration.email == address
    if person_id is not None:
        mine |= Registration.person_id.in_(people.family_ids(person_id))
    if db.session.scalar(select(Registration.id).where(
            Registration.event_id == event_id, Registration.state.in_(ACTIVE), mine).limit(1)) is not None:
        raise Refusal("You have a place in this event already.", way_out="Look under “My registrations” to change it.",
                      code="already_registered")


def _place(registration_id: int) -> Any:
    row = db.session.execute(
        select(Registration.id, Registration.event_id, Registration.type_id, Registration.mode, Registration.email, Registration.person_id,
               Registration.state, RegistrationType.covers, places.included_days().label("included"))
        .join(RegistrationType, RegistrationType.id == Registration.type_id).where(Registration.id == registration_id)).one_or_none()
    if row is None or row.state not in ACTIVE:
        raise NotFound
    return row


def _wanted(mine: Any, session_id: int) -> Any:
    """The session with its pool, when a place of this type and mode may choose it and the block is not one to be bought."""
    covered = {one.id: one for one in places.covered(mine.event_id, mine.type_id, mine.covers, mine.mode, mine.included)}
    if session_id not in covered or covered[session_id].block_id is None or covered[session_id].pool_id is None:
        raise NotFound
    return db.session.execute(
        select(Session.title, Session.pool_id, Pool.capacity, Pool.taken, Pool.kept).join(Pool, Pool.id == Session.pool_id)
        .where(Session.id == session_id)).one()
