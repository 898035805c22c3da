"""Two clicks on Pay at one moment: one page at Stripe, and both browsers are sent to it."""

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support.racing import in_sessions
from tests.support.till import SECRET, ZONE, at_stripe
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.devtools.stripe_standin.process import StandIn
from webapp.payments import checkout
from webapp.payments.models import CheckoutPage
from webapp.registration import orders

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The process, once for all rounds."""
    with StandIn(tmp_path_factory.mktemp("stripe") / "stripe.db", None, SECRET) as running:
        yield running


@pytest.fixture
def stripe(app: Flask, module_db: str, standin: StandIn) -> Iterator[StandIn]:
    """An empty stand-in the application speaks to."""
    with at_stripe(app, standin):
        yield standin


def clicks(app: Flask, order_id: int, wishes: list[bool]) -> list[str]:
    """The address each click came to, all at one moment; the code of the refusal where there was one. True asks for the whole."""
    return in_sessions(app, [partial(checkout.open_page, order_id, clock.today(ZONE), whole=whole) for whole in wishes])


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
