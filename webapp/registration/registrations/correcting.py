"""A guest puts her own name right on the page of her place. Who has an account does it there; another person is no correction."""

from sqlalchemy import select

from webapp.accounts import accounts, names, people
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Refusal, Unacceptable
from webapp.registration.models import Registration


def correct_name(registration_id: int, given: str, family: str) -> None:
    """Changes the name of the attendee of a confirmed place until its event starts; recorded in her history.

    Refused when she has an account, and when the new name shares no word with the old one: that would be somebody else.
    """
    row = db.session.execute(
        select(Registration.person_id, Registration.state, Event.starts_at).join(Event, Event.id == Registration.event_id)
        .where(Registration.id == registration_id)).one_or_none()
    if row is None or row.person_id is None:
        raise NotFound
    if row.state != "confirmed" or (row.starts_at is not None and row.starts_at <= clock.now()):
        raise Closed("The event has begun, so the name stands.", way_out="Write to the organizer.", code="started")
    if accounts.of_person(people.root_id(row.person_id)) is not None:
        raise Refusal("This person has an account.", way_out="She changes her name under “My account”.", code="has_account")
    if not names.alike(people.get(row.person_id).name, f"{given} {family}"):
        raise Unacceptable("This looks like the name of somebody else.", field="given_name",
                           way_out="Who ordered the place can send a colleague instead.", code="somebody_else")
    people.rename(row.person_id, given, family, actor_id=row.person_id)
