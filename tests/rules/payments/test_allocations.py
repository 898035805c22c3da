"""Whatever happens to charges, payments and refunds, allocations never exceed either side and are settled in one step."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.payments.rules.allocations import Line, Money, Share, payable, settle

DAY = date(2026, 9, 1)


def line(number, cents, *, due=0, registration=None, voids=None):
    return Line(number, cents, DAY + timedelta(days=due), registration, voids)


@st.composite
def books(draw):
    """Up to eight charges (some negative, some voided) and up to four payments, some partly gone back or going back."""
    cents = draw(st.lists(st.integers(-5_000, 20_000).filter(bool), min_size=1, max_size=8))
    lines = [line(n, amount, due=draw(st.integers(0, 3)), registration=draw(st.sampled_from([1, 2, None])))
             for n, amount in enumerate(cents, 1)]
    for voided in draw(st.lists(st.sampled_from(lines), max_size=3, unique=True)):
        lines.append(Line(len(lines) + 1, -voided.amount_cents, voided.due_on, voided.registration_id, voided.id))
    payments = []
    for number, amount in enumerate(draw(st.lists(st.integers(1, 30_000), max_size=4)), 1):
        returned = draw(st.integers(0, amount))
        payments.append(Money(number, amount, returned, draw(st.integers(0, amount - returned))))
    return lines, payments


@st.composite
def earlier(draw, lines, payments):
    """What was allocated at an earlier time, when other charges stood: any shares within what each payment brought."""
    shares = []
    for payment in payments:
        left = payment.amount_cents
        for charge in draw(st.lists(st.sampled_from(lines), max_size=3, unique=True)):
            part = draw(st.integers(0, left))
            left -= part
            shares += [Share(payment.id, charge.id, part)] if part else []
    return shares


def after(existing, added):
    table = {}
    for share in [*existing, *added]:
        table[share.payment_id, share.charge_id] = table.get((share.payment_id, share.charge_id), 0) + share.amount_cents
    return [Share(payment, charge, cents) for (payment, charge), cents in table.items()]


@given(st.data())
def test_sums_never_exceed_either_side_and_settling_again_adds_nothing(data):
    lines, payments = data.draw(books())
    existing = data.draw(earlier(lines, payments))
    asked = payable(lines)
    shares = after(existing, settle(asked, payments, existing))
    assert all(share.amount_cents >= 0 for share in shares)
    for charge in lines:
        assert sum(s.amount_cents for s in shares if s.charge_id == charge.id) <= max(asked.get(charge.id, 0), 0)
    for money in payments:
        assert sum(s.amount_cents for s in shares if s.payment_id == money.id) <= money.kept_cents
    assert settle(asked, payments, shares) == []


@given(st.data())
def test_no_cent_lies_idle_while_something_is_open(data):
    lines, payments = data.draw(books())
    asked = payable(lines)
    shares = settle(asked, payments, [])
    used = sum(share.amount_cents for share in shares)
    assert used == min(sum(asked.values()), sum(money.kept_cents - money.leaving_cents for money in payments))


@given(st.data())
def test_payable_adds_up_to_what_is_owed(data):
    lines, _ = data.draw(books())
    assert sum(payable(lines).values()) == max(sum(one.amount_cents for one in lines), 0)


def test_the_oldest_due_charge_is_paid_first():
    asked = payable([line(1, 300, due=60), line(2, 300), line(3, 300, due=30)])
    assert settle(asked, [Money(1, 450)], []) == [Share(1, 2, 300), Share(1, 3, 150)]


def test_a_discount_lowers_the_charges_of_its_own_registration():
    assert payable([line(1, 100, registration=1), line(2, 100, registration=2), line(3, -30, registration=2)]) == {1: 100, 2: 70}


def test_money_of_a_voided_charge_pays_what_is_open():
    lines = [line(1, 300), line(2, -300, voids=1), line(3, 200)]
    assert settle(payable(lines), [Money(1, 300)], [Share(1, 1, 300)]) == [Share(1, 1, -300), Share(1, 3, 200)]


def test_money_on_its_way_back_pays_nothing_new():
    assert settle(payable([line(1, 500)]), [Money(1, 500, leaving_cents=200)], []) == [Share(1, 1, 300)]


def test_a_refund_is_taken_from_the_charge_due_last():
    lines = [line(1, 100), line(2, 100, due=30)]
    assert settle(payable(lines), [Money(1, 200, returned_cents=50)], [Share(1, 1, 100), Share(1, 2, 100)]) == [Share(1, 2, -50)]


def test_a_reduction_lowers_the_line_it_was_made_for():
    """Each part of three is lowered by its own share: the first is not lowered by all."""
    parts = [Line(n, 30_000, DAY + timedelta(days=30 * n), 1, label=f"Tuition, part {n} of 3") for n in (1, 2, 3)]
    less = [Line(n + 3, -3_000, DAY + timedelta(days=30 * n), 1, lowers=f"Tuition, part {n} of 3") for n in (1, 2, 3)]
    assert payable([*parts, *less]) == {1: 27_000, 2: 27_000, 3: 27_000}


def test_two_lines_of_one_day_are_told_apart_by_their_names():
    fee, dinner = Line(1, 14_000, DAY, 1, label="Guest"), Line(2, 9_500, DAY, 1, label="Dinner")
    assert payable([fee, dinner, Line(3, -9_500, DAY, 1, lowers="Dinner")]) == {1: 14_000, 2: 0}


def test_what_a_reduction_takes_beyond_its_line_lowers_the_next_due():
    parts = [Line(n, 10_000, DAY + timedelta(days=n), 1, label=f"part {n}") for n in (1, 2)]
    assert payable([*parts, Line(3, -12_000, DAY + timedelta(days=2), 1, lowers="part 2")]) == {1: 8_000, 2: 0}
