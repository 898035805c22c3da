"""A copy of an event with new dates: sessions, prices and questions move together, people stay behind."""

from flask import Response, flash, render_template, request
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.core import times
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.registration import duplicating
from webapp.web import access
from webapp.web.forms import Day, Form, Line, again, see
from webapp.web.manage.events.blueprint import ROLES, pages, refuse_unless_creator, the_event


class Copy(Form):
    """The title of the copy, and when it begins: a date, or so many weeks later."""

    title = Line("Title of the copy", 200, [InputRequired("Give the copy a title.")])
    first_on = Day("Its first session is on", [Optional()])
    weeks = IntegerField("Or: so many weeks later", [Optional(), NumberRange(-520, 520, "Write a number of weeks, at most ten years.")])


@pages.route("/manage/events/<slug>/duplicate", methods=("GET", "POST"))
@access.staff(*ROLES)
def duplicate(slug: str) -> str | Response:
    """Makes a draft with the same weekdays and goes to it."""
    event = the_event(slug)
    refuse_unless_creator(access.viewer(), event.organization_id)
    form = Copy(data={"title": event.title})
    day = times.local(event.starts_at, event.zone).date() if event.starts_at else None
    context = {"event": event, "form": form, "begins": times.date_words(day) if day else "", "weekday": f"{day:%A}" if day else ""}
    if request.method == "GET":
        return render_template("manage/event_duplicate.html", **context)
    if form.validate():
        try:
            with transaction():
                made = duplicating.duplicate(event.id, actor_id=access.viewer().person_id, weeks=form.weeks.data,
                                             first_on=form.first_on.data, title=form.title.data).slug
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash("The copy is made. It is a draft: look at its dates, then publish it.", "done")
            return see(f"/manage/events/{made}")
    return again("manage/event_duplicate.html", **context | {"event": the_event(slug)})
