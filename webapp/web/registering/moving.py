"""A place moves to another date, in two steps: which date, then what it means in dollars. The same for who pays and for staff."""

from typing import Any

from flask import current_app, flash, request
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import DataRequired

from webapp.attendance import attended
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Stale
from webapp.payments import giving_back
from webapp.registration import registrations
from webapp.registration.other_date import Foreseen
from webapp.registration.queries import dates, setasides
from webapp.registration.registrations import Transferred
from webapp.registration.setasides import drawing
from webapp.web import access
from webapp.web.forms import Form, Line
from webapp.web.registering import other_dates, views
from webapp.web.registering.handing_on import seen_cents

KEPT = "k"  # before the difference that was seen: an agency's pool gives the place there


class DateForm(Form):
    """Which date. `seen`: the difference in cents that the review showed; empty before it."""

    event = RadioField("Another date", validate_choice=False)
    seen = HiddenField()


class StaffDateForm(DateForm):
    """The same by staff: any event by its address, with a reason."""

    slug = Line("Or another event, by the last part of its address", 100, description="For example sleep-and-feeding-2.")
    same_price = BooleanField("The price stays as it was, also where the other date costs more")
    reason = Line("Why (for the history)", 255, [DataRequired("Say why the place moves; it stands in the history.")])


def options(place: Any) -> list[dict[str, Any]]:
    """The dates to choose from; one that is full cannot be chosen, and says where to wait."""
    return [_option(row) for row in dates.of_course(place.event_id, clock.now())]


def options_to_move(place: Any) -> list[dict[str, Any]]:
    """The same for a place that stands: a date at which its agency's pool has seats can be chosen, full or not, and says so."""
    found, now = dates.of_course(place.event_id, clock.now()), clock.now()
    agency = drawing.whose_pool(place.id)
    kept = setasides.left_of_agency(agency.id, [row.id for row in found], now) if agency else {}
    return [_option(row, kept.get(row.id, 0), agency.name if agency else "") for row in found]


def proceed(form: Any, registration_id: int, event_id: int | None, *, by_staff: bool = False) -> Foreseen | Transferred | None:
    """The next step of a form that was sent: what it would mean, or what was done. None: the form once more, to change or put right."""
    if "change" in request.form or not form.validate():
        return None
    if event_id is None:
        form.event.errors = ["Choose one of the dates."]
        return None
    try:
        if form.seen.data:
            return _done(form, registration_id, event_id, by_staff)
    except Stale as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return _foreseen(form, registration_id, event_id, by_staff)


def _foreseen(form: Any, registration_id: int, event_id: int, by_staff: bool) -> Foreseen | None:
    try:
        attended.refuse(registration_id, other_dates.WAY_OUT)
        found = registrations.foresee_transfer(registration_id, event_id, by_staff=by_staff, same_price=_same_price(form))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    form.seen.data = f"{KEPT if found.is_kept else ''}{found.change_cents}"
    return found


def _done(form: Any, registration_id: int, event_id: int, by_staff: bool) -> Transferred:
    """Attendance says whether it may be, registration does it, payments brings the money in line: one transaction."""
    reason, today = form.reason.data if by_staff else "", clock.today(current_app.config["SETTINGS"].association_timezone)
    actor = access.viewer().person_id or None
    with transaction():
        attended.refuse(registration_id, other_dates.WAY_OUT)
        done = registrations.transfer(registration_id, event_id, by_id=actor, by_staff=by_staff, reason=reason,
                                      same_price=_same_price(form), seen_cents=seen_cents(form.seen.data.removeprefix(KEPT)),
                                      seen_kept=form.seen.data.startswith(KEPT))
        giving_back.settle_change(done.order_id, done.change_cents, reason=reason or "Moved to another date", by_id=actor, today=today)
        giving_back.to_others(done.others, reason=reason or "Moved to another date", by_id=actor, today=today)
    return done


def _same_price(form: Any) -> bool:
    return "same_price" in form and bool(form.same_price.data)


def _option(row: Any, kept: int = 0, agency: str = "") -> dict[str, Any]:
    left = dates.left(row)
    words = "Full" if left == 0 else f"{left} {'seat' if left == 1 else 'seats'} left" if left is not None and left < 10 else "Seats left"
    words += f", {kept} kept for {agency}" if kept else ""
    where, is_full = "Online" if row.mode == "online" else row.city or "The place follows", left == 0 and not kept
    return {"value": str(row.id), "label": views.when(row), "hint": f"{row.title}, {where}. {words}.", "disabled": is_full,
            "waitlist": f"/events/{row.slug}/waitlist" if is_full else "", "slug": row.slug}


def number(typed: str | None) -> int | None:
    """The id of the event that was chosen; None when nothing readable was."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None
