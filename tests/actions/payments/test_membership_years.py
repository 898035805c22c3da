"""A membership that was bought stands on the member list exactly while it is paid; what goes back goes back by the ledger."""

from datetime import date
from typing import Any

from sqlalchemy import select

from tests.factories import events, people, registrations, years
from tests.support import till as tills
from webapp.accounts import memberships
from webapp.accounts.models import Membership
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import balance, checks, corrections, giving_back, invoices, receipts
from webapp.payments.models import BalanceLot, CreditNote
from webapp.payments.receipts import Received
from webapp.registration import ledger, orders, programme
from webapp.registration import registrations as places
from webapp.registration.models import Order
from webapp.registration.years.models import MembershipYear

TODAY = date(2026, 7, 15)


def joined(method: str = "invoice", **person: Any) -> tuple[int, int]:
    """An order of one place at $120.00 with a membership at $25.00, placed; its id and who joined."""
    with transaction():
        who = people.person(**person)
        event = events.workshop()
        made = orders.hold(event.id, [registrations.attendee(event, who)], registrations.buyer(who))
        orders.add_year(made.order_id, registrations.of_order(made.order_id).id, years.plan())
        registrations.place(made.order_id, method)
        invoices.issue(made.order_id)
        return made.order_id, who.id


def pay(order_id: int, finance: int, cents: int = 14_500, method: str = "cash") -> None:
    with transaction():
        receipts.record(order_id, Received(method, cents, TODAY, tills.ZONE, "7"), by_id=finance)


def standing(person_id: int) -> list[tuple[date, date]]:
    rows = db.session.scalars(select(Membership).filter_by(person_id=person_id, withdrawn_at=None).order_by(Membership.from_on))
    return [(one.from_on, one.until_on) for one in rows]


def test_a_number_as_long_as_numbers_may_be_is_renewed(finance: int) -> None:
    order_id, person_id = joined()
    with transaction():
        memberships.add(person_id, "9" * 40, from_on=date(2024, 1, 1), until_on=date(2024, 12, 31), actor_id=None)
        memberships.add(None, "9" * 40, from_on=TODAY, until_on=TODAY, actor_id=None)
    pay(order_id, finance)
    renewed = memberships.latest(person_id)
    assert renewed is not None and renewed.number == "9" * 35 + "-2"


def test_on_invoice_it_stands_when_it_is_paid_from_the_day_it_was_ordered(finance: int) -> None:
    order_id, person_id = joined()
    assert standing(person_id) == []
    pay(order_id, finance, 2_499)
    assert standing(person_id) == []
    pay(order_id, finance, 1)
    today = clock.today(tills.ZONE)
    assert standing(person_id) == [(today, date(today.year + 1, today.month, today.day - 1))]
    assert tills.messages("membership_begun") == 1


def test_her_number_is_good_for_the_member_price_from_then_on(finance: int) -> None:
    order_id, person_id = joined(email="ana@home.example", account=False, verified=False)
    pay(order_id, finance)
    has = memberships.latest(person_id)
    assert has is not None and has.source == "order"
    assert memberships.by_number(has.number, "ana@home.example", clock.today(tills.ZONE))


def test_a_renewal_keeps_the_number_and_runs_on_from_the_old_end(finance: int) -> None:
    until = events.day(30)
    order_id, person_id = joined(member=True, member_until=until)
    pay(order_id, finance, ledger.owed(order_id))
    has = memberships.latest(person_id)
    assert has is not None and (has.number, (has.from_on - until).days) == (f"M-{person_id:05}", 1)


def test_a_check_that_bounces_takes_it_back_and_paid_again_it_stands_again(finance: int) -> None:
    order_id, person_id = joined()
    with transaction():
        paper = checks.record(checks.Paper("7", 14_500, TODAY, tills.ZONE), {order_id: 14_500}, by_id=finance).id
    before = standing(person_id)
    with transaction():
        checks.bounce(paper, reason="No funds", by_id=finance)
    assert (len(before), standing(person_id)) == (1, [])
    pay(order_id, finance)
    assert (standing(person_id), tills.messages("membership_begun")) == (before, 1)


