"""Two clicks on Pay at one moment: one page at Stripe, and both browsers are sent to it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support.till import SECRET, ZONE, at_stripe
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.devtools.stripe_standin.process import StandIn
from webapp.payments import checkout
from webapp.payments.models import CheckoutPage
from webapp.registration import orders

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]


@pytest.fixture
def stripe(app: Flask, clean_db: str, tmp_path: Path) -> Iterator[StandIn]:
    """An empty stand-in the application speaks to."""
    with StandIn(tmp_path / "stripe.db", None, SECRET) as running, at_stripe(app, running):
        yield running


def clicks(app: Flask, order_id: int, wishes: list[bool]) -> list[str]:
    """The address each click came to, all at one moment; the code of the refusal where there was one. True asks for the whole."""
    start, came = threading.Barrier(len(wishes)), []

    def click(whole: bool) -> None:
        with app.app_context():
            start.wait()
            try:
                came.append(checkout.open_page(order_id, clock.today(ZONE), whole=whole))
            except Refusal as refusal:
                came.append(refusal.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=click, args=(whole,)) for whole in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def states(order_id: int) -> list[str]:
    return list(db.session.scalars(select(CheckoutPage.state).where(CheckoutPage.order_id == order_id).order_by(CheckoutPage.id)))


def test_four_clicks_come_to_one_page(app: Flask, stripe: StandIn) -> None:
    with transaction():
        order_id = registrations.held(events.workshop(), people.person()).order_id
        orders.place(order_id, "card")
    came = clicks(app, order_id, [False] * 4)
    assert (len(set(came)), states(order_id), len(stripe.control("books")["sessions"])) == (1, ["open"], 1)
    assert stripe.pay(came[0])["state"] == "paid"


def test_of_two_clicks_for_two_amounts_one_page_stays_open(app: Flask, stripe: StandIn) -> None:
    with transaction():
        order_id = registrations.accepted(events.cohort(tuition=900_000), people.person(), method="invoice").order_id
    came = clicks(app, order_id, [False, True])
    assert sorted(states(order_id)) == ["expired", "open"]
    assert sorted(stripe.pay(url)["state"] for url in came) == ["closed", "paid"]
