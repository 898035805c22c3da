"""What the answer to a request for help with the price says. Read only."""

from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.notifications.contents import Withdrawn
from webapp.registration import own_page
from webapp.registration.funds.models import FundRequest, PlaceShare
from webapp.registration.models import Registration


def fund_decided(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """To who asked: which fund pays how much of her place, or that nothing is given; with what staff wrote."""
    row = db.session.execute(
        select(FundRequest.state, FundRequest.answer, PlaceShare.name, PlaceShare.cents, Event.title, Person.given_name)
        .join(Registration, Registration.id == FundRequest.registration_id).join(Event, Event.id == Registration.event_id)
        .outerjoin(Person, Person.id == Registration.person_id).outerjoin(PlaceShare, PlaceShare.id == FundRequest.share_id)
        .where(FundRequest.id == facts["request_id"])).one()
    return {"name": row.given_name or "", "title": row.title, "granted": row.state == "granted", "fund": row.name or "",
            "amount": row.cents or 0, "answer": row.answer, "place_path": own_page.of(facts["registration_id"]).path}