def test_withdrawn_it_decides_no_price(finance: int) -> None:
    order_id, person_id = joined()
    pay(order_id, finance)
    day = clock.today(tills.ZONE)
    with transaction():
        memberships.withdraw(memberships.latest(person_id).id, reason="A test")  # type: ignore[union-attr]
    assert (memberships.valid_on(person_id, day), memberships.valid_among({person_id}, day)) == (None, set())


def test_a_place_given_back_leaves_a_paid_membership_as_it_is(finance: int) -> None:
    order_id, person_id = joined()
    pay(order_id, finance)
    cancel(order_id)
    assert (len(standing(person_id)), ledger.owed(order_id), tills.balance(order_id).in_flight_cents) == (1, 2_500, 12_000)
    tills.check_books()


def cancel(order_id: int) -> None:
    with transaction():
        done = places.cancel(registrations.of_order(order_id).id, by_id=None, by_organizer=True)
        giving_back.after([done], reason="Off", by_id=None, today=clock.today(tills.ZONE))


def test_an_order_given_back_before_it_was_paid_owes_no_membership() -> None:
    order_id, person_id = joined()
    cancel(order_id)
    assert (db.session.get_one(Order, order_id).state, ledger.owed(order_id), standing(person_id)) == ("cancelled", 0, [])
    assert sum(db.session.scalars(select(CreditNote.total_cents))) == 14_500
    tills.check_books()


def test_an_event_that_is_off_before_the_order_was_placed_leaves_neither_membership_nor_debt(finance: int) -> None:
    with transaction():
        who, event = people.person(), events.workshop()
        paid = registrations.registered(event, who, method="card").order_id
        off = events.workshop("Off")
        order_id = orders.hold(off.id, [registrations.attendee(off, who)], registrations.buyer(who)).order_id
        orders.add_year(order_id, registrations.of_order(order_id).id, years.plan())
    pay(paid, finance, 15_000 + 9_500)
    with transaction():
        [lot_id] = balance.keep(paid, 9_500, expires_on=date(2027, 7, 15), reason="Paid too much", by_id=finance)
    with transaction():
        balance.use(order_id, today=TODAY, by_id=None)
    with transaction():
        giving_back.after(programme.cancel_event(off.id, actor_id=finance, reason="Off"), reason="Off", by_id=finance, today=TODAY)
    assert db.session.get_one(Order, order_id).state == "cancelled"
    assert (ledger.owed(order_id), standing(who.id), db.session.scalars(select(MembershipYear.ended_at)).one() is None) == (0, [], False)
    assert db.session.get_one(BalanceLot, lot_id).left_cents == 9_500
    tills.check_books()


def test_what_lowers_the_rest_of_the_order_pays_no_membership(finance: int) -> None:
    order_id, person_id = joined()
    with transaction():
        corrections.correct(order_id, -2_500, reason="The handouts were missing", by_id=finance)
    unpaid = standing(person_id)
    cancel(order_id)
    assert (unpaid, standing(person_id), ledger.owed(order_id)) == ([], [], 0)
    tills.check_books()


def test_nor_does_it_when_the_paid_place_is_given_back(finance: int) -> None:
    order_id, person_id = joined()
    with transaction():
        corrections.correct(order_id, -2_500, reason="The handouts were missing", by_id=finance)
    pay(order_id, finance, 12_000)
    cancel(order_id)
    assert (len(standing(person_id)), ledger.owed(order_id), tills.balance(order_id).in_flight_cents) == (1, 2_500, 9_500)


def test_finance_takes_the_line_back_and_it_stands_no_more(finance: int) -> None:
    order_id, person_id = joined()
    pay(order_id, finance)
    with transaction():
        charge_id = db.session.scalars(select(MembershipYear.charge_id)).one()
        corrections.void(charge_id, reason="Bought twice", by_id=finance)
    assert (standing(person_id), tills.balance(order_id).unplaced_cents) == ([], 2_500)


def test_the_invoice_bills_it_on_its_own_account() -> None:
    order_id, _ = joined()
    [bill] = invoices.of_order(order_id)
    line = next(one for one in bill.invoice.lines if one["account_code"] == "4300")
    assert (line["label"], line["amount_cents"], line["event"], line["person"]) == ("Individual membership, one year", 2_500, "", "")
