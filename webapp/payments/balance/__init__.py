"""A payer's balance: money of hers that pays for nothing now and is kept until a day, to pay for a next order.

    balance.keep(order_id, cents, expires_on=..., reason=..., by_id=...)          instead of a refund: call after the charges changed
    balance.keep_payment(payment_id, cents, payer_id=..., expires_on=..., ...)    of money on finance's list
    balance.use(order_id, cents, today=..., by_id=...)                            pays an order of the same payer; None: as much as fits
    balance.give_back(payer_id, cents, today=..., reason=..., by_id=...)          a refund by hand, noted under refunds when sent
    balance.take_back(lot_id, reason=..., by_id=...)                              the money stands with its payment again
    balance.of(payer_id, today)                                                   what she has, in cents, lot by lot
    balance.usable(order_id, payer_id, today)                                     what of it can pay this order (bound to a course or not)

All of them write in the caller's transaction and lock the order first. `rules.balance.until(today, months)` gives the day.
Money is never lost on the way: it leaves its order by a refund that is kept (`Refund.to_balance`) and comes to the next as a
payment by balance. A lot never falls below nothing: the database refuses it (docs/decisions/balances.md).
"""

from webapp.payments.balance.ending import expire_due, give_back, take_back, warn_due
from webapp.payments.balance.keeping import keep, keep_payment
from webapp.payments.balance.returning import return_unused
from webapp.payments.balance.using import cover, usable, use
from webapp.payments.lots import of

__all__ = ["cover", "expire_due", "give_back", "keep", "keep_payment", "of", "return_unused", "take_back", "usable", "use",
           "warn_due"]
