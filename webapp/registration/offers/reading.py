"""What is sold for an event, as the values that were given; and what still keeps it from being published."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.catalog.models import Event, Pool
from webapp.core import money
from webapp.core.db import db
from webapp.registration.models import AddOn, GroupRule, Price, RegistrationType, TypeSession
from webapp.registration.offers.values import AddOnSpec, GroupRuleSpec, InstalmentSpec, Offers, PriceSpec, TypeSpec, adds_up


def of_event(event_id: int) -> Offers:
    """Everything that is sold now (nothing retired), in order. Eight statements."""
    types = db.session.scalars(
        select(RegistrationType).filter_by(event_id=event_id, retired_at=None).order_by(RegistrationType.position)
        .options(selectinload(RegistrationType.prices), selectinload(RegistrationType.instalments))).all()
    add_ons = db.session.scalars(
        select(AddOn).filter_by(event_id=event_id, retired_at=None).order_by(AddOn.position).options(selectinload(AddOn.prices))).all()
    rules = db.session.scalars(select(GroupRule).filter_by(event_id=event_id).order_by(GroupRule.min_count)).all()
    pool_ids = [one.pool_id for one in types] + [one.pool_id for one in add_ons]
    pools = {pool.id: pool for pool in db.session.scalars(select(Pool).where(Pool.id.in_([one for one in pool_ids if one])))}
    shared, covered = _shared(types), _covered(event_id)
    return Offers(
        types=[_type(one, pools, shared, covered) for one in types],
        add_ons=[_add_on(one, pools) for one in add_ons],
        group_rules=[GroupRuleSpec(one.min_count, one.percent_basis_points) for one in rules])


def problems(event_id: int) -> list[str]:
    """Why this cannot be sold yet: no type, a type without price, instalments that are not the whole."""
    event = db.session.get_one(Event, event_id)
    offers = of_event(event_id)
    if not offers.types:
        return [] if event.sign_up == "walk_in" else ["Add at least one registration type, for example Member."]
    priced: list[TypeSpec | AddOnSpec] = [*offers.types, *offers.add_ons]
    found = [f"Give {one.name} a price; it may be $0.00." for one in priced if not one.prices]
    found += [f"The instalments of {one.name} do not add up to its price." for one in offers.types if not adds_up(one.instalments)]
    if event.sign_up == "open" and all(one.on_request for one in offers.types):
        found.append("Every registration type is given on request only: nobody can sign up.")
    return found


def digest(event_id: int) -> dict[str, Any]:
    """The offers in a few words, for the history."""
    offers = of_event(event_id)
    priced: list[TypeSpec | AddOnSpec] = [*offers.types, *offers.add_ons]
    return {
        one.name: ", ".join(f"{price.label} {money.written(price.cents)}".strip() for price in one.prices) for one in priced
    } | {f"from {rule.min_count} people": f"{rule.percent / 100:g} % less" for rule in offers.group_rules}


def _shared(types: Any) -> set[int]:
    ids = [one.pool_id for one in types if one.pool_id]
    return {pool_id for pool_id in ids if ids.count(pool_id) > 1}


def _covered(event_id: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for type_id, session_id in db.session.execute(
            select(TypeSession.type_id, TypeSession.session_id)
            .join(RegistrationType, RegistrationType.id == TypeSession.type_id)
            .where(RegistrationType.event_id == event_id).order_by(TypeSession.session_id)):
        found[type_id].append(session_id)
    return found


def _type(row: RegistrationType, pools: dict[int, Pool], shared: set[int], covered: dict[int, list[int]]) -> TypeSpec:
    pool = pools.get(row.pool_id or 0)
    return TypeSpec(
        name=row.name, prices=_prices(row.prices), audience=row.audience, hint=row.hint, mode=row.mode,
        session_ids=covered.get(row.id, []), on_request=row.on_request, account_code=row.account_code, opens_at=row.opens_at,
        closes_at=row.closes_at, capacity=pool.capacity if pool else None, shares=pool.label if pool and pool.id in shared else "",
        instalments=[InstalmentSpec(part.due_on, part.share_basis_points) for part in row.instalments],
        takes_seat=row.covers != "none", badges=row.badges, id=row.id)


def _add_on(row: AddOn, pools: dict[int, Pool]) -> AddOnSpec:
    pool = pools.get(row.pool_id or 0)
    return AddOnSpec(
        name=row.name, prices=_prices(row.prices), is_required=row.is_required, capacity=pool.capacity if pool else None,
        unlocks_block_id=row.unlocks_block_id, account_code=row.account_code, badges=row.badges, id=row.id)


def _prices(rows: list[Price]) -> list[PriceSpec]:
    return [PriceSpec(one.amount_cents, one.label, one.valid_from, one.valid_until, one.audience)
            for one in sorted(rows, key=lambda one: one.id)]
