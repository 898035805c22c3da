"""What follows for the money when another payer or a fund carries a part of a place, or stops: both orders are brought in line."""

from datetime import date

from webapp.payments import giving_back, invoices, settlement
from webapp.registration.funds.giving import Given


def after(given: Given, *, reason: str, by_id: int | None, today: date) -> int:
    """After a part was given or taken back by staff. Returns the cents that go back to who paid them on the order of the place.

    The other payer is billed for her part at once; a grant is billed when finance says so (`bill`). What she had paid of a part that
    is taken back goes back to her.
    """
    back = giving_back.settle_change(given.order_id, given.change_cents, reason=reason, by_id=by_id, today=today)
    if given.other_id is not None:
        settlement.lock(given.other_id)
        settlement.bring_in_line(given.other_id)
        if given.bills and given.change_cents < 0:
            invoices.issue(given.other_id)
        elif given.change_cents > 0:
            giving_back.to_others([(given.other_id, given.change_cents if given.bills else 0)], reason=reason, by_id=by_id, today=today)
    return back


def bill(order_id: int) -> int | None:
    """Bills who pays for a grant for what no invoice asks yet; the invoice's id, or None when there is nothing to bill."""
    settlement.lock(order_id)
    settlement.bring_in_line(order_id)
    made = invoices.issue(order_id)
    return made.id if made is not None else None
