"""Who is asked, until when: in order, nobody overtaken, no seat given twice, no offer too short or beyond the end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.registration.waitlist import rules
from webapp.registration.waitlist.rules import Line, Party

NOW = datetime(2026, 7, 15, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def line(*seats: int, pools: tuple[int, ...] = (1,), first: int = 1, since: int = 0) -> Line:
    return Line(frozenset(pools), [Party(first + at, count, NOW + (since + at) * HOUR) for at, count in enumerate(seats)])


@pytest.mark.parametrize(("seats", "free", "offered"), [
    ((1, 1, 1), 2, [1, 2]), ((3, 1), 2, []), ((1, 3, 1), 3, [1]), ((2, 2), 4, [1, 2]), ((1,), None, [1]), ((1,), 0, [])])
def test_a_line_is_asked_in_order_as_far_as_the_seats_reach(seats: tuple[int, ...], free: int | None, offered: list[int]) -> None:
    assert rules.plan([line(*seats)], {1: free}).offered == offered


def test_what_a_party_lacks_is_kept_and_what_it_does_not_need_goes_on() -> None:
    student, anybody = line(1, pools=(1, 2)), line(1, pools=(1,), first=9, since=5)
    found = rules.plan([student, anybody], {1: 1, 2: 0})
    assert (found.offered, found.short) == ([9], {2})


def test_nobody_behind_gets_the_seat_a_party_waits_for() -> None:
    trio, anybody = line(3, pools=(1,)), line(1, pools=(1, 2), first=9, since=5)
    found = rules.plan([trio, anybody], {1: 2, 2: 5})
    assert (found.offered, found.short) == ([], {1})


def test_two_lines_are_asked_in_the_order_of_joining() -> None:
    late, early = line(1, 1, since=2), line(1, pools=(1, 2), first=9, since=1)
    assert rules.plan([late, early], {1: 2, 2: 9}).offered == [9, 1]


@given(st.lists(st.tuples(st.lists(st.integers(1, 4), max_size=4), st.sets(st.integers(1, 3), min_size=1)), max_size=3),
       st.fixed_dictionaries(dict.fromkeys((1, 2, 3), st.none() | st.integers(0, 6))))
def test_offers_never_exceed_what_is_free_and_leave_nobody_out_who_fits(
        wanted: list[tuple[list[int], set[int]]], free: dict[int, int | None]) -> None:
    lines = [line(*seats, pools=tuple(pools), first=10 * at, since=at) for at, (seats, pools) in enumerate(wanted, 1)]
    found = rules.plan(lines, free)
    for pool, count in free.items():
        given_away = sum(p.seats for one in lines if pool in one.pools for p in one.parties if p.entry_id in found.offered)
        assert count is None or given_away <= count
    for one in lines:
        asked = [p.entry_id in found.offered for p in one.parties]
        assert asked == sorted(asked, reverse=True) and (all(asked) or one.pools & found.short)


@pytest.mark.parametrize(("starts", "closes", "hours"), [
    (None, None, 48), (200, None, 48), (60, None, 36), (25, None, 2), (200, 10, 10), (200, 1, 1)])
def test_an_offer_stands_two_days_but_not_into_the_last_and_never_beyond_the_end(
        starts: int | None, closes: int | None, hours: int) -> None:
    window = rules.window(NOW + starts * HOUR if starts else None, NOW + closes * HOUR if closes else None)
    assert window.until(NOW) == NOW + hours * HOUR


@pytest.mark.parametrize(("starts", "closes", "over"), [(None, None, False), (25, None, False), (24, None, True), (200, 0, True)])
def test_offers_end_a_day_before_the_start_or_when_registration_does(starts: int | None, closes: int | None, over: bool) -> None:
    window = rules.window(None if starts is None else NOW + starts * HOUR, None if closes is None else NOW + closes * HOUR)
    assert window.is_over(NOW) is over


@pytest.mark.parametrize(("position", "after"), [(1, [3, 1, 2]), (2, [1, 3, 2]), (9, [1, 2, 3]), (0, [3, 1, 2])])
def test_a_party_is_put_at_a_position(position: int, after: list[int]) -> None:
    assert rules.reorder([1, 2, 3], 3, position) == after
