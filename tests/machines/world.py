"""The small world a machine plays in: one event with every kind of limit, seven people, one of finance."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.catalog import parts
from webapp.catalog import sessions as session_actions
from webapp.core.db import db, transaction
from webapp.registration.models import AddOn
from webapp.registration.offers import AddOnSpec, PriceSpec, TypeSpec

HOUR = timedelta(hours=1)
PEOPLE = 7


@dataclass(frozen=True)
class World:
    """Ids of what the machine acts on."""

    event_id: int
    types: tuple[int, ...]  # paid with a limit of its own, free
    dinner: int
    block: int
    breakouts: tuple[int, ...]
    sessions: tuple[int, ...]
    people: tuple[tuple[int, str, str], ...]  # id, name, address
    finance: int


def make() -> World:
    """A hybrid day with a workshop day after it, forty days ahead; committed."""
    with transaction():
        event = events.draft("Rhythms of care", kind="conference", mode="hybrid", capacity=4, room_capacity=3, online_capacity=3,
                             online_url="https://meet.example/rhythms")
        first, block = events.at(40), parts.block(event.id, "A")
        opening = session_actions.add(event.id, actor_id=None, title="Opening", start=first, end=first + HOUR, no_breaks=True, capacity=4)
        choices = [events.breakout(event, f"Breakout {n}", block, first + 2 * HOUR, size) for n, size in ((1, 1), (2, 2))]
        second = session_actions.add(event.id, actor_id=None, title="Second day", start=first + 24 * HOUR, end=first + 27 * HOUR,
                                     no_breaks=True)
        events.sell(event, [TypeSpec("Whole", [PriceSpec(10_000)], capacity=3), TypeSpec("Supported", [PriceSpec(0)])],
                    [AddOnSpec("Dinner", [PriceSpec(2_550)], capacity=2)])
        events.publish(event)
        who = [people.person(f"Person {n}", "Machine", email=f"machine{n}@home.example") for n in range(PEOPLE)]
        kinds = events.types(event)
        return World(
            event.id, (kinds["Whole"].id, kinds["Supported"].id), _add_on(event.id), block.id, tuple(one.id for one in choices),
            (opening.id, *(one.id for one in choices), second.id), tuple((one.id, one.name, places.address(one)) for one in who),
            people.person("Fay", "Nance", roles=["finance"]).id)


def _add_on(event_id: int) -> int:
    return int(db.session.scalars(select(AddOn.id).filter_by(event_id=event_id)).one())
