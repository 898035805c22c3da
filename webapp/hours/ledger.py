"""The ledger: awards are added and reversed, never edited. One attendance awards once; a correction is a reversal and a new
version."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.accounts import people
from webapp.core import audit, clock, text
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Refusal, Unacceptable
from webapp.hours import plans, sessions
from webapp.hours.minutes import Stay
from webapp.hours.models import Award, AwardArea, AwardTag
from webapp.hours.plans import CHANGES, Entry, Step

CORRECTED = "Attendance was corrected."


def award_for(person_id: int, session_id: int, stays: Sequence[Stay], *, by_id: int | None, reason: str = "",
              others_full: bool = True) -> list[Award]:
    """Awards what one attendance earns, and returns the rows written: none when the ledger says so already.

    `stays` are the presences that count now. What was awarded differently is reversed with the reason and awarded anew as the
    next version. Refused while an in or out is not known; a session without credit awards nothing.
    """
    found = sessions.of_ids([session_id])
    if not found:
        raise NotFound("There is no such session.")
    steps = plans.of([Entry(people.root_id(person_id), found[0], stays, others_full)])
    if any(step.action == "missing" for step in steps):
        raise Refusal("It is not known when she came or left.", way_out="Complete the times first.", code="incomplete")
    return post(steps, by_id=by_id, reason=reason)


def post(steps: Iterable[Step], *, by_id: int | None, reason: str = "") -> list[Award]:
    """Writes what the steps say; those that change nothing write nothing. The caller holds the event's lock."""
    written: list[Award] = []
    for step in steps:
        if step.action not in CHANGES:
            continue
        why = text.clean(reason, limit=255) or (CORRECTED if step.standing is not None else "")
        if step.standing is not None:
            written.append(_reversal(step.standing, by_id, why))
        if step.minutes:
            written.append(_award(step, by_id, why))
    db.session.add_all(written)
    db.session.flush()
    return written


def reverse(award_id: int, *, by_id: int, reason: str) -> Award:
    """Takes an award back, with the reason in the history and on the transcript. The same attendance does not award again."""
    why = text.clean(reason, field="reason", limit=255)
    if not why:
        raise Unacceptable("Say why: it stays in the history, and the person sees it.", field="reason")
    award = db.session.scalar(select(Award).where(Award.id == award_id).with_for_update()
                              .options(selectinload(Award.areas), selectinload(Award.tags)).execution_options(populate_existing=True))
    if award is None:
        raise NotFound("There is no such award.")
    if award.reverses_id is not None or db.session.scalar(select(Award.id).where(Award.reverses_id == award_id)) is not None:
        raise AlreadyDone("This was taken back already; nothing was done twice.")
    row = _reversal(award, by_id, why)
    db.session.add(row)
    db.session.flush()
    audit.record("hours.reversed", f"event:{award.event_id}", actor_id=by_id, reason=why,
                 before={"person": award.person_id, "title": award.title, "minutes": award.minutes})
    return row


def evidence(step: Step) -> dict[str, Any]:
    """The copy of what an award rests on: times as ISO 8601 in UTC, minutes counted, breaks as (offset, minutes)."""
    session, meeting = step.entry.session, step.entry.session.meeting
    return {
        "presences": [{"id": stay.id, "in": _iso(stay.in_at), "out": _iso(stay.out_at)} for stay in step.entry.stays],
        "minutes": step.present.minutes, "net_minutes": step.present.whole_minutes, "credit_minutes": step.credit.minutes,
        "breaks": [list(one) for one in meeting.breaks], "starts_at": _iso(meeting.starts_at), "ends_at": _iso(meeting.ends_at),
        "zone": session.zone, "session": session.title, "event": session.event_title,
    }


def _award(step: Step, by_id: int | None, why: str) -> Award:
    session = step.entry.session
    return Award(
        person_id=step.entry.person_id, kind=step.credit.kind, minutes=step.minutes, earned_on=session.day, source="presence",
        event_id=session.event_id, session_id=session.id, session_credit_id=step.credit.id, version=step.version,
        title=session.full_title, evidence=evidence(step), rule=session.rule_copy, reason=why, awarded_by_id=by_id, awarded_at=clock.now(),
        areas=[AwardArea(area=area) for area in step.credit.areas],
        tags=[AwardTag(tag=tag, minutes=minutes) for tag, minutes in step.tags.items()])


def _reversal(award: Award, by_id: int | None, why: str) -> Award:
    return Award(
        person_id=award.person_id, kind=award.kind, minutes=-award.minutes, earned_on=award.earned_on, source=award.source,
        event_id=award.event_id, session_id=award.session_id, session_credit_id=award.session_credit_id, version=award.version,
        reverses_id=award.id, title=award.title, evidence=award.evidence, rule=award.rule, reason=why, awarded_by_id=by_id,
        awarded_at=clock.now(), areas=[AwardArea(area=one.area) for one in award.areas],
        tags=[AwardTag(tag=one.tag, minutes=-one.minutes) for one in award.tags])


def _iso(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()
