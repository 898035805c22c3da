"""Who stands as the payer of a movement: who pays the order, once an agency said that it does; in every file the same."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import events, people
from tests.factories import registrations as places
from tests.flows.payments.test_approvals import ZONE, asked, held, question
from tests.support import sheets
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import approvals, corrections, months, receipts
from webapp.payments.queries import months as month_queries
from webapp.payments.queries import movements
from webapp.payments.receipts import Received
from webapp.registration.models import Charge

JULY = date(2026, 7, 1)


@pytest.fixture
def approved() -> int:
    """Maria's order, that Dane County approved and paid."""
    order_id = asked(held())
    with transaction():
        approvals.approve(question(order_id).id)
        receipts.record(order_id, Received("cheque", 15_000, clock.today(ZONE), ZONE, "7"), by_id=None)
    return order_id


def found(end: datetime | None = None) -> list[tuple[str, str | None]]:
    return [(one.kind, one.payer) for one in movements.between(datetime(2026, 1, 1, tzinfo=UTC), end or clock.now() + timedelta(days=1))]


def test_an_agency_that_approved_owes_and_pays(approved: int) -> None:
    assert sorted(found()) == [("fee", "Dane County"), ("payment", "Dane County")]


def test_before_it_approved_nothing_is_owed_by_anybody(frozen) -> None:
    order_id, before = asked(held()), clock.now()
    frozen.shift(timedelta(hours=3))
    with transaction():
        approvals.approve(question(order_id).id)
    assert (found(before + timedelta(hours=1)), found()) == ([], [("fee", "Dane County")])


def test_who_pays_herself_stands_on_both() -> None:
    with transaction():
        place = places.registered(events.workshop(), people.person("Maria", "Lopez"), method="card")
        receipts.record(place.order_id, Received("cheque", 15_000, clock.today(ZONE), ZONE, "7"), by_id=None)
    assert sorted(found()) == [("fee", "Maria Lopez"), ("payment", "Maria Lopez")]


def test_what_is_written_later_names_the_agency_too_and_the_sums_are_the_ledger(approved: int) -> None:
    with transaction():
        corrections.correct(approved, -5_000, reason="Volunteer", by_id=people.person(roles=["finance"]).id)
    assert {payer for _, payer in found()} == {"Dane County"}
    listed = list(movements.between(datetime(2026, 1, 1, tzinfo=UTC), clock.now() + timedelta(days=1)))
    assert sum(one.owed_cents or 0 for one in listed) == db.session.scalar(select(func.sum(Charge.amount_cents))) == 10_000


def test_a_closed_month_keeps_its_bytes_and_the_next_names_the_same_payer(approved: int, frozen) -> None:
    with transaction():
        finance = people.person(roles=["finance"]).id
    frozen.move_to(datetime(2026, 8, 3, 15, tzinfo=UTC))
    with transaction():
        months.close(JULY, zone=ZONE, by_id=finance)
    before = month_queries.content(JULY)
    assert before is not None and {row[4] for row in sheets.csv_rows(before)[1:]} == {"Dane County"}
    with transaction():
        corrections.correct(approved, -5_000, reason="Volunteer", by_id=finance)
    assert month_queries.content(JULY) == before
    assert [(one.kind, one.payer) for one in month_queries.open_movements(datetime(2026, 9, 1, tzinfo=UTC))] == [
        ("correction", "Dane County")]
