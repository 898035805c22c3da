"""Agencies: employers that pay for staff; who works for them, from and until."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, select

from webapp.accounts import names, people
from webapp.accounts.models import Agency, AgencyMember, Person, RoleGrant
from webapp.core import audit, clock, text
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable

_LIMITS = {"billing_name": 200, "county": 80}


def create(name: str, *, actor_id: int | None, billing_name: str = "", billing_email: str = "", billing_address: str = "",
           county: str = "", po_required: bool = False) -> Agency:
    """A new agency. Its name is unique: two that are called alike need a place added to their names."""
    agency = Agency(name="", created_at=clock.now())
    _fill(agency, name, billing_name, billing_email, billing_address, county, po_required)
    db.session.add(agency)
    db.session.flush()
    audit.record("agency.created", f"agency:{agency.id}", actor_id=actor_id, after={"name": agency.name})
    return agency


def update(agency_id: int, name: str, *, actor_id: int, billing_name: str = "", billing_email: str = "", billing_address: str = "",
           county: str = "", po_required: bool = False) -> Agency:
    """Changes an agency; what changed is recorded."""
    agency = get(agency_id)
    before = _values(agency)
    _fill(agency, name, billing_name, billing_email, billing_address, county, po_required)
    after = _values(agency)
    changed = [key for key in after if before[key] != after[key]]
    if changed:
        audit.record("agency.changed", f"agency:{agency.id}", actor_id=actor_id,
                     before={key: before[key] for key in changed}, after={key: after[key] for key in changed})
    return agency


def get(agency_id: int) -> Agency:
    """The agency; a number nobody has is refused."""
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise NotFound
    return agency


def listed() -> list[Any]:
    """All agencies by name: rows of agency and the number of people who work there now."""
    members = select(AgencyMember.agency_id, func.count().label("members")).where(AgencyMember.until_on.is_(None)).group_by(
        AgencyMember.agency_id).subquery()
    return list(db.session.execute(select(Agency, func.coalesce(members.c.members, 0).label("members"))
                                   .outerjoin(members, members.c.agency_id == Agency.id).order_by(Agency.name)).all())


def members(agency_id: int) -> list[Any]:
    """Who works there now: rows of membership, names, and the supervisor's grant where she is one."""
    return list(db.session.execute(
        select(AgencyMember, Person.given_name, Person.family_name, RoleGrant.id.label("grant_id"))
        .join(Person, Person.id == AgencyMember.person_id)
        .outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & (RoleGrant.agency_id == agency_id)
                   & (RoleGrant.role == "supervisor") & RoleGrant.ended_at.is_(None))
        .where(AgencyMember.agency_id == agency_id, AgencyMember.until_on.is_(None))
        .order_by(Person.family_name, Person.given_name, AgencyMember.id)).all())


def supervisors(agency_ids: Collection[int]) -> dict[int, list[str]]:
    """Agency -> who supervises it now, by name. One statement."""
    found: dict[int, list[str]] = {one: [] for one in agency_ids}
    for agency_id, given, family in db.session.execute(
            select(RoleGrant.agency_id, Person.given_name, Person.family_name).join(Person, RoleGrant.person_id == Person.id)
            .where(RoleGrant.agency_id.in_(agency_ids), RoleGrant.role == "supervisor", RoleGrant.ended_at.is_(None))
            .order_by(Person.family_name, Person.given_name, Person.id)):
        found[agency_id or 0].append(f"{given} {family}".strip())
    return found


def of_person(person_id: int) -> list[Any]:
    """Where a person works or worked: rows of membership and the agency's name, the present ones first."""
    return list(db.session.execute(
        select(AgencyMember, Agency.name).join(Agency, Agency.id == AgencyMember.agency_id)
        .where(AgencyMember.person_id.in_(people.family_ids(person_id)))
        .order_by(AgencyMember.until_on.is_not(None), AgencyMember.from_on.desc(), AgencyMember.id)).all())


def add_member(agency_id: int, person_id: int, *, from_on: date, actor_id: int) -> AgencyMember:
    """The person works for the agency from the day on; twice at the same time is refused."""
    get(agency_id)
    holder = people.root_id(person_id)
    now_there = select(AgencyMember.id).where(AgencyMember.agency_id == agency_id, AgencyMember.until_on.is_(None),
                                              AgencyMember.person_id.in_(people.family_ids(holder)))
    if db.session.scalar(now_there) is not None:
        raise AlreadyDone("This person works there already.", field="person")
    row = AgencyMember(agency_id=agency_id, person_id=holder, from_on=from_on)
    db.session.add(row)
    db.session.flush()
    audit.record("agency.member_added", f"person:{holder}", actor_id=actor_id, after={"agency": get(agency_id).name})
    return row


def end_member(member_id: int, *, until_on: date, actor_id: int) -> AgencyMember:
    """The person no longer works for the agency after the day."""
    row = db.session.get(AgencyMember, member_id)
    if row is None:
        raise NotFound
    if row.until_on is not None:
        raise AlreadyDone("This has ended already.")
    row.until_on = max(until_on, row.from_on)
    audit.record("agency.member_ended", f"person:{row.person_id}", actor_id=actor_id, before={"agency": get(row.agency_id).name})
    return row


def _fill(agency: Agency, name: str, billing_name: str, billing_email: str, billing_address: str, county: str, po_required: bool) -> None:
    cleaned = text.clean(name, field="name", limit=200)
    if not cleaned:
        raise Unacceptable("Write the agency's name.", field="name")
    taken = select(Agency.id).where(func.lower(Agency.name) == cleaned.lower())
    if agency.id is not None:
        taken = taken.where(Agency.id != agency.id)
    with db.session.no_autoflush:
        if db.session.scalar(taken) is not None:
            raise AlreadyDone("There is an agency of that name.", way_out="Add its town to tell the two apart.", field="name")
    agency.name = cleaned
    agency.billing_name = text.clean(billing_name, field="billing_name", limit=_LIMITS["billing_name"])
    agency.billing_email = names.address(billing_email, field="billing_email") if billing_email else ""
    agency.billing_address = text.clean(billing_address, field="billing_address", limit=1000, lines=True)
    agency.county = text.clean(county, field="county", limit=_LIMITS["county"])
    agency.po_required = po_required


def _values(agency: Agency) -> dict[str, Any]:
    return {key: getattr(agency, key) for key in ("name", "billing_name", "billing_email", "billing_address", "county", "po_required")}
