"""Who may do what: the list, granting and ending."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from wtforms import SelectField

from webapp.accounts import agencies, people, roles
from webapp.accounts.models import Agency, RoleGrant
from webapp.catalog.models import Event, Organization
from webapp.core import text, times
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.web import access
from webapp.web.forms import Form, Line, Option, again
from webapp.web.manage.staff.blueprint import pages, side, told

_MANY_EVENTS = 300


class GrantForm(Form):
    """A role and what it is limited to. The choices of things come from the database (`_form`)."""

    role = SelectField("Role", choices=[Option("", "Choose a role")] + [Option(role, words) for role, words in roles.WORDS.items()])
    event = SelectField("Only for this event", validate_choice=False)
    organization = SelectField("Only for this partner", validate_choice=False)
    agency = SelectField("Only for this agency", validate_choice=False)
    reason = Line("Why", 255)


@pages.get("/manage/roles")
@access.staff("admin")
def roles_list() -> Any:
    """Who holds which role now."""
    rows = roles.holders()
    return render_template("manage/roles_list.html", rows=rows, words=roles.WORDS, side=side("manage_staff.roles_list"),
                           scopes=scope_names([row.RoleGrant for row in rows]))


@pages.get("/manage/people/<int:person_id>/roles/new")
@access.staff("admin")
def role_new(person_id: int) -> Any:
    """The form."""
    return render_template("manage/roles_grant.html", form=_form(), person=people.get(person_id), side=side("manage_staff.people_list"))


@pages.post("/manage/people/<int:person_id>/roles/new")
@access.staff("admin")
def role_grant(person_id: int) -> Any:
    """Gives the role."""
    form, actor_id = _form(), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                people.get(person_id)
                roles.grant(person_id, form.role.data, actor_id=actor_id, reason=form.reason.data, event_id=_chosen(form.event),
                            organization_id=_chosen(form.organization), agency_id=_chosen(form.agency))
            flash(f"{roles.WORDS[form.role.data]}: given.", "done")
            return redirect(url_for("manage_staff.person", person_id=person_id), 303)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        form.refuse(refusal)
    return again("manage/roles_grant.html", form=form, person=people.get(person_id), side=side("manage_staff.people_list"))


@pages.post("/manage/roles/<int:grant_id>/end")
@access.staff("admin")
def role_end(grant_id: int) -> Any:
    """Ends a role."""
    with told("The role has ended."), transaction():
        roles.end(grant_id, actor_id=access.viewer().person_id, reason=text.clean(request.form.get("reason", ""), limit=255))
    return redirect(access.local_path(request.form.get("next"), url_for("manage_staff.roles_list")), 303)


def scope_names(grants: Iterable[RoleGrant]) -> dict[int, str]:
    """What each grant is limited to, in words: grant id to the name of the event, partner or agency, or `Everywhere`."""
    rows = list(grants)
    events = _names(Event.id, Event.title, {row.event_id for row in rows})
    partners = _names(Organization.id, Organization.name, {row.organization_id for row in rows})
    firms = _names(Agency.id, Agency.name, {row.agency_id for row in rows})
    return {row.id: events.get(row.event_id or 0) or partners.get(row.organization_id or 0) or firms.get(row.agency_id or 0)
            or "Everywhere" for row in rows}


def _names(identity: Any, name: Any, wanted: set[int | None]) -> dict[int, str]:
    found = wanted - {None}
    return {row[0]: row[1] for row in db.session.execute(select(identity, name).where(identity.in_(found)))} if found else {}


def _form() -> GrantForm:
    form = GrantForm()
    events = db.session.execute(select(Event.id, Event.title, Event.starts_at, Event.zone)
                                .order_by(Event.starts_at.desc().nulls_first(), Event.id.desc()).limit(_MANY_EVENTS))
    form.event.choices = [Option("", "All events")] + [
        Option(str(e.id), f"{e.title} ({times.date_words(times.local(e.starts_at, e.zone).date())})" if e.starts_at else e.title)
        for e in events]
    form.organization.choices = [Option("", "No partner"), *(Option(str(o.id), o.name) for o in db.session.scalars(
        select(Organization).where(Organization.kind == "partner").order_by(Organization.name)))]
    form.agency.choices = [Option("", "No agency"), *(Option(str(row.Agency.id), row.Agency.name) for row in agencies.listed())]
    return form


def _chosen(field: Any) -> int | None:
    """The id chosen, which must be one of those offered; None for the empty choice."""
    if not field.data:
        return None
    if field.data not in {choice[0] for choice in field.choices}:
        raise Refusal("Choose one from the list.", field=field.name)
    return int(field.data)
