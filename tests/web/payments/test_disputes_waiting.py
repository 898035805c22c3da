"""A dispute that waits for an answer stands among what waits, with its deadline; one that is answered does not."""

from datetime import UTC, datetime

import pytest

from tests.factories import people
from tests.support import html
from webapp.core.db import transaction
from webapp.payments import disputes

NOW = datetime(2026, 7, 1, 15, tzinfo=UTC)
DUE = {"dp_1": datetime(2026, 7, 14, 17, tzinfo=UTC), "dp_2": datetime(2026, 7, 9, 17, tzinfo=UTC)}
DESKS = ("/manage", "/manage/finance")


@pytest.fixture
def finance(client, sign_in):
    """A client signed in as finance."""
    with transaction():
        person = people.person(roles=["finance"])
    sign_in(client, person)
    return client


def dispute(name="dp_1", status="needs_response"):
    with transaction():
        disputes.apply({"id": name, "charge": f"ch_{name}", "amount": 15_000, "currency": "usd", "status": status,
                        "created": int(NOW.timestamp()), "evidence_details": {"due_by": int(DUE[name].timestamp())}}, NOW)


@pytest.mark.parametrize("desk", DESKS)
def test_a_dispute_waits_with_its_deadline(finance, desk):
    dispute()
    said = html.parse(finance.get(desk).text).text
    assert "1 dispute waits for your answer at Stripe: $150.00. Answer until Tue 14 Jul 2026, 12:00 pm CT." in said


@pytest.mark.parametrize("desk", DESKS)
def test_of_several_the_nearest_deadline_is_said(finance, desk):
    dispute()
    dispute("dp_2", "warning_needs_response")
    said = html.parse(finance.get(desk).text).text
    assert "2 disputes wait for your answer at Stripe: $300.00. The nearest is due Thu 9 Jul 2026, 12:00 pm CT." in said


@pytest.mark.parametrize("desk", DESKS)
def test_one_that_is_answered_waits_no_more(finance, desk):
    dispute(status="under_review")
    assert "for your answer at Stripe" not in finance.get(desk).text


def test_the_side_counts_those_that_wait(finance):
    dispute()
    dispute("dp_2", "lost")
    assert "Disputes 1" in html.parse(finance.get("/manage/finance/orders").text).text


def test_the_desk_costs_the_same_with_disputes_and_without(finance, query_count):
    with query_count() as without:
        finance.get("/manage/finance")
    dispute()
    dispute("dp_2")
    with query_count() as with_two:
        finance.get("/manage/finance")
    assert len(with_two) == len(without)
