"""A person's own attendance: where she was booked, and what she attended that is not awarded yet."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from webapp.accounts import people
from webapp.attendance import presences
from webapp.attendance.models import Presence
from webapp.catalog.models import Session
from webapp.core.db import db
from webapp.hours import plans, sessions
from webapp.hours.models import Award
from webapp.hours.plans import Entry
from webapp.hours.rules import Held
from webapp.registration.models import Registration, Seat


@dataclass(frozen=True)
class Pending:
    """Attended and waiting for the organizer: what it would be awarded, in minutes, or what is `missing` (in, out)."""

    session_title: str
    event_title: str
    day: date
    kind: str
    minutes: int
    areas: tuple[str, ...]
    tags: dict[str, int]
    missing: tuple[str, ...]


def booked_sessions(event_id: int, person_ids: Collection[int]) -> frozenset[int]:
    """The sessions of an event in which these persons have a booked seat. One statement."""
    return frozenset(db.session.scalars(
        select(Seat.session_id).join(Registration, Registration.id == Seat.registration_id)
        .where(Registration.event_id == event_id, Registration.person_id.in_(person_ids), Registration.state == "confirmed",
               Seat.state == "booked")))


def entries(event_id: int, person_id: int) -> list[Entry]:
    """Her booked sessions of an event with her stays, as awarding takes them. Eight statements."""
    family = people.family_ids(person_id)
    booked = booked_sessions(event_id, family)
    facts = [one for one in sessions.of_event(event_id) if one.id in booked]
    stays: dict[int, list[Presence]] = defaultdict(list)
    for row in presences.effective(family, booked):
        stays[row.session_id].append(row)
    return gated([Entry(person_id, one, presences.stays_of(stays[one.id])) for one in facts])


def gated(listed: Sequence[Entry]) -> list[Entry]:
    """The sessions of one person in one event, each knowing whether all the others were attended in full."""
    asked = [entry for entry in listed if entry.session.credits and entry.session.status == "scheduled"]
    short = {entry.session.id for entry in asked if not entry.present.is_whole}
    return [replace(entry, others_full=not short - {entry.session.id}) for entry in listed]


def held(listed: Sequence[Entry], now: datetime) -> list[Held]:
    """The sessions with credit among a person's entries, as certificate rules ask for them."""
    return [Held(one.session.id, one.session.title, one.session.day, one.present, one.session.meeting.ends_at <= now)
            for one in listed if one.session.credits and one.session.status == "scheduled"]


def pending(person_ids: Collection[int], now: datetime) -> list[Pending]:
    """What is recorded of sessions that are over and has no award yet, in order of time, by the minutes present. Eleven statements
    at most. Of an all-or-nothing event it says what the session would count if the others were attended in full.
    """
    waiting = _attended_without_award(person_ids, now)
    if not waiting:
        return []
    stays: dict[int, list[Presence]] = defaultdict(list)
    for row in presences.effective(person_ids, waiting):
        stays[row.session_id].append(row)
    facts = [one for one in sessions.of_ids(waiting) if one.id in stays]
    whose = min(person_ids)
    steps = plans.of([Entry(whose, one, presences.stays_of(stays[one.id])) for one in facts])
    return [
        Pending(step.entry.session.title, step.entry.session.event_title, step.entry.session.day, step.credit.kind, step.minutes,
                step.credit.areas, step.tags, step.present.missing)
        for step in steps if step.action in ("award", "missing")
    ]


def _attended_without_award(person_ids: Collection[int], now: datetime) -> list[int]:
    reversal = aliased(Award)
    awarded = (select(Award.session_id).outerjoin(reversal, reversal.reverses_id == Award.id)
               .where(Award.person_id.in_(person_ids), Award.session_id.is_not(None), Award.reverses_id.is_(None), reversal.id.is_(None)))
    return list(db.session.scalars(
        select(Presence.session_id).distinct().join(Session, Session.id == Presence.session_id)
        .where(Presence.person_id.in_(person_ids), Session.ends_at <= now, Session.status == "scheduled",
               Presence.session_id.not_in(awarded))))
