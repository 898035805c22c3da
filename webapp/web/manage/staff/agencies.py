"""Agencies: the list, a new one, its details and who works there."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import BooleanField, EmailField
from wtforms.validators import InputRequired

from webapp.accounts import agencies, people, roles
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import Refusal, Unacceptable
from webapp.registration.booking import leaving
from webapp.web import access
from webapp.web.forms import Form, Line, Paragraphs, again, cleaned
from webapp.web.manage.staff.blueprint import pages, side, told

_FIELDS = ("billing_name", "billing_email", "billing_address", "county", "po_required")


class AgencyForm(Form):
    """An agency as it is written on invoices."""

    name = Line("Name", 200, [InputRequired("Write the agency's name.")])
    billing_name = Line("Name on invoices", 200)
    billing_email = EmailField("Address for invoices by mail", [cleaned(254)])
    billing_address = Paragraphs("Postal address for invoices", 1000)
    county = Line("County", 80)
    po_required = BooleanField("Pays only with a purchase order number")


class MemberForm(Form):
    """Who works there, by an address she has confirmed."""

    person = EmailField("Their e-mail address", [InputRequired("Write the address."), cleaned(254)])


@pages.get("/manage/agencies")
@access.staff("admin")
def agencies_list() -> Any:
    """All agencies."""
    return render_template("manage/agencies_list.html", rows=agencies.listed(), side=side("manage_staff.agencies_list"))


@pages.get("/manage/agencies/new")
@access.staff("admin")
def agency_new() -> Any:
    """The form."""
    return render_template("manage/agencies_new.html", form=AgencyForm(), side=side("manage_staff.agencies_list"))


@pages.post("/manage/agencies/new")
@access.staff("admin")
def agency_create() -> Any:
    """Makes the agency."""
    form, actor_id = AgencyForm(), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                agency_id = agencies.create(form.name.data, actor_id=actor_id, **_values(form)).id
            return redirect(url_for("manage_staff.agency", agency_id=agency_id), 303)
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/agencies_new.html", form=form, side=side("manage_staff.agencies_list"))


@pages.get("/manage/agencies/<int:agency_id>")
@access.staff("admin")
def agency(agency_id: int) -> Any:
    """Its details and who works there."""
    found = agencies.get(agency_id)
    return render_template("manage/agencies_agency.html", form=AgencyForm(obj=found), joining=MemberForm(formdata=None),
                           **_context(agency_id))


@pages.post("/manage/agencies/<int:agency_id>")
@access.staff("admin")
def agency_update(agency_id: int) -> Any:
    """Keeps its details."""
    form, actor_id = AgencyForm(), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                agencies.update(agency_id, form.name.data, actor_id=actor_id, **_values(form))
            flash("The details are kept.", "done")
            return redirect(url_for("manage_staff.agency", agency_id=agency_id), 303)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        form.refuse(refusal)
    return again("manage/agencies_agency.html", form=form, joining=MemberForm(formdata=None), **_context(agency_id))


@pages.post("/manage/agencies/<int:agency_id>/members")
@access.staff("admin")
def agency_join(agency_id: int) -> Any:
    """Adds who works there."""
    joining, viewer = MemberForm(), access.viewer()
    try:
        if joining.validate():
            with transaction():
                person_id = people.find_verified(joining.person.data)
                if person_id is None:
                    raise Unacceptable("Nobody has confirmed this address.", way_out="Ask them to sign up with it first.", field="person")
                agencies.add_member(agency_id, person_id, from_on=clock.today(viewer.zone), actor_id=viewer.person_id)
            flash("Added.", "done")
            return redirect(url_for("manage_staff.agency", agency_id=agency_id), 303)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        joining.refuse(refusal)
    known = AgencyForm(formdata=None, obj=agencies.get(agency_id))
    return again("manage/agencies_agency.html", form=known, joining=joining, **_context(agency_id))


@pages.post("/manage/agencies/<int:agency_id>/members/<int:member_id>")
@access.staff("admin")
def agency_member(agency_id: int, member_id: int) -> Any:
    """One of: end (works there no longer), supervisor (may see and place staff)."""
    viewer, what = access.viewer(), request.form.get("do", "")
    with told("Done."), transaction():
        row = next((one.AgencyMember for one in agencies.members(agency_id) if one.AgencyMember.id == member_id), None)
        if row is None:
            raise Refusal("This person does not work here any more.")
        if what == "supervisor":
            roles.grant(row.person_id, "supervisor", actor_id=viewer.person_id, agency_id=agency_id)
        else:
            agencies.end_member(member_id, until_on=clock.today(viewer.zone), actor_id=viewer.person_id)
            leaving.tell(agency_id, row.person_id)
    return redirect(url_for("manage_staff.agency", agency_id=agency_id), 303)


def _values(form: AgencyForm) -> dict[str, Any]:
    return {name: getattr(form, name).data for name in _FIELDS}


def _context(agency_id: int) -> dict[str, Any]:
    return {"agency": agencies.get(agency_id), "members": agencies.members(agency_id), "side": side("manage_staff.agencies_list")}
