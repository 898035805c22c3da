"""The forms of a set-aside: for whom, how many, until when, and why."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.accounts import agencies
from webapp.catalog.models import Event
from webapp.core import times
from webapp.registration.queries import setasides as queries
from webapp.registration.sale import Sale
from webapp.registration.setasides.keeping import Wish
from webapp.registration.setasides.models import MOST_SEATS
from webapp.registration.setasides.rules import KIND_WORDS
from webapp.web.forms import Day, Form, Line, Option, whole
from webapp.web.registering import views

MODES = [Option("", "Any way"), Option("in_person", "In the room"), Option("online", "Online")]


class ChangeForm(Form):
    """How many, until when, and why."""

    seats = IntegerField("How many places", [InputRequired("Write a number.")])
    returns_on = Day("Returns to sale on", [Optional()],
                     description="From the beginning of this day what is unused is for who waits first, then for everybody. "
                                 "Empty: when you give it back.")
    reason = Line("Why", 255, [InputRequired("Say why; it stands in the history.")])


class NewForm(ChangeForm):
    """With for whom they are."""

    kind = RadioField("For whom", choices=[Option(*one) for one in KIND_WORDS.items()], default="presenters", validate_choice=False)
    agency = SelectField("Agency", [Optional()], validate_choice=False, description="It becomes the agency's own pool of seats here.")
    label = Line("In your words", 100, [Optional()], description="For example: keynote team. Needed for somebody else.")
    mode = RadioField("Way of taking part", choices=MODES, default="", validate_choice=False)
    type = SelectField("Only at the price", [Optional()], validate_choice=False)


def sessions(event_id: int, kept: Mapping[int, int] | None = None) -> dict[str, IntegerField]:
    """A field for each session with a limit that people choose: how many seats of it are kept. `kept`: as it is now."""
    return {f"session_{one.id}": IntegerField(
        one.title, [Optional(), NumberRange(0, MOST_SEATS, "Write a number, or leave it empty.")], default=(kept or {}).get(one.id),
        description=f"{views.block_when(one.block, one)}. {max(one.left, 0)} open to everybody.") for one in queries.choosable(event_id)}


def kept_sessions(form: Any) -> dict[int, int]:
    """What was typed in them; empty is none."""
    return {int(name.removeprefix("session_")): form[name].data or 0 for name in session_fields(form)}


def session_fields(form: Any) -> list[str]:
    """Their names, in order."""
    return [name for name in form._fields if name.startswith("session_")]


def sessions_shown(form: Any) -> dict[str, Any]:
    """What their part of the page prints: the names of the fields, and whether it is open."""
    names = session_fields(form)
    return {"session_fields": names, "sessions_open": any(form[name].data or form[name].errors for name in names)}


def changing(event_id: int, found: Any, parts: Iterable[Any], *, posted: bool) -> Any:
    """The form of a change: with what was posted, else as the set-aside is."""
    made = type("ChangeSessionsForm", (ChangeForm,), sessions(event_id, {one.session_id: one.seats for one in parts if one.seats}))
    return made() if posted else made(formdata=None, data=filled(found))


class ReasonForm(Form):
    """Why they are given back."""

    why = Line("Why", 255, [InputRequired("Say why; it stands in the history.")])


def new(sold: Sale) -> Any:
    """The form, with the agencies and the prices there are."""
    form = type("NewSessionsForm", (NewForm,), sessions(sold.id))()
    form.agency.choices = [Option("", "None"), *(Option(str(one.Agency.id), one.Agency.name) for one in agencies.listed())]
    form.type.choices = [Option("", "Any price"), *(Option(str(one.id), one.name) for one in sold.types.values() if not one.retired)]
    return form


def wish(form: Any, event: Event) -> Wish:
    """What was typed, for the action."""
    kind = str(form.kind.data or "")
    return Wish(kind, form.seats.data, form.label.data or "", agency_id=whole(form.agency.data) if kind == "agency" else None,
                mode=form.mode.data or None, type_id=whole(form.type.data), returns_at=moment(form.returns_on.data, event.zone),
                sessions=kept_sessions(form))


def moment(day: date | None, zone: str) -> datetime | None:
    """The beginning of the day, where the event is."""
    return times.instant(datetime.combine(day, time()), zone, field="returns_on") if day else None


def filled(one: Any) -> dict[str, Any]:
    """A set-aside as the form of a change shows it."""
    return {"seats": one.capacity, "returns_on": times.local(one.returns_at, one.zone).date() if one.returns_at else None}
