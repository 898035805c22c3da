"""The pages of the months and of income by event."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.factories import events, funds, people, registrations
from tests.support import sheets
from tests.support import till as tills
from webapp.core.db import db, transaction
from webapp.payments import receipts
from webapp.payments.queries import months
from webapp.registration.funds import giving
from webapp.registration.models import Order

PAGE = "/manage/finance/months"


@pytest.fixture
def finance(client, sign_in):
    """A client signed in as finance; an order of $150.00 was placed and half paid in July."""
    with transaction():
        person = people.person(roles=["finance"])
        order_id = registrations.registered(events.workshop("Sleep"), people.person()).order_id
        day = datetime(2026, 7, 15, tzinfo=UTC).date()
        receipts.record(order_id, receipts.Received("cheque", 7_500, day, tills.ZONE, number="7"), by_id=person.id)
    sign_in(client, person)
    return client


def text(answer):
    return answer.get_data(as_text=True)


def test_a_month_that_is_not_over_is_shown_and_cannot_be_closed(finance):
    page = text(finance.get(PAGE))
    assert "July 2026, open" in page and "$75.00" in page and "Close July" not in page
    answer = finance.post(f"{PAGE}/2026-07/close")
    assert (answer.status_code, "July 2026 is not over yet." in text(finance.get(PAGE)), months.closed()) == (303, True, [])


def test_the_open_month_can_be_read_as_csv_and_excel(finance):
    rows = sheets.csv_rows(text(finance.get(f"{PAGE}/2026-07.csv")))
    cells = sheets.xlsx_rows(finance.get(f"{PAGE}/2026-07.xlsx").get_data())
    assert ([row[2] for row in rows], [row[2] for row in cells]) == (["Kind", "fee", "payment"],) * 2


def test_closing_freezes_the_file(finance, frozen):
    frozen.move_to(datetime(2026, 8, 3, 15, tzinfo=UTC))
    assert finance.post(f"{PAGE}/2026-07/close").status_code == 303
    before = finance.get(f"{PAGE}/2026-07.csv").get_data()
    ref = db.session.scalars(select(Order.ref)).one()
    finance.post(f"/manage/finance/orders/{ref}/correction", data={"direction": "less", "amount": "10", "reason": "Late"})
    assert (finance.get(f"{PAGE}/2026-07.csv").get_data(), len(sheets.csv_rows(before.decode()))) == (before, 3)
    assert [row[10] for row in sheets.csv_rows(text(finance.get(f"{PAGE}/2026-08.csv")))] == ["Owed", "-10.00"]
    assert finance.get(f"{PAGE}/2026-07.xlsx").location == f"{PAGE}/2026-07.csv"


@pytest.mark.parametrize("path", ["2026-09.csv", "2026-09.xlsx", "2026-13.csv", "2026-7-.csv", "x.csv"])
def test_a_month_that_is_neither_open_nor_closed_is_not_found(finance, path):
    assert finance.get(f"{PAGE}/{path}").status_code == 404


def test_income_is_by_the_day_of_the_event(finance):
    page = text(finance.get("/manage/finance/income"))
    assert "Sleep" in page and "$150.00" in page and "$75.00" in page
    days = "from_on=2026-07-01&to_on=2026-07-31"
    assert "No event in these days" in text(finance.get(f"/manage/finance/income?{days}"))


def test_income_as_files_says_the_same(finance):
    days = "from_on=2026-08-01&to_on=2026-08-31"
    [_, row] = sheets.csv_rows(text(finance.get(f"/manage/finance/income.csv?{days}")))
    [_, cells] = sheets.xlsx_rows(finance.get(f"/manage/finance/income.xlsx?{days}").get_data())
    assert (row[1:], cells[1:]) == (["Sleep", "150.00", "75.00", "75.00"],) * 2


def test_funds_as_files_say_what_the_page_says(finance):
    with transaction():
        event = events.workshop()
        fund = funds.fund(event, grantor=funds.GRANTOR, amount_cents=4_000, account_code="4200")
        giving.give(registrations.registered(event, people.person()).id, fund, by_id=people.person().id, reason="Asked")
    page = finance.get("/manage/finance/funds")
    assert all(words in text(page) for words in ("Smith fund", "Smith Foundation, 1 place", "$960.00", "What the grantors owe"))
    [_, row] = sheets.csv_rows(text(finance.get("/manage/finance/funds.csv")))
    [_, cells] = sheets.xlsx_rows(finance.get("/manage/finance/funds.xlsx").get_data())
    assert row == cells == ["Smith fund", "Smith Foundation", "4200", "1000.00", "40.00", "0.00", "40.00", "0.00", "960.00",
                            "40.00", "0.00", "40.00", "0.00"]


@pytest.mark.parametrize("kind", ["", ".csv", ".xlsx"])
def test_days_that_make_no_sense_come_back(finance, kind):
    assert finance.get(f"/manage/finance/income{kind}?from_on=2026-05-01&to_on=2026-04-01").status_code == 422


@pytest.mark.parametrize("kind", ["income", "income.csv", "income.xlsx", "movements.csv", "movements.xlsx"])
def test_days_at_the_end_of_the_calendar_come_back(finance, kind):
    answer = finance.get(f"/manage/finance/{kind}?from_on=2026-01-01&to_on=9999-12-31")
    assert (answer.status_code, "Write a day between 1900 and 2199." in text(answer)) == (422, True)


def test_the_last_month_of_the_calendar_is_not_over(finance):
    assert finance.post(f"{PAGE}/9999-12/close").status_code == 303
    assert "December 9999 is not over yet." in text(finance.get(PAGE))
