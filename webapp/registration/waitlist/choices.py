"""What one can wait for in an event: the levels that are full, the most general first. Pure, over what is sold."""

from dataclasses import dataclass

from webapp.core.errors import Unacceptable
from webapp.registration.sale import PoolState, Sale
from webapp.registration.waitlist.models import MOST_SEATS

_MODES = {"in_person": "a seat in the room", "online": "a seat online"}


@dataclass(frozen=True)
class Choice:
    """A line one can get into: `label` as part of a sentence, how many seats of it are open to everybody, how many there are."""

    key: str
    label: str
    pool_id: int
    left: int
    places: int
    mode: str | None = None
    type_id: int | None = None


def full(of: Sale) -> list[Choice]:
    """The levels without a seat that is open to everybody."""
    return [one for one in _all(of) if one.left <= 0]


def find(of: Sale, key: str) -> Choice:
    """The level with this key; refused beside the field when there is none with a limit."""
    found = next((one for one in _all(of) if one.key == key), None)
    if found is None:
        raise Unacceptable("Choose what you wait for.", field="key")
    return found


def is_open(choice: Choice, of: Sale, seats: int) -> bool:
    """Whether so many seats of this level are open to everybody: at the level itself and in the event."""
    return choice.left >= seats and (of.pools["event"].left is None or of.pools["event"].left >= seats)


def largest_party(choice: Choice, of: Sale) -> int:
    """How many may wait together: no more than there are places, or nobody behind them would ever come to her turn."""
    capacity = of.pools["event"].capacity
    return max(min(MOST_SEATS, choice.places, MOST_SEATS if capacity is None else capacity), 1)


def _all(of: Sale) -> list[Choice]:
    found = [_choice("event", "any seat" if of.event.mode == "hybrid" else "a seat", of.pools["event"])]
    if of.event.mode == "hybrid" or of.pools["event"].left != 0:  # where there is one way only, a full event says it all
        found += [_choice(mode, _MODES[mode], pool, mode=mode) for mode, pool in of.pools.items() if mode in _MODES]
    seen = {pool.id for pool in of.pools.values()}
    for type_ in of.types.values():
        if type_.pool is not None and type_.pool.id not in seen and type_.takes_seat and not type_.retired and not type_.on_request:
            seen.add(type_.pool.id)
            found.append(_choice(f"type-{type_.id}", f"a seat at the price “{type_.name}”", type_.pool, type_id=type_.id))
    return [one for one in found if one is not None]


def _choice(key: str, label: str, pool: PoolState, *, mode: str | None = None, type_id: int | None = None) -> Choice | None:
    if pool.capacity is None or pool.left is None:
        return None
    return Choice(key, label, pool.id, pool.left, pool.capacity, mode, type_id)
