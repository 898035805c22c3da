"""What messages about hours say, from what is true when they are sent (docs/messages.md). Read only."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from webapp.accounts import people
from webapp.catalog.models import Event
from webapp.core import times
from webapp.core.db import db
from webapp.hours import remarks
from webapp.hours.certificates import spaced
from webapp.hours.models import Award, Certificate
from webapp.notifications.contents import Withdrawn

Context = dict[str, Any]
MOST_LINES = 20


def hours_awarded(facts: Context) -> Context | Withdrawn:
    """To the attendee: the hours awarded or corrected, session by session, with why one is less than the whole."""
    reversal = aliased(Award)
    rows = db.session.execute(
        select(Award, reversal.id).outerjoin(reversal, reversal.reverses_id == Award.id)
        .where(Award.id.in_(facts["award_ids"])).order_by(Award.earned_on, Award.id)).all()
    given = [award for award, later in rows if award.reverses_id is None and later is None]
    taken = [award for award, _ in rows if award.reverses_id is not None]
    if not given and not taken:
        return Withdrawn("These hours were corrected since; a later message says how.")
    event = db.session.get_one(Event, facts["event_id"])
    return {
        "name": people.get(people.root_id(facts["person_id"])).given_name, "title": event.title, "corrected": bool(taken),
        "reason": taken[0].reason if taken else "", "lines": [_line(award) for award in given[:MOST_LINES]],
        "more": max(0, len(given) - MOST_LINES), "training": _sum(given, "training"), "rsc": _sum(given, "rsc"), "path": "/me/hours",
    }


def certificate(facts: Context) -> Context | Withdrawn:
    """To the attendee: her certificate, where to download it and where others check it."""
    row = db.session.get(Certificate, facts["certificate_id"])
    if row is None or row.withdrawn_at is not None or row.superseded_by_id is not None:
        return Withdrawn("This certificate does not stand any more.")
    return {
        "name": people.get(people.root_id(row.person_id)).given_name, "title": row.content["title"], "code": spaced(row.code),
        "training": _words(row.content["training_minutes"]), "rsc": _words(row.content["rsc_minutes"]), "again": row.version > 1,
        "path": f"/me/certificates/{row.code}.pdf", "check_path": f"/verify/{row.code}",
    }


def _line(award: Award) -> str:
    remark = remarks.short(award.evidence)
    kind = "reflective consultation" if award.kind == "rsc" else "training"
    return (f"{times.date_words(award.earned_on)}: {award.evidence.get('session', award.title)}, {times.hours_words(award.minutes)} {kind}"
            + (f" ({remark})" if remark else ""))


def _sum(awards: list[Award], kind: str) -> str:
    return _words(sum(award.minutes for award in awards if award.kind == kind))


def _words(minutes: int) -> str:
    return f"{times.hours_words(minutes)} ({times.clock_hours(minutes)} clock hours)" if minutes else ""
