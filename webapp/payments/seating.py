"""What money does to the places of an order: confirm them, find them again when it came late, or say why not."""

from datetime import datetime

from webapp.payments import additions
from webapp.registration import orders
from webapp.registration.models import Order


def after_payment(order: Order, at: datetime) -> str:
    """Confirms the order its money has come for. Returns why a person must decide, or an empty text.

    The rule for late money (the hold was over): it is seated if every place is still free, else it waits on finance's desk
    with a refund button. The order is locked.
    """
    if order.state in ("placed", "cancelled"):  # there is none to confirm; `arrivals` sees whether it owes the money
        return ""
    problem = _late(order, at) if order.state == "expired" else _confirmed(order, at)
    additions.settle(order.id, at)
    return problem


def _confirmed(order: Order, at: datetime) -> str:
    orders.confirm(order.id, at)
    return ""


def _late(order: Order, at: datetime) -> str:
    return "" if orders.confirm_late(order.id, at) else "Paid after the hold had ended, and not every place was free any more."
