"""Rosters: who has a booked seat in a session, with what is recorded. The same number of statements for any size."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.attendance import presences
from webapp.attendance.models import Presence
from webapp.catalog.models import Group, Room, Session, SessionCredit
from webapp.core import text
from webapp.core.db import db
from webapp.hours.models import Award
from webapp.registration.models import Registration, RegistrationType, Seat


@dataclass
class Attendee:
    """One booked seat: `person_id` as registered, None for a place not yet named. `rows` are the presences that count."""

    registration_id: int
    person_id: int | None
    given: str
    family: str
    email: str
    group: str
    type: str
    mode: str
    rows: list[Presence] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}".strip() or "Not yet named"

    @property
    def state(self) -> str:
        """`present`, `open` (an in or out is not known), `absent`, or `unmarked`."""
        stays = [row for row in self.rows if not row.is_void]
        if not stays:
            return "absent" if self.rows else "unmarked"
        return "open" if any(row.in_at is None or row.out_at is None for row in stays) else "present"

    @property
    def version(self) -> str:
        """What a form carries to notice a change by somebody else."""
        return presences.version(self.rows)


def of_session(session_id: int, *, words: str = "", group_id: int | None = None) -> list[Attendee]:
    """Everybody with a booked seat in the session, by family name; of one group, or whose name or address has the words."""
    wanted = _seated().where(Seat.session_id == session_id)
    if group_id is not None:
        wanted = wanted.where(Registration.group_id == group_id)
    found = [_attendee(row) for row in db.session.execute(wanted)]
    if words:
        sought = text.searchable(words)
        found = [one for one in found if sought in text.searchable(one.given, one.family, one.email)]
    _add_presences({session_id: found})
    return found


def of_event(event_id: int) -> dict[int, list[Attendee]]:
    """The rosters of all sessions of an event, by session."""
    found: dict[int, list[Attendee]] = defaultdict(list)
    for row in db.session.execute(_seated().add_columns(Seat.session_id).join(Session, Session.id == Seat.session_id)
                                  .where(Session.event_id == event_id)):
        found[row.session_id].append(_attendee(row))
    _add_presences(found)
    return found


def sessions(event_id: int) -> Sequence[Row[Any]]:
    """The sessions of an event for the list of rosters: titles, times, room, group, credit, and how many seats are booked."""
    booked = (select(Seat.session_id, func.count().label("booked")).join(Registration, Registration.id == Seat.registration_id)
              .where(Seat.state == "booked", Registration.state == "confirmed").group_by(Seat.session_id).subquery())
    credit = select(SessionCredit.session_id, func.sum(SessionCredit.minutes).label("credit")).group_by(SessionCredit.session_id).subquery()
    return db.session.execute(
        select(Session.id, Session.title, Session.status, Session.starts_at, Session.ends_at, Session.zone, Session.group_id,
               Group.name.label("group"), Room.name.label("room"), func.coalesce(credit.c.credit, 0).label("credit"),
               func.coalesce(booked.c.booked, 0).label("booked"))
        .outerjoin(Group, Group.id == Session.group_id).outerjoin(Room, Room.id == Session.room_id)
        .outerjoin(booked, booked.c.session_id == Session.id).outerjoin(credit, credit.c.session_id == Session.id)
        .where(Session.event_id == event_id).order_by(Session.starts_at, Session.position, Session.id)).all()


def marked(event_id: int) -> dict[int, tuple[int, int, int]]:
    """By session: how many are present, how many of these have an in or out missing, how many are marked absent."""
    later = aliased(Presence)
    people_in = (
        select(Presence.session_id, Presence.person_id, func.count().filter(~Presence.is_void).label("stays"),
               func.count().filter(~Presence.is_void & (Presence.in_at.is_(None) | Presence.out_at.is_(None))).label("open"))
        .join(Session, Session.id == Presence.session_id).outerjoin(later, later.supersedes_id == Presence.id)
        .where(Session.event_id == event_id, later.id.is_(None)).group_by(Presence.session_id, Presence.person_id).subquery())
    rows = db.session.execute(
        select(people_in.c.session_id, func.count().filter(people_in.c.stays > 0), func.count().filter(people_in.c.open > 0),
               func.count().filter(people_in.c.stays == 0)).group_by(people_in.c.session_id))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def groups(event_id: int) -> list[tuple[int, str]]:
    """The groups of an event, for a filter. One statement."""
    return [(row.id, row.name) for row in db.session.execute(
        select(Group.id, Group.name).where(Group.event_id == event_id).order_by(Group.position, Group.name))]


def awarded_people(session_id: int) -> frozenset[int]:
    """The persons who have an award for the session that stands."""
    reversal = aliased(Award)
    return frozenset(db.session.scalars(
        select(Award.person_id).outerjoin(reversal, reversal.reverses_id == Award.id)
        .where(Award.session_id == session_id, Award.reverses_id.is_(None), reversal.id.is_(None))))


def history(session_id: int, *, most: int = 50) -> Sequence[Any]:
    """Corrections of the session's attendance, the latest first: what was, what is, who, when and why."""
    before, by, who = aliased(Presence), aliased(Person), aliased(Person)
    return db.session.execute(
        select(Presence.recorded_at, Presence.reason, Presence.in_at, Presence.out_at, Presence.is_void,
               before.in_at.label("was_in"), before.out_at.label("was_out"), before.is_void.label("was_void"),
               by.given_name.label("by_given"), by.family_name.label("by_family"), who.given_name, who.family_name)
        .join(before, before.id == Presence.supersedes_id).join(who, who.id == Presence.person_id)
        .outerjoin(by, by.id == Presence.recorded_by_id)
        .where(Presence.session_id == session_id, Presence.reason != "").order_by(Presence.id.desc()).limit(most)).all()


def _seated() -> Any:
    return (
        select(Registration.id, Registration.person_id, Registration.email, Registration.mode, Person.given_name, Person.family_name,
               Group.name.label("group"), RegistrationType.name.label("type"))
        .join(Seat, Seat.registration_id == Registration.id).join(RegistrationType, RegistrationType.id == Registration.type_id)
        .outerjoin(Person, Person.id == Registration.person_id).outerjoin(Group, Group.id == Registration.group_id)
        .where(Registration.state == "confirmed", Seat.state == "booked")
        .order_by(Person.family_name, Person.given_name, Registration.id))


def _attendee(row: Row[Any]) -> Attendee:
    return Attendee(row.id, row.person_id, row.given_name or "", row.family_name or "", row.email, row.group or "", row.type, row.mode)


def _add_presences(rosters: Mapping[int, Sequence[Attendee]]) -> None:
    """Puts on each place the presences of its person, those of persons merged with her too. Three statements."""
    families = people.families({one.person_id for roster in rosters.values() for one in roster if one.person_id is not None})
    family_of = {member: family for family in families.values() for member in family}
    found: dict[tuple[frozenset[int], int], list[Presence]] = defaultdict(list)
    for row in presences.effective(family_of, list(rosters)):
        found[family_of[row.person_id], row.session_id].append(row)
    for session_id, roster in rosters.items():
        for one in roster:
            if one.person_id is not None:
                one.rows = found.get((families[one.person_id], session_id), [])


def on_date(event_id: int, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """The sessions of an event that overlap a stretch of time, not cancelled, for the door."""
    return [row for row in sessions(event_id) if row.status == "scheduled" and row.starts_at < until and row.ends_at > since]
