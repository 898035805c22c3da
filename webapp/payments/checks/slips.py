"""Deposit slips: which checks went to the bank together. Deposited when the total is the bank's line; opened again with a reason."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select, update

from webapp.core import audit, clock, money
from webapp.core.db import db, insert_new
from webapp.core.errors import AlreadyDone, Closed, NotFound, Unacceptable
from webapp.payments.models import BankCheck, DepositSlip, Payment


def make(number: str, on: date, check_ids: Collection[int], *, by_id: int) -> DepositSlip:
    """A new slip with these checks. Refuses a number that exists, no check at all, and one that lies on another slip."""
    if not number:
        raise Unacceptable("Write the number of the slip.", field="number")
    slip = insert_new(DepositSlip, on=("number",), values={
        "number": number, "deposit_on": on, "state": "open", "made_by_id": by_id, "created_at": clock.now()})
    if slip is None:
        raise Unacceptable(f"There is a slip {number} already.", field="number")
    if not check_ids:
        raise Unacceptable("Choose the checks that go to the bank.", field="checks")
    put_on(slip.id, check_ids, by_id=by_id)
    audit.record("slip_made", f"slip:{slip.id}", actor_id=by_id, after={"number": number, "checks": len(check_ids)})
    return slip


def put_on(slip_id: int, check_ids: Collection[int], *, by_id: int) -> None:
    """Puts checks on an open slip, all or none. One that lies on a slip is refused, also when somebody put it there just now."""
    slip = _open(slip_id)
    done = db.session.scalars(
        update(BankCheck).where(BankCheck.id.in_(check_ids), BankCheck.slip_id.is_(None), BankCheck.state == "received")
        .values(slip_id=slip.id).returning(BankCheck.id).execution_options(synchronize_session=False)).all()
    if len(done) != len(set(check_ids)):
        raise Unacceptable("One of these checks lies on another slip by now, or came back.", field="checks", code="on_a_slip")
    _name(list(done), slip.number)
    audit.record("checks_on_slip", f"slip:{slip_id}", actor_id=by_id, after={"checks": sorted(done)})


def take_off(slip_id: int, check_id: int, *, by_id: int) -> None:
    """Takes a check off an open slip: it lies in the drawer again."""
    slip = _open(slip_id)
    done = db.session.scalars(
        update(BankCheck).where(BankCheck.id == check_id, BankCheck.slip_id == slip.id).values(slip_id=None)
        .returning(BankCheck.id).execution_options(synchronize_session=False)).all()
    if not done:
        raise AlreadyDone("This check does not lie on the slip.")
    _name(list(done), "")
    audit.record("check_off_slip", f"slip:{slip_id}", actor_id=by_id, after={"checks": list(done)})


def deposit(slip_id: int, bank_cents: int, *, by_id: int) -> None:
    """The bank's line is here: it must be the total of the slip, to the cent."""
    slip = _open(slip_id)
    total = total_of(slip_id)
    if bank_cents != total or not total:
        raise Unacceptable(f"The slip is {money.written(total)}, the bank's line {money.written(bank_cents)}.", field="bank",
                           way_out="Take a check off or put one on until both are the same.", code="not_the_bank_line")
    slip.state, slip.bank_cents = "deposited", bank_cents
    audit.record("slip_deposited", f"slip:{slip_id}", actor_id=by_id, after={"number": slip.number, "cents": total})


def reopen(slip_id: int, *, reason: str, by_id: int) -> None:
    """A deposited slip may be changed again; the reason stays in its history."""
    slip = _locked(slip_id)
    if slip.state != "deposited":
        raise AlreadyDone("This slip is open.")
    if not reason:
        raise Unacceptable("Say why it is opened again.", field="reason")
    audit.record("slip_reopened", f"slip:{slip_id}", actor_id=by_id, reason=reason, before={"cents": slip.bank_cents})
    slip.state, slip.bank_cents = "open", None


def open_slip(number: str, on: date, *, by_id: int | None) -> DepositSlip:
    """The open slip of this number, made when there is none. A deposited one is refused."""
    insert_new(DepositSlip, on=("number",), values={
        "number": number, "deposit_on": on, "state": "open", "made_by_id": by_id, "created_at": clock.now()})
    slip_id = db.session.scalars(select(DepositSlip.id).where(DepositSlip.number == number)).one()
    try:
        return _open(slip_id)
    except Closed as refusal:
        raise Unacceptable(refusal.sentence, way_out=refusal.way_out, field="deposit_slip") from refusal


def total_of(slip_id: int) -> int:
    """Cents of the checks on it; one that came back since was deposited all the same."""
    return int(db.session.scalar(select(func.coalesce(func.sum(BankCheck.amount_cents), 0)).where(BankCheck.slip_id == slip_id)) or 0)


def _open(slip_id: int) -> DepositSlip:
    slip = _locked(slip_id)
    if slip.state != "open":
        raise Closed(f"Slip {slip.number} is deposited.", way_out="Open it again with a reason, or take another slip.")
    return slip


def _locked(slip_id: int) -> DepositSlip:
    slip = db.session.get(DepositSlip, slip_id, with_for_update=True, populate_existing=True)
    if slip is None:
        raise NotFound
    return slip


def _name(check_ids: list[int], number: str) -> None:
    """Payments show the slip they went with."""
    db.session.execute(update(Payment).where(Payment.check_id.in_(check_ids)).values(deposit_slip=number)
                       .execution_options(synchronize_session=False))
