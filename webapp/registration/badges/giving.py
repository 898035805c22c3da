"""Badges come with what is bought, and go along with the place. Its order is locked by the caller."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from webapp.core import clock
from webapp.core.db import db
from webapp.registration.badges import reading
from webapp.registration.badges.models import Badge
from webapp.registration.badges.rules import Written
from webapp.registration.models import Registration
from webapp.registration.orders.wishes import Place
from webapp.registration.sale import AddOnOffer

Row = dict[str, Any]


def give(placed: Iterable[tuple[Registration, Place]], at: datetime) -> None:
    """The badges of new places, by their types and what is bought with them; names that were typed stand on the first ones of each.
    One statement, none where nothing carries badges."""
    rows = [row for registration, place in placed for row in _of_place(registration.id, place, at)]
    if rows:
        db.session.execute(insert(Badge), rows)


def more(registration_id: int, thing: AddOnOffer, had: int, count: int) -> None:
    """The badges of so many more of a thing; `had` were bought before."""
    rows = [row for unit in range(had + 1, had + count + 1) for row in _set(registration_id, thing.id, unit, thing.badges, (), clock.now())]
    if rows:
        db.session.execute(insert(Badge), rows)


def pass_on(old_id: int, new_id: int) -> None:
    """Who takes a place over has its badges, as they are named."""
    db.session.execute(update(Badge).where(Badge.registration_id == old_id).values(registration_id=new_id)
                       .execution_options(synchronize_session=False))


def carry(old_id: int, new_id: int) -> None:
    """Names go along to another date: in their order, onto the badges there are, as far as these reach."""
    known = [(row.name, row.organization, row.email, row.named_at) for row in reading.of_places([old_id]) if row.name]
    for name, row in zip(known, reading.of_places([new_id]) if known else (), strict=False):
        values = dict(zip(("name", "organization", "email", "named_at"), name, strict=True))
        db.session.execute(update(Badge).where(Badge.id == row.id).values(**values).execution_options(synchronize_session=False))


def _of_place(registration_id: int, place: Place, at: datetime) -> Iterator[Row]:
    yield from _set(registration_id, None, 1, place.type.badges, place.badges.get(None, ()), at)
    for thing, count in place.add_ons:
        for unit in range(1, count + 1):
            yield from _set(registration_id, thing.id, unit, thing.badges, place.badges.get(thing.id, ()) if unit == 1 else (), at)


def _set(registration_id: int, add_on_id: int | None, unit: int, out_of: int, names: Sequence[Written], at: datetime) -> Iterator[Row]:
    """The badges of one table."""
    for number in range(1, out_of + 1):
        one = names[number - 1] if number <= len(names) else Written()
        yield {"registration_id": registration_id, "add_on_id": add_on_id, "unit": unit, "number": number, "out_of": out_of,
               "name": one.name, "organization": one.organization, "email": one.email, "named_at": at if one.name else None}
