"""Who of a pasted list is meant, what stands in the way of each, and the best price: read for the review, before anything is kept.

The same statements for one line and for two hundred. Of staff the supervisor learns who is a member (by the price) and who has a
place already; of others nothing that she did not type.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from webapp.accounts import memberships, names, people
from webapp.accounts.models import AgencyMember, EmailAddress, Person
from webapp.catalog.models import Pool
from webapp.core import times
from webapp.core.db import db
from webapp.core.errors import Closed, Refusal
from webapp.core.text import searchable
from webapp.registration import pricing, rules
from webapp.registration.booking.pasting import Line
from webapp.registration.models import ACTIVE, Order, Registration
from webapp.registration.sale import Sale, TypeOffer
from webapp.registration.setasides.models import SetAside

BY_ITSELF = ("anyone", "member", "non_member")  # what is chosen for her; students say so


@dataclass(frozen=True)
class Colleague:
    """Somebody who works for the agency: her ids, name, addresses (the primary first), whether she has a place and is a member."""

    person_id: int
    ids: frozenset[int]
    name: str
    given: str
    family: str
    emails: tuple[str, ...]
    is_placed: bool = False
    is_member: bool = False


@dataclass(frozen=True)
class Row:
    """A line as it was understood. `state`: ok, left_out (with `words`), or wrong (`words` say what to change)."""

    line: Line
    state: str
    words: str = ""
    colleague: Colleague | None = None
    is_member: bool = False
    type_id: int = 0
    choices: tuple[tuple[int, str], ...] = field(default_factory=tuple)
    cents: int = 0

    @property
    def name(self) -> str:
        """Her name: as she is known, else as it was typed."""
        return self.colleague.name if self.colleague else self.line.name

    @property
    def email(self) -> str:
        """Where her mails go."""
        return self.line.email or (self.colleague.emails[0] if self.colleague and self.colleague.emails else "")


def staff(agency_id: int, event_id: int, day: date, *, form_key: str = "") -> list[Colleague]:
    """Who works for the agency now. Five statements, two more where somebody was merged.

    `form_key`: places the same form holds do not count, for a changed list takes their place.
    """
    members = list(db.session.scalars(select(AgencyMember.person_id).where(
        AgencyMember.agency_id == agency_id, AgencyMember.until_on.is_(None))))
    families = set(people.families(members).values()) if members else set()
    everybody = [one for family in families for one in family]
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name, Person.merged_into_id, EmailAddress.address)
        .outerjoin(EmailAddress, EmailAddress.person_id == Person.id).where(Person.id.in_(everybody), Person.erased_at.is_(None))
        .order_by(EmailAddress.is_primary.desc(), EmailAddress.id)).all()
    of_this_form = select(Order.id).where(Order.state == "held", Order.submit_key > f"{form_key}:", Order.submit_key < f"{form_key};")
    placed = set(db.session.scalars(select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.person_id.in_(everybody), Registration.state.in_(ACTIVE),
        Registration.order_id.not_in(of_this_form))))
    valid = memberships.valid_among(everybody, day)
    return [_colleague(family, [row for row in rows if row.id in family], placed, valid)
            for family in families if any(row.id in family and row.merged_into_id is None for row in rows)]


def _colleague(family: frozenset[int], own: Sequence[Any], placed: Collection[int | None], valid: Collection[int]) -> Colleague:
    first = next(row for row in own if row.merged_into_id is None)
    return Colleague(first.id, family, f"{first.given_name} {first.family_name}".strip(), first.given_name, first.family_name,
                     tuple(dict.fromkeys(row.address for row in own if row.address)), bool(family & set(placed)), bool(family & set(valid)))


def rows(of: Sale, lines: Sequence[Line], known: Sequence[Colleague], now: datetime, *,
         chosen: Mapping[int, int] | None = None) -> list[Row]:
    """Each line with what it means. `chosen`: line number -> type, where the supervisor chose another than the best."""
    today = times.local(now, of.event.zone).date()
    numbers = memberships.numbers_valid([(one.member_number, one.email) for one in lines if one.member_number and one.email], today)
    seen: dict[Any, int] = {}
    found = []
    for line in lines:
        row = _understood(line, known, seen)
        if row.state == "ok":
            is_member = (row.colleague is not None and row.colleague.is_member) or (line.member_number, line.email) in numbers
            row = _priced(of, replace(row, is_member=is_member), now, (chosen or {}).get(line.number))
        found.append(row)
    return found


def _understood(line: Line, known: Sequence[Colleague], seen: dict[Any, int]) -> Row:
    if line.problem:
        return Row(line, "wrong", line.problem)
    who = _known(line, known)
    if who is None and not line.name:
        return Row(line, "wrong", "Write the name beside the address.")
    if who is None and not line.email:
        several = sum(names.same(one.name, line.name) for one in known)
        return Row(line, "wrong", "Several of your staff have this name: write the address, too." if several > 1
                   else "Write the e-mail address: the confirmation and her own page go there.")
    key = who.person_id if who else (line.email, searchable(line.name))
    before = seen.setdefault(key, line.number)
    if before != line.number:
        return Row(line, "left_out", f"The same person as in line {before}.", who)
    if who is not None and who.is_placed:
        return Row(line, "left_out", "Has a place in this event already.", who)
    return Row(line, "ok", colleague=who)


def _known(line: Line, known: Sequence[Colleague]) -> Colleague | None:
    """Who of the staff is meant: by her address and name, or by one of them where the other was not typed."""
    turned = f"{line.family} {line.given}".strip()
    named = [one for one in known if names.same(one.name, line.name) or names.same(one.name, turned)] if line.name else []
    if not line.email:
        return named[0] if len(named) == 1 and named[0].emails else None
    mailed = [one for one in known if line.email in one.emails]
    return next((one for one in mailed if not line.name or one in named), None)


def _priced(of: Sale, row: Row, now: datetime, chosen: int | None) -> Row:
    """The row with the prices open to her, in the organizer's order, and the one chosen: else the best for the whole event."""
    offered = list(_offered(of, row.is_member, now))
    if not offered:
        return replace(row, state="wrong", words="No price of this event is open to her today.")
    best = min(offered, key=lambda one: _rank(*one))
    type_, cents = next((one for one in offered if one[0].id == chosen), best)
    return replace(row, type_id=type_.id, cents=cents, choices=tuple((one.id, one.name) for one, _ in offered))


