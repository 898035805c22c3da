"""What finance does beside single payments: checks go to the bank, months are closed, one check bounces, a buyer disputes a charge."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from webapp.cli.demo.money import ZONE
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.core import clock, times
from webapp.core.db import db
from webapp.payments import balance, checks, disputes, months, payouts, receipts
from webapp.payments.checks import slips
from webapp.payments.models import BankCheck, Payment, Payout
from webapp.payments.queries import checks as check_queries
from webapp.payments.queries import months as month_queries
from webapp.payments.rules import books
from webapp.registration.models import Order, Payer

BANK_DAYS = (6, 17)
YEARS = 4  # of which the demonstration tells
DISPUTED, BOUNCED, PAID_OUT, KEPT = (timedelta(days=days) for days in (6, 5, 4, 3))  # before now
CARRIED = 6  # payments by card in the payout
DISPUTE_FEE = 1_500


def tell(story: Story, cast: Cast) -> None:
    """Twice a month what lies in the drawer goes to the bank, and the month before is closed."""
    month = books.month_of(times.local(story.now, ZONE).date())
    for _ in range(YEARS * 12):
        for day in BANK_DAYS:
            story.at(_moment(month.replace(day=day)), lambda: _go_to_the_bank(cast))
        month = books.month_of(month - timedelta(days=1))
    story.at(story.now - DISPUTED, _dispute)
    story.at(story.now - BOUNCED, lambda: _bounce(cast))
    story.at(story.now - PAID_OUT, _pay_out)
    story.at(story.now - KEPT, lambda: _keep(cast))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(10), ZoneInfo(ZONE))


def _go_to_the_bank(cast: Cast) -> None:
    by_id, today = cast.staff("finance"), clock.today(ZONE)
    if found := check_queries.undeposited():
        slip = slips.make(f"D-{today:%y%m%d}", today, [row.BankCheck.id for row in found], by_id=by_id)
        slips.deposit(slip.id, slips.total_of(slip.id), by_id=by_id)
    oldest = month_queries.oldest_open(ZONE, today)
    if oldest < books.month_of(today):
        months.close(oldest, zone=ZONE, by_id=by_id)


def _bounce(cast: Cast) -> None:
    """The newest check at the bank was not covered; its agency owes the fee of the bank too."""
    newest = db.session.scalar(select(BankCheck.id).where(BankCheck.slip_id.is_not(None)).order_by(BankCheck.id.desc()).limit(1))
    if newest is not None:
        checks.bounce(newest, reason="The account was not covered.", by_id=cast.staff("finance"), fee_cents=2_500)


def _keep(cast: Cast) -> None:
    """An agency paid the same bill twice: what nobody asked for is its balance for a year."""
    order_id = db.session.scalar(
        select(Payment.order_id).join(Order, Order.id == Payment.order_id).join(Payer, Payer.id == Order.payer_id)
        .where(Payment.method == "cheque", Payment.state == "succeeded", Payer.kind == "agency", Order.state == "placed")
        .order_by(Payment.id.desc()).limit(1))
    if order_id is not None:
        by_id, today = cast.staff("finance"), clock.today(ZONE)
        receipts.record(order_id, receipts.Received("bank_transfer", 12_500, today, ZONE, note="Paid twice"), by_id=by_id)
        balance.keep(order_id, 12_500, expires_on=today + timedelta(days=365), reason="Paid twice; kept for the next training", by_id=by_id)


def _dispute() -> None:
    """The buyer of the newest payment by card says she was never there; her bank waits for an answer."""
    if found := _by_card(1):
        now = clock.now()
        disputes.apply({"id": "dp_demo_1", "charge": found[0].provider_charge_id, "amount": found[0].amount_cents, "currency": "usd",
                        "reason": "product_not_received", "status": "needs_response", "created": int(now.timestamp()),
                        "evidence_details": {"due_by": int((now + timedelta(days=14)).timestamp())}}, now, begins=True)


def _pay_out() -> None:
    """What Stripe tells of a payout of the last payments by card, the disputed one and what Stripe keeps of each."""
    found, now = _by_card(CARRIED), clock.now()
    if len(found) < CARRIED:
        return
    carried = [_carried(f"txn_demo_{one.id}", "charge", one.amount_cents, (one.amount_cents * 29 + 500) // 1_000 + 30,
                        str(one.provider_charge_id)) for one in found]
    carried.append(_carried("txn_demo_dispute", "dispute", -found[0].amount_cents, DISPUTE_FEE, "dp_demo_1"))
    payouts.apply({"id": "po_demo_1", "amount": sum(one["net"] for one in carried), "currency": "usd", "status": "paid",
                   "arrival_date": int(now.timestamp()), "created": int((now - timedelta(days=2)).timestamp())})
    payouts.write(db.session.scalars(select(Payout.id).where(Payout.provider_id == "po_demo_1")).one(), carried, now)


def _carried(provider_id: str, kind: str, cents: int, fee: int, source: str) -> Mapping[str, Any]:
    return {"id": provider_id, "type": kind, "reporting_category": kind, "amount": cents, "fee": fee, "net": cents - fee, "source": source,
            "description": "", "created": int(clock.now().timestamp())}


def _by_card(limit: int) -> list[Payment]:
    """The latest payments by card, the newest first."""
    return list(db.session.scalars(
        select(Payment).where(Payment.method == "card", Payment.state == "succeeded", Payment.provider_charge_id.is_not(None))
        .order_by(Payment.received_at.desc(), Payment.id.desc()).limit(limit)))
