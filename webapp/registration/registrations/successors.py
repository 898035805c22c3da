"""Who takes a place over: somebody else, who has none in the event; with the price that is hers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from webapp.accounts import memberships, names, people
from webapp.accounts.models import AgencyMember, Person
from webapp.core import clock, times
from webapp.core.db import db
from webapp.core.errors import Refusal, Unacceptable
from webapp.registration.models import ACTIVE, Order, Payer, Registration, TypeSession
from webapp.registration.sale import Sale, TypeOffer
from webapp.registration.substitution import Colleague

OTHER_AUDIENCE = {"member": "non_member", "non_member": "member"}


@dataclass(frozen=True)
class Successor:
    """The colleague, checked. `person_id` None: a person is made for her, as for every guest."""

    given: str
    family: str
    address: str
    person_id: int | None
    is_member: bool

    @property
    def name(self) -> str:
        """Both names in one line."""
        return f"{self.given} {self.family}".strip()

    def person(self) -> int:
        """Her person, made now where there is none. Who only knows an address does not act for its owner: she proves it later."""
        return self.person_id or people.create(self.given, self.family, address=self.address).id


def find(place: Any, wanted: Colleague, zone: str, *, by_id: int | None, by_staff: bool) -> Successor:
    """Who is meant. Refused when it is the one who has the place, or somebody who has a place in the event already.

    Staff name a known person by her proved address, as when they enter one, and so does an agency that pays of those who work for it;
    others only themselves.
    """
    given, family = names.person(wanted.given, wanted.family)
    address, name = names.address(wanted.email, field="email"), f"{given} {family}".strip()
    owner = people.find_verified(address)
    if owner is not None and not names.same(people.get(owner).name, name):
        if by_staff:
            raise Unacceptable(f"This address belongs to {people.get(owner).name}.", field="email",
                               way_out="Write that name, or another address.")
        owner = None
    family_ids = people.family_ids(owner) if owner is not None else frozenset[int]()
    _refuse_same(place, name, address, family_ids)
    _refuse_placed(place.event_id, name, address, family_ids)
    is_hers = owner is not None and (by_staff or by_id in family_ids or _works_for_payer(place.order_id, family_ids))
    day = times.local(clock.now(), zone).date()
    known = is_hers and owner is not None and memberships.valid_on(owner, day) is not None
    return Successor(given, family, address, owner if is_hers else None, known or memberships.by_number(wanted.member_number, address, day))


def type_for(of: Sale, has: TypeOffer, is_member: bool) -> TypeOffer:
    """The type her place has: the same, or its counterpart for members or for others, of the same mode and sessions.

    A member keeps the dearer price where nothing is sold to members; who is no member is refused where only they are served.
    """
    if has.audience not in OTHER_AUDIENCE or (has.audience == "member") == is_member:
        return has
    fitting = [one for one in of.types.values() if one.audience == OTHER_AUDIENCE[has.audience] and not one.retired and not one.on_request
               and (one.mode, one.covers) == (has.mode, has.covers) and _sessions(one) == _sessions(has)]
    if not fitting and not is_member:
        raise Unacceptable("This place has the member price, and we know of no membership of your colleague that is valid today.",
                           field="member_number", way_out="Write her membership number, or ask the organizer.", code="not_a_member")
    return fitting[0] if fitting else has


def _sessions(type_: TypeOffer) -> set[int]:
    """The sessions a type with only some of them covers."""
    if type_.covers == "all":
        return set()
    return set(db.session.scalars(select(TypeSession.session_id).where(TypeSession.type_id == type_.id)))


def _works_for_payer(order_id: int, family_ids: frozenset[int]) -> bool:
    """Whether she works for the agency that pays the order."""
    return db.session.scalar(
        select(AgencyMember.id).join(Payer, Payer.agency_id == AgencyMember.agency_id).join(Order, Order.payer_id == Payer.id)
        .where(Order.id == order_id, AgencyMember.person_id.in_(family_ids), AgencyMember.until_on.is_(None)).limit(1)) is not None


def _refuse_same(place: Any, name: str, address: str, family_ids: frozenset[int]) -> None:
    is_she = names.same(f"{place.given_name or ''} {place.family_name or ''}", name) and place.email == address
    if place.person_id is not None and (is_she or place.person_id in family_ids):
        raise Unacceptable(f"{name} has this place now.", field="given_name", way_out="Name who comes instead.", code="same_person")


def _refuse_placed(event_id: int, name: str, address: str, family_ids: frozenset[int]) -> None:
    rows = db.session.execute(
        select(Registration.person_id, Person.given_name, Person.family_name).join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event_id, Registration.state.in_(ACTIVE),
               or_(Registration.email == address, Registration.person_id.in_(family_ids))))
    if any(row.person_id in family_ids or names.same(f"{row.given_name} {row.family_name}", name) for row in rows):
        raise Refusal(f"{name} has a place in this event already.", field="email", code="already_registered",
                      way_out="Name somebody else, or cancel this place.")
