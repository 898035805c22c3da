"""When a reminder of an invoice is due, what it asks for, and what an event does with open invoices."""

from datetime import date

import pytest

from webapp.payments.rules import unpaid

DUE = date(2026, 8, 14)
LINES = [{"amount_cents": 10_000, "due_on": "2026-08-14"}, {"amount_cents": -1_000, "due_on": "2026-08-14"},
         {"amount_cents": 20_000, "due_on": "2026-09-14"}]


@pytest.mark.parametrize(("today", "stage"), [
    (date(2026, 8, 6), ""), (date(2026, 8, 7), "soon"), (date(2026, 8, 13), "soon"), (date(2026, 8, 14), "due"),
    (date(2026, 8, 27), "due"), (date(2026, 8, 28), "overdue"), (date(2026, 10, 13), "overdue"), (date(2026, 10, 14), "")])
def test_each_day_has_its_reminder(today, stage):
    assert unpaid.stage(DUE, date(2026, 7, 15), today) == stage


@pytest.mark.parametrize(("issued", "today", "stage"), [
    (date(2026, 8, 10), date(2026, 8, 12), ""), (date(2026, 8, 10), date(2026, 8, 13), "soon"), (DUE, DUE, "")])
def test_a_fresh_invoice_is_not_reminded_of(issued, today, stage):
    assert unpaid.stage(DUE, issued, today) == stage


@pytest.mark.parametrize(("day", "to_pay", "asked"), [
    (DUE, 29_000, 9_000), (DUE, 24_000, 4_000), (DUE, 20_000, 0), (date(2026, 9, 14), 29_000, 29_000), (date(2026, 9, 14), 15_000, 15_000)])
def test_what_came_pays_the_earliest_first(day, to_pay, asked):
    assert unpaid.asked_by(LINES, day, 29_000, to_pay) == asked


def test_each_part_has_its_day():
    assert unpaid.due_dates(LINES) == [DUE, date(2026, 9, 14)]


@pytest.mark.parametrize(("at_start", "releases", "said"), [
    ("admit", False, []), ("admit", True, [unpaid.RELEASE]), ("refuse", False, [unpaid.AT_START["refuse"]]),
    ("hold_certificate", True, [unpaid.RELEASE, unpaid.AT_START["hold_certificate"]])])
def test_the_rule_is_said_only_where_something_hangs_on_it(at_start, releases, said):
    assert unpaid.sentences(at_start, releases) == said
