"""`price_from_cents` and `price_to_cents` of an event: what the public can pay now or later, required add-ons included."""

from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.registration.models import AddOn, Price, RegistrationType

NOT_PUBLIC = ("presenter", "scholarship")


def refresh_prices(event_id: int) -> None:
    """Derives the two columns anew. They depend on the day (an early price ends), so a daily job repeats it."""
    event = db.session.get_one(Event, event_id)
    event.price_from_cents, event.price_to_cents = _span(event_id, clock.now())
    db.session.flush()


def refresh_all_prices(now: datetime) -> int:
    """Repeats `refresh_prices` for published events that are not over; returns how many. For the daily job."""
    ids = db.session.scalars(select(Event.id).where(Event.status == "published", Event.ends_at > now).order_by(Event.id)).all()
    for event_id in ids:
        refresh_prices(event_id)
    return len(ids)


def _span(event_id: int, now: datetime) -> tuple[int | None, int | None]:
    open_to_all = db.session.execute(
        select(Price.type_id, Price.amount_cents, Price.valid_from, Price.valid_until)
        .join(RegistrationType, RegistrationType.id == Price.type_id)
        .where(RegistrationType.event_id == event_id, RegistrationType.retired_at.is_(None),
               RegistrationType.on_request.is_(False), RegistrationType.covers != "none",
               RegistrationType.audience.not_in(NOT_PUBLIC))).all()
    extras = db.session.execute(
        select(AddOn.id, Price.amount_cents).join(AddOn, AddOn.id == Price.add_on_id)
        .where(AddOn.event_id == event_id, AddOn.is_required, AddOn.retired_at.is_(None))).all()
    amounts = [price.amount_cents for price in open_to_all if price.valid_until is None or price.valid_until > now]
    amounts = amounts or [price.amount_cents for price in open_to_all]  # all over: what it last cost
    if not amounts:
        return None, None
    by_add_on = {add_on_id: [cents for of, cents in extras if of == add_on_id] for add_on_id, _ in extras}
    return (min(amounts) + sum(min(cents) for cents in by_add_on.values()),
            max(amounts) + sum(max(cents) for cents in by_add_on.values()))
