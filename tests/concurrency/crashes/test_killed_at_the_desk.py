"""The same for what finance, banks and agencies do: refunds by card and by check, disputes, payouts, balances, checks, an agency's card."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.concurrency.crashes.buying import AT_STRIPE, COMES, MAIL, PAYS, QUIET_MAIL
from tests.concurrency.crashes.desk import AGENCY_ASKED, BACK, FINANCE, SAYS_YES, TO_CARD, control, fills, signs_in
from tests.concurrency.crashes.play import Begin, Hears, Known, Play, Step, Works
from tests.concurrency.crashes.telling import dies_everywhere
from tests.conftest import NOW
from tests.factories import events, people, registrations
from tests.support.mortal import Mortal
from webapp.core.db import db, transaction
from webapp.payments import invoices
from webapp.registration import orders
from webapp.registration.models import Order

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time, pytest.mark.slow]


@pytest.fixture(scope="module")
def begin(site: Mortal) -> Begin:
    """A workshop whose office has three places on invoice; finance is signed in, and all mail so far is sent."""
    with time_machine.travel(NOW, tick=False), transaction():
        event = events.workshop("Rhythms of care", capacity=6)
        people.person("Fay", "Berg", email=FINANCE, roles=["finance"])
        office = people.person("Olive", "Prairie", email="office@prairie.example")
        refs = [on_invoice(event, office, name) for name in ("Ana", "Bea", "Cy")]
    known = Known(paths={"first": refs[0], "second": refs[1], "ref": refs[0]})
    site.web(NOW - timedelta(minutes=5))
    signs_in(Play(site, known).visitor("finance"))
    site.web_ended()
    site.work(("mail",), NOW)
    site.mail.messages.clear()
    return Begin(site.keep(), known)


def on_invoice(event: Any, office: Any, name: str) -> str:
    """A place of $150.00 that the office pays; its order's reference."""
    wish = registrations.attendee(event, people.guest(name, "Ek", email=f"{name.lower()}@home.example"))
    held = orders.hold(event.id, [wish], registrations.buyer(office))
    orders.place(held.order_id, "invoice")
    invoices.issue(held.order_id)
    return db.session.get_one(Order, held.order_id).ref


def quiet(*steps: Step) -> list[Step]:
    """The same steps, in which nobody dies: another story has them."""
    return [replace(step, spared=True) for step in steps]


BOUGHT: list[Step] = [*AT_STRIPE, PAYS, Hears("webhooks of the payment", spared=True)]
THERE, WHY = "/manage/finance", "A day fell out"
SENT, HEARD = Works("refunds", ("refunds",)), Hears("webhooks of the refund")
A_CHECK = fills("a check", f"{THERE}/checks/new?q=prairie", r"/checks/new/\d+$", number="2041", amount="450.00", written_on="2026-03-01",
                parts="150.00", act="record")
TOO_MUCH = fills("a check of more", f"{THERE}/checks/new?q=prairie", r"/checks/new/\d+$", number="77", amount="400.00",
                 written_on="2026-03-01", part="150.00", rest="balance", act="record")
BY_HAND = fills("noted as sent", f"{THERE}/refunds", r"/returned$", number="901")
STORIES: dict[str, list[Step]] = {
    "refunds by card, a part and the rest": [
        *BOUGHT, fills("refunds a part", THERE + "{order}/refund", amount="50.00", reason=WHY), SENT,
        HEARD, fills("refunds the rest", THERE + "{order}/refund", amount="100.00", reason=WHY), SENT,
        replace(HEARD, spared=True), QUIET_MAIL],
    "a refund by check": [
        *quiet(A_CHECK), fills("refunds a part", THERE + "/orders/{ref}/refund", amount="50.00", reason=WHY), BY_HAND,
        fills("refunds the rest", THERE + "/orders/{ref}/refund", amount="100.00", reason=WHY), QUIET_MAIL],
    "a dispute, answered and lost": [
        *BOUGHT, control("the bank disputes", "dispute"), Hears("of the dispute"), control("answered", "evidence"),
        Hears("of the answer"), control("lost", "resolve", outcome="lost"), Hears("of the end"), QUIET_MAIL],
    "a dispute won, and the payout of it": [
        *BOUGHT, control("the bank disputes", "dispute"), Hears("of the dispute", spared=True),
        control("won", "resolve", outcome="won"), Hears("of the end"), control("paid out", "payout"),
        Hears("of the payout"), Works("reads the payout", ("money",)), QUIET_MAIL],
    "a balance, kept, spent and paid back": [
        TOO_MUCH, QUIET_MAIL, fills("spends it", THERE + "/orders/{second}/balance", amount="150.00"),
        fills("pays it back", f"{THERE}/balances", r"/balances/\d+$", form="/refund", **{"back-amount": "100.00", "back-reason": WHY}),
        BY_HAND, QUIET_MAIL],
    "one check over three invoices, deposited, bounced": [
        A_CHECK, fills("a slip", f"{THERE}/slips/new", number="S-12"),
        fills("deposited", "{after a slip}", form="/deposit", bank="450.00"),
        fills("came back", "{after a check}/bounced", reason="No funds", fee="25.00"), QUIET_MAIL],
    "her agency pays by card": [
        *quiet(COMES), AGENCY_ASKED, MAIL, TO_CARD, PAYS, Hears("webhooks of the payment"), BACK,
        QUIET_MAIL],
    "her agency pays on invoice": [*quiet(COMES, AGENCY_ASKED, MAIL), SAYS_YES, QUIET_MAIL],
}


@pytest.mark.parametrize("story", STORIES)
def test_a_process_that_dies_anywhere_changes_no_end(site: Mortal, begin: Begin, story: str) -> None:
    dies_everywhere(site, begin, STORIES[story], at_least=2)
