"""Whether somebody has been at what her place is for: hours go only to who was present, so such a place is not handed on."""

from collections.abc import Collection

from sqlalchemy import func, or_, select

from webapp.accounts import people
from webapp.attendance import presences
from webapp.attendance.models import Presence
from webapp.core.db import db
from webapp.core.errors import Closed
from webapp.registration.models import Registration, Seat


def refuse(registration_id: int, way_out: str = "Register the colleague by herself.") -> None:
    """Refused once she was present in a session of the place, or of one it contains. Marks of absence do not count."""
    if among([registration_id]):
        raise refused(way_out)


def refused(way_out: str) -> Closed:
    """Why a place that was attended stays as it is, with what to do instead."""
    return Closed("A session was attended on this place already, and hours go to who was present.", code="attended", way_out=way_out)


def among(registration_ids: Collection[int]) -> set[int]:
    """Which of these places were attended so. One statement where nobody was recorded at any of their sessions, else three or more,
    the same for one place and for many."""
    rows = db.session.execute(
        select(func.coalesce(Registration.inclusion_of_id, Registration.id).label("place_id"), Registration.person_id, Seat.session_id)
        .join(Seat, Seat.registration_id == Registration.id)
        .where(or_(Registration.id.in_(registration_ids), Registration.inclusion_of_id.in_(registration_ids)),
               Registration.person_id.is_not(None), Seat.session_id.in_(select(Presence.session_id)))).all()
    if not rows:
        return set()
    families = people.families({row.person_id for row in rows})
    found = presences.effective({one for members in families.values() for one in members}, {row.session_id for row in rows})
    present = {(one.person_id, one.session_id) for one in found if not one.is_void}
    return {row.place_id for row in rows if any((one, row.session_id) in present for one in families[row.person_id])}
