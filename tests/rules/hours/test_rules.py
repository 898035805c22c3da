"""Attendance rules as data."""

from datetime import date

import pytest

from webapp.hours import rules
from webapp.hours.minutes import Attended
from webapp.hours.rules import Held

WHOLE, HALF, NOT_THERE = Attended(3600, 3600), Attended(1800, 3600), Attended(0, 3600)


def days(*attended: Attended, over: bool = True) -> list[Held]:
    return [Held(number, f"Day {number}", date(2026, 5, number), one, over) for number, one in enumerate(attended, 1)]


def test_without_a_rule_part_of_a_session_counts():
    assert rules.session_counts({}, HALF).seconds == 1800


def test_all_or_nothing_needs_this_session_and_the_others_in_full():
    rule = {"awards": "all_or_nothing"}
    assert rules.session_counts(rule, WHOLE).seconds == 3600
    assert rules.session_counts(rule, HALF).seconds == 0
    assert rules.session_counts(rule, WHOLE, others_full=False).seconds == 0


@pytest.mark.parametrize(("percent", "counted"), [(50, 1800), (51, 0)])
def test_a_least_percent_is_met_exactly_at_it(percent, counted):
    assert rules.session_counts({"least_percent": percent}, HALF).seconds == counted


@pytest.mark.parametrize(("attended", "met"), [(7, True), (6, False)])
def test_a_series_certificate_needs_seven_of_eight(attended, met):
    held = days(*[HALF] * attended, *[NOT_THERE] * (8 - attended))
    verdict = rules.certificate({"certificate_needs_sessions": 7}, held, 600)
    assert (verdict.is_met, verdict.sentence) == (met, f"The certificate needs 7 sessions; {attended} of 8 were attended.")


@pytest.mark.parametrize(("missed", "met"), [(2, True), (3, False)])
def test_at_most_two_days_may_be_missed(missed, met):
    held = days(*[WHOLE] * (18 - missed), *[NOT_THERE] * missed)
    assert rules.certificate({"may_miss_days": 2}, held, 600).is_met is met


def test_a_day_with_one_missed_session_is_missed():
    held = [*days(WHOLE), Held(9, "Group", date(2026, 5, 1), NOT_THERE)]
    assert rules.certificate({"may_miss_days": 0}, held, 600).sentence == (
        "No day may be missed for the certificate; 1 of 1 was missed.")


def test_both_days_in_full_or_no_certificate():
    rule = {"awards": "all_or_nothing"}
    assert rules.certificate(rule, days(WHOLE, WHOLE), 600).is_met
    assert rules.certificate(rule, days(WHOLE, HALF), 600).sentence == "The certificate needs every session in full; 1 of 2 were."


def test_no_certificate_before_the_last_session():
    verdict = rules.certificate({}, [*days(WHOLE), *days(NOT_THERE, over=False)], 60)
    assert (verdict.is_met, verdict.sentence) == (False, "The last session is on Fri 1 May 2026; the certificate comes after it.")


def test_no_certificate_without_awarded_hours():
    assert not rules.certificate({}, days(WHOLE), 0).is_met
