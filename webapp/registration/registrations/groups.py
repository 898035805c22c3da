"""Who belongs to which group of a cohort. Size limits membership; the group's sessions are seats like all others."""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select

from webapp.catalog.models import Group
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import Full, NotFound, Refusal
from webapp.registration import announcing, places, seats
from webapp.registration.models import ACTIVE, Registration, RegistrationType
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
        check_room(registration.event_id, group_id)
    registration.group_id = group_id
    move_seats(registration, before, now)
    if registration.state == "confirmed":
        announcing.redate_reminders([registration], now)
    audit.record("registration.group", f"registration:{registration_id}", actor_id=by_id, reason=reason,
                 before={"group_id": before}, after={"group_id": group_id})


def check_room(event_id: int, group_id: int) -> None:
    """Refuses when the group is full or of another event. Locks the group, so that nobody else is put in at the same moment."""
    group = db.session.scalar(select(Group).where(Group.id == group_id, Group.event_id == event_id)
                              .with_for_update().execution_options(populate_existing=True))
    if group is None:
        raise NotFound
    members = db.session.scalar(select(func.count()).where(Registration.group_id == group_id, Registration.state.in_(ACTIVE))) or 0
    if group.size is not None and members >= group.size:
        raise Full(f"{group.name} is full: {members} of {group.size}.", way_out="Choose another group, or make it larger.", field="group")


def move_seats(registration: Registration, before: int | None, now: datetime) -> None:
    """Seats and pools of the group's sessions follow the registration."""
    type_ = db.session.get_one(RegistrationType, registration.type_id)
    sessions = places.covered(registration.event_id, type_.id, type_.covers, registration.mode)
    leave = _of_group(sessions, before)
    join = _of_group(sessions, registration.group_id)
    delta: Counter[int] = places.session_pools(sessions, join)
    delta.subtract(places.session_pools(sessions, leave))
    seats.change({registration.id: {pool: count for pool, count in delta.items() if count}},
                 {one.pool_id: one.level() for one in sessions if one.pool_id})
    leave_sessions(registration, leave, now)
    join_sessions(registration, join, now, how="group")


def _of_group(sessions: list[places.Meeting], group_id: int | None) -> set[int]:
    return {one.id for one in sessions if group_id is not None and one.group_id == group_id and one.block_id is None}