def _rank(type_: TypeOffer, cents: int) -> tuple[bool, int, bool, int]:
    """Nobody is put down for less than the whole event, though that costs less or the rest is full; of equals the cheapest is hers."""
    return type_.audience not in BY_ITSELF, ("all", "some", "none").index(type_.covers), _is_full(type_), cents


def unnamed(of: Sale, now: datetime, chosen: int | None = None) -> Row:
    """The price of a place that is named later: nobody is a member yet."""
    return _priced(of, Row(Line(0, ""), "ok"), now, chosen)


def _is_full(type_: TypeOffer) -> bool:
    return type_.pool is not None and type_.pool.left == 0


def _offered(of: Sale, is_member: bool, now: datetime) -> Iterable[tuple[TypeOffer, int]]:
    """The types that can be chosen for her, with the price of this moment."""
    for one in of.types.values():
        refused = rules.type_because(one.name, on_request=one.on_request, retired=one.retired, opens_at=one.opens_at,
                                     closes_at=one.closes_at, zone=of.event.zone, now=now)
        price = pricing.best(one.item.prices, one.audience, now)
        if refused is None and price is not None and (one.audience != "member" or is_member):
            yield one, price.amount_cents


def priced(of: Sale, wanted: Sequence[Row], group: Iterable[tuple[int, int]], now: datetime) -> list[Row]:
    """The rows with what each costs in an order of so many: group price and what everybody must take come in."""
    people_ = sum(of.types[row.type_id].takes_seat for row in wanted)
    rules_ = list(group) if people_ > 1 else []
    return [replace(row, cents=_cost(of, row, rules_, people_, now)) for row in wanted]


def _cost(of: Sale, row: Row, group: Sequence[tuple[int, int]], count: int, now: datetime) -> int:
    type_ = of.types[row.type_id]
    required = [(one.item, 1) for one in of.add_ons.values() if one.is_required and type_.takes_seat]
    try:
        return pricing.total(pricing.quote(
            type_.item, at=now, zone=of.event.zone, audience=pricing.audience_of(type_.audience, row.is_member), starts_on=of.starts_on,
            add_ons=required, people=count, group_rules=group))
    except Closed:
        return row.cents


def own_seats(of: Sale, agency_id: int, now: datetime) -> int | None:
    """How many seats of the agency's own pool in the event are left; None where it has none. Nothing is asked where nobody has any."""
    if not of.event.has_set_asides:
        return None
    rows = db.session.execute(
        select(Pool.capacity, Pool.taken).join(SetAside, SetAside.pool_id == Pool.id)
        .where(SetAside.event_id == of.id, SetAside.agency_id == agency_id, SetAside.returned_at.is_(None),
               or_(SetAside.returns_at.is_(None), SetAside.returns_at > now))).all()
    return sum((row.capacity or 0) - row.taken for row in rows) if rows else None


def closed(of: Sale, now: datetime) -> Refusal | None:
    """Why the agency cannot book in this event now; None when it can."""
    return rules.closed_because(of.sign_up, now) or rules.other_way_in(of.sign_up, is_agency=True)
