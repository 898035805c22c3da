"""Which competency areas a person's recorded and booked hours touch. A reversed award touches nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from webapp.catalog.models import CreditArea, Session, SessionCredit
from webapp.core.db import db
from webapp.hours.models import Award, AwardArea
from webapp.registration.models import ACTIVE, Registration, Seat


@dataclass(frozen=True)
class Booked:
    """Minutes booked in an area, and when the first of them starts."""

    minutes: int
    starts_at: datetime
    zone: str


def recorded(person_ids: Collection[int]) -> dict[str, int]:
    """Minutes of both kinds by area from the awards that stand; a session with two areas shows in both. One statement."""
    reversal = aliased(Award)
    found = db.session.execute(
        select(AwardArea.area, func.sum(Award.minutes)).join(Award, Award.id == AwardArea.award_id)
        .outerjoin(reversal, reversal.reverses_id == Award.id)
        .where(Award.person_id.in_(person_ids), Award.reverses_id.is_(None), reversal.id.is_(None)).group_by(AwardArea.area))
    return {area: int(minutes) for area, minutes in found}


def booked(person_ids: Collection[int], now: datetime) -> dict[str, Booked]:
    """What is booked and not over, by area: full minutes and the first start. One statement."""
    rows = db.session.execute(
        select(CreditArea.area, SessionCredit.minutes, Session.starts_at, Session.zone)
        .join(SessionCredit, SessionCredit.id == CreditArea.credit_id).join(Session, Session.id == SessionCredit.session_id)
        .join(Seat, Seat.session_id == Session.id).join(Registration, Registration.id == Seat.registration_id)
        .where(Registration.person_id.in_(person_ids), Registration.state.in_(ACTIVE), Seat.state != "released",
               Session.status == "scheduled", Session.ends_at > now).order_by(Session.starts_at, Session.id))
    found: dict[str, Booked] = {}
    for area, minutes, starts_at, zone in rows:
        first = found.get(area)
        found[area] = Booked(minutes + (first.minutes if first else 0), first.starts_at if first else starts_at,
                             first.zone if first else zone)
    return found
