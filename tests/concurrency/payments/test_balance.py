"""The last $40 of a balance, wanted by several at one moment: used once, and never lost."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import events, people, registrations
from tests.support import till as tills
from tests.support.racing import race
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import balance, receipts
from webapp.payments.models import BalanceLot, BalanceMovement
from webapp.payments.rules import balance as rules
from webapp.registration.models import Order

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]


def made(orders: int) -> tuple[list[int], int, int]:
    """So many orders of one payer to be paid, her payer's id, and the lot of $40.00 that she has."""
    today = clock.today(tills.ZONE)
    with transaction():
        buyer, staff = people.person(), people.person(roles=["finance"]).id
        ours = [registrations.registered(events.workshop(capacity=None), buyer, method="card").order_id for _ in range(orders + 1)]
        receipts.record(ours[0], receipts.Received("cash", 19_000, today, tills.ZONE), by_id=staff)
        [lot_id] = balance.keep(ours[0], 4_000, expires_on=rules.until(today, 12), reason="Too much", by_id=staff)
        payer_id = db.session.get_one(Order, ours[0]).payer_id
    return ours[1:], payer_id, lot_id


def left(lot_id: int) -> tuple[int, int]:
    """What the lot says is left, and what its movements add up to."""
    db.session.rollback()
    cents = db.session.scalars(select(BalanceLot.left_cents).where(BalanceLot.id == lot_id)).one()
    return cents, db.session.scalars(select(func.sum(BalanceMovement.cents)).where(BalanceMovement.lot_id == lot_id)).one()


def test_two_orders_use_the_last_forty_dollars(app: Flask, module_db: str) -> None:
    ours, _, lot_id = made(4)
    today = clock.today(tills.ZONE)
    came = race(app, [partial(balance.use, one, today=today, by_id=None) for one in ours])
    paid = sum(tills.balance(one).paid_cents for one in ours)
    assert (came, left(lot_id), paid) == (["done"] + ["no_balance"] * 3, (0, 0), 4_000)


def test_parts_of_it_never_add_up_to_more(app: Flask, module_db: str) -> None:
    ours, _, lot_id = made(4)
    today = clock.today(tills.ZONE)
    came = race(app, [partial(balance.use, one, 1_500, today=today, by_id=None) for one in ours])
    assert (came, left(lot_id)) == (["beyond_balance"] * 2 + ["done"] * 2, (1_000, 1_000))


def test_used_expired_and_given_back_at_once_happens_once(app: Flask, module_db: str) -> None:
    [order_id], payer_id, lot_id = made(1)
    today = clock.today(tills.ZONE)
    came = race(app, [partial(balance.use, order_id, today=today, by_id=None),
                      partial(balance.expire_due, rules.until(today, 13)),
                      partial(balance.give_back, payer_id, 4_000, today=today, reason="Wants it", by_id=None),
                      partial(balance.take_back, lot_id, reason="A mistake", by_id=None)])
    taken = db.session.scalars(select(BalanceMovement.kind).where(BalanceMovement.lot_id == lot_id, BalanceMovement.cents < 0)).all()
    assert (left(lot_id), len(taken), "deadlock" in " ".join(came)) == ((0, 0), 1, False)
