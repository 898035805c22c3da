"""Set-asides kept by staff: made, made larger or smaller, given back. Each act says why, in the history of the event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.accounts import agencies
from webapp.accounts.models import Agency
from webapp.catalog import events, pools
from webapp.catalog import sessions as sessions_
from webapp.catalog.models import Event
from webapp.core import audit, clock, text
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Unacceptable
from webapp.registration import seats as seats_
from webapp.registration.models import RegistrationType
from webapp.registration.seats import Level
from webapp.registration.setasides import parts, rules, standing
from webapp.registration.setasides.models import KINDS, MOST_SEATS, SetAside, SetAsidePool
from webapp.registration.setasides.standing import Standing

FULL = Level("The places that are open to everybody", way_out="Set fewer aside, or raise the capacity first.", field="seats")


@dataclass(frozen=True)
class Wish:
    """What is to be set aside: `kind` of `models.KINDS`, with the agency where it is one; `returns_at` None: until staff give it back.

    `sessions`: seats of breakouts that are kept with it.
    """

    kind: str
    seats: int
    label: str = ""
    agency_id: int | None = None
    mode: str | None = None
    type_id: int | None = None
    returns_at: datetime | None = None
    sessions: Mapping[int, int] = field(default_factory=dict)  # of sessions one chooses: session id -> how many seats


def create(event_id: int, wish: Wish, *, by_id: int | None, reason: str = "") -> int:
    """Sets places aside and returns the id. Refuses more than are open to everybody (Full), a date that is over, a foreign price."""
    event = events.get(event_id, lock=True)
    _check(event, wish)
    type_ = _type(event_id, wish.type_id)
    why = _reason(reason)
    label = text.clean(wish.label, field="label", limit=100)
    if wish.kind == "other" and not label:
        raise Unacceptable("Say for whom they are set aside.", field="label")
    pool = pools.make(0, f"{event.title} set aside")
    one = SetAside(event_id=event_id, pool_id=pool.id, kind=wish.kind, label=label, agency_id=wish.agency_id, mode=wish.mode,
                   type_id=wish.type_id, seats=wish.seats, returns_at=wish.returns_at, created_at=clock.now())
    db.session.add(one)
    db.session.flush()
    db.session.add_all([SetAsidePool(set_aside_id=one.id, pool_id=pool_id) for pool_id in _parents(event, type_, wish.mode)])
    db.session.flush()
    parts.write(one, wish.sessions)
    moved = [(found, wish.sessions[found.session_id] if found.session_id else wish.seats) for found in _locked(one.id, event_id)]
    seats_.set_aside(moved, dict.fromkeys(_parents(event, type_, wish.mode), FULL) | parts.levels(wish.sessions))
    _record("made", one, by_id, why, {}, {"seats": wish.seats, "returns_at": _iso(wish.returns_at)} | parts.noted(wish.sessions))
    return one.id


def change(set_aside_id: int, event_id: int, *, seats: int, returns_at: datetime | None, by_id: int | None, reason: str,
           sessions: Mapping[int, int] | None = None) -> None:
    """Makes it larger or smaller, or lets it return at another moment (None: when staff say so).

    Larger: refused with Full beyond what is open to everybody. Smaller: what is let go is everybody's, or goes to who waits first;
    refused below what is used. `sessions`: how many seats of breakouts are kept with it from now on; those left out stay, no more of
    each than it has places.
    """
    events.get(event_id, lock=True)
    found, why = _open(set_aside_id, event_id)[0], _reason(reason)
    one = db.session.get_one(SetAside, set_aside_id)
    used = pools.taken(found.pool_id)
    if not max(used, 1) <= seats <= MOST_SEATS:
        raise Unacceptable(f"{used} of them are used, so it cannot be smaller than that." if seats < used
                           else f"Write a number from 1 to {MOST_SEATS:,}.", field="seats")
    if returns_at is not None and returns_at <= clock.now():
        raise Unacceptable("Choose a day in the future, or give the places back now.", field="returns_on")
    had = parts.of(set_aside_id)
    wanted = {**{key: min(count, seats) for key, count in had.items()}, **(sessions or {})}
    before = {"seats": one.seats, "returns_at": _iso(one.returns_at)} | parts.noted(had)
    one.seats, one.returns_at = seats, returns_at
    parts.write(one, wanted)
    kept = [one for one in _locked(set_aside_id, event_id) if one.session_id]
    moved = [(found, seats - used - found.left), *parts.moved(kept, wanted)]
    seats_.set_aside(moved, dict.fromkeys(found.parents, FULL) | parts.levels(wanted))
    after = {"seats": seats, "returns_at": _iso(returns_at)} | parts.noted(wanted)
    if after != before:
        _record("changed", one, by_id, why, before, after)


def give_back(set_aside_id: int, event_id: int, *, by_id: int | None, reason: str) -> int:
    """What is unused returns to sale now, to who waits first; returns how many. Places that were taken from it stay."""
    events.get(event_id, lock=True)
    return _return(_open(set_aside_id, event_id), by_id, _reason(reason))


def due(now: datetime, limit: int = 200) -> list[tuple[int, int]]:
    """(id, event id) of those whose date has come, the longest over first."""
    rows = db.session.execute(select(SetAside.id, SetAside.event_id)
                              .where(SetAside.returned_at.is_(None), SetAside.returns_at <= now, SetAside.part_of_id.is_(None))
                              .order_by(SetAside.returns_at, SetAside.id).limit(limit))
    return [(row.id, row.event_id) for row in rows]


def return_due(set_aside_id: int, event_id: int) -> int:
    """The clock gives it back: how many returned to sale; 0 when it was given another date, or back, meanwhile. For the drain."""
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update(read=True))
    found = standing.locked(standing.with_parts((SetAside.id == set_aside_id) & SetAside.returned_at.is_(None)))
    return 0 if not found or found[0].is_open else _return(found, None, "The date they return to sale has come.")


def _return(found: list[Standing], by_id: int | None, reason: str) -> int:
    """The whole, which comes first, with its parts."""
    one, left = db.session.get_one(SetAside, found[0].id), found[0].left
    for each in found:
        db.session.get_one(SetAside, each.id).returned_at = clock.now()
    db.session.flush()
    seats_.set_aside((each, -each.left) for each in found)
    _record("returned", one, by_id, reason, {}, {"places": left})
    return left


def _open(set_aside_id: int, event_id: int) -> list[Standing]:
    found = _locked(set_aside_id, event_id)
    if not found[0].is_open:
        raise Closed("These places returned to sale already.", way_out="Set others aside.", code="returned")
    return found


def _locked(set_aside_id: int, event_id: int) -> list[Standing]:
    """The set-aside, and after it the seats of sessions it keeps."""
    this = (SetAside.id == set_aside_id) & (SetAside.event_id == event_id) & SetAside.part_of_id.is_(None)
    found = standing.locked(standing.with_parts(this))
    if not found:
        raise NotFound
    return found


def remove_session(session_id: int, *, actor_id: int | None) -> None:
    """Takes a session out of a draft (`catalog.sessions.remove`), and what was kept of it."""
    event_id = sessions_.get(session_id).event_id
    events.get(event_id, lock=True)
    parts.forget(session_id)
    sessions_.remove(session_id, actor_id=actor_id)


def _check(event: Event, wish: Wish) -> None:
    if wish.kind not in KINDS:
        raise Unacceptable("Choose for whom they are set aside.", field="kind")
    known = wish.agency_id is not None and db.session.get(Agency, wish.agency_id) is not None
    if (wish.kind == "agency") != known:
        raise Unacceptable("Choose the agency.", field="agency")
    if not 1 <= wish.seats <= MOST_SEATS:
        raise Unacceptable(f"Write a number from 1 to {MOST_SEATS:,}.", field="seats")
    if wish.mode is not None and event.mode not in ("hybrid", wish.mode):
        raise Unacceptable("Nobody takes part in this event that way.", field="mode")
    if wish.returns_at is not None and wish.returns_at <= clock.now():
        raise Unacceptable("Choose a day in the future.", field="returns_on")
    if event.status == "cancelled":
        raise Closed("This event was cancelled.", code="cancelled")


def _type(event_id: int, type_id: int | None) -> RegistrationType | None:
    if type_id is None:
        return None
    found = db.session.scalar(select(RegistrationType).where(RegistrationType.id == type_id, RegistrationType.event_id == event_id))
    if found is None or found.retired_at is not None:
        raise Unacceptable("Choose one of the prices that are sold now.", field="type")
    if found.covers == "none":
        raise Unacceptable("This price takes no seat of the event, so none can be set aside for it.", field="type",
                           way_out="Choose another price, or any.")
    return found


def _parents(event: Event, type_: RegistrationType | None, mode: str | None) -> set[int]:
    """The pools every place that is taken from it draws on: as for a party that waits for such a place."""
    mode = mode or (type_.mode if type_ else None) or (event.mode if event.mode != "hybrid" else None)
    by_mode = {"in_person": event.room_pool_id, "online": event.online_pool_id}.get(mode or "")
    return {pool for pool in (event.pool_id, by_mode, type_.pool_id if type_ else None) if pool is not None}


def _reason(reason: str) -> str:
    if not (cleaned := text.clean(reason, field="reason", limit=255)):
        raise Unacceptable("Say why; it stands in the history.", field="reason")
    return cleaned


def _record(verb: str, one: SetAside, by_id: int | None, reason: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """In the history of the event, where the page shows it beside the acts of registration."""
    agency = agencies.get(one.agency_id).name if one.agency_id else None
    who = {"for": rules.words(one.kind, one.label, agency)}
    audit.record(f"set_aside.{verb}", f"event:{one.event_id}", actor_id=by_id, reason=reason, before=before,
                 after=who | after | {"set_aside_id": one.id})


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
