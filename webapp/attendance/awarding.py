"""From attendance to hours: what an event awards to whom, awarding it, and corrections that follow a corrected presence."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from webapp.accounts import addresses
from webapp.accounts.models import Person
from webapp.attendance import certifying, presences
from webapp.attendance.queries import own, roster
from webapp.attendance.queries.roster import Attendee
from webapp.catalog.models import Event, Session
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.hours import ledger, plans, rules, sessions
from webapp.hours.models import Award
from webapp.hours.plans import CHANGES, Entry, Step
from webapp.hours.rules import Held, Verdict
from webapp.notifications import outbox


@dataclass
class Proposal:
    """What awarding would do for one attendee, session by session; `unmarked` are sessions that are over without a mark."""

    attendee: Attendee
    steps: list[Step] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Step]:
        """The steps that write something."""
        return [step for step in self.steps if step.action in CHANGES]

    def verdict(self, rule: rules.Rule) -> Verdict:
        """Whether the certificate may be issued on what is awarded now."""
        return rules.certificate(rule, self.held, sum(step.standing.minutes for step in self.steps if step.standing is not None))

    def minutes(self, kind: str) -> int:
        """Minutes of the kind after awarding."""
        return sum(self._after(step) for step in self.steps if step.credit.kind == kind)

    @staticmethod
    def _after(step: Step) -> int:
        if step.action in CHANGES:
            return step.minutes
        return step.standing.minutes if step.standing is not None else 0


def award_event(event_id: int, *, by_id: int | None, reason: str = "") -> int:
    """Awards everything attendance says of the sessions that are over, once; returns how many people got something new.

    What was awarded differently is reversed and awarded anew. Places with an unknown in or out are left until it is completed.
    Each person is told once, by one message.
    """
    event = lock(event_id)
    proposals = preview(event_id)
    changed = [one for one in proposals if one.changes]
    rows = ledger.post([step for one in changed for step in one.changes], by_id=by_id, reason=reason)
    if not rows:
        return 0
    tell(event, rows, changed)
    audit.record("hours.awarded", f"event:{event_id}", actor_id=by_id, reason=reason,
                 after={"people": len(changed), "minutes": sum(row.minutes for row in rows)})
    for one in changed:
        if any(step.standing is not None for step in one.changes):
            certifying.refresh(event_id, one.steps[0].entry.person_id, by_id=by_id)
    return len(changed)


def follow_correction(person_id: int, session_id: int, *, by_id: int, reason: str) -> list[Award]:
    """After a presence was corrected: hours that were awarded are corrected too, with the same reason, and so is the certificate.

    Returns the rows written; none when nothing was awarded yet, or an in or out is not known. Under an all-or-nothing rule the
    hours of the event's other sessions follow.
    """
    session = db.session.get(Session, session_id)
    if session is None:
        raise NotFound("There is no such session.")
    event = lock(session.event_id)
    steps = [step for step in plans.of(own.entries(event.id, person_id)) if step.standing is not None]
    rows = ledger.post(steps, by_id=by_id, reason=reason)
    if rows:
        _write_message(event, person_id, [row.id for row in rows], "")
        certifying.refresh(event.id, person_id, by_id=by_id)
    return rows


def preview(event_id: int) -> list[Proposal]:
    """What awarding would do now, attendee by attendee in order of name; places not yet named are left out.

    Sessions that are not over are left out too, and so is everything of an all-or-nothing event until all of it is over.
    """
    now, facts = clock.now(), {one.id: one for one in sessions.of_event(event_id)}
    places: dict[int, Proposal] = {}
    entries: dict[int, list[Entry]] = defaultdict(list)
    for session_id, attendees in roster.of_event(event_id).items():
        fact = facts[session_id]
        for one in attendees:
            if one.person_id is None:
                continue
            place = places.setdefault(one.registration_id, Proposal(one))
            if one.state == "unmarked" and fact.credits and fact.status == "scheduled" and fact.meeting.ends_at <= now:
                place.unmarked.append(fact.title)
            entries[one.registration_id].append(Entry(one.person_id, fact, presences.stays_of(one.rows)))
    gated = {place: own.gated(listed) for place, listed in entries.items()}
    for place_id, listed in gated.items():
        places[place_id].held = own.held(listed, now)
    over = {id(entry): place for place, listed in gated.items() for entry in listed if entry.session.meeting.ends_at <= now}
    for step in plans.of([entry for listed in gated.values() for entry in listed if id(entry) in over]):
        places[over[id(step.entry)]].steps.append(step)
    return sorted(places.values(), key=lambda one: (one.attendee.family, one.attendee.given, one.attendee.registration_id))


def lock(event_id: int) -> Event:
    """The event, locked so that two awardings of it follow each other. Does not stop registrations."""
    event = db.session.scalar(select(Event).where(Event.id == event_id).with_for_update(key_share=True)
                              .execution_options(populate_existing=True))
    if event is None:
        raise NotFound("There is no such event.")
    return event


def tell(event: Event, rows: Sequence[Award], changed: Sequence[Proposal]) -> None:
    """One message to each person who got something new."""
    mine: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        mine[row.person_id].append(row.id)
    for one in changed:
        if one.attendee.person_id in mine:
            _write_message(event, one.attendee.person_id, mine[one.attendee.person_id], one.attendee.email)


def _write_message(event: Event, person_id: int, award_ids: list[int], fallback: str) -> None:
    person = db.session.get_one(Person, person_id)
    address = fallback or next(iter(addresses.for_mail(person_id)), "")
    if address:
        outbox.write(fact=f"hours:{event.id}:{person_id}:{max(award_ids)}", kind="hours_awarded", to_address=address, to_name=person.name,
                     person_id=person_id, subject_of=f"event:{event.id}",
                     facts={"event_id": event.id, "person_id": person_id, "award_ids": sorted(award_ids)})
