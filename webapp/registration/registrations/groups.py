"""Who belongs to which group of a cohort. Size limits membership; the group's sessions are seats like all others."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import Session
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import announcing, group_sizes, places, seats
from webapp.registration.models import ACTIVE, Registration, RegistrationType, Seat
from webapp.registration.registrations.breakouts import join_sessions, leave_sessions, lock


def assign_group(registration_id: int, group_id: int | None, *, by_id: int | None, reason: str = "") -> None:
    """Puts a registration into a group (None: out of any), with the seats of the group's sessions, and out of those of the old one.

    Refused when the group is full, or is of another event.
    """
    now = clock.now()
    registration = lock(registration_id)
    before = registration.group_id
    if before == group_id:
        return
    if registration.state not in ACTIVE:
        raise Refusal("This place is not held any more.", code="not_active")
    if group_id is not None:
        group_sizes.check(registration.event_id, group_id)
    registration.group_id = group_id
    move_seats(registration, now)
    if registration.state == "confirmed":
        announcing.redate_reminders([registration], now)
    audit.record("registration.group", f"registration:{registration_id}", actor_id=by_id, reason=reason,
                 before={"group_id": before}, after={"group_id": group_id})


def move_seats(registration: Registration, now: datetime) -> None:
    """Seats and pools of the group's sessions follow the registration. What it held as a member before goes, cancelled sessions too."""
    covers, included = db.session.execute(
        select(RegistrationType.covers, places.included_days()).join(Registration, Registration.type_id == RegistrationType.id)
        .where(Registration.id == registration.id)).one()
    sessions = places.covered(registration.event_id, registration.type_id, covers, registration.mode, included)
    leave = _held_as_member(registration.id)
    join = {one for one, how in places.seated(sessions, registration.group_id).items() if how == "group"}
    delta: Counter[int] = places.session_pools(sessions, join)
    delta.subtract(pool_id for pool_id in leave.values() if pool_id is not None)
    seats.change({registration.id: {pool: count for pool, count in delta.items() if count}},
                 {one.pool_id: one.level() for one in sessions if one.pool_id})
    leave_sessions(registration, set(leave), now)
    join_sessions(registration, join, now, how="group")


def _held_as_member(registration_id: int) -> dict[int, int | None]:
    """Session id -> pool id of the seats it has because of its group."""
    rows = db.session.execute(
        select(Session.id, Session.pool_id).join(Seat, Seat.session_id == Session.id)
        .where(Seat.registration_id == registration_id, Seat.how == "group", Seat.state != "released"))
    return {row.id: row.pool_id for row in rows}
