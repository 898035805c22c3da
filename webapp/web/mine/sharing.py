"""/me/sharing: what her agency may see of her attendance and hours, until when, who that is, and who looked."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from wtforms.validators import InputRequired

from webapp.accounts import agencies, consents, looks, people
from webapp.core import clock, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.web import access
from webapp.web.forms import Day, Form, again, see
from webapp.web.mine.account.blueprint import tabs_for

pages = Blueprint("my_sharing", __name__)
FOR_DAYS = 365
SCOPES = {"attendance": ("Trainings you attended", "Which trainings you attended in the last year, by title and date."),
          "hours": ("Your hours", "Your training and reflective supervision hours of this year, and the areas still without any.")}
SCOPE_WORDS = {"attendance": "Trainings attended", "hours": "Hours", "calendar": "Calendar"}


class UntilForm(Form):
    """Until when they may see it."""

    until = Day("Until", validators=[InputRequired("Choose the last day.")])


@pages.get("/me/sharing")
@access.signed_in
def sharing() -> str:
    """For each agency she works for: what it sees, until when, who that is; and the log of looks."""
    return render_template("mine/sharing.html", **_context(UntilForm(formdata=None), None))


@pages.post("/me/sharing/<int:agency_id>/<scope>")
@access.signed_in
def share(agency_id: int, scope: str) -> Response:
    """Lets the agency see it until the day, or (`stop=1`) takes that back at once. An agency she does not work for is not found."""
    viewer, form = access.viewer(), UntilForm()
    if scope not in SCOPES:
        raise NotFound
    try:
        if request.form.get("stop"):
            with transaction():
                consents.withdraw(viewer.person_id, agency_id, scope)
            flash("Nobody there sees it any more.")
            return see("/me/sharing")
        if form.validate():
            with transaction():
                consents.give(viewer.person_id, agency_id, scope, until_on=form.until.data, today=clock.today(viewer.zone))
            flash("It is shared. You can take it back at any time.")
            return see("/me/sharing")
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
    return again("mine/sharing.html", **_context(form, (agency_id, scope)))


def _context(form: UntilForm, sent: tuple[int, str] | None) -> dict[str, Any]:
    viewer = access.viewer()
    today, family = clock.today(viewer.zone), people.family_ids(viewer.person_id)
    given = {scope: consents.of_person(viewer.person_id, scope, today) for scope in SCOPES}
    who = agencies.supervisors([row.id for row in given["hours"]])
    until = {(row.id, scope): row.until_on for scope, rows in given.items() for row in rows}
    return {
        "form": form, "sent": sent, "tabs": tabs_for("my_sharing.sharing"), "usual": (today + timedelta(days=FOR_DAYS)).isoformat(),
        "scopes": SCOPES, "agencies": [{"id": row.id, "name": row.name, "who": who[row.id],
                                        "until": {scope: until[row.id, scope] for scope in SCOPES}} for row in given["hours"]],
        "looks": [{"who": f"{one.given_name} {one.family_name}".strip(), "agency": one.agency, "what": SCOPE_WORDS[one.scope],
                   "at": times.moment_words(one.looked_at, viewer.zone)} for one in looks.of_person(family)],
        "most": looks.MOST,
    }
