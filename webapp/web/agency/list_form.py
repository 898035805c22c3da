"""The form of a booking and what was read from it: pasted names, seats to be named later, and a price for each."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request
from wtforms import HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.validators import NumberRange, Optional

from webapp.core import times, tokens
from webapp.registration import sale
from webapp.registration.booking import pasting, wanted
from webapp.registration.booking.wanted import Row
from webapp.registration.orders import Attendee
from webapp.registration.sale import Sale
from webapp.web import access
from webapp.web.forms import Form, Option, whole
from webapp.web.registering.form import MODES


class BookingForm(Form):
    """What a supervisor pastes. `reviewed`: a digest of the list she looked at; another list is looked at first."""

    names = TextAreaField("Names, one to a line")
    to_follow = IntegerField("Seats whose name follows", validators=[
        Optional(), NumberRange(0, pasting.MOST, f"Write a number from 0 to {pasting.MOST}.")])
    form_key = HiddenField()
    reviewed = HiddenField()


class HybridBookingForm(BookingForm):
    """The same where one can come to the room or take part online."""

    mode = RadioField("How do they take part?", choices=[Option(value, words) for value, words in MODES.items()], validate_choice=False)


@dataclass(frozen=True)
class Reading:
    """The list as it was understood. `is_ready`: it was looked at as it is, and nothing of it is to be put right."""

    form: Any
    rows: Sequence[Row] = ()
    later: Row | None = None
    to_follow: int = 0
    digest: str = ""
    form_key: str = ""
    submit_key: str = ""
    attendees: Sequence[Attendee] = field(default_factory=tuple)

    @property
    def wrong(self) -> int:
        """How many lines are to be put right."""
        return sum(row.state == "wrong" for row in self.rows) + (self.later is not None and self.later.state == "wrong")

    @property
    def good(self) -> list[Row]:
        """The lines a place is booked for."""
        return [row for row in self.rows if row.state == "ok"]

    @property
    def seats(self) -> int:
        """How many places it asks for."""
        return len(self.good) + self.to_follow

    @property
    def total_cents(self) -> int:
        """What they cost together."""
        return sum(row.cents for row in self.good) + (self.later.cents if self.later else 0) * self.to_follow

    @property
    def is_ready(self) -> bool:
        """Whether the places can be kept."""
        return bool(self.attendees) and not self.wrong and self.form.reviewed.data == self.digest and "again" not in request.form

    @property
    def was_read(self) -> bool:
        """Whether there is a review to show."""
        return bool(self.rows or self.to_follow)


def blank(of: Sale) -> Reading:
    """The empty form."""
    return Reading(_form(of, {"form_key": tokens.secret()}))


def read(of: Sale, agency_id: int, now: datetime) -> Reading:
    """What was sent, understood. Seven statements at most, whatever the length of the list."""
    form = _form(of, None)
    pasted, to_follow = form.names.data or "", form.to_follow.data or 0
    if not form.validate():
        return Reading(form)
    lines = pasting.read(pasted) if len(pasted) <= pasting.MOST_LETTERS else []
    if len(pasted) > pasting.MOST_LETTERS or len(lines) + to_follow > pasting.MOST:
        form.names.errors = [f"At most {pasting.MOST} people are booked at once; this list has {len(lines) + to_follow or 'more'}. "
                             "Book the rest after these."]
        return Reading(form)
    if not lines and not to_follow:
        form.names.errors = ["Paste at least one name, or say how many seats you name later."]
        return Reading(form)
    return _reading(of, form, lines, to_follow, agency_id, now)


def _reading(of: Sale, form: Any, lines: Sequence[pasting.Line], to_follow: int, agency_id: int, now: datetime) -> Reading:
    key = hashlib.sha256(f"{form.form_key.data}:{access.viewer().get_id()}:{agency_id}".encode("utf-8", "replace")).hexdigest()[:32]
    known = wanted.staff(agency_id, of.id, times.local(now, of.event.zone).date(), form_key=key)
    found = wanted.rows(of, lines, known, now, chosen={line.number: _chosen(line.number) for line in lines})
    later = wanted.unnamed(of, now, _chosen(0)) if to_follow else None
    good = [row for row in found if row.state == "ok"]
    seats = good + [later] * to_follow if later is not None and later.state == "ok" else good
    priced = wanted.priced(of, seats, sale.group_rules(of), now)
    by_line = {row.line.number: row for row in priced}
    content = json.dumps([form.names.data, to_follow, form.mode.data if "mode" in form else ""])
    digest = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:24]
    types = sorted((name, value) for name, value in request.form.items() if name.startswith("type_"))
    return Reading(
        form, [by_line.get(row.line.number, row) for row in found], by_line.get(0, later), to_follow, digest, key,
        f"{key}:{hashlib.sha256(f'{content}{types}'.encode('utf-8', 'replace')).hexdigest()[:24]}",
        [_attendee(row, form) for row in priced])


def _attendee(row: Row, form: Any) -> Attendee:
    mode = form.mode.data if "mode" in form else None
    if not row.line.number:
        return Attendee(row.type_id, mode=mode, to_follow=True)
    who = row.colleague
    return Attendee(row.type_id, who.given if who else row.line.given, who.family if who else row.line.family, row.email,
                    who.person_id if who else None, mode=mode, member_number=row.line.member_number)


def _chosen(number: int) -> int:
    return whole(request.form.get(f"type_{number}")) or 0


def _form(of: Sale, data: dict[str, Any] | None) -> Any:
    parent = HybridBookingForm if of.event.mode == "hybrid" else BookingForm
    return parent(data=data) if data else parent()
