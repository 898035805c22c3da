"""What is to be paid next: what is due by today, else the next instalment; bound money counts for its course only."""

from datetime import date, timedelta

from webapp.payments.rules.allocations import Line
from webapp.payments.rules.due import Due, next_due

DAY = date(2026, 9, 1)
MONTH = DAY + timedelta(days=30)


def line(number, cents, due_on=DAY, course=None):
    return Line(number, cents, due_on, course_id=course)


def test_what_is_due_less_what_was_paid():
    assert next_due([line(1, 300), line(2, -50), line(3, 400, MONTH)], 100, {}, DAY) == Due(DAY, 150)


def test_what_was_due_before_is_due_today():
    assert next_due([line(1, 300, DAY - timedelta(days=9))], 0, {}, DAY) == Due(DAY, 300)


def test_when_nothing_is_due_the_next_instalment():
    assert next_due([line(1, 300), line(2, 400, MONTH)], 300, {}, DAY) == Due(MONTH, 400)


def test_nothing_when_all_is_paid():
    assert next_due([line(1, 300)], 300, {}, DAY) is None


def test_money_that_is_bound_to_what_is_due_later_pays_nothing_of_now():
    lines = [line(1, 300), line(2, 400, MONTH, course=7)]
    assert next_due(lines, 400, {7: 400}, DAY) == Due(DAY, 300)
    assert next_due(lines, 700, {7: 400}, DAY) is None


def test_and_only_as_much_as_its_course_costs():
    assert next_due([line(1, 300, course=7), line(2, 200)], 400, {7: 400}, DAY) == Due(DAY, 200)
