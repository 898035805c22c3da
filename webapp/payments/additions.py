"""What follows for the money when something was added to a placed order: those who became cheaper get the difference back."""

from datetime import datetime

from webapp.core.db import db
from webapp.payments import giving_back
from webapp.registration.models import Order
from webapp.registration.orders import additions


def settle(order_id: int, at: datetime) -> None:
    """After an order was placed. Where it is an addition, the group price of the whole is put in force (`additions.lower`), and what
    an order paid or was billed beyond that goes back the way it came, or off its invoice. Safe to repeat."""
    order = db.session.get_one(Order, order_id)  # locked, and read with it
    if order.part_of_id is None or order.state != "placed":
        return
    for cheaper_id, cents in sorted(additions.lower(order_id, at).items()):
        giving_back.settle_change(cheaper_id, -cents, reason=additions.REASON, by_id=None, today=at.date())
