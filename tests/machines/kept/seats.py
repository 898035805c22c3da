"""Seats: never sold twice at any level, places set aside among them; who has a place has exactly the seats of it."""

from collections import Counter
from typing import Any

from sqlalchemy import Row

from tests.machines.kept import about
from tests.machines.seen import Seen, by


@about("pools", "uses", "waits", "asides", "aside_pools", "registrations", "seats", "bought", "events", "sessions")
def never_sold_twice(seen: Seen) -> None:
    """Taken is what registrations, offers and set-asides hold, never above capacity; of it what is set aside stands in `aside`."""
    own, held, aside = {one.id: one for one in seen.pools}, Counter[int](), Counter[int]()
    for use in (*seen.uses, *seen.waits):
        held[use.pool_id] += use.count
    of = {one.id: own[one.pool_id] for one in seen.asides}
    for parent in seen.aside_pools:
        left = of[parent.set_aside_id].capacity - of[parent.set_aside_id].taken
        held[parent.pool_id] += left
        aside[parent.pool_id] += left
    for pool in seen.pools:
        assert (pool.taken, pool.aside) == (held[pool.id], aside[pool.id]), ("recount", pool, held[pool.id], aside[pool.id])
        assert pool.capacity is None or pool.taken <= pool.capacity, ("oversold", pool)


@about("asides", "pools")
def set_asides_hold_what_is_theirs(seen: Seen) -> None:
    """An open one has what staff set, or less where a seat was given back to everybody; one that returned keeps only what is used.

    The seats of a session it keeps return when it does, and no more of them are used than of its places.
    """
    own, whole = {one.id: one for one in seen.pools}, {one.id: one for one in seen.asides}
    for one in seen.asides:
        pool = own[one.pool_id]
        assert 0 <= pool.taken <= pool.capacity <= one.seats, ("larger than was set", one, pool)
        assert one.returned_at is None or pool.taken == pool.capacity, ("returned and yet held", one, pool)
        if one.part_of_id is not None:
            of = whole[one.part_of_id]
            assert (one.returned_at, one.returns_at, one.event_id) == (of.returned_at, of.returns_at, of.event_id), ("apart", one, of)
            assert pool.taken <= own[of.pool_id].taken, ("more in a session than have a place", one, of)


@about("uses", "registrations", "seats", "bought", "asides", "events", "sessions", "types", "add_ons")
def who_is_active_holds_her_pools(seen: Seen) -> None:
    """Who is active holds exactly the pools of her place, with the set-aside it was taken from and what that keeps of her sessions;
    who is not holds none."""
    uses, asides = by(seen.uses, "registration_id"), {one.id: one.pool_id for one in seen.asides}
    hers = {(seat.registration_id, seat.session_id) for seat in seen.seats if seat.state != "released"}
    for one in seen.registrations:
        have = Counter({use.pool_id: use.count for use in uses[one.id]})
        for part in (row for row in seen.asides if row.part_of_id is not None and row.part_of_id == one.set_aside_id):
            if part.pool_id in have:
                assert have.pop(part.pool_id) == 1 and (one.id, part.session_id) in hers, ("keeps a session she is not in", one, part)
                assert asides[one.set_aside_id] in have, ("a session of a set-aside without its place", one, part)
        if (pool_id := asides.get(one.set_aside_id)) in have:
            assert have.pop(pool_id) == 1, ("takes more of a set-aside than a seat", one)
        assert not have.keys() & set(asides.values()), ("takes from a set-aside that is not hers", one, have)
        assert have == (_needed(seen, one) if one in seen.active else Counter()), ("holds", one, have)


@about("registrations")
def one_place_per_person_and_event(seen: Seen) -> None:
    """At most one active registration of a person in an event."""
    places = Counter((one.event_id, one.person_id) for one in seen.active if one.person_id is not None)
    assert all(count == 1 for count in places.values()), places


@about("registrations", "seats", "sessions")
def seats_follow_their_registration(seen: Seen) -> None:
    """Booked while confirmed, held while held, released afterwards; one session of a block at most; everybody's seats for everybody."""
    sessions, mine = {one.id: one for one in seen.sessions}, by(seen.seats, "registration_id")
    for one in seen.registrations:
        live = [seat for seat in mine[one.id] if seat.state != "released"]
        assert {seat.state for seat in live} <= {{"held": "held", "confirmed": "booked"}.get(one.state, "none")}, (one, live)
        blocks = Counter(sessions[seat.session_id].block_id for seat in live if sessions[seat.session_id].block_id)
        assert all(count == 1 for count in blocks.values()), (one, live)
        if one in seen.active:
            common = {other.id for other in seen.sessions if other.block_id is None and other.event_id == one.event_id
                      and other.status == "scheduled"}
            assert common <= {seat.session_id for seat in live}, ("no seat", one, common, live)


@about("registrations", "orders")
def orders_and_places_agree(seen: Seen) -> None:
    """A held order has held places, a placed one confirmed, those that ended, and nobody is confirmed in an order let go."""
    ended = {"cancelled", "substituted", "transferred"}
    allowed = {"held": {"held", "cancelled"}, "releasing": {"held", "cancelled"}, "placed": {"confirmed", *ended},
               "expired": {"expired", "cancelled"}, "cancelled": {"expired", *ended}}
    places = by(seen.registrations, "order_id")
    for order in seen.orders:
        assert {one.state for one in places[order.id]} <= allowed[order.state], (order, places[order.id])


def _needed(seen: Seen, one: Row[Any]) -> Counter[int]:
    """The pools a place draws on, worked out from what it is."""
    event = next(row for row in seen.events if row.id == one.event_id)
    by_mode = event.room_pool_id if one.mode == "in_person" else event.online_pool_id
    own = [event.pool_id, by_mode, *(row.pool_id for row in seen.types if row.id == one.type_id)]
    pools = {row.id: row.pool_id for row in seen.sessions}
    own += [pools[seat.session_id] for seat in seen.seats if seat.registration_id == one.id and seat.state != "released"]
    needed = Counter(dict.fromkeys((pool for pool in own if pool is not None), 1))
    extra = {row.id: row.pool_id for row in seen.add_ons}
    for row in seen.bought:
        if row.registration_id == one.id and extra[row.add_on_id] is not None:
            needed[extra[row.add_on_id]] += row.count
    return needed
