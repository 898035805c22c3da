"""Find people, and add one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import EmailField
from wtforms.validators import InputRequired

from webapp.accounts import people, sign_in
from webapp.core.db import transaction
from webapp.core.errors import Refusal, Unacceptable
from webapp.web import access
from webapp.web.forms import Form, Line, again, cleaned
from webapp.web.manage.staff.blueprint import pages, side

PER_PAGE = 50
LAST_PAGE = 10_000


class NewPersonForm(Form):
    """Somebody staff let in."""

    given_name = Line("Given name", 100, [InputRequired("Write the given name.")])
    family_name = Line("Family name", 100)
    email = EmailField("E-mail address", [InputRequired("Write the address."), cleaned(254)])


@pages.get("/manage/people")
@access.staff("admin")
def people_list() -> Any:
    """People by name or address, fifty at a time."""
    words, number, error = request.args.get("q", ""), page_number(), ""
    try:
        found = people.search(words, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    except Unacceptable as refusal:
        found, error, words = [], refusal.sentence, ""
    return render_template("manage/people_list.html", rows=found[:PER_PAGE], words=words, number=number, error=error,
                           more=len(found) > PER_PAGE, side=side("manage_staff.people_list"))


@pages.get("/manage/people/new")
@access.staff("admin")
def person_new() -> Any:
    """The form."""
    return render_template("manage/people_new.html", form=NewPersonForm(), side=side("manage_staff.people_list"))


@pages.post("/manage/people/new")
@access.staff("admin")
def person_create() -> Any:
    """Makes the person and writes her a link to come in. An address that has an owner leads to her instead."""
    form = NewPersonForm()
    if not form.validate():
        return again("manage/people_new.html", form=form, side=side("manage_staff.people_list"))
    owner = people.find_verified(form.email.data)
    if owner is not None:
        flash("This person is known already.", "done")
        return redirect(url_for("manage_staff.person", person_id=owner), 303)
    try:
        with transaction():
            made = people.create(form.given_name.data, form.family_name.data, address=form.email.data)
            sign_in.invite(made.addresses[0].id)
            person_id = made.id
    except Refusal as refusal:
        form.refuse(refusal)
        return again("manage/people_new.html", form=form, side=side("manage_staff.people_list"))
    flash(f"We wrote to {form.email.data} with a link to come in.", "done")
    return redirect(url_for("manage_staff.person", person_id=person_id), 303)


def page_number() -> int:
    """The page asked for in the address; the first when it is none."""
    typed = request.args.get("page", "1")
    return min(max(int(typed), 1), LAST_PAGE) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 1
