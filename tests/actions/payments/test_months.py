"""A closed month never changes; what comes later is of the open month; all months together are the books."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from tests.factories import events, people, registrations
from tests.support import sheets
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Closed
from webapp.payments import corrections, months, receipts
from webapp.payments.models import ClosedMonth
from webapp.payments.queries import months as queries
from webapp.payments.rules import books

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
ZONE = tills.ZONE


@pytest.fixture
def order_id():
    """An order of $150.00, placed in July."""
    with transaction():
        return registrations.registered(events.workshop(), people.person()).order_id


def pay(order_id, finance, cents=15_000, on=date(2026, 7, 15)):
    with transaction():
        return receipts.record(order_id, receipts.Received("cheque", cents, on, ZONE, number="7"), by_id=finance).id


def close(month, finance):
    with transaction():
        months.close(month, zone=ZONE, by_id=finance)
    return queries.content(month)


def lines(content):
    return [(row[2], row[10], row[11]) for row in sheets.csv_rows(content)[1:]]


def open_lines(month):
    return [(one.kind, one.amount_cents) for one in queries.open_movements(books.midnight(books.after(month), ZONE))]


def test_a_month_is_closed_with_its_movements(finance, order_id, frozen):
    pay(order_id, finance)
    frozen.move_to(datetime(2026, 8, 3, 15, tzinfo=UTC))
    assert lines(close(JULY, finance)) == [("fee", "150.00", ""), ("payment", "", "150.00")]
    [row] = queries.closed()
    assert (row.first_on, row.movements, row.owed_cents, row.received_cents) == (JULY, 2, 15_000, 15_000)
    assert (queries.oldest_open(ZONE, clock.today(ZONE)), open_lines(AUGUST)) == (AUGUST, [])


def test_the_frozen_file_is_the_same_byte_for_byte_whatever_comes_later(finance, order_id, frozen):
    payment_id = pay(order_id, finance)
    frozen.move_to(datetime(2026, 8, 3, 15, tzinfo=UTC))
    before = close(JULY, finance)
    with transaction():
        receipts.bounce(payment_id, reason="No funds", by_id=finance)
        corrections.correct(order_id, -5_000, reason="Volunteer", by_id=finance)
    pay(order_id, finance, 10_000, on=date(2026, 7, 30))
    assert queries.content(JULY) == before
    assert sorted(open_lines(AUGUST)) == [("correction", -5_000), ("payment", 10_000), ("payment taken back", -15_000)]
    assert queries.open_sums(books.midnight(date(2026, 9, 1), ZONE)) == queries.Sums(3, -5_000, -5_000)


def test_the_months_add_up_to_the_books(finance, order_id, frozen):
    payment_id = pay(order_id, finance)
    frozen.move_to(datetime(2026, 8, 3, 15, tzinfo=UTC))
    close(JULY, finance)
    with transaction():
        receipts.bounce(payment_id, reason="No funds", by_id=finance)
    pay(order_id, finance, 9_000, on=date(2026, 7, 30))
    frozen.move_to(datetime(2026, 9, 1, 15, tzinfo=UTC))
    close(AUGUST, finance)
    found, balance = queries.closed(), tills.balance(order_id)
    assert (sum(one.owed_cents for one in found), sum(one.received_cents for one in found)) == (balance.owed_cents, balance.paid_cents)
    assert (balance.paid_cents, open_lines(date(2026, 9, 1))) == (9_000, [])


def test_a_place_held_in_one_month_and_placed_in_the_next_is_of_the_next(finance, frozen):
    frozen.move_to(datetime(2026, 8, 1, 4, 50, tzinfo=UTC))
    with transaction():
        event = events.workshop()
        held = registrations.held(event, people.person()).order_id
        registrations.registered(event, people.person())
    frozen.move_to(datetime(2026, 8, 1, 5, 5, tzinfo=UTC))
    assert lines(close(JULY, finance)) == [("fee", "150.00", "")]
    with transaction():
        registrations.place(held)
    assert open_lines(AUGUST) == [("fee", 15_000)]


def test_a_line_of_nothing_is_booked_once(finance, order_id, frozen):
    with transaction():
        registrations.registered(events.workshop(member=0, non_member=0), people.person())
    frozen.move_to(datetime(2026, 8, 3, 15, tzinfo=UTC))
    close(JULY, finance)
    assert open_lines(AUGUST) == []


@pytest.mark.parametrize("month", [JULY, AUGUST])
def test_a_month_that_is_not_over_stays_open(finance, order_id, month):
    with pytest.raises(Closed, match="is not over yet"):
        close(month, finance)
    assert queries.closed() == []


def test_months_are_closed_once_and_in_their_order(finance, order_id, frozen):
    frozen.move_to(datetime(2026, 9, 3, 15, tzinfo=UTC))
    with pytest.raises(Closed, match="July 2026 is still open"):
        close(AUGUST, finance)
    close(JULY, finance)
    with pytest.raises(AlreadyDone):
        close(JULY, finance)


@pytest.mark.parametrize("change", [update(ClosedMonth).values(content=""), delete(ClosedMonth)])
def test_the_database_refuses_to_change_a_closed_month(finance, order_id, frozen, change):
    frozen.move_to(datetime(2026, 8, 3, 15, tzinfo=UTC))
    close(JULY, finance)
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        db.session.execute(change)
