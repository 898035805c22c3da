"""What mails tell calendars, and what they told (docs/decisions/invitations.md). Called inside the transaction of the mail's rendering.

Nothing is told from what was true when a mail was written: the registration is locked, its seats are read, and each telling is
kept, so that a SEQUENCE never goes out twice, nor after a higher one. One mail carries one seat; the others get mails of their own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from webapp.accounts.models import Person
from webapp.calendars import invitations, queries, rules, ways
from webapp.calendars.invitations import Itip, Party
from webapp.calendars.models import Invitation
from webapp.calendars.ways import Way
from webapp.catalog.models import Session
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.mailers import TryLater
from webapp.notifications.models import Message
from webapp.registration.models import Registration, Seat


@dataclass(frozen=True)
class Letter:
    """A mail in a courier's hand: its row, from whom and to whom."""

    message_id: int
    organizer: Party
    attendee: Party
    base_url: str


@dataclass(frozen=True)
class Carried:
    """What the mail carries: at most one telling, and how many follow in mails of their own; or the file of all sessions ahead.

    `in_feed`: nothing is told, and what it is about stands in her subscribed calendar or nowhere.
    """

    way: Way
    act: str = ""
    part: Itip | None = None
    more: int = 0
    sessions: int = 0
    file: bool = False
    in_feed: bool = False


def carry(letter: Letter, registration_id: int, now: datetime, *, session_id: int | None = None, seat_id: int | None = None) -> Carried:
    """Tells what is due about a registration and those it contains; about one session or one seat when named.

    Nothing of a place without a name: such mails go to who booked it, and it is in nobody's calendar before it is somebody's.
    Raises TryLater while another courier speaks of the same seat.
    """
    person_id = _locked(registration_id)
    if person_id is None:
        return Carried(Way())
    way = ways.of(registration_id, person_id, now)
    rows = queries.rows(_rows(now, _of(registration_id)))
    ahead = [row for row in rows if not _gone(row)]
    named = session_id is not None or seat_id is not None
    few = named or len(ahead) <= rules.FEW
    wanted = [row for row in rows if session_id in (None, row.session_id) and seat_id in (None, row.seat_id)]
    _refuse_crossing(wanted, letter)
    due = [(row, act) for row in wanted if (act := _act(row, letter, by_mail=way.by_mail and few))]
    if not due:
        return Carried(way, sessions=len(ahead), file=way.by_mail and not few, in_feed=all(row.told_state != "standing" for row in wanted))
    (row, act), *others = due
    part = invitations.compose(act, row, letter.organizer, letter.attendee, now=now, base_url=letter.base_url)
    db.session.merge(Invitation(seat_id=row.seat_id, state=rules.after(act), sequence=row.sequence, message_id=letter.message_id,
                                told_at=now))
    for other, _ in others:
        ask(other)
    return Carried(way, act, part, len(others), len(ahead))


def take_out(registration_id: int, now: datetime) -> None:
    """Writes the mails that take the entries of a place that ended out of her calendar, as far as mail put them there."""
    for row in queries.rows(_rows(now, _of(registration_id))):
        if row.told_state == "standing" and _gone(row):
            ask(row)


def ask(row: Any) -> bool:
    """A mail of its own for one seat of `seats`, at its present SEQUENCE. False when it was written before, or there is no address."""
    return bool(row.email) and outbox.write(
        fact=f"invitation:seat:{row.seat_id}:{row.sequence}", kind="invitation", to_address=row.email,
        to_name=f"{row.given_name or ''} {row.family_name or ''}".strip(),
        person_id=row.person_id, subject_of=f"registration:{row.registration_id}",
        facts={"registration_id": row.registration_id, "seat_id": row.seat_id, "sequence": row.sequence}) is not None


def seats(now: datetime, *where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Seats in sessions that are not over, with what mail told of them, and whose they are."""
    told = (Invitation.state.label("told_state"), Invitation.sequence.label("told_sequence"), Invitation.message_id.label("told_by"),
            Registration.id.label("registration_id"), Registration.inclusion_of_id, Registration.person_id, Registration.email,
            Person.given_name, Person.family_name)
    return (queries.seat_rows(Session.ends_at > now, *where).add_columns(*told).outerjoin(Invitation, Invitation.seat_id == Seat.id)
            .outerjoin(Person, Person.id == Registration.person_id))


def _rows(now: datetime, of: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return seats(now, of).add_columns(Message.state.label("teller")).outerjoin(Message, Message.id == Invitation.message_id)


def _of(registration_id: int) -> ColumnElement[bool]:
    return or_(Registration.id == registration_id, Registration.inclusion_of_id == registration_id)


def _locked(registration_id: int) -> int | None:
    """Nobody changes these seats, or tells of them, until the mail's telling is kept. Returns whose place it is."""
    rows = db.session.execute(select(Registration.id, Registration.person_id).where(_of(registration_id))
                              .order_by(Registration.id).with_for_update()).all()
    person_id: int | None = next(row.person_id for row in rows if row.id == registration_id)
    return person_id


def _refuse_crossing(rows: list[Any], letter: Letter) -> None:
    if any(row.teller == "sending" and row.told_by != letter.message_id for row in rows):
        raise TryLater("Another mail about the same session is just being sent.")


def _gone(row: Any) -> str:
    return rules.off(session_takes_place="cancelled" not in (row.session_status, row.event_status), seat_booked=row.seat_state == "booked")


def _act(row: Any, letter: Letter, *, by_mail: bool) -> str:
    told = rules.Told(row.told_state, row.told_sequence, row.told_by == letter.message_id) if row.told_state else None
    return rules.act(told, row.sequence, _gone(row), by_mail=by_mail)
