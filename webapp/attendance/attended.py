"""Whether somebody has been at what her place is for: hours go only to who was present, so such a place is not handed on."""

from sqlalchemy import or_, select

from webapp.accounts import people
from webapp.attendance import presences
from webapp.core.db import db
from webapp.core.errors import Closed
from webapp.registration.models import Registration, Seat


def refuse(registration_id: int, way_out: str = "Register the colleague by herself.") -> None:
    """Refused once she was present in a session of the place, or of one it contains. Marks of absence do not count."""
    of_place = or_(Registration.id == registration_id, Registration.inclusion_of_id == registration_id)
    rows = db.session.execute(
        select(Registration.person_id, Seat.session_id).join(Seat, Seat.registration_id == Registration.id).where(of_place)).all()
    persons = {row.person_id for row in rows if row.person_id is not None}
    family = {one for members in people.families(persons).values() for one in members} if persons else set()
    if any(not one.is_void for one in presences.effective(family, {row.session_id for row in rows})):
        raise Closed("A session was attended on this place already, and hours go to who was present.", code="attended",
                     way_out=way_out)
