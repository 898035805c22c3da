"""An order's state of money in one word."""

import pytest

from webapp.payments.rules.standing import Balance


@pytest.mark.parametrize(("balance", "word"), [
    (Balance(), "Nothing owed"),
    (Balance(owed_cents=100, due_cents=100), "Owed"),
    (Balance(owed_cents=100, due_cents=100, overdue_cents=100), "Overdue"),
    (Balance(owed_cents=100, received_cents=40), "Part paid"),
    (Balance(owed_cents=100, received_cents=100, allocated_cents=100), "Paid"),
    (Balance(owed_cents=100, processing_cents=100), "Bank is confirming"),
    (Balance(owed_cents=100, received_cents=150, allocated_cents=100), "Paid too much"),
    (Balance(owed_cents=60, received_cents=100, refunded_cents=40, allocated_cents=60), "Paid, part refunded"),
    (Balance(received_cents=100, refunded_cents=100), "Refunded"),
    (Balance(owed_cents=100, received_cents=100, in_flight_cents=100, allocated_cents=100), "Refund on its way"),
])
def test_word(balance, word):
    assert balance.word[0] == word


def test_later_instalments_are_open_but_not_due():
    balance = Balance(owed_cents=300, due_cents=100, received_cents=100, allocated_cents=100)
    assert (balance.open_cents, balance.due_now_cents, balance.overdue_now_cents) == (200, 0, 0)


def test_a_correction_below_what_is_due_lowers_what_is_due():
    assert Balance(owed_cents=50, due_cents=100, received_cents=20).due_now_cents == 30
