"""Certificates: issued when the event's attendance rule is met, superseded when awards were corrected, withdrawn with a reason.

The content is a snapshot. PDF and verification page show the snapshot, never what changed since.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from webapp.accounts import people
from webapp.catalog.models import Event
from webapp.core import audit, clock, text, tokens
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Refusal, Stale, Unacceptable
from webapp.hours import rules, snapshots, standing
from webapp.hours.models import Certificate
from webapp.hours.rules import Held, Verdict

CODE_LENGTH = 12


@dataclass(frozen=True)
class Shown:
    """What anybody with the code may know. `state`: genuine, superseded (`current` is the code that counts), withdrawn."""

    code: str
    state: str
    content: dict[str, Any]
    issued_at: datetime
    version: int
    current: str = ""
    withdrawn_at: datetime | None = None


def verdict(event_id: int, person_ids: Collection[int], held: Sequence[Held]) -> Verdict:
    """Whether somebody with this attendance may have the event's certificate, and why."""
    event = db.session.get(Event, event_id)
    if event is None:
        raise NotFound("There is no such event.")
    awarded = sum(award.minutes for award in standing.of_event(event_id, person_ids))
    return rules.certificate(event.attendance_rule or {}, held, awarded)


def issue(event_id: int, person_id: int, held: Sequence[Held], *, by_id: int | None) -> Certificate:
    """Issues the certificate of an event to a person: the next version when an older one said something else.

    Returns the current one when it says the same. Refuses when the attendance rule is not met, naming the rule and how far it is.
    """
    family = people.family_ids(person_id)
    says = verdict(event_id, family, held)
    if not says.is_met:
        raise Refusal(says.sentence, code="rule_not_met")
    content = snapshots.of(event_id, people.root_id(person_id), family)
    old = current(event_id, family)
    if old is not None and old.content == content:
        return old
    return _write(event_id, person_id, family, content, old, by_id)


def withdraw(certificate_id: int, *, by_id: int | None, reason: str) -> Certificate:
    """Takes a certificate back: its code stays and says so. Needs a reason; refused when it was withdrawn or superseded already."""
    why = text.clean(reason, field="reason", limit=255)
    if not why:
        raise Unacceptable("Say why: it stays in the history.", field="reason")
    row = db.session.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such certificate.")
    if row.withdrawn_at is not None or row.superseded_by_id is not None:
        raise AlreadyDone("This certificate does not stand any more; nothing was done twice.")
    row.withdrawn_at, row.withdrawn_reason = clock.now(), why
    audit.record("certificate.withdrawn", f"event:{row.event_id}", actor_id=by_id, reason=why, before={"code": row.code})
    return row


def withdraw_for(event_id: int, person_ids: Collection[int], *, by_id: int | None, reason: str) -> Certificate | None:
    """Withdraws the current certificate of these persons, if there is one."""
    found = current(event_id, person_ids)
    return None if found is None else withdraw(found.id, by_id=by_id, reason=reason[:255])


def current(event_id: int, person_ids: Collection[int]) -> Certificate | None:
    """The certificate that stands for these persons (who are one human being)."""
    return db.session.scalar(select(Certificate).where(
        Certificate.event_id == event_id, Certificate.person_id.in_(person_ids), Certificate.superseded_by_id.is_(None),
        Certificate.withdrawn_at.is_(None)).order_by(Certificate.id.desc()).limit(1))


def of_person(person_ids: Collection[int]) -> list[Certificate]:
    """Her certificates that stand, the newest first. One statement."""
    return list(db.session.scalars(select(Certificate).where(
        Certificate.person_id.in_(person_ids), Certificate.superseded_by_id.is_(None), Certificate.withdrawn_at.is_(None))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())))


def holders(event_id: int) -> frozenset[int]:
    """The persons who have a certificate of the event that stands. One statement."""
    return frozenset(db.session.scalars(select(Certificate.person_id).where(
        Certificate.event_id == event_id, Certificate.superseded_by_id.is_(None), Certificate.withdrawn_at.is_(None))))


def by_code(typed: str) -> Shown | None:
    """What a code stands for, as typed (blanks, dashes and case do not matter); None when nothing has it. Two statements."""
    code = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    row = db.session.scalar(select(Certificate).where(Certificate.code == code)) if 0 < len(code) <= 24 else None
    if row is None:
        return None
    if row.withdrawn_at is not None:
        return _shown(row, "withdrawn")
    if row.superseded_by_id is None:
        return _shown(row, "genuine")
    newest = db.session.scalar(select(Certificate.code).where(
        Certificate.event_id == row.event_id, Certificate.person_id == row.person_id).order_by(Certificate.version.desc()).limit(1))
    return _shown(row, "superseded", newest or "")


def spaced(code: str) -> str:
    """A code as people read it out: `ABCD EFGH JKMN`."""
    return " ".join(code[at:at + 4] for at in range(0, len(code), 4))


def _shown(row: Certificate, state: str, newest: str = "") -> Shown:
    return Shown(row.code, state, row.content, row.issued_at, row.version, newest, row.withdrawn_at)


def _write(event_id: int, person_id: int, family: Collection[int], content: dict[str, Any], old: Certificate | None,
           by_id: int | None) -> Certificate:
    latest = db.session.scalar(select(Certificate.version).where(Certificate.event_id == event_id, Certificate.person_id.in_(family))
                               .order_by(Certificate.version.desc()).limit(1)) or 0
    row = Certificate(code=tokens.readable(CODE_LENGTH), person_id=person_id, event_id=event_id, version=latest + 1, content=content,
                      issued_at=clock.now(), issued_by_id=by_id)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as race:
        raise Stale("Somebody else issued this certificate at the same moment.", way_out="Reload the page.", code="stale") from race
    if old is not None:
        db.session.execute(update(Certificate).where(Certificate.id == old.id).values(superseded_by_id=row.id))
        db.session.expire(old)
    audit.record("certificate.issued", f"event:{event_id}", actor_id=by_id, after={"code": row.code, "version": row.version})
    return row
