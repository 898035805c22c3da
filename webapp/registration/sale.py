"""What is sold for an event, as plain values: read once, used by the form, the quote and the hold. Two statements, three with add-ons.

Read inside `transaction()`, the event stands still until its end: who takes a place shares its lock with others who do, and
whoever cancels, closes or changes the event waits for them, or they for it and then see what became of it.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import aliased

from webapp.catalog.models import Block, CancellationPolicy, Event, EventInclusion, Pool, Venue
from webapp.core import times
from webapp.core.db import db, in_transaction, run
from webapp.core.errors import NotFound, Unacceptable
from webapp.registration import pricing, rules
from webapp.registration.funds.models import Fund, FundEvent
from webapp.registration.models import AddOn, GroupRule, Instalment, Price, RegistrationType
from webapp.registration.seats import Level
from webapp.registration.setasides.models import SetAside

_MODE_LEVEL = {"in_person": "The places in the room", "online": "The online places"}


@dataclass(frozen=True)
class PoolState:
    """A pool as it stood when it was read: good for showing, never for deciding. `waited`: parties that wait for it; `aside`: how many
    of those taken are set aside."""

    id: int
    capacity: int | None
    taken: int
    kept: int = 0
    waited: int = 0
    aside: int = 0

    @property
    def left(self) -> int | None:
        """Places left for everybody; None is unlimited."""
        return None if self.capacity is None else max(self.capacity - self.taken - self.kept, 0)


@dataclass(frozen=True)
class TypeOffer:
    """A registration type with its prices."""

    id: int
    name: str
    hint: str
    audience: str
    mode: str | None
    covers: str
    on_request: bool
    opens_at: datetime | None
    closes_at: datetime | None
    retired: bool
    item: pricing.Item
    pool: PoolState | None = None
    badges: int = 0

    @property
    def takes_seat(self) -> bool:
        """Whether it takes a seat of the event: an exhibitor's table takes none."""
        return self.covers != "none"


@dataclass(frozen=True)
class AddOnOffer:
    """An add-on with its prices by audience."""

    id: int
    name: str
    is_required: bool
    unlocks_block_id: int | None
    item: pricing.Item
    pool: PoolState | None = None
    badges: int = 0  # with each


@dataclass(frozen=True)
class Sale:
    """An event as somebody who wants a place sees it."""

    event: Row[Any]
    sign_up: rules.SignUp
    pools: dict[str, PoolState]
    types: dict[int, TypeOffer]
    add_ons: dict[int, AddOnOffer]

    @property
    def id(self) -> int:
        """The event's id."""
        return int(self.event.id)

    @property
    def starts_on(self) -> date | None:
        """The first day in the event's zone."""
        return times.local(self.event.starts_at, self.event.zone).date() if self.event.starts_at else None

    def type(self, type_id: int) -> TypeOffer:
        """One of the event's types; refused beside the field when it is not one."""
        found = self.types.get(type_id)
        if found is None:
            raise Unacceptable("Choose one of the prices.", field="type")
        return found

    def pool_ids(self, type_: TypeOffer, mode: str) -> set[int]:
        """The pools a place of this type and mode draws on, without sessions and add-ons."""
        wanted = [self.pools["event"], self.pools.get(mode), type_.pool] if type_.takes_seat else [type_.pool]
        return {pool.id for pool in wanted if pool is not None}

    def levels(self) -> dict[int, Level]:
        """How a refusal names each pool of this sale; the most general name wins where levels share a pool."""
        named = {one.pool.id: Level(one.name, "is", "Take it out of your choice.", f"add_on_{one.id}")
                 for one in self.add_ons.values() if one.pool}
        named |= {one.pool.id: Level(f"{one.name} places", "are", "Choose another type.", "type")
                  for one in self.types.values() if one.pool}
        named |= {pool.id: Level(_MODE_LEVEL[mode], "are", "Take part the other way, or look for another date.", "mode")
                  for mode, pool in self.pools.items() if mode in _MODE_LEVEL}
        named[self.pools["event"].id] = Level(f"The places in {self.event.title}", "are", "Look for another date among the events.")
        return named


