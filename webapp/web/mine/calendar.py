"""My calendar: addresses that keep my programs up to date, who read them last, and taking one back."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app, render_template, session, url_for
from wtforms import RadioField

from webapp.calendars import clients, keys, links
from webapp.core import clock, times
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.web import access, forms
from webapp.web.forms import Form, Line, Option, see

pages = Blueprint("my_calendar", __name__)
PROGRAMS = {"google": "Google Calendar", "apple": "Apple Calendar", "outlook": "Outlook", "other": "Another program"}


class NewAddress(Form):
    """Which program the new address is for, and what she wants to call it."""

    program = RadioField("Where do you keep your calendar?", default="google",
                         choices=[Option(value, words) for value, words in PROGRAMS.items()])
    name = Line("Name for it (optional)", 60)


@pages.get("/me/calendar")
@access.signed_in
def calendar() -> str:
    """Her addresses, how fresh each is, and a form for one more. A new address is shown here once."""
    return render_template("mine/calendar.html", form=NewAddress(), **_context())


@pages.post("/me/calendar")
@access.signed_in
def make() -> Response:
    """Makes an address of its own for the program chosen."""
    form = NewAddress()
    person_id = access.viewer().person_id
    if form.validate_on_submit():
        name = form.name.data or PROGRAMS[form.program.data]
        try:
            with transaction():
                key = keys.make(kind="person", name=name, person_id=person_id)
            session["new_feed"] = [key.token, name]
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


def feed_links(token: str, name: str) -> links.Links:
    """The ways into calendar programs for a key just made."""
    return links.subscribe(f"{current_app.config['SETTINGS'].base_url}/feeds/{token}.ics", name)


def _context() -> dict[str, object]:
    viewer = access.viewer()
    made = keys.of_person(viewer.person_id)
    fetched = keys.last_fetches([key.id for key in made])
    new = session.pop("new_feed", None)
    return {
        "new": feed_links(new[0], new[1]) if new else None, "new_name": new[1] if new else "",
        "keys": [_shown(key.id, key.name, times.date_words(times.local(key.created_at, viewer.zone).date()), fetched.get(key.id))
                 for key in made],
    }


def _shown(key_id: int, name: str, made_on: str, fetch: tuple[str, datetime] | None) -> dict[str, object]:
    shown: dict[str, object] = {"id": key_id, "name": name, "made_on": made_on}
    if fetch is None:
        return shown | {"read": "Not read yet", "habit": "", "kind": "warn"}
    client, ago = clients.describe(fetch[0]), clock.now() - fetch[1]
    return shown | {"read": f"{client.name} read this {_ago(ago)}", "habit": client.habit, "kind": "ok"}


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} minute{'s' * (minutes != 1)} ago"
    hours = minutes // 60
    return f"{hours} hour{'s' * (hours != 1)} ago" if hours < 48 else f"{hours // 24} days ago"
