"""What a person lets an agency see of hers: given for a time, taken back at any moment. Without it the agency sees nothing."""

from datetime import date
from typing import Any

from sqlalchemy import select

from webapp.accounts import people
from webapp.accounts.models import Agency, AgencyMember, Consent, Person
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal, Unacceptable

SCOPES = ("attendance", "hours", "calendar")


def give(person_id: int, agency_id: int, scope: str, *, until_on: date, today: date) -> Consent:
    """Lets the agency she works for see it until the day. Given again, the new day counts. Another agency is not found."""
    if scope not in SCOPES:
        raise Unacceptable("Choose what the agency may see.", field="scope")
    if until_on < today:
        raise Unacceptable("Choose a day in the future.", field="until")
    works = select(AgencyMember.id).where(AgencyMember.agency_id == agency_id, AgencyMember.until_on.is_(None),
                                          AgencyMember.person_id.in_(people.family_ids(person_id)))
    if db.session.scalar(works) is None:
        raise NotFound
    _withdraw(person_id, agency_id, scope)
    made = Consent(person_id=people.root_id(person_id), agency_id=agency_id, scope=scope, given_at=clock.now(), until_on=until_on)
    db.session.add(made)
    audit.record("consent.given", f"person:{made.person_id}", actor_id=person_id,
                 after={"agency": agency_id, "scope": scope, "until": until_on.isoformat()})
    return made


def withdraw(person_id: int, agency_id: int, scope: str) -> None:
    """Takes it back from now on; refused when there is none."""
    if not _withdraw(person_id, agency_id, scope):
        raise Refusal("That is not shared.", code="not_given")
    audit.record("consent.withdrawn", f"person:{people.root_id(person_id)}", actor_id=person_id,
                 before={"agency": agency_id, "scope": scope})


def of_person(person_id: int, scope: str, today: date) -> list[Any]:
    """The agencies she works for, by name, each with the last day of her consent for the scope, or None."""
    family = people.family_ids(person_id)
    given = select(Consent.agency_id, Consent.until_on).where(*_valid(scope, today), Consent.person_id.in_(family)).subquery()
    return list(db.session.execute(
        select(Agency.id, Agency.name, given.c.until_on).join(AgencyMember, AgencyMember.agency_id == Agency.id)
        .outerjoin(given, given.c.agency_id == Agency.id)
        .where(AgencyMember.person_id.in_(family), AgencyMember.until_on.is_(None)).order_by(Agency.name).distinct()).all())


def sharing(agency_id: int, scope: str, today: date) -> dict[int, str]:
    """Who works there now and lets the agency see it: each of her persons' ids -> her name of today."""
    given = select(Consent.person_id).where(*_valid(scope, today), Consent.agency_id == agency_id)
    staff = set(db.session.scalars(select(AgencyMember.person_id).where(
        AgencyMember.agency_id == agency_id, AgencyMember.until_on.is_(None))))
    families = [family for family in people.families(db.session.scalars(given).all()).values() if family & staff]
    names = db.session.execute(select(Person.id, Person.given_name, Person.family_name).where(
        Person.id.in_([one for family in families for one in family]), Person.merged_into_id.is_(None), Person.erased_at.is_(None)))
    roots = {row.id: f"{row.given_name} {row.family_name}".strip() for row in names}
    return {one: roots[root] for family in families for root in family & roots.keys() for one in family}


def until(agency_id: int, today: date) -> dict[tuple[int, str], date]:
    """What staff let the agency see now: (each id of hers, scope) -> the last day. Those who left are not in it."""
    rows = db.session.execute(select(Consent.person_id, Consent.scope, Consent.until_on).where(
        Consent.agency_id == agency_id, Consent.withdrawn_at.is_(None), Consent.until_on >= today)).all()
    staff = set(db.session.scalars(select(AgencyMember.person_id).where(
        AgencyMember.agency_id == agency_id, AgencyMember.until_on.is_(None))))
    families = people.families([row.person_id for row in rows]) if rows else {}
    return {(one, row.scope): row.until_on for row in rows if families[row.person_id] & staff for one in families[row.person_id]}


def _withdraw(person_id: int, agency_id: int, scope: str) -> int:
    mine = db.session.scalars(select(Consent).where(
        Consent.person_id.in_(people.family_ids(person_id)), Consent.agency_id == agency_id, Consent.scope == scope,
        Consent.withdrawn_at.is_(None))).all()
    for one in mine:
        one.withdrawn_at = clock.now()
    return len(mine)


def _valid(scope: str, today: date) -> tuple[Any, ...]:
    return (Consent.scope == scope, Consent.withdrawn_at.is_(None), Consent.until_on >= today)