def load(slug: str) -> Sale:
    """The sale of the event at this address; refused with NotFound when there is none."""
    return _load("slug", slug)


def load_by_id(event_id: int) -> Sale:
    """The sale of the event with this id."""
    return _load("id", event_id)


def included_stand_still(*event_ids: int) -> None:
    """These events and those they contain stand still, by id; before any order is locked. Who takes a place takes one in each."""
    contained = select(EventInclusion.included_id).where(EventInclusion.event_id.in_(event_ids))
    db.session.execute(select(Event.id).where(or_(Event.id.in_(event_ids), Event.id.in_(contained))).order_by(Event.id)
                       .with_for_update(read=True)).all()


def group_rules(of: Sale) -> list[tuple[int, int]]:
    """(from how many people, basis points off) of the event. Asked only where there are any."""
    return group_steps(of.id) if of.event.has_group_rules else []


def group_steps(event_id: int) -> list[tuple[int, int]]:
    """The same of the event with this id."""
    return [(row[0], row[1]) for row in db.session.execute(
        select(GroupRule.min_count, GroupRule.percent_basis_points).where(GroupRule.event_id == event_id))]


def _load(by: str, value: str | int) -> Sale:
    event: Any = run(_any_event(by, in_transaction()), {by: value}).one_or_none()
    if event is None:
        raise NotFound
    return Sale(
        event=event,
        sign_up=rules.SignUp(event.status, event.sign_up, event.zone, event.opens_at, event.closes_at, event.starts_at,
                             event.cancel_reason),
        pools=_event_pools(event), types=_types(event.id), add_ons=_add_ons(event.id) if event.has_add_ons else {},
    )


@cache  # built once: composing it costs more than running it
def _any_event(by: str, stands_still: bool) -> Any:
    pool, room, online = aliased(Pool), aliased(Pool), aliased(Pool)
    statement = (
        select(Event.id, Event.organization_id, Event.slug, Event.kind, Event.title, Event.status, Event.zone, Event.mode, Event.sign_up,
               Event.opens_at, Event.closes_at, Event.starts_at, Event.ends_at, Event.cancel_reason, Event.training_minutes,
               Event.rsc_minutes, Event.breakouts_change_until, Event.session_count, Event.city, Venue.name.label("venue"),
               CancellationPolicy.id.label("policy_id"),
               CancellationPolicy.rules.label("policy_rules"), CancellationPolicy.sentence.label("policy_sentence"),
               select(Block.id).where(Block.event_id == Event.id).exists().label("has_blocks"),
               select(EventInclusion.id).where(EventInclusion.event_id == Event.id).exists().label("includes"),
               select(AddOn.id).where(AddOn.event_id == Event.id, AddOn.retired_at.is_(None)).exists().label("has_add_ons"),
               select(GroupRule.id).where(GroupRule.event_id == Event.id).exists().label("has_group_rules"),
               select(FundEvent.fund_id).join(Fund, Fund.id == FundEvent.fund_id).where(
                   FundEvent.event_id == Event.id, Fund.on_request, Fund.withdrawn_at.is_(None)).exists().label("has_funds"),
               select(SetAside.id).where(SetAside.event_id == Event.id).exists().label("has_set_asides"),
               Event.link_opens_minutes, Event.platform,
               *_levels(pool, "pool"), *_levels(room, "room"), *_levels(online, "online"))
        .join(pool, pool.id == Event.pool_id).outerjoin(room, room.id == Event.room_pool_id)
        .outerjoin(online, online.id == Event.online_pool_id).outerjoin(Venue, Venue.id == Event.venue_id)
        .join(CancellationPolicy, CancellationPolicy.id == Event.cancellation_policy_id)
        .where(getattr(Event, by) == bindparam(by))
    )
    return statement.with_for_update(read=True, of=Event) if stands_still else statement


