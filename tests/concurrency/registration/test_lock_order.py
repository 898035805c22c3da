"""Whoever locks more than one thing takes them in the order of docs/house.md, so that nobody waits in a circle."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.catalog.models import EventInclusion
from webapp.core.db import db, transaction
from webapp.registration import applications, offers, orders, programme, registrations, seats
from webapp.registration.models import Registration
from webapp.registration.offers import Offers, PriceSpec, TypeSpec

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8


def places_of(event_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Registration.event_id == event_id)) or 0


def test_an_event_is_cancelled_while_its_attendees_cancel(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop()
        event_id, ours = event.id, [places.registered(event, people.person()).id for _ in range(AT_ONCE)]
    acts = [partial(registrations.cancel, one, by_id=None) for one in reversed(ours)]
    acts.insert(AT_ONCE // 2, partial(programme.cancel_event, event_id, actor_id=None, reason="The hall burnt down."))
    came = race(app, acts)
    assert (len(came), set(came) <= {"done", "wrong_state"}, seats.recount()) == (AT_ONCE + 1, True, [])


def test_a_session_moves_while_breakouts_are_chosen(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.conference(rooms=(20, 20))
        block, start = events.blocks(event)["A"].id, events.at(35)
        one, two = (next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
        ours = [places.registered(event, people.person(), breakouts={block: one if n % 2 else two}).id for n in range(AT_ONCE)]
    acts = [partial(registrations.choose_breakouts, mine, {block: two if n % 2 else one}) for n, mine in enumerate(ours)]
    acts.insert(4, partial(programme.move_session, one, start, start + timedelta(minutes=90), actor_id=None))
    acts.insert(2, partial(programme.move_session, two, start, start + timedelta(minutes=90), actor_id=None))
    assert (race(app, acts), seats.recount()) == (["done"] * (AT_ONCE + 2), [])


def test_offers_are_decided_while_others_are_accepted(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.cohort(size=20, capacity=40)
        event_id, group = event.id, events.groups(event)["Group A"].id
        applied = [places.applied(event, people.person()).id for _ in range(AT_ONCE)]
        for one in applied[::2]:
            applications.decide(one, offer=True, by_id=None, group_id=group)
    acts = [partial(applications.decide, one, offer=True, by_id=None, group_id=group) if n % 2 else partial(applications.accept, one)
            for n, one in enumerate(applied)]
    assert race(app, acts) == ["done"] * AT_ONCE
    assert seats.recount() == [] and places_of(event_id) == AT_ONCE // 2


def test_a_form_changed_over_contained_events_takes_their_pools_in_order(app: Flask, module_db: str) -> None:
    with transaction():
        inner, outer = events.workshop("Inner"), events.workshop("Outer")
        db.session.add(EventInclusion(event_id=outer.id, included_id=inner.id, dates=[]))
        outer_id, ours = outer.id, []
        for number in range(AT_ONCE // 2):
            maria = people.person()
            there, mine, buyer = places.registered(inner, maria), places.attendee(outer, maria), places.buyer(maria)
            orders.hold(outer.id, [mine], buyer, form_key=f"{outer_id}-{number}", submit_key=f"{outer_id}-{number}:1")
            registrations.cancel(there.id, by_id=None)
            ours.append((mine, buyer, f"{outer_id}-{number}"))
    acts = [partial(orders.hold, outer_id, [mine], buyer, form_key=key, submit_key=f"{key}:2") for mine, buyer, key in ours]
    acts += [partial(orders.hold, outer_id, [wish(mine.type_id, number)], BUYER) for number, (mine, _, _) in enumerate(ours)]
    assert (race(app, acts), seats.recount()) == (["done"] * AT_ONCE, [])


def test_prices_change_while_orders_of_several_types_end(app: Flask, module_db: str) -> None:
    def prices(*names: str, limit: int) -> list[TypeSpec]:
        return [TypeSpec(name, [PriceSpec(0)], capacity=limit) for name in names]

    def change(limit: int) -> None:
        offers.replace(event_id, Offers(prices("Late", "Early", limit=limit), [], []), actor_id=None)

    with transaction():
        event = events.workshop(types=prices("Early", "Late", limit=20))
        event_id, types = event.id, [one.id for one in events.types(event).values()]
        held = [orders.hold(event_id, [wish(one, 10 * number + one) for one in types], BUYER).order_id for number in range(AT_ONCE)]
    acts = [act for number, one in enumerate(held, 21) for act in (partial(orders.let_go, one), partial(change, number))]
    assert (race(app, acts), seats.recount()) == (["done"] * 2 * AT_ONCE, [])
