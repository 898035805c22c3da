"""Refunds follow the money: the newest payment first, what pays nothing before what pays something, never more than was paid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.errors import Unacceptable
from webapp.payments.rules.allocations import Money
from webapp.payments.rules.refunding import split


@given(st.lists(st.tuples(st.integers(1, 9_000), st.integers(0, 9_000)), min_size=1, max_size=5), st.integers(1, 40_000))
def test_parts_add_up_and_no_payment_gives_more_than_it_has(rows, amount):
    payments = [Money(n, cents, returned_cents=min(back, cents)) for n, (cents, back) in enumerate(rows, 1)]
    if amount > sum(one.usable_cents for one in payments):
        with pytest.raises(Unacceptable):
            split(amount, payments, {})
        return
    parts = dict(split(amount, payments, {}))
    assert sum(parts.values()) == amount
    assert all(0 < cents <= payments[number - 1].usable_cents for number, cents in parts.items())


def test_the_newest_payment_gives_first():
    assert split(700, [Money(2, 500), Money(1, 500)], {1: 500, 2: 500}) == [(2, 500), (1, 200)]


def test_money_that_pays_nothing_gives_before_money_that_pays():
    assert split(300, [Money(2, 500), Money(1, 500)], {1: 200, 2: 500}) == [(1, 300)]


@pytest.mark.parametrize("amount", [0, -1, 501])
def test_nothing_less_than_nothing_and_too_much_are_refused(amount):
    with pytest.raises(Unacceptable) as refused:
        split(amount, [Money(1, 1_000, returned_cents=300, leaving_cents=200)], {})
    assert refused.value.field == "amount"
