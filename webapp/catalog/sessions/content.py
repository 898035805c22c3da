"""What hangs on a session: breaks, credit and presenters, as rows and as values."""

from collections.abc import Sequence
from typing import Any

from webapp.catalog.models import CreditArea, CreditTag, Session, SessionBreak, SessionCredit, SessionPresenter
from webapp.catalog.sessions.values import Break, Credit, check_breaks, check_credits, check_net
from webapp.core.db import db


def check(session: Session, breaks: Sequence[Break], credits: Sequence[Credit]) -> None:
    """Refuses breaks and credit that do not fit each other or the session's length."""
    check_breaks(session.length_minutes, breaks, session.no_breaks)
    check_credits(credits)
    check_net(session.length_minutes, breaks, credits)


def replace(
    session: Session, breaks: Sequence[Break] | None, credits: Sequence[Credit] | None, presenter_ids: Sequence[int] | None,
) -> dict[str, tuple[Any, Any]]:
    """Checks the whole and replaces what is given (None stays); returns what changed. The session is loaded with all three."""
    was_breaks, was_credits = breaks_of(session), credits_of(session)
    was_presenters = [one.presenter_id for one in session.presenters]
    check(session, was_breaks if breaks is None else breaks, was_credits if credits is None else credits)
    changed: dict[str, tuple[Any, Any]] = {}
    if breaks is not None and list(breaks) != was_breaks:
        changed["breaks"] = (_plain(was_breaks), _plain(breaks))
        session.breaks = break_rows(breaks)
    if credits is not None and list(credits) != was_credits:
        changed["credits"] = (_plain(was_credits), _plain(credits))
        _replace_credits(session, credits)
    if presenter_ids is not None and list(presenter_ids) != was_presenters:
        changed["presenters"] = (was_presenters, list(presenter_ids))
        session.presenters = []
        db.session.flush()
        session.presenters = presenter_rows(presenter_ids)
    return changed


def breaks_of(session: Session) -> list[Break]:
    """The breaks as values, in order."""
    return [Break(row.offset_minutes, row.minutes) for row in session.breaks]


def credits_of(session: Session) -> list[Credit]:
    """The credit as values, training first; areas in the order they were given."""
    return [
        Credit(row.kind, row.minutes, tuple(one.area for one in sorted(row.areas, key=lambda one: one.position)),
               {one.tag: one.minutes for one in sorted(row.tags, key=lambda one: one.tag)})
        for row in sorted(session.credits, key=lambda row: row.kind, reverse=True)
    ]


def break_rows(breaks: Sequence[Break]) -> list[SessionBreak]:
    """New rows of the breaks."""
    return [SessionBreak(offset_minutes=one.offset, minutes=one.minutes) for one in sorted(breaks, key=lambda one: one.offset)]


def credit_row(credit: Credit) -> SessionCredit:
    """A new row of a credit with its areas and tags."""
    return SessionCredit(
        kind=credit.kind, minutes=credit.minutes,
        areas=[CreditArea(area=code, position=at) for at, code in enumerate(dict.fromkeys(credit.areas))],
        tags=[CreditTag(tag=tag, minutes=minutes) for tag, minutes in credit.tags.items()])


def presenter_rows(presenter_ids: Sequence[int]) -> list[SessionPresenter]:
    """New rows of the presenters, in order."""
    return [SessionPresenter(presenter_id=one, position=at) for at, one in enumerate(dict.fromkeys(presenter_ids))]


def _replace_credits(session: Session, credits: Sequence[Credit]) -> None:
    """Keeps the row of a kind that stays: awards point at it."""
    rows = {row.kind: row for row in session.credits}
    for credit in credits:
        row = rows.pop(credit.kind, None)
        if row is None:
            session.credits.append(credit_row(credit))
            continue
        row.minutes = credit.minutes
        row.areas, row.tags = [], []
        db.session.flush()
        fresh = credit_row(credit)
        row.areas, row.tags = fresh.areas, fresh.tags
    for row in rows.values():
        session.credits.remove(row)


def _plain(values: Sequence[Break] | Sequence[Credit]) -> list[list[Any]]:
    return [list(vars(value).values()) for value in values]
