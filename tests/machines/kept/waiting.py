"""The lines: numbers without gaps, offers that hold their seats, nobody overtaken, and what came free kept for who waits."""

from collections import Counter
from typing import Any

from sqlalchemy import Row

from tests.machines.kept import about
from tests.machines.seen import Seen, by


@about("entries", "waitlists")
def numbers_have_no_gaps(seen: Seen) -> None:
    """Each line counts 1, 2, 3 in the order of joining."""
    parties = by(seen.entries, "waitlist_id")
    for line in seen.waitlists:
        assert [one.number for one in parties[line.id]] == list(range(1, line.last_number + 1)), (line, parties[line.id])


@about("entries", "waits", "waitlists")
def offers_hold_their_seats(seen: Seen) -> None:
    """An open offer holds what of it was not taken up, in every pool of its line; whatever else waits or has ended holds nothing."""
    held, lines = by(seen.waits, "entry_id"), {one.id: one for one in seen.waitlists}
    for one in seen.entries:
        have = {use.pool_id: use.count for use in held[one.id]}
        wanted = dict.fromkeys(_pools(seen, lines[one.waitlist_id]), one.seats - one.claimed) if one.state == "offered" else {}
        assert have == wanted, ("an offer holds", one, have)
        assert (one.state == "accepted") <= (one.claimed > 0), ("accepted without a seat", one)


@about("entries", "pools", "waitlists")
def what_is_kept_is_for_who_waits(seen: Seen) -> None:
    """A pool knows how many parties want it; seats are kept from open sale only while somebody does, and only seats there are."""
    waited = Counter[int]()
    lines = {one.id: one for one in seen.waitlists}
    for one in seen.entries:
        if one.state == "waiting":
            waited.update(_pools(seen, lines[one.waitlist_id]))
    for pool in seen.pools:
        assert pool.waited == waited[pool.id], ("waited", pool, waited[pool.id])
        assert not pool.kept or pool.waited, ("kept for nobody", pool)
        assert pool.kept >= 0 and (pool.capacity is None or pool.kept <= pool.capacity - pool.taken), ("kept and not there", pool)


class Lines:
    """Who was asked when: nobody who waits in front of her was passed over."""

    def __init__(self) -> None:
        self.known: dict[int, str] = {}

    def look(self, seen: Seen) -> None:
        """Of the parties of a line that were offered a seat since the last look, none stands behind one that still waits."""
        states = {one.id: one.state for one in seen.entries}
        for parties in by(seen.entries, "waitlist_id").values():
            first = min(((one.rank, one.id) for one in parties if one.state == "waiting"), default=(10**9, 0))
            asked = [one for one in parties if one.state == "offered" and self.known.get(one.id) != "offered"]
            assert all((one.rank, one.id) < first for one in asked), ("overtaken", asked, parties)
        self.known = states


def _pools(seen: Seen, line: Row[Any]) -> set[int]:
    """The pools that a place of this line needs, worked out from what it is for."""
    if line.session_id is not None:
        return {line.pool_id}
    event = next(one for one in seen.events if one.id == line.event_id)
    type_ = next((one for one in seen.types if one.id == line.type_id), None)
    mode = line.mode or (type_.mode if type_ else None) or (event.mode if event.mode != "hybrid" else None)
    by_mode = {"in_person": event.room_pool_id, "online": event.online_pool_id}.get(mode)
    return {pool for pool in (line.pool_id, event.pool_id, by_mode, type_.pool_id if type_ else None) if pool is not None}
