"""Roles: what staff may do, for all things or for one event, partner or agency; granted and ended with a trace."""

from typing import Any

from sqlalchemy import func, select

from webapp.accounts import people
from webapp.accounts.models import Agency, Person, RoleGrant
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Refusal, Unacceptable

# Which scopes a role can have; "" is everywhere.
SCOPES: dict[str, tuple[str, ...]] = {
    "organizer": ("", "event"), "door": ("", "event"), "presenter": ("event",), "coordinator": ("organization",),
    "supervisor": ("agency",), "reviewer": ("",), "finance": ("",), "admin": ("",),
}
WORDS = {
    "organizer": "Organizer", "door": "Door helper", "presenter": "Presenter or group leader", "coordinator": "Coordinator of a partner",
    "supervisor": "Agency supervisor", "reviewer": "Endorsement reviewer", "finance": "Finance", "admin": "Administrator",
}
_NEEDS = {"event": "Choose the event this is for.", "organization": "Choose the partner this is for.",
          "agency": "Choose the agency this is for."}


def grant(person_id: int, role: str, *, actor_id: int | None, event_id: int | None = None, organization_id: int | None = None,
          agency_id: int | None = None, reason: str = "") -> RoleGrant:
    """Gives the role to the person (her root) from now on. Refuses a scope the role does not have, and the same role twice."""
    scopes = {name: value for name, value in (("event", event_id), ("organization", organization_id), ("agency", agency_id)) if value}
    _check(role, scopes)
    holder = people.root_id(person_id)
    same = select(RoleGrant.id).where(
        RoleGrant.person_id == holder, RoleGrant.role == role, RoleGrant.ended_at.is_(None),
        RoleGrant.event_id.is_not_distinct_from(event_id),
        RoleGrant.organization_id.is_not_distinct_from(organization_id), RoleGrant.agency_id.is_not_distinct_from(agency_id))
    if db.session.scalar(same) is not None:
        raise AlreadyDone("This person has that role already.", field="role")
    row = RoleGrant(person_id=holder, role=role, event_id=event_id, organization_id=organization_id, agency_id=agency_id,
                    granted_by_id=actor_id, granted_at=clock.now())
    db.session.add(row)
    db.session.flush()
    audit.record("role.granted", f"person:{holder}", actor_id=actor_id, reason=reason, after={"role": role, **scopes})
    return row


def end(grant_id: int, *, actor_id: int, reason: str = "") -> RoleGrant:
    """Ends a role from now on. The last administrator's is refused: nobody could grant one again."""
    row = db.session.get(RoleGrant, grant_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.ended_at is not None:
        raise AlreadyDone("This role has ended already.")
    if row.role == "admin" and not _other_admins(grant_id):
        raise Refusal("This is the last administrator.", way_out="Make somebody else an administrator first.", code="last_admin")
    row.ended_at = clock.now()
    audit.record("role.ended", f"person:{row.person_id}", actor_id=actor_id, reason=reason, before={"role": row.role})
    return row


def held_by(person_id: int) -> list[RoleGrant]:
    """The roles a person holds now, those of persons merged into her too, in order of granting."""
    return list(db.session.scalars(select(RoleGrant).where(
        RoleGrant.person_id.in_(people.family_ids(person_id)), RoleGrant.ended_at.is_(None)).order_by(RoleGrant.id)))


def supervises(person_id: int, agency_id: int) -> bool:
    """Whether she may see the agency's page now: its supervisor, or an administrator."""
    return any(one.role == "admin" or (one.role == "supervisor" and one.agency_id == agency_id) for one in held_by(person_id))


def holders() -> list[Any]:
    """Who holds what now: rows of grant, names and the agency's name, in order of role and name."""
    return list(db.session.execute(
        select(RoleGrant, Person.given_name, Person.family_name, Agency.name.label("agency"))
        .join(Person, Person.id == RoleGrant.person_id).outerjoin(Agency, Agency.id == RoleGrant.agency_id)
        .where(RoleGrant.ended_at.is_(None)).order_by(RoleGrant.role, Person.family_name, Person.given_name, RoleGrant.id)).all())


def _check(role: str, scopes: dict[str, int]) -> None:
    allowed = SCOPES.get(role)
    if allowed is None:
        raise Unacceptable("Choose a role from the list.", field="role")
    if not scopes and "" not in allowed:
        raise Unacceptable(_NEEDS[allowed[0]], field=allowed[0])
    if len(scopes) > 1 or any(name not in allowed for name in scopes):
        raise Unacceptable(f"{WORDS[role]} cannot be limited in this way.", field=next(iter(scopes)))


def _other_admins(grant_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(RoleGrant).join(Person, Person.id == RoleGrant.person_id).where(
        RoleGrant.role == "admin", RoleGrant.ended_at.is_(None), RoleGrant.id != grant_id, Person.erased_at.is_(None))) or 0
