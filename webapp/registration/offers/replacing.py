"""Replacing what is sold for an event: what stays keeps its row, what was sold is retired and never deleted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from webapp.catalog import events, fields
from webapp.catalog.models import Block, Event, Pool, Session
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal
from webapp.registration.models import (
    AddOn,
    Application,
    GroupRule,
    Instalment,
    Price,
    Registration,
    RegistrationAddOn,
    RegistrationType,
    TypeSession,
)
from webapp.registration.offers import limits, reading, summaries, values
from webapp.registration.offers.values import AddOnSpec, Offers, PriceSpec, TypeSpec
from webapp.registration.setasides.models import SetAside
from webapp.registration.waitlist.models import Waitlist


def replace(event_id: int, offers: Offers, *, actor_id: int | None, reason: str = "") -> None:
    """Makes what is sold exactly `offers`. A type or add-on is kept by its id, or by its name when no id is given.

    One that disappears is deleted if nobody ever had it or waited for it, else retired. Prices on orders stand: they were copied.
    A capacity below what is taken is refused with the number.
    """
    values.check(offers)
    event = events.get(event_id, lock=True)
    _check_belongings(event_id, offers)
    limits.stand_still(event_id)
    before = reading.digest(event_id)
    _types(event, offers.types)
    _add_ons(event, offers.add_ons)
    db.session.execute(delete(GroupRule).where(GroupRule.event_id == event_id))
    db.session.add_all(GroupRule(event_id=event_id, min_count=rule.min_count, percent_basis_points=rule.percent)
                       for rule in offers.group_rules)
    db.session.flush()
    event.changed_at = clock.now()
    summaries.refresh_prices(event_id)
    after = reading.digest(event_id)
    if before != after:
        audit.record("offers.changed", f"event:{event_id}", actor_id=actor_id, reason=reason, before=before, after=after)


def _types(event: Event, specs: Sequence[TypeSpec]) -> None:
    rows = {row.id: row for row in db.session.scalars(
        select(RegistrationType).filter_by(event_id=event.id)
        .options(selectinload(RegistrationType.prices), selectinload(RegistrationType.instalments)))}
    matched = _match(rows, specs)
    _let_go([row for row in rows.values() if row not in matched], Registration.type_id, Application.type_id, Waitlist.type_id,
            SetAside.type_id)
    shared: dict[str, int] = {}
    _part_pools(specs, matched)
    for position, (spec, row) in enumerate(zip(specs, matched, strict=True)):
        type_ = row or RegistrationType(event_id=event.id)
        columns = fields.cleaned(RegistrationType, {"name": spec.name, "hint": spec.hint, "account_code": spec.account_code})
        if row is not None and spec.takes_seat != (row.covers != "none"):
            limits.refuse_sold(row, f"types-{position}-takes_no_seat")
        _write(type_, columns | {
            "audience": spec.audience, "mode": spec.mode, "covers": _covers(spec), "retired_at": None, "badges": spec.badges,
            "on_request": spec.on_request, "opens_at": spec.opens_at, "closes_at": spec.closes_at, "position": position})
        type_.prices = _prices(spec.prices)
        type_.instalments = []
        db.session.add(type_)
        db.session.flush()
        type_.instalments = [Instalment(position=at, due_on=part.due_on, share_basis_points=part.share)
                             for at, part in enumerate(spec.instalments, 1)]
        type_.pool_id = _type_pool(event, type_, spec, shared)
        _cover(type_.id, spec.session_ids)


def _part_pools(specs: Sequence[TypeSpec], matched: Sequence[RegistrationType | None]) -> None:
    """A pool that was shared stays with those who go on sharing, or with the first; every other type leaves it."""
    held = [(spec, row) for spec, row in zip(specs, matched, strict=True) if row is not None and row.pool_id is not None]
    keeper: dict[int | None, TypeSpec] = {}
    for spec, row in sorted(held, key=lambda pair: not pair[0].shares):
        kept = keeper.setdefault(row.pool_id, spec)
        if kept is not spec and not (spec.shares and spec.shares == kept.shares):
            limits.leave_pool(row)


def _type_pool(event: Event, type_: RegistrationType, spec: TypeSpec, shared: dict[str, int]) -> int | None:
    if spec.shares and spec.shares in shared:
        return limits.join_pool(type_, shared[spec.shares])
    pool_id = limits.set_type_limit(event, type_, spec.capacity)
    if spec.shares and pool_id is not None:
        shared[spec.shares] = pool_id
        _label(pool_id, spec.shares)
    return pool_id


def _add_ons(event: Event, specs: Sequence[AddOnSpec]) -> None:
    rows = {row.id: row for row in db.session.scalars(
        select(AddOn).filter_by(event_id=event.id).options(selectinload(AddOn.prices)))}
    matched = _match(rows, specs)
    _let_go([row for row in rows.values() if row not in matched], RegistrationAddOn.add_on_id)
    for position, (spec, row) in enumerate(zip(specs, matched, strict=True)):
        add_on = row or AddOn(event_id=event.id)
        _write(add_on, fields.cleaned(AddOn, {"name": spec.name, "account_code": spec.account_code}) | {
            "is_required": spec.is_required, "unlocks_block_id": spec.unlocks_block_id, "position": position, "retired_at": None,
            "badges": spec.badges})
        add_on.prices = _prices(spec.prices)
        db.session.add(add_on)
        db.session.flush()
        add_on.pool_id = limits.set_add_on_limit(add_on, spec.capacity)
    db.session.flush()


def _match(rows: dict[int, Any], specs: Sequence[TypeSpec] | Sequence[AddOnSpec]) -> list[Any]:
    by_name = {row.name.casefold(): row for row in rows.values()}
    found = []
    for spec in specs:
        if spec.id is not None and spec.id not in rows:
            raise NotFound("This price belongs to another event.")
        found.append(rows[spec.id] if spec.id is not None else by_name.get(spec.name.strip().casefold()))
    taken = [row.id for row in found if row is not None]
    if len(set(taken)) < len(taken):
        raise Refusal("Two of the prices name the same row.", way_out="Load the page again.")
    return found


def _let_go(rows: Sequence[Any], *used_in: Any) -> None:
    """Retires the rows something points at in one of the columns `used_in`; deletes the others."""
    gone = [row.id for row in rows]
    used = {one for column in used_in if gone for one in db.session.scalars(select(column).distinct().where(column.in_(gone)))}
    for row in rows:
        if row.id in used:
            row.retired_at = row.retired_at or clock.now()
        else:
            db.session.delete(row)
    db.session.flush()


def _cover(type_id: int, session_ids: Sequence[int]) -> None:
    db.session.execute(delete(TypeSession).where(TypeSession.type_id == type_id))
    db.session.add_all(TypeSession(type_id=type_id, session_id=one) for one in dict.fromkeys(session_ids))


def _covers(spec: TypeSpec) -> str:
    return "some" if spec.session_ids else "all" if spec.takes_seat else "none"


def _prices(specs: Sequence[PriceSpec]) -> list[Price]:
    return [Price(amount_cents=one.cents, label=one.label, audience=one.audience, valid_from=one.valid_from, valid_until=one.valid_until)
            for one in specs]


def _write(row: Any, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _label(pool_id: int, label: str) -> None:
    db.session.get_one(Pool, pool_id).label = label


def _check_belongings(event_id: int, offers: Offers) -> None:
    sessions = {one for spec in offers.types for one in spec.session_ids}
    blocks = {spec.unlocks_block_id for spec in offers.add_ons if spec.unlocks_block_id}
    for model, wanted in ((Session, sessions), (Block, blocks)):
        if wanted - set(db.session.scalars(select(model.id).filter_by(event_id=event_id))):
            raise NotFound("A session or block belongs to another event.")
