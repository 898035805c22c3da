"""Killed after each commit, before and after each outside call and inside each transaction: what was begun ends right, with no hand.

Each story is told once undisturbed; that counts the points its processes pass. Then once for each point: the process dies there,
people and the timetable go on as ever, and the end must be the undisturbed one, with the rules of product.md kept. Here: a place is
bought by card, given back, or never paid.
"""

import pytest
import time_machine

from tests.concurrency.crashes.buying import AT_STRIPE, COMES, GOES, HOUR, MAIL, PAYS, QUIET_MAIL, cancels, returns
from tests.concurrency.crashes.play import Asks, Begin, Hears, Step, Works
from tests.concurrency.crashes.telling import dies_everywhere
from tests.conftest import NOW
from tests.factories import events
from tests.support.mortal import Mortal
from webapp.core.db import transaction

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time, pytest.mark.slow]


@pytest.fixture(scope="module")
def begin(site: Mortal) -> Begin:
    """A workshop with three seats, and nobody in it."""
    with time_machine.travel(NOW, tick=False), transaction():
        events.workshop("Rhythms of care", capacity=3)
    return Begin(site.keep())


STORIES: dict[str, list[Step]] = {
    "paid, cancelled, refunded": [
        COMES, GOES, PAYS, Hears("webhooks of the payment"), Asks("returns", returns), MAIL,
        Asks("cancels", cancels), Works("refunds", ("refunds",)), Hears("webhooks of the refund"), QUIET_MAIL],
    "paid, back before the webhook": [*AT_STRIPE, PAYS, Asks("returns", returns), Hears("webhooks of the payment"), QUIET_MAIL],
    "paid, no webhook ever": [*AT_STRIPE, PAYS, Works("sweep", ("reconcile",)), QUIET_MAIL],
    "never paid, the page still open": [*AT_STRIPE, HOUR, Works("the hold ends", ("money",)), Hears("the page is closed"), QUIET_MAIL],
    "paid while the hold ends": [*AT_STRIPE, PAYS, HOUR, Works("the hold ends", ("money",)), QUIET_MAIL],
}


@pytest.mark.parametrize("story", STORIES)
def test_a_process_that_dies_anywhere_changes_no_end(site: Mortal, begin: Begin, story: str) -> None:
    dies_everywhere(site, begin, STORIES[story], at_least=10)
