"""What a membership bought with a held order would take off it, before it is: the reckoning of `membering.add_year` on paper. Reads only.

The member price of the moment she ordered, the group price of it, then the code and the funds the places have; an event in which she would
pay no less stays as it is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import ledger, pricing, sale
from webapp.registration.codes import lowering
from webapp.registration.codes import reading as codes
from webapp.registration.codes import rules as code_rules
from webapp.registration.funds import reading as funds
from webapp.registration.funds import rules as fund_rules
from webapp.registration.funds import sharing
from webapp.registration.models import Charge, Registration, RegistrationAddOn
from webapp.registration.orders import additions
from webapp.registration.pricing import Line
from webapp.registration.registrations import rewriting, successors
from webapp.registration.sale import Sale, TypeOffer

Share = tuple[fund_rules.Grant, int | None]  # a fund, and the cents staff chose


@dataclass(frozen=True)
class _Part:
    """An event's places on the order, by id: their lines in force, what is bought beside them, what funds carry; the code they have, and
    how many count for the group price of a fee and of a price in instalments."""

    of: Sale
    places: Sequence[Registration]
    charges: Mapping[int | None, Sequence[Charge]]
    bought: Mapping[int, Mapping[int, int]]
    shares: Mapping[int, Share]
    code: code_rules.Discount | None
    as_member: Mapping[int, TypeOffer]
    people: tuple[int, int]
    group: Sequence[tuple[int, int]]
    ordered_at: datetime

    def off(self, hers: Collection[int], now: datetime) -> int:
        """By how much it costs less when who has these places is a member; nothing where it costs no less, or the code is not for her."""
        types = {one.id: self.as_member[one.type_id] if one.id in hers and one.set_aside_id is None else self.of.type(one.type_id)
                 for one in self.places}
        changed = [one for one in self.places if types[one.id].id != one.type_id]
        if not changed:
            return 0
        bills = {one.id: self._priced(one, types[one.id]) if one in changed else self._without(one) for one in self.places}
        try:
            after = sum(pricing.total(lines) for lines in self._lowered(types, bills, now))
        except Refusal:
            return 0
        return max(sum(one.amount_cents for place in self.places for one in self.charges[place.id]) - after, 0)

    def _without(self, place: Registration) -> list[Line]:
        return [rewriting.copied(one) for one in self.charges[place.id] if not (ledger.by_code(one) or ledger.carried(one))]

    def _priced(self, place: Registration, type_: TypeOffer) -> list[Line]:
        """The lines of the place as `rewriting.retyped` writes them, before codes and funds."""
        bought = self.bought[place.id]
        is_sold = bought.keys() <= self.of.add_ons.keys()
        kinds = rewriting.PRICED if is_sold else rewriting.PRICED[:3]
        lines = pricing.quote(
            type_.item, at=self.ordered_at, zone=self.of.event.zone, starts_on=self.of.starts_on, audience=type_.audience,
            add_ons=[(self.of.add_ons[one].item, count) for one, count in bought.items()] if is_sold else [],
            people=self.people[bool(type_.item.parts)], group_rules=self.group)
        return lines + [one for one in self._without(place) if one.kind not in kinds]

    def _lowered(self, types: Mapping[int, TypeOffer], bills: Mapping[int, list[Line]], now: datetime) -> list[list[Line]]:
        """The bills with what the code takes off and then the funds pay."""
        off = lowering.by(self.of, [(types[one], bill) for one, bill in bills.items()], self.code, now).lines if self.code else []
        if not any(off):  # the code does nothing more: what it took off stays, as far as the price reaches
            off = [rewriting.still_off([one for one in self.charges[place] if ledger.by_code(one)], pricing.total(bill))
                   for place, bill in bills.items()]
        found = []
        for (place, bill), less in zip(bills.items(), off, strict=True):
            share = self.shares.get(place)
            found.append([*bill, *less, *(fund_rules.part(share[0], [*bill, *less], cents=share[1]) if share else [])])
        return found


def off_cents(order_id: int, ordered_at: datetime, events: Collection[Sale], people: Sequence[Collection[int]], now: datetime) -> list[int]:
    """For each person, of whom the places on the held order are told (ids): how much less it would owe with her as a member.

    A few statements for each event, whatever the number of places and people.
    """
    places = list(db.session.scalars(select(Registration).where(
        Registration.order_id == order_id, Registration.state == "held", Registration.inclusion_of_id.is_(None)).order_by(Registration.id)))
    charges: dict[int | None, list[Charge]] = defaultdict(list)
    for line in ledger.live(order_id):
        charges[line.registration_id].append(line)
    bought: dict[int, dict[int, int]] = defaultdict(dict)
    for place_id, add_on_id, count in db.session.execute(
            select(RegistrationAddOn.registration_id, RegistrationAddOn.add_on_id, RegistrationAddOn.count)
            .where(RegistrationAddOn.registration_id.in_([one.id for one in places]))):
        bought[place_id][add_on_id] = count
    shares = _shares([one.id for one in places if any(ledger.carried(line) for line in charges[one.id])])
    parts = [_part(order_id, of, [one for one in places if one.event_id == of.id], charges, bought, shares, ordered_at) for of in events]
    return [sum(part.off(hers, now) for part in parts if part is not None) for hers in people]


def _part(order_id: int, of: Sale, places: Sequence[Registration], charges: Mapping[int | None, Sequence[Charge]],
          bought: Mapping[int, Mapping[int, int]], shares: Mapping[int, Share], ordered_at: datetime) -> _Part | None:
    """The event's part of the order; None where its code is gone, so that nothing would be reckoned."""
    word = next((one.explained["code"] for place in places for one in charges[place.id] if ledger.by_code(one)), None)
    try:
        code = codes.typed(word, of.event.organization_id) if word else None
    except Refusal:
        return None
    people = (0, 0)
    if of.event.has_group_rules:
        seated = sum(of.type(one.type_id).takes_seat for one in places)
        people = additions.placed_in(order_id, of.id) + seated, rewriting.together(order_id, of.id)
    as_member: dict[int, Any] = {one: successors.type_for(of, of.type(one), True) for one in {place.type_id for place in places}}
    return _Part(of, places, charges, bought, shares, code, as_member, people, sale.group_rules(of), ordered_at)


def _shares(place_ids: Collection[int]) -> dict[int, Share]:
    standing = sharing.standing(place_ids) if place_ids else []
    grants = {one: funds.by_id(one) for one in {share.fund_id or 0 for share in standing}}
    return {one.registration_id: (grants[one.fund_id or 0], one.cents if one.given_by_id is not None else None) for one in standing}
