"""The row of a check and the slip it is put on by number: what every way to record one needs."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from webapp.core import clock, money
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Unacceptable
from webapp.payments import payers
from webapp.payments.checks import slips
from webapp.payments.models import BankCheck


def new(*, number: str, amount_cents: int, received_on: date, written_on: date | None = None, payer_id: int | None = None, note: str = "",
        slip: str = "", submit_key: str | None = None, by_id: int | None) -> BankCheck:
    """Writes a check, on the open slip of that number if one is named. Refuses one that was recorded before."""
    _not_known(number, amount_cents, payer_id)
    made = BankCheck(number=number, amount_cents=amount_cents, received_on=received_on, written_on=written_on, payer_id=payer_id,
                     note=note[:255], submit_key=submit_key, recorded_by_id=by_id, created_at=clock.now())
    if slip:
        made.slip_id = slips.open_slip(slip, received_on, by_id=by_id).id
    db.session.add(made)
    db.session.flush()
    return made


def booked_at(day: date, zone: str) -> datetime:
    """The moment at which what came on a day is booked: now, or at noon of a day that is over."""
    return clock.now() if day == clock.today(zone) else datetime.combine(day, time(12), ZoneInfo(zone))


def _not_known(number: str, amount_cents: int, payer_id: int | None) -> None:
    if not number:
        raise Unacceptable("Write the number of the check.", field="number")
    if payer_id is None:
        return
    known = db.session.scalar(select(func.count()).select_from(BankCheck).where(
        BankCheck.number == number, BankCheck.amount_cents == amount_cents, BankCheck.state == "received",
        BankCheck.payer_id.in_(payers.same(payer_id)), BankCheck.written_on.is_not(None)))
    if known:
        raise AlreadyDone(f"Check {number} of {money.written(amount_cents)} from this payer is recorded already.",
                          way_out="Look for it in the list of checks.")
