"""Applications of an event: the list, one application, the decision."""

from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, flash, render_template
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from webapp.catalog.models import Event
from webapp.core import clock, times
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.forms import answers
from webapp.registration import applications
from webapp.registration.models import Application
from webapp.registration.queries import rosters
from webapp.web import access
from webapp.web.forms import Day, Form, Option, Paragraphs, again, see

pages = Blueprint("manage_applications", __name__)
ROLES = ("organizer", "coordinator")
STATES = {"submitted": ("New", "warn"), "reviewing": ("Being read", "plain"), "offered": ("Offered", "ok"), "accepted": ("Accepted", "ok"),
          "declined": ("Declined", "plain"), "withdrawn": ("Taken back", "plain"), "lapsed": ("Offer ended", "bad")}
OPEN = ("submitted", "reviewing", "lapsed")


class DecisionForm(Form):
    """What is decided, and the words that go with it."""

    decision = RadioField("Decision", choices=[Option("offer", "Offer a place"), Option("decline", "No place this time")],
                          validators=[InputRequired("Choose what you decide.")], validate_choice=False)
    group = SelectField("Group", validators=[Optional()], description="Only with an offer.")
    until = Day("The offer stands until", validators=[Optional()], description="Empty: 14 days.")
    note = Paragraphs("Words for the applicant", 2000, [Optional()], description="Stands on the page of the application.")


@pages.get("/manage/events/<slug>/applications")
@access.staff(*ROLES)
def index(slug: str) -> str:
    """Who applied, in the order they came, and how many places are left."""
    event = access.event_of(slug, *ROLES)
    rows = [_row(event, one) for one in rosters.applications(event.id)]
    return render_template("manage/applications.html", event=event, rows=rows, seats=_seats(event.id, rows))


@pages.get("/manage/events/<slug>/applications/<int:application_id>")
@access.staff(*ROLES)
def one(slug: str, application_id: int) -> str:
    """One application with what was written, and the form of the decision."""
    event = access.event_of(slug, *ROLES)
    return render_template("manage/applications_one.html", **_one(event, application_id, _form(event.id)))


@pages.post("/manage/events/<slug>/applications/<int:application_id>")
@access.staff(*ROLES)
def decide(slug: str, application_id: int) -> Response:
    """Decides; the applicant is told by mail."""
    event = access.event_of(slug, *ROLES)
    form, zone = _form(event.id), event.zone
    _application(event, application_id)
    if not form.validate():
        return again("manage/applications_one.html", **_one(event, application_id, form))
    until = times.instant(datetime.combine(form.until.data, time(23, 59)), zone, fold=0) if form.until.data else None
    try:
        with transaction():
            applications.decide(
                application_id, offer=form.decision.data == "offer", by_id=access.viewer().person_id, note=form.note.data or "",
                until=until, group_id=int(form.group.data) if form.group.data else None)
    except Refusal as refusal:
        form.refuse(refusal)
        return again("manage/applications_one.html", **_one(access.event_of(slug, *ROLES), application_id, form))
    flash("The applicant is told." if form.decision.data != "offer" else "The place is offered; the applicant is told.")
    return see(f"/manage/events/{slug}/applications")


def _form(event_id: int) -> DecisionForm:
    form = DecisionForm()
    groups = rosters.groups(event_id)
    form.group.choices = [Option("", "No group yet")] + [
        Option(str(row.id), f"{row.name} ({row.members} of {row.size})" if row.size else row.name) for row in groups]
    return form


def _application(event: Event, application_id: int) -> Any:
    found = next((row for row in rosters.applications(event.id) if row.id == application_id), None)
    if found is None:
        raise NotFound
    return found


def _one(event: Event, application_id: int, form: DecisionForm) -> dict[str, Any]:
    row = _application(event, application_id)
    note = db.session.get_one(Application, application_id).decision_note
    return {"event": event, "application": row, "form": form, "note": note, "state": STATES[row.state], "is_open": row.state in OPEN,
            "has_groups": len(form.group.choices) > 1, "sent": times.moment_words(row.created_at, event.zone),
            "until": times.moment_words(row.offer_until, event.zone) if row.offer_until else "",
            "answers": answers.of_application(application_id, seeing=answers.ALL)}


def _row(event: Event, one: Any) -> dict[str, Any]:
    return {"name": f"{one.given_name} {one.family_name}".strip(), "href": f"/manage/events/{event.slug}/applications/{one.id}",
            "work": one.employer or one.email, "type": one.type, "group": one.group or "",
            "sent": times.date_words(times.local(one.created_at, event.zone).date()), "state": STATES[one.state], "code": one.state,
            "over": one.state == "offered" and one.offer_until is not None and one.offer_until <= clock.now()}


def _seats(event_id: int, rows: list[dict[str, Any]]) -> str:
    whole = rosters.capacity(event_id)[0]
    offered = sum(row["code"] == "offered" and not row["over"] for row in rows)
    of = f" of {whole['capacity']}" if whole["capacity"] is not None else ""
    return f"{whole['taken']}{of} places taken, {offered} offered and not answered yet."
