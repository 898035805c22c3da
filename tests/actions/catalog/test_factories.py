"""The factories make events that can be sold."""

from tests.factories import events


def test_a_workshop_is_published_with_two_prices():
    event = events.workshop()
    assert (event.status, event.session_count, event.training_minutes) == ("published", 1, 165)
    assert (event.price_from_cents, event.price_to_cents) == (12_000, 15_000)
    assert list(events.types(event)) == ["Member", "Non-member"]


def test_a_conference_counts_one_breakout_per_block():
    event = events.conference()
    assert (event.session_count, event.training_minutes) == (6, 90 + 90 + 90 + 90)


def test_a_cohort_counts_one_group():
    event = events.cohort(days=3, groups=2)
    assert (event.session_count, event.training_minutes, event.rsc_minutes) == (6, 3 * 165, 3 * 120)
