"""Who came to what: registrations, group orders and cancellations, through the product's own actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import Block, Pool, Session
from webapp.cli.demo import applications, events, money, names
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast, Somebody
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Full, Refusal
from webapp.forms import questions
from webapp.registration import orders, registrations
from webapp.registration.models import AddOn, Registration
from webapp.registration.orders import Attendee, Buyer

FULL = 10_000
HOW_MANY = {  # how many register: now, and in a past edition; FULL is until nothing is left
    "foundations": (24, 14), "dc05": (FULL, 12), "pyramid-it": (28, 0), "pyramid-pre": (19, 13), "rsc-group-a": (FULL, FULL),
    "rsc-group-ei": (FULL, 0), "book-club": (FULL, 0), "webinar": (31, 24), "tenets": (52, 20), "rsc-provision": (19, 12),
    "perinatal": (12, 17), "trauma": (38, 22), "preschool": (9, 15), "endorse": (17, 0), "ethics": (34, 20), "conference": (58, 30),
}
WITH_ACCOUNTS = {"maren": ("foundations", "ethics", "conference", "trauma", "webinar", "rsc-group-a", "tenets"),
                 "supervisor": ("rsc-provision", "conference", "ethics")}
CANCELS = 0.04


def tell(story: Story, cast: Cast, editions: Sequence[Edition]) -> None:
    """Lays in every registration of every edition."""
    stalls: dict[str, Stall] = {}
    for edition in editions:
        kind = edition.values.get("sign_up", "open")
        if kind == "open":
            _register_all(story, cast, edition, stalls)
        elif kind == "application":
            applications.tell(story, cast, edition)


@dataclass(frozen=True)
class Stall:
    """What of an event does not change while people register, as plain values: read once for each edition."""

    id: int
    mode: str
    mode_pools: dict[str, int | None]
    types: dict[str, int]
    add_ons: list[tuple[int, bool, int | None]]
    blocks: list[tuple[int, bool]]
    asked: frozenset[str]


def _stall(edition: Edition) -> Stall:
    event = events.of(edition)
    extras = db.session.scalars(select(AddOn).filter_by(event_id=event.id, badges=0).order_by(AddOn.position)).all()
    blocks = db.session.scalars(select(Block).filter_by(event_id=event.id).order_by(Block.position)).all()
    return Stall(
        event.id, event.mode, {"in_person": event.room_pool_id, "online": event.online_pool_id},
        {row.audience: row.id for row in reversed(applications.public_types(event.id)) if row.covers != "none"},
        [(row.id, row.is_required, row.unlocks_block_id) for row in extras], [(row.id, row.add_on_only) for row in blocks],
        frozenset(row.key for row in questions.for_event(event.id)))


def _register_all(story: Story, cast: Cast, edition: Edition, stalls: dict[str, Stall]) -> None:
    prefix = next(name for name in HOW_MANY if edition.origin.startswith(name))
    wanted = HOW_MANY[prefix][min(edition.years_back, 1)]
    limit = edition.values.get("capacity") or 60
    people = [cast.by_mailbox[box] for box, choice in WITH_ACCOUNTS.items() if prefix in choice]
    people += story.dice.sample(cast.crowd, min(wanted, limit, len(cast.crowd)) - len(people))
    opens, ends = events.announced(story, edition), min(events.begins(edition), story.now)
    waiting = list(people)
    while waiting:
        party = _party(story, waiting, edition)
        waiting = [one for one in waiting if one not in party]
        moment = opens + (ends - opens) * (0.04 + 0.92 * story.dice.random())
        story.at(moment, lambda party=party: _register(story, cast, edition, party, stalls))  # type: ignore[misc]


def _party(story: Story, waiting: Sequence[Somebody], edition: Edition) -> list[Somebody]:
    """Mostly one; now and then an agency sends several together, who pay by one invoice."""
    first = waiting[0]
    if first.agency_id is None or edition.values["kind"] == "rsc_group" or story.dice.random() > 0.35:
        return [first]
    colleagues = [one for one in waiting[1:] if one.agency_id == first.agency_id]
    return [first, *colleagues[:story.dice.choice((1, 2, 5))]]


def _register(story: Story, cast: Cast, edition: Edition, party: list[Somebody], stalls: dict[str, Stall]) -> None:
    stall = stalls.get(edition.slug) or stalls.setdefault(edition.slug, _stall(edition))
    buyer = party[0]
    wishes = [_wish(story, stall, one) for one in party]
    try:
        with db.session.begin_nested():
            held = orders.hold(stall.id, wishes, Buyer(f"{buyer.given} {buyer.family}", buyer.email, buyer.id),
                               agency_id=buyer.agency_id if len(party) > 1 else None)
    except Full:  # at one of its levels: they look elsewhere
        return
    except Refusal as refusal:
        if refusal.code != "already_registered":  # she came with another event that contains this one
            raise
        return
    money.pay(story, cast, held, buyer, by_agency=len(party) > 1, is_over=edition.years_back > 0)
    if story.dice.random() < CANCELS and buyer.id not in {cast.staff("maren"), cast.staff("supervisor")}:
        _cancel_later(story, cast, held.order_id, buyer, events.begins(edition))


def _wish(story: Story, stall: Stall, one: Somebody) -> Attendee:
    is_student = "student" in stall.types and story.dice.random() < 0.1
    kind = "member" if one.is_member(clock.now().date()) else "student" if is_student else "non_member"
    wished = story.dice.choice(("in_person", "online", "online")) if stall.mode == "hybrid" else None
    extras = {add_on_id: 1 for add_on_id, is_required, unlocks in stall.add_ons
              if is_required or (unlocks and story.dice.random() < 0.5) or story.dice.random() < 0.08}
    return Attendee(
        stall.types[kind], one.given, one.family, one.email, one.id, mode=_mode(stall, wished), add_ons=extras,
        answers=_answers(story, stall, one), breakouts=_breakouts(story, stall, extras))


def _mode(stall: Stall, wished: str | None) -> str | None:
    """The other way of taking part when the wished one is full."""
    pool_id = stall.mode_pools.get(wished or "")
    if pool_id is not None and db.session.get_one(Pool, pool_id, populate_existing=True).left == 0:
        return "online" if wished == "in_person" else "in_person"
    return wished


def _answers(story: Story, stall: Stall, one: Somebody) -> dict[str, str]:
    given = {"profession": one.work}
    if story.dice.random() < 0.08:
        given["access_needs"] = story.dice.choice(names.ACCESS)
    if story.dice.random() < 0.25:
        given["diet"] = story.dice.choice(names.DIET)
    return {key: value for key, value in given.items() if key in stall.asked}


def _breakouts(story: Story, stall: Stall, extras: dict[int, int]) -> dict[int, int | None]:
    """One session of each block that is open to her and has room; the small rooms fill first, some decide later."""
    unlocked = {unlocks for add_on_id, _, unlocks in stall.add_ons if add_on_id in extras}
    picked: dict[int, int | None] = {}
    for block_id, add_on_only in stall.blocks:
        if (add_on_only and block_id not in unlocked) or story.dice.random() < 0.07:
            continue
        free = db.session.scalars(
            select(Session.id).join(Pool, Pool.id == Session.pool_id).where(Session.block_id == block_id, Pool.taken < Pool.capacity)
            .order_by(Pool.capacity, Session.id)).all()
        if free:
            picked[block_id] = free[0] if story.dice.random() < 0.62 else story.dice.choice(free)
    return picked


def _cancel_later(story: Story, cast: Cast, order_id: int, buyer: Somebody, begins: datetime) -> None:
    moment = clock.now() + (begins - clock.now()) * 0.5
    story.at(moment, lambda: _cancel(story, cast, order_id, buyer))


def _cancel(story: Story, cast: Cast, order_id: int, buyer: Somebody) -> None:
    ids = db.session.scalars(select(Registration.id).filter_by(order_id=order_id, person_id=buyer.id, state="confirmed")).all()
    for registration_id in ids:
        done = registrations.cancel(registration_id, by_id=buyer.id, reason=money.CHANGED)
        money.give_back(story, cast, done, by_id=buyer.id)
