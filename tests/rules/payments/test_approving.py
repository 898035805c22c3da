"""Until when an agency may answer, and how long who ordered may pay herself afterwards."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from webapp.payments.rules import approving

ZONE = "America/Chicago"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A wall-clock moment of July 2026 in Chicago; the 15th is a Wednesday."""
    return datetime(2026, 7, day, hour, minute, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@pytest.mark.parametrize(("asked", "until"), [
    (at(15, 10), at(22, 17)), (at(17, 16), at(24, 17)), (at(18, 9), at(24, 17)), (at(15, 23, 30), at(22, 17))],
    ids=["Wednesday", "Friday", "Saturday", "late in the evening"])
def test_the_agency_has_five_business_days(asked, until):
    assert approving.deadline(asked, None, ZONE) == until


def test_the_answer_comes_two_days_before_the_start():
    assert approving.deadline(at(15, 10), at(20, 9), ZONE) == at(18, 9)


@pytest.mark.parametrize(("start", "until"), [(at(18, 10), at(16, 10)), (at(18, 9, 59), None)])
def test_less_than_a_day_to_answer_is_no_question(start, until):
    assert approving.deadline(at(15, 10), start, ZONE) == until


def test_the_reminder_comes_half_way():
    assert approving.half_way(at(15, 10), at(17, 10)) == at(16, 10)


@pytest.mark.parametrize(("ended", "until"), [(at(15, 10), at(16, 17)), (at(15, 18), at(17, 17)), (at(17, 17), at(20, 17))],
                         ids=["by day", "in the evening", "before a weekend"])
def test_she_has_a_day_at_least_to_pay_herself(ended, until):
    assert approving.grace(ended, None, ZONE) == until


def test_her_time_ends_a_day_before_the_start():
    assert approving.grace(at(15, 10), at(17, 12), ZONE) == at(16, 12)


def test_a_clock_of_ours_that_was_late_costs_her_not_all_her_time():
    assert approving.grace(at(15, 10), at(15, 12), ZONE) == at(15, 10) + timedelta(hours=2)
