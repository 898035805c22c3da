"""The membership list: who gets the member price, from and until."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import EmailField, FileField, TextAreaField
from wtforms.validators import InputRequired

from webapp.accounts import member_file, member_list, memberships, people
from webapp.accounts.member_file import Fault
from webapp.core import clock, sheets, text
from webapp.core.db import transaction
from webapp.core.errors import Refusal, Unacceptable
from webapp.web import access
from webapp.web.forms import Day, Form, Line, again, cleaned
from webapp.web.manage.staff.blueprint import pages, side
from webapp.web.manage.staff.people import PER_PAGE, page_number

MOST_CHARACTERS = 1_000_000
MOST_FAULTS = 100


class MembershipForm(Form):
    """A membership. With an address that somebody has confirmed it is hers at once, else when she confirms it."""

    number = Line("Membership number", 40, [InputRequired("Write the membership number.")])
    name = Line("Name on the list", 200)
    email = EmailField("E-mail address", [InputRequired("Write the address: it says whose membership this is."), cleaned(254)])
    from_on = Day("First day", [InputRequired("Write the first day.")])
    until_on = Day("Last day", [InputRequired("Write the last day.")])


class ListForm(Form):
    """The member list as a file, or pasted."""

    file = FileField("CSV file")
    rows = TextAreaField("Or paste the lines")


@pages.get("/manage/memberships")
@access.staff("finance")
def memberships_list() -> Any:
    """The list, those valid longest first."""
    words, number, error, today = request.args.get("q", ""), page_number(), "", clock.today(access.viewer().zone)
    try:
        rows = memberships.listed(words=words, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    except Unacceptable as refusal:
        rows, error, words = [], refusal.sentence, ""
    return render_template("manage/memberships_list.html", rows=rows[:PER_PAGE], words=words, number=number, today=today, error=error,
                           more=len(rows) > PER_PAGE, sees_people=access.viewer().has_any(("admin",)),
                           side=side("manage_staff.memberships_list"))


@pages.get("/manage/memberships/new")
@access.staff("finance")
def membership_new() -> Any:
    """The form."""
    return render_template("manage/memberships_new.html", form=MembershipForm(), side=side("manage_staff.memberships_list"))


@pages.post("/manage/memberships/new")
@access.staff("finance")
def membership_add() -> Any:
    """Puts it on the list."""
    form, actor_id = MembershipForm(), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                memberships.add(people.find_verified(form.email.data), form.number.data, name=form.name.data, email=form.email.data,
                                from_on=form.from_on.data, until_on=form.until_on.data, actor_id=actor_id)
            flash(f"Membership {form.number.data} is on the list.", "done")
            return redirect(url_for("manage_staff.memberships_list"), 303)
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/memberships_new.html", form=form, side=side("manage_staff.memberships_list"))


@pages.get("/manage/memberships/import")
@access.staff("finance")
def memberships_import() -> Any:
    """The form of a file: what its columns are called."""
    return render_template("manage/memberships_import.html", **_importing(ListForm()))


@pages.post("/manage/memberships/import")
@access.staff("finance")
def memberships_take_over() -> Any:
    """Takes the whole file over, or says line by line what is to be put right; then nothing is written."""
    form, by_id = ListForm(), access.viewer().person_id
    try:
        form.rows.data = _typed(form)
        members, faults = member_file.read(sheets.read_csv(form.rows.data))
        if faults:
            return again("manage/memberships_import.html", **_importing(form, faults))
        with transaction():
            done = member_list.take_over(members, by_id=by_id)
    except Refusal as refusal:
        form.refuse(refusal)
        return again("manage/memberships_import.html", **_importing(form))
    flash(f"{done.added} added, {done.changed} changed, {done.same} known as they are.", "done")
    return redirect(url_for("manage_staff.memberships_list"), 303)


def _typed(form: ListForm) -> str:
    """What is in the file, else what was pasted."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return text.clean(form.rows.data or "", field="rows", limit=MOST_CHARACTERS, lines=True)
    try:
        return text.clean(sent.read().decode("utf-8-sig"), field="file", limit=MOST_CHARACTERS, lines=True)
    except UnicodeDecodeError as error:
        raise Unacceptable("This file is not a CSV in UTF-8.", field="file", way_out="Save it as “CSV UTF-8” and send it again.") from error


def _importing(form: ListForm, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    return {"form": form, "faults": faults[:MOST_FAULTS], "more": max(len(faults) - MOST_FAULTS, 0),
            "side": side("manage_staff.memberships_list")}
