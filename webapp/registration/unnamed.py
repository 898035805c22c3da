"""Places whose name follows, as messages see them: who booked them hears for them, once for all of an order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from webapp.notifications import outbox
from webapp.notifications.outbox import Letter
from webapp.registration.models import Order, Payer, Registration

REMINDERS = (7, 2)  # days before the first session


def told(registrations: Iterable[Registration]) -> list[Registration]:
    """Of the places without a name one for each order and event, the others as they are: who booked several reads it once."""
    first: dict[tuple[int, int], int] = {}
    return [one for one in registrations
            if one.person_id is not None or first.setdefault((one.order_id, one.event_id), one.id) == one.id]


def letters(order: Order, ours: Sequence[Registration], known: Mapping[int, Any], buyer: Payer, at: datetime) -> list[Letter]:
    """Reminders that names are missing, to who booked; they say how many are missing when they are sent."""
    found = {one.event_id: known[one.id].starts_at for one in ours if one.person_id is None and one.inclusion_of_id is None}
    return [Letter(fact=_fact(order.id, event_id, days), kind="seats_unnamed", to_address=buyer.email, to_name=buyer.name,
                   person_id=buyer.person_id, subject_of=f"order:{order.id}", facts={"order_id": order.id, "event_id": event_id},
                   not_before=when)
            for event_id, starts_at in found.items() for days, when in _moments(starts_at) if when > at and buyer.email]


def redate(registrations: Iterable[Registration], known: Mapping[int, Any]) -> None:
    """After a change of dates the reminders follow the first session."""
    for one in told(one for one in registrations if one.person_id is None):
        for days, when in _moments(known[one.id].starts_at):
            outbox.redate(_fact(one.order_id, one.event_id, days), when)


def _moments(starts_at: datetime | None) -> list[tuple[int, datetime]]:
    return [(days, starts_at - timedelta(days=days)) for days in REMINDERS] if starts_at else []


def _fact(order_id: int, event_id: int, days: int) -> str:
    return f"unnamed:order:{order_id}:event:{event_id}:{days}"
