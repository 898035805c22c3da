"""What payers are told of a check that came back: once for each address, with every order that is open again."""

from typing import Any

from sqlalchemy import select

from webapp.core import clock
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.payments import balances
from webapp.payments.models import BankCheck, Payment
from webapp.registration.models import Order, Payer


def bounced(check: BankCheck) -> None:
    """To each payer of its orders; to nobody when it paid none."""
    rows = db.session.execute(_orders(check.id)).all()
    for email in dict.fromkeys(row.Payer.email for row in rows):
        payer, order = next((row.Payer, row.Order) for row in rows if row.Payer.email == email)
        outbox.write(fact=f"check_bounced:{check.id}:{email}"[:200], kind="check_bounced", to_address=email, to_name=payer.name,
                     person_id=payer.person_id, subject_of=f"order:{order.id}", facts={"check_id": check.id, "email": email})


def build(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """For `check_bounced`: what is open again now."""
    check = db.session.get(BankCheck, facts["check_id"])
    rows = [row for row in db.session.execute(_orders(facts["check_id"])).all() if row.Payer.email == facts["email"]]
    if check is None or not rows:
        return Withdrawn("The check pays no order of this payer.")
    standing = balances.of_orders([row.Order.id for row in rows], clock.now().date())
    return {"name": rows[0].Payer.name, "number": check.number, "amount_cents": check.amount_cents, "currency": check.currency,
            "reason": check.bounce_reason,
            "orders": [{"ref": row.Order.ref, "link": f"/orders/{row.Order.ref}", "open_cents": standing[row.Order.id].open_cents}
                       for row in rows]}


def _orders(check_id: int) -> Any:
    return (select(Order, Payer).join(Payer, Payer.id == Order.payer_id).join(Payment, Payment.order_id == Order.id)
            .where(Payment.check_id == check_id).order_by(Payment.id))
