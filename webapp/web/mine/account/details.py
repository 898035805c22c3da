"""Name and profile."""

from typing import Any
from zoneinfo import available_timezones

from flask import flash, redirect, render_template, url_for
from wtforms import SelectField

from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.web import access
from webapp.web.forms import Form, Line, Option, again
from webapp.web.mine.account.blueprint import pages, tabs_for

# Those of the association's country first; every other zone after them.
_NEAR = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
         "Pacific/Honolulu")
_WORDS = {"America/New_York": "Eastern", "America/Chicago": "Central", "America/Denver": "Mountain", "America/Phoenix": "Arizona",
          "America/Los_Angeles": "Pacific", "America/Anchorage": "Alaska", "Pacific/Honolulu": "Hawaii"}
ZONES = [Option(name, f"{_WORDS[name]} time ({name})") for name in _NEAR] + [
    Option(name, name.replace("_", " ")) for name in sorted(available_timezones() - set(_NEAR))
    if "/" in name and not name.startswith("Etc/")]


class DetailsForm(Form):
    """Who she is, to us and on certificates."""

    given_name = Line("Given name", 100)
    family_name = Line("Family name", 100)
    profession = Line("Profession", 120)
    employer = Line("Employer", 200)
    county = Line("County", 80)
    zone = SelectField("Time zone", choices=ZONES)


@pages.get("/me/account")
@access.signed_in
def details() -> Any:
    """The form, filled."""
    person = access.person()
    return render_template("mine/account.html", form=DetailsForm(obj=person), tabs=tabs_for("my_account.details"))


@pages.post("/me/account")
@access.signed_in
def keep() -> Any:
    """Keeps what was changed."""
    form, person_id = DetailsForm(), access.viewer().person_id
    try:
        if not form.validate():
            return again("mine/account.html", form=form, tabs=tabs_for("my_account.details"))
        with transaction():
            _update(person_id, form)
    except Refusal as refusal:
        form.refuse(refusal)
        return again("mine/account.html", form=form, tabs=tabs_for("my_account.details"))
    flash("Your details are kept.", "done")
    return redirect(url_for("my_account.details"), 303)


def _update(person_id: int, form: DetailsForm) -> Person:
    return people.update(person_id, given=form.given_name.data, family=form.family_name.data, actor_id=person_id,
                         **{name: getattr(form, name).data for name in people.PROFILE})
