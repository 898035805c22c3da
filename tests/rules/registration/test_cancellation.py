"""Each policy that comes with the product, at its days and prices."""

from datetime import date, timedelta
from typing import Any

import pytest

from webapp.catalog import datafiles
from webapp.registration import cancellation

START = date(2026, 10, 15)
POLICIES: dict[str, dict[str, Any]] = {one["code"]: one["rules"] for one in datafiles.read("cancellation_policies.json")}


def back(code: str, days: int, cents: int, **more: Any) -> tuple[int, int, int]:
    found = cancellation.outcome(POLICIES[code], price_cents=cents, starts_on=START, today=START - timedelta(days=days), **more)
    return found.refund_cents, found.fee_cents, found.balance_cents


@pytest.mark.parametrize(("code", "days", "cents", "expected"), [
    ("seven-days-less-20", 30, 11_000, (9_000, 2_000, 0)),
    ("seven-days-less-20", 7, 11_000, (9_000, 2_000, 0)),
    ("seven-days-less-20", 6, 11_000, (0, 11_000, 0)),
    ("seven-days-less-20", 7, 1_500, (0, 1_500, 0)),
    ("fourteen-days-by-price", 14, 9_900, (8_900, 1_000, 0)),
    ("fourteen-days-by-price", 14, 10_000, (7_500, 2_500, 0)),
    ("fourteen-days-by-price", 14, 20_000, (15_000, 5_000, 0)),
    ("fourteen-days-by-price", 14, 999, (999, 0, 0)),
    ("fourteen-days-by-price", 13, 20_000, (0, 20_000, 0)),
    ("one-week-then-colleague", 7, 5_000, (5_000, 0, 0)),
    ("one-week-then-colleague", 6, 5_000, (0, 5_000, 0)),
    ("percent-by-days", 60, 10_001, (10_001, 0, 0)),
    ("percent-by-days", 59, 10_001, (7_501, 2_500, 0)),
    ("percent-by-days", 29, 10_001, (5_000, 5_001, 0)),
    ("percent-by-days", 13, 10_001, (0, 10_001, 0)),
    ("balance-for-a-year", 3, 4_000, (0, 0, 4_000)),
    ("balance-for-a-year", 2, 4_000, (0, 4_000, 0)),
    ("free-of-charge", 20, 0, (0, 0, 0)),
    ("free-of-charge", 7, 4_000, (4_000, 0, 0)),
])
def test_what_comes_back_by_policy_day_and_price(code: str, days: int, cents: int, expected: tuple[int, int, int]) -> None:
    assert back(code, days, cents) == expected


@pytest.mark.parametrize("code", POLICIES)
@pytest.mark.parametrize("days", [90, 0, -3])
def test_everything_comes_back_when_the_organizer_cancels(code: str, days: int) -> None:
    assert back(code, days, 12_345, by_organizer=True) == (12_345, 0, 0)


@pytest.mark.parametrize("code", POLICIES)
def test_the_parts_are_what_the_place_cost(code: str) -> None:
    assert [sum(back(code, days, 12_345)) for days in range(100)] == [12_345] * 100


def test_a_day_that_is_not_known_is_as_early_as_can_be() -> None:
    assert cancellation.outcome(POLICIES["seven-days-less-20"], price_cents=5_000, starts_on=None, today=START).refund_cents == 3_000


def test_the_plan_is_told_in_dollars() -> None:
    assert cancellation.plan(POLICIES["seven-days-less-20"], price_cents=11_000, starts_on=START, today=date(2026, 9, 8)) == [
        "Until Thu 8 Oct 2026 you get $90.00 back ($110.00 less $20.00).",
        "Or, until Thu 8 Oct 2026, have $110.00 kept as your balance for 24 months.",
        "After that there is no refund, but a colleague may take your place.",
        "If we cancel, you get all $110.00 back."]


@pytest.mark.parametrize(("code", "today", "expected"), [
    ("seven-days-less-20", date(2026, 9, 8), ["If you cancel until Thu 8 Oct 2026, you owe only the fee of $20.00.",
                                              "After that all $110.00 stay owed. A colleague may take the place instead."]),
    ("one-week-then-colleague", date(2026, 9, 8), ["If you cancel until Thu 8 Oct 2026, you owe nothing.",
                                                   "After that all $110.00 stay owed. A colleague may take the place instead."]),
    ("balance-for-a-year", date(2026, 9, 8), ["If you cancel until Mon 12 Oct 2026, you owe nothing.",
                                              "After that all $110.00 stay owed. A colleague may take the place instead."]),
    ("percent-by-days", date(2026, 10, 14), ["If you cancel now, all $110.00 stay owed."])])
def test_who_has_paid_nothing_is_promised_no_money(code: str, today: date, expected: list[str]) -> None:
    found = cancellation.unpaid_plan(POLICIES[code], price_cents=11_000, starts_on=START, today=today)
    assert found == [*expected, "If we cancel, you owe nothing."]


def test_a_tier_that_has_passed_is_not_told() -> None:
    assert cancellation.plan(POLICIES["percent-by-days"], price_cents=10_000, starts_on=START, today=date(2026, 10, 14))[0] \
        == "There is no refund any more."
