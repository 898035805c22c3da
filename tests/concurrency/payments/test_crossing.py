"""Money over several orders from opposite ends: one waits for the other, and PostgreSQL ends nobody as the victim of a deadlock."""

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.factories import events, funds, people, years
from tests.factories import registrations as places
from tests.support import till as tills
from tests.support.racing import in_sessions, race
from webapp.accounts.models import Membership
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import balance, checks, giving_back, invoices, receipts, sharing
from webapp.payments.models import CreditNote, Invoice
from webapp.payments.receipts import Received
from webapp.payments.rules import balance as rules
from webapp.registration import orders, registrations
from webapp.registration.funds import giving
from webapp.registration.funds.giving import OtherPayer
from webapp.registration.funds.models import Fund
from webapp.registration.offers import GroupRuleSpec

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 4
Acts = list[Callable[[], object]]


def today() -> date:
    return clock.today(tills.ZONE)


def carried(count: int) -> tuple[int, list[int], int]:
    """The order of a grant, placed orders of which it carries a part, and somebody of finance."""
    with transaction():
        event, by = events.workshop(), people.person(roles=["finance"]).id
        fund_id = funds.fund(event, f"Grant {event.id}", grantor=funds.GRANTOR, amount_cents=5_000, word=f"GRANT-{event.id}")
        made = [orders.hold(event.id, [places.attendee(event, people.person())], BUYER, code=f"GRANT-{event.id}").order_id
                for _ in range(count)]
        for one in made:
            places.place(one)
        return db.session.get_one(Fund, fund_id).order_id or 0, made, by


def cancel(order_id: int) -> None:
    done = registrations.cancel(places.of_order(order_id).id, by_id=None, reason="Ill", by_organizer=True)
    giving_back.after([done], reason="Ill", by_id=None, today=today())


def check(grant: int, order_id: int, by: int) -> int:
    paper = checks.Paper(f"7{order_id}", 15_000, today(), tills.ZONE)
    return checks.record(paper, {grant: 5_000, order_id: 10_000}, by_id=by).id


def test_a_check_for_a_grant_and_an_order_it_carries_while_that_is_cancelled(app: Flask, module_db: str) -> None:
    grant, made, by = carried(AT_ONCE)
    came = race(app, [act for one in made for act in (partial(cancel, one), partial(check, grant, one, by))])
    assert set(came) <= {"done", "beyond_order"} and came.count("done") >= AT_ONCE
    tills.check_books()


def test_such_a_check_bounces_while_the_order_is_cancelled(app: Flask, module_db: str) -> None:
    grant, made, by = carried(AT_ONCE)
    with transaction():
        papers = [check(grant, one, by) for one in made]
    acts: Acts = [partial(checks.bounce, one, reason="No funds", by_id=by) for one in papers]
    came = race(app, [act for one, bounce in zip(made, acts, strict=True) for act in (partial(cancel, one), bounce)])
    assert set(came) <= {"done", "unacceptable"} and came.count("done") >= AT_ONCE
    tills.check_books()


def test_parts_are_given_and_taken_back_on_invoices(app: Flask, module_db: str) -> None:
    with transaction():
        event, by = events.workshop(), people.person(roles=["finance"]).id
        ours = [places.registered(event, people.person()) for _ in range(2 * AT_ONCE)]
        for one in ours:
            invoices.issue(one.order_id)
        ids = [one.id for one in ours]
    other = OtherPayer("agency", "Lakeshore", "bills@lakeshore.example")
    with transaction():
        shares = [split(one, other, by) for one in ids[:AT_ONCE]]
    acts: Acts = [act for share, one in zip(shares, ids[AT_ONCE:], strict=True)
                  for act in (partial(take_back, share, by), partial(split, one, other, by))]
    assert race(app, acts) == ["done"] * 2 * AT_ONCE
    tills.check_books()


def split(place_id: int, other: OtherPayer, by: int) -> int:
    given = giving.split(place_id, 4_000, other, by_id=by, reason="Half is theirs")
    sharing.after(given, reason="Half is theirs", by_id=by, today=today())
    return given.share_id


