"""The books as files, read a piece at a time: over a connection of their own, as in production."""

from datetime import UTC, datetime

import pytest

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import sheets
from webapp.core.db import snapshot, transaction
from webapp.payments.queries import movements

pytestmark = pytest.mark.concurrency
DAYS = "from_on=2026-01-01&to_on=2099-12-31"
ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))


@pytest.fixture
def finance(clean_db, client, sign_in):
    """A client signed in as finance, and one place sold."""
    with transaction():
        person = people.person(roles=["finance"])
        places.registered(events.workshop("Sleep"), people.person())
    sign_in(client, person)
    return client


@pytest.mark.parametrize("path", [f"/manage/finance/movements.csv?{DAYS}", f"/manage/finance/income.csv?{DAYS}"])
def test_a_csv_file_is_sent_whole(finance, path):
    assert len(sheets.csv_rows(finance.get(path).get_data(as_text=True))) == 2


def test_an_excel_file_is_sent_whole(finance):
    assert len(sheets.xlsx_rows(finance.get(f"/manage/finance/movements.xlsx?{DAYS}").get_data())) == 2


def test_the_open_month_is_sent_whole(finance):
    page = finance.get("/manage/finance/months").get_data(as_text=True)
    month = page.partition("/manage/finance/months/")[2][:7]
    assert len(sheets.csv_rows(finance.get(f"/manage/finance/months/{month}.csv").get_data(as_text=True))) == 2


def test_what_is_read_inside_a_snapshot_is_of_one_moment(finance, app):
    with snapshot():
        before = len(list(movements.between(*ALWAYS)))
        with app.app_context(), transaction():
            places.registered(events.workshop("Play"), people.person())
        assert len(list(movements.between(*ALWAYS))) == before == 1
