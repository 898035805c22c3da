"""A new event: its kind, then the few words a draft needs. Everything else can follow."""

from typing import Any

from flask import Response, flash, render_template, request
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.catalog import events, parts, pools
from webapp.catalog.models import KINDS
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.forms import questions
from webapp.web import access
from webapp.web.events import words
from webapp.web.forms import Form, Line, Option, again, see
from webapp.web.manage.events import counties
from webapp.web.manage.events.blueprint import ROLES, association_zone, organizations, pages
from webapp.web.manage.events.choices import MODES, SIGN_UP_CODES, SIGN_UPS, ZONES

KIND_HINTS = {
    "workshop": "One meeting or several: trainings, series, webinars, reading circles.",
    "conference": "A program of one or more days, with breakouts to choose from.",
    "capstone": "A cohort that meets over months, with groups, by application.",
    "rsc_group": "A group for reflective supervision or consultation, online or on site.",
    "awareness": "A gathering for everybody, with little or no sign-up.",
    "info_session": "An hour about a programme, for those who think of joining.",
}
SIGN_UP = {"capstone": "application", "awareness": "walk_in"}


class NewEvent(Form):
    """What a draft needs."""

    kind = RadioField("What kind of event is it?", validators=[InputRequired("Choose the kind of event.")], validate_choice=False)
    title = Line("Title", 200, [InputRequired("Give the event a title.")])
    organization = SelectField("Who offers it", validate_choice=False)
    mode = RadioField(
        "How do people take part?",
        choices=MODES,
        default="in_person",
        validators=[InputRequired("Say whether it is in person, online or both.")],
        validate_choice=False,
    )
    zone = SelectField("Time zone of its dates", choices=ZONES, validate_choice=False)
    sign_up = RadioField("How do people get a place?", choices=SIGN_UPS, validate_choice=False)
    venue_name = Line("Name of the place", 200, [Optional()])
    venue_city = Line("City", 100, [Optional()])
    venue_county = Line("County", 80, [Optional()])
    platform = Line(
        "Platform, where it meets online", 60, [Optional()], description="For example Zoom. The link itself can follow."
    )
    capacity = IntegerField(
        "Places in all",
        [Optional(), NumberRange(0, pools.MOST, "Write a number of places, or leave it empty.")],
        description="Empty: no limit.",
    )


@pages.route("/manage/events/new", methods=("GET", "POST"))
@access.staff(*ROLES)
def new() -> str | Response:
    """Asks for the kind first, then for the words of the draft; makes it and goes to its overview."""
    form, offered = _form()
    if request.method == "GET" and form.kind.data not in KINDS:
        return render_template("manage/event_kind.html", kinds=_kinds())
    if request.method == "GET":
        return render_template("manage/event_new.html", **_context(form, offered))
    if form.validate():
        try:
            with transaction():
                slug = _make(form, {str(one.id) for one in offered})
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash("The draft is made. Nobody sees it until you publish it.", "done")
            return see(f"/manage/events/{slug}")
    return again("manage/event_new.html", **_context(form, offered))


def _form() -> tuple[NewEvent, list[Any]]:
    offered = organizations(access.viewer())
    if not offered:
        raise NotFound
    kind = request.values.get("kind", "")
    form = NewEvent(
        data={"kind": kind, "sign_up": SIGN_UP.get(kind, "open"), "zone": association_zone(), "organization": str(offered[0].id)}
    )
    form.kind.choices = [Option(one, words.KIND[one]) for one in KINDS]
    form.organization.choices = [Option(str(one.id), one.name) for one in offered]
    return form, offered


def _make(form: NewEvent, allowed: set[str]) -> str:
    if form.organization.data not in allowed:
        raise Unacceptable("Choose who offers it.", field="organization")
    mode = form.mode.data
    venue = None
    if mode != "online" and form.venue_name.data:
        venue = parts.venue(name=form.venue_name.data, city=form.venue_city.data, county=form.venue_county.data).id
    event = events.create(
        actor_id=access.viewer().person_id,
        title=form.title.data,
        kind=form.kind.data,
        mode=mode,
        zone=form.zone.data,
        organization_id=int(form.organization.data),
        sign_up=form.sign_up.data if form.sign_up.data in SIGN_UP_CODES else "open",
        venue_id=venue,
        platform=form.platform.data if mode != "in_person" else "",
        capacity=form.capacity.data,
    )
    asked = questions.standard(in_person=mode != "online")
    questions.replace(event.id, asked, actor_id=access.viewer().person_id)
    return event.slug


def _kinds() -> list[dict[str, str]]:
    return [{"label": words.KIND[kind], "href": f"/manage/events/new?kind={kind}", "hint": KIND_HINTS[kind]} for kind in KINDS]


def _context(form: NewEvent, offered: list[Any]) -> dict[str, Any]:
    return {
        "form": form,
        "counties": counties.WISCONSIN,
        "many": len(offered) > 1,
        "kind_word": words.KIND.get(form.kind.data, "event").lower() if form.kind.data in KINDS else "event",
    }
