"""A colleague takes a place, in two steps: who she is, then what it means in dollars. The same for who pays and for staff."""

from typing import Any

from flask import current_app, flash, request
from wtforms import EmailField, HiddenField
from wtforms.validators import DataRequired, Optional

from webapp.attendance import attended
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Stale
from webapp.payments import giving_back
from webapp.registration import registrations
from webapp.registration.registrations import Substituted
from webapp.registration.substitution import Colleague, Foreseen
from webapp.web import access
from webapp.web.forms import Form, Line
from webapp.web.registering.form import address

NAMING = "n"  # before the difference that was seen: the seat had no name


class ColleagueForm(Form):
    """Who comes instead. `seen`: the difference in cents that the review showed; empty before it."""

    given_name = Line("Given name", 100, [DataRequired("Write the given name, as it should stand on certificates.")])
    family_name = Line("Family name", 100, [Optional()])
    email = EmailField("E-mail", validators=[address], description="The confirmation and the link to the page of the place go there.")
    member_number = Line("Membership number", 40, [Optional()], description="For the member price.")
    seen = HiddenField()


class StaffColleagueForm(ColleagueForm):
    """The same by staff, with a reason."""

    reason = Line("Why (for the history)", 255, [DataRequired("Say why the place is handed on; it stands in the history.")])


def proceed(form: Any, registration_id: int, *, by_staff: bool = False) -> Foreseen | Substituted | None:
    """The next step of a form that was sent: what it would mean, or what was done. None: the form once more, to change or put right."""
    if "change" in request.form or not form.validate():
        return None
    try:
        if form.seen.data:
            return _done(form, registration_id, by_staff)
    except Stale as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    found = _foreseen(form, registration_id, by_staff)
    if found is None or found.is_handed_on or found.change_cents:
        return found
    return proceed(form, registration_id, by_staff=by_staff)  # a seat gets its name, and nothing else changes: nobody is asked twice


def _foreseen(form: Any, registration_id: int, by_staff: bool) -> Foreseen | None:
    try:
        attended.refuse(registration_id)
        found = registrations.foresee_substitution(registration_id, _colleague(form), by_id=_actor(), by_staff=by_staff)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    form.seen.data = f"{'' if found.is_handed_on else NAMING}{found.change_cents}"
    return found


def _done(form: Any, registration_id: int, by_staff: bool) -> Substituted:
    """Attendance says whether it may be, registration does it, payments brings the money in line: one transaction."""
    reason, today = form.reason.data if by_staff else "", clock.today(current_app.config["SETTINGS"].association_timezone)
    with transaction():
        attended.refuse(registration_id)
        done = registrations.substitute(registration_id, _colleague(form), by_id=_actor(), by_staff=by_staff, reason=reason,
                                        seen_cents=seen_cents(form.seen.data.removeprefix(NAMING)),
                                        is_naming=form.seen.data.startswith(NAMING))
        giving_back.settle_change(done.order_id, done.change_cents, reason=reason or "A colleague took the place", by_id=_actor(),
                                  today=today)
        giving_back.to_others(done.others, reason=reason or "A colleague took the place", by_id=_actor(), today=today)
    return done


def _colleague(form: Any) -> Colleague:
    return Colleague(form.given_name.data, form.family_name.data or "", form.email.data, form.member_number.data or "")


def _actor() -> int | None:
    return access.viewer().person_id or None


def seen_cents(typed: str) -> int | None:
    """The difference the review showed; what cannot be read is one that changed."""
    digits = typed.removeprefix("-")
    return int(typed) if digits.isascii() and digits.isdigit() and len(digits) < 12 else 10**12
