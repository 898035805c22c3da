"""Whatever happens to charges, payments and refunds, allocations never exceed either side and are settled in one step."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.payments.rules.allocations import Line, Money, Share, payable, rooms, settle

DAY = date(2026, 9, 1)


COURSES = (7, 8, None)


def line(number, cents, *, due=0, registration=None, voids=None, course=None):
    return Line(number, cents, DAY + timedelta(days=due), registration, voids, course_id=course)


@st.composite
def books(draw):
    """Up to eight charges of two courses and of none (some negative, some voided), and up to four payments, some of them bound to a
    course, some partly gone back or going back."""
    cents = draw(st.lists(st.integers(-5_000, 20_000).filter(bool), min_size=1, max_size=8))
    lines = [line(n, amount, due=draw(st.integers(0, 3)), registration=draw(st.sampled_from([1, 2, None])),
                  course=draw(st.sampled_from(COURSES)))
             for n, amount in enumerate(cents, 1)]
    for voided in draw(st.lists(st.sampled_from(lines), max_size=3, unique=True)):
        lines.append(replace(voided, id=len(lines) + 1, amount_cents=-voided.amount_cents, voids_id=voided.id))
    payments = []
    for number, amount in enumerate(draw(st.lists(st.integers(1, 30_000), max_size=4)), 1):
        returned = draw(st.integers(0, amount))
        payments.append(Money(number, amount, returned, draw(st.integers(0, amount - returned)), draw(st.sampled_from(COURSES))))
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


def allowed(share, lines, payments):
    """Whether the money of the share may pay its line."""
    [money], [of] = [one for one in payments if one.id == share.payment_id], [one for one in lines if one.id == share.charge_id]
    return money.may_pay(of.course_id)


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
    shares = after(existing, settle(lines, payments, existing))
    assert all(share.amount_cents >= 0 for share in shares)
    for charge in lines:
        assert sum(s.amount_cents for s in shares if s.charge_id == charge.id) <= max(asked.get(charge.id, 0), 0)
    for money in payments:
        assert sum(s.amount_cents for s in shares if s.payment_id == money.id) <= money.kept_cents
    assert settle(lines, payments, shares) == []


@given(st.data())
def test_no_cent_lies_idle_while_something_is_open_that_it_may_pay(data):
    """Of each course at most what it asks for from what is bound to it; other money pays the rest, wherever it is."""
    lines, payments = data.draw(books())
    existing = [share for share in data.draw(earlier(lines, payments)) if allowed(share, lines, payments)]
    asked, courses, usable = payable(lines), {one.id: one.course_id for one in lines}, Counter()
    for money in payments:
        usable[money.course_id] += money.usable_cents
    bound = sum(min(cents, sum(asked[one] for one in asked if courses[one] == course)) for course, cents in usable.items() if course)
    used = sum(share.amount_cents for share in after(existing, settle(lines, payments, existing)))
    assert used >= min(sum(asked.values()), bound + usable[None])


@given(st.data())
def test_bound_money_begins_to_pay_its_own_course_only(data):
    lines, payments = data.draw(books())
    existing = data.draw(earlier(lines, payments))
    assert all(allowed(share, lines, payments) for share in settle(lines, payments, existing) if share.amount_cents > 0)


@given(st.data())
def test_what_has_room_in_a_course_is_paid_by_what_is_bound_to_it(data):
    lines, payments = data.draw(books())
    more = [Money(100 + course, cents, course_id=course) for course, cents in rooms(lines, payments).items()]
    used = Counter()
    for share in settle(lines, [*payments, *more], []):
        used[share.payment_id] += share.amount_cents
    assert all(used[one.id] == one.amount_cents for one in more)


@given(st.data())
def test_payable_adds_up_to_what_is_owed(data):
    lines, _ = data.draw(books())
    assert sum(payable(lines).values()) == max(sum(one.amount_cents for one in lines), 0)


def test_the_oldest_due_charge_is_paid_first():
    lines = [line(1, 300, due=60), line(2, 300), line(3, 300, due=30)]
    assert settle(lines, [Money(1, 450)], []) == [Share(1, 2, 300), Share(1, 3, 150)]


def test_a_discount_lowers_the_charges_of_its_own_registration():
    assert payable([line(1, 100, registration=1), line(2, 100, registration=2), line(3, -30, registration=2)]) == {1: 100, 2: 70}


def test_money_of_a_voided_charge_pays_what_is_open():
    lines = [line(1, 300), line(2, -300, voids=1), line(3, 200)]
    assert settle(lines, [Money(1, 300)], [Share(1, 1, 300)]) == [Share(1, 1, -300), Share(1, 3, 200)]


def test_money_on_its_way_back_pays_nothing_new():
    assert settle([line(1, 500)], [Money(1, 500, leaving_cents=200)], []) == [Share(1, 1, 300)]


def test_a_refund_is_taken_from_the_charge_due_last():
    lines = [line(1, 100), line(2, 100, due=30)]
    assert settle(lines, [Money(1, 200, returned_cents=50)], [Share(1, 1, 100), Share(1, 2, 100)]) == [Share(1, 2, -50)]


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


def test_bound_money_that_is_not_needed_pays_nothing_else():
    lines = [line(1, 300, course=7), line(2, -300, voids=1, course=7), line(3, 200)]
    assert settle(lines, [Money(1, 300, course_id=7)], [Share(1, 1, 300)]) == [Share(1, 1, -300)]


def test_other_money_makes_room_for_it_where_something_else_is_open():
    lines = [line(1, 300, course=7), line(2, 200)]
    card, bound = Money(1, 300), Money(2, 250, course_id=7)
    assert sorted(settle(lines, [card, bound], [Share(1, 1, 300)]), key=lambda one: (one.payment_id, one.charge_id)) == [
        Share(1, 1, -200), Share(1, 2, 200), Share(2, 1, 200)]


def test_and_stays_where_it_is_while_nothing_is():
    assert settle([line(1, 300, course=7)], [Money(1, 300), Money(2, 250, course_id=7)], [Share(1, 1, 300)]) == []


def test_what_it_paid_before_it_pays_on():
    """Its event was another course's then, or the rule was another."""
    assert settle([line(1, 300, course=8)], [Money(1, 300, course_id=7)], [Share(1, 1, 300)]) == []


def test_there_is_room_for_what_the_course_costs_less_what_is_bound_to_it():
    lines = [line(1, 300, course=7), line(2, -50, course=7), line(3, 400, course=8), line(4, 100)]
    assert rooms(lines, [Money(1, 900), Money(2, 100, returned_cents=20, course_id=7)]) == {7: 170, 8: 400}