def _event_pools(event: Row[Any]) -> dict[str, PoolState]:
    pools = {"event": _state(event, "pool")}
    if event.room_id:
        pools["in_person"] = _state(event, "room")
    if event.online_id:
        pools["online"] = _state(event, "online")
    return pools


def _levels(pool: Any, name: str) -> list[Any]:
    return [getattr(pool, column).label(f"{name}_{column}") for column in _COLUMNS]


def _state(row: Any, name: str) -> PoolState:
    return PoolState(*(getattr(row, f"{name}_{column}") for column in _COLUMNS))


_COLUMNS = ("id", "capacity", "taken", "kept", "waited", "aside")
_PRICE = (Price.id.label("price_id"), Price.amount_cents, Price.valid_from, Price.valid_until, Price.audience.label("price_audience"),
          Price.label.label("price_label"))


def _types(event_id: int) -> dict[int, TypeOffer]:
    rows = run(_any_types(), {"event": event_id}).all()
    prices, parts = _prices(rows), _parts(rows)
    return {
        row.id: TypeOffer(
            row.id, row.name, row.hint, row.audience, row.mode, row.covers, row.on_request, row.opens_at, row.closes_at,
            row.retired_at is not None,
            pricing.Item(row.name, prices[row.id], row.account_code, parts.get(row.id, ()), in_groups=row.covers != "none"),
            _pool(row), row.badges)
        for row in rows
    }


@cache
def _any_types() -> Any:
    t = RegistrationType
    return (
        select(t.id, t.name, t.hint, t.audience, t.mode, t.covers, t.on_request, t.opens_at, t.closes_at, t.retired_at, t.account_code,
               t.badges,
               *_levels(Pool, "pool"), Instalment.position.label("part"),
               Instalment.due_on, Instalment.share_basis_points, *_PRICE)
        .outerjoin(Pool, Pool.id == t.pool_id).outerjoin(Price, Price.type_id == t.id).outerjoin(Instalment, Instalment.type_id == t.id)
        .where(t.event_id == bindparam("event")).order_by(t.position, t.id, Price.id, Instalment.position)
    )


def _add_ons(event_id: int) -> dict[int, AddOnOffer]:
    rows = run(_any_add_ons(), {"event": event_id}).all()
    prices = _prices(rows)
    return {
        row.id: AddOnOffer(row.id, row.name, row.is_required, row.unlocks_block_id,
                           pricing.Item(row.name, prices[row.id], row.account_code), _pool(row), row.badges)
        for row in rows
    }


@cache
def _any_add_ons() -> Any:
    return (
        select(AddOn.id, AddOn.name, AddOn.is_required, AddOn.unlocks_block_id, AddOn.account_code, AddOn.badges,
               *_levels(Pool, "pool"), *_PRICE)
        .outerjoin(Pool, Pool.id == AddOn.pool_id).outerjoin(Price, Price.add_on_id == AddOn.id)
        .where(AddOn.event_id == bindparam("event"), AddOn.retired_at.is_(None)).order_by(AddOn.position, AddOn.id, Price.id)
    )


def _prices(rows: Any) -> dict[int, tuple[pricing.Dated, ...]]:
    found: dict[int, dict[int, pricing.Dated]] = defaultdict(dict)
    for row in rows:
        if row.price_id is not None:
            found[row.id][row.price_id] = pricing.Dated(
                row.amount_cents, row.valid_from, row.valid_until, row.price_audience, row.price_label)
    return defaultdict(tuple, {owner: tuple(prices.values()) for owner, prices in found.items()})


def _parts(rows: Any) -> dict[int, tuple[pricing.Part, ...]]:
    found: dict[int, dict[int, pricing.Part]] = defaultdict(dict)
    for row in rows:
        if row.part is not None:
            found[row.id][row.part] = pricing.Part(row.due_on, row.share_basis_points)
    return {owner: tuple(parts.values()) for owner, parts in found.items()}


def _pool(row: Any) -> PoolState | None:
    return _state(row, "pool") if row.pool_id else None
