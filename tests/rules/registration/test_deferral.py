"""Whether a place may be put off, in which words, and what of the kept money pays an order."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from webapp.catalog import policies, policy_words
from webapp.core.errors import Unacceptable
from webapp.payments.rules.balance import Lot, spent
from webapp.registration import cancellation, other_date
from webapp.web.manage.policies import examples

RULES = {"refunds": [{"until_days": 14, "fee": {"kind": "none"}}], "after": "none", "substitution_until_hours": None, "balance": None,
         "deferral": {"until_days": 3, "times": 2, "months": 12, "then_months": 6}, "no_show": "none", "organizer_cancels": "full"}
TODAY, START = date(2026, 7, 15), date(2026, 8, 12)


def test_the_sentence_says_until_when_how_often_and_for_how_long():
    assert policy_words.sentence(policies.check(RULES)) == (
        "Until 14 days before the first session you get all your money back. After that there is no refund. "
        "Until 3 days before the first session you may put your place off, twice: what you paid is kept for another date of the same "
        "course for 12 months; after that it is your balance for 6 months more. If we cancel, you get everything back.")


def test_the_plan_says_it_in_dollars_until_its_day():
    line = "Until Sun 9 Aug 2026 you may put it off: $150.00 kept for another date of this course for 12 months."
    days = (TODAY, date(2026, 8, 9), date(2026, 8, 10))
    said = [cancellation.plan(RULES, price_cents=15_000, starts_on=START, today=day) for day in days]
    assert [line in one for one in said] == [True, True, False]


def test_the_examples_of_a_policy_say_it_in_dollars():
    assert ("Put off until 3 days before the first session: $150.00 is kept for another date of the course for 12 months; "
            "then what is left of it is a balance for 6 months more.") in examples.of(RULES, 15_000)


@pytest.mark.parametrize(("number", "refused"), [(1, None), (2, None), (3, "too_often")])
def test_as_often_as_the_policy_says(number, refused):
    found = other_date.too_often(RULES, number)
    assert (found.code if found else None) == refused


@pytest.mark.parametrize("spoilt", [{"times": 0}, {"months": 0}, {"then_months": -1}])
def test_a_rule_nobody_could_apply_is_refused(spoilt):
    with pytest.raises(Unacceptable):
        policies.check(RULES | {"deferral": RULES["deferral"] | spoilt})


LOTS = some.lists(some.tuples(some.integers(1, 50_000), some.dates(TODAY, START), some.sampled_from([None, 1, 2])), max_size=8)


@given(some.integers(0, 100_000), LOTS, some.dictionaries(some.sampled_from([1, 2]), some.integers(1, 60_000)))
def test_bound_money_pays_its_course_only_and_no_cent_twice(wanted, made, rooms):
    lots = {key: Lot(key, cents, day, course) for key, (cents, day, course) in enumerate(made)}
    parts = spent(wanted, lots.values(), rooms)
    by_course = {course: sum(cents for key, cents in parts if lots[key].course_id == course) for course in (1, 2)}
    assert len(dict(parts)) == len(parts) and all(0 < cents <= lots[key].left_cents for key, cents in parts)
    assert all(cents <= rooms.get(course, 0) for course, cents in by_course.items())
    fits = sum(min(rooms.get(course, 0), sum(one.left_cents for one in lots.values() if one.course_id == course)) for course in (1, 2))
    free = sum(one.left_cents for one in lots.values() if one.course_id is None)
    assert sum(dict(parts).values()) == min(wanted, fits + free)


def test_bound_money_goes_before_what_pays_anything():
    lots = [Lot(1, 5_000, TODAY), Lot(2, 5_000, START, 7)]
    assert spent(6_000, lots, {7: 9_000}) == [(2, 5_000), (1, 1_000)]