def take_back(share_id: int, by: int) -> None:
    sharing.after(giving.take_back(share_id, by_id=by, reason="Not after all"), reason="Not after all", by_id=by, today=today())


def test_additions_are_placed_on_invoice_while_parts_are_given(app: Flask, module_db: str) -> None:
    with transaction():
        event, by = events.workshop(capacity=40, group_rules=[GroupRuleSpec(2, 1_000)]), people.person(roles=["finance"]).id
        type_id, more = places.type_of(event).id, []
        for number in range(AT_ONCE):
            whole = orders.hold(event.id, [wish(type_id, number)], BUYER).order_id
            places.place(whole)
            invoices.issue(whole)
            more.append(orders.hold(event.id, [wish(type_id, 50 + number)], BUYER, part_of=whole).ref)
        other_event = events.workshop()
        ours = [places.registered(other_event, people.person()) for _ in range(AT_ONCE)]
        for one in ours:
            invoices.issue(one.order_id)
        ids = [one.id for one in ours]
    before = counts()
    other = OtherPayer("agency", "Lakeshore", "bills@lakeshore.example")
    came = in_sessions(app, [act for ref, one in zip(more, ids, strict=True)
                             for act in (partial(placed, app, ref), partial(in_one, partial(split, one, other, by)))])
    assert came == ["done"] * 2 * AT_ONCE and counts() == (before[0] + 2 * AT_ONCE, before[1] + 2 * AT_ONCE)
    tills.check_books()


def placed(app: Flask, ref: str) -> str:
    """By its page, on invoice."""
    answer = app.test_client().post(f"/orders/{ref}/place", data={"total": 13_500, "method": "invoice", "agency": "Lake"})
    return "done" if answer.status_code == 303 else answer.text


def in_one(act: Callable[[], object]) -> str:
    with transaction():
        act()
    return "done"


def counts() -> tuple[int, int]:
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(one)) or 0 for one in (Invoice, CreditNote))  # type: ignore[return-value]


def test_two_memberships_of_one_person_are_paid_at_one_instant(app: Flask, module_db: str) -> None:
    made, by = [], 0
    with transaction():
        who, by, plan_id = people.person(), people.person(roles=["finance"]).id, years.plan(f"A year {clock.now()}")
        for number in range(AT_ONCE):
            event = events.workshop(f"Event {number}")
            made.append(orders.hold(event.id, [places.attendee(event, who)], places.buyer(who)).order_id)
            orders.add_year(made[-1], places.of_order(made[-1]).id, plan_id)
        for one in made:
            places.place(one)
        person_id = who.id
    received = Received("cash", 14_500, today(), tills.ZONE)
    assert race(app, [partial(receipts.record, one, received, by_id=by) for one in made]) == ["done"] * AT_ONCE
    db.session.rollback()
    days = db.session.execute(select(Membership.from_on, Membership.until_on).where(Membership.person_id == person_id)
                              .order_by(Membership.from_on)).all()
    assert len(days) == AT_ONCE and all(first.until_on < second.from_on for first, second in pairwise(days))


def test_a_balance_of_several_lots_comes_back_while_others_use_it(app: Flask, module_db: str) -> None:
    with transaction():
        event, buyer, by = events.workshop(capacity=None), people.person(), people.person(roles=["finance"]).id
        paid = places.registered(event, buyer, method="card").order_id
        receipts.record(paid, Received("cash", 75_000, today(), tills.ZONE), by_id=by)
        for months in range(2 * AT_ONCE, 0, -1):  # what expires first is the youngest lot
            balance.keep(paid, 5_000, expires_on=rules.until(today(), months), reason="Too much", by_id=by)
        ended, open_ = ([places.held(events.workshop(), buyer).order_id for _ in range(AT_ONCE)] for _ in range(2))
        for one in ended:
            balance.use(one, 10_000, today=today(), by_id=None)
            orders.let_go(one)
    acts: Acts = [act for back, more in zip(ended, open_, strict=True)
                  for act in (partial(balance.return_unused, back), partial(balance.use, more, today=today(), by_id=None))]
    assert set(race(app, acts)) <= {"done", "no_balance", "balance_used"}
    tills.check_books()
