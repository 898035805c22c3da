"""What each way of writing a policy brings, with every amount worked out by hand: days before the start x price.

The three of the association's sources (as shipped, newest edition), percent by days, credit with expiry, and what the sources have
in prose only. Each row: (back, kept by us, kept as balance) in cents; a balance's last day is told beside it.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from webapp.catalog import datafiles
from webapp.registration import cancellation

START = date(2026, 12, 12)
NEWEST: dict[str, dict[str, Any]] = {one["code"]: one["rules"] for one in datafiles.read("cancellation_policies.json")}
BETWEEN = {"refunds": [{"until_days": 14, "fee": {"kind": "flat", "cents": 1_000}}], "after": "none", "substitution_until_hours": None,
           "balance": {"until_days": 3, "months": 6}, "no_show": "none", "organizer_cancels": "full"}
COLLEAGUE = {"refunds": [], "after": "substitution", "substitution_until_hours": 24, "balance": None, "no_show": "none",
             "organizer_cancels": "full"}
RULES = NEWEST | {"refund, then balance": BETWEEN, "only a colleague": COLLEAGUE}


def outcome(code: str, days: int, cents: int, **more: Any) -> cancellation.Outcome:
    return cancellation.outcome(RULES[code], price_cents=cents, starts_on=START, today=START - timedelta(days=days), **more)


@pytest.mark.parametrize(("code", "days", "cents", "back", "fee"), [
    # a flat fee of $20: MACMH
    ("seven-days-less-20", 8, 15_000, 13_000, 2_000),
    ("seven-days-less-20", 7, 15_000, 13_000, 2_000),
    ("seven-days-less-20", 7, 2_001, 1, 2_000),
    ("seven-days-less-20", 7, 2_000, 0, 2_000),
    ("seven-days-less-20", 7, 1_999, 0, 1_999),
    ("seven-days-less-20", 6, 15_000, 0, 15_000),
    # a fee by price: CMHA, $10 up to $99, $25 up to $199, $50 from $200
    ("fourteen-days-by-price", 14, 1_000, 0, 1_000),
    ("fourteen-days-by-price", 14, 9_999, 8_999, 1_000),
    ("fourteen-days-by-price", 14, 10_000, 7_500, 2_500),
    ("fourteen-days-by-price", 14, 19_999, 17_499, 2_500),
    ("fourteen-days-by-price", 14, 20_000, 15_000, 5_000),
    ("fourteen-days-by-price", 13, 20_000, 0, 20_000),
    # all of it, then only a colleague: MHCA
    ("one-week-then-colleague", 7, 24_000, 24_000, 0),
    ("one-week-then-colleague", 6, 24_000, 0, 24_000),
    # percent by days: all, three quarters, half; half cents are rounded up for us
    ("percent-by-days", 60, 24_001, 24_001, 0),
    ("percent-by-days", 59, 24_001, 18_001, 6_000),  # 6,000.25
    ("percent-by-days", 30, 24_002, 18_001, 6_001),  # 6,000.50
    ("percent-by-days", 29, 24_001, 12_000, 12_001),  # 12,000.50
    ("percent-by-days", 14, 24_000, 12_000, 12_000),
    ("percent-by-days", 13, 24_000, 0, 24_000),
    # no refund but substitution, from the first day
    ("only a colleague", 200, 24_000, 0, 24_000),
    ("only a colleague", 0, 24_000, 0, 24_000),
    # a refund, then a balance, then nothing
    ("refund, then balance", 14, 15_000, 14_000, 1_000),
    ("refund, then balance", 2, 15_000, 0, 15_000)])
def test_money_back_and_what_is_kept(code: str, days: int, cents: int, back: int, fee: int) -> None:
    found = outcome(code, days, cents)
    assert (found.refund_cents, found.fee_cents, found.balance_cents, found.balance_until) == (back, fee, 0, None)


@pytest.mark.parametrize(("code", "days", "more", "until"), [
    ("balance-for-a-year", 20, {}, date(2027, 11, 22)),
    ("balance-for-a-year", 3, {}, date(2027, 12, 9)),
    ("refund, then balance", 13, {}, date(2027, 5, 29)),
    ("refund, then balance", 12, {}, date(2027, 5, 30)),  # from the 30th of November
    ("seven-days-less-20", 20, {"as_balance": True}, date(2028, 11, 22)),  # MACMH: two years, where she chooses it
    ("seven-days-less-20", 7, {"as_balance": True}, date(2028, 12, 5))])
def test_a_balance_instead_is_the_whole_price_until_a_day(code: str, days: int, more: dict[str, Any], until: date) -> None:
    found = outcome(code, days, 9_000, **more)
    assert (found.refund_cents, found.fee_cents, found.balance_cents, found.balance_until) == (0, 0, 9_000, until)


def test_a_balance_says_its_last_day_in_dollars() -> None:
    assert outcome("balance-for-a-year", 20, 9_000).sentence == "$90.00 is kept as your balance until Mon 22 Nov 2027."


@pytest.mark.parametrize(("code", "days"), [("seven-days-less-20", 6), ("percent-by-days", 60), ("balance-for-a-year", 2)])
def test_a_balance_is_chosen_only_where_and_while_the_policy_has_one(code: str, days: int) -> None:
    assert outcome(code, days, 9_000, as_balance=True) == outcome(code, days, 9_000)


@pytest.mark.parametrize("code", RULES)
@pytest.mark.parametrize("days", [200, 7, 1, 0, -5])
@pytest.mark.parametrize("why", ["by_organizer", "moved"])
def test_when_we_cancel_or_move_all_of_it_comes_back(code: str, days: int, why: str) -> None:
    found = outcome(code, days, 24_001, **{why: True})
    assert (found.refund_cents, found.fee_cents, found.balance_cents) == (24_001, 0, 0)


def test_a_month_that_is_shorter_ends_the_balance_on_its_last_day() -> None:
    found = cancellation.outcome(BETWEEN, price_cents=100, starts_on=date(2026, 9, 10), today=date(2026, 8, 31))
    assert found.balance_until == date(2027, 2, 28)


@pytest.mark.parametrize(("code", "expected"), [
    ("seven-days-less-20", ["Until Sat 5 Dec 2026 you get $130.00 back ($150.00 less $20.00).",
                            "Or, until Sat 5 Dec 2026, have $150.00 kept as your balance for 24 months.",
                            "After that there is no refund, but a colleague may take your place."]),
    ("balance-for-a-year", ["Until Wed 9 Dec 2026 you may cancel and have $150.00 kept as your balance for 12 months.",
                            "After that there is no refund, but a colleague may take your place."]),
    ("refund, then balance", ["Until Sat 28 Nov 2026 you get $140.00 back ($150.00 less $10.00).",
                              "Until Wed 9 Dec 2026 you may cancel and have $150.00 kept as your balance for 6 months.",
                              "After that there is no refund."]),
    ("only a colleague", ["There is no refund any more, but a colleague may take your place."])])
def test_the_plan_tells_each_part_in_dollars(code: str, expected: list[str]) -> None:
    told = cancellation.plan(RULES[code], price_cents=15_000, starts_on=START, today=START - timedelta(days=20))
    assert told == [*expected, "If we cancel, you get all $150.00 back."]


def test_who_has_paid_nothing_owes_nothing_while_a_balance_would_be_kept() -> None:
    assert cancellation.unpaid_plan(BETWEEN, price_cents=15_000, starts_on=START, today=START - timedelta(days=10)) == [
        "If you cancel until Wed 9 Dec 2026, you owe nothing.", "After that all $150.00 stay owed.", "If we cancel, you owe nothing."]


def test_what_no_source_says_is_stated_as_assumed() -> None:
    stated = {one["code"] for one in datafiles.read("cancellation_policies.json") if one.get("assumed")}
    assert set(NEWEST) - stated == {"free-of-charge"}
