"""Minutes that count: the algebra of union, clip and breaks, and shares of a credit."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.hours import minutes
from webapp.hours.minutes import Attended, Meeting, Stay

NINE = datetime(2026, 7, 15, 14, 0, tzinfo=UTC)
MEETING = Meeting(NINE, NINE + timedelta(hours=3), ((80, 15),))  # 165 minutes count


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def stay(start: float, end: float) -> Stay:
    return Stay(at(start), at(end))


moments = st.integers(-3600, 14_400).map(lambda second: NINE + timedelta(seconds=second))
intervals = st.tuples(moments, moments)
stays = st.lists(st.builds(Stay, st.none() | moments, st.none() | moments), max_size=5)
presents = st.integers(1, 10_000).flatmap(lambda whole: st.builds(Attended, st.integers(0, whole), st.just(whole)))


def covered(parts):
    """The seconds an instant-by-instant reading finds: the slow, obvious way."""
    return {second for start, end in parts for second in range(int(start.timestamp()), int(end.timestamp()))}


@given(st.lists(intervals, max_size=6))
def test_a_union_is_the_same_time_apart_and_in_order(parts):
    joined = minutes.union(parts)
    assert covered(joined) == covered(part for part in parts if part[0] < part[1])
    assert all(first[1] < second[0] for first, second in itertools.pairwise(joined))


@given(st.lists(intervals, max_size=4), intervals)
def test_a_clip_keeps_exactly_what_lies_inside(parts, window):
    kept = covered(minutes.clip(parts, *window))
    assert kept == covered(part for part in parts if part[0] < part[1]) & covered([window] if window[0] < window[1] else [])


@given(st.lists(intervals, max_size=4), st.lists(intervals, max_size=4))
def test_without_takes_out_exactly_what_is_taken(parts, taken):
    left = minutes.without(parts, taken)
    assert covered(left) == covered(minutes.union(parts)) - covered(minutes.union(taken))


@given(stays, st.randoms())
def test_the_order_of_stays_does_not_matter(listed, random):
    mixed = list(listed)
    random.shuffle(mixed)
    assert minutes.attended(MEETING, mixed) == minutes.attended(MEETING, listed)


@given(stays, stays)
def test_one_more_stay_never_takes_time_away(listed, more):
    assert minutes.attended(MEETING, [*listed, *more]).seconds >= minutes.attended(MEETING, listed).seconds


@given(stays)
def test_nobody_is_present_longer_than_the_session_counts(listed):
    present = minutes.attended(MEETING, listed)
    assert 0 <= present.seconds <= present.whole_seconds == 165 * 60


@given(stays, st.integers(-600, 600))
def test_moving_session_and_stays_together_changes_nothing(listed, by):
    shift = timedelta(minutes=by)
    moved = Meeting(MEETING.starts_at + shift, MEETING.ends_at + shift, MEETING.breaks)
    shifted = [Stay(one.in_at and one.in_at + shift, one.out_at and one.out_at + shift) for one in listed]
    assert minutes.attended(moved, shifted) == minutes.attended(MEETING, listed)


@given(st.integers(1, 600), presents)
def test_a_share_is_never_above_the_credit_and_whole_for_the_whole(credit, present):
    earned = minutes.share(credit, present)
    assert 0 <= earned <= credit
    assert (earned == credit) or not present.is_whole


@given(st.integers(1, 600), presents, st.integers(0, 5_000))
def test_staying_longer_never_earns_less(credit, present, longer):
    more = Attended(min(present.whole_seconds, present.seconds + longer), present.whole_seconds)
    assert minutes.share(credit, more) >= minutes.share(credit, present)


@given(st.integers(1, 300), st.dictionaries(st.sampled_from(["DEI", "RSCP"]), st.integers(1, 300)), presents)
def test_no_tag_carries_more_than_was_earned(credit, tags, present):
    earned = minutes.share(credit, present)
    assert all(0 < carried <= earned for carried in minutes.tag_shares(tags, earned, present).values())


def test_the_whole_session_earns_the_whole_credit():
    assert minutes.share(165, minutes.attended(MEETING, [stay(0, 180)])) == 165


def test_a_break_counts_for_nobody():
    assert minutes.attended(MEETING, [stay(60, 120)]).minutes == 45


def test_going_out_only_in_the_break_is_no_absence():
    assert minutes.attended(MEETING, [stay(0, 80), stay(95, 180)]).is_whole


def test_time_before_and_after_the_session_does_not_count():
    assert minutes.attended(MEETING, [stay(-40, 30), stay(170, 400)]).minutes == 40


def test_leaving_45_minutes_early_is_45_minutes_short():
    present = minutes.attended(Meeting(NINE, at(195), ((90, 15),)), [stay(0, 150)])
    assert (present.minutes, present.short_minutes, minutes.share(180, present)) == (135, 45, 135)


def test_a_credit_below_the_net_length_is_earned_in_proportion():
    assert minutes.share(150, Attended(120 * 60, 165 * 60)) == 109


def test_an_unknown_out_counts_nothing_and_is_named():
    present = minutes.attended(MEETING, [stay(0, 60), Stay(at(100), None)])
    assert (present.minutes, present.missing) == (60, ("out",))


def test_seconds_are_cut_once_at_the_end():
    assert minutes.attended(MEETING, [stay(0, 10.5), stay(20, 30.5)]).minutes == 21
