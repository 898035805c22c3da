"""One tap on a roster: the presence is recorded, and where hours were awarded already they follow, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.accounts import people
from webapp.attendance import awarding, presences
from webapp.attendance.queries import roster
from webapp.attendance.rules import Times
from webapp.catalog.models import Session
from webapp.core.db import db
from webapp.core.errors import NotFound


@dataclass(frozen=True)
class Marked:
    """What a tap did: `changed` a presence, and by how many awarded minutes hours were corrected (all kinds)."""

    changed: bool
    corrected_minutes: int = 0
    hours_followed: bool = False


def mark(person_id: int, session_id: int, stays: Sequence[Times] | None, *, by_id: int, reason: str = "",
         expected: str | None = None) -> Marked:
    """Records that the person was there for `stays` (None: the whole session, none: absent).

    Needs a reason where hours were awarded for it. Refuses what `presences.settle` refuses, and a form that is out of date.
    """
    family = people.family_ids(person_id)
    awarded = bool(family & roster.awarded_people(session_id))
    if stays is None:
        stays = [_whole(session_id)]
    if awarded:
        reason = presences.needed(reason)
    rows = presences.settle(person_id, session_id, stays, by_id=by_id, reason=reason, expected=expected)
    if not rows or not awarded:
        return Marked(bool(rows))
    written = awarding.follow_correction(person_id, session_id, by_id=by_id, reason=reason)
    return Marked(True, sum(row.minutes for row in written), bool(written))


def mark_unmarked(session_id: int, *, by_id: int, group_id: int | None = None) -> int:
    """Everybody on the roster who is not marked yet was there from start to end; returns how many."""
    unmarked = [one.person_id for one in roster.of_session(session_id, group_id=group_id) if one.state == "unmarked" and one.person_id]
    presences.mark_all(unmarked, session_id, by_id=by_id)
    return len(unmarked)


def _whole(session_id: int) -> Times:
    session = db.session.get(Session, session_id)
    if session is None:
        raise NotFound("There is no such session.")
    return session.starts_at, session.ends_at
