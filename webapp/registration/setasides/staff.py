"""An agency's pool of seats as somebody who works there sees it, who registers herself. What it means for the money: nothing."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from webapp.accounts import people
from webapp.accounts.models import Agency, AgencyMember, RoleGrant
from webapp.core.db import db
from webapp.registration.sale import PoolState, Sale
from webapp.registration.setasides import standing
from webapp.registration.setasides.models import SetAside
from webapp.registration.setasides.standing import Standing


@dataclass(frozen=True)
class Pool:
    """What her agency keeps in the event: how many of it are left, in which set-asides."""

    agency_id: int
    agency: str
    asides: tuple[Standing, ...]

    @property
    def left(self) -> int:
        """Seats nobody has yet."""
        return sum(one.left for one in self.asides)


def pools(of: Sale, person_id: int) -> list[Pool]:
    """The pools she may take a seat from now: of agencies she works for or supervises, with a seat left; by name.

    Reads only. Nothing is asked of an event without set-asides.
    """
    if not of.event.has_set_asides:
        return []
    family = people.family_ids(person_id)
    works = select(AgencyMember.agency_id).where(AgencyMember.person_id.in_(family), AgencyMember.until_on.is_(None))
    leads = select(RoleGrant.agency_id).where(RoleGrant.person_id.in_(family), RoleGrant.role == "supervisor", RoleGrant.ended_at.is_(None))
    hers = SetAside.agency_id.in_(works.union(leads))
    found = [one for one in standing.seen((SetAside.event_id == of.id) & hers) if one.is_open and one.left]
    named = db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_({one.agency_id for one in found})).order_by(Agency.name))
    return [Pool(row.id, row.name, tuple(one for one in found if one.agency_id == row.id)) for row in named] if found else []


def seen(of: Sale, own: list[Pool]) -> Sale:
    """The sale as she sees it: what is kept for her is as free as what is open to everybody."""
    def free(pool: PoolState) -> PoolState:
        return replace(pool, taken=pool.taken - sum(one.left for each in own for one in each.asides if pool.id in one.parents))

    types = {key: replace(one, pool=free(one.pool)) if one.pool else one for key, one in of.types.items()}
    return replace(of, pools={level: free(pool) for level, pool in of.pools.items()}, types=types)
