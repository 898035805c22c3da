"""My calendar: how sessions get there, addresses that keep my programs up to date, who read them last, and taking one back."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app, render_template, request, url_for
from wtforms import RadioField

from webapp.accounts import consents, people
from webapp.calendars import clients, keys, links, queries, standing, ways
from webapp.calendars.models import FeedKey
from webapp.core import clock, times
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.web import access, forms, subscribing
from webapp.web.forms import Form, Line, Option, see

pages = Blueprint("my_calendar", __name__)
SHARED_FOR = 365  # days an agency sees her places, until she says so again
OF_KIND = {"person": "My places", "organizer": "Events I look after", "agency": "Staff of my agency"}


class NewAddress(Form):
    """Which program the new address is for, and what she wants to call it."""

    program = RadioField("Where do you keep your calendar?", default="google",
                         choices=[Option(value, words) for value, words in subscribing.PROGRAMS.items()])
    name = Line("Name for it (optional)", 60)


class WayForm(Form):
    """How sessions come into her calendar."""

    way = RadioField("How do sessions come into your calendar?", choices=[
        Option("auto", "As it fits", hint="By mail, unless a program reads a calendar address of yours."),
        Option("mail", "Invitations by mail"),
        Option("feed", "Subscribed calendar"),
        Option("both", "Both", hint="For two different calendars: in one program each session would show twice."),
    ])


@pages.get("/me/calendar")
@access.signed_in
def calendar() -> str:
    """Her addresses, how fresh each is, a form for one more, what she presents, and what her agency sees. A new address is shown once."""
    return render_template("mine/calendar.html", form=NewAddress(), **_context())


@pages.post("/me/calendar")
@access.signed_in
def make() -> Response:
    """Makes an address of its own for the program chosen."""
    form = NewAddress()
    person_id = access.viewer().person_id
    if form.validate_on_submit():
        name = form.name.data or subscribing.PROGRAMS[form.program.data]
        try:
            with transaction():
                key = keys.make(kind="person", name=name, person_id=person_id)
            subscribing.remember("/me/calendar", key.token, name)
            return see(url_for("my_calendar.calendar") + "#new")
        except Refusal as refusal:
            form.refuse(refusal)
    return forms.again("mine/calendar.html", form=form, **_context())


@pages.post("/me/calendar/<int:key_id>/withdraw")
@access.signed_in
def withdraw(key_id: int) -> Response:
    """Takes an address back: whoever has it gets nothing any more."""
    with transaction():
        keys.withdraw(key_id, person_id=access.viewer().person_id)
    return see(url_for("my_calendar.calendar"))


@pages.post("/me/calendar/way")
@access.signed_in
def way() -> Response:
    """How her sessions come into her calendar from now on: by mail, by the subscribed calendar, or both."""
    form = WayForm()
    if not form.validate_on_submit():
        return forms.again("mine/calendar.html", form=NewAddress(formdata=None), **_context() | {"way": form})
    with transaction():
        ways.choose(access.viewer().person_id, form.way.data)
    return see(url_for("my_calendar.calendar") + "#way-card")


@pages.post("/me/calendar/move")
@access.signed_in
def move() -> Response:
    """What came by mail changes over to her subscribed calendar; mails take the single entries back."""
    with transaction():
        standing.move(standing.of_person(access.viewer().person_id, clock.now()))
    return see(url_for("my_calendar.calendar") + "#way-card")


@pages.post("/me/calendar/shared/<int:agency_id>")
@access.signed_in
def share(agency_id: int) -> Response:
    """Lets her agency see her places in its calendar for a year, or (`stop=1`) takes that back."""
    person_id, today = access.viewer().person_id, clock.today(access.viewer().zone)
    with transaction():
        if request.form.get("stop"):
            consents.withdraw(person_id, agency_id, "calendar")
        else:
            consents.give(person_id, agency_id, "calendar", until_on=today + timedelta(days=SHARED_FOR), today=today)
    return see(url_for("my_calendar.calendar") + "#agencies")


def _context() -> dict[str, object]:
    viewer = access.viewer()
    made, site = keys.of_person(viewer.person_id), current_app.config["SETTINGS"].base_url
    fetched = keys.last_fetches([key.id for key in made])
    return {
        "new": subscribing.shown_once("/me/calendar"),
        "way": WayForm(formdata=None, way=ways.of(None, viewer.person_id, clock.now()).choice),
        "by_mail": [(row.event_title if row.session_title == row.event_title else f"{row.event_title}: {row.session_title}",
                     times.span_words(row.starts_at, row.ends_at, row.zone)) for row in standing.of_person(viewer.person_id, clock.now())],
        "agencies": consents.of_person(viewer.person_id, "calendar", clock.today(viewer.zone)),
        "presents": [{"name": one.name, "links": links.subscribe(f"{site}/presenters/{one.id}.ics", one.name)}
                     for one in queries.presenters(people.family_ids(viewer.person_id))],
        "keys": [_shown(key, viewer.zone, fetched.get(key.id)) for key in made],
    }


def _shown(key: FeedKey, zone: str, fetch: tuple[str, datetime] | None) -> dict[str, object]:
    shown: dict[str, object] = {"id": key.id, "name": key.name, "of": OF_KIND[key.kind],
                                "made_on": times.date_words(times.local(key.created_at, zone).date())}
    if fetch is None:
        return shown | {"read": "Not read yet", "habit": "", "kind": "warn"}
    client, ago = clients.describe(fetch[0]), clock.now() - fetch[1]
    return shown | {"read": f"{client.name} read this {clients.ago(ago)}", "habit": client.habit, "kind": "ok"}
