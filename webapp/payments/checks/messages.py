"""What payers are told of a check that came back: once for each address, with every order that is open again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from webapp.core import clock
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.payments import balances, debts, messages
from webapp.payments.models import BankCheck, Payment
from webapp.registration import ledger
from webapp.registration.models import Order, Payer


def bounced(check: BankCheck, order_ids: Sequence[int]) -> None:
    """To each payer of these orders, which it paid or what it left did; to nobody when there are none."""
    rows = db.session.execute(_orders(order_ids)).all()
    for email in dict.fromkeys(row.Payer.email for row in rows):
        payer, order = next((row.Payer, row.Order) for row in rows if row.Payer.email == email)
        outbox.write(fact=f"check_bounced:{check.id}:{email}"[:200], kind="check_bounced", to_address=email, to_name=payer.name,
                     person_id=payer.person_id, subject_of=f"order:{order.id}",
                     facts={"check_id": check.id, "email": email, "orders": list(order_ids)})


def fee_words(check: BankCheck) -> str:
    """Why an order owes a fee for it; its line is known by these words."""
    return f"Fee: check {check.number} came back"


def build(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """For `check_bounced`: what is open again now."""
    check = db.session.get(BankCheck, facts["check_id"])
    order_ids = facts.get("orders") or _paid(facts["check_id"])
    rows = [row for row in db.session.execute(_orders(order_ids)).all() if row.Payer.email == facts["email"]]
    standing = balances.of_orders([row.Order.id for row in rows], clock.now().date())
    rows = [row for row in rows if standing[row.Order.id].open_cents]
    if check is None or not rows:
        return Withdrawn("No order of this payer is open because of the check.")
    return {"name": rows[0].Payer.name, "number": check.number, "amount_cents": check.amount_cents, "currency": check.currency,
            "reason": check.bounce_reason,
            "orders": [{"order_id": row.Order.id, "events": messages.titles(row.Order.id), "open_cents": standing[row.Order.id].open_cents,
                        "sent_cents": debts.of_order(row.Order.id), "fee_cents": _fee(check, row.Order.id)} for row in rows]}


def _fee(check: BankCheck, order_id: int) -> int:
    return sum(one.amount_cents for one in ledger.live(order_id) if one.explained.get("words") == fee_words(check))


def _orders(order_ids: Sequence[int]) -> Any:
    return select(Order, Payer).join(Payer, Payer.id == Order.payer_id).where(Order.id.in_(order_ids)).order_by(Order.id)


def _paid(check_id: int) -> list[int]:
    """The orders it was recorded for: of a message that was written before what it left was followed."""
    return list(db.session.scalars(select(Payment.order_id).where(Payment.check_id == check_id, Payment.order_id.is_not(None))))
