"""Who belongs to which group of a cohort. Size limits membership; the group's sessions are seats like all others."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import Session
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal
from webapp.registration import announcing, group_sizes, places, seats
from webapp.registration.models import ACTIVE, Registration, RegistrationType, Seat
from webapp.registration.registrations.breakouts import join_sessions, leave_sessions


def assign_group(registration_id: int, group_id: int | None, *, by_id: int | None, reason: str = "") -> None:
    """Puts a registration into a group (None: out of any), with the seats of the group's sessions, and out of those of the old one.

    Refused when the group is full, or is of another event.
    """
    assign_groups([registration_id], group_id, by_id=by_id, reason=reason)


def assign_groups(registration_ids: Collection[int], group_id: int | None, *, by_id: int | None, reason: str = "") -> None:
    """The same of several, all or none; locked by id, and their pools in one pass, in whatever order they are named."""
    now = clock.now()
    before = {one.id: one.group_id for one in _locked(registration_ids) if one.group_id != group_id}
    moved = [db.session.get_one(Registration, one) for one in before]
    if any(one.state not in ACTIVE for one in moved):
        raise Refusal("This place is not held any more.", code="not_active")
    if group_id is not None:
        for event_id, people in Counter(one.event_id for one in moved).items():
            group_sizes.check(event_id, group_id, people)
    for one in moved:
        one.group_id = group_id
    _move_seats(moved, now)
    announcing.redate_reminders([one for one in moved if one.state == "confirmed"], now)
    for one in moved:
        audit.record("registration.group", f"registration:{one.id}", actor_id=by_id, reason=reason,
                     before={"group_id": before[one.id]}, after={"group_id": group_id})


def _locked(registration_ids: Collection[int]) -> list[Registration]:
    found = list(db.session.scalars(select(Registration).where(Registration.id.in_(registration_ids)).order_by(Registration.id)
                                    .with_for_update().execution_options(populate_existing=True)))
    if len(found) < len(set(registration_ids)):
        raise NotFound
    return found


def _move_seats(moved: Iterable[Registration], now: datetime) -> None:
    """Seats and pools of the group's sessions follow them. What one held as a member before goes, cancelled sessions too."""
    changes = [_change(one) for one in moved]
    levels = {one.pool_id: one.level() for event_id in {place.event_id for place, *_ in changes}
              for one in places.meetings(event_id) if one.pool_id}
    seats.change({place.id: delta for place, _, _, delta in changes}, levels)
    for one, leave, join, _ in changes:
        leave_sessions(one, leave, now)
        join_sessions(one, join, now, how="group")


def _change(registration: Registration) -> tuple[Registration, set[int], set[int], Counter[int]]:
    """The sessions it leaves and those it joins, and what becomes of its pools."""
    covers, included = db.session.execute(
        select(RegistrationType.covers, places.included_days()).join(Registration, Registration.type_id == RegistrationType.id)
        .where(Registration.id == registration.id)).one()
    sessions = places.covered(registration.event_id, registration.type_id, covers, registration.mode, included)
    leave = _held_as_member(registration.id)
    join = {one for one, how in places.seated(sessions, registration.group_id).items() if how == "group"}
    delta: Counter[int] = places.session_pools(sessions, join)
    delta.subtract(pool_id for pool_id in leave.values() if pool_id is not None)
    return registration, set(leave), join, Counter({pool: count for pool, count in delta.items() if count})


def _held_as_member(registration_id: int) -> dict[int, int | None]:
    """Session id -> pool id of the seats it has because of its group."""
    rows = db.session.execute(
        select(Session.id, Session.pool_id).join(Seat, Seat.session_id == Session.id)
        .where(Seat.registration_id == registration_id, Seat.how == "group", Seat.state != "released"))
    return {row.id: row.pool_id for row in rows}
