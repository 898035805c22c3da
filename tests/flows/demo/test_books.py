"""Finance's part of the demonstration: after it the drawer is nearly empty, and there is one of everything finance looks at."""

from datetime import timedelta
from types import SimpleNamespace

from sqlalchemy import func, select

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.cli.demo import books, money
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import receipts
from webapp.payments.models import BalanceLot, BankCheck, ClosedMonth, Dispute
from webapp.payments.queries import bank, checks
from webapp.registration import orders
from webapp.registration.orders import Buyer


def told():
    """The story of finance, with three checks and six payments by card in three months."""
    with transaction():
        by_id = people.person(roles=["finance"]).id
        event = events.workshop(starts=events.at(60), capacity=None)
    story = Story(clock.now())
    for days, number in ((70, "1"), (40, "2"), (1, "3")):
        story.at(story.now - timedelta(days=days), lambda number=number: by_check(event, number, by_id))
    for _ in range(6):
        story.at(story.now - timedelta(days=20), lambda: money._by_card(orders.hold(
            event.id, [registrations.attendee(event, people.person())], Buyer("Ana", "ana@home.example"))))
    books.tell(story, SimpleNamespace(staff=lambda _mailbox: by_id))
    story.play()


def by_check(event, number, by_id):
    order_id = registrations.registered(event, people.person()).order_id
    receipts.record(order_id, receipts.Received("cheque", 15_000, clock.today(tills.ZONE), tills.ZONE, number=number), by_id=by_id)


def test_there_is_one_of_everything_finance_looks_at():
    told()
    loose, bounced = checks.undeposited(), db.session.scalars(select(BankCheck.number).where(BankCheck.state == "bounced")).all()
    assert ([row.BankCheck.number for row in loose], bounced) == (["3"], ["2"])
    assert {(row.DepositSlip.state, row.DepositSlip.bank_cents) for row in checks.slips()} == {("deposited", 15_000)}
    [payout], [dispute] = bank.payouts(), db.session.scalars(select(Dispute)).all()
    assert (payout.adds_up, payout.charges, payout.disputes, dispute.state) == (True, 90_000, -15_000, "needs_response")
    assert dispute.payment_id is not None
    assert db.session.scalar(select(func.count(ClosedMonth.id))) == 2
    assert [lot.left_cents for lot in db.session.scalars(select(BalanceLot))] == [12_500]
