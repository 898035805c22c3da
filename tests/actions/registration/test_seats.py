"""Seats: whatever is asked for, in whatever order, nothing is oversold and the recount agrees."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.catalog import pools
from webapp.catalog.models import Pool
from webapp.core.db import db
from webapp.core.errors import Full
from webapp.registration import seats

CAPACITIES = (0, 1, 2, 3, None)
STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.dictionaries(st.integers(0, len(CAPACITIES) - 1), st.integers(1, 2), min_size=1, max_size=3),
              st.booleans()),
    max_size=12)


Step = tuple[int, dict[int, int], bool]  # who, pool -> how many, gives all back


@pytest.fixture
def ours() -> list[int]:
    """Three registrations that hold unlimited places."""
    event = events.workshop(capacity=None)
    return [places.held(event, people.person()).id for _ in range(3)]


@given(steps=STEPS)
def test_pools_are_never_oversold_and_the_recount_agrees(
        undone: Callable[[], AbstractContextManager[None]], ours: list[int], steps: list[Step]) -> None:
    with undone():
        made = [pools.make(capacity).id for capacity in CAPACITIES]
        for who, wanted, gives_back in steps:
            if gives_back:
                seats.release(ours[who])
            else:
                _try(ours[who], {made[at]: count for at, count in wanted.items()})
            rows = db.session.execute(select(Pool.id, Pool.capacity, Pool.taken).where(Pool.id.in_(made))).all()
            assert all(row.capacity is None or 0 <= row.taken <= row.capacity for row in rows)
            assert seats.recount() == []


def _try(registration_id: int, uses: dict[int, int]) -> None:
    """Takes, or finds it full and is rolled back, as a use case is."""
    savepoint = db.session.begin_nested()
    try:
        seats.take(registration_id, uses)
    except Full:
        savepoint.rollback()


def test_the_database_refuses_what_the_code_forgets() -> None:
    pool = pools.make(1)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE pool SET taken = 2 WHERE id = :id"), {"id": pool.id})


def test_releasing_twice_frees_once() -> None:
    place = places.held(events.workshop(capacity=3), people.person())
    seats.release(place.id)
    seats.release(place.id)
    assert seats.recount() == []


def test_the_recount_finds_a_pool_that_lies() -> None:
    event = events.workshop(capacity=3)
    places.held(event, people.person())
    db.session.execute(text("UPDATE pool SET taken = 3 WHERE id = :id"), {"id": event.pool_id})
    assert seats.recount() == [(event.pool_id, 3, 1)]


def test_pools_are_asked_in_ascending_order_whatever_the_wish(query_count: Callable[[], AbstractContextManager[list[str]]]) -> None:
    place = places.held(events.workshop(), people.person())
    first, second = pools.make(1).id, pools.make(0).id
    with pytest.raises(Full):
        seats.take(place.id, {second: 1, first: 1})
    assert db.session.scalar(select(Pool.taken).where(Pool.id == first)) == 1
