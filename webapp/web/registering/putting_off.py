"""A place is put off on a page: what is shown before, and the act itself. The same for who pays and for staff."""

from typing import Any

from webapp.attendance import attended
from webapp.core import clock
from webapp.payments import deferring
from webapp.payments.deferring import Foreseen
from webapp.web import access
from webapp.web.registering import other_dates
from webapp.web.registering.reviewing import zone


def foreseen(place: Any, *, by_staff: bool = False) -> Foreseen:
    """What would be kept. Refused as the act is."""
    refusal = other_dates.deferral_refused(place, by_staff=by_staff)
    if refusal is not None:
        raise refusal
    return deferring.foresee(place, clock.today(zone()), by_staff=by_staff)


def done(registration_id: int, *, by_staff: bool = False, reason: str = "", seen_group_cents: int | None = None) -> None:
    """Attendance says whether it may be, registration gives the place up, payments keeps the money: in the caller's transaction."""
    attended.refuse(registration_id, other_dates.WAY_OUT)
    deferring.defer(registration_id, by_id=access.viewer().person_id or None, today=clock.today(zone()), by_staff=by_staff, reason=reason,
                    seen_group_cents=seen_group_cents)
