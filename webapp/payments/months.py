"""Closing a month of the books: its file is frozen, and whatever comes later is of the open month."""

import hashlib
from datetime import date

from sqlalchemy import insert

from webapp.core import audit, clock, sheets
from webapp.core.db import db, insert_new
from webapp.core.errors import AlreadyDone, Closed
from webapp.payments.models import BookedMovement, ClosedMonth
from webapp.payments.queries import months
from webapp.payments.rules import books
from webapp.payments.rules.books import Movement


def close(month: date, *, zone: str, by_id: int) -> ClosedMonth:
    """Closes the month that begins on this day with everything that is true and in no closed month yet.

    Refuses a month that is not over, one that is closed, and one before which another is still open.
    """
    first = books.month_of(month)
    today = clock.today(zone)
    oldest = months.oldest_open(zone, today)
    if first < oldest:
        raise AlreadyDone(f"{written(first)} is closed already.")
    if first >= books.month_of(today):
        raise Closed(f"{written(first)} is not over yet.", way_out="It can be closed from the first day of the next month on.")
    if first > oldest:
        raise Closed(f"{written(oldest)} is still open.", way_out="Close the months one after the other.")
    return _freeze(first, list(months.open_movements(books.midnight(books.after(first), zone))), zone, by_id)


def written(month: date) -> str:
    """July 2026."""
    return f"{month:%B %Y}"


def _freeze(first: date, found: list[Movement], zone: str, by_id: int) -> ClosedMonth:
    content, sums = "".join(sheets.csv_lines(books.COLUMNS, books.rows(found, zone))), months.sums(found)
    made = insert_new(ClosedMonth, on=("first_on",), values={
        "first_on": first, "closed_at": clock.now(), "closed_by_id": by_id, "movements": sums.movements, "owed_cents": sums.owed_cents,
        "received_cents": sums.received_cents, "content": content, "digest": hashlib.sha256(content.encode()).hexdigest()})
    if made is None:
        raise AlreadyDone(f"{written(first)} is closed already.")
    if found:
        db.session.execute(insert(BookedMovement), [
            {"month_id": made.id, "source": one.source, "row_id": one.row_id, "amount_cents": one.amount_cents} for one in found])
    audit.record("month_closed", f"month:{first:%Y-%m}", actor_id=by_id, after={"digest": made.digest, "movements": made.movements})
    return made
