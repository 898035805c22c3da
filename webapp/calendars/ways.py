"""How a place comes into the attendee's calendar: by mail, by a subscribed calendar, or by both (docs/decisions/invitations.md)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select, update

from webapp.accounts import people
from webapp.calendars.clients import OTHER
from webapp.calendars.models import WAYS, CalendarChoice, FeedKey, FetchLog
from webapp.core.db import db
from webapp.registration import lineage
from webapp.registration.models import Registration

RECENT = timedelta(days=8)  # some programs look once a week


@dataclass(frozen=True)
class Way:
    """What she chose (`auto` without a choice), and which program read her subscribed calendar lately, if one did."""

    choice: str = "auto"
    family: str = ""
    read_at: datetime | None = None

    @property
    def by_mail(self) -> bool:
        """Whether mail puts a session into her calendar that no mail told of yet; by default unless a program reads a feed of hers."""
        return self.choice in ("mail", "both") or (self.choice == "auto" and self.read_at is None)


def of(registration_id: int | None, person_id: int | None, now: datetime) -> Way:
    """The way of a registration's sessions; of a person's, without a registration. Guests have no choice to make: `auto`."""
    family = sorted(people.family_ids(person_id)) if person_id is not None else []
    theirs = and_(FeedKey.kind == "person", FeedKey.person_id.in_(family))
    if registration_id is not None:
        theirs |= FeedKey.registration_id.in_(lineage.shown_by(registration_id))
    fetch = db.session.execute(
        select(FetchLog.family, FetchLog.minute).join(FeedKey, FeedKey.id == FetchLog.feed_key_id)
        .where(theirs, FeedKey.withdrawn_at.is_(None), FetchLog.minute >= now - RECENT, FetchLog.family != OTHER.family)
        .order_by(FetchLog.minute.desc()).limit(1)).first()
    choice = chosen(family)
    return Way(choice, fetch.family, fetch.minute) if fetch else Way(choice)


def chosen(family_ids: list[int]) -> str:
    """What the person with these ids chose; where persons were merged that chose differently, what leaves nothing out."""
    found = set(db.session.scalars(select(CalendarChoice.way).where(CalendarChoice.person_id.in_(family_ids))))
    return next((way for way in reversed(WAYS) if way in found), "auto")


def choose(person_id: int, way: str) -> None:
    """From now on her sessions come this way; what stands in a calendar already stays where it is."""
    if way not in WAYS:
        raise ValueError(way)
    family = people.family_ids(person_id)
    db.session.execute(delete(CalendarChoice).where(CalendarChoice.person_id.in_(family)))
    db.session.add(CalendarChoice(person_id=people.root_id(person_id), way=way))
    db.session.execute(update(Registration).where(Registration.person_id.in_(family))
                       .values(calendar_stamp=Registration.calendar_stamp + 1))  # her feed may hold more now, or less
