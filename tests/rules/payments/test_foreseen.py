"""What a page says comes back when a place is cancelled: of what was paid, not of what the place costs."""

import pytest

from webapp.payments import giving_back
from webapp.payments.rules.standing import Balance
from webapp.registration.cancellation import Outcome


@pytest.mark.parametrize(("balance", "outcome", "more", "back"), [
    (Balance(owed_cents=15_000, received_cents=15_000), Outcome(13_000, 2_000, 0, ""), 0, 13_000),  # paid in full
    (Balance(owed_cents=15_000, received_cents=6_000), Outcome(13_000, 2_000, 0, ""), 0, 4_000),  # part paid: less the fee
    (Balance(owed_cents=15_000, received_cents=1_500), Outcome(13_000, 2_000, 0, ""), 0, 0),  # less than the fee
    (Balance(owed_cents=30_000, received_cents=15_000), Outcome(13_000, 2_000, 0, ""), 0, 0),  # it pays the other place
    (Balance(owed_cents=30_000, received_cents=30_000), Outcome(13_000, 2_000, 0, ""), 1_500, 11_500),  # others cost more then
    (Balance(owed_cents=15_000, received_cents=15_000, in_flight_cents=5_000), Outcome(13_000, 2_000, 0, ""), 0, 8_000),
    (Balance(owed_cents=15_000, received_cents=15_000), Outcome(0, 0, 15_000, ""), 0, 0)])  # kept as a balance
def test_what_comes_back_is_of_what_was_paid(balance: Balance, outcome: Outcome, more: int, back: int) -> None:
    assert giving_back.foreseen(balance, outcome, more) == back


@pytest.mark.parametrize(("outcome", "more", "spare", "back", "kept"), [
    (Outcome(15_000, 0, 0, ""), 0, 15_000, 15_000, 0),  # all of it waits for the course again
    (Outcome(13_000, 2_000, 0, ""), 0, 15_000, 13_000, 0),  # less what it pays of the fee
    (Outcome(13_000, 2_000, 0, ""), 0, 1_500, 0, 0),  # the fee needs all of it
    (Outcome(15_000, 0, 0, ""), 2_000, 15_000, 13_000, 0),  # the others of the course cost more then, and it pays that
    (Outcome(15_000, 0, 0, ""), 0, -15_000, 0, 0),  # the others of the course need it, and as much again
    (Outcome(0, 0, 15_000, ""), 0, 15_000, 0, 15_000),  # kept, as the policy says
    (Outcome(0, 0, 15_000, ""), 2_000, 15_000, 0, 13_000)])
def test_what_is_bound_comes_back_though_something_else_is_open(outcome: Outcome, more: int, spare: int, back: int, kept: int) -> None:
    half = Balance(owed_cents=30_000, received_cents=15_000)
    assert (giving_back.foreseen(half, outcome, more, spare), giving_back.foreseen_kept(half, outcome, more, spare)) == (back, kept)
