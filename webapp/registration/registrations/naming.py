"""A place whose name was to follow gets it: the same registration, seats and calendar identity, now hers. Nobody had it before."""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Stale
from webapp.registration import seats
from webapp.registration.models import Registration
from webapp.registration.orders.making import already, has_place
from webapp.registration.orders.releasing import release_seats
from webapp.registration.registrations.successors import Successor


def give(ours: list[Registration], who: Successor, type_id: int) -> Registration:
    """The place first of `ours` (locked), and those it contains, are hers; returns it. One she has by herself already is let go.

    Refused when it was named meanwhile, and when she got a place in the event at the same moment.
    """
    outer, *inner = ours
    person_id = who.person()
    _name(outer, person_id, who.address, type_id)
    for one in inner:
        if has_place(one.event_id, person_id):
            one.state, one.ended_at, one.ended_reason = "cancelled", clock.now(), "She has a place of her own there"
            db.session.flush()
            release_seats([one.id], clock.now())
            seats.release(one.id)
        else:
            _name(one, person_id, who.address, one.type_id)
    return outer


def _name(one: Registration, person_id: int, address: str, type_id: int) -> None:
    statement = (update(Registration).where(Registration.id == one.id, Registration.person_id.is_(None))
                 .values(person_id=person_id, email=address, type_id=type_id).returning(Registration.id))
    try:
        with db.session.begin_nested():
            done = db.session.execute(statement.execution_options(synchronize_session=False)).first()
    except IntegrityError as error:  # the unique key of active places
        raise already(mine=False) from error
    if done is None:
        raise Stale("This seat was named by somebody else.", way_out="Look at the order again.", code="named")
    db.session.refresh(one)
