"""Money in and out: what moved, what Stripe told, and the books that were closed."""

from webapp.payments.models.books import BookedMovement, ClosedMonth
from webapp.payments.models.money import (
    PAGE_MOVES,
    PAYMENT_MOVES,
    REFUND_MOVES,
    Allocation,
    CheckoutPage,
    CreditNote,
    Invoice,
    NumberSeries,
    Payment,
    ProviderCursor,
    ProviderEvent,
    Refund,
)
from webapp.payments.models.stripe import Dispute, Payout, PayoutLine

__all__ = ["PAGE_MOVES", "PAYMENT_MOVES", "REFUND_MOVES", "Allocation", "BookedMovement", "CheckoutPage", "ClosedMonth", "CreditNote",
           "Dispute", "Invoice", "NumberSeries", "Payment", "Payout", "PayoutLine", "ProviderCursor", "ProviderEvent", "Refund"]
